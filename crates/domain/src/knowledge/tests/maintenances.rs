//! Announced work: each step told once.

use super::*;

#[test]
fn announced_work_is_told_step_by_step() {
    let mut reader = Reader::of_a_quiet_page();
    let (plan, begin) = (update("u1", "scheduled", 2), update("u2", "in_progress", 60));
    let (late, done) = (update("u3", "in_progress", 70), update("u4", "completed", 90));
    let mut check = |minute, status, updates: &[&Update], expected: &[&str]| {
        let updates: Vec<Update> = updates.iter().map(|&update| update.clone()).collect();
        let seen = planned(&[work("m", status, 60, &updates)]);
        assert_eq!(reader.reads(minute, &seen), expected);
        assert_eq!(reader.reads(minute, &seen), NOTHING);
    };
    check(3, MaintenanceStatus::Scheduled, &[&plan], &["maintenance_scheduled m ->scheduled @2"]);
    let expected = ["maintenance_started m scheduled>in_progress @60 u2"];
    check(61, MaintenanceStatus::InProgress, &[&begin, &plan], &expected);
    let expected = ["maintenance_updated m in_progress>in_progress @70 u3"];
    check(71, MaintenanceStatus::InProgress, &[&late, &begin, &plan], &expected);
    let expected = ["maintenance_updated m in_progress>verifying @80"];
    check(80, MaintenanceStatus::Verifying, &[&late, &begin, &plan], &expected);
    let expected = ["maintenance_completed m verifying>completed @90 u4"];
    check(91, MaintenanceStatus::Completed, &[&done, &late, &begin, &plan], &expected);
}

#[test]
fn work_that_is_called_off_is_told_once() {
    let mut reader = Reader::of_a_quiet_page();
    reader.reads(3, &planned(&[work("m", MaintenanceStatus::Scheduled, 60, &[])]));
    let off = planned(&[work("m", MaintenanceStatus::Cancelled, 60, &[])]);
    assert_eq!(reader.reads(4, &off), ["maintenance_cancelled m scheduled>cancelled @4"]);
    assert_eq!(reader.reads(5, &off), NOTHING);
}

#[test]
fn other_times_or_another_name_are_an_update() {
    let mut reader = Reader::of_a_quiet_page();
    let mut seen = planned(&[work("m", MaintenanceStatus::Scheduled, 60, &[update("u", "scheduled", 1)])]);
    reader.reads(3, &seen);
    let mut check = |edit: fn(&mut Maintenance)| {
        edit(&mut seen.maintenances[0]);
        seen.maintenances[0].updated_at = Some(at(4));
        assert_eq!(reader.reads(5, &seen), ["maintenance_updated m scheduled>scheduled @4"]);
        assert_eq!(reader.reads(6, &seen), NOTHING);
    };
    check(|m| m.starts_at = Some(at(70)));
    check(|m| m.ends_at = None);
    check(|m| m.name = "Database".to_owned());
    seen.maintenances[0].updates[0].body = "Reworded.".to_owned();
    assert_eq!(reader.reads(7, &seen), ["maintenance_updated m scheduled>scheduled @1 u"]);
}

#[test]
fn work_that_is_seen_late_is_told_as_it_is() {
    let check = |status, starts, expected: &[&str]| {
        let mut reader = Reader::of_a_quiet_page();
        let seen = planned(&[work("m", status, starts, &[])]);
        assert_eq!(reader.reads(100, &seen), expected, "{status}");
        assert_eq!(reader.reads(101, &seen), NOTHING);
    };
    check(MaintenanceStatus::InProgress, 60, &["maintenance_started m ->in_progress @60"]);
    check(MaintenanceStatus::Verifying, 60, &["maintenance_started m ->verifying @60"]);
    let expected = ["maintenance_scheduled m ->completed @60", "maintenance_completed m ->completed @100"];
    check(MaintenanceStatus::Completed, 60, &expected);
    check(MaintenanceStatus::Completed, -60, &[]);
    check(MaintenanceStatus::Cancelled, -60, &[]);
}

#[test]
fn work_that_is_over_at_first_contact_is_history() {
    let mut reader = Reader::default();
    let first = planned(&[
        work("over", MaintenanceStatus::Completed, -60, &[]),
        work("soon", MaintenanceStatus::Scheduled, 60, &[update("u", "scheduled", -9)]),
    ]);
    assert_eq!(reader.reads(0, &first), ["maintenance_scheduled soon ->scheduled @-9"]);
    assert_eq!(reader.knowledge.maintenances.len(), 2);
}

#[test]
fn work_that_is_gone_was_done_when_its_time_had_come_and_called_off_otherwise() {
    let check = |status, starts, absence, expected: &[&str]| {
        let mut reader = Reader::of_a_quiet_page();
        reader.reads(10, &planned(&[work("m", status, starts, &[])]));
        assert!(reader.knowledge.needs_companions(&planned(&[])));
        assert_eq!(reader.learns(50, &planned(&[]), absence), expected);
        assert_eq!(reader.learns(51, &planned(&[]), absence), NOTHING);
    };
    let (scheduled, running) = (MaintenanceStatus::Scheduled, MaintenanceStatus::InProgress);
    let sure = Absence::Confirmed;
    check(scheduled, 90, sure, &["maintenance_cancelled m scheduled>cancelled @50"]);
    check(scheduled, 40, sure, &["maintenance_completed m scheduled>completed @50"]);
    check(running, 5, sure, &["maintenance_completed m in_progress>completed @50"]);
    check(running, 5, Absence::Unconfirmed, &[]);
}

#[test]
fn a_document_without_maintenances_ends_none() {
    let mut reader = Reader::of_a_quiet_page();
    reader.reads(10, &planned(&[work("m", MaintenanceStatus::InProgress, 5, &[])]));
    let mut partial = planned(&[]);
    partial.coverage.open_maintenances = false;
    assert!(!reader.knowledge.needs_companions(&partial));
    assert_eq!(reader.reads(50, &partial), NOTHING);
}

#[test]
fn work_that_is_nowhere_any_more_ends_a_day_after_its_plan() {
    let mut reader = Reader::of_a_quiet_page();
    reader.reads(10, &planned(&[work("m", MaintenanceStatus::InProgress, 5, &[])]));
    let day = 24 * 60;
    assert_eq!(reader.learns(65 + day, &planned(&[]), Absence::Unconfirmed), NOTHING);
    let expected = ["maintenance_completed m in_progress>completed @1506"];
    assert_eq!(reader.learns(66 + day, &planned(&[]), Absence::Unconfirmed), expected);
}
