//! Incidents: each step of their lives told once, and what a page forgets kept.

use super::*;

fn investigating() -> Update {
    update("u1", "investigating", 5)
}

fn resolved() -> Update {
    update("u2", "resolved", 20)
}

fn ended() -> Incident {
    Incident {
        resolved_at: Some(at(20)),
        ..incident("i", Phase::Resolved, 5, &[resolved(), investigating()])
    }
}

/// A reader who has seen incident `i` open and end.
fn after_the_end() -> Reader {
    let mut reader = Reader::of_a_quiet_page();
    let open = incident("i", Phase::Investigating, 5, &[investigating()]);
    assert_eq!(reader.reads(6, &with(&[open])), ["incident_opened i ->investigating @5"]);
    assert_eq!(reader.reads(21, &with(&[ended()])), ["incident_resolved i investigating>resolved @20 u2"]);
    reader
}

#[test]
fn a_life_is_told_step_by_step() {
    let mut reader = Reader::of_a_quiet_page();
    let mut check = |minute, phase, updates: &[Update], expected: &[&str]| {
        let seen = with(&[incident("i", phase, 5, updates)]);
        assert_eq!(reader.reads(minute, &seen), expected);
        assert_eq!(reader.reads(minute, &seen), NOTHING);
    };
    let (found, still) = (update("u2", "identified", 8), update("u3", "identified", 9));
    let watching = update("u4", "monitoring", 12);
    check(6, Phase::Investigating, &[investigating()], &["incident_opened i ->investigating @5"]);
    let expected = "incident_updated i investigating>identified @8 u2";
    check(9, Phase::Identified, &[found.clone(), investigating()], &[expected]);
    let expected =
        ["incident_updated i identified>monitoring @9 u3", "incident_updated i identified>monitoring @12 u4"];
    check(
        13,
        Phase::Monitoring,
        &[watching.clone(), still.clone(), found.clone(), investigating()],
        &expected,
    );
    let all = [update("u5", "resolved", 15), watching, still, found, investigating()];
    check(16, Phase::Resolved, &all, &["incident_resolved i monitoring>resolved @15 u5"]);
}

#[test]
fn an_edited_text_is_told_once_and_counts() {
    let mut reader = Reader::of_a_quiet_page();
    let mut seen = with(&[incident("i", Phase::Investigating, 5, &[investigating()])]);
    reader.reads(6, &seen);
    seen.incidents[0].updates[0].body = "It was the network.".to_owned();
    assert_eq!(reader.reads(7, &seen), ["incident_updated i investigating>investigating @5 u1"]);
    assert_eq!(reader.reads(8, &seen), NOTHING);
    assert_eq!(reader.incident("i").incident.updates[0].body, "It was the network.");
}

#[test]
fn another_title_impact_or_phase_without_words_is_told_once() {
    let mut reader = Reader::of_a_quiet_page();
    let mut seen = with(&[incident("i", Phase::Investigating, 5, &[investigating()])]);
    reader.reads(6, &seen);
    let mut check = |edit: fn(&mut Incident), expected: &str| {
        edit(&mut seen.incidents[0]);
        seen.incidents[0].updated_at = Some(at(9));
        assert_eq!(reader.reads(10, &seen), [expected]);
        assert_eq!(reader.reads(11, &seen), NOTHING);
    };
    check(|i| i.name = "Slow".to_owned(), "incident_updated i investigating>investigating @9");
    check(|i| i.impact = Impact::Critical, "incident_updated i investigating>investigating @9");
    check(|i| i.phase = Phase::Identified, "incident_updated i investigating>identified @9");
    check(|i| i.phase = Phase::Unknown, "incident_updated i identified>unknown @9");
}

#[test]
fn an_incident_that_is_not_over_after_all_is_reopened() {
    let mut reader = after_the_end();
    let again = update("u3", "investigating", 25);
    let mut seen = with(&[incident("i", Phase::Investigating, 5, &[again, resolved(), investigating()])]);
    assert_eq!(reader.reads(26, &seen), ["incident_reopened i resolved>investigating @25 u3"]);
    assert_eq!(reader.reads(27, &seen), NOTHING);
    seen.incidents[0].updates.insert(0, update("u4", "resolved", 30));
    seen.incidents[0].phase = Phase::Resolved;
    assert_eq!(reader.reads(31, &seen), ["incident_resolved i investigating>resolved @30 u4"]);
}

