//! Browsers that a person allows to be paged, and what a phone app says was acknowledged there.

use axum::http::Method;
use domain::{NotificationId, contact::Heard};
use engine::{CommandError, commands};
use store::{Lane, Scope, contacts, notifications};
use testkit::{TestApp, app::minutes};

use crate::{outage::team, reader::Reader};

const ENDPOINT: &str = "https://push.test/p/JzLQ3raZ";

/// What the browser of RFC 8291, section 5, hands out.
fn subscription(endpoint: &str) -> String {
    let key = "BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4";
    format!(
        r#"{{"endpoint":"{endpoint}","p256dh":"{key}","auth":"BTBZMqHH6r4Tts7J_aSIgg","name":"Firefox on Android"}}"#
    )
}

struct Phone {
    app: TestApp,
    reader: Reader,
    page: String,
}

impl Phone {
    /// Ana has her link and no browser.
    fn new() -> Self {
        let app = TestApp::start(&team(""), &["commerce"]);
        let reader = Reader::of(&app);
        let page = format!("/push/{}", app.shell().key.push_token(app.org(), app.user("Ana")));
        Self { app, reader, page }
    }

    fn allow(&self, body: &str) -> (u16, String) {
        let kind = [("content-type", "application/json")];
        let answer = self.reader.ask(Method::POST, &format!("{}/browsers", self.page), &kind, body);
        (answer.status, answer.body)
    }

    fn outage(&mut self) {
        self.app.provider_sets("commerce", "Checkout", "major_outage");
        self.app.advance(minutes(2));
    }

    /// The address that the form of the only browser is sent to.
    fn form(&self) -> String {
        let page = self.reader.get(&self.page).body;
        let from = page.find("/browsers/").unwrap_or_else(|| panic!("no browser in {page}"));
        format!("{}{}", self.page, page[from..].split('"').next().unwrap())
    }
}

#[test]
fn a_browser_that_is_allowed_is_paged_at_once_and_one_that_is_removed_is_not() {
    let mut phone = Phone::new();
    let shown = phone.reader.get(&phone.page);
    assert!(
        shown.status == 200 && shown.body.contains("Allow notifications in this browser</button>"),
        "{}",
        shown.body
    );
    let key = phone.app.shell().key.push_key().public();
    assert!(
        shown.body.contains(&format!("data-key=\"{key}\"")) && shown.body.contains("No browser is paged yet")
    );
    assert_eq!(
        (shown.header("cache-control"), shown.header("referrer-policy")),
        (Some("no-store"), Some("no-referrer"))
    );
    let policy = shown.header("content-security-policy").unwrap();
    assert!(policy.contains("manifest-src 'self'") && !policy.contains("unsafe"), "{policy}");

    assert!(shown.body.contains("data-plain hidden>"), "the installation is reached by https");
    assert_eq!(phone.allow(&subscription(ENDPOINT)).0, 201);
    assert!(phone.reader.get(&phone.page).body.contains("One browser is paged"));
    let again = phone.allow(&subscription(ENDPOINT));
    assert!(again.0 == 201 && again.1.contains("\"browser-1\""), "{}", again.1);
    phone.outage();
    let got = phone.app.expect_at(ENDPOINT);
    let header =
        |name: &str| got.headers.iter().find(|(known, _)| known == name).map(|(_, value)| value.clone());
    assert_eq!(header("content-encoding").as_deref(), Some("aes128gcm"));
    assert!(!got.text.contains("Checkout"), "the push service can't read along");
    phone.app.expect("Ana", "page");
    phone.app.acknowledge("Ana", 1);

    let foreign = [("sec-fetch-site", "cross-site")];
    for (path, body) in [(phone.form(), "act=remove"), (format!("{}/browsers", phone.page), "{}")] {
        assert_eq!(phone.reader.ask(Method::POST, &path, &foreign, body).status, 403, "{path}");
    }
    assert_eq!(phone.reader.send(&phone.form(), "").status, 409, "nothing is asked for");
    assert!(phone.reader.get(&phone.page).body.contains("One browser is paged"));
    assert_eq!(phone.reader.send(&phone.form(), "act=remove").status, 303);
    assert!(phone.reader.get(&phone.page).body.contains("No browser is paged yet"));
    phone.app.provider_sets("commerce", "Checkout", "operational");
    phone.app.advance(minutes(2));
    phone.app.expect("Ana", "resolved");
    phone.app.expect_silence();
}

#[test]
fn a_browser_is_tested_by_the_way_of_a_page_and_counts_as_verified() {
    let mut phone = Phone::new();
    phone.allow(&subscription(ENDPOINT));
    let tested = phone.reader.send(&phone.form(), "act=test");
    assert_eq!(tested.header("location"), Some(format!("{}/tested", phone.page).as_str()));
    assert!(phone.reader.get(&format!("{}/tested", phone.page)).body.contains("A test is on its way"));
    phone.app.advance(minutes(0));
    phone.app.expect_at(ENDPOINT);
    let states = phone.app.world().read(contacts::list);
    let known = states.iter().find(|state| state.contact == "browser-1").unwrap();
    assert!(known.verified_at.is_some(), "{known:?}");

    // What the push service said last is shown where it is trouble.
    phone.app.advance(minutes(1));
    let (ana, org) = (phone.app.user("Ana"), phone.app.org());
    let said = "this browser has taken its permission back; open the push page on it again";
    let kept = phone.app.shell().write(Lane::Paging, move |tx, now| {
        let mut scope = Scope::new(tx, org);
        let contact = commands::list_browsers(&mut scope, ana)?.remove(0).contact;
        let place = (contact.id.as_str(), &contact.destination);
        commands::record_result(&mut scope, ana, place, Heard::Failed, said, now)
    });
    run(kept);
    let page = phone.reader.get(&phone.page).body;
    assert!(page.contains(&format!("Does not ring: {said}")), "{page}");
}

