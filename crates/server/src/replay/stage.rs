//! The stage: a shell of production parts around a recorded network, a set clock and a ledger to throw away.

use std::{fs, path::PathBuf, sync::Arc, time::Duration};

use anyhow::{Context, Result};
use domain::{OrgId, ProviderId, destination::Secret, incident::Incident, provider::Provider};
use engine::{
    Identity, Shell,
    catalog::Catalog,
    drive,
    links::SigningKey,
    seams::{Bell, Clock, LocalBell, Mint},
    setups::{self, Setups},
    shelf::Shelf,
    workers::{self, Worker},
};
use formats::{
    channels::telephony::{CARRIERS, Line, Telephony},
    setup::Objects,
};
use jiff::Timestamp;
use store::{
    Database, Durability, Lane, Scope,
    incidents::{self, IncidentUpdate},
    providers,
};

use super::{
    answers::{Answer, Answers},
    clock::SetClock,
    event::Event,
    observe::{Observer, Seen},
    recording::{RecordedNetwork, Recording},
};
use crate::seams::SystemMint;

/// Every replay takes the same chances.
const SEED: u64 = 1;

/// Intervals after a capture in which the source is read as usual, for what only a second look tells.
const LOOKS: u32 = 4;

/// Incidents whose words are read.
const MOST_INCIDENTS: u32 = 500;

/// How long the last capture is taken to stand, so that the escalation it leaves behind is seen.
const AFTERMATH: Duration = Duration::from_secs(3600);

/// Everything that a replay runs on.
pub(crate) struct Stage {
    shell: Shell,
    workers: Vec<Box<dyn Worker>>,
    clock: Arc<SetClock>,
    instants: Vec<Timestamp>,
    cast: Vec<Arc<Provider>>,
    /// When each of the cast is captured, in order.
    entries: Vec<(ProviderId, Vec<Timestamp>)>,
    org: OrgId,
    observer: Observer,
    answers: Answers,
    databases: [Arc<Database>; 2],
    // Last, so that it goes when nothing is in it any more.
    _scratch: Scratch,
}

/// What was said of an incident.
pub(crate) struct Words {
    /// The incident as it is at the end.
    pub(crate) incident: Incident,
    /// In order of time.
    pub(crate) updates: Vec<IncidentUpdate>,
}

impl Stage {
    /// Sets the stage for providers of `objects`, each with its recording, and for people who answer their pages. `setups`
    /// knows what the server can hand messages to.
    ///
    /// # Errors
    /// When the ledger to throw away can't be made.
    pub(crate) fn set(
        objects: &Objects,
        cast: Vec<(Provider, Recording)>,
        answers: Vec<Answer>,
        setups: Setups,
    ) -> Result<Self> {
        let cast: Vec<_> =
            cast.into_iter().map(|(it, recording)| (as_recorded(&it, &recording), recording)).collect();
        let mut instants: Vec<_> = cast.iter().flat_map(|(_, recording)| recording.instants()).collect();
        instants.sort_unstable();
        instants.dedup();
        let entries =
            cast.iter().map(|(provider, recording)| (provider.id(), recording.instants())).collect();
        let began = instants.first().copied().unwrap_or(Timestamp::UNIX_EPOCH);
        let (clock, scratch) = (Arc::new(SetClock::at(began)), Scratch::new()?);
        let ledger = scratch.open("ledger.db", &store::LEDGER)?;
        let history = scratch.open("history.db", &store::HISTORY)?;
        let applied = objects.clone();
        ledger
            .write_blocking(Lane::Paging, move |tx| setups::apply(tx, began, &applied, "replay"))
            .context("the configuration can't be applied")?;
        let (providers, recordings): (Vec<_>, Vec<_>) = cast
            .into_iter()
            .map(|(provider, recording)| {
                let feed = provider.address().to_owned();
                (provider, (feed, recording))
            })
            .unzip();
        let network = RecordedNetwork { recordings, clock: Arc::clone(&clock) };
        let shell = Shell {
            clock: Arc::clone(&clock) as Arc<dyn Clock>,
            mint: Arc::new(SystemMint::seeded(SEED)),
            outbound: Arc::new(network),
            ledger: Arc::clone(&ledger) as Arc<dyn store::Db>,
            history: Arc::clone(&history) as Arc<dyn store::Db>,
            doorbell: Arc::new(LocalBell::default()),
            // Of the others there is no recording: they are not read, and what depends on them stays as it is.
            catalog: Arc::new(Catalog::new(providers.iter().cloned())),
            setups: Arc::new(setups),
            shelf: Arc::new(Shelf::in_memory()),
            visits: Arc::default(),
            memory: Arc::default(),
            meters: Arc::default(),
            pulse: Arc::default(),
            live: Arc::default(),
            key: SigningKey::new([0; 32]),
            identity: Arc::new(identity()),
        };
        let setup = Arc::new(objects.setup.clone());
        Ok(Self {
            shell,
            workers: deciding(),
            clock,
            instants,
            org: setup.organization.id,
            answers: Answers::new(&setup, answers),
            observer: Observer::new(setup),
            cast: providers.into_iter().map(Arc::new).collect(),
            entries,
            databases: [ledger, history],
            _scratch: scratch,
        })
    }

