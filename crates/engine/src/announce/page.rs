//! What subscribers of a status page of ours are told of an incident or of announced work.
//!
//! What is told is what the page shows at that moment: words that are not public, incidents that wait for a person and
//! services that the page does not show never get here, whenever they were said.

use domain::{
    Impact, MaintenanceStatus, Phase, ServiceId, StatusPageId,
    incident::{Actor, Incident},
    maintenance::Maintenance,
    public::{self, Tongues},
    setup::{Setup, StatusPage},
    subscription::{Subject, Thing, Topic, TopicKind},
};
use formats::messages::plain_text;
use jiff::Timestamp;
use render::view::{NewsKind, NewsView};
use store::{
    Scope, Tx, incidents,
    incidents::IncidentUpdate,
    maintenances,
    public_words::{Said, Word},
};

use crate::{error::CommandError, readers::as_readers_know};

/// How much of what was said is told, in characters; the page has all of it.
const SAID_CHARS: usize = 4_000;

/// Something about a thing, as the readers of one page may know it.
pub(crate) struct Story {
    /// What it is about, for choices.
    pub(crate) topic: Topic,
    /// What is told.
    pub(crate) view: NewsView,
    /// Whether it waits for no pause between messages.
    pub(crate) is_urgent: bool,
}

/// Returns the pages whose readers may see a thing.
///
/// # Errors
/// When the ledger fails.
pub(crate) fn shown_on(
    scope: &mut Scope<'_>,
    setup: &Setup,
    thing: Thing,
) -> Result<Vec<StatusPageId>, CommandError> {
    let of = Facts::load(scope, thing)?;
    let pages = setup.status_pages.iter().filter(|page| of.as_ref().is_some_and(|of| of.is_on(page)));
    Ok(pages.map(|page| page.id).collect())
}

/// Returns what a thing is called.
///
/// # Errors
/// When the ledger fails.
pub(crate) fn title(scope: &mut Scope<'_>, thing: Thing) -> Result<Option<public::Said>, CommandError> {
    Ok(Facts::load(scope, thing)?.map(|of| match of {
        Facts::Incident(of) => public::Said { text: of.title, tongues: of.titles },
        Facts::Work(of) => public::Said::by_a_person(of.title),
    }))
}

/// Returns what the newest of each kind of these words, which are in falling order, comes to on a page, the newest first;
/// nothing where readers may see none of them any more. A reader is told of one: the newest that they want.
///
/// # Errors
/// When the ledger fails.
pub(crate) fn stories(
    tx: &mut Tx<'_>,
    setup: &Setup,
    page: &StatusPage,
    words: &[Word],
    public_url: &str,
) -> Result<Vec<Story>, CommandError> {
    let Some(Word { thing, .. }) = words.first() else { return Ok(Vec::new()) };
    let mut scope = Scope::new(tx, setup.organization.id);
    let Some(of) = Facts::load(&mut scope, *thing)?.filter(|of| of.is_on(page)) else {
        return Ok(Vec::new());
    };
    let desk = Desk { setup, page, public_url };
    let told: Vec<Story> = match &of {
        Facts::Incident(incident) => {
            let said = incidents::list_updates(&mut scope, incident.id)?;
            words.iter().filter_map(|word| desk.incident(incident, &said, word)).collect()
        }
        Facts::Work(work) => {
            let said = maintenances::list_updates(&mut scope, work.id)?;
            words.iter().filter_map(|word| desk.work(work, &said, word)).collect()
        }
    };
    let mut newest: Vec<Story> = Vec::new();
    for story in told {
        if !newest.iter().any(|known| known.topic.kind == story.topic.kind) {
            newest.push(story);
        }
    }
    Ok(newest)
}

/// An incident as readers know it, or work, as it is now.
enum Facts {
    Incident(Incident),
    Work(Maintenance),
}

