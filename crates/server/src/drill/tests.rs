//! Each scenario against a small team: what comes of it, the same each time, as the plan says.

use domain::{Severity, escalation::About, prove::path};
use formats::setup::{self, Objects};

use super::{cast::NoCast, *};
use engine::setups::Setups;

use crate::replay::{Answer, Stage, What};

const TEAM: &str = r#"
[[provider]]
slug = "lumen"
name = "Lumen"
category = "Other"
feed = "https://lumen.invalid/feed"
[[provider]]
slug = "tern"
name = "Tern"
category = "Other"
feed = "https://tern.invalid/feed"
[organization]
slug = "acme"
name = "Acme"
[[user]]
email = "ana@acme.example"
role = "owner"
time_zone = "Europe/Rome"
contact = [ { id = "hook", kind = "webhook", url = "https://a.example/ana" }, { id = "mail", kind = "email", address = "ana@acme.example" } ]
notify = [ { after = "0s", contact = "hook" }, { after = "3m", contact = "mail" } ]
[[user]]
email = "bo@acme.example"
time_zone = "America/New_York"
[[schedule]]
slug = "primary"
time_zone = "Europe/Rome"
[[schedule.layer]]
rotation = "daily"
handoff = "09:00"
participants = ["ana@acme.example", "bo@acme.example"]
[[escalation_policy]]
slug = "default"
repeat = 1
step = [ { after = "0s", notify = ["schedule:primary"] }, { after = "10m", notify = ["user:bo@acme.example"] } ]
[[service]]
slug = "checkout"
name = "Checkout"
escalation_policy = "default"
[[service.depends_on]]
provider = "lumen"
components = ["API"]
page = "degraded_performance"
[[service]]
slug = "search"
name = "Search"
escalation_policy = "default"
[[service.depends_on]]
provider = "tern"
page = "degraded_performance"
[[status_page]]
slug = "acme"
title = "Acme"
group = [ { name = "Shop", services = ["checkout", "search"] } ]
"#;

struct Nothing;

impl setup::Secrets for Nothing {
    fn env(&self, _name: &str) -> Option<String> {
        None
    }

    fn file(&self, path: &std::path::Path) -> std::io::Result<String> {
        Err(std::io::Error::new(std::io::ErrorKind::NotFound, path.display().to_string()))
    }
}

fn team() -> Objects {
    setup::from_toml(TEAM, &Nothing).unwrap_or_else(|problems| panic!("{problems:?}"))
}

fn drill(scenario: Scenario, answers: &[Answer]) -> (Drill, Record) {
    let objects = team();
    let asked = "2026-03-02T13:00:00Z".parse().unwrap();
    let begins = scenario.begins(asked, &team_zone(&objects.setup));
    let mut drill = Drill::lay_out(scenario, &objects, begins, Severity::Critical).unwrap();
    let cast = std::mem::take(&mut drill.cast);
    let mut stage = Stage::set(&drill.objects, cast, answers.to_vec(), Setups::default()).unwrap();
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let record = runtime.block_on(perform(&mut stage, &drill.objects.setup, |_| {})).unwrap();
    (drill, record)
}

/// Each page as minute, person and contact.
fn paged(record: &Record, incident: i64) -> Vec<(String, String, String)> {
    let pages = record::pages(&record.events).filter(|(_, page)| page.incident == incident);
    pages.map(|(at, page)| (at.to_string(), page.to.clone(), page.contact.clone())).collect()
}

#[test]
fn the_pages_of_a_drill_are_those_that_who_plans() {
    let (drill, record) = drill(Scenario::SingleProvider, &[]);
    let setup = &drill.objects.setup;
    let first = record::pages(&record.events).next().unwrap().0;
    let end = "2026-03-02T14:10:00Z".parse().unwrap();
    let about = About { number: 1, severity: Severity::Critical };
    let path = path(setup, &setup.policies[0], about, first, end);
    let planned: Vec<_> = path
        .tellings()
        .map(|telling| {
            let page = &telling.planned;
            let domain::escalation::Responder::User(id) = page.responder else {
                panic!("there is no channel")
            };
            (page.at.to_string(), setup.user(id).unwrap().email.clone(), page.contact.clone())
        })
        .collect();
    assert_eq!(first.to_string(), "2026-03-02T13:00:00Z");
    assert_eq!(paged(&record, 1), planned);
    assert_eq!(record.figures.first_human_after, Some(jiff::SignedDuration::ZERO));
    assert_eq!(record.figures.incidents, 1);
    assert!(record.figures.public_words >= 3, "{:?}", record.words);
}

#[test]
fn who_answers_ends_the_paging() {
    let user = team().setup.users[0].id;
    let bo = team().setup.users[1].id;
    let after = std::time::Duration::from_secs(240);
    let (_, record) = drill(Scenario::SingleProvider, &[Answer { user, after }, Answer { user: bo, after }]);
    let acknowledged = record
        .events
        .iter()
        .find(|event| matches!(&event.what, What::Incident { kind, .. } if kind == "acknowledged"));
    assert_eq!(acknowledged.unwrap().at.to_string(), "2026-03-02T13:04:00Z");
    assert!(record::pages(&record.events).all(|(at, _)| at.to_string().as_str() < "2026-03-02T13:04:00Z"));
}

#[test]
fn every_scenario_plays_to_its_end_and_the_same_each_time() {
    for scenario in [Scenario::MassOutage, Scenario::Flapping, Scenario::Saga, Scenario::ClockChange] {
        let (_, record) = drill(scenario, &[]);
        assert!(!record.figures.pages.is_empty(), "{scenario:?} pages nobody");
        let resolved = |event: &crate::replay::Event| matches!(&event.what, What::Incident { kind, .. } if kind == "resolved");
        assert!(record.events.iter().any(resolved), "{scenario:?} never ends");
        let (_, again) = drill(scenario, &[]);
        let differs = record.events.iter().zip(&again.events).find(|(one, other)| one != other);
        assert!(again == record, "{scenario:?} is another one each time: {differs:#?}");
    }
}

#[test]
fn the_clock_changes_in_the_middle_of_it() {
    let zone = team_zone(&team().setup);
    let begins = Scenario::ClockChange.begins("2026-03-02T13:00:00Z".parse().unwrap(), &zone);
    assert_eq!(begins.to_string(), "2026-03-29T00:50:00Z");
    let tokyo = jiff::tz::TimeZone::get("Asia/Tokyo").unwrap();
    let begins = Scenario::ClockChange.begins("2026-03-02T13:00:00Z".parse().unwrap(), &tokyo);
    assert_eq!(begins.to_string(), "2026-03-02T18:00:00Z");
}

#[test]
fn there_is_nothing_to_drill_without_a_provider() {
    let mut objects = team();
    let at = jiff::Timestamp::UNIX_EPOCH;
    let info = Drill::lay_out(Scenario::Saga, &objects, at, Severity::Info);
    assert_eq!(info.err(), Some(NoCast::Info));
    objects.setup.services.clear();
    for scenario in [Scenario::Saga, Scenario::MassOutage] {
        let drill = Drill::lay_out(scenario, &objects, at, Severity::Critical);
        assert_eq!(drill.err(), Some(NoCast::NoProvider));
    }
}