fn run<T>(work: impl Future<Output = Result<T, CommandError>>) -> T {
    tokio::runtime::Builder::new_current_thread().build().unwrap().block_on(work).unwrap()
}

#[test]
fn what_is_no_browser_is_refused_and_a_forged_link_leads_nowhere() {
    let phone = Phone::new();
    let broken = subscription(ENDPOINT).replace("BCVx", "AAAA");
    let (status, body) = phone.allow(&broken);
    assert!((400..500).contains(&status) && body.contains("no point of P-256"), "{status} {body}");
    assert!((400..500).contains(&phone.allow("{}").0));
    for n in 0..10 {
        assert_eq!(phone.allow(&subscription(&format!("https://push.test/{n}"))).0, 201);
    }
    let (status, body) = phone.allow(&subscription(ENDPOINT));
    assert!((400..500).contains(&status) && body.contains("remove one"), "{status} {body}");
    let other = phone.app.shell().key.ack_token(NotificationId(phone.app.user("Ana").0));
    for forged in [
        format!("/push/{other}"),
        "/push/x".to_owned(),
        format!("{}A", phone.page),
        format!("{}/x", phone.page),
    ] {
        assert_eq!(phone.reader.get(&forged).status, 404, "{forged}");
    }
    for (path, kind) in [
        ("/push/worker.js".to_owned(), "text/javascript; charset=utf-8"),
        ("/push/page.js".to_owned(), "text/javascript; charset=utf-8"),
        (format!("{}/manifest.webmanifest", phone.page), "application/manifest+json"),
    ] {
        let answer = phone.reader.get(&path);
        assert_eq!((answer.status, answer.header("content-type")), (200, Some(kind)), "{path}");
    }
}

#[test]
fn a_callback_of_pushover_is_believed_only_when_pushover_says_the_same() {
    let (token, user, receipt) = (
        "azGDORePK8gMaC0QOYAMyEEuzJnyUi",
        "uQiRzpo4DXghDmr9QzzfQu27cmVRsG",
        "rLqVuqTRh62UzxtmqiaLzQmVcPgiCy",
    );
    let pushover = format!(r#"{{ id = "hook", kind = "pushover", token = "{token}", user = "{user}" }}"#);
    let config =
        team("").replace(r#"{ id = "hook", kind = "webhook", url = "https://phone.test/ana" }"#, &pushover);
    let mut app = TestApp::start(&config, &["commerce"]);
    let reader = Reader::of(&app);
    app.provider_sets("commerce", "Checkout", "major_outage");
    app.advance(minutes(2));
    let sent = app.expect_at("https://api.pushover.net/1/messages.json");
    let body: serde_json::Value = serde_json::from_str(&sent.text).unwrap();
    let callback = body["callback"].as_str().unwrap();
    let path = callback.strip_prefix("https://midwatch.test").unwrap().to_owned();
    let id = app.shell().key.read_ack_token(path.rsplit('/').next().unwrap()).unwrap();
    let org = app.org();
    let kept = app.shell().write(Lane::Paging, move |tx, _| {
        Ok(notifications::set_receipt(&mut Scope::new(tx, org), id, receipt)?)
    });
    run(kept);

    let url = format!("https://api.pushover.net/1/receipts/{receipt}.json?token={token}");
    let claims = format!("receipt={receipt}&acknowledged=1&acknowledged_by={user}");
    let forged = path.replace("/pushover/", "/pushover/A");
    assert_eq!(reader.send(&forged, &claims).status, 404);
    for says in [r#"{"status":1,"acknowledged":0}"#, r#"{"status":0}"#, "<html>"] {
        app.world().internet.put_document(&url, 200, "application/json", says);
        assert_eq!(reader.send(&path, &claims).status, 204);
        assert_eq!(app.incident(1).response.word(), "open", "{says}");
    }
    app.world().internet.put_document(&url, 200, "application/json", r#"{"status":1,"acknowledged":1}"#);
    assert_eq!(reader.send(&path, &claims).status, 204);
    assert_eq!(app.incident(1).response.word(), "acknowledged");
    app.advance(minutes(0));
    let stop = format!("https://api.pushover.net/1/receipts/cancel_by_tag/{}.json", app.incident(1).id);
    assert_eq!(app.arrivals_at(&stop).len(), 1, "whatever she answered by, her phones stop ringing");
    assert_eq!(app.arrivals_at("https://api.pushover.net/1/messages.json").len(), 2);
    assert_eq!(reader.send(&path, &claims).status, 204, "a repeat changes nothing");
    app.advance(minutes(30));
}