impl Facts {
    fn load(scope: &mut Scope<'_>, thing: Thing) -> Result<Option<Self>, CommandError> {
        Ok(match thing {
            Thing::Incident(id) => {
                let found = incidents::get(scope, id)?;
                found.map(|of| as_readers_know(scope, of)).transpose()?.flatten().map(Facts::Incident)
            }
            Thing::Maintenance(id) => maintenances::get(scope, id)?.map(Facts::Work),
        })
    }

    /// Whether readers of the page see it.
    fn is_on(&self, page: &StatusPage) -> bool {
        match self {
            Facts::Incident(of) => of.services.iter().any(|affected| page.shows(affected.service)),
            Facts::Work(of) => {
                (of.pages.is_empty() || of.pages.contains(&page.id))
                    && of.services.iter().any(|(service, _)| page.shows(*service))
            }
        }
    }
}

/// Where a story is written.
struct Desk<'a> {
    setup: &'a Setup,
    page: &'a StatusPage,
    public_url: &'a str,
}

impl Desk<'_> {
    fn incident(&self, of: &Incident, said: &[IncidentUpdate], word: &Word) -> Option<Story> {
        let Said::Update(number) = word.said else { return None };
        let place = usize::try_from(number).ok()?.checked_sub(1)?;
        let update = said.get(place).filter(|update| update.is_public)?;
        let before = said.get(..place)?.iter().rfind(|update| update.is_public);
        let (event, kind) = match (update.phase, before.map(|before| before.phase)) {
            (Phase::Postmortem, _) => ("postmortem_published", NewsKind::Postmortem),
            (Phase::Resolved, _) => ("incident_resolved", NewsKind::Incident),
            (_, None) => ("incident_opened", NewsKind::Incident),
            (_, Some(Phase::Resolved | Phase::Postmortem)) => ("incident_reopened", NewsKind::Incident),
            (_, Some(Phase::Unknown | Phase::Investigating | Phase::Identified | Phase::Monitoring)) => {
                ("incident_updated", NewsKind::Incident)
            }
        };
        // A word of the machine within a phase says which services are how: it comes often, and can wait. So can what was
        // learnt.
        let is_urgent = kind != NewsKind::Postmortem
            && (update.actor != Actor::Machine || before.is_none_or(|before| before.phase != update.phase));
        let services = self.shown(of.services.iter().map(|affected| affected.service));
        let topic = Topic {
            kind: match kind {
                NewsKind::Postmortem => TopicKind::Postmortem,
                NewsKind::Incident | NewsKind::Maintenance => TopicKind::Incident,
            },
            impact: of.impact(),
            components: services.iter().map(|(slug, _)| slug.clone()).collect(),
            thing: Some(of.id.0),
        };
        let view = NewsView {
            event,
            title: public::Said { text: of.title.clone(), tongues: of.titles.clone() },
            word: update.phase.word().to_owned(),
            impact: Some(of.impact()).filter(|impact| *impact != Impact::None),
            components: services,
            at: update.at,
            ..self.view(
                kind,
                of.id.0.to_string(),
                &format!("incidents/{}", of.id),
                said_of(&update.body, &update.tongues, update.edited.is_some()),
            )
        };
        Some(Story { topic, view, is_urgent })
    }

    fn work(&self, of: &Maintenance, said: &[maintenances::MaintenanceUpdate], word: &Word) -> Option<Story> {
        let services = self.shown(of.services.iter().map(|(service, _)| *service));
        let (event, state, body, at, hours) = match word.said {
            Said::Reminder(hours) => {
                let is_ahead = of.status == MaintenanceStatus::Scheduled;
                let nothing = public::Said::default();
                let told = ("maintenance_reminder", of.status, nothing, word.at, Some(hours));
                Some(told).filter(|_| is_ahead)?
            }
            Said::Update(number) => {
                let place = usize::try_from(number).ok()?.checked_sub(1)?;
                let update = said.get(place).filter(|update| update.is_public)?;
                let before = said.get(..place)?.iter().rfind(|update| update.is_public);
                let event = work_event(update.status, before.map(|before| before.status));
                (event, update.status, said_of(&update.body, &update.tongues, false), update.at, None)
            }
        };
        let topic = Topic {
            kind: TopicKind::Maintenance,
            impact: Impact::Maintenance,
            components: services.iter().map(|(slug, _)| slug.clone()).collect(),
            thing: Some(of.id.0),
        };
        let view = NewsView {
            event,
            title: public::Said::by_a_person(&*of.title),
            word: state.word().to_owned(),
            components: services,
            planned: Some((of.starts_at, of.ends_at)),
            hours_ahead: hours,
            at,
            ..self.view(NewsKind::Maintenance, of.id.0.to_string(), &format!("maintenance/{}", of.id), body)
        };
        Some(Story { topic, view, is_urgent: true })
    }

    /// The services that the page shows, by slug and name.
    fn shown(&self, services: impl Iterator<Item = ServiceId>) -> Vec<(String, String)> {
        let shown = services.filter(|service| self.page.shows(*service));
        let known = shown.filter_map(|service| self.setup.service(service));
        known.map(|service| (service.slug.clone(), self.page.name_of(service).to_owned())).collect()
    }

    fn view(&self, kind: NewsKind, thing: String, path: &str, said: public::Said) -> NewsView {
        let page_url = format!("{}/status/{}", self.public_url, self.page.slug);
        NewsView {
            page: self.page.slug.clone(),
            page_title: self.page.title.clone(),
            written: self.page.language,
            time_zone: self.page.time_zone.clone(),
            kind,
            thing,
            event: "",
            title: public::Said::default(),
            word: String::new(),
            impact: None,
            components: Vec::new(),
            planned: None,
            hours_ahead: None,
            said: Some(said).filter(|said| !said.text.is_empty()),
            at: Timestamp::UNIX_EPOCH,
            url: format!("{page_url}/{path}"),
            page_url,
        }
    }
}

