//! Two policies on one incident: each pages whom it names at its own times.

use testkit::{TestApp, app::minutes, internet::Temper};

use crate::{outage::team, storms::of_kind};

const ANA: &str = "https://phone.test/ana";

/// The services of the outage follow two policies, whose second steps call Ana after five and after sixty minutes.
fn start() -> TestApp {
    let first = r#"step = [ { after = "0s", notify = ["user:bo@acme.test"] }, { after = "5m", notify = ["user:ana@acme.test"] } ]"#;
    let step = r#"step = [ { after = "0s", notify = ["schedule:primary"] }, { after = "5m", notify = ["user:bo@acme.test"] } ]"#;
    let slow = format!(
        r#"{}
        [[escalation_policy]]
        slug = "slow"
        repeat = 0
        step = [ {{ after = "0s", notify = ["user:bo@acme.test"] }}, {{ after = "60m", notify = ["user:ana@acme.test"] }} ]"#,
        first
    );
    let ladder = r#"notify = [ { after = "0s", contact = "hook" }, { after = "30m", contact = "mail" } ]"#;
    let config = team("").replace("repeat = 2", "repeat = 0").replace(step, &slow);
    let config = config.replace(ladder, r#"notify = [ { after = "0s", contact = "hook" } ]"#);
    let (one, other) = config.rsplit_once(r#"escalation_policy = "default""#).unwrap();
    TestApp::start(&format!("{one}escalation_policy = \"slow\"{other}"), &["commerce"])
}

#[test]
fn a_page_of_one_policy_does_not_swallow_that_of_another_by_the_same_number() {
    let mut app = start();
    app.provider_sets("commerce", "Checkout", "major_outage");
    app.advance(minutes(2));
    let bo = of_kind(&app.arrivals_at("https://phone.test/bo"), "page");
    assert_eq!(bo.len(), 1, "what is due for him at one time is one page");
    app.advance(minutes(6));
    assert_eq!(of_kind(&app.arrivals_at(ANA), "page").len(), 1);
    app.advance(minutes(60));
    let pages = of_kind(&app.arrivals_at(ANA), "page");
    let late: Vec<_> =
        pages.iter().filter(|page| page.at > app.now() - jiff::SignedDuration::from_mins(10)).collect();
    assert_eq!(late.len(), 1, "{pages:?}");
    assert!(late[0].text.contains("\"step\":2,"), "people know it as step 2: {}", late[0].text);
    app.arrivals_at("https://phone.test/bo");
    app.arrivals_at("ana@acme.test");
}

#[test]
fn what_one_policy_has_given_up_the_other_tries_at_its_time() {
    let mut app = start();
    app.destination(ANA, Temper::Gone);
    app.provider_sets("commerce", "Checkout", "major_outage");
    app.advance(minutes(10));
    assert!(of_kind(&app.arrivals_at(ANA), "page").is_empty());
    app.destination(ANA, Temper::Well);
    app.advance(minutes(55));
    assert!(!of_kind(&app.arrivals_at(ANA), "page").is_empty(), "{:?}", app.timeline(1));
    app.arrivals_at("https://phone.test/bo");
    app.arrivals_at("ana@acme.test");
}
