//! Incidents of two organisations that have nothing to do with each other.

use domain::account::Account;
use domain::incident::Actor;
use domain::provider::provider_id;
use domain::public::Tongues;
use domain::setup::Organization;

use super::*;
use crate::tests::{Fixture, engines};
use crate::{Database, LEDGER, Lane, organizations};

pub(crate) const ACME: OrgId = OrgId(Uuid::from_u128(1));
pub(crate) const OTHER: OrgId = OrgId(Uuid::from_u128(2));

pub(crate) fn at(minute: i64) -> Timestamp {
    Timestamp::from_second(1_750_000_000 + 60 * minute).unwrap()
}

/// Returns a ledger with two organisations on each engine at hand.
pub(crate) fn ledgers() -> impl Iterator<Item = (Fixture, Database)> {
    engines().into_iter().map(|fixture| {
        let database = fixture.open();
        database.migrate(&LEDGER).unwrap();
        let create = |tx: &mut Tx<'_>| {
            for (id, slug) in [(ACME, "acme"), (OTHER, "other")] {
                let organization = Organization { id, slug: slug.to_owned(), name: slug.to_owned() };
                organizations::insert_if_absent(tx, &organization, at(0))?;
            }
            Ok::<_, Error>(())
        };
        database.write_blocking(Lane::Bulk, create).unwrap();
        (fixture, database)
    })
}

/// Does something as an organisation.
pub(crate) fn as_org<T: Send + 'static>(
    database: &Database,
    org: OrgId,
    mut work: impl FnMut(&mut Scope<'_>) -> Result<T, Error> + Send + 'static,
) -> Result<T, Error> {
    database.write_blocking(Lane::Paging, move |tx| work(&mut Scope::new(tx, org)))
}

/// An open incident with the id and number `n` that was opened at that minute.
pub(crate) fn incident_of(n: u8) -> Incident {
    let cause = |key| Cause { provider: provider_id("pay"), key };
    let affected = |service: u128, pages| Affected {
        service: ServiceId(Uuid::from_u128(service)),
        status: Status::PartialOutage,
        worst: Status::MajorOutage,
        pages,
        stated: None,
    };
    Incident {
        id: IncidentId(Uuid::from_u128(n.into())),
        number: n.into(),
        title: format!("Checkout „{n}“ is down"),
        titles: tongues("Checkout"),
        severity: Severity::Critical,
        response: Response::Open,
        assignee: None,
        phase: Phase::Investigating,
        opened_at: at(n.into()),
        first_page_at: Some(at(i64::from(n) + 1)),
        by_hand: ByHand::default(),
        generation: 2,
        publish: Publish::Draft,
        causes: vec![
            cause(CauseKey::Incident("i".to_owned())),
            cause(CauseKey::Component("api".to_owned())),
            cause(CauseKey::Page),
        ],
        services: vec![affected(1, true), affected(2, false)],
    }
}

pub(crate) fn put(database: &Database, org: OrgId, incident: &Incident) -> Result<(), Error> {
    let incident = incident.clone();
    as_org(database, org, move |scope| insert(scope, &incident))
}

fn found(database: &Database, org: OrgId, n: u8) -> Option<Incident> {
    as_org(database, org, move |scope| get(scope, incident_of(n).id)).unwrap()
}

fn ana() -> Actor {
    Actor::User(UserId(Uuid::from_u128(9)))
}

fn bot() -> Actor {
    Actor::Account(Account::token("deploy-bot: 1"))
}

fn resolved(n: u8, by: Actor, minute: i64) -> Incident {
    incident_of(n).resolve(by, at(minute)).unwrap()
}

fn numbers(incidents: &[Incident]) -> Vec<i64> {
    incidents.iter().map(|incident| incident.number).collect()
}

/// As people have made it.
fn by_hand(incident: Incident) -> Incident {
    let by_hand = ByHand {
        opened_by: Some(bot()),
        began_at: Some(at(-9)),
        title: true,
        phase: false,
        severity: true,
        merged_into: Some(incident_of(9).id),
    };
    Incident { by_hand, ..incident.restated(ServiceId(Uuid::from_u128(3)), Status::MajorOutage, true) }
}

