//! Amendments of two organisations: what stands now, and what stood then.

use domain::UserId;
use uuid::Uuid;

use super::*;
use crate::incidents::tests::{ACME, OTHER, as_org, at, ledgers};
use crate::organizations;

fn amendment(n: u128, made: i64, ends: i64) -> Amendment {
    Amendment {
        id: AmendmentId(Uuid::from_u128(n)),
        kind: "override".to_owned(),
        payload: format!("{{\"n\":{n}}}"),
        ends_at: at(ends),
        made_at: at(made),
        made_by: Actor::User(UserId(Uuid::from_u128(9))),
        withdrawn: None,
    }
}

fn ids(found: &[Amendment]) -> Vec<u128> {
    found.iter().map(|amendment| amendment.id.0.as_u128()).collect()
}

#[test]
fn what_stood_at_an_instant_is_told_after_it_was_withdrawn() {
    for (_fixture, database) in ledgers() {
        let act = |work: fn(&mut Scope<'_>) -> Result<bool, Error>| as_org(&database, ACME, work).unwrap();
        for (n, made, ends) in [(2, 1, 90), (1, 3, 50), (3, 3, 70)] {
            as_org(&database, ACME, move |scope| insert(scope, &amendment(n, made, ends))).unwrap();
        }
        let withdraw_2 =
            |scope: &mut Scope<'_>| withdraw(scope, amendment(2, 0, 0).id, Actor::Operator, at(5));
        assert!(act(withdraw_2));
        assert!(!act(withdraw_2), "the first word stands");
        let then = |minute| ids(&as_org(&database, ACME, move |scope| list_at(scope, at(minute))).unwrap());
        assert_eq!((then(0), then(2), then(3), then(4)), (vec![], vec![2], vec![2, 1, 3], vec![2, 1, 3]));
        assert_eq!((then(5), then(500)), (vec![1, 3], vec![1, 3]));
        assert_eq!(ids(&as_org(&database, ACME, list_standing).unwrap()), [1, 3]);
        let found = as_org(&database, ACME, |scope| get(scope, amendment(2, 0, 0).id)).unwrap();
        let withdrawn = Some((at(5), Actor::Operator));
        assert_eq!(found, Some(Amendment { withdrawn, ..amendment(2, 1, 90) }));
    }
}

#[test]
fn every_change_is_another_version_and_belongs_to_one_organisation() {
    for (_fixture, database) in ledgers() {
        let versions = || [ACME, OTHER].map(|org| as_org(&database, org, organizations::versions).unwrap().1);
        assert_eq!(versions(), [0, 0]);
        as_org(&database, ACME, |scope| insert(scope, &amendment(1, 1, 9))).unwrap();
        assert_eq!(versions(), [1, 0]);
        let id = amendment(1, 1, 9).id;
        let foreign = as_org(&database, OTHER, move |scope| withdraw(scope, id, Actor::Operator, at(2)));
        assert!(!foreign.unwrap());
        assert!(as_org(&database, OTHER, list_standing).unwrap().is_empty());
        assert!(as_org(&database, OTHER, |scope| list_at(scope, at(5))).unwrap().is_empty());
        assert_eq!(as_org(&database, OTHER, move |scope| get(scope, id)).unwrap(), None);
        assert!(as_org(&database, ACME, move |scope| withdraw(scope, id, Actor::Machine, at(2))).unwrap());
        assert_eq!(versions(), [2, 0]);
    }
}
