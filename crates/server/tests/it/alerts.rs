//! Alerts for people outside: asked for, confirmed, sent, changed, left; and what a provider's page posts to us.

use domain::provider::provider_id;
use testkit::{TestApp, app::minutes, internet::Temper};

use crate::reader::{Answer, Reader};

const FORM: &str = "/directory/payments/pay/subscribe";
pub(crate) const ANA: &str = "ana@readers.test";
const HOOK: &str = "https://hooks.readers.test/a";

const CONFIG: &str = r#"
    [organization]
    slug = "acme"

    [[provider]]
    slug = "pay"
    name = "Pay"
    category = "Payments"
    feed = "https://pay.status.test/api/v2/summary.json"
    interval = "60s"
"#;

pub(crate) fn start() -> (TestApp, Reader) {
    let app = TestApp::start(CONFIG, &["pay"]);
    let reader = Reader::of(&app);
    (app, reader)
}

/// Sends the form for Ana, with these fields besides the address.
fn ask(app: &mut TestApp, reader: &Reader, to: &str, fields: &str) -> Answer {
    let answer = reader.send(FORM, &format!("{to}&incidents=yes&maintenances=yes&least=none&{fields}"));
    app.advance(minutes(0));
    answer
}

/// The path of the first link in a text that ends so.
pub(crate) fn link(text: &str, end: &str) -> String {
    let from = text.find("/subscriptions/").unwrap_or_else(|| panic!("no link in:\n{text}"));
    let path = text[from..].split(['"', '\n', ' ', '>', '|']).next().unwrap();
    assert!(path.ends_with(end), "{path}");
    path.to_owned()
}

/// Asks and confirms; returns the path of the subscription.
pub(crate) fn subscribe(app: &mut TestApp, reader: &Reader, to: &str, fields: &str) -> String {
    let field = if to == ANA { format!("email={ANA}") } else { format!("url={to}") };
    assert_eq!(ask(app, reader, &field, fields).status, 202);
    let question = link(&app.expect_at(to).text, "/confirm");
    let confirmed = reader.send(&question, "act=confirm");
    assert_eq!(confirmed.status, 303, "{}", confirmed.body);
    confirmed.header("location").unwrap().to_owned()
}

pub(crate) fn outage(app: &mut TestApp) {
    app.provider_sets("pay", "API", "major_outage");
    app.provider_page("pay", |page, now| page.post("inc1", "Payments <b>fail</b>", "major", &["API"], now));
    app.advance(minutes(2));
}

#[test]
fn nobody_gets_anything_but_a_question_before_they_said_yes() {
    let (mut app, reader) = start();
    let shown = reader.get(FORM);
    assert!(shown.status == 200 && shown.body.contains("name=\"email\""), "{}", shown.body);
    assert_eq!(shown.header("cache-control"), Some("no-store"));
    assert_eq!(ask(&mut app, &reader, &format!("email={ANA}"), "").status, 202);
    let mail = app.expect_at(ANA);
    let question = link(&mail.text, "/confirm");
    outage(&mut app);
    app.expect_silence();
    // Looking says nothing: mail scanners look.
    let looked = reader.get(&question);
    assert!(looked.status == 200 && looked.body.contains("Yes, tell me"), "{}", looked.body);
    app.provider_sets("pay", "API", "operational");
    app.advance(minutes(2));
    app.expect_silence();
    assert_eq!(reader.send(&question, "act=confirm").status, 303);
    app.provider_page("pay", |page, now| page.end("inc1", now));
    app.advance(minutes(2));
    let told = app.expect_at(ANA).text;
    assert!(told.contains("Resolved: Payments"), "{told}");
}

#[test]
fn one_message_tells_everything_that_changed_in_text_that_stays_text() {
    let (mut app, reader) = start();
    let manage = subscribe(&mut app, &reader, ANA, "");
    outage(&mut app);
    let mail = app.expect_at(ANA);
    assert!(mail.text.starts_with("[Pay] Investigating: Payments"), "{}", mail.text);
    assert!(
        mail.text.contains("Major outage: API") && mail.text.contains("We are looking into it."),
        "{}",
        mail.text
    );
    let header =
        |name: &str| mail.headers.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str());
    let leave = format!("<https://midwatch.test{manage}/unsubscribe>");
    assert_eq!(header("List-Unsubscribe"), Some(leave.as_str()));
    assert_eq!(header("List-Unsubscribe-Post"), Some("List-Unsubscribe=One-Click"));
}

