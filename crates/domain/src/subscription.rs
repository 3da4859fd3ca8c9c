//! What somebody outside asked to be told about a provider or a status page of ours, and whether a piece of news is it.

use uuid::Uuid;

use crate::{
    Impact, IncidentId, MaintenanceId, OrgId, ProviderId, Status, StatusPageId,
    change::{Change, ChangeKind},
    knowledge::Knowledge,
};

/// The longest address of a mailbox (RFC 5321, section 4.5.3.1.3, without its brackets).
const MAILBOX_BYTES: usize = 254;

/// The longest address of a webhook.
const URL_BYTES: usize = 2_000;

/// Where Slack takes messages for one of its channels, without a password: whoever has the whole address may post there.
const SLACK: [&str; 2] = ["https://hooks.slack.com/", "https://hooks.slack-gov.com/"];

/// What somebody asks to be told about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Subject {
    /// A third party.
    Provider(ProviderId),
    /// A status page of ours.
    Page(OrgId, StatusPageId),
}

/// What news of a status page is about: incidents and work, each told in a thread of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Thing {
    /// An incident.
    Incident(IncidentId),
    /// Announced work.
    Maintenance(MaintenanceId),
}

/// Where alerts go.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Target {
    /// A mailbox.
    Email(String),
    /// An address that takes signed posts.
    Webhook(String),
    /// An address of Slack that takes messages for one channel.
    Slack(String),
}

/// What somebody asked to be told.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Choice {
    /// Ids of components; empty is the whole page.
    pub components: Vec<String>,
    /// The least impact of trouble that is told.
    pub least: Impact,
    /// Whether trouble is told.
    pub incidents: bool,
    /// Whether announced work is told.
    pub maintenances: bool,
    /// Whether it is told what was learnt from an incident of ours.
    pub postmortems: bool,
    /// The one incident or work that is asked for, whatever else is chosen; `None` is everything.
    pub only: Option<Uuid>,
}

/// What a change is about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Topic {
    /// Which kind of thing.
    pub kind: TopicKind,
    /// How bad it is.
    pub impact: Impact,
    /// Ids of the components it touches; empty where nobody says.
    pub components: Vec<String>,
    /// The incident or work of ours.
    pub thing: Option<Uuid>,
}

/// Which kind of thing a change is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TopicKind {
    /// A component's status.
    Component,
    /// An incident.
    Incident,
    /// Announced work.
    Maintenance,
    /// What was learnt from an incident of ours.
    Postmortem,
}

impl Subject {
    /// Returns the word for its kind.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Subject::Provider(_) => "provider",
            Subject::Page(..) => "page",
        }
    }

    /// Returns its id, which no other subject of its kind has.
    #[must_use]
    pub const fn id(self) -> Uuid {
        match self {
            Subject::Provider(id) => id.0,
            Subject::Page(_, id) => id.0,
        }
    }

    /// Returns whose it is.
    #[must_use]
    pub const fn org(self) -> Option<OrgId> {
        match self {
            Subject::Provider(_) => None,
            Subject::Page(org, _) => Some(org),
        }
    }

    /// Reads what [`word`](Self::word), [`id`](Self::id) and [`org`](Self::org) say.
    #[must_use]
    pub fn read(word: &str, id: Uuid, org: Option<OrgId>) -> Option<Self> {
        match (word, org) {
            ("provider", None) => Some(Subject::Provider(ProviderId(id))),
            ("page", Some(org)) => Some(Subject::Page(org, StatusPageId(id))),
            _ => None,
        }
    }
}

impl Thing {
    /// Returns the word for its kind.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Thing::Incident(_) => "incident",
            Thing::Maintenance(_) => "maintenance",
        }
    }

    /// Returns its id.
    #[must_use]
    pub const fn id(self) -> Uuid {
        match self {
            Thing::Incident(id) => id.0,
            Thing::Maintenance(id) => id.0,
        }
    }

    /// Reads what [`word`](Self::word) and [`id`](Self::id) say.
    #[must_use]
    pub fn read(word: &str, id: Uuid) -> Option<Self> {
        match word {
            "incident" => Some(Thing::Incident(IncidentId(id))),
            "maintenance" => Some(Thing::Maintenance(MaintenanceId(id))),
            _ => None,
        }
    }
}

