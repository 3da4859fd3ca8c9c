//! What a team has configured: people, ways to reach them, services and what these depend on, status pages.
//!
//! A `Setup` is one version of one organisation's configuration as a value. The pager, `who`, `replay` and the simulator
//! decide by it and by nothing else, so the same version gives the same decisions.

mod page;

use std::{
    collections::{BTreeMap, BTreeSet},
    time::Duration,
};

use jiff::{Timestamp, tz::TimeZone};

pub use page::{Called, Group, PageLinks, Protection, StatusPage};

pub use crate::destination::{Destination, Secret};
use crate::{
    ChannelId, OrgId, PolicyId, ProviderId, Role, ScheduleId, ServiceId, Severity, Status, TeamId, UserId,
    escalation::Policy,
    postmortem::Template,
    prove::Assertion,
    public::{StatusLock, Templates},
    schedule::{Restriction, Schedule},
    silence::Silence,
};

/// One version of an organisation's configuration.
#[derive(Clone, Debug, PartialEq)]
pub struct Setup {
    /// The organisation.
    pub organization: Organization,
    /// Its members.
    pub users: Vec<User>,
    /// Members who are told together.
    pub teams: Vec<Team>,
    /// Its schedules.
    pub schedules: Vec<Schedule>,
    /// Its escalation policies.
    pub policies: Vec<Policy>,
    /// Its shared destinations.
    pub channels: Vec<Channel>,
    /// Its services, in the order of the file.
    pub services: Vec<Service>,
    /// Its status pages.
    pub status_pages: Vec<StatusPage>,
    /// How paging is answered and kept quiet.
    pub paging: Paging,
    /// What it states about its own paging.
    pub assertions: Vec<Assertion>,
    /// How it speaks to its readers.
    pub public: Public,
}

/// How an organisation speaks to its readers.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Public {
    /// What people have locked, in the order in which they did.
    pub locks: Vec<StatusLock>,
    /// How long readers wait at most for the next word on an incident of this severity; one that is not named is promised
    /// nothing.
    pub next_update: BTreeMap<Severity, Duration>,
    /// What drafts of post-mortems are made of, where that is the organisation's own.
    pub postmortem: Option<Template>,
    /// What it says in its own words.
    pub templates: Templates,
}

impl Public {
    /// Returns how long readers wait at most for the next word on an incident of this severity.
    #[must_use]
    pub fn next_update(&self, severity: Severity) -> Option<Duration> {
        self.next_update.get(&severity).copied()
    }
}

/// How paging is answered and kept quiet.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Paging {
    /// How long an acknowledgement stands where whoever gives it does not say; `None` is until the end of the incident.
    pub ack_timeout: Option<Duration>,
    /// Times in which nobody is paged for some of the services.
    pub silences: Vec<Silence>,
}

/// The tenant.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Organization {
    /// Identity.
    pub id: OrgId,
    /// Unique key.
    pub slug: String,
    /// The name people use.
    pub name: String,
}

/// A member who can be paged.
#[derive(Clone, Debug, PartialEq)]
pub struct User {
    /// Identity.
    pub id: UserId,
    /// Sign-in name and address.
    pub email: String,
    /// The name people use.
    pub name: String,
    /// Rights.
    pub role: Role,
    /// The zone their times are shown in, and their quiet hours are in.
    pub time_zone: TimeZone,
    /// Ways to reach them; never empty: a user without one gets their e-mail address.
    pub contacts: Vec<Contact>,
    /// When to use which; never empty: without one every contact is used at once.
    pub ladder: Vec<Rung>,
    /// What replaces the ladder where there is no hurry; empty is the same ladder.
    pub ladder_low: Vec<Rung>,
    /// Times of the week in which nothing short of critical reaches them: it waits until these end.
    pub quiet: Vec<Restriction>,
}

/// Members who are told together.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Team {
    /// Identity.
    pub id: TeamId,
    /// Unique key.
    pub slug: String,
    /// The name people use.
    pub name: String,
    /// Who is in it, each once.
    pub members: Vec<UserId>,
}

/// One way to reach a person.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Contact {
    /// Unique within the person.
    pub id: String,
    /// Where it leads.
    pub destination: Destination,
    /// Why this server can hand nothing to it, in words that say what would be right; `None` where it can.
    pub unusable: Option<String>,
}

/// A shared destination such as a chat room or a mailing list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Channel {
    /// Identity.
    pub id: ChannelId,
    /// Unique key.
    pub slug: String,
    /// Where it leads.
    pub destination: Destination,
    /// As for a [`Contact`].
    pub unusable: Option<String>,
}

/// One rung of a personal ladder.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rung {
    /// How long after the step reached this person.
    pub after: Duration,
    /// The id of one of the person's contacts.
    pub contact: String,
}

