//! Whom a page reaches by team, turn, condition and quiet hours, and how a contact is shown to lead to its person.

use domain::{
    Severity, UserId,
    contact::{Heard, Standing},
    incident::Actor,
};
use engine::commands::{self, Verification};
use store::contacts;
use testkit::{TestApp, app::minutes};

/// Ana and Bo are a team; a story says what the steps of the policy are and what else stands in the file.
pub(crate) fn start(steps: &str, more: &str) -> TestApp {
    let text = format!(
        r#"
        [organization]
        slug = "acme"

        [[user]]
        email = "ana@acme.test"
        name = "Ana"
        role = "owner"
        contact = [ {{ id = "hook", kind = "webhook", url = "https://phone.test/ana" }} ]

        [[user]]
        email = "bo@acme.test"
        name = "Bo"
        contact = [ {{ id = "hook", kind = "webhook", url = "https://phone.test/bo" }} ]
        {more}

        [[team]]
        slug = "shop"
        members = ["ana@acme.test", "bo@acme.test"]

        [[escalation_policy]]
        slug = "default"
        step = [ {steps} ]

        [[provider]]
        slug = "commerce"
        name = "Commerce"
        category = "Shops"
        feed = "https://commerce.status.test/api/v2/summary.json"

        [[service]]
        slug = "checkout"
        escalation_policy = "default"
        depends_on = [ {{ provider = "commerce", components = ["Checkout"], page = "degraded_performance" }} ]
        "#
    );
    TestApp::start(&text, &["commerce"])
}

/// What the incident's timeline says of one kind of act.
fn acts(app: &TestApp, number: i64, kind: &'static str) -> Vec<String> {
    let id = app.incident(number).id;
    let events = app.world().read(move |scope| store::incidents::list_events(scope, id));
    events.into_iter().filter(|event| event.kind == kind).map(|event| event.detail).collect()
}

