//! A secret leads to its calendar until it is revoked, and to nobody else's.

use domain::setup::Organization;

use super::*;
use crate::organizations;
use crate::tests::{ledgers, write};

const HASH: &[u8] = &[7; 32];

fn at(second: i64) -> Timestamp {
    Timestamp::from_second(second).unwrap()
}

fn org(slug: &str) -> Organization {
    Organization { id: OrgId::named(Uuid::nil(), slug), slug: slug.to_owned(), name: slug.to_owned() }
}

#[test]
fn a_secret_leads_to_its_calendar_until_it_is_revoked() {
    for (_fixture, database) in ledgers(&[]) {
        let (acme, other) = (org("acme"), org("other"));
        let (first, second) = (CalendarId(Uuid::from_u128(1)), CalendarId(Uuid::from_u128(2)));
        let primary = Subject::Schedule(ScheduleId::named(acme.id.0, "primary"));
        let ana = Subject::User(UserId::named(acme.id.0, "ana@acme.example"));
        let orgs = [acme.clone(), other.clone()];
        write(&database, move |tx| {
            for org in &orgs {
                organizations::insert_if_absent(tx, org, at(0))?;
            }
            let mut scope = Scope::new(tx, org("acme").id);
            insert(&mut scope, first, primary, "primary", HASH, at(10))?;
            insert(&mut scope, second, ana, "ana@acme.example", &[8; 32], at(20))
        });
        let found = |hash: &'static [u8]| write(&database, move |tx| find_by_hash(tx, hash));
        let address = Address { org: acme.id, id: first, subject: primary, last_read_at: None };
        assert_eq!(found(HASH), Some(address.clone()));
        assert_eq!(found(&[8; 32]).map(|address| address.subject), Some(ana));
        assert_eq!(found(&[9; 32]), None);

        let (acme, other) = (acme.id, other.id);
        write(&database, move |tx| touch(&mut Scope::new(tx, acme), first, at(30)));
        assert_eq!(found(HASH), Some(Address { last_read_at: Some(at(30)), ..address }));

        let foreign = database
            .write_blocking(crate::Lane::Bulk, move |tx| revoke(&mut Scope::new(tx, other), first, at(40)));
        assert!(matches!(foreign, Err(Error::NotFound)), "{foreign:?}");
        write(&database, move |tx| revoke(&mut Scope::new(tx, acme), first, at(40)));
        write(&database, move |tx| revoke(&mut Scope::new(tx, acme), first, at(50)));
        assert_eq!(found(HASH), None);

        assert_eq!(write(&database, move |tx| list(&mut Scope::new(tx, other))), []);
        let listed = write(&database, move |tx| list(&mut Scope::new(tx, acme)));
        let names = listed.iter().map(|calendar| (calendar.name.as_str(), calendar.revoked_at));
        assert_eq!(names.collect::<Vec<_>>(), [("ana@acme.example", None), ("primary", Some(at(40)))]);
        assert_eq!((listed[1].subject, listed[1].last_read_at), (primary, Some(at(30))));
    }
}
