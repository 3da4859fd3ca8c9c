//! cState: words, issues that stand under several systems, and the ways its template breaks.

use super::*;
use crate::feeds::testing::{Given, covers};

const URL: &str = "https://status.lumen.example/index.json";
const TROUBLE: &str = include_str!("../../../test_data/cstate/trouble-index.json");
const CALM: &str = include_str!("../../../test_data/cstate/calm-index.json");

fn cstate(body: &str) -> Snapshot {
    Given::of(Platform::CState).from(URL).fresh(body)
}

#[test]
fn each_word_is_a_status_and_an_impact() {
    let check = |word: &str, expect: (Status, Impact)| {
        let snapshot = cstate(&TROUBLE.replace("\"down\"", &format!("{word:?}")));
        assert_eq!((snapshot.components[0].status, snapshot.incidents[0].impact), expect, "{word}");
        assert_eq!(snapshot.overall.unwrap().status, expect.0, "{word}");
        assert_eq!(snapshot.warnings.is_empty(), expect.0 != Status::Unknown, "{word}");
    };
    check("down", (Status::MajorOutage, Impact::Critical));
    check("disrupted", (Status::PartialOutage, Impact::Major));
    check("notice", (Status::Operational, Impact::None));
    check("broken", (Status::Unknown, Impact::Unknown));
}

#[test]
fn an_issue_of_two_systems_is_one_incident() {
    let snapshot = cstate(TROUBLE);
    let [mail] = snapshot.incidents.as_slice() else { panic!("{:?}", snapshot.incidents) };
    assert_eq!(mail.id, "https://status.lumen.example/issues/2026-09-15-mail/");
    assert_eq!(mail.components, ["Inbox", "Web Mail"]);
    assert_eq!(mail.created_at, Some("2026-09-15T09:10:00Z".parse().unwrap()));
    assert_eq!((mail.phase, mail.resolved_at), (Phase::Investigating, None));
    assert_eq!(covers(&snapshot), [true, true, false]);
    assert_eq!(snapshot.components[1].group.as_deref(), Some("Apps"));
}

#[test]
fn a_title_with_quotes_or_line_ends_is_mended_and_told() {
    for title in ["Mail \"in\" is down", "Mail\nis down", "Mail \\ is down"] {
        let snapshot = cstate(&TROUBLE.replace("Mail is down", title));
        assert_eq!(snapshot.incidents[0].name, title.replace('\n', " "));
        assert_eq!(snapshot.components, cstate(TROUBLE).components);
        assert!(snapshot.warnings[0].ends_with("read after mending quotes and line ends"), "{title}");
    }
    let hopeless = TROUBLE.replace("Mail is down", "Mail \", \"x\" is: down");
    assert!(Given::of(Platform::CState).from(URL).refused(hopeless).starts_with("broken JSON at line "));
}

#[test]
fn a_page_whose_systems_vanish_is_not_healthy() {
    let start = CALM.find("\"systems\"").unwrap();
    let absent = format!("{}\"buildTime\": \"10:00\"}}", &CALM[..start]);
    assert_eq!(Given::of(Platform::CState).from(URL).refused(absent), "an index without a list of systems");
    let claimless = CALM.replace("\"summaryStatus\": \"ok\",", "");
    assert_eq!(
        Given::of(Platform::CState).from(URL).refused(claimless),
        "an index without its summary's word"
    );
    let nameless = CALM.replace("\"name\": \"Inbox\",", "");
    assert_eq!(covers(&cstate(&nameless)), [false; 3]);
    let closed = CALM.replacen("\"unresolvedIssues\": []", "\"unresolvedIssues\": [7]", 1);
    assert_eq!(covers(&cstate(&closed)), [true, false, false]);
}
