//! How our attempts go, and who polls next.

use super::*;

fn source(next: Option<Timestamp>) -> Source {
    Source {
        last_poll_at: Some(at(3)),
        last_fresh_at: Some(at(2)),
        failures: 4,
        reason: Some("no route: 502".to_owned()),
        next_poll_at: next,
    }
}

#[test]
fn attempts_and_validators_are_read_as_they_were_stored() {
    let full = Validators {
        etag: Some("W/\"a\"".to_owned()),
        last_modified: Some("Mon, 01 Jun 2026 00:00:00 GMT".to_owned()),
        body_hash: Some(vec![0, 255, 7]),
        platform: Some(Platform::Statuspage),
    };
    for (_fixture, database) in ledgers() {
        for (validators, health) in
            [(full.clone(), SourceHealth::Fresh), (Validators::default(), SourceHealth::Unreadable)]
        {
            let wanted = (source(Some(at(9))), validators.clone(), health);
            write(&database, move |tx| save_source(tx, pay(), &source(Some(at(9))), &validators, health));
            assert_eq!(write(&database, |tx| find_source(tx, pay())), Some(wanted.clone()));
            let read = stored(&database);
            assert_eq!((read.source, read.validators, read.health), wanted);
            assert_eq!(read.knowledge, Knowledge::default());
        }
    }
}

#[test]
fn what_is_not_registered_is_not_found() {
    for (_fixture, database) in ledgers() {
        let other = provider_id("other");
        assert_eq!(write(&database, move |tx| get(tx, other)), None);
        let answer = database.write_blocking(Lane::Bulk, move |tx| set_next_poll(tx, other, None));
        assert!(matches!(answer, Err(Error::NotFound)));
        let answer = database.write_blocking(Lane::Bulk, move |tx| {
            save_source(tx, other, &source(None), &Validators::default(), SourceHealth::Fresh)
        });
        assert!(matches!(answer, Err(Error::NotFound)));
    }
}

#[test]
fn registering_again_wakes_only_what_slept() {
    for (_fixture, database) in ledgers() {
        let check = |next: Option<Timestamp>, expected| {
            write(&database, move |tx| {
                set_next_poll(tx, pay(), next)?;
                register(tx, pay(), "pay", at(50))
            });
            assert_eq!(stored(&database).source.next_poll_at, Some(expected));
        };
        check(Some(at(7)), at(7));
        check(None, at(50));
    }
}

#[test]
fn a_poll_is_claimed_by_one_until_its_lease_ends() {
    for (_fixture, database) in ledgers() {
        let claim = |now, until| write(&database, move |tx| claim_due(tx, at(now), at(until), 10));
        let is_current = |epoch| write(&database, move |tx| is_current(tx, pay(), epoch));
        assert!(claim(-1, 5).is_empty());
        assert_eq!(claim(0, 5), [(pay(), 1)]);
        assert!(claim(4, 9).is_empty());
        assert_eq!(write(&database, next_due), Some(at(5)));
        assert_eq!(claim(5, 9), [(pay(), 2)]);
        assert_eq!((is_current(1), is_current(2)), (false, true));
        write(&database, |tx| release(tx, pay(), 1));
        assert!(claim(6, 9).is_empty());
        write(&database, |tx| release(tx, pay(), 2));
        assert_eq!(claim(6, 9), [(pay(), 3)]);
    }
}

#[test]
fn polls_are_claimed_in_the_order_in_which_they_were_due() {
    for (_fixture, database) in ledgers() {
        write(&database, |tx| {
            for (slug, due) in [("late", 2), ("early", -2), ("asleep", -9)] {
                register(tx, provider_id(slug), slug, at(due))?;
            }
            set_next_poll(tx, provider_id("asleep"), None)
        });
        let claim = |limit| {
            let mut claimed = write(&database, move |tx| claim_due(tx, at(5), at(9), limit));
            claimed.sort_unstable();
            claimed.into_iter().map(|(id, _)| id).collect::<Vec<_>>()
        };
        assert_eq!(claim(1), [provider_id("early")]);
        let mut rest = [pay(), provider_id("late")];
        rest.sort_unstable();
        assert_eq!(claim(10), rest);
        assert!(claim(10).is_empty());
    }
}
