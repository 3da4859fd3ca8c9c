//! The product in its own words, for the stories of integration tests.

use std::{sync::Arc, time::Duration};

use domain::{
    UserId,
    incident::{Actor, Incident},
    setup::Destination,
};
use engine::{
    commands,
    drawing::Asked,
    seams::Clock,
    workers::{self, Worker},
};
use formats::channels::telephony::Telephony;
use jiff::Timestamp;
use outbound::Outbound;
use store::incidents;

use crate::{
    feed::StatusPage,
    fixture::Fixture,
    internet::{Arrival, Service, Temper},
    world::{World, read_config},
};

/// When every story begins: a Monday morning.
const MORNING: &str = "2026-03-02T08:00:00Z";

/// More settling than any story needs.
const MOST_STOPS: usize = 10_000;

/// An installation in a test. It fails the test when a message has arrived that nobody expected.
pub struct TestApp {
    world: World,
    workers: Vec<Box<dyn Worker>>,
    read: Vec<bool>,
}

/// Returns a span of minutes.
#[must_use]
pub const fn minutes(count: u64) -> Duration {
    Duration::from_secs(60 * count)
}

impl TestApp {
    /// Starts with this configuration; each of these providers has a page with the components `API` and `Checkout`, and has
    /// been read once.
    ///
    /// # Panics
    /// When the configuration has problems.
    #[must_use]
    pub fn start(toml: &str, providers: &[&str]) -> Self {
        let at: Timestamp = MORNING.parse().expect("the constant is an instant");
        let world = World::new(Fixture::new(), toml, 1, at);
        for slug in providers {
            world.internet.put_up(slug, &["API", "Checkout"]);
        }
        let mut app = Self { world, workers: workers::all(), read: Vec::new() };
        app.advance(Duration::ZERO);
        app
    }

    /// Lets time pass; everything that falls due meanwhile is done at its time.
    ///
    /// # Panics
    /// When a turn fails or the workers find no rest.
    pub fn advance(&mut self, span: Duration) {
        let until = self.now().checked_add(span).expect("stories end before time does");
        for _ in 0..MOST_STOPS {
            let next = self.settle();
            match next.filter(|next| *next <= until) {
                Some(next) => self.world.clock.set(next),
                None if self.now() < until => self.world.clock.set(until),
                None => return,
            }
        }
        panic!("the workers find no rest")
    }

    fn settle(&self) -> Option<Timestamp> {
        self.world.settle(&self.workers).expect("turns end well where nothing is made to fail")
    }

    /// Returns the present instant.
    #[must_use]
    pub fn now(&self) -> Timestamp {
        self.world.clock.now()
    }

    /// Returns what is under the words.
    #[must_use]
    pub const fn world(&self) -> &World {
        &self.world
    }

    /// The team applies another configuration.
    ///
    /// # Panics
    /// When it is none.
    pub fn configure(&mut self, toml: &str) {
        let objects = read_config(toml);
        let at = self.now();
        self.world.setup = objects.setup.clone();
        self.world.write(move |tx| engine::setups::apply(tx, at, &objects, "test"));
        self.advance(Duration::ZERO);
    }

    /// A provider sets the status of a component.
    pub fn provider_sets(&mut self, provider: &str, component: &str, status: &str) {
        self.world.internet.on_page(provider, |page, now| page.set(component, status, now));
    }

    /// A provider's people change their page.
    pub fn provider_page(&mut self, provider: &str, change: impl FnOnce(&mut StatusPage, Timestamp)) {
        self.world.internet.on_page(provider, change);
    }

    /// A provider's page answers with something else.
    pub fn provider_serves(&mut self, provider: &str, service: Service) {
        self.world.internet.serve(provider, service);
    }

    /// A destination changes its temper.
    pub fn destination(&mut self, address: &str, temper: Temper) {
        self.world.internet.set_temper(address, temper);
    }

    /// Expects that exactly one message of this kind (a webhook's `type`; mail: part of its text) has come to one of the
    /// contacts of this person, or to this channel, since the last was taken; takes it and returns what it says.
    ///
    /// # Panics
    /// When there is none.
    #[track_caller]
    pub fn expect(&mut self, whom: &str, kind: &str) -> String {
        let addresses = self.addresses(whom);
        let arrivals = self.world.internet.arrivals();
        self.read.resize(arrivals.len(), false);
        let is_it = |arrival: &Arrival| {
            addresses.contains(&arrival.to)
                && (arrival.kind == kind || arrival.kind.is_empty() && arrival.text.contains(kind))
        };
        let found = arrivals.iter().zip(&self.read).position(|(arrival, is_read)| !is_read && is_it(arrival));
        let Some(found) = found else {
            panic!("no {kind} for {whom} at {}; unread: {:#?}", self.now(), self.unread())
        };
        self.read[found] = true;
        arrivals[found].text.clone()
    }