#[test]
fn an_explanation_days_later_reopens_nothing() {
    const LATER: i64 = 3 * 24 * 60;
    let explained = update("u3", "postmortem", LATER);
    let updates = [explained, resolved(), investigating()];
    // Some pages move the phase, some only add the words.
    for phase in [Phase::Postmortem, Phase::Resolved] {
        let mut reader = after_the_end();
        let seen = with(&[incident("i", phase, 5, &updates)]);
        let expected = format!("postmortem_published i resolved>{phase} @{LATER} u3");
        assert_eq!(reader.reads(LATER + 1, &seen), [expected]);
        assert_eq!(reader.reads(LATER + 2, &seen), NOTHING);
        assert_eq!(reader.knowledge.open_incidents().count(), 0);
    }
}

#[test]
fn an_explanation_that_is_edited_is_an_update() {
    let mut reader = after_the_end();
    let updates = [update("u3", "postmortem", 500), resolved(), investigating()];
    let mut seen = with(&[incident("i", Phase::Postmortem, 5, &updates)]);
    reader.reads(501, &seen);
    seen.incidents[0].updates[0].body = "In more detail.".to_owned();
    assert_eq!(reader.reads(502, &seen), ["incident_updated i postmortem>postmortem @500 u3"]);
}

#[test]
fn what_is_gone_from_a_complete_list_is_over_when_that_is_confirmed() {
    let mut reader = Reader::of_a_quiet_page();
    reader.reads(6, &with(&[incident("i", Phase::Identified, 5, &[investigating()])]));
    assert!(reader.knowledge.needs_companions(&with(&[])));
    assert_eq!(reader.reads(10, &with(&[])), ["incident_resolved i identified>resolved @10"]);
    assert_eq!(reader.incident("i").incident.resolved_at, None);
    assert!(!reader.knowledge.needs_companions(&with(&[])));
    assert_eq!(reader.reads(11, &with(&[])), NOTHING);
}

#[test]
fn the_last_word_of_what_is_gone_comes_from_the_longer_list() {
    let mut reader = Reader::of_a_quiet_page();
    reader.reads(6, &with(&[incident("i", Phase::Identified, 5, &[investigating()])]));
    let older = Incident { components: Vec::new(), ..incident("old", Phase::Resolved, -900, &[]) };
    let joined = with(&[]).joined(with(&[ended(), older]));
    assert_eq!(reader.reads(21, &joined), ["incident_resolved i identified>resolved @20 u2"]);
    assert_eq!(reader.incident("i").incident.resolved_at, Some(at(20)));
    assert_eq!(reader.incident("old").first_seen_at, at(21));
    assert_eq!(reader.reads(22, &with(&[])), NOTHING);
}

#[test]
fn what_is_gone_and_cannot_be_confirmed_is_over_after_some_polls() {
    let mut reader = Reader::of_a_quiet_page();
    let open = with(&[incident("i", Phase::Identified, 5, &[investigating()])]);
    reader.reads(6, &open);
    let mut check = |minute, seen: &Snapshot, polls, expected: &[&str]| {
        assert_eq!(reader.learns(minute, seen, Absence::Unconfirmed), expected);
        assert_eq!(reader.incident("i").absent_polls, polls);
    };
    let none = with(&[]);
    check(7, &none, 1, &[]);
    check(8, &none, 2, &[]);
    check(9, &open, 0, &[]);
    check(10, &none, 1, &[]);
    check(11, &none, 2, &[]);
    check(12, &none, CLOSED_AFTER_ABSENT_POLLS, &["incident_resolved i identified>resolved @12"]);
    check(13, &none, CLOSED_AFTER_ABSENT_POLLS, &[]);
    check(14, &open, 0, &["incident_reopened i resolved>identified @14"]);
}

#[test]
fn a_list_that_is_not_complete_closes_nothing() {
    let mut reader = Reader::of_a_quiet_page();
    reader.reads(6, &with(&[incident("i", Phase::Identified, 5, &[])]));
    let mut partial = with(&[]);
    partial.coverage.open_incidents = false;
    assert!(!reader.knowledge.needs_companions(&partial));
    assert_eq!(reader.reads(10, &partial), NOTHING);
    assert_eq!(reader.knowledge.open_incidents().count(), 1);
}