    /// Returns how many instants there are to play.
    pub(crate) fn len(&self) -> usize {
        self.instants.len()
    }

    /// Plays the whole recording; `tell` hears what happened after each stretch of time, with the count of captures
    /// behind it.
    ///
    /// # Errors
    /// What a worker or `tell` answers.
    pub(crate) async fn play(&mut self, tell: &mut dyn FnMut(usize, &[Event]) -> Result<()>) -> Result<()> {
        let instants = self.instants.clone();
        for (place, &at) in instants.iter().enumerate() {
            let following = instants.get(place + 1).copied();
            self.clock.set(at);
            self.ask(|entries| entries.binary_search(&at).is_ok().then_some(Some(at))).await?;
            self.stretch(at, following, place + 1, tell).await?;
        }
        Ok(())
    }

    /// Returns what was said of every incident, oldest first.
    ///
    /// # Errors
    /// When the ledger can't be read.
    pub(crate) async fn words(&self) -> Result<Vec<Words>> {
        let org = self.org;
        let words = self.shell.read(move |tx| {
            let mut scope = Scope::new(tx, org);
            let mut all = Vec::new();
            for incident in incidents::list_recent(&mut scope, None, MOST_INCIDENTS)? {
                let updates = incidents::list_updates(&mut scope, incident.id)?;
                all.push(Words { incident, updates });
            }
            all.reverse();
            Ok(all)
        });
        Ok(words.await?)
    }

    /// Plays from one capture to the next.
    async fn stretch(
        &mut self,
        at: Timestamp,
        following: Option<Timestamp>,
        played: usize,
        tell: &mut dyn FnMut(usize, &[Event]) -> Result<()>,
    ) -> Result<()> {
        let until = following.unwrap_or_else(|| later(at, AFTERMATH));
        let interval = self.cast.iter().map(|provider| provider.interval).max().unwrap_or_default();
        let looked = later(at, interval.saturating_mul(LOOKS));
        let mut is_parked = false;
        loop {
            let mut next = self.settle().await?;
            let news = self.news().await?;
            self.answers.hear(&news);
            tell(played, &news)?;
            if self.answers.give(&self.shell, self.org).await? {
                continue;
            }
            if !is_parked && self.clock.now() >= looked && self.is_at_rest().await? {
                is_parked = true;
                self.ask(|entries| Some(entries.iter().copied().find(|&entry| entry > at))).await?;
                next = self.settle().await?;
            }
            let next = next.into_iter().chain(self.answers.next()).min();
            match next.filter(|&next| next < until) {
                Some(next) => self.clock.set(next),
                None => return Ok(()),
            }
        }
    }

    /// Takes turns until all is quiet: what is read at an instant is judged before the steps of that instant are taken, so
    /// that two that fall together come in the same order each time.
    async fn settle(&self) -> Result<Option<Timestamp>> {
        let judging = self.workers.iter().take_while(|worker| judges(worker.as_ref())).count();
        drive::settle(&self.workers[..judging], &self.shell).await?;
        Ok(drive::settle(&self.workers, &self.shell).await?)
    }