    /// Expects that exactly one message has come to this address since the last was taken; takes it.
    ///
    /// # Panics
    /// When there is none, or more than one.
    #[track_caller]
    pub fn expect_at(&mut self, address: &str) -> Arrival {
        let arrivals = self.world.internet.arrivals();
        self.read.resize(arrivals.len(), false);
        let fresh: Vec<usize> =
            (0..arrivals.len()).filter(|n| !self.read[*n] && arrivals[*n].to == address).collect();
        let [one] = fresh.as_slice() else {
            panic!("{} messages for {address} at {}; unread: {:#?}", fresh.len(), self.now(), self.unread())
        };
        self.read[*one] = true;
        arrivals[*one].clone()
    }

    /// Expects that nothing has arrived that was not taken.
    ///
    /// # Panics
    /// When something has.
    #[track_caller]
    pub fn expect_silence(&mut self) {
        let unread = self.unread();
        assert!(unread.is_empty(), "unexpected at {}: {unread:#?}", self.now());
    }

    /// Returns everything that has reached an address, oldest first; it counts as read.
    pub fn arrivals_at(&mut self, address: &str) -> Vec<Arrival> {
        let arrivals = self.world.internet.arrivals();
        self.read.resize(arrivals.len().max(self.read.len()), false);
        for (is_read, arrival) in self.read.iter_mut().zip(&arrivals) {
            *is_read |= arrival.to == address;
        }
        arrivals.into_iter().filter(|arrival| arrival.to == address).collect()
    }

    fn unread(&self) -> Vec<String> {
        let arrivals = self.world.internet.arrivals();
        let is_read = |n: usize| self.read.get(n).copied().unwrap_or_default();
        let line = |arrival: &Arrival| format!("{} {} {}", arrival.at, arrival.to, arrival.text);
        arrivals.iter().enumerate().filter(|(n, _)| !is_read(*n)).map(|(_, arrival)| line(arrival)).collect()
    }

    fn addresses(&self, whom: &str) -> Vec<String> {
        let setup = &self.world.setup;
        let user = setup.users.iter().find(|user| user.name == whom);
        let contacts = user.map(|user| user.contacts.iter().map(|contact| &contact.destination).collect());
        let channel = setup.channels.iter().find(|channel| channel.slug == whom);
        let all: Vec<&Destination> =
            contacts.or_else(|| channel.map(|channel| vec![&channel.destination])).unwrap_or_default();
        assert!(!all.is_empty(), "{whom} is nobody in the configuration");
        let address = |destination: &Destination| match destination.url() {
            Some(url) => url.to_owned(),
            None => mailbox(destination).unwrap_or_default().to_owned(),
        };
        all.into_iter().map(address).collect()
    }

    /// A provider that was nowhere has a page from now on, with the components `API` and `Checkout`.
    pub fn provider_appears(&mut self, provider: &str) {
        self.world.internet.put_up(provider, &["API", "Checkout"]);
    }

    /// Returns what the engine is given, for tests of what stands on it.
    #[must_use]
    pub fn shell(&self) -> &engine::Shell {
        &self.world.shell
    }

    /// Has the installation ask these addresses whether its own network works.
    pub fn set_anchors(&mut self, anchors: &[&str]) {
        self.world.set_anchors(anchors);
    }

    /// Has the installation follow pages that move to another host.
    pub fn follow_moves(&mut self) {
        self.world.follow_moves();
    }

    /// Returns everything known of a provider.
    ///
    /// # Panics
    /// When it was never heard of.
    #[must_use]
    pub fn provider(&self, slug: &str) -> store::providers::Stored {
        let id = domain::provider::provider_id(slug);
        let stored = self.world.read(move |scope| store::providers::get(scope.tx(), id));
        stored.unwrap_or_else(|| panic!("{slug} was never heard of"))
    }

    /// Has the installation lose its mail server, as far as it knows.
    pub fn without_mail(&mut self) {
        let identity = engine::Identity { mail_from: None, ..(*self.world.shell.identity).clone() };
        self.world.shell.identity = Arc::new(identity);
    }

