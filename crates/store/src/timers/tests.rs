//! Timers of several incidents of two organisations.

use domain::incident::{Actor, Incident, Response};

use super::*;
use crate::incidents::{
    insert,
    tests::{ACME, OTHER, as_org, at, incident_of, ledgers},
};

fn timer_of(org: OrgId, n: u8, policy: u128) -> Timer {
    Timer {
        org,
        incident: incident_of(n).id,
        policy: PolicyId(Uuid::from_u128(policy)),
        generation: 1,
        round: 1,
        step: 2,
        started_at: at(1),
        due_at: Some(at(6)),
        epoch: 0,
    }
}

#[test]
fn the_timers_of_what_is_not_over_are_listed_together() {
    for (_fixture, database) in ledgers() {
        let resolved = Response::Resolved { by: Actor::Machine, at: at(9) };
        for (org, incident) in [
            (ACME, incident_of(1)),
            (ACME, incident_of(2)),
            (ACME, Incident { response: resolved, ..incident_of(3) }),
            (OTHER, incident_of(4)),
        ] {
            as_org(&database, org, move |scope| insert(scope, &incident)).unwrap();
        }
        let stopped = Timer { due_at: None, ..timer_of(ACME, 1, 8) };
        let open = [timer_of(ACME, 1, 7), stopped, timer_of(ACME, 2, 7)];
        for timer in [timer_of(ACME, 3, 7), timer_of(OTHER, 4, 7)].into_iter().chain(open.clone()) {
            as_org(&database, timer.org, move |scope| set(scope, &timer)).unwrap();
        }
        assert_eq!(as_org(&database, ACME, list_open).unwrap(), open);
    }
}
