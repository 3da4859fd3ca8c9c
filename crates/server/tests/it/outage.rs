//! An outage from the provider's page to the phone and the status page, in the words of the product.

use domain::{OrgId, Status, egress::Turned, setup::Organization};
use engine::commands;
use jiff::SignedDuration;
use store::{Scope, configurations, organizations, services};
use testkit::{
    TestApp,
    app::minutes,
    internet::{Service, Temper},
};
use uuid::Uuid;

const ANA: &str = "https://phone.test/ana";

/// Ana is on call and Bo comes five minutes later, three times over; two services depend on one provider.
pub(crate) fn team(dependency: &str) -> String {
    format!(
        r#"
        [organization]
        slug = "acme"

        [[user]]
        email = "ana@acme.test"
        name = "Ana"
        role = "owner"
        contact = [
            {{ id = "hook", kind = "webhook", url = "{ANA}" }},
            {{ id = "mail", kind = "email", address = "ana@acme.test" }},
        ]
        notify = [ {{ after = "0s", contact = "hook" }}, {{ after = "30m", contact = "mail" }} ]

        [[user]]
        email = "bo@acme.test"
        name = "Bo"
        contact = [ {{ id = "hook", kind = "webhook", url = "https://phone.test/bo" }} ]

        [[schedule]]
        slug = "primary"
        layer = [ {{ participants = ["ana@acme.test"] }} ]

        [[escalation_policy]]
        slug = "default"
        repeat = 2
        step = [ {{ after = "0s", notify = ["schedule:primary"] }}, {{ after = "5m", notify = ["user:bo@acme.test"] }} ]

        [[provider]]
        slug = "commerce"
        name = "Commerce"
        category = "Shops"
        feed = "https://commerce.status.test/api/v2/summary.json"

        [[service]]
        slug = "checkout"
        name = "Our checkout"
        escalation_policy = "default"
        depends_on = [ {{ provider = "commerce", components = ["Checkout"] {dependency} }} ]

        [[service]]
        slug = "orders"
        name = "Our orders"
        escalation_policy = "default"
        depends_on = [ {{ provider = "commerce", components = ["Checkout"] {dependency} }} ]

        [[status_page]]
        slug = "acme"
        title = "Acme"
        group = [ {{ name = "Shop", services = ["checkout", "orders"] }} ]
        "#
    )
}

fn start(dependency: &str) -> TestApp {
    TestApp::start(&team(dependency), &["commerce"])
}

fn statuses(app: &TestApp) -> Vec<Status> {
    app.world().read(services::list_states).iter().map(|state| state.status).collect()
}

#[test]
fn an_outage_pages_one_after_the_other_until_somebody_takes_it() {
    let mut app = start("");
    assert_eq!(statuses(&app), [Status::Operational; 2]);
    assert!(app.page("/status/acme").contains("All services operational"));

    app.provider_sets("commerce", "Checkout", "major_outage");
    app.advance(minutes(2));
    assert!(app.page("/status/acme").contains("Major outage"));
    assert!(app.expect("Ana", "page").contains("checkout"));
    app.expect_silence();

    app.advance(minutes(5));
    app.expect("Bo", "page");
    app.expect_silence();

    app.acknowledge("Bo", 1);
    assert!(app.expect("Ana", "acknowledged").contains("\"by\":\"Bo\""));
    app.advance(minutes(120));
    app.expect_silence();

    app.provider_sets("commerce", "Checkout", "operational");
    app.advance(minutes(2));
    app.expect("Ana", "resolved");
    app.expect("Bo", "resolved");
    assert!(app.page("/status/acme").contains("All services operational"));
    assert!(app.incident(1).is_resolved());
}