#[test]
fn history_at_first_contact_is_kept_in_silence() {
    let mut reader = Reader::default();
    let explained = incident("p", Phase::Postmortem, -50, &[update("u", "postmortem", -40)]);
    let open = incident("now", Phase::Monitoring, -5, &[]);
    assert!(reader.knowledge.needs_companions(&with(&[])));
    let first = with(&[open, explained, ended_before(-100)]);
    assert_eq!(reader.reads(0, &first), ["incident_opened now ->monitoring @-5"]);
    let ids: Vec<&str> = reader.knowledge.incidents.iter().map(|known| known.incident.id.as_str()).collect();
    assert_eq!(ids, ["now", "p", "old"]);
}

fn ended_before(begun: i64) -> Incident {
    Incident { resolved_at: Some(at(begun + 5)), ..incident("old", Phase::Resolved, begun, &[]) }
}

#[test]
fn an_incident_of_the_past_that_turns_up_later_is_kept_in_silence() {
    let mut reader = Reader::of_a_quiet_page();
    assert_eq!(reader.reads(50, &with(&[ended_before(-100)])), NOTHING);
    assert_eq!(reader.incident("old").first_seen_at, at(50));
    assert_eq!(reader.knowledge.open_incidents().count(), 0);
    let undated = Incident { started_at: None, created_at: None, ..incident("x", Phase::Resolved, 0, &[]) };
    assert_eq!(reader.reads(51, &with(&[undated])), NOTHING);
}

#[test]
fn an_incident_between_two_readings_is_told_from_its_beginning_to_its_end() {
    let mut reader = Reader::of_a_quiet_page();
    let mut short = ended();
    short.updates.insert(0, update("u3", "postmortem", 25));
    short.phase = Phase::Postmortem;
    let expected = [
        "incident_opened i ->postmortem @5",
        "incident_resolved i ->postmortem @20 u2",
        "postmortem_published i ->postmortem @25 u3",
    ];
    assert_eq!(reader.reads(30, &with(&[short.clone()])), expected);
    assert_eq!(reader.reads(31, &with(&[short])), NOTHING);
    assert_eq!(reader.knowledge.open_incidents().count(), 0);
}

#[test]
fn earlier_words_and_components_survive_a_document_that_leaves_them_out() {
    let mut reader = Reader::of_a_quiet_page();
    reader.reads(6, &with(&[incident("i", Phase::Investigating, 5, &[investigating()])]));
    let newest = update("u2", "identified", 8);
    let short = Incident { components: Vec::new(), ..incident("i", Phase::Identified, 5, &[newest]) };
    reader.reads(9, &with(&[short]));
    let known = &reader.incident("i").incident;
    let updates: Vec<&str> = known.updates.iter().map(|update| update.id.as_str()).collect();
    assert_eq!((updates, known.components.as_slice()), (vec!["u2", "u1"], &["api".to_owned()][..]));
}

#[test]
fn nothing_is_dated_after_it_was_seen() {
    let mut reader = Reader::of_a_quiet_page();
    let seen = with(&[incident("i", Phase::Investigating, 500, &[])]);
    assert_eq!(reader.reads(6, &seen), ["incident_opened i ->investigating @6"]);
    let told = with(&[incident("i", Phase::Resolved, 500, &[update("u", "resolved", 600)])]);
    assert_eq!(reader.reads(7, &told), ["incident_resolved i investigating>resolved @7 u"]);
}

#[test]
fn old_incidents_are_forgotten_and_open_ones_never() {
    let count = i64::try_from(REMEMBERED).unwrap() + 50;
    let mut all: Vec<Incident> =
        (0..count).map(|n| incident(&format!("{n:04}"), Phase::Resolved, -1000 - n, &[])).collect();
    all.push(incident("long", Phase::Identified, -99_000, &[]));
    let mut reader = Reader::default();
    assert_eq!(reader.reads(0, &with(&all)), ["incident_opened long ->identified @-99000"]);
    assert_eq!(reader.knowledge.incidents.len(), REMEMBERED + 1);
    assert_eq!(reader.knowledge.incidents[0].incident.id, "0000");
    assert_eq!(reader.reads(1, &with(&all)), NOTHING);
}

#[test]
fn an_incident_that_its_log_has_pushed_out_ends_two_weeks_after_its_last_word() {
    let mut reader = Reader::of_a_quiet_page();
    reader.reads(6, &with(&[incident("i", Phase::Investigating, 5, &[investigating()])]));
    let mut log = with(&[]);
    log.coverage.open_incidents = false;
    let weeks = 14 * 24 * 60;
    assert_eq!(reader.reads(6 + weeks, &log), NOTHING);
    let expected = [format!("incident_resolved i investigating>resolved @{}", 7 + weeks)];
    assert_eq!(reader.reads(7 + weeks, &log), expected);
}