    /// Gives the installation phone lines, and puts something between it and its network.
    pub fn set_phones(
        &mut self,
        telephony: Telephony,
        between: impl FnOnce(Arc<dyn Outbound>) -> Arc<dyn Outbound>,
    ) {
        self.world.set_telephony(telephony);
        self.world.shell.outbound = between(Arc::clone(&self.world.shell.outbound));
    }

    /// Puts something between the installation and its ledger.
    pub fn set_ledger(&mut self, between: impl FnOnce(Arc<dyn store::Db>) -> Arc<dyn store::Db>) {
        self.world.shell.ledger = between(Arc::clone(&self.world.shell.ledger));
    }

    /// Returns the organisation.
    #[must_use]
    pub fn org(&self) -> domain::OrgId {
        self.world.org()
    }

    /// Returns this person's id.
    ///
    /// # Panics
    /// When there is no such person.
    #[must_use]
    pub fn user(&self, name: &str) -> UserId {
        self.world.setup.users.iter().find(|user| user.name == name).expect("the person is configured").id
    }

    /// Returns every incident, newest first.
    #[must_use]
    pub fn incidents(&self) -> Vec<Incident> {
        self.world.read(|scope| incidents::list_recent(scope, None, 100))
    }

    /// Returns the incident with this number.
    ///
    /// # Panics
    /// When there is none.
    #[must_use]
    #[track_caller]
    pub fn incident(&self, number: i64) -> Incident {
        let found = self.world.read(move |scope| incidents::find_by_number(scope, number));
        found.unwrap_or_else(|| panic!("there is no incident {number}"))
    }

    /// A person acknowledges an incident.
    ///
    /// # Panics
    /// When it can't be.
    pub fn acknowledge(&mut self, name: &str, number: i64) {
        let (by, id, ground) =
            (Actor::User(self.user(name)), self.incident(number).id, self.world.shell.ground());
        let done = self.world.act(move |scope, now| commands::acknowledge(scope, &ground, now, by, id));
        done.expect("the incident can be acknowledged");
        self.advance(Duration::ZERO);
    }

    /// A person does something to an incident, or is refused.
    ///
    /// # Errors
    /// What the command answers.
    pub fn act(
        &mut self,
        name: &str,
        number: i64,
        mut command: impl FnMut(
            &mut store::Scope<'_>,
            &commands::Ground,
            Timestamp,
            Actor,
            domain::IncidentId,
        ) -> Result<Incident, engine::CommandError>
        + Send
        + 'static,
    ) -> Result<Incident, engine::CommandError> {
        let (by, id, ground) =
            (Actor::User(self.user(name)), self.incident(number).id, self.world.shell.ground());
        let done = self.world.act(move |scope, now| command(scope, &ground, now, by, id));
        self.advance(Duration::ZERO);
        done
    }

    /// Returns what the timeline of an incident says, oldest first.
    #[must_use]
    pub fn timeline(&self, number: i64) -> Vec<String> {
        let id = self.incident(number).id;
        let events = self.world.read(move |scope| incidents::list_events(scope, id));
        events.into_iter().map(|event| event.detail).collect()
    }

    /// Returns the kinds of what was done about an incident, oldest first.
    #[must_use]
    pub fn journal(&self, number: i64) -> Vec<String> {
        let id = self.incident(number).id;
        let events = self.world.read(move |scope| incidents::list_events(scope, id));
        events.into_iter().map(|event| event.kind).collect()
    }

    /// A person publishes an incident.
    ///
    /// # Panics
    /// When it can't be.
    pub fn publish(&mut self, name: &str, number: i64) {
        let (by, id, ground) =
            (Actor::User(self.user(name)), self.incident(number).id, self.world.shell.ground());
        let done = self.world.act(move |scope, now| commands::publish(scope, &ground, now, by, id));
        done.expect("the incident can be published");
        self.advance(Duration::ZERO);
    }

    /// Returns a public page as its readers get it, drawn if need be.
    ///
    /// # Panics
    /// When there is none.
    #[must_use]
    #[track_caller]
    pub fn page(&self, path: &str) -> String {
        let Asked::Page(sheet) = self.world.ask(path) else {
            panic!("no page {path}; there are {:?}", self.world.shell.shelf.paths())
        };
        String::from_utf8_lossy(&sheet.plain).into_owned()
    }
}

impl Drop for TestApp {
    fn drop(&mut self) {
        if !std::thread::panicking() {
            self.expect_silence();
        }
    }
}

fn mailbox(destination: &Destination) -> Option<&str> {
    let Destination::Email { address } = destination else { return None };
    Some(address)
}
