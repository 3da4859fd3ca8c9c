//! Trouble that gets worse, comes back and goes, and who hears of it: nobody is forgotten, and nobody woken for what works.

use domain::incident::Response;
use jiff::SignedDuration;
use testkit::{TestApp, app::minutes};

use super::storms::of_kind;

const BO: &str = "https://phone.test/bo";

/// Ana is told at once and by mail after an hour, Bo after five minutes and the owner, Cy, when nobody answers; `steps` come
/// after them.
fn start(steps: &str, repeat: u32) -> TestApp {
    let toml = format!(
        r#"
        [organization]
        slug = "acme"
        [[user]]
        email = "ana@acme.test"
        name = "Ana"
        contact = [
            {{ id = "hook", kind = "webhook", url = "https://phone.test/ana" }},
            {{ id = "mail", kind = "email", address = "ana@acme.test" }},
        ]
        notify = [ {{ after = "0s", contact = "hook" }}, {{ after = "60m", contact = "mail" }} ]
        [[user]]
        email = "bo@acme.test"
        name = "Bo"
        contact = [ {{ id = "hook", kind = "webhook", url = "{BO}" }} ]
        [[user]]
        email = "cy@acme.test"
        name = "Cy"
        role = "owner"
        contact = [ {{ id = "hook", kind = "webhook", url = "https://phone.test/cy" }} ]
        [[escalation_policy]]
        slug = "default"
        repeat = {repeat}
        step = [
            {{ after = "0s", notify = ["user:ana@acme.test"] }}, {{ after = "5m", notify = ["user:bo@acme.test"] }},
            {steps}
        ]
        [[provider]]
        slug = "commerce"
        name = "Commerce"
        category = "Shops"
        feed = "https://commerce.status.test/api/v2/summary.json"
        interval = "60s"
        [[service]]
        slug = "checkout"
        name = "Checkout"
        escalation_policy = "default"
        depends_on = [ {{ provider = "commerce", components = ["API"], page = "degraded_performance" }} ]
        "#
    );
    TestApp::start(&toml, &["commerce"])
}

fn set(app: &mut TestApp, status: &str) {
    app.provider_sets("commerce", "API", status);
    app.advance(minutes(2));
}

#[test]
fn owners_who_heard_that_nobody_answered_hear_who_took_it_and_that_it_is_over() {
    let mut app = start("", 0);
    set(&mut app, "major_outage");
    app.advance(minutes(10));
    app.expect("Ana", "page");
    app.expect("Bo", "page");
    app.expect("Cy", "unanswered");
    app.acknowledge("Bo", 1);
    app.expect("Ana", "acknowledged");
    app.expect("Cy", "acknowledged");
    set(&mut app, "operational");
    app.expect("Cy", "resolved");
    app.expect("Ana", "resolved");
    app.expect("Bo", "resolved");
}

#[test]
fn what_grows_after_the_last_round_begins_anew_each_time() {
    let mut app = start("", 0);
    set(&mut app, "partial_outage");
    app.advance(minutes(40));
    for name in ["Ana", "Bo"] {
        app.expect(name, "page");
    }
    app.expect("Cy", "unanswered");
    set(&mut app, "major_outage");
    app.expect("Ana", "page");
    app.advance(minutes(5));
    app.expect("Bo", "page");
    app.advance(minutes(30));
    app.expect("Cy", "unanswered");
    // It is not worse than it ever was, and worse than it was a moment ago.
    set(&mut app, "degraded_performance");
    app.expect_silence();
    set(&mut app, "major_outage");
    app.expect("Ana", "page");
    app.advance(minutes(5));
    app.expect("Bo", "page");
    app.acknowledge("Bo", 1);
    app.expect("Ana", "acknowledged");
    app.expect("Cy", "acknowledged");
    assert_eq!(app.journal(1).iter().filter(|kind| *kind == "escalated").count(), 2);
}

