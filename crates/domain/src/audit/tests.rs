//! What is late and what is not, to the second.

use uuid::Uuid;

use super::*;

const ACME: OrgId = OrgId(Uuid::from_u128(1));

fn at(second: i64) -> Timestamp {
    Timestamp::from_second(1_750_000_000 + second).unwrap()
}

fn step(due: i64, lease: Option<i64>) -> DueStep {
    DueStep {
        org: ACME,
        incident: IncidentId(Uuid::from_u128(2)),
        number: 12,
        policy: PolicyId(Uuid::from_u128(3)),
        due_at: at(due),
        lease_until: lease.map(at),
    }
}

fn message(tries: u32, try_at: i64, is_sending: bool, lease: Option<i64>) -> DueMessage {
    DueMessage {
        org: ACME,
        id: NotificationId(Uuid::from_u128(4)),
        number: 12,
        kind: NoticeKind::Page,
        contact: "phone".to_owned(),
        tries,
        try_at: at(try_at),
        is_sending,
        lease_until: lease.map(at),
    }
}

fn facts(due: Due) -> Facts {
    Facts { now: at(1_000), elapsed: Duration::from_secs(500), due: Ok(due), beats: Vec::new(), jump: None }
}

fn troubles(facts: &Facts) -> Vec<String> {
    audit(facts).iter().map(ToString::to_string).collect()
}

#[test]
fn nothing_due_passes() {
    assert_eq!(audit(&facts(Due::default())), []);
}

#[test]
fn a_step_is_late_after_five_seconds_unless_a_worker_has_it() {
    let check = |due, lease, expect: Option<&str>| {
        let found = troubles(&facts(Due { steps: vec![step(due, lease)], ..Due::default() }));
        let object = "escalation of incident #12 (00000000-0000-0000-0000-000000000002) by policy \
                      00000000-0000-0000-0000-000000000003: ";
        let expect: Vec<String> = expect.iter().map(|trouble| format!("{object}{trouble}")).collect();
        assert_eq!(found, expect, "due {due}, lease {lease:?}");
    };
    check(1_010, None, None);
    check(995, None, None);
    check(994, None, Some("due 6s ago, and nobody has taken it up"));
    check(990, Some(1_010), None);
    check(940, Some(1_010), None);
    check(939, Some(1_010), Some("due 1m01s ago; it is taken up and not done, again and again"));
    check(980, Some(995), None);
    check(980, Some(994), Some("due 20s ago; whoever took it up is gone, and nobody else has"));
}

#[test]
fn a_message_is_late_after_ten_seconds_unless_it_is_on_its_way() {
    let check = |owed: DueMessage, expect: Option<&str>| {
        let found = troubles(&facts(Due { messages: vec![owed.clone()], ..Due::default() }));
        let object = "page 00000000-0000-0000-0000-000000000004 by phone for incident #12: ";
        let expect: Vec<String> = expect.iter().map(|trouble| format!("{object}{trouble}")).collect();
        assert_eq!(found, expect, "{owed:?}");
    };
    check(message(0, 1_060, false, None), None);
    check(message(0, 990, false, None), None);
    check(message(0, 989, false, None), Some("due 11s ago and never attempted"));
    check(message(3, 989, false, None), Some("due 11s ago and not tried again"));
    check(message(0, 900, true, Some(1_020)), None);
    check(message(0, 820, true, Some(1_020)), None);
    check(
        message(0, 819, true, Some(1_020)),
        Some("due 3m01s ago; it is being sent without an end, again and again"),
    );
    check(message(1, 100, true, Some(1_020)), None);
    check(message(0, 950, true, Some(995)), None);
    check(
        message(0, 950, true, Some(994)),
        Some("due 50s ago; whoever began to send it is gone, and nobody else has"),
    );
    check(message(1, 995, true, None), None);
    check(message(1, 900, true, None), Some("due 1m40s ago and not tried again"));
}

#[test]
fn an_incident_that_nothing_will_be_done_about_is_found() {
    let check = |since, expect: &[&str]| {
        let forgotten =
            Forgotten { org: ACME, incident: IncidentId(Uuid::from_u128(2)), number: 7, since: at(since) };
        let found = troubles(&facts(Due { forgotten: vec![forgotten], ..Due::default() }));
        assert_eq!(found, expect, "since {since}");
    };
    check(995, &[]);
    check(
        -6_500,
        &["incident #7 (00000000-0000-0000-0000-000000000002): has paged for 2h05m and has neither a step \
           ahead nor a message"],
    );
}

#[test]
fn a_ledger_without_an_answer_never_passes() {
    let silent = Facts { due: Err("no answer within 10s".to_owned()), ..facts(Due::default()) };
    assert_eq!(troubles(&silent), ["ledger: no answer: no answer within 10s"]);
}

#[test]
fn a_worker_that_ends_no_turn_is_found_though_it_gives_signs_of_life() {
    let beat = |turned: u64| Beat {
        worker: "escalator",
        is_paging: true,
        period: Duration::from_secs(20),
        turned_at: Duration::from_secs(turned),
        seen_at: Duration::from_secs(500),
        doing: "writing to the ledger".to_owned(),
    };
    let of = |turned| troubles(&Facts { beats: vec![beat(turned)], ..facts(Due::default()) });
    assert_eq!(of(440), Vec::<String>::new());
    assert_eq!(of(439), ["worker escalator: has not finished a turn for 1m01s: writing to the ledger"]);
}

#[test]
fn a_clock_that_was_set_is_told_with_its_direction() {
    let of = |seconds| {
        troubles(&Facts { jump: Some(SignedDuration::from_secs(seconds)), ..facts(Due::default()) })
    };
    assert_eq!(of(3_600), ["wall clock: was set forward by 1h00m"]);
    assert_eq!(of(-90), ["wall clock: was set back by 1m30s"]);
}

#[test]
fn trouble_of_the_whole_process_comes_first() {
    let facts = Facts {
        jump: Some(SignedDuration::from_secs(9)),
        ..facts(Due { steps: vec![step(0, None)], ..Due::default() })
    };
    let kinds: Vec<&str> = audit(&facts).iter().map(|finding| finding.kind.word()).collect();
    assert_eq!(kinds, ["clock_jumped", "escalation_late"]);
}
