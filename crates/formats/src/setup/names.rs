//! The names of a document's objects, collected before the objects are read, so that an object may refer to one that
//! stands below it or that has problems of its own.

use std::{collections::BTreeSet, sync::Arc};

use domain::{
    AmendmentId, ChannelId, PolicyId, ProviderId, Role, ScheduleId, ServiceId, StatusPageId, TeamId, UserId,
    escalation::Target,
    prove::Whom,
    provider::{Provider, provider_id},
};
use uuid::Uuid;

use super::{Field, Section, near::nearest};
use crate::catalog;

/// What has a name in a document.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Kind {
    User,
    Team,
    Channel,
    Schedule,
    Policy,
    Provider,
    Service,
    StatusPage,
    Silence,
}

/// What a step names.
pub(super) enum Named {
    /// Whom it tells.
    Target(Target),
    /// The policy that it hands over to, by its slug.
    Policy(String),
}

/// The names of a document's objects, and of what it may name without declaring it.
pub(super) struct Names<'a> {
    /// The organisation, which is part of every id but a provider's.
    org: Uuid,
    known: BTreeSet<(Kind, String)>,
    shipped: Option<&'a [Arc<Provider>]>,
}

impl Kind {
    const ALL: [Kind; 9] = [
        Kind::User,
        Kind::Team,
        Kind::Channel,
        Kind::Schedule,
        Kind::Policy,
        Kind::Provider,
        Kind::Service,
        Kind::StatusPage,
        Kind::Silence,
    ];

    /// Returns the list that such objects stand in, and the key of their name.
    const fn keys(self) -> (&'static str, &'static str) {
        match self {
            Kind::User => ("user", "email"),
            Kind::Team => ("team", "slug"),
            Kind::Channel => ("channel", "slug"),
            Kind::Schedule => ("schedule", "slug"),
            Kind::Policy => ("escalation_policy", "slug"),
            Kind::Provider => ("provider", "slug"),
            Kind::Service => ("service", "slug"),
            Kind::StatusPage => ("status_page", "slug"),
            Kind::Silence => ("silence", "name"),
        }
    }

    /// Returns what such an object is called.
    const fn noun(self) -> &'static str {
        match self {
            Kind::User => "user",
            Kind::Team => "team",
            Kind::Channel => "channel",
            Kind::Schedule => "schedule",
            Kind::Policy => "escalation policy",
            Kind::Provider => "provider",
            Kind::Service => "service",
            Kind::StatusPage => "status page",
            Kind::Silence => "silence",
        }
    }

    /// Returns the form of a name that is compared and makes the id.
    fn form(self, name: &str) -> String {
        match self {
            Kind::User => name.to_ascii_lowercase(),
            Kind::Team
            | Kind::Channel
            | Kind::Schedule
            | Kind::Policy
            | Kind::Provider
            | Kind::Service
            | Kind::StatusPage
            | Kind::Silence => name.to_owned(),
        }
    }
}

impl<'a> Names<'a> {
    /// Collects the names and refuses those that stand twice.
    pub(super) fn collect(root: &Section<'_>, org: Uuid, shipped: Option<&'a [Arc<Provider>]>) -> Self {
        let mut names = Self { org, known: BTreeSet::new(), shipped };
        for kind in Kind::ALL {
            let (list, key) = kind.keys();
            for (name, field) in root.peek(list, key) {
                if !names.known.insert((kind, kind.form(&name))) {
                    let noun = kind.noun();
                    field.problem(format!("there is already a {noun} {}", field.written()), None);
                }
            }
        }
        names
    }

    /// Reads a reference to a user.
    pub(super) fn user(&self, field: &Field<'_>) -> Option<UserId> {
        let email = self.known(Kind::User, &field.email()?, field)?;
        Some(self.user_id(&email))
    }

    /// Reads a reference to an escalation policy.
    pub(super) fn policy(&self, field: &Field<'_>) -> Option<PolicyId> {
        let slug = self.known(Kind::Policy, &field.text()?, field)?;
        Some(PolicyId::named(self.org, &slug))
    }

    /// Reads a reference to a provider of the document or of the shipped catalog.
    pub(super) fn provider(&self, field: &Field<'_>) -> Option<ProviderId> {
        let slug = field.text()?;
        if self.shipped(&slug).is_some() {
            return Some(provider_id(&slug));
        }
        let slug = self.known(Kind::Provider, &slug, field)?;
        Some(provider_id(&slug))
    }

    /// Reads the slug of a provider that another runs on. A document that stands by itself may name one that it leaves out.
    pub(super) fn upstream(&self, field: &Field<'_>) -> Option<String> {
        if self.are_stored() {
            return field.slug();
        }
        self.provider(field)?;
        field.text()
    }

    /// Whether the document stands by itself, as in the ledger: what it says was accepted when it was saved.
    pub(super) fn are_stored(&self) -> bool {
        self.shipped.is_none()
    }