#[test]
fn a_status_page_turns_in_all_of_its_languages_at_once_and_by_its_own_clock() {
    let speaks = "title = \"Acme\"\nlanguage = \"de\"\nlanguages = [\"ar\"]\ntime_zone = \"Asia/Tokyo\"";
    let config = team("").replace("title = \"Acme\"", speaks);
    let mut app = TestApp::start(&config, &["commerce"]);
    assert!(app.page("/status/acme").contains("Alle Dienste sind betriebsbereit"));
    assert!(app.page("/status/acme/ar").contains("جميع الخدمات تعمل"));
    app.provider_sets("commerce", "Checkout", "major_outage");
    app.advance(minutes(2));
    app.expect("Ana", "page");
    let german = app.page("/status/acme");
    assert!(german.contains("Schwerer Ausfall") && german.contains("Alle Zeiten in Asia/Tokyo"), "{german}");
    let arabic = app.page("/status/acme/ar");
    assert!(arabic.contains("انقطاع كبير") && arabic.contains("بسبب <bdi lang=\"de\">"), "{arabic}");
    assert!(arabic.contains(" JST</time>"), "{arabic}");
    assert!(app.page("/status/acme/api/v2/status.json").contains("critical"));
}

#[test]
fn one_cause_is_one_incident_for_every_service_that_it_touches() {
    let mut app = start("");
    app.provider_page("commerce", |page, now| {
        page.set("Checkout", "major_outage", now);
        page.post("inc-1", "Checkout is down", "critical", &["Checkout"], now);
    });
    app.advance(minutes(2));
    app.expect("Ana", "page");
    app.expect_silence();
    assert_eq!(app.incidents().len(), 1);
    assert_eq!(app.incident(1).services.len(), 2);
    app.acknowledge("Ana", 1);
    app.expect_silence();
}

#[test]
fn a_feed_that_cannot_be_read_changes_no_status() {
    let mut app = start("");
    for service in [Service::Html, Service::Down, Service::Unreachable] {
        app.provider_serves("commerce", service);
        app.advance(minutes(120));
        assert_eq!(statuses(&app), [Status::Operational; 2]);
    }
    assert!(app.incidents().is_empty());

    app.provider_serves("commerce", Service::Up);
    app.provider_sets("commerce", "Checkout", "major_outage");
    while app.incidents().is_empty() {
        app.advance(minutes(1));
    }
    app.expect("Ana", "page");
    app.acknowledge("Ana", 1);
    app.provider_serves("commerce", Service::Html);
    app.provider_sets("commerce", "Checkout", "operational");
    app.advance(minutes(120));
    assert_eq!(statuses(&app), [Status::MajorOutage; 2]);
    assert!(!app.incident(1).is_resolved());
}

#[test]
fn an_incident_told_in_hindsight_wakes_nobody() {
    let mut app = start("");
    app.provider_page("commerce", |page, now| {
        let ago = |hours| now - SignedDuration::from_hours(hours);
        page.post_in_hindsight("inc-1", "Last week's outage", ago(170), ago(168), now);
    });
    app.advance(minutes(30));
    assert!(app.incidents().is_empty());
    app.expect_silence();
}

