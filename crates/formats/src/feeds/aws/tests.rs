//! AWS: what an event was at its worst, what it is now, and where.

use domain::snapshot::{Reading, Snapshot};
use domain::{Impact, Phase, Platform, Status};
use url::Url;

use super::region::{instant, of_key};
use super::{Aws, EVENTS, HOST};
use crate::feed::Need;
use crate::feeds::reader::Reader;
use crate::feeds::testing::{Given, sample};

const TROUBLE: &str = include_str!("../../../test_data/aws/trouble-currentevents.json");
const RECOVERED: &str = include_str!("../../../test_data/aws/calm-recovered.json");
const CATALOGUE: &str = include_str!("../../../test_data/aws/services.json");
const FEED: &str = include_str!("../../../test_data/aws/trouble-all.xml");
const URL: &str = "https://health.aws.amazon.com/public/currentevents";

const GIVEN: Given<'static> = Given::of(Platform::Aws);

fn components(snapshot: &Snapshot) -> Vec<(&str, Status)> {
    snapshot.components.iter().map(|it| (it.id.as_str(), it.status)).collect()
}

fn event(services: &str, rest: &str) -> String {
    format!(
        r#"[{{"date":"1789455600","arn":"arn:aws:health:eu-north-7::event/A","status":"3","service":"a-eu-north-7","summary":"S",
        "event_log":[],"impacted_services":{{{services}}}{rest}}}]"#
    )
}

