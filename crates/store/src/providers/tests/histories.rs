//! What stays when knowledge moves on: spans of statuses, revisions of texts, changes.

use domain::change::{Change, ChangeKind};
use domain::history::Span;
use domain::{Phase, Status};

use super::knowledge::{component, first, incident, save, update};
use super::*;

fn span(status: Status, from: i64, to: i64) -> Span {
    Span { status, from: at(from), to: at(to) }
}

/// What is known when `web` is in this state and there is nothing else.
fn web(status: Status, since: i64) -> Knowledge {
    Knowledge { components: vec![component("web", status, since)], ..Knowledge::default() }
}

fn spans(database: &Database, from: i64, until: i64) -> Vec<Span> {
    let found = write(database, move |tx| list_spans(tx, pay(), at(from), at(until)));
    found.into_iter().map(|(_, span)| span).collect()
}

/// A ledger with readings of `web` at these minutes.
fn read(database: &Database, readings: &[(i64, Status)]) {
    let mut before = Knowledge::default();
    for &(minute, status) in readings {
        let after = web(status, minute);
        save(database, &before, &after, minute);
        before = after;
    }
}

#[test]
fn statuses_are_spans_and_unknown_is_the_lack_of_one() {
    let (well, bad) = (Status::Operational, Status::MajorOutage);
    for (_fixture, database) in ledgers() {
        read(&database, &[(10, well), (15, well), (20, bad), (30, Status::Unknown), (40, well)]);
        let all = [span(well, 10, 20), span(bad, 20, 30), span(well, 40, 60)];
        assert_eq!(spans(&database, 0, 60), all);
        assert_eq!(spans(&database, 15, 25), [span(well, 15, 20), span(bad, 20, 25)]);
        assert_eq!(spans(&database, 30, 40), []);
        assert_eq!(spans(&database, 20, 30), [span(bad, 20, 30)]);
    }
}

#[test]
fn a_component_that_is_gone_ends_its_span_and_one_that_returns_begins_another() {
    let well = Status::Operational;
    for (_fixture, database) in ledgers() {
        save(&database, &Knowledge::default(), &web(well, 10), 10);
        save(&database, &web(well, 10), &Knowledge::default(), 20);
        assert!(stored(&database).knowledge.components.is_empty());
        save(&database, &Knowledge::default(), &web(well, 30), 30);
        assert_eq!(stored(&database).knowledge, web(well, 30));
        assert_eq!(spans(&database, 0, 60), [span(well, 10, 20), span(well, 30, 60)]);
    }
}

#[test]
fn spans_end_when_nothing_is_known_any_more_and_begin_again_with_the_next_reading() {
    let well = Status::Operational;
    for (_fixture, database) in ledgers() {
        read(&database, &[(10, well)]);
        write(&database, |tx| close_spans(tx, pay(), at(20)));
        write(&database, |tx| close_spans(tx, pay(), at(25)));
        assert_eq!(spans(&database, 0, 60), [span(well, 10, 20)]);
        save(&database, &web(well, 10), &web(well, 10), 30);
        assert_eq!(spans(&database, 0, 60), [span(well, 10, 20), span(well, 30, 60)]);
    }
}

#[test]
fn a_clock_that_was_set_back_replaces_the_history_after_it() {
    let (well, bad) = (Status::Operational, Status::MajorOutage);
    for (_fixture, database) in ledgers() {
        read(&database, &[(10, well), (40, bad), (50, well), (20, bad)]);
        assert_eq!(spans(&database, 0, 60), [span(well, 10, 20), span(bad, 20, 60)]);
        read(&database, &[(20, well)]);
        assert_eq!(spans(&database, 0, 60), [span(well, 10, 20), span(well, 20, 60)]);
    }
}

#[test]
fn every_wording_of_an_update_is_kept() {
    let with = |body: &str| Knowledge {
        incidents: vec![incident("i", Phase::Identified, &[update("u", body, Some(1))])],
        ..first()
    };
    for (_fixture, database) in ledgers() {
        let mut before = Knowledge::default();
        for (minute, body) in [(1, "One"), (2, "One"), (3, "Two"), (4, "One")] {
            let after = with(body);
            save(&database, &before, &after, minute);
            before = after;
        }
        let revisions = write(&database, |tx| list_revisions(tx, pay(), "i", "u"));
        let seen: Vec<_> = revisions.iter().map(|r| (r.number, r.body.as_str(), r.first_seen_at)).collect();
        assert_eq!(seen, [(1, "One", at(1)), (2, "Two", at(3)), (3, "One", at(4))]);
        assert_eq!(stored(&database).knowledge, with("One"));
    }
}

#[test]
fn changes_are_numbered_and_read_a_page_at_a_time() {
    let change = |kind, from: Option<&str>| Change {
        kind,
        subject: "web".to_owned(),
        name: "Web".to_owned(),
        from: from.map(str::to_owned),
        to: None,
        update: from.map(|_| "u".to_owned()),
        at: at(3),
    };
    let all: Vec<Change> = ChangeKind::ALL
        .iter()
        .enumerate()
        .map(|(n, kind)| change(*kind, (n % 2 == 0).then_some("before")))
        .collect();
    for (_fixture, database) in ledgers() {
        let (head, tail) = (all[..3].to_vec(), all[3..].to_vec());
        write(&database, move |tx| {
            push_changes(tx, pay(), &head, at(4))?;
            push_changes(tx, pay(), &[], at(4))?;
            push_changes(tx, pay(), &tail, at(5))
        });
        let read = |after, limit| write(&database, move |tx| list_changes(tx, pay(), after, limit));
        let numbered: Vec<(i64, Change)> = (1..).zip(all.clone()).collect();
        assert_eq!(read(0, 100), numbered);
        assert_eq!(read(2, 2), numbered[2..4]);
        assert!(read(i64::try_from(all.len()).unwrap(), 9).is_empty());
        assert!(write(&database, |tx| list_changes(tx, provider_id("other"), 0, 9)).is_empty());
    }
}
