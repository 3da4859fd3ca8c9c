//! Requests, confirmation, what is owed and who has the lease on it.

use domain::provider::provider_id;
use uuid::Uuid;

use super::*;
use crate::Database;
use crate::announcements::Announcement;
use crate::tests::{ledgers, write};

fn at(second: i64) -> Timestamp {
    Timestamp::from_second(second).unwrap()
}

fn id(n: u128) -> SubscriberId {
    SubscriberId(Uuid::from_u128(n))
}

fn pay() -> Subject {
    Subject::Provider(provider_id("pay"))
}

fn request(n: u128, address: &str) -> Request {
    Request {
        id: id(n),
        subject: pay(),
        target: Target::Email(address.to_owned()),
        language: Language::English,
        choice: Choice {
            components: vec!["api".to_owned(), "web".to_owned()],
            least: Impact::Major,
            maintenances: false,
            ..Choice::all()
        },
        network: vec![1, 2],
        created_at: at(100),
        expires_at: at(1000),
    }
}

fn ask(database: &Database, request: &Request, is_silent: bool) {
    let request = request.clone();
    write(database, move |tx| insert_request(tx, &request, is_silent));
}

fn confirmed(database: &Database, request: &Request) -> SubscriberId {
    let request = request.clone();
    write(database, move |tx| confirm(tx, &request, at(200)))
}

fn subscribed(n: u128) -> impl Iterator<Item = (crate::tests::Fixture, Database)> {
    ledgers(&["pay"]).inspect(move |(_, database)| {
        ask(database, &request(n, "ana@acme.test"), false);
        confirmed(database, &request(n, "ana@acme.test"));
    })
}

#[test]
fn nobody_is_a_subscriber_before_they_confirm_and_confirming_twice_is_once() {
    for (_fixture, database) in ledgers(&["pay"]) {
        let asked = request(1, "Ana@acme.test");
        ask(&database, &asked, false);
        ask(&database, &asked, false);
        assert_eq!(write(&database, |tx| get(tx, id(1))), None);
        assert_eq!(write(&database, |tx| find_request(tx, id(1), at(500))).as_ref(), Some(&asked));
        assert_eq!(confirmed(&database, &asked), id(1));
        assert_eq!(confirmed(&database, &asked), id(1));
        let subscriber = write(&database, |tx| get(tx, id(1))).unwrap();
        assert_eq!((subscriber.target, subscriber.choice), (asked.target, asked.choice));
        assert_eq!(write(&database, |tx| count_of(tx, pay())), 1);
    }
}

#[test]
fn asking_again_changes_nothing_until_it_is_confirmed_and_keeps_who_one_is() {
    for (_fixture, database) in subscribed(1) {
        let mut again = request(2, "ANA@ACME.TEST");
        again.choice.components = vec![];
        ask(&database, &again, false);
        let choice = |database: &Database| write(database, |tx| get(tx, id(1))).unwrap().choice;
        assert_eq!(choice(&database), request(1, "").choice);
        assert_eq!(confirmed(&database, &again), id(1), "letters count alike in every case");
        assert_eq!(choice(&database), again.choice);
    }
}

#[test]
fn quotas_count_what_was_asked_by_address_and_by_network() {
    for (_fixture, database) in ledgers(&["pay"]) {
        ask(&database, &request(1, "ana@acme.test"), false);
        ask(&database, &request(2, "Ana@acme.test"), true);
        ask(&database, &Request { network: vec![9], ..request(3, "bo@acme.test") }, false);
        let count = |since| {
            let target = Target::Email("ana@acme.test".to_owned());
            write(&database, move |tx| count_asked(tx, &target, &[1, 2], at(since)))
        };
        assert_eq!(count(50), Asked { for_address: 2, from_network: 2, in_all: 3 });
        assert_eq!(count(100), Asked { for_address: 0, from_network: 0, in_all: 0 });
    }
}