/// Something the team runs and is paged for.
#[derive(Clone, Debug, PartialEq)]
pub struct Service {
    /// Identity.
    pub id: ServiceId,
    /// Unique key.
    pub slug: String,
    /// The name readers see.
    pub name: String,
    /// What it is, in a sentence for readers.
    pub description: Option<String>,
    /// Whether it is ours alone: no status page shows it, and no text that the machine writes for readers names it.
    pub is_internal: bool,
    /// Who is paged for it; nobody without one.
    pub policy: Option<PolicyId>,
    /// What else is said of it, such as `team = "pay"`: silences choose by these.
    pub labels: BTreeMap<String, String>,
    /// What it depends on.
    pub depends_on: Vec<Dependency>,
}

/// What something upstream means for a service.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Dependency {
    /// What it depends on.
    pub upstream: Upstream,
    /// Names or ids of the provider's components; empty is the whole page.
    pub components: Vec<String>,
    /// What trouble upstream does to the service's status.
    pub effect: Effect,
    /// The lowest status of *our* service that pages, judged after the effect; `None` never pages.
    pub page: Option<Status>,
    /// What may be said of it in public, and by whom.
    pub publish: Guard,
    /// Act only on trouble that has lasted this long.
    pub hold: Duration,
    /// Whether the provider's announced work shows on our service. It never pages.
    pub show_maintenance: bool,
}

/// What a service depends on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Upstream {
    /// A third party.
    Provider(ProviderId),
    /// Another service of ours.
    Service(ServiceId),
}

/// What trouble upstream does to a service's status.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Effect {
    /// The same status.
    Mirror,
    /// One level better.
    Soften,
    /// A note, no status.
    Annotate,
    /// Nothing.
    Ignore,
}

/// The right to speak in public without a person.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Publish {
    /// Never shown.
    Never,
    /// Shown once a person has said so.
    Draft,
    /// Shown at once.
    Auto,
}

/// What may be said in public of what a dependency does to a service, and by whom.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Guard {
    /// The right to tell it up to `up_to`.
    pub publish: Publish,
    /// The worst status of *our* service that this right goes for; `None` is all.
    pub up_to: Option<Status>,
    /// The right to tell what is worse.
    pub above: Publish,
    /// How long trouble has to have lasted before it is told without a person.
    pub after: Duration,
}

impl From<Publish> for Guard {
    fn from(publish: Publish) -> Self {
        Self { publish, up_to: None, above: publish, after: Duration::ZERO }
    }
}

impl Guard {
    /// Whether nothing is ever told.
    #[must_use]
    pub fn is_never(&self) -> bool {
        self.publish == Publish::Never && self.above == Publish::Never
    }

    /// Returns what may be told of trouble of this status that has lasted since then.
    #[must_use]
    pub fn say(&self, status: Status, since: Timestamp, now: Timestamp) -> Say {
        let low = self.up_to.map_or(status, |up_to| status.min(up_to));
        let rungs = [(low, self.publish), (status, if status > low { self.above } else { self.publish })];
        let speaks_at = since.checked_add(self.after).unwrap_or(Timestamp::MAX);
        let is_old = speaks_at <= now;
        let worst = |rights: &[Publish]| {
            rungs.iter().filter(|(_, right)| rights.contains(right)).map(|(status, _)| *status).max()
        };
        let by_itself = worst(&[Publish::Auto]);
        Say {
            by_itself: by_itself.filter(|_| is_old),
            by_a_person: worst(&[Publish::Auto, Publish::Draft]),
            speaks_at: (by_itself.is_some() && !is_old).then_some(speaks_at),
        }
    }
}

/// What may be told of one trouble now.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Say {
    /// The worst status that is told without a person.
    pub by_itself: Option<Status>,
    /// The worst status that is told once a person says so.
    pub by_a_person: Option<Status>,
    /// When something is told without a person, where only time is missing.
    pub speaks_at: Option<Timestamp>,
}

impl Say {
    /// Returns what readers are told, where a person has let everything up to `cleared` be told.
    #[must_use]
    pub fn told(&self, cleared: Status) -> Option<Status> {
        let by_a_person = self.by_a_person.filter(|_| cleared.is_trouble()).map(|worst| worst.min(cleared));
        self.by_itself.max(by_a_person)
    }

    /// Returns what waits for a person's word, beyond what is told.
    #[must_use]
    pub fn waits(&self, cleared: Status) -> Option<Status> {
        let worst = self.by_a_person.filter(|_| self.speaks_at.is_none());
        worst.filter(|worst| self.told(cleared).is_none_or(|told| *worst > told))
    }

    /// Returns the most that may be done with it.
    #[must_use]
    pub const fn right(&self) -> Publish {
        match (self.by_itself, self.by_a_person) {
            (Some(_), _) => Publish::Auto,
            (None, Some(_)) => Publish::Draft,
            (None, None) => Publish::Never,
        }
    }
}

impl Setup {
    /// Returns the user with this id.
    #[must_use]
    pub fn user(&self, id: UserId) -> Option<&User> {
        self.users.iter().find(|user| user.id == id)
    }