#[test]
fn news_within_five_minutes_is_one_message_and_the_newest_word_counts() {
    let (mut app, reader) = start();
    subscribe(&mut app, &reader, ANA, "");
    app.provider_sets("pay", "API", "degraded_performance");
    app.advance(minutes(2));
    let first = app.expect_at(ANA);
    assert!(first.text.contains("Degraded performance: API"), "{}", first.text);
    for status in ["partial_outage", "major_outage"] {
        app.provider_sets("pay", "API", status);
        app.advance(minutes(1));
        app.expect_silence();
    }
    app.advance(minutes(5));
    let second = app.expect_at(ANA);
    assert!(second.at.duration_since(first.at) >= jiff::SignedDuration::from_mins(5), "{}", second.at);
    assert!(
        second.text.contains("Major outage: API") && !second.text.contains("Partial outage:"),
        "{}",
        second.text
    );
    assert_ne!(first.id, second.id);
    // What is as it was when nobody had been told is no news.
    app.provider_sets("pay", "API", "partial_outage");
    app.advance(minutes(1));
    app.provider_sets("pay", "API", "major_outage");
    app.advance(minutes(10));
    app.expect_silence();
}

#[test]
fn what_was_not_chosen_is_not_told() {
    let (mut app, reader) = start();
    let components = reader.get("/api/v1/providers/pay/components").json();
    let id = |n: usize| components["data"][n]["id"].as_str().unwrap().to_owned();
    subscribe(&mut app, &reader, ANA, &format!("scope=some&component={}", id(1)));
    let hook = format!("url={HOOK}&incidents=yes&least=critical&scope=page");
    assert_eq!(reader.send(FORM, &hook).status, 202);
    app.advance(minutes(0));
    let question = link(&app.expect_at(HOOK).text, "/confirm");
    reader.send(&question, "act=confirm");

    app.provider_sets("pay", "API", "partial_outage");
    app.advance(minutes(2));
    app.expect_silence();
    app.provider_sets("pay", "Checkout", "major_outage");
    app.advance(minutes(2));
    assert!(app.expect_at(ANA).text.contains("Major outage: Checkout"));
    let posted = app.expect_at(HOOK);
    assert_eq!(posted.kind, "announcement");
    assert!(!posted.text.contains("partial_outage"), "{}", posted.text);
}

#[test]
fn a_webhook_is_asked_by_a_signed_post_and_told_by_others() {
    let (mut app, reader) = start();
    assert_eq!(ask(&mut app, &reader, &format!("url={HOOK}"), "").status, 202);
    let challenge = app.expect_at(HOOK);
    assert_eq!(challenge.kind, "confirmation");
    let confirmed = reader.send(&link(&challenge.text, "/confirm"), "act=confirm");
    let manage = confirmed.header("location").unwrap().to_owned();
    let page = reader.get(&manage);
    let secret = page.body.split("<code>").nth(1).and_then(|rest| rest.split('<').next()).unwrap();
    outage(&mut app);
    for message in [challenge, app.expect_at(HOOK)] {
        let header = |name: &str| {
            let found = message.headers.iter().find(|(known, _)| known == name);
            found.map(|(_, value)| value.clone()).unwrap()
        };
        let at = jiff::Timestamp::from_second(header("webhook-timestamp").parse().unwrap()).unwrap();
        let signed = formats::messages::verify(
            secret,
            &header("webhook-id"),
            at,
            message.text.as_bytes(),
            &header("webhook-signature"),
            at,
        );
        assert_eq!(signed, Ok(()), "{}", message.text);
    }
}

#[test]
fn everybody_is_answered_the_same_whether_they_are_known_or_not() {
    let (mut app, reader) = start();
    let stranger = ask(&mut app, &reader, "email=bo@readers.test", "");
    app.expect_at("bo@readers.test");
    subscribe(&mut app, &reader, ANA, "");
    let known = ask(&mut app, &reader, &format!("email={ANA}"), "");
    app.expect_at(ANA);
    app.destination("gone@readers.test", Temper::Gone);
    let gone = ask(&mut app, &reader, "email=gone@readers.test", "");
    // Three links in an hour; the fourth request is taken in silence.
    ask(&mut app, &reader, &format!("email={ANA}"), "");
    app.expect_at(ANA);
    let often = ask(&mut app, &reader, "email=ANA@readers.test", "");
    app.expect_silence();
    for answer in [&known, &gone, &often] {
        assert_eq!((answer.status, &answer.body), (stranger.status, &stranger.body));
        assert_eq!(answer.headers, stranger.headers);
    }
}