#[test]
fn a_link_is_sent_by_one_until_it_is_settled_and_a_silent_request_sends_none() {
    for (_fixture, database) in ledgers(&["pay"]) {
        ask(&database, &request(1, "ana@acme.test"), false);
        ask(&database, &request(2, "ana@acme.test"), true);
        let claim = |now| write(&database, move |tx| claim_requests(tx, at(now), at(now + 30), 10));
        assert_eq!(claim(99), []);
        let first = claim(100);
        assert_eq!((first.len(), first[0].id, first[0].tries), (1, id(1), 0));
        assert_eq!(claim(110), [], "under a lease");
        let second = claim(130);
        assert_eq!(second[0].epoch, first[0].epoch + 1, "the lease ran out");
        write(&database, move |tx| settle_request(tx, id(1), 1));
        assert_eq!(write(&database, requests_due), Some(at(160)), "fenced out");
        write(&database, move |tx| try_request_again(tx, id(1), 2, at(140)));
        let third = claim(140);
        assert_eq!((third[0].epoch, third[0].tries), (3, 1));
        write(&database, move |tx| settle_request(tx, id(1), 3));
        assert_eq!(write(&database, requests_due), None);
    }
}

#[test]
fn requests_are_forgotten_when_their_time_is_over() {
    for (_fixture, database) in ledgers(&["pay"]) {
        ask(&database, &request(1, "ana@acme.test"), false);
        assert!(!write(&database, |tx| is_expiring(tx, at(999))));
        assert!(write(&database, |tx| is_expiring(tx, at(1000))));
        assert_eq!(write(&database, |tx| find_request(tx, id(1), at(1000))), None);
        assert_eq!(write(&database, |tx| delete_expired(tx, at(1000), 10)), 1);
        assert_eq!(write(&database, requests_due), None);
    }
}

fn owe(database: &Database, from: i64, upto: i64, due: i64) {
    owe_as(database, (from, upto), due, false);
}

fn owe_as(database: &Database, (from, upto): (i64, i64), due: i64, is_urgent: bool) {
    let set = Announcement {
        subject: pay(),
        last_seq: upto,
        changes: upto - from,
        seen_at: at(due),
        position: upto,
        thing: pay().id(),
    };
    write(database, move |tx| owe_news(tx, id(1), &set, at(due), is_urgent));
}

fn claim(database: &Database, now: i64) -> Vec<News> {
    write(database, move |tx| claim_news(tx, at(now), at(now + 30), 10))
}

#[test]
fn news_grows_until_it_is_claimed_and_what_comes_then_waits() {
    for (_fixture, database) in subscribed(1) {
        owe(&database, 3, 4, 300);
        owe(&database, 4, 6, 999);
        assert_eq!(claim(&database, 299), []);
        let first = claim(&database, 300)[0];
        assert_eq!((first.from, first.upto, first.may_have_arrived), (3, 6, false));
        owe(&database, 6, 9, 300);
        let done = write(&database, move |tx| settle_told(tx, &first, at(301), at(601)));
        assert!(done);
        assert_eq!(write(&database, news_due), Some(at(601)));
        assert_eq!(write(&database, |tx| get(tx, id(1))).unwrap().told_at, Some(at(301)));
        let rest = claim(&database, 601)[0];
        assert_eq!((rest.from, rest.upto), (6, 9));
        write(&database, move |tx| settle_told(tx, &rest, at(602), at(902)));
        assert_eq!(write(&database, news_due), None);
    }
}

#[test]
fn what_may_have_arrived_is_the_same_message_again() {
    for (_fixture, database) in subscribed(1) {
        owe(&database, 0, 2, 300);
        let lost = claim(&database, 300)[0];
        owe(&database, 2, 5, 300);
        let again = claim(&database, 330)[0];
        assert_eq!((again.from, again.upto, again.may_have_arrived), (0, 2, true));
        assert!(!write(&database, move |tx| settle_told(tx, &lost, at(331), at(631))), "fenced out");
        write(&database, move |tx| try_news_again(tx, &again, at(340), true));
        let third = claim(&database, 340)[0];
        assert_eq!((third.upto, third.tries), (2, 1));
        write(&database, move |tx| try_news_again(tx, &third, at(350), false));
        let fourth = claim(&database, 350)[0];
        assert_eq!(
            (fourth.upto, fourth.may_have_arrived),
            (5, false),
            "nothing arrived: the newest goes out"
        );
    }
}

