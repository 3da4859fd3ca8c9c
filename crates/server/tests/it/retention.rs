//! What is kept for a while only goes batch by batch, and what is open stays.

use std::time::Duration;

use domain::{
    NoticeKind, NotificationId, NotificationState,
    escalation::Responder,
    incident::{Actor, Incident},
};
use engine::{
    commands,
    workers::{Janitor, Retention, Turn},
};
use store::notifications::{self, Notification};
use testkit::{TestApp, app::minutes, world::Taken};
use uuid::Uuid;

use crate::outage::team;

const DAY: Duration = Duration::from_secs(24 * 3600);

/// Owes a message that was sent when the incident was over, many times.
fn send(app: &TestApp, about: &Incident, count: u128) {
    let (at, org) = (app.now(), app.org());
    let responder = Responder::User(app.user("Bo"));
    let message = Notification {
        id: NotificationId(Uuid::nil()),
        incident: about.id,
        generation: about.generation,
        kind: NoticeKind::Page,
        round: 1,
        step: 1,
        responder,
        contact: String::new(),
        reason: "on call".to_owned(),
        due_at: at,
        state: NotificationState::Sent,
        tries: 1,
        next_try_at: None,
        settled_at: Some(at),
        answer: None,
    };
    app.world().write(move |tx| {
        let mut scope = store::Scope::new(tx, org);
        for n in 0..count {
            let id = NotificationId(Uuid::new_v5(&message.incident.0, &n.to_be_bytes()));
            let message = Notification { id, contact: n.to_string(), ..message.clone() };
            notifications::insert_if_absent(&mut scope, &message)?;
        }
        Ok(())
    });
}

fn messages(app: &TestApp, about: &Incident) -> usize {
    let id = about.id;
    app.world().read(move |scope| notifications::list(scope, id, 1_000)).len()
}

#[test]
fn old_messages_go_batch_by_batch_and_those_of_an_open_incident_stay() {
    let mut app = TestApp::start(&team(""), &["commerce"]);
    app.provider_sets("commerce", "Checkout", "major_outage");
    app.advance(minutes(2));
    app.expect("Ana", "page");
    let open = app.incident(1);
    let over = app.world().act({
        let (open, ground) = (open.clone(), app.shell().ground());
        move |scope, now| {
            let id = domain::IncidentId(Uuid::from_u128(7));
            let other = Incident { id, number: 2, causes: Vec::new(), ..open.clone() };
            store::incidents::insert(scope, &other)?;
            commands::resolve(scope, &ground, now, Actor::Operator, id)
        }
    });
    let over = over.unwrap();
    send(&app, &over, 450);
    send(&app, &open, 10);
    let of_open = messages(&app, &open);

    let janitor = Janitor::keeping(Retention { paging: 40 * DAY, ..Retention::default() });
    let turn = |days: u32| {
        app.world().clock.set(app.now() + days * DAY);
        match app.world().take(&janitor) {
            Taken::Turn(turn) => turn,
            other @ (Taken::Failed(_) | Taken::Crashed) => panic!("{other:?}"),
        }
    };
    assert!(matches!(turn(39), Turn::IdleUntil(Some(_))));
    assert_eq!(messages(&app, &over), 450);
    // The third is not full, so the janitor rests.
    let turns: Vec<(bool, usize)> =
        [2, 0, 0, 0].map(|days| (turn(days) == Turn::More, messages(&app, &over))).into();
    assert_eq!(turns, [(true, 250), (true, 50), (false, 0), (false, 0)]);
    assert_eq!(messages(&app, &open), of_open);
    assert_eq!(app.world().read(move |scope| store::incidents::get(scope, over.id)), Some(over.clone()));
    let purged = app.shell().meters.rows_purged();
    assert!(purged.contains(&("notification", 450)), "{purged:?}");
    assert!(!app.journal(2).is_empty());
}
