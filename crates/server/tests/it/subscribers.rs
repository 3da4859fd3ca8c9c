//! Subscribers of a status page of ours: what they are told, in which words, and what never reaches them.

use std::time::Duration;

use domain::{MaintenanceId, Phase, Status, incident::Actor};
use engine::commands::{self, NewMaintenance, WorkAct};
use jiff::SignedDuration;
use testkit::{
    TestApp,
    app::minutes,
    internet::{Arrival, Temper},
};

use crate::{
    alerts::{ANA, link},
    reader::Reader,
};

pub(crate) const FORM: &str = "/status/acme/subscribe";
pub(crate) const HOOK: &str = "https://hooks.readers.test/b";
const SLACK: &str = "https://hooks.slack.com/services/T1/B2/c3";
const WORK: MaintenanceId = MaintenanceId(uuid::Uuid::from_u128(7));

/// Two services that readers see and one that they don't; nobody is paged.
pub(crate) fn config(publish: &str) -> String {
    format!(
        r#"
        [organization]
        slug = "acme"

        [[user]]
        email = "ada@acme.test"
        name = "Ada"
        role = "owner"

        [[provider]]
        slug = "commerce"
        name = "Commerce"
        category = "Shops"
        feed = "https://commerce.status.test/api/v2/summary.json"

        [[provider]]
        slug = "carrier"
        name = "Carrier"
        category = "Shops"
        feed = "https://carrier.status.test/api/v2/summary.json"

        [[service]]
        slug = "checkout"
        name = "Our checkout"
        depends_on = [ {{ provider = "commerce", components = ["Checkout"], publish = "{publish}" }} ]

        [[service]]
        slug = "orders"
        name = "Our orders"
        depends_on = [ {{ provider = "carrier", components = ["API"], publish = "{publish}" }} ]

        [[service]]
        slug = "ledger"
        name = "Secret ledger"
        depends_on = [ {{ provider = "commerce", components = ["Checkout"], publish = "{publish}" }} ]

        [[status_page]]
        slug = "acme"
        title = "Acme & Co"
        languages = ["it"]
        time_zone = "Europe/Rome"
        group = [ {{ name = "Shop", services = ["checkout", "orders"] }} ]
        "#
    )
}

fn start_as(publish: &str) -> (TestApp, Reader) {
    let mut app = TestApp::start(&config(publish), &["commerce", "carrier"]);
    app.advance(Duration::ZERO);
    let reader = Reader::of(&app);
    (app, reader)
}

pub(crate) fn start() -> (TestApp, Reader) {
    start_as("auto")
}

/// Asks and confirms; returns the path of the subscription.
pub(crate) fn subscribe(app: &mut TestApp, reader: &Reader, place: (&str, &str), fields: &str) -> String {
    let (field, to) = place;
    let answer = reader.send(FORM, &format!("{field}={to}&{fields}"));
    assert_eq!(answer.status, 202, "{}", answer.body);
    app.advance(minutes(0));
    let question = link(&app.expect_at(to).text, "/confirm");
    let confirmed = reader.send(&question, "act=confirm");
    assert_eq!(confirmed.status, 303, "{}", confirmed.body);
    confirmed.header("location").unwrap().to_owned()
}

pub(crate) const ALL: &str = "incidents=yes&maintenances=yes&postmortems=yes&least=none";

pub(crate) fn breaks(app: &mut TestApp, component: &str, status: &str) {
    let provider = if component == "API" { "carrier" } else { "commerce" };
    app.provider_sets(provider, component, status);
    app.advance(minutes(2));
}

fn header(mail: &Arrival, name: &str) -> Option<String> {
    mail.headers.iter().find(|(known, _)| known == name).map(|(_, value)| value.clone())
}

fn update(body: &str, is_public: bool) -> commands::NewUpdate {
    commands::NewUpdate { body: body.to_owned(), is_public, template: None, phase: None, next: None }
}

