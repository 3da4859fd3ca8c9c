//! Gatus: which result counts, and what an announcement is.

use super::*;
use crate::feed::{companions, probes};
use crate::feeds::testing::{Given, covers, sample};

const URL: &str = "https://gatus.lumen.example/api/v1/endpoints/statuses?page=1&pageSize=5";
const TROUBLE: &str = include_str!("../../../test_data/gatus/trouble-endpoints.json");
const CONFIG: &str = include_str!("../../../test_data/gatus/config.json");

fn gatus(body: impl AsRef<[u8]>) -> Snapshot {
    Given::of(Platform::Gatus).from(URL).fresh(body)
}

fn with_results(results: &str) -> Snapshot {
    gatus(format!(r#"[{{"key":"core_api","name":"api","group":"core","results":{results}}}]"#))
}

#[test]
fn the_result_with_the_latest_time_counts() {
    let check = |results: &str, expect: Status, warnings: usize| {
        let snapshot = with_results(results);
        assert_eq!((snapshot.components[0].status, snapshot.warnings.len()), (expect, warnings), "{results}");
    };
    let (up, down) = (Status::Operational, Status::MajorOutage);
    let earlier = r#"{"success":true,"timestamp":"2026-09-15T11:00:00Z"}"#;
    let later = r#"{"success":false,"timestamp":"2026-09-15T13:00:00.123456789+01:00"}"#;
    check(&format!("[{earlier},{later}]"), down, 0);
    check(&format!("[{later},{earlier}]"), down, 0);
    check(&format!("[{earlier}]"), up, 0);
    // Without its time, the last of the list counts and no earlier one.
    check(&format!(r#"[{earlier},{{"success":false}}]"#), down, 0);
    check(&format!(r#"[{earlier},{{"timestamp":"2026-09-15T12:00:00Z"}}]"#), Status::Unknown, 1);
    check("[]", Status::Unknown, 0);
    check("{}", Status::Unknown, 1);
    check(&format!("[{}{later}]", format!("{earlier},").repeat(1_000)), Status::Unknown, 1);
}

#[test]
fn an_endpoint_that_is_no_longer_checked_is_unknown() {
    let snapshot = with_results(r#"[{"success":true,"timestamp":"2026-09-15T10:59:59Z"}]"#);
    let row = &snapshot.components[0];
    assert_eq!((row.status, row.raw_status.as_str()), (Status::Unknown, "success"));
    assert_eq!(snapshot.warnings, ["endpoint 'api' has no result since 2026-09-15T10:59:59Z"]);
    let daily = r#"[{"success":true,"timestamp":"2026-09-13T11:00:00Z"},
        {"success":true,"timestamp":"2026-09-14T11:00:00Z"}]"#;
    assert_eq!(with_results(daily).components[0].status, Status::Operational);
    assert!(crate::feed::depends_on_time(Platform::Gatus));
}

#[test]
fn the_time_of_a_turn_is_told_and_that_of_a_check_is_not() {
    let rows = gatus(TROUBLE).components;
    assert_eq!(rows[0].updated_at, Some("2026-09-15T11:30:00Z".parse().unwrap()));
    assert_eq!(rows[1].updated_at, None);
}

#[test]
fn announcements_are_incidents() {
    let snapshot = Given::of(Platform::Gatus).from("https://gatus.lumen.example/api/v1/config").fresh(CONFIG);
    let rows: Vec<_> = snapshot.incidents.iter().map(|it| (it.name.as_str(), it.phase, it.impact)).collect();
    assert_eq!(
        rows,
        [
            ("Mail is down.", Phase::Investigating, Impact::Major),
            ("Mail may be late.", Phase::Investigating, Impact::Minor),
            ("All works again.", Phase::Resolved, Impact::None),
            ("We move.", Phase::Investigating, Impact::None),
            ("Mail was down.", Phase::Resolved, Impact::Major),
        ]
    );
    assert_eq!(covers(&snapshot), [false, true, false]);
    assert_eq!(snapshot.warnings, [""; 0]);
    let odd = gatus(CONFIG.replacen("\"outage\"", "\"meltdown\"", 1));
    assert_eq!((odd.incidents[0].impact, odd.warnings.len()), (Impact::Unknown, 1));
}

#[test]
fn the_configuration_stands_beside_the_list() {
    let url = "https://gatus.lumen.example/api/v1/config".to_owned();
    assert_eq!(companions(Platform::Gatus, URL), [Companion { url, need: Need::Detail }]);
    assert_eq!(companions(Platform::Gatus, "https://gatus.lumen.example/api/v1/config"), []);
    assert!(probes("https://gatus.lumen.example/x").contains(&(Platform::Gatus, URL.to_owned())));
}

#[test]
fn the_sample_is_read() {
    let Some(body) = sample("gatus/endpoint-statuses.json") else { return };
    let snapshot = Given::of(Platform::Gatus).from(URL).at("2026-06-29T13:00:30Z").fresh(&body);
    let rows: Vec<_> = snapshot.components.iter().map(|it| (it.id.as_str(), it.status)).collect();
    assert_eq!(rows, [("core_frontend", Status::Operational), ("core_backend", Status::MajorOutage)]);
    assert_eq!((covers(&snapshot), snapshot.warnings.len()), ([true, false, false], 0));
}