#[test]
fn leaving_forgets_everything() {
    for (_fixture, database) in subscribed(1) {
        owe(&database, 0, 2, 300);
        assert_eq!(
            (1..=3).map(|_| write(&database, |tx| count_refusal(tx, id(1)))).collect::<Vec<_>>(),
            [1, 2, 3]
        );
        assert!(write(&database, |tx| delete(tx, id(1))));
        assert!(!write(&database, |tx| delete(tx, id(1))));
        assert_eq!(write(&database, news_due), None);
        assert_eq!(write(&database, |tx| count_refusal(tx, id(1))), 0);
        assert_eq!(
            write(&database, |tx| find_request(tx, id(1), at(300))),
            None,
            "the old link is no way back"
        );
    }
}

#[test]
fn subscribers_are_listed_in_pages() {
    for (_fixture, database) in subscribed(1) {
        confirmed_as(&database, 2, "bo@acme.test");
        confirmed_as(&database, 3, "cy@acme.test");
        let page = |after: Option<u128>| {
            let found = write(&database, move |tx| list_of(tx, pay(), after.map(id), 2));
            found.into_iter().map(|subscriber| subscriber.id).collect::<Vec<_>>()
        };
        assert_eq!(page(None), [id(1), id(2)]);
        assert_eq!(page(Some(2)), [id(3)]);
        let choice = Choice { maintenances: true, ..request(1, "").choice };
        let changed = choice.clone();
        write(&database, move |tx| set_choice(tx, id(3), &changed, Language::Italian));
        assert_eq!(write(&database, |tx| get(tx, id(3))).unwrap().choice, choice);
    }
}

fn confirmed_as(database: &Database, n: u128, address: &'static str) {
    ask(database, &request(n, address), false);
    confirmed(database, &request(n, address));
}

#[test]
fn a_restart_ends_the_leases() {
    for (_fixture, database) in subscribed(1) {
        owe(&database, 0, 2, 300);
        let lost = claim(&database, 300)[0];
        write(&database, crate::leases::expire_all);
        let again = claim(&database, 301)[0];
        assert!(again.epoch > lost.epoch && again.may_have_arrived && again.upto == lost.upto);
    }
}

#[test]
fn what_is_urgent_waits_neither_for_a_pause_nor_for_what_is_under_way() {
    for (_fixture, database) in subscribed(1) {
        owe(&database, 0, 1, 300);
        owe_as(&database, (1, 2), 100, true);
        let first = claim(&database, 100)[0];
        assert_eq!((first.from, first.upto), (0, 2), "it brings forward what waits");
        owe_as(&database, (2, 3), 101, true);
        write(&database, move |tx| settle_told(tx, &first, at(102), at(402)));
        let second = claim(&database, 102)[0];
        assert_eq!((second.from, second.upto), (2, 3));
        owe(&database, 3, 4, 103);
        write(&database, move |tx| settle_told(tx, &second, at(104), at(404)));
        assert_eq!(claim(&database, 403), [], "what is not urgent keeps the pause");
        assert_eq!(claim(&database, 404)[0].upto, 4);
        // What was tried keeps the pause between its tries.
        let third = claim(&database, 434)[0];
        write(&database, move |tx| try_news_again(tx, &third, at(500), false));
        owe_as(&database, (4, 5), 440, true);
        assert_eq!(claim(&database, 499), []);
        assert_eq!(claim(&database, 500)[0].upto, 5);
    }
}