    async fn news(&mut self) -> Result<Vec<Event>> {
        let (org, cast, after) = (self.org, self.cast.clone(), self.observer.last_changes());
        let seen = self.shell.read(move |tx| Seen::read(tx, org, &cast, &after)).await?;
        Ok(self.observer.news(seen, self.clock.now()))
    }

    /// Whether another look at the same documents would tell nothing new.
    async fn is_at_rest(&self) -> Result<bool> {
        let ids: Vec<_> = self.entries.iter().map(|(id, _)| *id).collect();
        let is_at_rest = self.shell.read(move |tx| {
            for &id in &ids {
                let Some(stored) = providers::get(tx, id)? else { continue };
                let waits = stored.knowledge.open_incidents().any(|known| known.absent_polls > 0);
                if stored.source.failures > 0 || waits {
                    return Ok(false);
                }
            }
            Ok(true)
        });
        Ok(is_at_rest.await?)
    }

    /// Has providers read at the instant that `when` gives for the instants of their captures, `Some(None)` never.
    async fn ask(&self, when: impl Fn(&[Timestamp]) -> Option<Option<Timestamp>>) -> Result<()> {
        let asked = self.entries.iter().filter_map(|(id, entries)| Some((*id, when(entries)?)));
        let asked: Vec<_> = asked.collect();
        let write = move |tx: &mut store::Tx<'_>, _| {
            for &(id, at) in &asked {
                providers::set_next_poll(tx, id, at)?;
            }
            Ok(())
        };
        self.shell.write(Lane::Bulk, write).await?;
        Ok(())
    }
}

impl Drop for Stage {
    fn drop(&mut self) {
        for database in &self.databases {
            // What can't be closed is thrown away with the folder it lies in.
            let _ = database.close();
        }
    }
}

/// A recording of the feed alone is a page that has nothing but the feed: what is absent from it is over, as it would be
/// by a longer list. An address without neighbours says so to the poller.
fn as_recorded(provider: &Provider, recording: &Recording) -> Provider {
    if recording.has_companions() {
        return provider.clone();
    }
    let feed = format!("https://{}.recording.invalid/feed", provider.slug);
    Provider { feed: Some(feed), ..provider.clone() }
}

/// Whether a worker finds out what is so, rather than act on it.
fn judges(worker: &dyn Worker) -> bool {
    matches!(worker.bell(), Bell::Poll | Bell::Judge)
}

/// Every worker but the one that draws pages: nobody reads them here, and it decides nothing. Those that read and judge
/// come first.
fn deciding() -> Vec<Box<dyn Worker>> {
    let mut deciding: Vec<_> =
        workers::all().into_iter().filter(|worker| worker.bell() != Bell::Publish).collect();
    deciding.sort_by_key(|worker| !judges(worker.as_ref()));
    deciding
}

fn later(at: Timestamp, span: Duration) -> Timestamp {
    at.checked_add(span).unwrap_or(Timestamp::MAX)
}

/// A folder that goes when it is dropped.
struct Scratch(PathBuf);

impl Scratch {
    fn new() -> Result<Self> {
        let name = format!("midwatch-replay-{}", SystemMint::new().id());
        let path = std::env::temp_dir().join(name);
        fs::create_dir(&path).with_context(|| format!("{} can't be made", path.display()))?;
        Ok(Self(path))
    }

    fn open(&self, name: &str, schema: &store::MigrationSet) -> Result<Arc<Database>> {
        let options = store::Options { durability: Durability::Off, readers: 1, ..store::Options::default() };
        let url = format!("sqlite://{}", self.0.join(name).display());
        let database = Database::open(&url, &options).context("the ledger of the replay can't be made")?;
        database.migrate(schema)?;
        Ok(Arc::new(database))
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        // What stays behind in the folder for temporary files harms nobody.
        let _ = fs::remove_dir_all(&self.0);
    }
}

/// What the replay is called. It can mail, and its phone line takes every number, as the installation's are meant to.
fn identity() -> Identity {
    let line = CARRIERS.first().map(|carrier| Line {
        carrier: *carrier,
        account: "replay".to_owned(),
        token: Secret::default(),
        from: Some("+10000000000".to_owned()),
        messaging_service: None,
        prefixes: Vec::new(),
        api: Some("https://phones.replay.invalid".to_owned()),
    });
    Identity {
        node: "replay".to_owned(),
        public_url: "http://replay.invalid".to_owned(),
        mail_from: Some("replay@midwatch.invalid".to_owned()),
        anchors: Vec::new(),
        telephony: Telephony::new(line.into_iter().collect()),
    }
}