#[test]
fn a_round_robin_pages_one_of_the_team_and_then_the_other() {
    let mut app = start(r#"{ notify = ["team:shop"], round_robin = true }"#, "");
    for (number, first, second) in [(1, "Bo", "Ana"), (2, "Ana", "Bo")] {
        app.provider_sets("commerce", "Checkout", "major_outage");
        app.advance(minutes(2));
        let page = app.expect(first, "page");
        assert!(page.contains("team shop, named in step 1, "), "{page}");
        app.expect_silence();
        app.acknowledge(second, number);
        app.expect(first, "acknowledged");
        app.provider_sets("commerce", "Checkout", "operational");
        app.advance(minutes(2));
        app.expect(first, "resolved");
        // Later than an incident is opened again.
        app.advance(minutes(24 * 60));
    }
}

#[test]
fn a_step_that_does_not_apply_is_passed_over_and_the_last_resort_is_told_when_none_does() {
    let steps = r#"
        { notify = ["user:bo@acme.test"], when = { severity = "critical" } },
        { after = "5m", notify = ["team:shop"], when = { severity = "critical" } }"#;
    let mut app = start(steps, "");
    app.provider_sets("commerce", "Checkout", "degraded_performance");
    app.advance(minutes(2));
    app.expect_silence();
    assert_eq!(
        acts(&app, 1, "step_passed_over"),
        ["policy default, round 1, step 1: passed over, it is taken only when severity is at least critical"]
    );
    app.advance(minutes(5));
    let page = app.expect("Ana", "page");
    assert!(page.contains("reached nobody") && page.contains("; owner"), "{page}");
    app.expect_silence();

    // It gets worse: the steps that wait for that and that were due by now are taken at once.
    app.provider_sets("commerce", "Checkout", "major_outage");
    app.advance(minutes(2));
    app.expect("Bo", "page");
    app.expect("Ana", "page");
    app.expect_silence();
    app.acknowledge("Bo", 1);
    app.expect("Ana", "acknowledged");
    assert_eq!(acts(&app, 1, "worsened").len(), 1);
}

#[test]
fn quiet_hours_hold_a_page_until_they_end_or_it_is_critical() {
    // The story begins on a Monday at eight in the morning, UTC.
    let quiet = r#"quiet = [ { from = "07:00", to = "10:00" } ]"#;
    let mut app = start(r#"{ notify = ["user:bo@acme.test"] }"#, quiet);
    app.provider_sets("commerce", "Checkout", "partial_outage");
    app.advance(minutes(60));
    let held = app.incident(1);
    assert_eq!(held.severity, Severity::Error);
    // Nobody else is in the policy, so paging comes to its end and the owner hears of it; Bo's page still waits.
    app.expect("Ana", "unanswered");
    app.expect_silence();
    app.provider_sets("commerce", "Checkout", "major_outage");
    app.advance(minutes(2));
    let page = app.expect("Bo", "page");
    assert!(page.contains("named in step 1") && !page.contains("held by quiet hours"), "{page}");
    app.acknowledge("Bo", 1);
    app.expect("Ana", "acknowledged");
    app.advance(minutes(120));

    let mut app = start(r#"{ notify = ["team:shop"] }"#, quiet);
    app.provider_sets("commerce", "Checkout", "partial_outage");
    app.advance(minutes(2));
    app.expect("Ana", "page");
    app.advance(minutes(60));
    app.expect("Ana", "unanswered");
    app.expect_silence();
    app.advance(minutes(60));
    app.expect("Bo", "page");
    app.acknowledge("Ana", 1);
    app.expect("Bo", "acknowledged");
}

fn bo(app: &TestApp) -> UserId {
    app.user("Bo")
}

/// Has a code sent to Bo and returns it as his phone shows it.
fn code(app: &mut TestApp) -> String {
    let (ground, bo) = (app.shell().ground(), bo(app));
    let sent = app
        .world()
        .act(move |scope, now| commands::test_contact(scope, &ground, now, Actor::Operator, (bo, "hook")));
    sent.unwrap();
    app.advance(minutes(1));
    let message = app.expect("Bo", "notice");
    let (_, rest) = message.split_once("the code for hook of bo@acme.test is ").unwrap();
    let code = rest[..6].to_owned();
    let shown = app.incidents().into_iter().map(|incident| (incident.title, app.timeline(incident.number)));
    for (title, timeline) in shown.collect::<Vec<_>>() {
        let reads = title.contains(&code) || timeline.iter().any(|line| line.contains(&code));
        assert!(!reads, "whoever reads incidents reads the code: {title}, {timeline:?}");
    }
    code
}

fn give(app: &TestApp, code: &str) -> Verification {
    let (ground, key, bo, code) = (app.shell().ground(), app.shell().key.clone(), bo(app), code.to_owned());
    let answer = app
        .world()
        .act(move |scope, now| commands::verify_contact(scope, &ground, &key, now, (bo, "hook"), &code));
    answer.unwrap()
}

fn standing(app: &TestApp) -> Standing {
    let states = app.world().read(contacts::list);
    let user = app.world().setup.user(bo(app)).unwrap();
    user.contacts[0].standing(user.id, &states)
}

#[test]
fn a_code_that_comes_back_verifies_the_contact() {
    let mut app = start(r#"{ notify = ["team:shop"] }"#, "");
    assert_eq!(give(&app, "123456"), Verification::Void);
    let sent = code(&mut app);
    assert_eq!(standing(&app), Standing::Unverified);
    assert_eq!(give(&app, "12345x"), Verification::Wrong { left: 4 });
    assert_eq!(give(&app, &sent), Verification::Verified);
    assert_eq!(standing(&app), Standing::Good);
    assert_eq!(give(&app, &sent), Verification::Void, "a code is good once");
    app.advance(minutes(60));
    app.expect_silence();
}

#[test]
fn a_code_is_good_for_a_quarter_of_an_hour_and_five_tries() {
    let mut app = start(r#"{ notify = ["team:shop"] }"#, "");
    let first = code(&mut app);
    assert_eq!(code(&mut app), first, "sending again gives no other code while one is good");
    app.advance(minutes(15));
    assert_eq!(give(&app, &first), Verification::Void);

    let second = code(&mut app);
    assert_ne!(second, first);
    for left in (1..5).rev() {
        assert_eq!(give(&app, "no"), Verification::Wrong { left });
    }
    let Verification::Exhausted { until } = give(&app, "no") else { panic!("five tries are enough") };
    assert_eq!(give(&app, &second), Verification::Exhausted { until }, "the right one comes too late");
    let (ground, bo) = (app.shell().ground(), bo(&app));
    let refused = app
        .world()
        .act(move |scope, now| commands::test_contact(scope, &ground, now, Actor::Operator, (bo, "hook")));
    assert!(refused.unwrap_err().to_string().starts_with("5 wrong codes were given for hook"));
    app.advance(minutes(15));
    let third = code(&mut app);
    assert_eq!(give(&app, &third), Verification::Verified);
}

#[test]
fn what_destinations_say_is_kept_and_a_contact_that_is_not_there_is_named() {
    let app = start(r#"{ notify = ["team:shop"] }"#, "");
    let (user, destination) = (bo(&app), app.world().setup.users[1].contacts[0].destination.clone());
    let hear = |heard, answer: &'static str| {
        let destination = destination.clone();
        let done = app.world().act(move |scope, now| {
            commands::record_result(scope, user, ("hook", &destination), heard, answer, now)
        });
        done.unwrap();
        standing(&app)
    };
    assert_eq!(hear(Heard::Accepted, "200"), Standing::Unverified);
    assert_eq!(hear(Heard::Confirmed, "answered"), Standing::Good);
    let states = app.world().read(contacts::list);
    assert_eq!(states[0].last_answer.as_deref(), Some("answered"));
    let ground = app.shell().ground();
    let refused = app
        .world()
        .act(move |scope, now| commands::test_contact(scope, &ground, now, Actor::Operator, (user, "fax")));
    let words = "contact fax of bo@acme.test (there are: hook) does not exist";
    assert_eq!(refused.unwrap_err().to_string(), words);
}