#[test]
fn an_incident_is_read_back_as_it_was_stored() {
    let bare = Incident { first_page_at: None, causes: Vec::new(), services: Vec::new(), ..incident_of(1) };
    let stages = [
        incident_of(1),
        bare,
        Incident { publish: Publish::Never, phase: Phase::Monitoring, ..incident_of(1) },
        incident_of(1).acknowledge(ana(), Term::Unlimited, at(5)).unwrap(),
        incident_of(1).acknowledge(Actor::Operator, Term::Until(at(9)), at(5)).unwrap(),
        incident_of(1).acknowledge(bot(), Term::Unlimited, at(5)).unwrap(),
        incident_of(1).snooze(ana(), at(9), at(5)).unwrap(),
        by_hand(incident_of(1)),
        incident_of(1).reassign(Assignee::User(UserId(Uuid::from_u128(8))), at(5)).unwrap(),
        incident_of(1).reassign(Assignee::Schedule(ScheduleId(Uuid::from_u128(8))), at(5)).unwrap(),
        incident_of(1).reassign(Assignee::Policy(PolicyId(Uuid::from_u128(8))), at(5)).unwrap(),
        resolved(1, Actor::Machine, 6),
        Incident { publish: Publish::Auto, ..resolved(1, ana(), 6) },
    ];
    for (_fixture, database) in ledgers() {
        put(&database, ACME, &incident_of(1)).unwrap();
        for stage in &stages {
            let wanted = stage.clone();
            as_org(&database, ACME, move |scope| update(scope, &wanted)).unwrap();
            assert_eq!(found(&database, ACME, 1).as_ref(), Some(stage));
            let by_number = as_org(&database, ACME, |scope| find_by_number(scope, 1)).unwrap();
            assert_eq!(by_number.as_ref(), Some(stage));
        }
    }
}

#[test]
fn an_incident_is_stored_in_each_state_at_once() {
    for (_fixture, database) in ledgers() {
        let taken = incident_of(1).acknowledge(ana(), Term::Until(at(9)), at(5)).unwrap();
        let handed = incident_of(3).reassign(Assignee::User(UserId(Uuid::from_u128(8))), at(5)).unwrap();
        for stage in [taken, resolved(2, Actor::Operator, 6), handed] {
            put(&database, ACME, &stage).unwrap();
            let n = u8::try_from(stage.number).unwrap();
            assert_eq!(found(&database, ACME, n), Some(stage));
        }
    }
}

#[test]
fn an_id_and_a_number_are_given_once() {
    for (_fixture, database) in ledgers() {
        put(&database, ACME, &incident_of(1)).unwrap();
        let check = |org, incident: &Incident| {
            let answer = put(&database, org, incident);
            assert!(matches!(answer, Err(Error::Conflict { .. })), "{answer:?}");
        };
        check(ACME, &incident_of(1));
        check(ACME, &Incident { number: 1, ..incident_of(2) });
        check(OTHER, &incident_of(1));
        assert_eq!(found(&database, ACME, 2), None);
    }
}

#[test]
fn each_organisation_counts_its_own_incidents() {
    for (_fixture, database) in ledgers() {
        let next = |org| as_org(&database, org, next_number).unwrap();
        assert_eq!((next(ACME), next(OTHER)), (1, 1));
        put(&database, ACME, &incident_of(7)).unwrap();
        assert_eq!((next(ACME), next(OTHER)), (8, 1));
    }
}

#[test]
fn one_organisation_never_sees_nor_changes_the_incidents_of_another() {
    for (_fixture, database) in ledgers() {
        put(&database, ACME, &incident_of(1)).unwrap();
        put(&database, OTHER, &Incident { number: 1, ..incident_of(2) }).unwrap();
        let as_other = |work: fn(&mut Scope<'_>) -> Result<Vec<Incident>, Error>| {
            as_org(&database, OTHER, work)
                .unwrap()
                .into_iter()
                .map(|incident| incident.id)
                .collect::<Vec<_>>()
        };
        let theirs = [incident_of(2).id];
        assert_eq!(found(&database, OTHER, 1), None);
        assert_eq!(as_other(|scope| Ok(find_by_number(scope, 1)?.into_iter().collect())), theirs);
        assert_eq!(as_other(list_open), theirs);
        assert_eq!(as_other(|scope| list_attributable(scope, at(0), at(0))), theirs);
        assert_eq!(as_other(|scope| list_recent(scope, None, 10)), theirs);
        let answer = as_org(&database, OTHER, |scope| update(scope, &resolved(1, Actor::Machine, 9)));
        assert!(matches!(answer, Err(Error::NotFound)), "{answer:?}");
        assert_eq!(found(&database, ACME, 1), Some(incident_of(1)));
    }
}

#[test]
fn a_link_finds_the_incident_and_whose_it_is() {
    for (_fixture, database) in ledgers() {
        put(&database, OTHER, &incident_of(2)).unwrap();
        let find = |n| database.read_blocking(move |tx| find_any(tx, incident_of(n).id)).unwrap();
        assert_eq!(find(2), Some((OTHER, incident_of(2))));
        assert_eq!(find(1), None);
    }
}

#[test]
fn trouble_may_belong_to_what_is_open_or_was_lately() {
    for (_fixture, database) in ledgers() {
        for incident in [
            Incident { causes: Vec::new(), services: Vec::new(), ..incident_of(5) },
            incident_of(3),
            resolved(1, Actor::Machine, 20),
            resolved(2, Actor::Machine, 19),
            resolved(4, ana(), 12),
            resolved(6, Actor::Operator, 10),
            resolved(7, Actor::Operator, 9),
        ] {
            put(&database, ACME, &incident).unwrap();
        }
        let open = as_org(&database, ACME, list_open).unwrap();
        assert_eq!(numbers(&open), [3, 5]);
        assert_eq!(open[0], incident_of(3));
        let known = as_org(&database, ACME, |scope| list_attributable(scope, at(20), at(10))).unwrap();
        assert_eq!(numbers(&known), [3, 5, 1, 4, 6]);
        for incident in known {
            let id = incident.id;
            let alone = as_org(&database, ACME, move |scope| get(scope, id)).unwrap();
            assert_eq!(alone, Some(incident), "each has its own causes and services");
        }
    }
}

