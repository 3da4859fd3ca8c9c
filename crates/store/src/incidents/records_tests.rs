//! Waves of impact, corrected words, roles and links, on both engines.

use domain::incident::Wave;
use domain::{ServiceId, Status};
use uuid::Uuid;

use super::tests::{ACME, OTHER, as_org, at, incident_of, ledgers, put};
use super::*;

fn service() -> ServiceId {
    ServiceId(Uuid::from_u128(1))
}

/// The incident with its first service in that status, the other one well.
fn with(status: Status) -> Incident {
    let mut incident = incident_of(1);
    incident.services[0].status = status;
    incident.services[1].status = Status::Operational;
    incident
}

#[test]
fn waves_follow_what_the_services_are() {
    for (_fixture, database) in ledgers() {
        put(&database, ACME, &incident_of(1)).unwrap();
        let follow = |status, minute| {
            as_org(&database, ACME, move |scope| follow_impact(scope, &with(status), at(minute))).unwrap();
        };
        follow(Status::PartialOutage, 1);
        follow(Status::PartialOutage, 2);
        follow(Status::MajorOutage, 3);
        follow(Status::Operational, 5);
        // A clock that was set back: what would be empty is none.
        follow(Status::PartialOutage, 8);
        follow(Status::MajorOutage, 8);
        let id = incident_of(1).id;
        let found = as_org(&database, ACME, move |scope| list_waves(scope, id)).unwrap();
        let found: Vec<_> = found.iter().map(|it| (it.number, it.wave)).collect();
        let wave = |status, from, to: Option<i64>| Wave {
            service: service(),
            from: at(from),
            to: to.map(at),
            status,
        };
        assert_eq!(
            found,
            [
                (1, wave(Status::PartialOutage, 1, Some(3))),
                (2, wave(Status::MajorOutage, 3, Some(5))),
                (4, wave(Status::MajorOutage, 8, None)),
            ]
        );
        assert!(as_org(&database, OTHER, move |scope| list_waves(scope, id)).unwrap().is_empty());
    }
}

#[test]
fn waves_that_people_wrote_amend_the_history_where_readers_may_see_the_incident() {
    for (_fixture, database) in ledgers() {
        for (n, publish) in [(1, Publish::Auto), (2, Publish::Never)] {
            put(&database, ACME, &Incident { publish, ..incident_of(n) }).unwrap();
        }
        let wave = Wave { service: service(), from: at(1), to: Some(at(2)), status: Status::MajorOutage };
        let work = move |scope: &mut Scope<'_>| {
            for n in [1, 2] {
                insert_wave(scope, incident_of(n).id, &wave, true)?;
            }
            insert_wave(scope, incident_of(1).id, &wave, false)?;
            let corrected = Wave { from: at(0), ..wave };
            correct_wave(scope, incident_of(1).id, 1, &corrected)?;
            let found = (list_amending(scope, service(), at(0))?, list_amending(scope, service(), at(2))?);
            remove_wave(scope, incident_of(1).id, 1, at(9))?;
            let none = find_wave(scope, incident_of(1).id, 1)?;
            let number = insert_wave(scope, incident_of(1).id, &wave, true)?;
            Ok::<_, Error>((found, none, number, corrected))
        };
        let (found, none, number, corrected) = as_org(&database, ACME, work).unwrap();
        assert_eq!(found, (vec![corrected], Vec::new()));
        assert_eq!((none, number), (None, 3), "a number is given once");
    }
}

#[test]
fn what_was_said_keeps_what_it_was_and_its_place() {
    for (_fixture, database) in ledgers() {
        put(&database, ACME, &incident_of(1)).unwrap();
        let id = incident_of(1).id;
        let work = move |scope: &mut Scope<'_>| {
            for body in ["one", "two"] {
                let said = IncidentUpdate {
                    phase: Phase::Identified,
                    body: body.to_owned(),
                    tongues: tests::tongues(body),
                    at: at(1),
                    is_public: true,
                    actor: domain::incident::Actor::Operator,
                    edited: None,
                    removed_at: None,
                };
                push_update(scope, id, &said)?;
            }
            edit_update(scope, id, 1, "uno", at(2))?;
            edit_update(scope, id, 2, "due", at(2))?;
            remove_update(scope, id, 2, at(3))?;
            list_updates(scope, id)
        };
        let said = as_org(&database, ACME, work).unwrap();
        let edit = UpdateEdit { at: at(2), former: "one".to_owned() };
        assert_eq!((said[0].body.as_str(), &said[0].edited), ("uno", &Some(edit)));
        assert_eq!(said[0].tongues, tests::tongues("one"), "of what it said before");
        assert!(said[1].tongues.is_empty());
        let again = move |scope: &mut Scope<'_>| {
            edit_update(scope, id, 1, "uno!", at(4))?;
            find_update(scope, id, 1)
        };
        assert!(
            as_org(&database, ACME, again).unwrap().unwrap().tongues.is_empty(),
            "the former text is a person's"
        );
        assert_eq!((said[1].body.as_str(), &said[1].edited, said[1].removed_at), ("", &None, Some(at(3))));
    }
}

#[test]
fn roles_have_one_holder_and_links_move_to_another_incident_once() {
    for (_fixture, database) in ledgers() {
        for n in [1, 2] {
            put(&database, ACME, &incident_of(n)).unwrap();
        }
        let (one, two) = (incident_of(1).id, incident_of(2).id);
        let work = move |scope: &mut Scope<'_>| {
            for user in [Some(4), Some(5)] {
                set_role(scope, one, "scribe", user.map(|n| UserId(Uuid::from_u128(n))))?;
            }
            let roles = list_roles(scope, one)?;
            set_role(scope, one, "scribe", None)?;
            let url = Linked::Url("https://chat.test".to_owned());
            push_link(scope, two, &url, "")?;
            push_link(scope, one, &url, "")?;
            push_link(scope, one, &Linked::Provider(ProviderId(Uuid::from_u128(6)), "i".to_owned()), "x")?;
            let third = push_link(scope, one, &Linked::Alert("a".to_owned()), "")?;
            remove_link(scope, one, third, at(1))?;
            move_links(scope, one, two)?;
            Ok::<_, Error>((roles, list_roles(scope, one)?, list_links(scope, one)?, list_links(scope, two)?))
        };
        let (roles, none, left, links) = as_org(&database, ACME, work).unwrap();
        assert_eq!(roles, [("scribe".to_owned(), UserId(Uuid::from_u128(5)))]);
        assert!(none.is_empty() && left.is_empty());
        assert_eq!(links.iter().map(|link| link.number).collect::<Vec<_>>(), [1, 2]);
    }
}
