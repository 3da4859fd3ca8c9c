//! A name is served for the page that proved it first, and its proof lasts as long as the page has the name.

use domain::setup::Organization;
use uuid::Uuid;

use super::*;
use crate::organizations;
use crate::tests::{ledgers, write};

fn at(second: i64) -> Timestamp {
    Timestamp::from_second(second).unwrap()
}

fn page(number: u128) -> StatusPageId {
    StatusPageId(Uuid::from_u128(number))
}

#[test]
fn a_name_is_due_until_it_is_proven_and_one_page_holds_it() {
    for (_fixture, database) in ledgers(&[]) {
        write(&database, move |tx| {
            let orgs = ["acme", "other"].map(|slug| Organization {
                id: OrgId::named(Uuid::nil(), slug),
                slug: slug.to_owned(),
                name: slug.to_owned(),
            });
            for (number, org) in orgs.iter().enumerate() {
                organizations::insert_if_absent(tx, org, at(0))?;
                let page = page(number as u128);
                replace(&mut Scope::new(tx, org.id), &[(page, "status.acme.test")], at(1))?;
            }
            assert_eq!(next_due(tx)?, Some(at(1)));
            assert!(list_due(tx, at(0), 9)?.is_empty());
            let [first, second] = list_due(tx, at(1), 9)?.try_into().unwrap();
            let proven = PageDomain { state: DomainState::Verified, proven_at: Some(at(2)), ..first };
            settle(tx, &proven, at(9))?;
            assert_eq!(find_holder(tx, "status.acme.test")?, Some(page(0)));
            settle(
                tx,
                &PageDomain { state: DomainState::Failed, reason: "taken".to_owned(), ..second },
                at(5),
            )?;
            assert_eq!(next_due(tx)?, Some(at(5)));
            let mut acme = Scope::new(tx, orgs[0].id);
            replace(&mut acme, &[(page(0), "status.acme.test")], at(7))?;
            assert_eq!(
                find_verified(&mut acme, page(0))?.as_deref(),
                Some("status.acme.test"),
                "the proof is kept"
            );
            assert!(hasten(&mut acme, page(0), at(3))? && !hasten(&mut acme, page(1), at(3))?);
            replace(&mut acme, &[(page(0), "www.acme.test")], at(7))?;
            assert_eq!(find_verified(&mut acme, page(0))?, None, "which is of the name");
            assert_eq!(list(&mut acme)?[0].state, DomainState::Pending);
            replace(&mut acme, &[], at(8))?;
            assert!(list(&mut acme)?.is_empty());
            assert_eq!(list(&mut Scope::new(tx, orgs[1].id))?[0].reason, "taken");
            Ok(())
        });
    }
}
