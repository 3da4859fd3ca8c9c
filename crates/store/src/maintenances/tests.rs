//! Announced work is kept, changed and found within its organisation.

use super::*;
use crate::incidents::tests::{ACME, OTHER, as_org, at, ledgers};

fn work(number: i64) -> Maintenance {
    Maintenance {
        id: MaintenanceId(Uuid::from_u128(number.unsigned_abs().into())),
        number,
        title: "Move the database".to_owned(),
        note: "runbook 7".to_owned(),
        status: MaintenanceStatus::Scheduled,
        starts_at: at(10 * number),
        ends_at: at(10 * number + 5),
        began_at: None,
        ended_at: None,
        reminded_at: at(0),
        is_manual_end: true,
        services: vec![(ServiceId(Uuid::from_u128(7)), Status::MajorOutage)],
        pages: vec![StatusPageId(Uuid::from_u128(8))],
        incident: None,
        made_at: at(0),
        made_by: Actor::Operator,
    }
}

#[test]
fn work_is_kept_with_its_words_and_leaves_the_live_list_when_it_is_over() {
    for (_fixture, ledger) in ledgers() {
        let said = MaintenanceUpdate {
            status: MaintenanceStatus::Scheduled,
            body: "We move.".to_owned(),
            tongues: crate::incidents::tests::tongues("We move."),
            at: at(0),
            is_public: true,
            actor: Actor::Machine,
        };
        let word = said.clone();
        as_org(&ledger, ACME, move |scope| {
            for number in [2, 1] {
                insert(scope, &work(number))?;
            }
            push_update(scope, work(1).id, &word)?;
            push_update(scope, work(1).id, &MaintenanceUpdate { is_public: false, ..word.clone() })
        })
        .unwrap();
        assert_eq!(as_org(&ledger, ACME, list_live).unwrap(), [work(1), work(2)]);
        let over = work(1).turned(MaintenanceStatus::Cancelled, at(3));
        let changed = Maintenance { pages: Vec::new(), incident: Some(IncidentId(Uuid::nil())), ..over };
        let stored = changed.clone();
        as_org(&ledger, ACME, move |scope| update(scope, &stored)).unwrap();
        assert_eq!(as_org(&ledger, ACME, |scope| get(scope, work(1).id)).unwrap(), Some(changed.clone()));
        assert_eq!(as_org(&ledger, ACME, list_live).unwrap(), [work(2)]);
        assert_eq!(as_org(&ledger, ACME, |scope| list_over(scope, at(3))).unwrap(), [changed]);
        assert_eq!(as_org(&ledger, ACME, |scope| list_over(scope, at(4))).unwrap(), []);
        let words = as_org(&ledger, ACME, |scope| list_updates(scope, work(1).id)).unwrap();
        assert_eq!(words, [said.clone(), MaintenanceUpdate { is_public: false, ..said }]);
        assert_eq!(as_org(&ledger, ACME, |scope| find_by_number(scope, 2)).unwrap(), Some(work(2)));
        assert_eq!(as_org(&ledger, ACME, next_number).unwrap(), 3);
        assert_eq!(as_org(&ledger, OTHER, list_live).unwrap(), []);
        assert_eq!(as_org(&ledger, OTHER, |scope| get(scope, work(1).id)).unwrap(), None);
        let conflict = as_org(&ledger, ACME, |scope| insert(scope, &work(2)));
        assert!(matches!(conflict, Err(Error::Conflict { .. })), "{conflict:?}");
    }
}