#[test]
fn the_newest_come_first_and_pages_go_on_where_the_last_ended() {
    for (_fixture, database) in ledgers() {
        for n in [2, 1, 4, 3] {
            put(&database, ACME, &Incident { opened_at: at(i64::from(n.min(3))), ..incident_of(n) }).unwrap();
        }
        let recent = |before, limit| {
            numbers(&as_org(&database, ACME, move |scope| list_recent(scope, before, limit)).unwrap())
        };
        assert_eq!(recent(None, 10), [4, 3, 2, 1]);
        assert_eq!(recent(None, 1), [4]);
        assert_eq!(recent(Some((at(3), incident_of(4).id)), 2), [3, 2]);
        assert_eq!(recent(Some((at(3), incident_of(3).id)), 9), [2, 1]);
        assert!(recent(Some((at(1), incident_of(1).id)), 9).is_empty());
    }
}

/// What the machine said in another language.
pub(crate) fn tongues(text: &str) -> Tongues {
    Tongues([(domain::Language::Arabic, format!("\u{2068}{text}\u{2069} \"«أ»\"\n"))].into())
}

fn said(body: &str, actor: Actor, is_public: bool) -> IncidentUpdate {
    IncidentUpdate {
        phase: Phase::Identified,
        body: body.to_owned(),
        tongues: tongues(body),
        at: at(3),
        is_public,
        actor,
        edited: None,
        removed_at: None,
    }
}

fn done(kind: &str, actor: Actor) -> IncidentEvent {
    IncidentEvent { at: at(4), kind: kind.to_owned(), actor, detail: "by rule".to_owned() }
}

#[test]
fn what_was_said_and_done_is_kept_in_order_and_apart() {
    let words = [
        said("We see it.", ana(), true),
        said("Internal.", Actor::Machine, false),
        said("By it.", bot(), true),
    ];
    let acts = [
        done("opened", Actor::Machine),
        done("acknowledged", ana()),
        done("note", Actor::Operator),
        done("resolved", bot()),
    ];
    for (_fixture, database) in ledgers() {
        put(&database, ACME, &incident_of(1)).unwrap();
        put(&database, ACME, &incident_of(2)).unwrap();
        let (said, done) = (words.clone(), acts.clone());
        let pushed = as_org(&database, ACME, move |scope| {
            let id = incident_of(1).id;
            let said: Vec<i64> =
                said.iter().map(|update| push_update(scope, id, update)).collect::<Result<_, _>>()?;
            let done: Vec<i64> =
                done.iter().map(|event| push_event(scope, id, event)).collect::<Result<_, _>>()?;
            Ok((said, done))
        });
        assert_eq!(pushed.unwrap(), (vec![1, 2, 3], vec![1, 2, 3, 4]));
        let journal = |org, n| {
            let id = incident_of(n).id;
            as_org(&database, org, move |scope| Ok((list_updates(scope, id)?, list_events(scope, id)?)))
                .unwrap()
        };
        assert_eq!(journal(ACME, 1), (words.to_vec(), acts.to_vec()));
        assert_eq!(journal(ACME, 2), (Vec::new(), Vec::new()));
        assert_eq!(journal(OTHER, 1), (Vec::new(), Vec::new()));
    }
}

#[test]
fn nothing_is_said_about_an_incident_of_another_organisation() {
    for (_fixture, database) in ledgers() {
        put(&database, ACME, &incident_of(1)).unwrap();
        let refused = |answer: Result<i64, Error>| assert!(answer.is_err(), "{answer:?}");
        let id = incident_of(1).id;
        refused(as_org(&database, OTHER, move |scope| push_update(scope, id, &said("No.", ana(), true))));
        refused(as_org(&database, OTHER, move |scope| push_event(scope, id, &done("no", ana()))));
        let both = as_org(&database, ACME, move |scope| {
            Ok(list_updates(scope, id)?.len() + list_events(scope, id)?.len())
        });
        assert_eq!(both.unwrap(), 0);
    }
}

#[test]
fn an_incident_that_is_over_says_so_in_its_rows() {
    // `resolved_at` is derived from the response; the two must never part, or nobody would find it.
    for (_fixture, database) in ledgers() {
        put(&database, ACME, &incident_of(1)).unwrap();
        let change = |to: Incident| as_org(&database, ACME, move |scope| update(scope, &to)).unwrap();
        let open = || numbers(&as_org(&database, ACME, list_open).unwrap());
        change(resolved(1, ana(), 5));
        assert!(open().is_empty());
        change(Incident { response: Response::Open, ..incident_of(1) });
        assert_eq!(open(), [1]);
    }
}
