//! A shop that depends on a payment provider, and what the provider's trouble does to it.

mod attribution;
mod provider;
mod services;

use std::{collections::BTreeMap, time::Duration};

use uuid::Uuid;

use super::*;
use crate::{
    Impact, OrgId, Phase, PolicyId,
    incident::CauseKey,
    knowledge::{KnownComponent, KnownIncident},
    provider::provider_id,
    setup::{Dependency, Effect, Guard, Organization, Publish, Service, Setup},
    snapshot::{self, Component, Overall},
};

fn at(minute: i64) -> Timestamp {
    Timestamp::from_second(1_750_000_000 + 60 * minute).unwrap()
}

/// When everything is judged, ten minutes into whatever trouble there is.
fn now() -> Timestamp {
    at(10)
}

fn minutes(count: u64) -> Duration {
    Duration::from_secs(60 * count)
}

fn pay() -> ProviderId {
    provider_id("pay")
}

fn service_id(slug: &str) -> ServiceId {
    ServiceId::named(Uuid::nil(), slug)
}

/// A dependency on these components of the payment provider, with everything as it is without a word.
fn on(components: &[&str]) -> Dependency {
    Dependency {
        upstream: Upstream::Provider(pay()),
        components: components.iter().map(|&name| name.to_owned()).collect(),
        effect: Effect::Mirror,
        page: Some(Status::PartialOutage),
        publish: Publish::Auto.into(),
        hold: Duration::ZERO,
        show_maintenance: true,
    }
}

fn on_service(slug: &str) -> Dependency {
    Dependency { upstream: Upstream::Service(service_id(slug)), ..on(&[]) }
}

fn service(slug: &str, depends_on: &[Dependency]) -> Service {
    Service {
        id: service_id(slug),
        slug: slug.to_owned(),
        name: slug.to_uppercase(),
        policy: Some(PolicyId::named(Uuid::nil(), "default")),
        description: None,
        is_internal: false,
        labels: BTreeMap::new(),
        depends_on: depends_on.to_vec(),
    }
}

fn setup(services: &[Service]) -> Setup {
    let organization =
        Organization { id: OrgId(Uuid::nil()), slug: "acme".to_owned(), name: "Acme".to_owned() };
    Setup {
        organization,
        users: Vec::new(),
        teams: Vec::new(),
        schedules: Vec::new(),
        policies: Vec::new(),
        channels: Vec::new(),
        services: services.to_vec(),
        status_pages: Vec::new(),
        paging: crate::setup::Paging::default(),
        assertions: Vec::new(),
        public: crate::setup::Public::default(),
    }
}

/// A page that was read: its components, each in its present state since minute 0.
fn page(components: &[(&str, Status)]) -> Knowledge {
    let known = |&(id, status): &(&str, Status)| KnownComponent {
        component: Component {
            id: id.to_owned(),
            name: id.to_uppercase(),
            group: None,
            status,
            raw_status: status.word().to_owned(),
            updated_at: None,
        },
        since: at(0),
        trouble_since: status.is_trouble().then(|| at(0)),
    };
    Knowledge {
        first_read_at: Some(at(-100)),
        components: components.iter().map(known).collect(),
        ..Knowledge::default()
    }
}

/// The page with open incidents, each with its impact and the components it lists.
fn with(mut knowledge: Knowledge, incidents: &[(&str, Impact, &[&str])]) -> Knowledge {
    let known = |&(id, impact, components): &(&str, Impact, &[&str])| KnownIncident {
        incident: snapshot::Incident {
            id: id.to_owned(),
            name: format!("Trouble {id}"),
            impact,
            raw_impact: None,
            phase: Phase::Investigating,
            started_at: Some(at(-30)),
            created_at: Some(at(-1)),
            updated_at: None,
            resolved_at: None,
            url: None,
            components: components.iter().map(|&id| id.to_owned()).collect(),
            updates: Vec::new(),
        },
        first_seen_at: at(1),
        absent_polls: 0,
    };
    knowledge.incidents = incidents.iter().map(known).collect();
    knowledge
}

/// The page with a claim about the whole.
fn claiming(knowledge: Knowledge, status: Status) -> Knowledge {
    Knowledge {
        overall: Some(Overall { status, headline: None, raw: "raw".to_owned() }),
        overall_trouble_since: status.is_trouble().then(|| at(1)),
        ..knowledge
    }
}

fn world(knowledge: &Knowledge) -> World<'_> {
    World::from([(pay(), Outlook { name: "Pay", knowledge, health: SourceHealth::Fresh })])
}

/// What all these services are.
fn judge_all(services: &[Service], knowledge: &Knowledge) -> Vec<Judgement> {
    judge(&setup(services), &world(knowledge), now())
}

/// What a service with these dependencies is.
fn judge_one(depends_on: &[Dependency], knowledge: &Knowledge) -> Judgement {
    judge_all(&[service("shop", depends_on)], knowledge).remove(0)
}

fn component_cause(id: &str) -> Cause {
    Cause { provider: pay(), key: CauseKey::Component(id.to_owned()) }
}

fn incident_cause(id: &str) -> Cause {
    Cause { provider: pay(), key: CauseKey::Incident(id.to_owned()) }
}
