//! All providers in one answer, and what was edited.

use domain::change::{Change, ChangeKind};
use domain::{Impact, Phase, Status};

use super::knowledge::{component, first, incident, save, update};
use super::*;

#[test]
fn a_provider_in_short_is_its_components_by_status_and_its_worst_open_incident() {
    let mut minor = incident("minor", Phase::Investigating, &[]);
    minor.incident.impact = Impact::Minor;
    minor.first_seen_at = at(1);
    let mut over = incident("over", Phase::Resolved, &[]);
    over.incident.impact = Impact::Critical;
    let known = Knowledge {
        components: vec![
            component("a", Status::Operational, 2),
            component("b", Status::MajorOutage, 4),
            component("c", Status::MajorOutage, 3),
            component("gone", Status::PartialOutage, 1),
        ],
        incidents: vec![minor, incident("worst", Phase::Identified, &[]), over],
        ..first()
    };
    for (_fixture, database) in ledgers() {
        save(&database, &Knowledge::default(), &known, 5);
        let mut after = known.clone();
        after.components.pop();
        save(&database, &known, &after, 6);
        write(&database, |tx| register(tx, provider_id("never"), "never", at(0)));
        let mut all = write(&database, list_summaries);
        all.sort_by_key(|summary| summary.provider != pay());
        let tally = |status, count, first: i64, last: i64| Tally {
            status,
            count,
            first_since: at(first),
            last_since: at(last),
        };
        let expected = Summary {
            provider: pay(),
            health: SourceHealth::NeverRead,
            platform: None,
            last_fresh_at: None,
            first_read_at: known.first_read_at,
            claim: Some((Status::MajorOutage, Some(at(2)))),
            lists_open: true,
            components: vec![tally(Status::MajorOutage, 2, 3, 4), tally(Status::Operational, 1, 2, 2)],
            incident: Some(Worst {
                id: "worst".to_owned(),
                name: "Trouble „worst“".to_owned(),
                impact: Impact::Major,
                first_seen_at: at(1),
            }),
        };
        assert_eq!(all[0], expected);
        assert_eq!((all.len(), all[1].provider), (2, provider_id("never")));
        assert_eq!((&all[1].components, &all[1].incident, &all[1].claim), (&vec![], &None, &None));
        let former = write(&database, |tx| list_former_components(tx, pay()));
        assert_eq!(former, [("gone".to_owned(), "The gone".to_owned())]);
    }
}

#[test]
fn what_happened_lately_is_where_incidents_began_and_ended_newest_first() {
    let change = |kind, subject: &str, minute| Change {
        kind,
        subject: subject.to_owned(),
        name: format!("Trouble {subject}"),
        from: None,
        to: None,
        update: None,
        at: at(minute),
    };
    for (_fixture, database) in ledgers() {
        let at_four = [
            change(ChangeKind::IncidentOpened, "one", 3),
            change(ChangeKind::IncidentUpdated, "one", 3),
            change(ChangeKind::ComponentChanged, "web", 3),
        ];
        let at_eight =
            [change(ChangeKind::IncidentResolved, "one", 7), change(ChangeKind::IncidentReopened, "two", 8)];
        write(&database, move |tx| {
            push_changes(tx, pay(), &at_four, at(4))?;
            push_changes(tx, pay(), &at_eight, at(8))
        });
        let turns = |since, limit| {
            let found = write(&database, move |tx| list_turns(tx, at(since), limit));
            found.into_iter().map(|turn| (turn.kind, turn.incident, turn.at)).collect::<Vec<_>>()
        };
        let [opened, resolved, reopened] = [
            (ChangeKind::IncidentOpened, "one".to_owned(), at(3)),
            (ChangeKind::IncidentResolved, "one".to_owned(), at(7)),
            (ChangeKind::IncidentReopened, "two".to_owned(), at(8)),
        ];
        assert_eq!(turns(0, 9), [reopened.clone(), resolved.clone(), opened]);
        assert_eq!(turns(4, 9), [reopened.clone(), resolved]);
        assert_eq!(turns(4, 1), [reopened]);
        assert!(turns(8, 9).is_empty());
    }
}

#[test]
fn an_edited_update_is_told_with_what_it_said_before() {
    let with = |bodies: [&str; 2]| Knowledge {
        incidents: vec![incident(
            "i",
            Phase::Identified,
            &[update("u2", bodies[1], Some(2)), update("u1", bodies[0], Some(1))],
        )],
        ..first()
    };
    for (_fixture, database) in ledgers() {
        let mut before = Knowledge::default();
        for (minute, bodies) in [(1, ["One", "a"]), (3, ["Two", "a"]), (4, ["Three", "a"])] {
            let after = with(bodies);
            save(&database, &before, &after, minute);
            before = after;
        }
        let edit =
            Edit { event: "i".to_owned(), update: "u1".to_owned(), before: "Two".to_owned(), seen_at: at(4) };
        assert_eq!(write(&database, |tx| list_edits(tx, pay())), [edit]);
    }
}