#[test]
fn an_incident_is_told_from_its_first_word_to_its_end_in_one_thread() {
    let (mut app, reader) = start();
    let manage = subscribe(&mut app, &reader, ("email", ANA), ALL);
    breaks(&mut app, "Checkout", "major_outage");
    let first = app.expect_at(ANA);
    assert!(first.text.starts_with("[Acme & Co] Investigating: Our checkout"), "{}", first.text);
    assert!(first.text.contains("CET") && first.text.contains("Impact: critical"), "{}", first.text);
    assert!(first.text.contains("Services: Our checkout\n"), "what the page does not show: {}", first.text);
    breaks(&mut app, "Checkout", "operational");
    let last = app.expect_at(ANA);
    assert!(last.text.starts_with("[Acme & Co] Resolved: "), "the end does not wait: {}", last.text);
    let leave = format!("<https://midwatch.test{manage}/unsubscribe>");
    for mail in [&first, &last] {
        assert_eq!(header(mail, "List-Unsubscribe").as_deref(), Some(leave.as_str()));
        assert_eq!(header(mail, "List-Unsubscribe-Post").as_deref(), Some("List-Unsubscribe=One-Click"));
        assert_eq!(header(mail, "List-Id").as_deref(), Some("<acme.status.midwatch.test>"));
        assert_eq!(header(mail, "In-Reply-To"), header(&first, "References"));
    }
    assert_ne!(first.id, last.id);
    breaks(&mut app, "Checkout", "major_outage");
    assert!(app.expect_at(ANA).text.contains("Reopened: "), "the same incident again");
}

#[test]
fn what_only_changes_components_waits_five_minutes_and_the_newest_word_replaces_it() {
    let (mut app, reader) = start();
    subscribe(&mut app, &reader, ("email", ANA), ALL);
    breaks(&mut app, "Checkout", "degraded_performance");
    let first = app.expect_at(ANA);
    for status in ["partial_outage", "major_outage"] {
        app.provider_sets("commerce", "Checkout", status);
        app.advance(minutes(1));
        app.expect_silence();
    }
    app.advance(minutes(5));
    let second = app.expect_at(ANA);
    assert!(second.at.duration_since(first.at) >= SignedDuration::from_mins(5), "{}", second.at);
    assert!(
        second.text.contains("major outage") && !second.text.contains("partial outage."),
        "{}",
        second.text
    );
    // A person's word waits for nothing, and takes what waits with it.
    app.provider_sets("commerce", "Checkout", "partial_outage");
    app.advance(minutes(1));
    app.expect_silence();
    let said = app.act("Ada", 1, |scope, ground, now, by, id| {
        commands::say(scope, ground, now, by, id, &update("A fix is on its way.", true))
    });
    said.unwrap();
    assert!(app.expect_at(ANA).text.contains("A fix is on its way."));
    let said = app.act("Ada", 1, |scope, ground, now, by, id| {
        commands::say(scope, ground, now, by, id, &update("Ring the vendor", false))
    });
    said.unwrap();
    app.advance(minutes(20));
    app.expect_silence();
}

#[test]
fn a_draft_and_a_service_that_is_not_shown_are_told_to_nobody() {
    let (mut app, reader) = start_as("draft");
    subscribe(&mut app, &reader, ("email", ANA), ALL);
    breaks(&mut app, "Checkout", "major_outage");
    let asked = app.expect_at("ada@acme.test").text;
    assert!(asked.contains("readers are told once you say so"), "{asked}");
    app.advance(minutes(10));
    app.expect_silence();
    app.publish("Ada", 1);
    let told = app.expect_at(ANA).text;
    assert!(told.contains("Services: Our checkout\n"), "{told}");
    app.advance(minutes(10));
    app.expect_silence();
}