impl Target {
    /// Reads the address of a mailbox as a person types it: one `@`, a host with a dot, nothing that could end a header.
    #[must_use]
    pub fn email(text: &str) -> Option<Self> {
        let text = text.trim();
        let (local, host) = text.split_once('@')?;
        let is_plain = text.chars().all(|c| c.is_ascii_graphic() && !"<>(),;:\\\"[]".contains(c));
        let label = |label: &str| {
            let inner = label.chars().all(|c| c.is_ascii_alphanumeric() || c == '-');
            !label.is_empty()
                && label.len() <= 63
                && inner
                && !label.starts_with('-')
                && !label.ends_with('-')
        };
        let is_host = host.contains('.') && host.split('.').all(label);
        let is_local =
            !local.is_empty() && local.len() <= 64 && local.split('.').all(|part| !part.is_empty());
        (is_plain && is_local && is_host && text.len() <= MAILBOX_BYTES).then(|| Self::Email(text.to_owned()))
    }

    /// Reads the address of a webhook: `http` or `https`, a host, no name or password in it. Whether it may be dialled is
    /// the egress guard's to say, each time.
    #[must_use]
    pub fn webhook(text: &str) -> Option<Self> {
        let text = text.trim();
        let rest = text.strip_prefix("https://").or_else(|| text.strip_prefix("http://"))?;
        let host = rest.split(['/', '?', '#']).next().unwrap_or_default();
        let is_plain = text.chars().all(|c| c.is_ascii_graphic() && !"\\\"<>^`{|}".contains(c));
        (is_plain && !host.is_empty() && !host.contains('@') && text.len() <= URL_BYTES)
            .then(|| Self::Webhook(text.to_owned()))
    }

    /// Reads the address at which Slack takes messages for a channel ("incoming webhook").
    #[must_use]
    pub fn slack(text: &str) -> Option<Self> {
        let Self::Webhook(url) = Self::webhook(text)? else { return None };
        let rest = SLACK.into_iter().find_map(|start| url.strip_prefix(start))?;
        (rest.starts_with("services/") || rest.starts_with("workflows/")).then_some(Self::Slack(url))
    }

    /// Reads an address of any kind as a list of addresses has it.
    #[must_use]
    pub fn any(text: &str) -> Option<Self> {
        Self::slack(text).or_else(|| Self::webhook(text)).or_else(|| Self::email(text))
    }

    /// Returns the word for the kind.
    #[must_use]
    pub const fn word(&self) -> &'static str {
        match self {
            Target::Email(_) => "email",
            Target::Webhook(_) => "webhook",
            Target::Slack(_) => "slack",
        }
    }

    /// Reads what [`word`](Self::word) and [`address`](Self::address) say of one that was read before.
    #[must_use]
    pub fn stored(word: &str, address: String) -> Option<Self> {
        match word {
            "email" => Some(Target::Email(address)),
            "webhook" => Some(Target::Webhook(address)),
            "slack" => Some(Target::Slack(address)),
            _ => None,
        }
    }

    /// Returns the address.
    #[must_use]
    pub fn address(&self) -> &str {
        match self {
            Target::Email(address) | Target::Webhook(address) | Target::Slack(address) => address,
        }
    }

    /// Returns the address as it may be shown to whoever has a message: that of a Slack channel is a password for it, which not
    /// everybody in the channel has.
    #[must_use]
    pub fn shown(&self) -> String {
        match self {
            Target::Email(address) | Target::Webhook(address) => address.clone(),
            Target::Slack(url) => {
                let end = url.match_indices('/').nth(4).map_or(url.len(), |(at, _)| at);
                format!("{}/…", &url[..end])
            }
        }
    }

    /// Returns what makes two addresses one: letters of a mailbox count alike in every case, as every provider has it.
    #[must_use]
    pub fn key(&self) -> String {
        match self {
            Target::Email(address) => address.to_lowercase(),
            Target::Webhook(url) | Target::Slack(url) => url.clone(),
        }
    }
}

impl Choice {
    /// Returns the choice of everything.
    #[must_use]
    pub const fn all() -> Self {
        Self {
            components: Vec::new(),
            least: Impact::None,
            incidents: true,
            maintenances: true,
            postmortems: true,
            only: None,
        }
    }

