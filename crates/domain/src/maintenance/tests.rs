//! The life of announced work, what it covers, and work that comes again.

use jiff::tz::TimeZone;
use uuid::Uuid;

use super::*;
use crate::{
    judge::Finding,
    provider::provider_id,
    setup::{Guard, Publish, Upstream},
};

const HOUR: i64 = 3600;

fn at(second: i64) -> Timestamp {
    Timestamp::from_second(1_750_000_000 + second).unwrap()
}

fn service(slug: &str) -> ServiceId {
    ServiceId::named(Uuid::nil(), slug)
}

/// Two hours of work on checkout that begin 100 hours after they were planned.
fn work(announced: Status) -> Maintenance {
    Maintenance {
        id: MaintenanceId(Uuid::nil()),
        number: 1,
        title: "Move the database".to_owned(),
        note: String::new(),
        status: MaintenanceStatus::Scheduled,
        starts_at: at(100 * HOUR),
        ends_at: at(102 * HOUR),
        began_at: None,
        ended_at: None,
        reminded_at: at(0),
        is_manual_end: false,
        services: vec![(service("checkout"), announced)],
        pages: Vec::new(),
        incident: None,
        made_at: at(0),
        made_by: Actor::Operator,
    }
}

fn judged(slug: &str, status: Status) -> Judgement {
    let finding = Finding {
        service: service(slug),
        upstream: Upstream::Provider(provider_id("pay")),
        causes: Vec::new(),
        observed: status,
        status,
        since: at(0),
        pages: true,
        say: Guard::from(Publish::Auto).say(status, at(0), at(0)),
    };
    Judgement {
        service: service(slug),
        status,
        untroubled: Status::Operational,
        findings: vec![finding],
        notes: Vec::new(),
        acts_at: None,
    }
}

/// Checks whether trouble of this service still pages, and what readers see of it, beside work in this state.
#[track_caller]
fn check(work: &Maintenance, (slug, status): (&str, Status), pages: bool, public: Status) {
    let all = std::slice::from_ref(work);
    let mut judgements = [judged(slug, status)];
    let covered = hush(&mut judgements, all);
    let [judgement] = &judgements;
    assert_eq!(judgement.findings[0].pages, pages);
    assert_eq!(covered.contains(&service(slug)), !pages);
    let told = judgement.public_status(|finding| finding.say.by_itself);
    assert_eq!(shown(told, announced(all, service(slug))), public);
    assert_eq!(judgement.status, status, "what the machine judged is kept");
}

#[test]
fn only_what_was_announced_is_silent() {
    use MaintenanceStatus::{Cancelled, Completed, InProgress, Scheduled, Verifying};
    use Status::{DegradedPerformance, MajorOutage, UnderMaintenance};
    let slow = |status| work(DegradedPerformance).turned(status, at(100 * HOUR));
    let down = |status| work(MajorOutage).turned(status, at(100 * HOUR));
    let checkout = ("checkout", MajorOutage);
    check(&slow(InProgress), checkout, true, MajorOutage);
    check(&slow(InProgress), ("checkout", DegradedPerformance), false, UnderMaintenance);
    check(&down(InProgress), checkout, false, UnderMaintenance);
    check(&down(InProgress), ("search", MajorOutage), true, MajorOutage);
    for status in [Scheduled, Verifying, Completed, Cancelled] {
        check(&down(status), checkout, true, MajorOutage);
    }
}

#[test]
fn a_service_without_trouble_is_under_maintenance_while_work_goes_on() {
    let work = work(Status::Operational).turned(MaintenanceStatus::InProgress, at(0));
    let announced = announced(&[work], service("checkout"));
    for quiet in [Status::Unknown, Status::Operational, Status::UnderMaintenance] {
        assert_eq!(shown(quiet, announced), Status::UnderMaintenance);
    }
    assert_eq!(shown(Status::Operational, None), Status::Operational);
}

#[test]
fn work_begins_and_ends_by_itself() {
    use MaintenanceStatus::{Completed, InProgress, Scheduled, Verifying};
    let check = |status, manual, bad, hour, next| {
        let work = Maintenance { is_manual_end: manual, status, ..work(Status::MajorOutage) };
        assert_eq!(work.next(|_| bad, at(hour * HOUR)), next, "{status} at {hour} h");
    };
    check(Scheduled, false, false, 99, None);
    check(Scheduled, true, true, 100, Some(InProgress));
    check(Scheduled, false, false, 500, Some(InProgress));
    check(InProgress, false, true, 101, None);
    check(InProgress, false, false, 102, Some(Completed));
    check(InProgress, true, false, 102, Some(Verifying));
    check(InProgress, false, true, 102, Some(Verifying));
    check(Verifying, false, true, 103, None);
    check(Verifying, false, false, 103, Some(Completed));
    check(Verifying, true, false, 103, None);
    check(Completed, false, false, 103, None);
}

