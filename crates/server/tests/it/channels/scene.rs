//! People who are owed a page, the notifier as it is, and what the ledger says of each try.

use std::{collections::BTreeMap, sync::Arc, time::Duration};

use domain::NotificationState;
use engine::{
    Shell,
    seams::Clock,
    workers::{self, Notifier, Turn, Worker},
};
use formats::channels::telephony::Telephony;
use jiff::Timestamp;
use outbound::{Network, Options};
use store::{
    attempts::{self, Attempt, AttemptOutcome},
    notifications::{self, Notification},
};
use testkit::{
    fixture::Fixture,
    vendor::{Door, Mood, Vendor},
    world::World,
};
use tokio::runtime::Runtime;

/// People, all paged at once by a contact named like them; each has a second contact that is well.
pub(super) struct Scene {
    pub(super) runtime: Runtime,
    pub(super) world: World,
    pub(super) shell: Shell,
    /// Has the second contacts.
    pub(super) well: Vendor,
    people: Vec<&'static str>,
    notifier: Notifier,
    others: Vec<Box<dyn Worker>>,
}

/// What the ledger says of one try.
pub(super) type Try = (Option<AttemptOutcome>, bool);

pub(super) const AGAIN: Option<AttemptOutcome> = Some(AttemptOutcome::TryAgain);
pub(super) const REFUSED: Option<AttemptOutcome> = Some(AttemptOutcome::Refused);
pub(super) const ACCEPTED: Option<AttemptOutcome> = Some(AttemptOutcome::Accepted);

/// The runtime that vendors and network share.
pub(super) fn runtime() -> Runtime {
    tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap()
}

