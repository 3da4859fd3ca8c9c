//! Each scenario against a small team: what comes of it, the same each time, as the plan says.

use domain::{
    Severity,
    escalation::{About, Target},
    prove::path,
};
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
    play(&team(), scenario, answers)
}

fn play(objects: &Objects, scenario: Scenario, answers: &[Answer]) -> (Drill, Record) {
    let asked = "2026-03-02T13:00:00Z".parse().unwrap();
    let begins = scenario.begins(asked, &team_zone(&objects.setup));
    let mut drill = Drill::lay_out(scenario, objects, begins, Severity::Critical).unwrap();
    let cast = std::mem::take(&mut drill.cast);
    let mut stage = Stage::set(&drill.objects, cast, answers.to_vec(), Setups::default()).unwrap();
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
    check(Scenario::SingleProvider, &[], "
02 14:00:00 bo by email about {1}
02 14:00:00 #1 investigating: Checkout has a major outage. The cause is at our provider Lumen. They report: “Lumen: failing requests” (investigating).
02 14:10:00 bo by email about {1}
02 14:12:00 #1 identified: Lumen has identified the cause.
02 14:20:00 bo by email about {1}
02 14:30:00 bo by email about {1}
02 14:45:00 #1 monitoring: Checkout has a partial outage. Lumen reports that a fix is in place and is watching the result.
02 15:10:00 #1 resolved: Lumen reports recovery; Checkout is working normally.
");
}

#[test]
fn a_mass_outage_is_one_incident_with_everything_that_it_takes() {
    check(Scenario::MassOutage, &[], "
02 14:01:00 bo by email about {1}
02 14:01:00 #1 investigating: Checkout has a major outage. The cause is at our provider Lumen. They report: “Lumen: failing requests” (investigating).
02 14:02:00 #1 investigating: Checkout and Search have a major outage.
02 14:11:00 bo by email about {1}
02 14:21:00 bo by email about {1}
02 14:27:00 #1 identified: Lumen and Tern have identified the cause.
02 14:31:00 bo by email about {1}
02 15:21:00 #1 identified: Search has a major outage. Checkout has a partial outage.
02 15:22:00 #1 monitoring: Checkout and Search have a partial outage. Lumen and Tern report that a fix is in place and are watching the result.
02 15:51:00 #1 monitoring: Search has a partial outage. Checkout has recovered.
02 15:52:00 #1 resolved: Lumen and Tern report recovery; Checkout and Search are working normally.
");
}

#[test]
fn what_flaps_pages_anew_twice_and_then_waits_for_calm() {
    check(Scenario::Flapping, &[], "
02 14:00:00 bo by email about {1}
02 14:00:00 #1 investigating: Checkout has a major outage. The cause is at our provider Lumen.
02 14:02:00 #1 resolved: Lumen reports recovery; Checkout is working normally.
02 14:04:00 bo by email about {1}
02 14:04:00 #1 investigating: The trouble is back. Checkout has a major outage.
02 14:06:00 #1 resolved: Lumen reports recovery; Checkout is working normally.
02 14:08:00 bo by email about {1}
02 14:08:00 #1 investigating: The trouble is back. Checkout has a major outage.
02 14:10:00 #1 monitoring: The affected services work again. Since the trouble has come back several times, we keep watching before we call this resolved.
02 14:12:00 #1 investigating: Checkout has a major outage. Lumen is investigating again.
02 14:14:00 #1 monitoring: The affected services work again. Since the trouble has come back several times, we keep watching before we call this resolved.
02 14:16:00 #1 investigating: Checkout has a major outage. Lumen is investigating again.
02 14:18:00 #1 monitoring: The affected services work again. Since the trouble has come back several times, we keep watching before we call this resolved.
02 14:20:00 bo by email about {1}
02 14:20:00 #1 investigating: Checkout has a major outage. Lumen is investigating again.
02 14:22:00 #1 monitoring: The affected services work again. Since the trouble has come back several times, we keep watching before we call this resolved.
02 14:24:00 #1 investigating: Checkout has a major outage. Lumen is investigating again.
02 14:26:00 #1 monitoring: The affected services work again. Since the trouble has come back several times, we keep watching before we call this resolved.
02 14:28:00 bo by email about {1}
02 14:28:00 #1 investigating: Checkout has a major outage. Lumen is investigating again.
02 14:30:00 #1 monitoring: The affected services work again. Since the trouble has come back several times, we keep watching before we call this resolved.
02 14:32:00 #1 investigating: Checkout has a major outage. Lumen is investigating again.
02 14:34:00 #1 monitoring: The affected services work again. Since the trouble has come back several times, we keep watching before we call this resolved.
02 14:36:00 #1 investigating: Checkout has a major outage. Lumen is investigating again.
02 14:38:00 #1 monitoring: The affected services work again. Since the trouble has come back several times, we keep watching before we call this resolved.
02 14:48:00 #1 resolved: Lumen reports recovery; Checkout is working normally.
");
}

#[test]
fn a_saga_pages_anew_when_it_gets_worse_and_not_when_it_goes_on() {
    let users = team().setup.users;
    let after = std::time::Duration::from_secs(60);
    let answers = [Answer { user: users[0].id, after }, Answer { user: users[1].id, after }];
    check(Scenario::Saga, &answers, "
02 14:00:00 bo by email about {1}
02 14:00:00 #1 investigating: Checkout has a partial outage. The cause is at our provider Lumen. They report: “Lumen: failing requests” (investigating).
02 17:00:00 bo by email about {1}
02 17:00:00 #1 investigating: Checkout has a major outage.
02 17:10:00 bo by email about {1}
02 17:20:00 bo by email about {1}
02 17:30:00 bo by email about {1}
02 23:00:00 #1 identified: Lumen has identified the cause.
03 10:00:00 #1 monitoring: Checkout has a partial outage. Lumen reports that a fix is in place and is watching the result.
03 20:00:00 ana by hook about {1}
03 20:00:00 #1 investigating: Checkout has a major outage. Lumen is investigating again.
04 01:00:00 #1 identified: Lumen has identified the cause.
04 14:00:00 #1 identified: Checkout has a partial outage.
05 02:00:00 #1 monitoring: Lumen reports that a fix is in place and is watching the result.
05 12:00:00 #1 resolved: Lumen reports recovery; Checkout is working normally.
");
}

#[test]
fn the_clock_change_pages_by_the_clock_of_each() {
    check(Scenario::ClockChange, &[], "
29 01:51:00 bo by email about {1}
29 01:51:00 #1 investigating: Checkout has a major outage. The cause is at our provider Lumen. They report: “Lumen: failing requests” (investigating).
29 01:52:00 #1 investigating: Checkout and Search have a major outage.
29 03:01:00 bo by email about {1}
29 03:11:00 bo by email about {1}
29 03:17:00 #1 identified: Lumen and Tern have identified the cause.
29 03:21:00 bo by email about {1}
29 04:11:00 #1 identified: Search has a major outage. Checkout has a partial outage.
29 04:12:00 #1 monitoring: Checkout and Search have a partial outage. Lumen and Tern report that a fix is in place and are watching the result.
29 04:41:00 #1 monitoring: Search has a partial outage. Checkout has recovered.
29 04:42:00 #1 resolved: Lumen and Tern report recovery; Checkout and Search are working normally.
");
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
    draft.setup.policies[0].steps[1].targets = vec![Target::User(draft.setup.users[0].id)];
    let (_, drafted) = play(&draft, Scenario::SingleProvider, &[]);
    let people = |record: &Record| record.figures.pages.keys().cloned().collect::<Vec<_>>();
    assert_eq!(people(&today), ["bo@acme.example"]);
    assert_eq!(people(&drafted), ["ana@acme.example", "bo@acme.example"]);
}

#[test]
fn a_scenario_plays_to_its_end_and_the_same_each_time() {
    for scenario in [Scenario::MassOutage, Scenario::Flapping] {
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