#[test]
fn trouble_that_is_held_pages_only_when_it_lasts() {
    let mut app = start(r#", hold = "10m""#);
    app.provider_sets("commerce", "Checkout", "major_outage");
    app.advance(minutes(5));
    app.provider_sets("commerce", "Checkout", "operational");
    app.advance(minutes(30));
    assert!(app.incidents().is_empty());

    app.provider_sets("commerce", "Checkout", "major_outage");
    app.advance(minutes(9));
    app.expect_silence();
    app.advance(minutes(3));
    app.expect("Ana", "page");
    app.acknowledge("Ana", 1);
}

#[test]
fn a_draft_is_shown_when_a_person_says_so() {
    let mut app = start(r#", publish = "draft""#);
    app.provider_sets("commerce", "Checkout", "major_outage");
    app.advance(minutes(2));
    app.expect("Ana", "page");
    app.acknowledge("Ana", 1);
    assert!(app.page("/status/acme").contains("All services operational"));

    app.publish("Ana", 1);
    assert!(app.page("/status/acme").contains("Major outage"));
}

#[test]
fn the_next_contact_follows_at_once_when_the_first_refuses() {
    let mut app = start("");
    app.destination(ANA, Temper::Gone);
    app.provider_sets("commerce", "Checkout", "major_outage");
    app.advance(minutes(2));
    app.expect("Ana", "Our checkout");
    app.expect_silence();
    app.acknowledge("Ana", 1);
}

#[test]
fn the_owner_hears_when_nobody_answered() {
    let mut app = start("");
    app.provider_sets("commerce", "Checkout", "major_outage");
    app.advance(minutes(28));
    for _ in 0..3 {
        app.expect("Ana", "page");
        app.expect("Bo", "page");
    }
    // Bo has been paged last, and has as long to answer as there is between two rounds.
    app.expect_silence();
    app.advance(minutes(4));
    app.expect("Ana", "unanswered");
    app.expect("Ana", "answered the pages");
    // By then half an hour has passed since her first page, and her ladder takes its last rung.
    app.expect("Ana", "Our checkout");
    app.expect_silence();
    app.acknowledge("Bo", 1);
    app.expect("Ana", "acknowledged");
    app.expect("Ana", "Acknowledged by: Bo");
}

#[test]
fn a_title_in_html_is_told_as_its_words() {
    let mut app = TestApp::start(&team(""), &["commerce"]);
    app.provider_page("commerce", |page, now| {
        page.post("inc1", "<b>API</b> &amp; login\u{202E} <br>fail, p99 > 5s", "major", &["Checkout"], now);
    });
    app.provider_sets("commerce", "Checkout", "major_outage");
    app.advance(minutes(2));
    app.expect("Ana", "page");
    let words = "API & login fail, p99 › 5s";
    let public = app.page("/status/acme/api/v2/summary.json");
    assert!(public.contains(&format!("They report: [“{words}”](https://")), "{public}");
    let page = app.page("/status/acme");
    assert!(page.contains("login fail, p99 › 5s”") && !page.contains("bAPI"), "{page}");
    app.acknowledge("Ana", 1);
}

#[test]
fn an_organisation_that_can_not_be_read_keeps_no_page_of_another_from_being_drawn_nor_an_owner_from_being_told()
 {
    let mut app = TestApp::start(&team(""), &["commerce"]);
    let now = app.now();
    app.world().write(move |tx| {
        let id = OrgId(Uuid::from_u128(1));
        let broken = Organization { id, slug: "aaa".to_owned(), name: "Aaa".to_owned() };
        organizations::insert_if_absent(tx, &broken, now)?;
        configurations::append(&mut Scope::new(tx, id), "{}", "a newer release", now)?;
        Ok(())
    });
    app.provider_sets("commerce", "Checkout", "major_outage");
    app.advance(minutes(2));
    app.expect("Ana", "page");
    assert!(app.page("/status/acme").contains("Major outage"));
    app.acknowledge("Ana", 1);
    let (ground, now) = (app.shell().ground(), app.now());
    app.world().write(move |tx| commands::tell_operators(tx, &ground, Turned::Cut, now));
    assert!(app.incident(2).causes.is_empty(), "the owners of the other are told: {:?}", app.incident(2));
}

#[test]
fn down_time_is_told_with_the_provider_that_it_came_from() {
    let mut app = start("");
    app.provider_sets("commerce", "Checkout", "major_outage");
    app.advance(minutes(4));
    app.expect("Ana", "page");
    app.acknowledge("Ana", 1);
    app.provider_sets("commerce", "Checkout", "operational");
    app.advance(minutes(10));
    app.expect("Ana", "resolved");
    let figures: serde_json::Value = serde_json::from_str(&app.page("/status/acme/uptime.json")).unwrap();
    let day = &figures["services"][0]["windows"][0];
    assert!(day["down_us"].as_u64().unwrap() > 0, "{day}");
    assert_eq!(day["down_by_provider_us"]["Commerce"], day["down_us"]);
    assert_eq!(figures["services"][0]["troubles"][0]["provider"], "Commerce");
    assert!(app.page("/status/acme/uptime").contains("Where down time came from"));
}