#[cfg(test)]
mod tests {
    use domain::destination::Destination;
    use serde_json::json;

    use super::{super::event::What, *};

    /// A summary with one component and, while it is in trouble, one incident.
    fn summary(status: &str, at: &str) -> String {
        let incident = json!({
            "id": "i1", "name": "Checkouts fail", "status": "investigating", "impact": "major", "created_at": at,
            "updated_at": at, "components": [{ "id": "c1", "name": "Checkout" }], "incident_updates": [
                { "id": "u1", "status": "investigating", "body": "We are looking.", "created_at": at, "incident_id": "i1" }
            ],
        });
        let incidents = if status == "operational" { json!([]) } else { json!([incident]) };
        let value = json!({
            "page": { "id": "p1", "name": "Shop", "url": "https://status.shop.example", "updated_at": at },
            "status": { "indicator": "none", "description": "" },
            "components": [{ "id": "c1", "name": "Checkout", "status": status, "group": false, "updated_at": at }],
            "incidents": incidents, "scheduled_maintenances": [],
        });
        value.to_string()
    }

    fn play(captures: &[(&str, &str)]) -> Vec<Event> {
        play_with(captures, |_| ())
    }

    fn play_with(captures: &[(&str, &str)], change: impl FnOnce(&mut Objects)) -> Vec<Event> {
        let body = |(at, status): &(&str, &str)| (at.parse().unwrap(), summary(status, at));
        let recording = Recording::of_feed(captures.iter().map(body));
        let mut objects = crate::command::stand_in("shop").unwrap_or_else(|_| panic!("the stand-in is good"));
        change(&mut objects);
        let mut stage = Stage::set(
            &objects,
            vec![(objects.providers[0].clone(), recording)],
            Vec::new(),
            Setups::default(),
        )
        .unwrap();
        let mut events = Vec::new();
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        let mut tell = |_: usize, news: &[Event]| {
            events.extend_from_slice(news);
            Ok(())
        };
        runtime.block_on(stage.play(&mut tell)).unwrap();
        events
    }

    #[test]
    fn an_outage_pages_in_the_minute_it_is_captured_and_ends_when_it_is_gone() {
        let day = [
            ("2026-05-23T05:00:00Z", "operational"),
            ("2026-05-23T05:50:00Z", "major_outage"),
            ("2026-05-23T06:10:00Z", "operational"),
        ];
        let events = play(&day);
        let page = events.iter().find(|event| matches!(&event.what, What::Message(_))).unwrap();
        assert_eq!(page.at.to_string(), "2026-05-23T05:50:00Z");
        let last = events.last().unwrap();
        assert_eq!(last.at.to_string(), "2026-05-23T06:10:00Z");
        assert!(last.json().contains(r#""event":"resolved""#), "{}", last.json());
        assert_eq!(play(&day), events, "a replay is the same each time");
    }

    #[test]
    fn a_text_goes_out_as_it_would() {
        let day = [("2026-05-23T05:00:00Z", "operational"), ("2026-05-23T05:50:00Z", "major_outage")];
        let by_text = |objects: &mut Objects| {
            for contact in objects.setup.users.iter_mut().flat_map(|user| &mut user.contacts) {
                contact.destination = Destination::Sms { number: "+393331234567".to_owned() };
            }
        };
        let texts = format!("{:?}", play_with(&day, by_text));
        assert_eq!(texts.replace("\"sms\"", "\"webhook\""), format!("{:?}", play(&day)));
    }

    #[test]
    fn escalation_goes_on_after_the_last_capture() {
        let events =
            play(&[("2026-05-23T05:00:00Z", "operational"), ("2026-05-23T05:50:00Z", "major_outage")]);
        let pages = events.iter().filter(|event| event.json().contains(r#""event":"page""#));
        let minutes: Vec<_> = pages.map(|event| event.at.to_string()).collect();
        assert_eq!(minutes, ["2026-05-23T05:50:00Z", "2026-05-23T06:20:00Z"]);
    }
}