    /// Returns the shipped provider with this slug.
    pub(super) fn shipped(&self, slug: &str) -> Option<&'a Arc<Provider>> {
        catalog::find(self.shipped.unwrap_or_default(), slug)
    }

    /// Returns what is said of a slug that the shipped catalog does not have.
    pub(super) fn not_shipped(&self, slug: &str) -> String {
        let shipped = self.shipped.unwrap_or_default();
        if shipped.is_empty() {
            return "only a shipped provider may leave them out, and no shipped providers are there"
                .to_owned();
        }
        let near = catalog::suggestion(shipped, slug).map(|near| format!("; {near}")).unwrap_or_default();
        format!("only a shipped provider may leave them out, and there is none \"{slug}\"{near}")
    }

    /// Reads a reference to a service, by its slug.
    pub(super) fn service(&self, field: &Field<'_>) -> Option<String> {
        self.known(Kind::Service, &field.text()?, field)
    }

    /// Reads a reference to a schedule.
    pub(super) fn schedule(&self, field: &Field<'_>) -> Option<ScheduleId> {
        let slug = self.known(Kind::Schedule, &field.text()?, field)?;
        Some(self.schedule_id(&slug))
    }

    /// Reads whom an assertion counts: `human`, `user:ana@acme.example`, `team:payments`, `role:admin`,
    /// `channel:ops`.
    pub(super) fn whom(&self, field: &Field<'_>) -> Option<Whom> {
        let example =
            "\"human\", \"user:ana@acme.example\", \"team:payments\", \"role:admin\" or \"channel:ops\"";
        let text = field.text_like("who has to be reached", example)?;
        let (kind, name) = text.split_once(':').unwrap_or((&text, ""));
        match kind {
            "human" if name.is_empty() => Some(Whom::Human),
            "user" => Some(Whom::User(self.user_id(&self.known(Kind::User, name, field)?))),
            "team" => Some(Whom::Team(self.team_id(&self.known(Kind::Team, name, field)?))),
            "channel" => Some(Whom::Channel(self.channel_id(&self.known(Kind::Channel, name, field)?))),
            "role" if let Some(role) = Role::from_word(name) => Some(Whom::Role(role)),
            _ => field.expected("who has to be reached,", example),
        }
    }

    /// Reads whom a step names: `schedule:primary`, `user:ana@acme.example`, `team:payments`, `channel:ops`,
    /// `policy:managers`.
    pub(super) fn target(&self, field: &Field<'_>) -> Option<Named> {
        let example = "\"schedule:primary\", \"user:ana@acme.example\", \"team:payments\" or \"channel:ops\"";
        let text = field.text_like("a target", example)?;
        let (kind, name) = text.split_once(':').unwrap_or_default();
        let target = match kind {
            "user" => Target::User(self.user_id(&self.known(Kind::User, name, field)?)),
            "team" => Target::Team(self.team_id(&self.known(Kind::Team, name, field)?)),
            "schedule" => Target::Schedule(self.schedule_id(&self.known(Kind::Schedule, name, field)?)),
            "channel" => Target::Channel(self.channel_id(&self.known(Kind::Channel, name, field)?)),
            "policy" => return self.known(Kind::Policy, name, field).map(Named::Policy),
            _ => return field.expected("a target", example),
        };
        Some(Named::Target(target))
    }

    /// Returns the id of the user with this address.
    pub(super) fn user_id(&self, email: &str) -> UserId {
        UserId::named(self.org, &Kind::User.form(email))
    }

    /// Returns the id of the team with this slug.
    pub(super) fn team_id(&self, slug: &str) -> TeamId {
        TeamId::named(self.org, slug)
    }

    /// Returns the id of the schedule with this slug.
    pub(super) fn schedule_id(&self, slug: &str) -> ScheduleId {
        ScheduleId::named(self.org, slug)
    }

    /// Returns the id of the escalation policy with this slug.
    pub(super) fn policy_id(&self, slug: &str) -> PolicyId {
        PolicyId::named(self.org, slug)
    }

    /// Returns the id of the channel with this slug.
    pub(super) fn channel_id(&self, slug: &str) -> ChannelId {
        ChannelId::named(self.org, slug)
    }

    /// Returns the id of the service with this slug.
    pub(super) fn service_id(&self, slug: &str) -> ServiceId {
        ServiceId::named(self.org, slug)
    }

    /// Returns the id of the status page with this slug.
    pub(super) fn status_page_id(&self, slug: &str) -> StatusPageId {
        StatusPageId::named(self.org, slug)
    }

    /// Returns the id of the silence with this name.
    pub(super) fn silence_id(&self, name: &str) -> AmendmentId {
        AmendmentId::named(self.org, name)
    }

    /// Returns the form of a name that must be known.
    fn known(&self, kind: Kind, name: &str, field: &Field<'_>) -> Option<String> {
        let entry = (kind, kind.form(name));
        if self.known.contains(&entry) {
            return Some(entry.1);
        }
        let name = entry.1;
        let (list, key) = kind.keys();
        let own = nearest(&name, self.of(kind)).map(|near| format!("did you mean \"{near}\"?"));
        let hint = match own.or_else(|| self.suggestion(kind, &name)) {
            Some(hint) => hint,
            None => format!("add [[{list}]] with {key} = \"{name}\", or name one of those that are there"),
        };
        field.problem(format!("there is no {} \"{name}\"", kind.noun()), Some(hint));
        None
    }

    fn suggestion(&self, kind: Kind, name: &str) -> Option<String> {
        (kind == Kind::Provider).then(|| catalog::suggestion(self.shipped?, name)).flatten()
    }

    fn of(&self, kind: Kind) -> impl Iterator<Item = &str> {
        self.known.iter().filter(move |(known, _)| *known == kind).map(|(_, name)| name.as_str())
    }
}