#[test]
fn reminders_come_once_and_those_that_passed_before_the_plan_never() {
    let check = |reminded: i64, hour, due: Option<u64>, next: i64| {
        let work = Maintenance { reminded_at: at(reminded * HOUR), ..work(Status::Operational) };
        assert_eq!(work.reminder(at(hour * HOUR)), due.map(|hours| Duration::from_secs(hours * 3600)));
        assert_eq!(work.due_at(), Some(at(next * HOUR)));
    };
    check(0, 27, None, 28);
    check(0, 28, Some(72), 28);
    check(28, 29, None, 76);
    check(28, 99, Some(1), 76);
    check(80, 81, None, 99);
    check(99, 99, None, 100);
    check(80, 100, None, 99);
}

#[test]
fn what_can_t_be_planned_is_refused() {
    let good = work(Status::Operational);
    assert_eq!(good.check(at(0)), Ok(()));
    let (from, to) = (good.starts_at, good.ends_at);
    let check = |work: Maintenance, now: Timestamp, refusal| assert_eq!(work.check(now), Err(refusal));
    check(Maintenance { title: " ".to_owned(), ..good.clone() }, at(0), Refusal::NoTitle);
    check(Maintenance { services: Vec::new(), ..good.clone() }, at(0), Refusal::NoService);
    check(Maintenance { ends_at: from, ..good.clone() }, at(0), Refusal::Empty { from, to: from });
    check(good.clone(), to, Refusal::Past { to, now: to });
    let latest = from.checked_add(LONGEST).unwrap();
    check(Maintenance { ends_at: at(10_000 * HOUR), ..good }, at(0), Refusal::TooLong { latest });
}

#[test]
fn work_that_comes_again_follows_the_wall_clock() {
    let rome = TimeZone::get("Europe/Rome").unwrap();
    let check = |text: &str, now: &str, expect: &[(&str, &str)]| {
        let series = Series::parse(text, rome.clone()).unwrap();
        let found = series.occurrences(now.parse().unwrap()).unwrap();
        let found: Vec<_> = found.iter().map(|(from, to)| (from.to_string(), to.to_string())).collect();
        let expect: Vec<_> = expect.iter().map(|(a, b)| ((*a).to_owned(), (*b).to_owned())).collect();
        assert_eq!(found, expect, "{text}");
    };
    // The clock goes from 02:00 to 03:00 on March 29th: 02:30 is skipped.
    let spring = "every Sun 02:30 for 2h until 2026-04-05";
    check(
        spring,
        "2026-03-20T00:00:00Z",
        &[
            ("2026-03-22T01:30:00Z", "2026-03-22T03:30:00Z"),
            ("2026-03-29T01:00:00Z", "2026-03-29T03:00:00Z"),
            ("2026-04-05T00:30:00Z", "2026-04-05T02:30:00Z"),
        ],
    );
    // It shows 02:30 twice on October 25th: once is enough.
    check(
        "every day 02:30 for 1h until 2026-10-26",
        "2026-10-24T12:00:00Z",
        &[("2026-10-25T00:30:00Z", "2026-10-25T01:30:00Z"), ("2026-10-26T01:30:00Z", "2026-10-26T02:30:00Z")],
    );
}

#[test]
fn a_series_has_a_form_and_an_end() {
    for text in [
        "",
        "every Sun 02:00 for 2h",
        "every Moonday 02:00 for 2h until 2027-01-01",
        "every Sun 25:00 for 2h until 2027-01-01",
    ] {
        assert!(Series::parse(text, TimeZone::UTC).is_err(), "{text}");
    }
    let times = |text: &str| {
        Series::parse(text, TimeZone::UTC).unwrap().occurrences("2026-01-01T00:00:00Z".parse().unwrap())
    };
    assert_eq!(times("every day 02:00 for 2h until 2026-12-31"), Err(SeriesError::TooMany));
    let past = "2025-12-01".parse().unwrap();
    assert_eq!(times("every day 02:00 for 2h until 2025-12-01"), Err(SeriesError::Never(past)));
}
