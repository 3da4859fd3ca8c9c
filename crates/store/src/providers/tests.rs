//! What is known of a provider, stored as differences and read back whole.

mod histories;
mod knowledge;
mod property;
mod sources;
mod summaries;

use domain::{
    Status,
    change::{Change, ChangeKind},
    provider::provider_id,
};

use super::*;
use crate::tests::{Fixture, engines};
use crate::{Database, LEDGER, Lane};

fn at(minute: i64) -> Timestamp {
    Timestamp::from_second(1_750_000_000 + 60 * minute).unwrap()
}

fn pay() -> ProviderId {
    provider_id("pay")
}

/// Returns an empty ledger on each engine at hand, with the provider `pay` registered at minute 0.
fn ledgers() -> impl Iterator<Item = (Fixture, Database)> {
    engines().into_iter().map(|fixture| {
        let database = fixture.open();
        database.migrate(&LEDGER).unwrap();
        write(&database, |tx| register(tx, pay(), "pay", at(0)));
        (fixture, database)
    })
}

fn write<T: Send + 'static>(
    database: &Database,
    work: impl FnMut(&mut Tx<'_>) -> Result<T, Error> + Send + 'static,
) -> T {
    database.write_blocking(Lane::Bulk, work).unwrap()
}

fn stored(database: &Database) -> Stored {
    write(database, |tx| get(tx, pay())).unwrap()
}

#[test]
fn the_versions_of_what_an_organisation_depends_on_are_told_together() {
    for (_fixture, database) in crate::incidents::tests::ledgers() {
        let org = crate::incidents::tests::ACME;
        let versions = write(&database, move |tx| {
            for slug in ["pay", "mail", "chat"] {
                register(tx, provider_id(slug), slug, at(0))?;
            }
            let read = Knowledge { first_read_at: Some(at(1)), ..Knowledge::default() };
            save_knowledge(tx, pay(), &Knowledge::default(), &read, at(1))?;
            let mut scope = Scope::new(tx, org);
            crate::watches::replace(&mut scope, &[pay(), provider_id("mail")])?;
            versions(&mut scope)
        });
        let expected =
            [pay(), provider_id("mail")].map(|id| (id, write(&database, move |tx| version(tx, id)).unwrap()));
        assert_eq!(versions, HashMap::from(expected));
        assert_ne!(versions[&pay()].0, versions[&provider_id("mail")].0);
    }
}

#[test]
fn the_worst_of_each_component_is_told_from_its_moves_since_an_instant() {
    let moved = |component: &str, from: Status, to: Status, minute| Change {
        kind: ChangeKind::ComponentChanged,
        subject: component.to_owned(),
        name: component.to_owned(),
        from: Some(from.word().to_owned()),
        to: Some(to.word().to_owned()),
        update: None,
        at: at(minute),
    };
    let (up, part, down) = (Status::Operational, Status::PartialOutage, Status::MajorOutage);
    for (_fixture, database) in ledgers() {
        let worst = write(&database, move |tx| {
            push_changes(tx, pay(), &[moved("api", up, down, 1), moved("web", up, down, 1)], at(1))?;
            push_changes(tx, pay(), &[moved("api", down, part, 2)], at(2))?;
            push_changes(tx, pay(), &[moved("api", part, up, 9), moved("web", part, up, 9)], at(9))?;
            Ok((worst_since(tx, pay(), at(2))?, worst_since(tx, pay(), at(10))?))
        });
        let expected = [("api".to_owned(), down), ("web".to_owned(), part)];
        assert_eq!(worst, (expected.into(), [].into()), "what it was in the middle of counts");
    }
}