#[test]
fn a_network_that_asks_too_often_is_refused_for_a_while() {
    let (mut app, reader) = start();
    for n in 0..20 {
        let to = format!("reader{n}@readers.test");
        assert_eq!(ask(&mut app, &reader, &format!("email={to}"), "").status, 202, "{n}");
        app.expect_at(&to);
    }
    let refused = ask(&mut app, &reader, "email=late@readers.test", "");
    assert!(refused.status == 429 && refused.body.contains("Try again later"), "{}", refused.body);
    app.advance(minutes(61));
    assert_eq!(ask(&mut app, &reader, "email=late@readers.test", "").status, 202);
    app.expect_at("late@readers.test");
}

#[test]
fn a_form_that_makes_no_sense_is_shown_again_with_what_was_typed() {
    let (app, reader) = start();
    for (form, says) in [
        ("incidents=yes", "Say where alerts should go"),
        ("email=nonsense&incidents=yes", "no e-mail address"),
        ("email=a%40b.test%0d%0aBcc:x&incidents=yes", "no e-mail address"),
        ("url=ftp%3A%2F%2Fx&incidents=yes", "whole address"),
        ("email=a@b.test&url=https://x.test&incidents=yes", "not several"),
        ("email=a@b.test", "at least one kind of news"),
        ("email=a@b.test&incidents=yes&scope=some", "at least one component"),
        ("email=a@b.test&incidents=yes&scope=some&component=made-up", "at least one component"),
    ] {
        let answer = reader.send(FORM, form);
        assert!(
            answer.status == 422 && answer.body.contains(says),
            "{form}: {} {}",
            answer.status,
            answer.body
        );
    }
    assert!(reader.send(FORM, "email=%22%3E%3Cb%3E&incidents=yes").body.contains("&#34;&#62;&#60;b&#62;"));
    for path in ["/directory/shops/pay/subscribe", "/directory/payments/nobody/subscribe", "/subscriptions/x"]
    {
        assert_eq!(reader.get(path).status, 404, "{path}");
    }
    drop(app);
}

#[test]
fn without_a_mail_server_only_webhooks_are_offered() {
    let (mut app, _) = start();
    app.without_mail();
    let reader = Reader::of(&app);
    assert!(reader.get(FORM).body.contains("not available here"));
    let refused = reader.send(FORM, &format!("email={ANA}&incidents=yes"));
    assert!(refused.status == 422 && refused.body.contains("not available here"), "{}", refused.body);
    assert_eq!(ask(&mut app, &reader, &format!("url={HOOK}"), "").status, 202);
    app.expect_at(HOOK);
}

#[test]
fn a_subscriber_changes_their_mind_and_leaves_by_one_click() {
    let (mut app, reader) = start();
    ask(&mut app, &reader, &format!("email={ANA}"), "");
    let question = link(&app.expect_at(ANA).text, "/confirm");
    let manage = reader.send(&question, "act=confirm").header("location").unwrap().to_owned();
    assert!(reader.get(&manage).body.contains(ANA));
    let changed = reader.send(&manage, "act=save&maintenances=yes&least=none&scope=page");
    assert_eq!(changed.header("location"), Some(format!("{manage}/changed").as_str()));
    assert!(reader.get(&format!("{manage}/changed")).body.contains("Kept."));
    outage(&mut app);
    app.expect_silence();
    reader.send(&manage, "act=save&incidents=yes&least=none&scope=page");
    app.provider_sets("pay", "Checkout", "major_outage");
    app.advance(minutes(2));
    app.expect_at(ANA);

    let leave = format!("{manage}/unsubscribe");
    assert!(reader.get(&leave).body.contains("Unsubscribe?"));
    app.provider_sets("pay", "Checkout", "operational");
    // What is owed already is forgotten with the address.
    app.advance(minutes(2));
    let left = reader.send(&leave, "List-Unsubscribe=One-Click");
    let again = reader.send(&leave, "List-Unsubscribe=One-Click");
    assert_eq!((left.status, &left.body), (200, &again.body));
    app.advance(minutes(20));
    app.expect_silence();
    assert_eq!(reader.get(&manage).status, 404);
    assert_eq!(reader.send(&question, "act=confirm").status, 404, "the old link is no way back");
}

