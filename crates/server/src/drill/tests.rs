//! Each scenario against a small team: what comes of it, the same each time, as the plan says.

use domain::{Severity, escalation::About, prove::path};
use formats::setup::{self, Objects};

use super::{cast::NoCast, *};
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
    play(&team(), scenario, answers)
}

fn play(objects: &Objects, scenario: Scenario, answers: &[Answer]) -> (Drill, Record) {
    let asked = "2026-03-02T13:00:00Z".parse().unwrap();
    let begins = scenario.begins(asked, &team_zone(&objects.setup));
    let mut drill = Drill::lay_out(scenario, objects, begins, Severity::Critical).unwrap();
    let cast = std::mem::take(&mut drill.cast);
    let mut stage = Stage::set(&drill.objects, cast, answers.to_vec()).unwrap();
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let record = runtime.block_on(perform(&mut stage, &drill.objects.setup, |_| {})).unwrap();
    (drill, record)
}

/// Each page as minute, person and contact.
fn paged(record: &Record) -> Vec<(String, String, String)> {
    let pages = record::pages(&record.events).into_iter();
    pages.map(|page| (page.at.to_string(), page.told[0].to.clone(), page.told[0].contact.clone())).collect()
}

/// What people got and readers saw, a line each, in the zone of the team: who, by what, about which incidents; the words.
fn told(record: &Record) -> String {
    let zone = team_zone(&team().setup);
    let mut lines: Vec<(jiff::Timestamp, String)> = Vec::new();
    for page in record::pages(&record.events) {
        let first = page.told[0];
        let numbers: std::collections::BTreeSet<_> = page.told.iter().map(|told| told.incident).collect();
        let who = first.to.split('@').next().unwrap();
        lines.push((page.at, format!("{who} by {} about {numbers:?}", first.contact)));
    }
    for word in record.words.iter().filter(|word| word.is_public) {
        lines.push((word.at, format!("#{} {}: {}", word.incident, word.phase, word.body)));
    }
    lines.sort_by_key(|(at, _)| *at);
    let line = |(at, text): (jiff::Timestamp, String)| {
        format!("{} {text}", at.to_zoned(zone.clone()).strftime("%d %H:%M:%S"))
    };
    lines.into_iter().map(line).collect::<Vec<_>>().join("\n")
}

#[track_caller]
fn check(scenario: Scenario, answers: &[Answer], expected: &str) {
    let (_, record) = drill(scenario, answers);
    assert_eq!(told(&record), expected.trim(), "\n{}\n", told(&record));
}

#[test]
fn the_pages_of_a_drill_are_those_that_who_plans() {
    let (drill, record) = drill(Scenario::SingleProvider, &[]);
    let setup = &drill.objects.setup;
    let first = record::pages(&record.events)[0].at;
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
    assert_eq!(paged(&record), planned);
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
    let pages = record::pages(&record.events);
    assert!(pages.iter().all(|page| page.at.to_string().as_str() < "2026-03-02T13:04:00Z"));
}

#[test]
fn one_provider_pages_by_the_policy_and_readers_hear_each_turn() {
    check(Scenario::SingleProvider, &[], "X1");
}

#[test]
fn a_mass_outage_is_one_incident_with_everything_that_it_takes() {
    check(Scenario::MassOutage, &[], "X2");
}

#[test]
fn what_flaps_pages_anew_twice_and_then_waits_for_calm() {
    check(Scenario::Flapping, &[], "X3");
}

#[test]
fn a_saga_wakes_nobody_again_who_has_it() {
    let users = team().setup.users;
    let after = std::time::Duration::from_secs(60);
    let answers = [Answer { user: users[0].id, after }, Answer { user: users[1].id, after }];
    check(Scenario::Saga, &answers, "X4");
}

#[test]
fn the_clock_change_pages_by_the_clock_of_each() {
    check(Scenario::ClockChange, &[], "X5");
}

#[test]
fn a_report_begins_with_the_calm_and_says_one_thing_in_one_line() {
    let (drill, record) = drill(Scenario::MassOutage, &[]);
    let cover = Cover {
        title: String::new(),
        story: String::new(),
        facts: Vec::new(),
        time_zone: jiff::tz::TimeZone::UTC,
    };
    let report = report(cover, &drill.objects, &record);
    let lines: Vec<String> =
        report.rows.iter().map(|row| format!("{} {}: {}", row.what, row.who, row.detail)).collect();
    assert_eq!(lines[0], "calm 2 services: all operational");
    assert_eq!(lines[1], "provider Shared upstream: API: major outage");
    let note = &report
        .figures
        .iter()
        .find(|figure| figure.name.starts_with("most pages in 10 minutes"))
        .unwrap()
        .note;
    assert!(note.contains("the limit of 3 in 10 minutes is for several incidents"), "{note}");
    assert!(!lines.iter().any(|line| line.contains("unknown") || line.contains("step:")), "{lines:#?}");
    assert!(lines.iter().any(|line| line.contains("probably because of Shared upstream")), "{lines:#?}");
}

#[test]
fn a_draft_in_which_more_people_are_called_is_another_drill() {
    let (_, today) = drill(Scenario::SingleProvider, &[]);
    let mut draft = team();
    draft.setup.policies[0].steps.truncate(1);
    let (_, drafted) = play(&draft, Scenario::SingleProvider, &[]);
    let people = |record: &Record| record.figures.pages.keys().cloned().collect::<Vec<_>>();
    assert_eq!(people(&today), ["ana@acme.example", "bo@acme.example"]);
    assert_eq!(people(&drafted).len(), 1, "{:?}", drafted.figures);
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
