//! What is told of a post-mortem: the newest text, every version, what the record says, what is to be done.

use domain::{
    IncidentId, UserId,
    postmortem::{Action, Facts, Stage, unwritten},
    setup::Setup,
};
use engine::{
    CommandError,
    commands::{Ground, postmortem},
    compose, timeline,
};
use jiff::{Timestamp, tz::TimeZone};
use serde::Serialize;
use store::{Scope, postmortems};

/// A post-mortem.
#[derive(Serialize)]
pub(super) struct Detail {
    pub(super) incident: String,
    number: i64,
    title: String,
    stage: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    reviewer: Option<String>,
    pub(super) version: i64,
    author: String,
    body: String,
    /// The headings under which the draft still leaves something to people.
    unwritten: Vec<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    published_version: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    published_at: Option<String>,
    versions: Vec<SavedJson>,
    facts: FactsJson,
    actions: Vec<ActionJson>,
}

/// When a version was saved, and by whom.
#[derive(Serialize)]
struct SavedJson {
    number: i64,
    by: String,
    saved_at: String,
}

/// A version with its text.
#[derive(Serialize)]
pub(super) struct VersionJson {
    pub(super) number: i64,
    pub(super) by: String,
    pub(super) saved_at: String,
    body: String,
}

#[derive(Serialize)]
struct FactsJson {
    moments: Vec<MomentJson>,
    impact: Vec<ImpactJson>,
    provider_incidents: Vec<ProviderJson>,
    people: Vec<PersonJson>,
}

#[derive(Serialize)]
struct MomentJson {
    name: &'static str,
    at: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    gap_seconds: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    after: Option<&'static str>,
}

#[derive(Serialize)]
struct ImpactJson {
    service: String,
    internal: bool,
    worst: &'static str,
    spans: Vec<SpanJson>,
}

#[derive(Serialize)]
struct SpanJson {
    status: &'static str,
    minutes: u64,
}

#[derive(Serialize)]
struct ProviderJson {
    provider: String,
    title: String,
    url: Option<String>,
    started_at: Option<String>,
}

#[derive(Serialize)]
struct PersonJson {
    who: String,
    parts: Vec<String>,
}

/// Something to do.
#[derive(Serialize)]
pub(super) struct ActionJson {
    /// The number of the incident.
    incident: i64,
    number: i64,
    text: String,
    owner: String,
    due_on: String,
    public: bool,
    state: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    done_at: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    done_by: Option<String>,
}

impl Detail {
    pub(super) fn load(
        scope: &mut Scope<'_>,
        ground: &Ground,
        id: IncidentId,
        now: Timestamp,
    ) -> Result<Self, CommandError> {
        let (setup, incident, of) = postmortem::load(scope, ground, id)?;
        let newest = postmortem::version(scope, id, of.version)?;
        let versions = postmortems::list_versions(scope, id)?.into_iter().map(|version| SavedJson {
            number: version.number,
            by: compose::name(&setup, version.author),
            saved_at: version.saved_at.to_string(),
        });
        let actions = postmortems::list_actions(scope, id)?;
        let facts = FactsJson::of(&setup, &postmortem::facts(scope, ground, id)?);
        Ok(Self {
            incident: id.to_string(),
            number: incident.number,
            title: incident.title,
            stage: of.stage.word(),
            reviewer: match of.stage {
                Stage::InReview { reviewer, .. } => Some(email(&setup, reviewer)),
                Stage::Draft | Stage::Approved { .. } | Stage::Published => None,
            },
            version: of.version,
            author: compose::name(&setup, of.author),
            unwritten: unwritten(&newest.body).into_iter().map(str::to_owned).collect(),
            body: newest.body,
            published_version: of.published.map(|published| published.version),
            published_at: of.published.map(|published| published.at.to_string()),
            versions: versions.collect(),
            facts,
            actions: actions.iter().map(|it| ActionJson::of(&setup, incident.number, it, now)).collect(),
        })
    }
}

impl VersionJson {
    pub(super) fn of(setup: &Setup, version: postmortems::Version) -> Self {
        Self {
            number: version.number,
            by: compose::name(setup, version.author),
            saved_at: version.saved_at.to_string(),
            body: version.body,
        }
    }
}

impl FactsJson {
    fn of(setup: &Setup, facts: &Facts) -> Self {
        let moments = facts.moments.iter().map(|moment| MomentJson {
            name: moment.name,
            at: moment.at.map(|at| at.to_string()),
            gap_seconds: moment.gap.map(|(gap, _)| gap.as_secs()),
            after: moment.gap.map(|(_, after)| after),
        });
        let impact = facts.impact.iter().map(|impact| ImpactJson {
            service: impact.name.clone(),
            internal: impact.is_internal,
            worst: impact.worst.word(),
            spans: impact
                .spans
                .iter()
                .map(|(status, length)| SpanJson { status: status.word(), minutes: length.as_secs() / 60 })
                .collect(),
        });
        let providers = facts.at_providers.iter().map(|at| ProviderJson {
            provider: at.provider.clone(),
            title: at.title.clone(),
            url: at.url.clone(),
            started_at: at.started_at.map(|at| at.to_string()),
        });
        let people = facts.people.iter().map(|person| PersonJson {
            who: compose::name(setup, person.who),
            parts: person.parts.iter().map(|part| timeline::words(part)).collect(),
        });
        Self {
            moments: moments.collect(),
            impact: impact.collect(),
            provider_incidents: providers.collect(),
            people: people.collect(),
        }
    }
}

impl ActionJson {
    pub(super) fn of(setup: &Setup, incident: i64, action: &Action, now: Timestamp) -> Self {
        let zone = setup.user(action.owner).map_or(TimeZone::UTC, |user| user.time_zone.clone());
        Self {
            incident,
            number: action.number,
            text: action.text.clone(),
            owner: email(setup, action.owner),
            due_on: action.due_on.to_string(),
            public: action.is_public,
            state: action.standing(&zone, now).word(),
            done_at: action.done.map(|(_, at)| at.to_string()),
            done_by: action.done.map(|(by, _)| compose::name(setup, by)),
        }
    }
}

fn email(setup: &Setup, id: UserId) -> String {
    setup.user(id).map_or_else(|| id.to_string(), |user| user.email.clone())
}
