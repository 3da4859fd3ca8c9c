//! People who are asked once more: for help, by an answer that changes, by an incident that people call worse.

use domain::{Severity, incident::Incident};
use engine::commands::{self, IncidentEdit};
use testkit::{TestApp, app::minutes};

use crate::{
    acts::{ask, outage, snooze},
    outage::team,
};

#[test]
fn whoever_has_answered_can_be_asked_again_and_is_paged() {
    let mut app = outage();
    app.acknowledge("Ana", 1);
    app.advance(minutes(1));
    for round in 0..3 {
        ask(&mut app, "Ana", "user:bo@acme.test").unwrap();
        ask(&mut app, "Ana", "user:bo@acme.test").unwrap();
        assert!(app.expect("Bo", "page").contains("added by Ana"), "round {round}");
        app.expect_silence();
        app.act("Bo", 1, commands::acknowledge).unwrap();
        app.advance(minutes(10));
        let joined = app.journal(1).iter().filter(|kind| *kind == "joined").count();
        assert_eq!(joined, round + 1, "an answer to a page that has come is one too");
    }
    app.act("Bo", 1, commands::acknowledge).unwrap();
    assert_eq!(app.journal(1).iter().filter(|kind| *kind == "joined").count(), 3, "nobody has asked since");
}

#[test]
fn what_an_answer_took_back_can_be_asked_for_again() {
    let mut app = outage();
    ask(&mut app, "Ana", "user:bo@acme.test").unwrap();
    app.expect("Bo", "page");
    app.acknowledge("Ana", 1);
    app.expect("Bo", "acknowledged");
    app.advance(minutes(1));
    ask(&mut app, "Ana", "user:bo@acme.test").unwrap();
    assert!(app.expect("Bo", "page").contains("added by Ana"));
}

#[test]
fn taking_what_is_snoozed_is_told_to_those_who_read_that_it_is() {
    let mut app = outage();
    app.advance(minutes(5));
    app.expect("Bo", "page");
    snooze(&mut app, "Ana", 30).unwrap();
    assert!(app.expect("Bo", "acknowledged").contains("snoozed"));
    app.acknowledge("Ana", 1);
    assert!(!app.expect("Bo", "acknowledged").contains("snoozed"));
    app.acknowledge("Ana", 1);
    app.expect_silence();
}

/// Ana has quiet hours just now and has been owed a page about something that is no more than an error.
fn held_by_quiet_hours() -> TestApp {
    let quiet = r#"quiet = [ { from = "07:00", to = "10:00" } ]
        notify = [ { after = "0s", contact = "hook" }, { after = "30m", contact = "mail" } ]"#;
    let ladder = r#"notify = [ { after = "0s", contact = "hook" }, { after = "30m", contact = "mail" } ]"#;
    let severe = r#"{ after = "0s", notify = ["schedule:primary"] }, { after = "1m", notify = ["user:bo@acme.test"], when = { severity = "critical" } },"#;
    let config = team("").replacen(ladder, quiet, 1);
    let config = config.replace(r#"{ after = "0s", notify = ["schedule:primary"] },"#, severe);
    let config = config.replace(
        r#"{ after = "5m", notify = ["user:bo@acme.test"] }"#,
        r#"{ after = "60m", notify = ["user:bo@acme.test"] }"#,
    );
    let mut app = TestApp::start(&config, &["commerce"]);
    app.provider_sets("commerce", "Checkout", "partial_outage");
    app.advance(minutes(5));
    assert_eq!(app.incident(1).severity, Severity::Error);
    app.expect_silence();
    app
}

fn edit(app: &mut TestApp, wanted: IncidentEdit) -> Incident {
    let done = app
        .act("Bo", 1, move |scope, ground, now, by, id| commands::edit(scope, ground, now, by, id, &wanted));
    done.unwrap()
}

#[test]
fn what_a_person_calls_worse_pages_at_once_as_that_severe() {
    let services = vec![("checkout".to_owned(), domain::Status::MajorOutage)];
    for wanted in [
        IncidentEdit { severity: Some(Severity::Critical), ..IncidentEdit::default() },
        IncidentEdit { services, ..IncidentEdit::default() },
    ] {
        let mut app = held_by_quiet_hours();
        assert_eq!(edit(&mut app, wanted.clone()).generation, 2);
        app.expect("Ana", "page");
        // The step that was passed over for its severity is not any more.
        app.expect("Bo", "page");
        assert!(app.journal(1).contains(&"worsened".to_owned()));
        edit(&mut app, wanted);
        app.advance(minutes(10));
        app.expect_silence();
        app.acknowledge("Ana", 1);
        app.expect("Bo", "acknowledged");
    }
}

#[test]
fn what_somebody_has_already_pages_nobody_for_being_called_worse() {
    let mut app = outage();
    app.act("Bo", 1, |scope, ground, now, by, id| {
        let lower = IncidentEdit { severity: Some(Severity::Warning), ..IncidentEdit::default() };
        commands::edit(scope, ground, now, by, id, &lower)
    })
    .unwrap();
    app.acknowledge("Ana", 1);
    edit(&mut app, IncidentEdit { severity: Some(Severity::Critical), ..IncidentEdit::default() });
    app.advance(minutes(1));
    app.expect_silence();
}