/// What was said, as plain text; what people corrected is said in their words alone.
fn said_of(body: &str, tongues: &Tongues, is_edited: bool) -> public::Said {
    let plain = |text: &str| plain_text(text.trim(), SAID_CHARS);
    let others = tongues.0.iter().filter(|_| !is_edited).map(|(language, text)| (*language, plain(text)));
    public::Said { text: plain(body), tongues: Tongues(others.collect()) }
}

const fn work_event(now: MaintenanceStatus, before: Option<MaintenanceStatus>) -> &'static str {
    match (now, before) {
        (MaintenanceStatus::Completed, _) => "maintenance_ended",
        (MaintenanceStatus::Cancelled, _) => "maintenance_cancelled",
        (_, None) => "maintenance_planned",
        (MaintenanceStatus::InProgress, Some(MaintenanceStatus::Scheduled | MaintenanceStatus::Unknown)) => {
            "maintenance_started"
        }
        (
            MaintenanceStatus::InProgress
            | MaintenanceStatus::Verifying
            | MaintenanceStatus::Scheduled
            | MaintenanceStatus::Unknown,
            Some(_),
        ) => "maintenance_updated",
    }
}

/// Returns the page that a subscription is about, where whoever has it may be told of it: of a protected page only those whom
/// its people have added.
pub(crate) fn page_for(setup: &Setup, of: Subject, is_added: bool) -> Option<&StatusPage> {
    page_of(setup, of).filter(|page| is_added || page.protection.is_none())
}

/// Returns the page that a subscription is about, where it is configured still.
pub(crate) fn page_of(setup: &Setup, of: Subject) -> Option<&StatusPage> {
    match of {
        Subject::Provider(_) => None,
        Subject::Page(org, id) => {
            setup.status_pages.iter().find(|page| page.id == id && setup.organization.id == org)
        }
    }
}