#[test]
fn a_post_mortem_is_told_once_to_those_who_chose_it() {
    let (mut app, reader) = start();
    subscribe(&mut app, &reader, ("email", ANA), ALL);
    subscribe(&mut app, &reader, ("email", "bo@readers.test"), "incidents=yes&least=none");
    for status in ["major_outage", "operational"] {
        breaks(&mut app, "Checkout", status);
        app.expect_at(ANA);
        app.expect_at("bo@readers.test");
    }
    app.advance(minutes(60));
    for (base, text) in [(0, "## Why\n\nThe red switch."), (1, "## Why\n\nThe green switch.")] {
        let (by, id, ground) = (Actor::User(app.user("Ada")), app.incident(1).id, app.shell().ground());
        let done = app.world().act(move |scope, now| {
            commands::postmortem::save(scope, &ground, now, by, id, base, text)?;
            commands::postmortem::publish(scope, &ground, now, by, id, true)
        });
        done.unwrap();
        app.advance(minutes(10));
        if base == 0 {
            let told = app.expect_at(ANA).text;
            assert!(
                told.starts_with("[Acme & Co] Postmortem: ") && told.contains("The red switch."),
                "{told}"
            );
        }
        app.expect_silence();
    }
}

#[test]
fn what_was_not_chosen_is_not_told() {
    let (mut app, reader) = start();
    let orders = format!("{ALL}&scope=some&component=orders");
    subscribe(&mut app, &reader, ("email", ANA), &orders);
    subscribe(&mut app, &reader, ("url", HOOK), "incidents=yes&least=critical");
    breaks(&mut app, "API", "degraded_performance");
    assert!(app.expect_at(ANA).text.contains("Our orders"));
    breaks(&mut app, "Checkout", "major_outage");
    let posted = app.expect_at(HOOK);
    let body: serde_json::Value = serde_json::from_str(&posted.text).unwrap();
    assert_eq!((&body["event"], &body["page"]["slug"]), (&"incident_opened".into(), &"acme".into()));
    assert_eq!(body["subject"]["components"][0]["id"], "checkout");
    assert_eq!(body["subject"]["components"].as_array().map(Vec::len), Some(1), "{}", posted.text);
    app.expect_silence();
}

#[test]
fn work_is_told_when_it_is_planned_reminded_of_begun_and_over() {
    let (mut app, reader) = start();
    subscribe(&mut app, &reader, ("email", ANA), "maintenances=yes&least=none&language=it");
    let from = app.now() + SignedDuration::from_mins(70);
    let wanted = NewMaintenance {
        title: "Move the database".to_owned(),
        text: "Orders may be slow.".to_owned(),
        note: "runbook 7".to_owned(),
        services: vec![("checkout".to_owned(), Status::DegradedPerformance)],
        times: vec![(from, from + SignedDuration::from_mins(30))],
        ..NewMaintenance::default()
    };
    let ground = app.shell().ground();
    let planned = app
        .world()
        .act(move |scope, now| commands::plan_work(scope, &ground, now, Actor::Operator, WORK, &wanted));
    planned.unwrap();
    app.advance(minutes(0));
    let told = app.expect_at(ANA).text;
    assert!(told.starts_with("[Acme & Co] Pianificata: Move the database"), "{told}");
    assert!(told.contains("Orders may be slow.") && !told.contains("runbook"), "{told}");
    app.advance(minutes(10));
    assert!(app.expect_at(ANA).text.contains("Inizia tra 1 ora: "));
    let ground = app.shell().ground();
    let later = from + SignedDuration::from_mins(10);
    let moved = WorkAct::Reschedule(later, later + SignedDuration::from_mins(30));
    let done = app
        .world()
        .act(move |scope, now| commands::act_on_work(scope, &ground, now, Actor::Operator, WORK, &moved, ""));
    done.unwrap();
    app.advance(minutes(0));
    assert!(app.expect_at(ANA).text.contains("ora pianificata dal 2 mar 2026, 09:20 UTC al "));
    app.advance(minutes(10));
    assert!(app.expect_at(ANA).text.contains("Inizia tra 1 ora: "), "for the new time");
    app.advance(minutes(60));
    assert!(app.expect_at(ANA).text.contains("In corso: "));
    app.advance(minutes(30));
    assert!(app.expect_at(ANA).text.contains("Completata: "));
    app.advance(minutes(10));
    // The owner is reminded too.
    app.arrivals_at("ada@acme.test");
    app.expect_silence();
}