#[test]
fn what_grows_on_the_way_is_told_again_at_once_and_later_steps_keep_their_time() {
    let severe = r#"{ after = "7m", notify = ["user:cy@acme.test"], when = { severity = "critical" } },
        { after = "20m", notify = ["user:cy@acme.test"] },"#;
    let mut app = start(severe, 0);
    set(&mut app, "partial_outage");
    app.advance(minutes(8));
    app.expect("Ana", "page");
    app.expect("Bo", "page");
    app.expect_silence();
    let began = app.incident(1).opened_at;
    set(&mut app, "major_outage");
    // Cy's first step was passed over as long as it was not critical.
    for name in ["Ana", "Bo", "Cy"] {
        app.expect(name, "page");
    }
    app.expect_silence();
    app.advance(minutes(11));
    let page = app.expect_at("https://phone.test/cy");
    assert_eq!(page.at.duration_since(began), SignedDuration::from_mins(20), "as if nothing had happened");
    app.expect_silence();
    app.acknowledge("Cy", 1);
    app.expect("Ana", "acknowledged");
    app.expect("Bo", "acknowledged");
    assert!(app.journal(1).contains(&"worsened".to_owned()), "{:?}", app.journal(1));
}

#[test]
fn whoever_has_it_hears_first_that_it_is_worse() {
    let mut app = start("", 0);
    set(&mut app, "partial_outage");
    app.expect("Ana", "page");
    app.acknowledge("Bo", 1);
    app.expect("Ana", "acknowledged");
    set(&mut app, "major_outage");
    assert_eq!(app.incident(1).response, Response::Open);
    let page = app.expect("Bo", "page");
    assert!(page.contains("had it until it got worse"), "{page}");
    app.expect("Ana", "page");
    app.expect_silence();
    app.acknowledge("Bo", 1);
    app.expect("Ana", "acknowledged");
}

/// Trouble comes back a third time, so that its end is not believed; returns when it began to be calm.
fn flap(app: &mut TestApp) {
    for _ in 0..3 {
        set(app, "major_outage");
        set(app, "operational");
    }
    assert!(!app.incident(1).is_resolved());
    for address in ["https://phone.test/ana", BO] {
        app.arrivals_at(address);
    }
}

#[test]
fn no_page_leaves_while_a_flapping_service_works_and_none_is_lost() {
    let mut app = start("", 0);
    flap(&mut app);
    // Bo's step falls into the calm.
    app.advance(minutes(4));
    assert_eq!(app.journal(1).iter().filter(|kind| *kind == "step").count(), 4, "{:?}", app.journal(1));
    app.expect_silence();
    app.provider_sets("commerce", "API", "major_outage");
    app.advance(minutes(1));
    app.expect("Bo", "page");
    app.acknowledge("Bo", 1);
    app.expect("Ana", "acknowledged");
    set(&mut app, "operational");
    app.advance(minutes(12));
    assert!(app.incident(1).is_resolved());
    let all = app.arrivals_at(BO);
    assert_eq!((of_kind(&all, "page").len(), of_kind(&all, "resolved").len()), (1, 1));
    app.arrivals_at("https://phone.test/ana");
}

#[test]
fn a_page_that_waited_for_trouble_is_never_sent_when_the_calm_lasts() {
    let mut app = start("", 0);
    flap(&mut app);
    app.advance(minutes(12));
    assert!(app.incident(1).is_resolved());
    app.expect("Ana", "resolved");
    app.expect_silence();
}

#[test]
fn trouble_that_flaps_back_after_the_last_round_begins_anew() {
    let mut app = start("", 0);
    flap(&mut app);
    // The policy comes to its end, and the owner hears so, while there is trouble.
    set(&mut app, "major_outage");
    app.advance(minutes(10));
    app.expect("Cy", "unanswered");
    app.expect("Bo", "page");
    set(&mut app, "operational");
    app.expect_silence();
    set(&mut app, "major_outage");
    app.expect("Ana", "page");
    app.acknowledge("Ana", 1);
    app.expect("Bo", "acknowledged");
    app.expect("Cy", "acknowledged");
}