#[test]
fn only_the_word_of_a_button_acts_and_an_empty_form_changes_nothing() {
    let (mut app, reader) = start();
    ask(&mut app, &reader, &format!("email={ANA}"), "");
    let question = link(&app.expect_at(ANA).text, "/confirm");
    assert!(reader.get(&question).body.contains("name=\"act\" value=\"confirm\""));
    for nothing in ["", "act=", "act=leave", "confirm", "x=act=confirm"] {
        let answer = reader.send(&question, nothing);
        assert_eq!(answer.status, 400, "{nothing}: {}", answer.body);
        assert!(answer.body.contains("nothing was changed"), "{}", answer.body);
    }
    let manage = reader.send(&question, "act=confirm").header("location").unwrap().to_owned();
    let before = reader.get(&manage).body;
    assert_eq!(reader.send(&manage, "").status, 400);
    assert_eq!(reader.send(&manage, "incidents=yes&least=critical&scope=page").status, 400);
    let leave = format!("{manage}/unsubscribe");
    for nothing in ["", "act=confirm", "List-Unsubscribe=", "email=ana"] {
        assert_eq!(reader.send(&leave, nothing).status, 400, "{nothing}");
    }
    assert_eq!(reader.get(&manage).body, before, "nothing of this has changed anything");
    let part =
        "--x\r\nContent-Disposition: form-data; name=\"List-Unsubscribe\"\r\n\r\nOne-Click\r\n--x--\r\n";
    let kind = [("content-type", "multipart/form-data; boundary=x")];
    assert_eq!(reader.ask(axum::http::Method::POST, &leave, &kind, part).status, 200);
    assert_eq!(reader.get(&manage).status, 404);
}

#[test]
fn a_question_is_good_for_a_day() {
    let (mut app, reader) = start();
    ask(&mut app, &reader, &format!("email={ANA}"), "");
    let question = link(&app.expect_at(ANA).text, "/confirm");
    app.advance(minutes(24 * 60 + 1));
    assert_eq!(reader.get(&question).status, 404);
    assert_eq!(reader.send(&question, "act=confirm").status, 404);
}

#[test]
fn an_address_that_refuses_everything_is_forgotten() {
    let (mut app, reader) = start();
    let manage = subscribe(&mut app, &reader, ANA, "");
    app.destination(ANA, Temper::Gone);
    for status in ["major_outage", "operational", "major_outage"] {
        assert_eq!(reader.get(&manage).status, 200);
        app.provider_sets("pay", "API", status);
        app.advance(minutes(10));
    }
    assert_eq!(reader.get(&manage).status, 404);
}

#[test]
fn a_provider_that_says_it_changed_is_read_at_once_and_not_believed() {
    let (mut app, reader) = start();
    let path = format!("/ingest/statuspage/{}", app.shell().key.feed_token(provider_id("pay")));
    let polled = |app: &TestApp| {
        app.world().read(|scope| store::providers::find_source(scope.tx(), provider_id("pay"))).unwrap().0
    };
    let before = polled(&app);
    app.provider_sets("pay", "API", "major_outage");
    let lie = r#"{"component_update":{"new_status":"operational"}}"#;
    let answer = reader.ask(axum::http::Method::POST, &path, &[("content-type", "application/json")], lie);
    assert_eq!(answer.status, 202);
    let soon = before.last_poll_at.unwrap().checked_add(std::time::Duration::from_secs(10)).unwrap();
    assert_eq!(polled(&app).next_poll_at, Some(soon), "no sooner than is polite");
    app.advance(std::time::Duration::from_secs(11));
    let now = reader.get("/api/v1/providers/pay/components").json();
    assert_eq!(now["data"][0]["status"], "major_outage");

    let unknown = |token: &str| reader.send(&format!("/ingest/statuspage/{token}"), "");
    let (forged, short) = (unknown(&"A".repeat(43)), unknown("x"));
    assert_eq!((forged.status, &forged.body), (404, &short.body));
    let large = "x".repeat(300 * 1024);
    assert_eq!(reader.ask(axum::http::Method::POST, &path, &[], &large).status, 413);
    let answers: Vec<u16> = (0..40).map(|_| reader.send(&path, "").status).collect();
    assert!(answers.contains(&429) && answers[0] == 202, "{answers:?}");
}