#[test]
fn a_slack_channel_is_asked_and_told_in_its_own_form() {
    let (mut app, reader) = start();
    let manage = subscribe(&mut app, &reader, ("slack", SLACK), ALL);
    let page = reader.get(&manage).body;
    assert!(page.contains("hooks.slack.com/services/T1/…") && !page.contains("B2/c3"), "{page}");
    breaks(&mut app, "Checkout", "major_outage");
    let told = app.expect_at(SLACK).text;
    let body: serde_json::Value = serde_json::from_str(&told).unwrap();
    assert!(body["text"].as_str().unwrap().starts_with("Investigating: Our checkout"), "{told}");
    assert_eq!(body["blocks"][0]["type"], "section");
    assert!(told.contains("/subscriptions/"), "{told}");
    let refused = reader.send(FORM, &format!("slack=https://hooks.slack.com.evil.test/services/x&{ALL}"));
    assert_eq!(refused.status, 422);
}

#[test]
fn one_incident_is_followed_alone_and_told_once_to_who_has_the_whole_page() {
    let (mut app, reader) = start();
    breaks(&mut app, "Checkout", "major_outage");
    let incident = app.incident(1).id;
    let page = app.page(&format!("/status/acme/incidents/{incident}"));
    assert!(page.contains(&format!("/status/acme/subscribe?language=en&#38;only={incident}")), "{page}");
    let form = reader.get(&format!("{FORM}?only={incident}"));
    assert!(form.status == 200 && form.body.contains("Only about: Our checkout"), "{}", form.body);
    let form = reader.get(&format!("{FORM}?only={incident}&language=it")).body;
    assert!(form.contains("Secret ledger: interruzione grave presso Commerce"), "{form}");
    subscribe(&mut app, &reader, ("email", ANA), &format!("only={incident}"));
    breaks(&mut app, "API", "major_outage");
    app.expect_silence();
    subscribe(&mut app, &reader, ("email", ANA), ALL);
    breaks(&mut app, "Checkout", "operational");
    assert!(app.expect_at(ANA).text.contains("Resolved: Our checkout"));
    let unknown = reader.get(&format!("{FORM}?only={}", uuid::Uuid::nil()));
    assert_eq!((unknown.status, reader.get(&format!("{FORM}?only=x")).status), (404, 404));
    assert_eq!(reader.get("/status/nobody/subscribe").status, 404);
}

#[test]
fn the_form_speaks_the_languages_of_the_page_and_answers_everybody_the_same() {
    let (mut app, reader) = start();
    let form = reader.get(&format!("{FORM}?language=it"));
    assert!(form.body.contains("lang=\"it\"") && form.body.contains("Acme &#38; Co"), "{}", form.body);
    assert!(!form.body.contains("Secret ledger"), "{}", form.body);
    assert!(app.page("/status/acme").contains("/status/acme/subscribe?language=en"));
    subscribe(&mut app, &reader, ("email", ANA), ALL);
    let known = reader.send(FORM, &format!("email={ANA}&{ALL}"));
    app.advance(minutes(0));
    app.expect_at(ANA);
    let stranger = reader.send(FORM, &format!("email=bo@readers.test&{ALL}"));
    app.advance(minutes(0));
    app.expect_at("bo@readers.test");
    assert_eq!((known.status, &known.body), (stranger.status, &stranger.body));
    assert_eq!(known.headers, stranger.headers);
}

