//! Measures the prover: 50 services, each with a policy and a schedule of its own, over 90 days and over a year.
//!
//! `cargo run --release -p domain --example prove`

#![expect(clippy::print_stdout, reason = "a figure for whoever runs it")]
#![expect(clippy::disallowed_methods, reason = "a stopwatch")]
#![expect(clippy::too_many_lines, reason = "one value, written out")]

use std::time::{Duration, Instant};

use domain::{
    ChannelId, OrgId, PolicyId, Role, ScheduleId, ServiceId, Severity, UserId,
    escalation::{Policy, Step, Target},
    prove::{Among, Assertion, Claim, Proof, Reaches, Whom},
    schedule::{Layer, Restriction, Rotation, Schedule},
    setup::{Contact, Destination, Organization, Service, Setup, User},
};
use jiff::{Timestamp, civil, tz::TimeZone};
use uuid::Uuid;

const SERVICES: usize = 50;

fn main() {
    let setup = setup();
    let from: Timestamp = "2026-01-01T00:00:00Z".parse().expect("it is an instant");
    for days in [90u64, 365] {
        let claim = Reaches {
            among: Among::Only(setup.services.iter().map(|service| service.id).collect()),
            severity: Some(Severity::Critical),
            within: Some(Duration::from_secs(600)),
            whom: Whom::Human,
            by: Vec::new(),
            at_least: 1,
            last_resort: true,
        };
        let lasts = Duration::from_secs(days * 86_400);
        let assertion = Assertion { name: String::new(), lasts, claim: Claim::Reaches(claim) };
        let began = Instant::now();
        let mut cases = 0;
        for part in assertion.obligations(&setup) {
            match assertion.prove(&setup, &part, from) {
                Proof::Holds { cases: more, .. } => cases += more,
                Proof::Fails(counterexample) => panic!("{counterexample:?}"),
            }
        }
        println!("{SERVICES} services, {days} days: {cases} cases in {:?}", began.elapsed());
    }
}

fn setup() -> Setup {
    let user = |name: &str| UserId::named(Uuid::nil(), name);
    let names: Vec<String> = (0..8).map(|number| format!("user{number}@acme.example")).collect();
    let hours = Restriction {
        days: civil::Weekday::Monday.cycle_forward().take(5).collect(),
        from: civil::time(9, 0, 0, 0),
        to: civil::time(18, 0, 0, 0),
    };
    let layer = |rotation, restrictions| Layer {
        rotation,
        handoff_day: None,
        handoff_time: civil::time(9, 0, 0, 0),
        start: civil::date(2024, 1, 1),
        participants: names.iter().map(|name| user(name)).collect(),
        restrictions,
        end: None,
    };
    let numbered = |number: usize| format!("n{number}");
    let mut setup = Setup {
        organization: Organization { id: OrgId(Uuid::nil()), slug: "acme".into(), name: "Acme".into() },
        users: names
            .iter()
            .map(|email| User {
                id: user(email),
                email: email.clone(),
                name: email.clone(),
                role: Role::Responder,
                time_zone: TimeZone::UTC,
                contacts: vec![Contact {
                    id: "mail".into(),
                    destination: Destination::Email { address: email.clone() },
                    unusable: None,
                }],
                ladder: Vec::new(),
                ladder_low: Vec::new(),
                quiet: Vec::new(),
            })
            .collect(),
        teams: Vec::new(),
        schedules: Vec::new(),
        policies: Vec::new(),
        channels: Vec::new(),
        services: Vec::new(),
        status_pages: Vec::new(),
        paging: domain::setup::Paging::default(),
        assertions: Vec::new(),
        public: domain::setup::Public::default(),
    };
    for slug in (0..SERVICES).map(numbered) {
        let schedule = ScheduleId::named(Uuid::nil(), &slug);
        let policy = PolicyId::named(Uuid::nil(), &slug);
        setup.schedules.push(Schedule {
            id: schedule,
            slug: slug.clone(),
            name: slug.clone(),
            time_zone: TimeZone::get("Europe/Rome").expect("Rome is there"),
            layers: vec![layer(Rotation::Daily, Vec::new()), layer(Rotation::Weekly, vec![hours.clone()])],
            overrides: Vec::new(),
            fallback: None,
        });
        let step = |minutes: u64| Step {
            after: Duration::from_secs(60 * minutes),
            targets: vec![Target::Schedule(schedule), Target::Channel(ChannelId(Uuid::nil()))],
            ..Step::default()
        };
        setup.policies.push(Policy {
            id: policy,
            slug: slug.clone(),
            repeat: 3,
            repeat_after: None,
            steps: vec![step(0), step(5), step(10), step(20)],
        });
        setup.services.push(Service {
            id: ServiceId::named(Uuid::nil(), &slug),
            slug: slug.clone(),
            name: slug,
            policy: Some(policy),
            description: None,
            is_internal: false,
            labels: std::collections::BTreeMap::new(),
            depends_on: Vec::new(),
        });
    }
    setup
}
