//! How our attempts go, and who polls next.

use super::*;

fn source(next: Option<Timestamp>) -> Source {
    Source {
        last_poll_at: Some(at(3)),
        last_fresh_at: Some(at(2)),
        failures: 4,
        is_refused: true,
        reason: Some("no route: 502".to_owned()),
        next_poll_at: next,
        is_busy: true,
        floor: std::time::Duration::from_secs(7),
        history_due_at: Some(at(1)),
    }
}

#[test]
fn attempts_and_validators_are_read_as_they_were_stored() {
    let full = Validators {
        etag: Some("W/\"a\"".to_owned()),
        last_modified: Some("Mon, 01 Jun 2026 00:00:00 GMT".to_owned()),
        body_hash: Some(vec![0, 255, 7]),
        platform: Some(Platform::Statuspage),
        feed: Some("https://pay.example/api/v2/summary.json".to_owned()),
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
fn under_another_declaration_what_was_learnt_is_forgotten_and_the_source_is_due() {
    for (_fixture, database) in ledgers() {
        assert_eq!(write(&database, list_declarations), [(pay(), Vec::new())]);
        let learnt = Validators {
            etag: Some("e".to_owned()),
            last_modified: Some("l".to_owned()),
            body_hash: Some(vec![1]),
            platform: Some(Platform::Instatus),
            feed: Some("https://old.example/summary.json".to_owned()),
        };
        let failing =
            Source { failures: 7, reason: Some("HTTP status 404".to_owned()), ..source(Some(at(90))) };
        let moved = Move { platform: Platform::Sorry, feed: "https://new.example".to_owned(), at: at(1) };
        let epoch = write(&database, move |tx| {
            save_source(tx, pay(), &failing, &learnt, SourceHealth::Unreadable)?;
            save_move(tx, pay(), Some(&moved))?;
            set_next_poll(tx, pay(), Some(at(2)))?;
            let claimed = claim_due(tx, at(3), at(9), 1)?;
            set_next_poll(tx, pay(), Some(at(90)))?;
            redeclare(tx, pay(), b"other", at(5))?;
            Ok(claimed[0].epoch)
        });
        let now = stored(&database);
        assert_eq!((now.source.failures, now.source.reason, now.source.next_poll_at), (0, None, Some(at(5))));
        assert_eq!((now.validators, now.moved), (Validators::default(), None));
        assert_eq!(write(&database, list_declarations), [(pay(), b"other".to_vec())]);
        assert!(!write(&database, move |tx| is_current(tx, pay(), epoch)), "the poll under way is refused");
        write(&database, |tx| {
            set_next_poll(tx, pay(), None)?;
            redeclare(tx, pay(), b"third", at(6))
        });
        assert_eq!(stored(&database).source.next_poll_at, None, "what sleeps is not woken");
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
        let claim = |now, until| {
            let claims = write(&database, move |tx| claim_due(tx, at(now), at(until), 10));
            claims.into_iter().map(|claim| (claim.id, claim.epoch)).collect::<Vec<_>>()
        };
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
            let claimed = write(&database, move |tx| claim_due(tx, at(5), at(9), limit));
            let mut ids: Vec<ProviderId> = claimed.into_iter().map(|claim| claim.id).collect();
            ids.sort_unstable();
            ids
        };
        assert_eq!(claim(1), [provider_id("early")]);
        let mut rest = [pay(), provider_id("late")];
        rest.sort_unstable();
        assert_eq!(claim(10), rest);
        assert!(claim(10).is_empty());
    }
}

#[test]
fn a_claim_brings_what_polling_takes() {
    for (_fixture, database) in ledgers() {
        let (kept, validators) =
            (source(Some(at(0))), Validators { etag: Some("x".to_owned()), ..Validators::default() });
        let (saved, sent) = (kept.clone(), validators.clone());
        write(&database, move |tx| save_source(tx, pay(), &saved, &sent, SourceHealth::Stale));
        let claims = write(&database, |tx| claim_due(tx, at(1), at(9), 10));
        let wanted = Claim {
            id: pay(),
            epoch: 1,
            source: kept,
            validators,
            health: SourceHealth::Stale,
            is_known: false,
        };
        assert_eq!(claims, [wanted]);
    }
}

#[test]
fn an_answer_without_news_moves_the_times_alone_and_only_under_its_lease() {
    for (_fixture, database) in ledgers() {
        write(&database, |tx| {
            save_source(tx, pay(), &source(Some(at(0))), &Validators::default(), SourceHealth::Fresh)
        });
        write(&database, |tx| claim_due(tx, at(1), at(9), 10));
        let settle = |epoch, next| {
            let settled = Settled { id: pay(), epoch, at: at(20), next };
            write(&database, move |tx| settle_unchanged(tx, &settled));
            stored(&database).source
        };
        assert_eq!(settle(0, Some(at(80))), source(Some(at(0))), "somebody else's lease");
        let after = settle(1, Some(at(80)));
        let times =
            Source { last_poll_at: Some(at(20)), last_fresh_at: Some(at(20)), ..source(Some(at(80))) };
        assert_eq!(after, times);
        assert_eq!(write(&database, |tx| claim_due(tx, at(80), at(90), 10)).len(), 1);
    }
}

#[test]
fn what_is_overdue_together_is_spread() {
    for (_fixture, database) in ledgers() {
        write(&database, |tx| {
            for number in 0..20 {
                let slug = format!("p{number}");
                register(tx, provider_id(&slug), &slug, at(-50))?;
            }
            register(tx, provider_id("later"), "later", at(500))
        });
        assert_eq!(write(&database, |tx| count_due(tx, at(0))), 21);
        write(&database, |tx| spread_due(tx, at(0), |id| at((id.0.as_u128() % 60) as i64)));
        assert!(write(&database, |tx| count_due(tx, at(0))) < 5);
        assert_eq!(write(&database, |tx| count_due(tx, at(59))), 21);
    }
}

#[test]
fn a_move_is_remembered_until_it_is_forgotten() {
    for (_fixture, database) in ledgers() {
        let moved = Move {
            platform: Platform::Instatus,
            feed: "https://s.example/summary.json".to_owned(),
            at: at(3),
        };
        let kept = moved.clone();
        write(&database, move |tx| save_move(tx, pay(), Some(&kept)));
        assert_eq!(stored(&database).moved, Some(moved));
        write(&database, |tx| save_move(tx, pay(), None));
        assert_eq!(stored(&database).moved, None);
    }
}

#[test]
fn the_version_counts_changes_of_knowledge_and_nothing_else() {
    for (_fixture, database) in ledgers() {
        let version = || write(&database, |tx| version(tx, pay())).unwrap().0;
        let first = version();
        write(&database, |tx| {
            save_source(tx, pay(), &source(None), &Validators::default(), SourceHealth::Fresh)?;
            save_knowledge(tx, pay(), &Knowledge::default(), &Knowledge::default(), at(1))
        });
        assert_eq!(version(), first);
        let known = Knowledge { first_read_at: Some(at(1)), ..Knowledge::default() };
        write(&database, move |tx| save_knowledge(tx, pay(), &Knowledge::default(), &known, at(1)));
        assert_eq!(version(), first + 1);
    }
}

#[test]
fn what_was_not_understood_is_remembered_with_the_source() {
    for (_fixture, database) in ledgers() {
        assert!(stored(&database).warnings.is_empty());
        let said = vec!["component 'x' has unknown status word 'y'".to_owned(), "another".to_owned()];
        let kept = said.clone();
        write(&database, move |tx| save_warnings(tx, pay(), &kept));
        assert_eq!(stored(&database).warnings, said);
    }
}
