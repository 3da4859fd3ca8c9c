//! What readers were told is kept beside its incident.

use domain::incident::CauseKey;
use domain::provider::provider_id;

use super::*;
use crate::incidents;
use crate::incidents::tests::{ACME, OTHER, as_org, at, incident_of, ledgers};

#[test]
fn what_readers_were_told_is_kept_and_changed_within_its_organisation() {
    for (_fixture, ledger) in ledgers() {
        let incident = incident_of(1);
        let id = incident.id;
        as_org(&ledger, ACME, move |scope| incidents::insert(scope, &incident)).unwrap();
        assert_eq!(as_org(&ledger, ACME, move |scope| find(scope, id)).unwrap(), None);
        let known = |status| Affected {
            service: ServiceId(Uuid::from_u128(7)),
            status,
            worst: Status::MajorOutage,
            pages: false,
            stated: None,
        };
        let told = Told {
            title: "Slow".to_owned(),
            titles: incidents::tests::tongues("Slow"),
            services: vec![known(Status::DegradedPerformance)],
            cleared: Status::DegradedPerformance,
            refused: Status::Unknown,
            asked: Status::MajorOutage,
            causes: vec![
                Cause { provider: provider_id("commerce"), key: CauseKey::Page },
                Cause { provider: provider_id("pay"), key: CauseKey::Incident("a b".to_owned()) },
            ],
        };
        let later =
            Told { refused: Status::MajorOutage, services: vec![known(Status::Operational)], ..told.clone() };
        for told in [told, later] {
            let stored = told.clone();
            as_org(&ledger, ACME, move |scope| save(scope, id, &stored)).unwrap();
            assert_eq!(as_org(&ledger, ACME, move |scope| find(scope, id)).unwrap(), Some(told.clone()));
            assert_eq!(as_org(&ledger, ACME, |scope| list_live(scope, at(0))).unwrap(), [(id, told)]);
        }
        assert_eq!(as_org(&ledger, OTHER, move |scope| find(scope, id)).unwrap(), None);
        assert_eq!(as_org(&ledger, OTHER, |scope| list_live(scope, at(0))).unwrap(), []);
    }
}
