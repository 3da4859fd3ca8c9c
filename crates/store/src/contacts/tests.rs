//! What is kept of contacts, and that each destination is known by itself.

use domain::OrgId;
use domain::setup::Organization;

use super::*;
use crate::organizations;
use crate::tests::{ledgers, write};

const ORG: OrgId = OrgId(Uuid::from_u128(1));

const ANA: Key<'static> =
    Key { user: UserId(Uuid::from_u128(2)), contact: "mail", fingerprint: Uuid::from_u128(3) };

fn at(second: i64) -> Timestamp {
    Timestamp::from_second(second).unwrap()
}

fn in_scope<T: Send + 'static>(
    database: &crate::Database,
    mut work: impl FnMut(&mut Scope<'_>) -> Result<T, Error> + Send + 'static,
) -> T {
    write(database, move |tx| {
        let acme = Organization { id: ORG, slug: "acme".to_owned(), name: "Acme".to_owned() };
        organizations::insert_if_absent(tx, &acme, at(0))?;
        work(&mut Scope::new(tx, ORG))
    })
}

#[test]
fn the_newest_of_each_kind_is_kept_for_each_destination() {
    for (_fixture, database) in ledgers(&[]) {
        let states = in_scope(&database, |scope| {
            record(scope, ANA, Heard::Accepted, "250 ok", at(1))?;
            record(scope, ANA, Heard::Failed, "550 no", at(2))?;
            record(scope, ANA, Heard::Accepted, "250 ok again", at(3))?;
            record(scope, ANA, Heard::Confirmed, "answered", at(4))?;
            record(scope, Key { fingerprint: Uuid::from_u128(4), ..ANA }, Heard::Failed, "gone", at(5))?;
            list(scope)
        });
        let ana = ContactState {
            user: ANA.user,
            contact: "mail".to_owned(),
            fingerprint: ANA.fingerprint,
            verified_at: None,
            last_confirmed_at: Some(at(4)),
            last_accepted_at: Some(at(3)),
            last_failed_at: Some(at(2)),
            last_answer: Some("answered".to_owned()),
        };
        let elsewhere = ContactState {
            fingerprint: Uuid::from_u128(4),
            last_confirmed_at: None,
            last_accepted_at: None,
            last_failed_at: Some(at(5)),
            last_answer: Some("gone".to_owned()),
            ..ana.clone()
        };
        assert_eq!(states, [ana, elsewhere]);
    }
}

#[test]
fn a_code_is_known_until_it_is_given_back_or_another_is_asked_for() {
    for (_fixture, database) in ledgers(&[]) {
        let code = |asked_at, tries| Some(Code { asked_at: at(asked_at), tries });
        let found = in_scope(&database, |scope| {
            let mut found = vec![find_code(scope, ANA)?];
            ask_code(scope, ANA, at(1))?;
            count_try(scope, ANA)?;
            count_try(scope, ANA)?;
            found.push(find_code(scope, ANA)?);
            ask_code(scope, ANA, at(9))?;
            found.push(find_code(scope, ANA)?);
            set_verified(scope, ANA, at(10))?;
            found.push(find_code(scope, ANA)?);
            Ok(found)
        });
        assert_eq!(found, [None, code(1, 2), code(9, 0), None]);
        let verified_at = in_scope(&database, |scope| Ok(list(scope)?[0].verified_at));
        assert_eq!(verified_at, Some(at(10)));
    }
}

#[test]
fn another_organisation_sees_nothing_of_it() {
    for (_fixture, database) in ledgers(&[]) {
        in_scope(&database, |scope| record(scope, ANA, Heard::Accepted, "ok", at(1)));
        let other = write(&database, |tx| {
            let mut scope = Scope::new(tx, OrgId(Uuid::from_u128(9)));
            let unknown = matches!(count_try(&mut scope, ANA), Err(Error::NotFound));
            Ok((list(&mut scope)?, find_code(&mut scope, ANA)?, unknown))
        });
        assert_eq!(other, (Vec::new(), None, true));
    }
}