    /// Whether this is what was asked for. Impact that nobody states passes, and so does what names no component: rather
    /// once too often than an outage that nobody was told of.
    #[must_use]
    pub fn wants(&self, topic: &Topic) -> bool {
        if self.only.is_some() {
            return self.only == topic.thing;
        }
        let touches = self.components.is_empty()
            || topic.components.is_empty()
            || topic.components.iter().any(|id| self.components.contains(id));
        let is_bad_enough = topic.impact == Impact::Unknown || topic.impact >= self.least;
        touches
            && match topic.kind {
                TopicKind::Component | TopicKind::Incident => self.incidents && is_bad_enough,
                TopicKind::Maintenance => self.maintenances,
                TopicKind::Postmortem => self.postmortems && is_bad_enough,
            }
    }
}

impl Topic {
    /// Returns what a change is about; `None` where it is no news for readers: how well we can read a page, and how its
    /// lines are called.
    #[must_use]
    pub fn of(change: &Change, knowledge: &Knowledge) -> Option<Topic> {
        match change.kind {
            ChangeKind::ComponentChanged => Some(Topic {
                kind: TopicKind::Component,
                impact: impact(change.from.as_deref()).max(impact(change.to.as_deref())),
                components: vec![change.subject.clone()],
                thing: None,
            }),
            ChangeKind::IncidentOpened
            | ChangeKind::IncidentUpdated
            | ChangeKind::IncidentResolved
            | ChangeKind::IncidentReopened
            | ChangeKind::PostmortemPublished => {
                let known = knowledge.incidents.iter().find(|known| known.incident.id == change.subject);
                Some(Topic {
                    kind: TopicKind::Incident,
                    impact: known.map_or(Impact::Unknown, |known| known.incident.impact),
                    components: known.map(|known| known.incident.components.clone()).unwrap_or_default(),
                    thing: None,
                })
            }
            ChangeKind::MaintenanceScheduled
            | ChangeKind::MaintenanceStarted
            | ChangeKind::MaintenanceUpdated
            | ChangeKind::MaintenanceCompleted
            | ChangeKind::MaintenanceCancelled => {
                let known =
                    knowledge.maintenances.iter().find(|known| known.maintenance.id == change.subject);
                Some(Topic {
                    kind: TopicKind::Maintenance,
                    impact: Impact::Maintenance,
                    components: known.map(|known| known.maintenance.components.clone()).unwrap_or_default(),
                    thing: None,
                })
            }
            ChangeKind::ComponentAdded
            | ChangeKind::ComponentRemoved
            | ChangeKind::ComponentRenamed
            | ChangeKind::HealthChanged
            | ChangeKind::SourceMoved => None,
        }
    }
}

