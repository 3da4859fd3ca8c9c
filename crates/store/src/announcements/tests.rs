//! Sets of changes: owed beside the changes, numbered once, handed on once.

use domain::change::ChangeKind;
use domain::provider::provider_id;
use uuid::Uuid;

use super::*;
use crate::providers::push_changes;
use crate::tests::{ledgers, write};
use crate::{Database, Lane};

fn at(second: i64) -> Timestamp {
    Timestamp::from_second(second).unwrap()
}

fn change(subject: &str) -> Change {
    Change {
        kind: ChangeKind::ComponentChanged,
        subject: subject.to_owned(),
        name: subject.to_uppercase(),
        from: None,
        to: Some("operational".to_owned()),
        update: None,
        at: at(1),
    }
}

/// A reading of a provider shows these changes.
fn see(database: &Database, slug: &'static str, subjects: &'static [&'static str], second: i64) {
    write(database, move |tx| {
        let changes: Vec<Change> = subjects.iter().map(|subject| change(subject)).collect();
        push_changes(tx, provider_id(slug), &changes, at(second))?;
        owe(tx, provider_id(slug), &changes, at(second))
    });
}

fn subjects(database: &Database, slug: &'static str, from: i64, upto: i64) -> Vec<String> {
    let changes = write(database, move |tx| list_changes(tx, provider_id(slug), from, upto));
    changes.into_iter().map(|change| change.subject).collect()
}

#[test]
fn changes_of_all_providers_get_one_order_in_which_no_number_is_missing() {
    for (_fixture, database) in ledgers(&["mail", "pay"]) {
        assert_eq!(write(&database, |tx| number(tx, 10)), 0);
        assert!(!write(&database, is_waiting));
        see(&database, "pay", &["a", "b"], 10);
        see(&database, "mail", &["c"], 5);
        see(&database, "pay", &["d"], 20);
        assert!(write(&database, is_waiting));
        assert_eq!(write(&database, |tx| number(tx, 2)), 2, "no more than asked for at once");
        assert_eq!(write(&database, head), 3);
        assert_eq!(write(&database, |tx| number(tx, 2)), 1);
        assert_eq!(write(&database, |tx| number(tx, 2)), 0);
        let sets = write(&database, |tx| list_after(tx, 0, 10));
        let order: Vec<(i64, i64)> = sets.iter().map(|set| (set.position, set.changes)).collect();
        assert_eq!(order, [(1, 1), (3, 2), (4, 1)]);
        let mail = Subject::Provider(provider_id("mail"));
        assert_eq!((sets[0].subject, sets[1].seen_at), (mail, at(10)));
        assert_eq!(write(&database, |tx| list_newest(tx, 2)), sets[1..]);
        assert_eq!(write(&database, |tx| list_after(tx, 3, 10)), sets[2..]);
        assert_eq!(subjects(&database, "pay", 0, 4), ["a", "b", "d"]);
        assert_eq!(subjects(&database, "pay", 3, 4), ["d"]);
        assert_eq!(subjects(&database, "mail", 0, 4), ["c"]);
        assert_eq!(subjects(&database, "mail", 1, 4), Vec::<String>::new());
    }
}

#[test]
fn a_set_is_handed_on_part_by_part_and_then_never_again() {
    for (_fixture, database) in ledgers(&["pay"]) {
        see(&database, "pay", &["a"], 10);
        assert_eq!(write(&database, find_waiting), None, "not before it has its number");
        write(&database, |tx| number(tx, 10));
        let (set, cursor) = write(&database, find_waiting).unwrap();
        assert_eq!(cursor, None);
        let last = SubscriberId(Uuid::from_u128(7));
        write(&database, move |tx| move_cursor(tx, &set, last));
        assert_eq!(write(&database, find_waiting), Some((set, Some(last))));
        write(&database, move |tx| finish(tx, &set, at(11)));
        assert_eq!(write(&database, find_waiting), None);
        assert!(!write(&database, is_waiting));
    }
}

#[test]
fn news_is_owed_with_its_changes_or_not_at_all() {
    for (_fixture, database) in ledgers(&["pay"]) {
        let undone = database.write_blocking(Lane::Bulk, |tx| {
            push_changes(tx, provider_id("pay"), &[change("a")], at(1))?;
            owe(tx, provider_id("pay"), &[change("a")], at(1))?;
            Err::<(), Error>(Error::rejected("the process dies"))
        });
        assert!(undone.is_err());
        assert!(!write(&database, is_waiting));
        write(&database, |tx| owe(tx, provider_id("pay"), &[], at(1)));
        assert!(!write(&database, is_waiting), "nothing changed, nothing is news");
    }
}
