//! Post-mortems on both engines.

use domain::Phase;
use domain::incident::{Incident, Response};
use domain::postmortem::Action;
use jiff::civil::date;
use uuid::Uuid;

use super::*;
use crate::incidents;
use crate::incidents::tests::{ACME, OTHER, as_org, at, incident_of, ledgers, put};

const ANA: UserId = UserId(Uuid::from_u128(7));

/// An incident that was resolved at this minute.
fn over(n: u8, minute: i64, severity: Severity) -> Incident {
    let response = Response::Resolved { by: Actor::Machine, at: at(minute) };
    Incident { response, severity, phase: Phase::Resolved, ..incident_of(n) }
}

#[test]
fn a_post_mortem_keeps_every_version_and_where_it_is() {
    for (_fixture, database) in ledgers() {
        put(&database, ACME, &over(1, 9, Severity::Error)).unwrap();
        let id = incident_of(1).id;
        let first = Postmortem::new(id, Actor::User(ANA));
        let by = Actor::Account(domain::account::Account::named("api token x"));
        let second = first.written(1, by).unwrap();
        let asked = second.submitted(ANA, Actor::Operator).unwrap();
        let approved = asked.approved(2, Actor::User(ANA)).unwrap();
        let out = approved.released(4, at(30));
        let work = move |scope: &mut Scope<'_>| {
            assert_eq!(find(scope, id)?, None);
            insert(scope, &first, "one", at(10))?;
            assert_eq!(find(scope, id)?, Some(first));
            push_version(scope, &second, "two", at(11))?;
            for stage in [second, asked, approved, out, out.written(2, by).unwrap()] {
                update(scope, &stage)?;
                assert_eq!(find(scope, id)?, Some(stage));
            }
            let listed = list_versions(scope, id)?;
            let known = Version { number: 1, body: "one".to_owned(), author: first.author, saved_at: at(10) };
            assert_eq!(find_version(scope, id, 1)?, Some(known));
            assert_eq!((listed.len(), listed[1].author, listed[1].body.as_str()), (2, by, ""));
            assert_eq!(find_version(scope, id, 3)?, None);
            Ok(())
        };
        as_org(&database, ACME, work).unwrap();
        assert_eq!(as_org(&database, OTHER, move |scope| find(scope, id)).unwrap(), None);
        assert!(as_org(&database, ACME, move |scope| insert(scope, &first, "again", at(1))).is_err());
    }
}

#[test]
fn what_lacks_a_post_mortem_is_listed_by_urgency_and_age() {
    for (_fixture, database) in ledgers() {
        let told = Incident { phase: Phase::Postmortem, ..over(6, 9, Severity::Critical) };
        let part = over(7, 9, Severity::Critical);
        let by_hand = domain::incident::ByHand { merged_into: Some(incident_of(1).id), ..part.by_hand };
        for incident in [
            over(1, 10, Severity::Warning),
            over(2, 11, Severity::Critical),
            over(3, 12, Severity::Warning),
            over(4, 13, Severity::Error),
            incident_of(5),
            told,
            Incident { by_hand, ..part },
            Incident { services: Vec::new(), ..over(8, 9, Severity::Critical) },
        ] {
            put(&database, ACME, &incident).unwrap();
        }
        let numbers = |all| {
            let found = as_org(&database, ACME, move |scope| list(scope, all, 100)).unwrap();
            found.into_iter().map(|learnt| (learnt.number, learnt.stage)).collect::<Vec<_>>()
        };
        let none = |numbers: &[i64]| numbers.iter().map(|n| (*n, None)).collect::<Vec<_>>();
        assert_eq!(numbers(false), none(&[2, 4, 3, 1]));
        let draft = Postmortem::new(incident_of(2).id, Actor::Operator);
        let out = Postmortem::new(incident_of(4).id, Actor::Operator);
        let work = move |scope: &mut Scope<'_>| {
            insert(scope, &draft, "x", at(1))?;
            insert(scope, &out, "x", at(1))?;
            update(scope, &out.released(1, at(20)))
        };
        as_org(&database, ACME, work).unwrap();
        let draft = (2, Some("draft".to_owned()));
        assert_eq!(numbers(false), [vec![draft.clone()], none(&[3, 1])].concat());
        let all = numbers(true);
        assert_eq!(all.len(), 5);
        assert_eq!((&all[0], &all[2]), (&draft, &(4, Some("published".to_owned()))));
        assert!(as_org(&database, OTHER, |scope| list(scope, true, 100)).unwrap().is_empty());
    }
}

#[test]
fn what_is_to_be_done_is_counted_reminded_of_and_done_once() {
    for (_fixture, database) in ledgers() {
        put(&database, ACME, &incident_of(1)).unwrap();
        let id = incident_of(1).id;
        let action = |number: i64, day: i8| Action {
            number,
            text: format!("do {number}"),
            owner: ANA,
            due_on: date(2026, 3, day),
            is_public: number == 2,
            reminded_at: None,
            done: None,
        };
        let work = move |scope: &mut Scope<'_>| {
            insert(scope, &Postmortem::new(id, Actor::User(ANA)), "x", at(1))?;
            let all = [action(1, 9), action(2, 8), action(3, 30)];
            for one in &all {
                insert_action(scope, id, one)?;
            }
            assert_eq!(list_actions(scope, id)?, all);
            let order: Vec<i64> = list_unreminded(scope)?.into_iter().map(|(_, it)| it.number).collect();
            assert_eq!(order, [2, 1, 3]);
            set_reminded(scope, id, 2, at(5))?;
            assert_eq!(list_unreminded(scope)?.len(), 2);
            let counted = count_open(scope.tx(), date(2026, 3, 9))?;
            assert_eq!(counted, OpenActions { open: 3, overdue: 1 });
            finish_action(scope, id, 2, (Actor::Operator, at(6)))?;
            assert!(matches!(finish_action(scope, id, 2, (Actor::Operator, at(7))), Err(Error::NotFound)));
            let open = list_open_actions(scope)?;
            let open: Vec<_> = open.iter().map(|(_, number, it)| (*number, it.number)).collect();
            assert_eq!(open, [(1, 1), (1, 3)]);
            let done =
                Action { reminded_at: Some(at(5)), done: Some((Actor::Operator, at(6))), ..action(2, 8) };
            assert_eq!(list_actions(scope, id)?[1], done);
            assert_eq!(count_open(scope.tx(), date(2026, 3, 9))?, OpenActions { open: 2, overdue: 0 });
            incidents::get(scope, id).map(drop)
        };
        as_org(&database, ACME, work).unwrap();
        assert!(as_org(&database, OTHER, list_open_actions).unwrap().is_empty());
    }
}