#[test]
fn codes_become_impact_and_status() {
    let check = |code: &str, impact: Impact, status: Status, phase: Phase| {
        let body = event(&format!(r#""a-eu-north-7":{{"current":{code}}}"#), "");
        let snapshot = GIVEN.from(URL).fresh(body);
        let incident = &snapshot.incidents[0];
        assert_eq!((incident.impact, incident.phase), (impact, phase), "{code}");
        assert_eq!(components(&snapshot), [("a-eu-north-7", status)], "{code}");
    };
    check("\"3\"", Impact::Critical, Status::MajorOutage, Phase::Investigating);
    check("3", Impact::Critical, Status::MajorOutage, Phase::Investigating);
    check("\"2\"", Impact::Minor, Status::DegradedPerformance, Phase::Investigating);
    check("\"1\"", Impact::None, Status::Operational, Phase::Investigating);
    check("\"7\"", Impact::Unknown, Status::Unknown, Phase::Investigating);
    // The worst it has been stays, where it is over.
    check("\"0\"", Impact::Critical, Status::Operational, Phase::Resolved);
}

#[test]
fn an_event_is_over_when_each_of_its_services_recovered_or_it_has_ended() {
    let check = |services: &str, rest: &str, phase: Phase| {
        let snapshot = GIVEN.from(URL).fresh(event(services, rest));
        assert_eq!(snapshot.incidents[0].phase, phase, "{services} {rest}");
    };
    let recovered = r#""a":{"current":"0","max":"3"}"#;
    check(recovered, "", Phase::Resolved);
    check(r#""a":{"current":"0"},"b":{"current":"2"}"#, "", Phase::Investigating);
    check(r#""a":{"current":"0"},"b":7"#, "", Phase::Investigating);
    let change =
        |code: &str, at: i64| format!(r#"{{"service":"b","current_status":"{code}","timestamp":{at}}}"#);
    let changes = |list: &[String]| format!(r#","impacted_service_status_changes":[{}]"#, list.join(","));
    // A service that only its changes name stands as its latest change says, whatever their order.
    check(recovered, &changes(&[change("2", 1_789_455_600_000)]), Phase::Investigating);
    let back = [change("0", 1_789_459_200_000), change("2", 1_789_455_600_000)];
    check(recovered, &changes(&back), Phase::Resolved);
    check(r#""a":{"current":"3"}"#, r#","end_time":"1789459200""#, Phase::Resolved);
    check(r#""a":{"current":"3"}"#, r#","end_time":"1799459200""#, Phase::Investigating);
    check(r#""a":{"current":"3"}"#, r#","end_time":null"#, Phase::Investigating);
    // Without services the newest entry of the log decides, and without a log the worst it has been.
    check("", "", Phase::Investigating);
    let log = r#","event_log":[{"status":0,"timestamp":1789459200},{"status":3,"timestamp":1789455600}]"#;
    let body = event("", log).replacen(r#""event_log":[],"#, "", 1);
    assert_eq!(GIVEN.from(URL).fresh(body).incidents[0].phase, Phase::Resolved);
    let over = GIVEN.from(URL).fresh(RECOVERED);
    assert_eq!((over.incidents[0].phase, over.incidents[0].impact), (Phase::Resolved, Impact::Critical));
}

#[test]
fn a_region_is_the_end_of_a_key() {
    for (key, expect) in [
        ("ec2-us-east-1", Some("us-east-1")),
        ("ec2-us-gov-west-1", Some("us-gov-west-1")),
        ("multipleservices-me-central-1", Some("me-central-1")),
        ("cloudfront", None),
        ("management-console", None),
        ("s3-us-iso-east-1", Some("us-iso-east-1")),
    ] {
        assert_eq!(of_key(key), expect, "{key}");
    }
}

#[test]
fn the_address_narrows_to_a_region_and_what_is_everywhere() {
    let check = |region: &str, expect: &[&str]| {
        let url = format!("{URL}#region={region}");
        let snapshot = GIVEN.from(&url).fresh(TROUBLE);
        let ids: Vec<&str> = components(&snapshot).into_iter().map(|(id, _)| id).collect();
        assert_eq!(ids, expect, "{region}");
        assert!(snapshot.coverage.open_incidents);
    };
    check("eu-north-7", &["lantern-eu-north-7", "beacon", "torch"]);
    // A service without a region is where its event is.
    check("eu-south-7", &["torch"]);
    let recovered = TROUBLE.replace(r#""current": "3""#, r#""current": "0""#);
    let url = format!("{URL}#region=eu-north-7");
    let snapshot = GIVEN.from(&url).fresh(recovered);
    assert_eq!(snapshot.incidents[1].components, ["beacon"], "a service that recovered is affected no more");
}

#[test]
fn an_empty_list_is_calm_at_its_own_address_only() {
    let calm = GIVEN.from(URL).fresh("[]");
    assert!(calm.coverage.open_incidents && calm.incidents.is_empty());
    assert!(matches!(GIVEN.read("[]"), Reading::Unreadable { .. }));
    assert!(matches!(GIVEN.from("https://status.example.com/").read("[]"), Reading::Unreadable { .. }));
    // The same list elsewhere is a history too: what is not in it is not over.
    assert!(!GIVEN.from("https://status.aws.amazon.com/data.json").fresh(TROUBLE).coverage.open_incidents);
    assert!(!GIVEN.from(URL).fresh("[7]").coverage.open_incidents);
}

#[test]
fn the_catalogue_is_asked_for_one_region_and_claims_nothing_alone() {
    let url = |text: &str| Url::parse(text).unwrap();
    assert_eq!(Aws.companions(&url(URL)), []);
    let companions = Aws.companions(&url(&format!("{URL}#region=eu-south-7")));
    assert_eq!((companions.len(), companions[0].need), (1, Need::Detail));
    let beside = GIVEN.from(&companions[0].url).fresh(CATALOGUE);
    let works = Status::Operational;
    assert_eq!(components(&beside), [("lantern-eu-south-7", works), ("torch", works)]);
    assert!(beside.coverage.components);
    let alone = GIVEN.fresh(CATALOGUE);
    assert!(alone.components.iter().all(|it| it.status == Status::Unknown));
}

#[test]
fn probes_stay_at_home() {
    let probes = |page: &str| Aws.probes(&Url::parse(page).unwrap());
    assert_eq!(probes("https://health.aws.amazon.com/health/status"), [format!("https://{HOST}{EVENTS}")]);
    assert_eq!(probes("https://status.aws.amazon.com/"), [URL]);
    assert_eq!(probes("https://status.example.com/"), [""; 0]);
}

#[test]
fn seconds_and_milliseconds_are_told_apart() {
    assert_eq!(instant(Some("1789455600")), instant(Some("1789455600000")));
    assert_eq!(instant(Some("soon")), None);
}

#[test]
fn the_feed_has_one_event_a_service_that_ends_by_word_or_silence() {
    let phases = |at: &str, body: &str| {
        let snapshot = GIVEN.at(at).fresh(body);
        assert!(!snapshot.coverage.open_incidents);
        let rows = snapshot.incidents.into_iter();
        rows.map(|it| (it.id, it.phase, it.impact, it.updates.len())).collect::<Vec<_>>()
    };
    let row = |id: &str, phase, impact, count| (id.to_owned(), phase, impact, count);
    let open = Phase::Investigating;
    let lantern = row("lantern-eu-north-7", open, Impact::Critical, 2);
    assert_eq!(phases("2026-09-15T12:00:00Z", FEED), [lantern.clone(), row("torch", open, Impact::Minor, 1)]);
    let silent = row("torch", Phase::Resolved, Impact::Minor, 1);
    assert_eq!(phases("2026-09-16T07:00:00Z", FEED), [lantern, silent.clone()]);
    let ended =
        FEED.replace("Service disruption: Raised", "Service is operating normally: [RESOLVED] Raised");
    let over = row("lantern-eu-north-7", Phase::Resolved, Impact::Minor, 2);
    assert_eq!(phases("2026-09-16T07:00:00Z", &ended), [over, silent]);
    let odd = FEED.replace("Service disruption: Raised", "Odd: Raised");
    assert_eq!(phases("2026-09-15T12:00:00Z", &odd)[0], row("lantern-eu-north-7", open, Impact::Unknown, 2));
    assert_eq!(GIVEN.fresh(odd).warnings.len(), 1);
    let other = FEED.replace("status.aws.amazon.com", "status.example.com");
    assert!(matches!(GIVEN.read(other), Reading::Unreadable { .. }));
}

#[test]
fn captured_events_are_read_in_both_encodings() {
    for name in ["aws/currentevents-excerpt.json", "aws/currentevents-excerpt.utf16be-bom.json"] {
        let Some(body) = sample(name) else { return };
        assert_eq!(GIVEN.recognised(&body), Some(Platform::Aws));
        let snapshot = GIVEN.from(URL).fresh(&body);
        assert_eq!(snapshot.warnings, [""; 0]);
        assert_eq!(snapshot.components.len(), 17);
        let troubled = snapshot.components.iter().filter(|it| it.status == Status::MajorOutage).count();
        let incident = &snapshot.incidents[0];
        // The ARN was cut by whoever kept it, so service and second stand in for it.
        assert_eq!(incident.id, "multipleservices-me-central-1_1772369485");
        assert_eq!(incident.name, "Multiple services (UAE): Increased Error Rates");
        assert_eq!((incident.components.len(), troubled), (12, 12));
        assert_eq!((incident.impact, incident.phase), (Impact::Critical, Phase::Investigating));
    }
}

#[test]
fn captured_items_are_events_that_are_long_silent_or_over() {
    let Some(body) = sample("aws/all.rss") else { return };
    assert_eq!(GIVEN.recognised(&body), Some(Platform::Aws));
    let snapshot = GIVEN.at("2026-08-18T12:20:30Z").fresh(&body);
    assert_eq!(snapshot.warnings, [""; 0]);
    assert!(snapshot.incidents.iter().all(|it| it.phase == Phase::Resolved));
    let first = &snapshot.incidents[0];
    assert_eq!((first.id.as_str(), first.updates.len()), ("directconnect-eu-central-1", 20));
    let running = GIVEN.at("2026-08-18T03:00:00Z").fresh(body);
    assert_eq!(running.incidents[0].phase, Phase::Resolved, "the end stands in the document");
}

#[test]
fn a_log_with_a_lost_entry_ends_no_event() {
    let event = |log: &str| {
        let body = format!(
            r#"[{{"arn":"arn:aws:health:eu-west-1::event/EC2/A","service":"ec2-eu-west-1","date":"1789459200","status":"3",
            "impacted_services":{{}},"event_log":[{log}]}}]"#
        );
        GIVEN.fresh(body).incidents.remove(0).phase
    };
    let end = r#"{"message":"All is well.","status":"0","timestamp":"1789462800"}"#;
    assert_eq!(event(end), Phase::Resolved);
    assert_eq!(event(&format!("{end},7")), Phase::Investigating);
}
