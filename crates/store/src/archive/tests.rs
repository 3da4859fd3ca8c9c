//! The past by page: order, filters, and pages that stay put while the list grows.

use std::time::Duration;

use domain::Platform;
use domain::change::ChangeKind;
use domain::knowledge::{Knowledge, KnownIncident};
use domain::provider::provider_id;
use domain::snapshot::Update;

use super::*;
use crate::Database;
use crate::providers::{push_changes, save_knowledge};
use crate::tests::{ledgers, write};

fn at(second: i64) -> Timestamp {
    Timestamp::from_second(second).unwrap()
}

fn pay() -> ProviderId {
    provider_id("pay")
}

fn incident(id: &str, began: Option<i64>, phase: Phase, impact: Impact) -> KnownIncident {
    let update = |id: &str, second| Update {
        id: id.to_owned(),
        status: "investigating".to_owned(),
        body: format!("{id} says"),
        at: Some(at(second)),
    };
    KnownIncident {
        incident: Incident {
            id: id.to_owned(),
            name: id.to_uppercase(),
            impact,
            raw_impact: None,
            phase,
            started_at: began.map(at),
            created_at: None,
            updated_at: None,
            resolved_at: None,
            url: None,
            components: vec!["api".to_owned()],
            updates: vec![update("second", 20), update("first", 10)],
        },
        first_seen_at: at(500),
        absent_polls: 0,
    }
}

fn knowing(incidents: Vec<KnownIncident>) -> Knowledge {
    Knowledge { incidents, ..Knowledge::default() }
}

fn learn(database: &Database, before: Vec<KnownIncident>, after: Vec<KnownIncident>, second: i64) {
    write(database, move |tx| {
        save_knowledge(tx, pay(), &knowing(before.clone()), &knowing(after.clone()), at(second))
    });
}

fn ids(database: &Database, wanted: Wanted, limit: u32) -> Vec<String> {
    let found = write(database, move |tx| list_incidents(tx, pay(), &wanted, limit));
    found.into_iter().map(|filed| filed.incident.id).collect()
}

#[test]
fn incidents_come_latest_first_and_each_filter_leaves_out_the_others() {
    for (_fixture, database) in ledgers(&["pay"]) {
        let all = vec![
            incident("new", Some(300), Phase::Investigating, Impact::Major),
            incident("undated", None, Phase::Unknown, Impact::Unknown),
            incident("old", Some(100), Phase::Postmortem, Impact::Minor),
            incident("older", Some(50), Phase::Resolved, Impact::Major),
        ];
        learn(&database, vec![], all, 500);
        let wanted = Wanted::default;
        assert_eq!(ids(&database, wanted(), 10), ["undated", "new", "old", "older"]);
        assert_eq!(ids(&database, Wanted { is_open: Some(true), ..wanted() }, 10), ["undated", "new"]);
        assert_eq!(ids(&database, Wanted { is_open: Some(false), ..wanted() }, 10), ["old", "older"]);
        assert_eq!(ids(&database, Wanted { impact: Some(Impact::Major), ..wanted() }, 10), ["new", "older"]);
        assert_eq!(
            ids(&database, Wanted { since: Some(at(100)), ..wanted() }, 10),
            ["undated", "new", "old"]
        );
    }
}

#[test]
fn a_page_of_incidents_stays_put_while_new_ones_come() {
    for (_fixture, database) in ledgers(&["pay"]) {
        let known = vec![
            incident("b", Some(100), Phase::Resolved, Impact::Minor),
            incident("a", Some(100), Phase::Resolved, Impact::Minor),
            incident("c", Some(90), Phase::Resolved, Impact::Minor),
        ];
        learn(&database, vec![], known.clone(), 500);
        assert_eq!(ids(&database, Wanted::default(), 1), ["b"]);
        let more = [vec![incident("new", Some(200), Phase::Resolved, Impact::Minor)], known.clone()].concat();
        learn(&database, known, more, 600);
        let before =
            |second, id: &str| Wanted { before: Some((at(second), id.to_owned())), ..Wanted::default() };
        assert_eq!(ids(&database, before(100, "b"), 1), ["a"], "the same instant goes by id");
        assert_eq!(ids(&database, before(100, "a"), 5), ["c"]);
        assert_eq!(ids(&database, before(90, "c"), 5), Vec::<String>::new());
    }
}

#[test]
fn an_incident_has_all_its_texts_in_all_their_revisions() {
    for (_fixture, database) in ledgers(&["pay"]) {
        let before = incident("a", Some(100), Phase::Investigating, Impact::Minor);
        let mut after = before.clone();
        after.incident.updates[1].body = "first says otherwise".to_owned();
        learn(&database, vec![], vec![before.clone()], 500);
        learn(&database, vec![before], vec![after], 600);
        let found = write(&database, |tx| find_incident(tx, pay(), "a")).unwrap();
        assert_eq!((found.incident.components, found.first_seen_at), (vec!["api".to_owned()], at(500)));
        let texts = write(&database, |tx| list_texts(tx, pay(), "a"));
        let told: Vec<(&str, i64, &str, bool)> =
            texts.iter().map(|t| (t.update.as_str(), t.revision, t.body.as_str(), t.is_current)).collect();
        assert_eq!(
            told,
            [
                ("second", 1, "second says", true),
                ("first", 1, "first says", false),
                ("first", 2, "first says otherwise", true)
            ]
        );
        assert_eq!(texts[2].first_seen_at, at(600));
        assert!(write(&database, |tx| find_incident(tx, pay(), "nothing")).is_none());
    }
}

#[test]
fn changes_come_newest_first_from_where_the_reader_is() {
    for (_fixture, database) in ledgers(&["pay"]) {
        let change = |subject: &str| Change {
            kind: ChangeKind::ComponentChanged,
            subject: subject.to_owned(),
            name: String::new(),
            from: None,
            to: None,
            update: None,
            at: at(1),
        };
        let changes: Vec<Change> = ["a", "b", "c"].map(change).to_vec();
        write(&database, move |tx| push_changes(tx, pay(), &changes, at(9)));
        let of = Provider {
            slug: "pay".to_owned(),
            name: "Pay".to_owned(),
            category: "Shops".to_owned(),
            homepage: None,
            platform: Some(Platform::Statuspage),
            feed: None,
            status_page: None,
            interval: Duration::from_secs(60),
            also: Vec::new(),
            services: Vec::new(),
            upstreams: Vec::new(),
            selectors: None,
        };
        let page = |before: Option<i64>| {
            let of = of.clone();
            let found = write(&database, move |tx| list_changes(tx, &of, before, 2));
            found.into_iter().map(|(seq, seen, change)| (seq, seen, change.subject)).collect::<Vec<_>>()
        };
        assert_eq!(page(None), [(3, at(9), "c".to_owned()), (2, at(9), "b".to_owned())]);
        assert_eq!(page(Some(2)), [(1, at(9), "a".to_owned())]);
        assert_eq!(write(&database, |tx| last_change_at(tx, pay())), Some(at(9)));
        assert_eq!(write(&database, |tx| list_attempts(tx, None, 10)).len(), 1);
        assert_eq!(write(&database, |tx| list_attempts(tx, Some(at(1)), 10)).len(), 0);
    }
}