    /// Returns the providers whose trouble can be behind that of a service, as far as readers may ever be told.
    #[must_use]
    pub fn providers_told(&self, id: ServiceId) -> BTreeSet<ProviderId> {
        let bears = |of: &&Dependency| matches!(of.effect, Effect::Mirror | Effect::Soften);
        let of = |id: ServiceId| self.service(id).into_iter().flat_map(|it| &it.depends_on).filter(bears);
        let told = of(id).filter(|dependency| !dependency.publish.is_never());
        let mut waiting: Vec<Upstream> = told.map(|dependency| dependency.upstream).collect();
        let (mut providers, mut seen) = (BTreeSet::new(), BTreeSet::new());
        while let Some(upstream) = waiting.pop() {
            match upstream {
                Upstream::Provider(id) => _ = providers.insert(id),
                Upstream::Service(id) if seen.insert(id) => waiting.extend(of(id).map(|it| it.upstream)),
                Upstream::Service(_) => {}
            }
        }
        providers
    }

    /// Returns the user with this address, compared without regard to ASCII case.
    #[must_use]
    pub fn user_by_email(&self, email: &str) -> Option<&User> {
        self.users.iter().find(|user| user.email.eq_ignore_ascii_case(email))
    }

    /// Returns the team with this id.
    #[must_use]
    pub fn team(&self, id: TeamId) -> Option<&Team> {
        self.teams.iter().find(|team| team.id == id)
    }

    /// Returns the schedule with this id.
    #[must_use]
    pub fn schedule(&self, id: ScheduleId) -> Option<&Schedule> {
        self.schedules.iter().find(|schedule| schedule.id == id)
    }

    /// Returns the policy with this id.
    #[must_use]
    pub fn policy(&self, id: PolicyId) -> Option<&Policy> {
        self.policies.iter().find(|policy| policy.id == id)
    }

    /// Returns the channel with this id.
    #[must_use]
    pub fn channel(&self, id: ChannelId) -> Option<&Channel> {
        self.channels.iter().find(|channel| channel.id == id)
    }

    /// Returns the service with this id.
    #[must_use]
    pub fn service(&self, id: ServiceId) -> Option<&Service> {
        self.services.iter().find(|service| service.id == id)
    }

    /// Sorts things of services in the order of the configuration, in which people think of them; those of former services come
    /// last.
    pub fn sort_by_service<T>(&self, things: &mut [T], service: impl Fn(&T) -> ServiceId) {
        let places: BTreeMap<ServiceId, usize> =
            self.services.iter().enumerate().map(|(place, service)| (service.id, place)).collect();
        things.sort_by_key(|thing| places.get(&service(thing)).copied().unwrap_or(usize::MAX));
    }

    /// Returns those who are paged when nobody else can be: the owners, else the admins, else everyone; those who can't be
    /// reached only when nobody can.
    #[must_use]
    pub fn last_resort(&self) -> Vec<&User> {
        let reachable: Vec<_> = self.users.iter().filter(|user| user.is_reachable()).collect();
        let among = if reachable.is_empty() { self.users.iter().collect() } else { reachable };
        let with = |role| among.iter().copied().filter(|user| user.role == role).collect::<Vec<_>>();
        let found = [with(Role::Owner), with(Role::Admin)].into_iter().find(|users| !users.is_empty());
        found.unwrap_or(among)
    }

    /// Returns the configuration with each contact and channel marked that a server can hand nothing to. `why` says why, and
    /// what would be right.
    #[must_use]
    pub fn marked(mut self, why: impl Fn(&Destination) -> Option<String>) -> Setup {
        for contact in self.users.iter_mut().flat_map(|user| &mut user.contacts) {
            contact.unusable = why(&contact.destination);
        }
        for channel in &mut self.channels {
            channel.unusable = why(&channel.destination);
        }
        self
    }

    /// Returns the providers that some service depends on, each once, in ascending order.
    #[must_use]
    pub fn providers(&self) -> Vec<ProviderId> {
        let mut ids: Vec<ProviderId> = self
            .services
            .iter()
            .flat_map(|service| &service.depends_on)
            .filter_map(|dependency| match dependency.upstream {
                Upstream::Provider(id) => Some(id),
                Upstream::Service(_) => None,
            })
            .collect();
        ids.sort_unstable();
        ids.dedup();
        ids
    }
}

impl Service {
    /// Whether trouble upstream can wake somebody.
    #[must_use]
    pub fn pages(&self) -> bool {
        self.depends_on.iter().any(|dependency| dependency.page.is_some())
    }
}

impl User {
    /// Returns the contact with this id.
    #[must_use]
    pub fn contact(&self, id: &str) -> Option<&Contact> {
        self.contacts.iter().find(|contact| contact.id == id)
    }

    /// Whether there is a contact that this server can hand something to.
    #[must_use]
    pub fn is_reachable(&self) -> bool {
        self.contacts.iter().any(Contact::is_usable)
    }
}

impl Contact {
    /// Whether this server can hand something to it.
    #[must_use]
    pub const fn is_usable(&self) -> bool {
        self.unusable.is_none()
    }
}