impl Scene {
    /// Everybody, by name and the keys of their contact, is owed a page, and none has left.
    pub(super) fn outage(
        runtime: Runtime,
        people: &[(&'static str, String)],
        options: Options,
        telephony: Telephony,
    ) -> Self {
        let well = runtime.block_on(Vendor::open(Door::Plain));
        for (person, _) in people {
            well.usually(&second(person), Mood::Answers(204, Vec::new(), String::new()));
        }
        let at = "2026-03-02T08:00:00Z".parse().unwrap();
        let mut world = World::new(Fixture::new(), &config(people, &well), 1, at);
        world.set_telephony(telephony);
        world.internet.put_up("commerce", &["Checkout"]);
        let allow = vec!["127.0.0.0/8".parse().unwrap()];
        let network = Network::new(Options { allow, ..options }).unwrap();
        let shell = Shell { outbound: Arc::new(network), ..world.shell.clone() };
        let others = workers::all().into_iter().filter(|worker| worker.name() != "notifier").collect();
        let people = people.iter().map(|(person, _)| *person).collect();
        let scene = Self { runtime, world, shell, well, people, notifier: Notifier::default(), others };
        scene.provider_sets("operational", Duration::from_secs(1));
        scene.provider_sets("major_outage", Duration::from_secs(120));
        assert_eq!(scene.owed().len(), 2 * scene.people.len(), "{:#?}", scene.owed());
        scene
    }

    pub(super) fn now(&self) -> Timestamp {
        self.world.clock.now()
    }

    /// The provider says so, and everything that follows is decided; nothing is sent.
    pub(super) fn provider_sets(&self, status: &str, within: Duration) {
        self.world.internet.on_page("commerce", |page, now| page.set("Checkout", status, now));
        let until = self.now().checked_add(within).unwrap();
        while let Some(next) = self.world.settle(&self.others).unwrap().filter(|next| *next <= until) {
            if next <= self.now() {
                break;
            }
            self.world.clock.set(next);
        }
    }

    /// The notifier takes turns, over real sockets, until nothing is due and nothing under way.
    pub(super) fn send(&self) {
        self.send_while(std::future::ready(()));
    }

    /// The same, while something else happens outside.
    pub(super) fn send_while(&self, outside: impl Future<Output = ()>) {
        let turns = async { while self.notifier.turn(&self.shell).await.unwrap() == Turn::More {} };
        // The ledger of tests answers on the thread that asks, for which a turn may take as long as it likes.
        self.runtime.block_on(tokio::task::unconstrained(async { tokio::join!(turns, outside) }));
    }

    /// The notifier takes turns until something has happened outside; then its process dies, and what was under way with it.
    pub(super) fn send_and_die(&mut self, outside: impl Future<Output = ()>) {
        let turns = async { while self.notifier.turn(&self.shell).await.unwrap() == Turn::More {} };
        self.runtime.block_on(tokio::task::unconstrained(async {
            tokio::select! {
                () = turns => panic!("nothing is under way any more"),
                () = outside => {}
            }
        }));
        self.notifier = Notifier::default();
    }

    /// Lets time pass to the next try that is planned within ten minutes; false when there is none.
    pub(super) fn until_next_try(&self) -> bool {
        let soon = self.now().checked_add(Duration::from_secs(600)).unwrap();
        let tries = self.owed().into_iter().filter(|owed| owed.tries > 0).filter_map(|owed| owed.next_try_at);
        let Some(next) = tries.filter(|next| *next <= soon).max() else { return false };
        self.world.clock.set(next);
        true
    }

    fn owed(&self) -> Vec<Notification> {
        self.world.read(|scope| {
            let incident = store::incidents::find_by_number(scope, 1)?;
            incident.map_or(Ok(Vec::new()), |incident| notifications::list(scope, incident.id, 1_000))
        })
    }

    /// The first page of each person.
    pub(super) fn pages(&self) -> BTreeMap<&'static str, Notification> {
        let owed = self.owed();
        let page = |person: &str| owed.iter().find(|owed| owed.contact == person).cloned();
        self.people.iter().map(|person| (*person, page(person).unwrap())).collect()
    }

    pub(super) fn page(&self, person: &str) -> Notification {
        self.pages().remove(person).unwrap()
    }

    pub(super) fn attempts(&self, person: &str) -> Vec<Attempt> {
        let page = self.page(person).id;
        self.world.read(move |scope| attempts::list(scope, page))
    }

    /// Expects that the ledger has these tries of a person's first page.
    #[track_caller]
    pub(super) fn expect_tries(&self, person: &str, tries: &[Try]) {
        let attempts = self.attempts(person);
        let known: Vec<Try> =
            attempts.iter().map(|attempt| (attempt.outcome, attempt.may_have_arrived)).collect();
        assert_eq!(known, tries, "{person}: {attempts:#?}");
    }

    /// Expects that a person's page failed for now, is to be tried again within seconds, and that they were paged by their
    /// second contact at once.
    #[track_caller]
    pub(super) fn expect_again_soon(&self, person: &str, words: &str) {
        let page = self.page(person);
        assert_eq!((page.state, page.tries), (NotificationState::Pending, 1), "{person}: {page:?}");
        let wait = page.next_try_at.unwrap().duration_since(self.now()).as_secs_f64();
        assert!((1.0..=5.0).contains(&wait), "{person}: in {wait} s");
        self.expect_second_contact(person, words);
    }

    /// Expects that a person's page was refused for good, and that they were paged by their second contact at once.
    #[track_caller]
    pub(super) fn expect_refused(&self, person: &str, words: &str) {
        let page = self.page(person);
        assert_eq!(page.state, NotificationState::Failed, "{person}: {page:?}");
        self.expect_second_contact(person, words);
    }

    #[track_caller]
    pub(super) fn expect_second_contact(&self, person: &str, words: &str) {
        let answer = self.page(person).answer.unwrap_or_default();
        assert!(answer.contains(words), "{person}: {answer}");
        assert_eq!(self.well.heard(&second(person)).len(), 1, "{person}");
    }
}

/// Where the second contact of a person is.
pub(super) fn second(person: &str) -> String {
    format!("/second/{person}")
}

fn config(people: &[(&'static str, String)], well: &Vendor) -> String {
    let mut users = String::new();
    for (person, keys) in people {
        let second = well.url(&second(person));
        users.push_str(&format!(
            r#"
            [[user]]
            email = "{person}@acme.test"
            name = "{person}"
            contact = [
                {{ id = "{person}", {keys} }},
                {{ id = "second", kind = "webhook", url = "{second}" }},
            ]
            notify = [ {{ after = "0s", contact = "{person}" }}, {{ after = "10h", contact = "second" }} ]
            "#
        ));
    }
    let all: Vec<String> = people.iter().map(|(person, _)| format!("\"user:{person}@acme.test\"")).collect();
    let all = all.join(", ");
    format!(
        r#"
        [organization]
        slug = "acme"

        [[user]]
        email = "owner@acme.test"
        role = "owner"
        contact = [ {{ kind = "email", address = "owner@acme.test" }} ]
        {users}
        [[escalation_policy]]
        slug = "default"
        step = [ {{ after = "0s", notify = [{all}] }} ]

        [[provider]]
        slug = "commerce"
        name = "Commerce"
        category = "Shops"
        feed = "https://commerce.status.test/api/v2/summary.json"

        [[service]]
        slug = "checkout"
        escalation_policy = "default"
        depends_on = [ {{ provider = "commerce", components = ["Checkout"] }} ]

        [[status_page]]
        slug = "acme"
        title = "Acme"
        group = [ {{ name = "Shop", services = ["checkout"] }} ]
        "#
    )
}