#[test]
fn a_subscriber_changes_language_and_leaves_and_an_address_that_bounces_is_forgotten() {
    let (mut app, reader) = start();
    let manage = subscribe(&mut app, &reader, ("email", ANA), ALL);
    let shown = reader.get(&manage).body;
    assert!(shown.contains(ANA) && shown.contains("name=\"language\""), "{shown}");
    reader.send(&manage, &format!("act=save&{ALL}&language=it"));
    assert!(reader.get(&manage).body.contains("lang=\"it\""));
    breaks(&mut app, "Checkout", "major_outage");
    assert!(app.expect_at(ANA).text.contains("In fase di analisi: "));
    let left = reader.send(&format!("{manage}/unsubscribe"), "List-Unsubscribe=One-Click");
    assert!(left.status == 200 && left.body.contains("Iscrizione annullata"), "{}", left.body);
    breaks(&mut app, "Checkout", "operational");
    app.expect_silence();
    let manage = subscribe(&mut app, &reader, ("email", "bo@readers.test"), ALL);
    app.destination("bo@readers.test", Temper::Gone);
    for status in ["major_outage", "operational", "major_outage"] {
        assert_eq!(reader.get(&manage).status, 200);
        breaks(&mut app, "API", status);
        app.advance(minutes(10));
    }
    assert_eq!(reader.get(&manage).status, 404);
}

#[test]
fn what_happened_long_ago_is_no_news() {
    let (mut app, reader) = start();
    breaks(&mut app, "Checkout", "major_outage");
    subscribe(&mut app, &reader, ("email", ANA), ALL);
    let id = app.incident(1).id;
    let long_ago = app.now() - SignedDuration::from_hours(48);
    app.world()
        .act(move |scope, _| {
            let update = store::incidents::IncidentUpdate {
                phase: Phase::Identified,
                body: "Written down afterwards".to_owned(),
                tongues: domain::public::Tongues::default(),
                at: long_ago,
                is_public: true,
                actor: Actor::Operator,
                edited: None,
                removed_at: None,
            };
            Ok(store::incidents::push_update(scope, id, &update)?)
        })
        .unwrap();
    app.advance(minutes(10));
    app.expect_silence();
}

#[test]
fn what_the_machine_says_is_told_in_the_language_of_the_reader() {
    let (mut app, reader) = start();
    subscribe(&mut app, &reader, ("email", ANA), &format!("{ALL}&language=it"));
    breaks(&mut app, "Checkout", "major_outage");
    let mail = app.expect_at(ANA);
    let title =
        "[Acme & Co] In fase di analisi: Our checkout e Secret ledger: interruzione grave presso Commerce";
    assert!(mail.text.starts_with(title), "{}", mail.text);
    assert!(mail.text.contains("La causa è presso il nostro fornitore Commerce."), "{}", mail.text);
    assert!(!mail.text.contains("major outage") && !mail.text.contains("cause is"), "{}", mail.text);
}

#[test]
fn a_message_says_no_more_of_an_incident_than_the_page_does() {
    let guarded = "publish = { up_to = \"degraded_performance\", above = \"draft\" }";
    let mut app =
        TestApp::start(&config("auto").replace("publish = \"auto\"", guarded), &["commerce", "carrier"]);
    app.advance(Duration::ZERO);
    let reader = Reader::of(&app);
    subscribe(&mut app, &reader, ("email", ANA), ALL);
    breaks(&mut app, "Checkout", "degraded_performance");
    assert!(app.expect_at(ANA).text.contains("Secret ledger: degraded performance at Commerce"));
    breaks(&mut app, "Checkout", "major_outage");
    assert_eq!(app.arrivals_at("ada@acme.test").len(), 1, "she is asked");
    let said = update("We look into it.", true);
    let by = Actor::User(app.user("Ada"));
    let (ground, id) = (app.shell().ground(), app.incident(1).id);
    app.world().act(move |scope, now| commands::say(scope, &ground, now, by, id, &said)).unwrap();
    app.advance(minutes(10));
    let mail = app.expect_at(ANA);
    assert!(mail.text.contains("Secret ledger: degraded performance at Commerce"), "{}", mail.text);
    assert!(!mail.text.contains("major outage") && mail.text.contains("Impact: minor"), "{}", mail.text);
}