#[test]
fn an_address_has_one_subscription_to_the_whole_and_one_to_each_incident() {
    for (_fixture, database) in subscribed(1) {
        let one = Choice { only: Some(Uuid::from_u128(9)), ..Choice::all() };
        let follows = Request { choice: one.clone(), ..request(2, "ana@acme.test") };
        ask(&database, &follows, false);
        assert_eq!(confirmed(&database, &follows), id(2));
        assert_eq!(write(&database, |tx| get(tx, id(2))).unwrap().choice, one);
        let whole = |tx: &mut Tx<'_>| find_whole(tx, pay(), &Target::Email("ANA@acme.test".to_owned()));
        assert_eq!(write(&database, whole).map(|found| found.id), Some(id(1)));
        assert!(write(&database, |tx| delete(tx, id(2))));
        assert_eq!(write(&database, |tx| find_request(tx, id(2), at(300))), None);
        assert_eq!(write(&database, whole).map(|found| found.id), Some(id(1)), "the other stays");
        let all = |tx: &mut Tx<'_>| delete_address(tx, pay(), &Target::Email("ana@acme.test".to_owned()));
        assert_eq!((write(&database, all), write(&database, all)), (1, 0));
    }
}

#[test]
fn subscribers_of_providers_keep_what_they_had_when_pages_get_theirs() {
    use crate::{LEDGER, MigrationSet, params, providers};
    let before = LEDGER.migrations.iter().position(|migration| migration.number == 44).unwrap();
    let old = MigrationSet { name: "ledger", migrations: &LEDGER.migrations[..before] };
    for fixture in crate::tests::engines() {
        let database = fixture.open();
        database.migrate(&old).unwrap();
        write(&database, |tx| {
            let of = provider_id("pay");
            providers::register(tx, of, "pay", at(1))?;
            tx.execute(
                "INSERT INTO announcement (provider_id, last_seq, changes, seen_at, position, cursor_id)
                 VALUES ($1, 3, 2, 50, 7, $2)",
                params![of, id(1)],
            )?;
            tx.execute(
                "INSERT INTO subscription_request (id, provider_id, kind, address, address_key, components, least,
                     incidents, maintenances, network, created_at, expires_at, next_try_at, epoch, tries)
                 VALUES ($1, $2, 'email', 'b', 'b', '', 'none', TRUE, TRUE, $3, 1, 900000000, 1, 2, 1)",
                params![id(2), of, vec![1u8]],
            )?;
            tx.execute(
                "INSERT INTO subscriber (id, provider_id, kind, address, address_key, components, least, incidents,
                     maintenances, confirmed_at, told_at, refusals)
                 VALUES ($1, $2, 'webhook', 'https://a.test', 'https://a.test', 'api', 'major', TRUE, FALSE, 5, 6, 2)",
                params![id(1), of],
            )?;
            tx.execute(
                "INSERT INTO subscriber_news (subscriber_id, from_position, upto_position, claimed_position, next_try_at,
                     epoch, tries)
                 VALUES ($1, 5, 7, 6, 1, 3, 1)",
                params![id(1)],
            )
        });
        database.migrate(&LEDGER).unwrap();
        let kept = write(&database, |tx| get(tx, id(1))).unwrap();
        assert_eq!((kept.subject, kept.target.address(), kept.choice.only), (pay(), "https://a.test", None));
        assert_eq!((kept.choice.least, kept.choice.maintenances), (Impact::Major, false));
        let news = claim(&database, 400)[0];
        assert_eq!((news.from, news.upto, news.epoch, news.may_have_arrived), (5, 6, 4, true));
        let (set, cursor) = write(&database, crate::announcements::find_waiting).unwrap();
        assert_eq!((set.subject, set.position, cursor), (pay(), 7, Some(id(1))));
        let asked = write(&database, |tx| find_request(tx, id(2), at(300))).unwrap();
        assert_eq!((asked.subject, asked.language), (pay(), Language::English));
    }
}