/// Returns how bad a component's status is, in the words for incidents. Not knowing is not bad.
fn impact(status: Option<&str>) -> Impact {
    match status.and_then(Status::from_word) {
        None | Some(Status::Unknown | Status::Operational) => Impact::None,
        Some(Status::UnderMaintenance) => Impact::Maintenance,
        Some(Status::DegradedPerformance) => Impact::Minor,
        Some(Status::PartialOutage) => Impact::Major,
        Some(Status::MajorOutage) => Impact::Critical,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn mailboxes_are_read_as_people_type_them_and_no_header_can_be_smuggled() {
        for good in ["ana@acme.example", " Ana.B+x@mail.acme.example ", "o'neil@a-b.co"] {
            assert_eq!(Target::email(good), Some(Target::Email(good.trim().to_owned())), "{good}");
        }
        let long = format!("{}@acme.example", "a".repeat(65));
        for bad in [
            "",
            "ana",
            "ana@",
            "@acme.example",
            "ana@acme",
            "a@b@c.d",
            "a b@c.d",
            "ana@acme.example\r\nBcc: x@y.z",
            "ana@-acme.example",
            "ana@acme..example",
            "a..b@c.d",
            "Ana <ana@acme.example>",
            "é@acme.example",
            &long,
        ] {
            assert_eq!(Target::email(bad), None, "{bad:?}");
        }
        assert_eq!(Target::email("Ana@Acme.example").map(|t| t.key()), Some("ana@acme.example".to_owned()));
    }

    #[test]
    fn webhooks_are_addresses_of_the_web_without_credentials() {
        for good in ["https://hooks.acme.example/a?b=c", "http://h.example"] {
            assert_eq!(Target::webhook(good), Some(Target::Webhook(good.to_owned())), "{good}");
        }
        for bad in [
            "",
            "ftp://a.b",
            "https://",
            "https:///x",
            "https://u:p@a.b/",
            "javascript:alert(1)",
            "https://a b",
        ] {
            assert_eq!(Target::webhook(bad), None, "{bad:?}");
        }
    }

    #[test]
    fn slack_is_posted_to_at_its_own_addresses_and_every_other_address_of_the_web_is_a_webhook() {
        let slack = "https://hooks.slack.com/services/T1/B2/abc";
        assert_eq!(Target::any(slack), Some(Target::Slack(slack.to_owned())));
        let shown = Target::slack(slack).map(|target| target.shown());
        assert_eq!(shown.as_deref(), Some("https://hooks.slack.com/services/T1/…"), "the rest is a password");
        for other in ["https://hooks.slack.com.evil.test/services/T1", "https://hooks.slack.com/x"] {
            assert_eq!(Target::slack(other), None, "{other}");
            assert_eq!(Target::any(other), Some(Target::Webhook(other.to_owned())));
        }
        assert_eq!(Target::any("ana@acme.example").map(|target| target.word()), Some("email"));
        assert_eq!(Target::any("=cmd|' /C calc'!A0"), None);
    }

    #[test]
    fn one_incident_is_told_whatever_else_is_chosen_and_nothing_else_is() {
        let thing = Uuid::from_u128(7);
        let choice = Choice { only: Some(thing), incidents: false, least: Impact::Critical, ..Choice::all() };
        let of = |thing| Topic { thing, ..topic(TopicKind::Incident, Impact::Minor, &["web"]) };
        assert!(choice.wants(&of(Some(thing))));
        assert!(!choice.wants(&of(Some(Uuid::from_u128(8)))) && !choice.wants(&of(None)));
        let learnt = topic(TopicKind::Postmortem, Impact::Major, &["api"]);
        assert!(Choice::all().wants(&learnt));
        assert!(!Choice { postmortems: false, ..Choice::all() }.wants(&learnt));
    }

    fn topic(kind: TopicKind, impact: Impact, components: &[&str]) -> Topic {
        Topic {
            kind,
            impact,
            components: components.iter().map(|id| (*id).to_owned()).collect(),
            thing: None,
        }
    }

    #[test]
    fn a_choice_is_by_kind_by_impact_and_by_component() {
        let choice = Choice {
            components: vec!["api".to_owned()],
            least: Impact::Major,
            maintenances: false,
            ..Choice::all()
        };
        for (topic, expected) in [
            (topic(TopicKind::Incident, Impact::Major, &["api", "web"]), true),
            (topic(TopicKind::Incident, Impact::Minor, &["api"]), false),
            (topic(TopicKind::Incident, Impact::Unknown, &["api"]), true),
            (topic(TopicKind::Incident, Impact::Critical, &["web"]), false),
            (topic(TopicKind::Incident, Impact::Critical, &[]), true),
            (topic(TopicKind::Component, Impact::Critical, &["api"]), true),
            (topic(TopicKind::Maintenance, Impact::Maintenance, &["api"]), false),
        ] {
            assert_eq!(choice.wants(&topic), expected, "{topic:?}");
        }
        let work = Choice { maintenances: true, incidents: false, ..choice };
        assert!(work.wants(&topic(TopicKind::Maintenance, Impact::Maintenance, &["api"])));
        assert!(!work.wants(&topic(TopicKind::Incident, Impact::Critical, &["api"])));
    }

    #[test]
    fn recovery_is_as_bad_as_what_it_ends_and_our_own_trouble_is_no_news() {
        let change = |kind, from: &str, to: &str| Change {
            kind,
            subject: "api".to_owned(),
            name: "API".to_owned(),
            from: Some(from.to_owned()),
            to: Some(to.to_owned()),
            update: None,
            at: jiff::Timestamp::UNIX_EPOCH,
        };
        let impact = |from, to| {
            let change = change(ChangeKind::ComponentChanged, from, to);
            Topic::of(&change, &Knowledge::default()).map(|topic| topic.impact)
        };
        assert_eq!(impact("major_outage", "operational"), Some(Impact::Critical));
        assert_eq!(impact("operational", "degraded_performance"), Some(Impact::Minor));
        assert_eq!(impact("unknown", "operational"), Some(Impact::None));
        let health = change(ChangeKind::HealthChanged, "fresh", "unreadable");
        assert_eq!(Topic::of(&health, &Knowledge::default()), None);
    }
}
