//! Texts and calls from page to answer: failover, replies, keys, receipts, and what is forged.

use std::sync::{
    Arc, Mutex,
    atomic::{AtomicU64, Ordering},
};

use axum::{
    body::{Body, to_bytes},
    http::{Request as Asked, StatusCode},
};
use base64::{Engine, prelude::BASE64_STANDARD};
use domain::{
    NotificationState,
    contact::Standing,
    incident::{Actor, Response as Taken},
};
use formats::channels::telephony::{self, Line, Telephony};
use outbound::{BoxFuture, FetchError, Mail, MailError, Outbound, Receipt, Request, Response};
use ring::hmac;
use store::notifications::{self, Notification};
use testkit::{TestApp, app::minutes};
use tokio_util::sync::CancellationToken;
use tower::ServiceExt;
use url::form_urlencoded;

const HERE: &str = "https://midwatch.test";
pub(crate) const ANA: &str = "+393331234567";
const BO: &str = "+447700900123";
const TWILIO_TOKEN: &str = "twilio-token";
const PLIVO_TOKEN: &str = "plivo-token";

/// Ana is paged by text and Bo by call; Ana has another contact for later.
pub(crate) const TEAM: &str = r#"
    [organization]
    slug = "acme"
    [[user]]
    email = "ana@acme.test"
    name = "Ana"
    role = "owner"
    contact = [
        { id = "phone", kind = "sms", number = "+393331234567" },
        { id = "hook", kind = "webhook", url = "https://phone.test/ana" },
    ]
    notify = [ { after = "0s", contact = "phone" }, { after = "30m", contact = "hook" } ]
    [[user]]
    email = "bo@acme.test"
    name = "Bo"
    contact = [ { id = "call", kind = "voice", number = "+447700900123" } ]
    [[escalation_policy]]
    slug = "default"
    step = [ { after = "0s", notify = ["user:ana@acme.test"] }, { after = "5m", notify = ["user:bo@acme.test"] } ]
    [[provider]]
    slug = "commerce"
    name = "Commerce"
    category = "Shops"
    feed = "https://commerce.status.test/api/v2/summary.json"
    [[service]]
    slug = "checkout"
    name = "Checkout"
    escalation_policy = "default"
    depends_on = [ { provider = "commerce", components = ["Checkout"] } ]
"#;

/// Two carriers, and a chat. Each message they take has a receipt of its own: `SM1`, `u2` and so on.
#[derive(Default)]
pub(crate) struct Carriers {
    pub(crate) heard: Mutex<Vec<(String, String)>>,
    /// What they answer next, instead of taking it.
    refusals: Mutex<Vec<(u16, &'static str)>>,
}

/// A network with the carriers in it.
struct Between(Arc<Carriers>, Arc<dyn Outbound>);

impl Outbound for Between {
    fn fetch(&self, request: Request) -> BoxFuture<'_, Result<Response, FetchError>> {
        if !request.url.contains("carrier.test") {
            return self.1.fetch(request);
        }
        let body = String::from_utf8(request.body.to_vec()).unwrap();
        let mut heard = self.0.heard.lock().unwrap();
        heard.push((request.url.clone(), body));
        let taken = match request.url.as_str() {
            url if url.contains("slack") => {
                (200, format!(r#"{{"ok":true,"channel":"C0123456789","ts":"1.{}"}}"#, heard.len()))
            }
            url if url.contains("pushover") => (200, r#"{"status":1,"receipt":"r1"}"#.to_owned()),
            url if url.contains("plivo") => {
                (202, format!(r#"{{"message":"queued","message_uuid":["u{}"]}}"#, heard.len()))
            }
            _ => (201, format!(r#"{{"sid":"SM{}","status":"queued"}}"#, heard.len())),
        };
        let refusal = self.0.refusals.lock().unwrap().pop();
        let (status, body) = refusal.map_or(taken, |(status, body)| (status, body.to_owned()));
        let answer =
            Response { status, headers: Vec::new(), body: body.into(), final_url: request.url.clone() };
        Box::pin(async move { Ok(answer) })
    }

    fn mail(&self, mail: Mail) -> BoxFuture<'_, Result<Receipt, MailError>> {
        self.1.mail(mail)
    }
}

pub(crate) struct Scene {
    pub(crate) app: TestApp,
    texts: AtomicU64,
    pub(crate) carriers: Arc<Carriers>,
}

impl Scene {
    fn calm() -> Self {
        Self::of(TEAM, &["commerce"])
    }

    pub(crate) fn of(team: &str, providers: &[&str]) -> Self {
        let mut app = TestApp::start(team, providers);
        let line = |carrier: &str, token: &str| Line {
            carrier: telephony::carrier(carrier).unwrap(),
            account: "AC1".to_owned(),
            token: domain::destination::Secret::new(token),
            from: Some("+15005550006".to_owned()),
            messaging_service: None,
            prefixes: Vec::new(),
            api: Some(format!("https://{carrier}.carrier.test")),
        };
        let lines = vec![line("twilio", TWILIO_TOKEN), line("plivo", PLIVO_TOKEN)];
        let carriers = Arc::new(Carriers::default());
        let between = Arc::clone(&carriers);
        app.set_phones(Telephony::new(lines), |network| Arc::new(Between(between, network)));
        Self { app, texts: AtomicU64::new(0), carriers }
    }

    /// Ana has been texted, Bo not yet called.
    pub(crate) fn outage() -> Self {
        let mut scene = Self::calm();
        scene.app.provider_sets("commerce", "Checkout", "major_outage");
        scene.app.advance(minutes(2));
        assert_eq!(scene.heard(), ["twilio Messages"]);
        scene
    }

    /// Which interfaces were called, in order.
    fn heard(&self) -> Vec<String> {
        let heard = self.carriers.heard.lock().unwrap();
        let name = |(url, _): &(String, String)| {
            let carrier = if url.contains("plivo") { "plivo" } else { "twilio" };
            let what = ["Messages", "Message", "Calls", "Call"].into_iter().find(|what| url.contains(what));
            format!("{carrier} {}", what.unwrap())
        };
        heard.iter().map(name).collect()
    }

    /// The token in the addresses of the last message.
    fn token(&self) -> String {
        let heard = self.carriers.heard.lock().unwrap();
        let body =
            form_urlencoded::parse(heard.last().unwrap().1.as_bytes()).map(|(_, value)| value.into_owned());
        let address = body.into_iter().find(|value| value.contains("/status/")).unwrap();
        address.rsplit('/').next().unwrap().to_owned()
    }

    fn owed(&self) -> Vec<Notification> {
        let id = self.app.incident(1).id;
        self.app.world().read(move |scope| notifications::list(scope, id, 100))
    }

    pub(crate) fn state(&self, contact: &str) -> NotificationState {
        self.owed().into_iter().find(|owed| owed.contact == contact).unwrap().state
    }

    /// Posts what Twilio would, signed with this token over this address.
    fn post_signed(&self, path: &str, signed: (&str, &str), fields: &[(&str, &str)]) -> (StatusCode, String) {
        let mut sorted = fields.to_vec();
        sorted.sort_unstable();
        let message =
            format!("{HERE}{}{}", signed.1, sorted.iter().flat_map(|(k, v)| [*k, *v]).collect::<String>());
        let key = hmac::Key::new(hmac::HMAC_SHA1_FOR_LEGACY_USE_ONLY, signed.0.as_bytes());
        let signature = BASE64_STANDARD.encode(hmac::sign(&key, message.as_bytes()));
        self.post(path, &[("x-twilio-signature", signature.as_str())], fields)
    }

    fn post(&self, path: &str, headers: &[(&str, &str)], fields: &[(&str, &str)]) -> (StatusCode, String) {
        let body = form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish();
        let asked = Asked::post(path).header("content-type", "application/x-www-form-urlencoded");
        let asked = headers.iter().fold(asked, |asked, (name, value)| asked.header(*name, *value));
        let router = web::public(self.app.shell(), CancellationToken::new());
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(async {
            let answer = router.oneshot(asked.body(Body::from(body)).unwrap()).await.unwrap();
            let status = answer.status();
            let body = to_bytes(answer.into_body(), 1 << 20).await.unwrap();
            (status, String::from_utf8(body.to_vec()).unwrap())
        })
    }

    /// What Twilio posts.
    #[track_caller]
    fn twilio(&self, path: &str, fields: &[(&str, &str)]) -> String {
        let (status, body) = self.post_signed(path, (TWILIO_TOKEN, path), fields);
        assert_eq!(status, StatusCode::OK, "{body}");
        body
    }

    #[track_caller]
    pub(crate) fn texts(&self, from: &str, body: &str, answer: &str) {
        let name = format!("SM9{}", self.texts.fetch_add(1, Ordering::Relaxed));
        assert!(self.text(from, body, &name).contains(answer), "{body:?} is not answered with {answer}");
    }

    /// Returns what a text is answered with that the carrier calls so.
    fn text(&self, from: &str, body: &str, name: &str) -> String {
        let (status, answer) = self.try_text(from, body, name);
        assert_eq!(status, StatusCode::OK, "{answer}");
        answer
    }

    /// The same, with whether it was taken.
    pub(crate) fn try_text(&self, from: &str, body: &str, name: &str) -> (StatusCode, String) {
        let fields = [("From", from), ("To", "+15005550006"), ("Body", body), ("MessageSid", name)];
        let path = "/callbacks/twilio/sms";
        self.post_signed(path, (TWILIO_TOKEN, path), &fields)
    }

    #[track_caller]
    fn presses(&self, token: &str, key: &str, answer: &str) {
        let said =
            self.twilio(&format!("/callbacks/twilio/voice/{token}"), &[("CallSid", "CA1"), ("Digits", key)]);
        assert!(said.contains(answer), "{key} is answered with {said}");
    }

    fn report(&self, token: &str, receipt: &str, state: &str) {
        let path = format!("/callbacks/twilio/status/{token}");
        let fields = [("MessageSid", receipt), ("MessageStatus", state), ("ErrorCode", "30003")];
        self.twilio(&path, &fields);
    }

    /// Lets time pass in which every text is reported as arrived soon after it was taken.
    fn advance_reported(&mut self, span: std::time::Duration) {
        let step = std::time::Duration::from_secs(20);
        for _ in 0..span.as_secs() / step.as_secs() {
            let taken: Vec<String> =
                self.carriers.heard.lock().unwrap().iter().map(|(_, body)| body.clone()).collect();
            for (place, body) in taken.iter().enumerate() {
                let values = form_urlencoded::parse(body.as_bytes()).map(|(_, value)| value.into_owned());
                let address = values.into_iter().find(|value| value.contains("/status/"));
                if let Some(token) = address.as_deref().and_then(|address| address.rsplit('/').next()) {
                    self.report(token, &format!("SM{}", place + 1), "delivered");
                }
            }
            self.app.advance(step);
        }
    }

    pub(crate) fn taken_by(&self) -> Option<Actor> {
        match self.app.incident(1).response {
            Taken::Acknowledged { by, .. } => Some(by),
            Taken::Open | Taken::Resolved { .. } => None,
        }
    }
}

#[test]
fn a_reply_acknowledges_and_whoever_comes_second_hears_who_has_it() {
    let mut scene = Scene::outage();
    scene.texts(ANA, "What?", "Reply 4 to acknowledge");
    assert_eq!(scene.taken_by(), None);
    scene.texts(ANA, " 4 ", "You have #1: ");
    assert_eq!(scene.taken_by(), Some(Actor::User(scene.app.user("Ana"))));
    assert_eq!(scene.state("phone"), NotificationState::Delivered);
    scene.texts(ANA, "ok", "You have #1: ");
    scene.app.advance(minutes(10));
    assert_eq!(scene.heard().len(), 1, "Bo is not called any more");
    scene.texts(BO, "4", "No page was sent to this number");
    scene.texts(ANA, "resolve #1", "#1 is over.");
    scene.texts(ANA, "4 #1", "#1 is over since");
    scene.app.advance(minutes(1));
}

#[test]
fn whoever_is_second_hears_who_has_it() {
    let mut scene = Scene::outage();
    scene.advance_reported(minutes(5));
    assert_eq!(scene.heard(), ["twilio Messages", "twilio Calls"]);
    scene.presses(&scene.token(), "4", "You have number one:");
    assert_eq!(scene.taken_by(), Some(Actor::User(scene.app.user("Bo"))));
    scene.texts(ANA, "4", "Bo has #1 since ");
    assert_eq!(scene.taken_by(), Some(Actor::User(scene.app.user("Bo"))));
    scene.app.advance(minutes(1));
}

#[test]
fn a_reply_can_name_the_incident_and_have_the_next_step_called() {
    let mut scene = Scene::outage();
    scene.texts(ANA, "4 #7", "You were not paged for #7.");
    scene.texts(ANA, "6", "The next step is being called for #1.");
    scene.texts(ANA, "6", "called the next step at");
    scene.app.advance(minutes(0));
    assert_eq!(scene.heard(), ["twilio Messages", "twilio Calls"]);
    scene.texts(ANA, "#1", "You have #1: ");
    scene.app.advance(minutes(1));
}

#[test]
fn a_reply_takes_everything_that_the_text_told_of() {
    let names = ["one", "two", "three", "four", "five"];
    let more = |name: &str| {
        format!(
            r#"
            [[provider]]
            slug = "{name}"
            name = "{name}"
            category = "Hosting"
            feed = "https://{name}.status.test/api/v2/summary.json"
            [[service]]
            slug = "on-{name}"
            name = "On {name}"
            escalation_policy = "default"
            depends_on = [ {{ provider = "{name}", components = ["API"] }} ]
            "#
        )
    };
    let team = format!("{TEAM}{}", names.map(more).concat());
    let mut scene = Scene::of(&team, &["commerce", "one", "two", "three", "four", "five"]);
    for name in names {
        scene.app.provider_sets(name, "API", "major_outage");
    }
    scene.advance_reported(minutes(4));
    let last = scene.carriers.heard.lock().unwrap().last().unwrap().1.clone();
    assert!(last.contains("and+2+more"), "{last}: {:?}", scene.heard());
    let open = || (1..=5).filter(|number| scene.app.incident(*number).response == Taken::Open).count();
    assert_eq!(open(), 5);
    scene.texts(ANA, "4", " and 2 more.");
    assert_eq!(open(), 2);
    scene.texts(ANA, "4", "You have #");
    scene.texts(ANA, "4", "You have #");
    assert_eq!(open(), 0);
}

#[test]
fn strangers_and_words_that_the_carrier_answers_change_nothing() {
    let mut scene = Scene::outage();
    scene.texts("+15551234567", "4", "This number is not known here. Nothing has changed.");
    scene.texts(ANA, "STOP", "<Response/>");
    assert_eq!(scene.taken_by(), None);
    let calm = Scene::calm();
    calm.texts(ANA, "4", "No page was sent to this number.");
    scene.app.advance(minutes(0));
}

#[test]
fn a_call_reads_the_alert_again_and_takes_its_keys() {
    let mut scene = Scene::outage();
    scene.advance_reported(minutes(5));
    let token = scene.token();
    scene.presses(&token, "0", "This is incident one. ");
    scene.presses(&token, "9", "This key does nothing. This is Midwatch with a critical page.");
    scene.presses("t0k", "4", "not known here");
    assert_eq!(scene.taken_by(), None);
    scene.presses(&token, "6", "The next step is being called for number one. Goodbye.");
    scene.presses(&token, "4", "You have number one:");
    scene.presses(&token, "0", "This is Midwatch with a critical page.");
    assert_eq!(scene.state("call"), NotificationState::Delivered);
    scene.app.advance(minutes(1));
}

#[test]
fn what_the_carrier_has_not_signed_changes_nothing() {
    let scene = Scene::outage();
    let token = scene.token();
    let (sms, voice, status) = (
        "/callbacks/twilio/sms".to_owned(),
        format!("/callbacks/twilio/voice/{token}"),
        format!("/callbacks/twilio/status/{token}"),
    );
    let text = [("From", ANA), ("To", "+15005550006"), ("Body", "4")];
    let key = [("CallSid", "CA1"), ("Digits", "4")];
    let failed = [("MessageSid", "SM1"), ("MessageStatus", "failed")];
    for (path, fields) in [(&sms, &text[..]), (&voice, &key[..]), (&status, &failed[..])] {
        for (whose, where_to) in
            [("guess", path.as_str()), (PLIVO_TOKEN, path), (TWILIO_TOKEN, "/callbacks/twilio/other")]
        {
            let (answer, _) = scene.post_signed(path, (whose, where_to), fields);
            assert_eq!(answer, StatusCode::FORBIDDEN, "{path} signed with {whose} for {where_to}");
        }
        assert_eq!(scene.post(path, &[], fields).0, StatusCode::FORBIDDEN);
        let elsewhere = path.replace("twilio", "plivo");
        assert_eq!(
            scene.post_signed(&elsewhere, (TWILIO_TOKEN, &elsewhere), fields).0,
            StatusCode::FORBIDDEN
        );
        let nowhere = path.replace("twilio", "nexmo");
        assert_eq!(scene.post(&nowhere, &[], fields).0, StatusCode::NOT_FOUND);
    }
    assert_eq!((scene.taken_by(), scene.state("phone")), (None, NotificationState::Sent));
}

#[test]
fn what_one_carrier_does_not_take_goes_to_the_other_at_once() {
    let mut scene = Scene::calm();
    scene.carriers.refusals.lock().unwrap().push((503, "busy"));
    scene.app.provider_sets("commerce", "Checkout", "major_outage");
    scene.app.advance(minutes(2));
    assert_eq!(scene.heard(), ["twilio Messages", "plivo Message"]);
    assert_eq!(scene.state("phone"), NotificationState::Sent);
    scene.app.expect("Ana", "page");

    let signed = format!("{HERE}/callbacks/plivo/sms12345");
    let key = hmac::Key::new(hmac::HMAC_SHA256, PLIVO_TOKEN.as_bytes());
    let signature = BASE64_STANDARD.encode(hmac::sign(&key, signed.as_bytes()));
    let headers = [("x-plivo-signature-v2", signature.as_str()), ("x-plivo-signature-v2-nonce", "12345")];
    let fields = [("From", "393331234567"), ("To", "15005550006"), ("Text", "Ack"), ("MessageUUID", "u9")];
    let (status, said) = scene.post("/callbacks/plivo/sms", &headers, &fields);
    assert_eq!(status, StatusCode::OK);
    assert!(said.contains("dst=\"+393331234567\">You have #1: "), "{said}");
    assert!(scene.taken_by().is_some());
    scene.app.advance(minutes(1));
}

#[test]
fn a_number_that_there_is_not_is_given_up_and_the_next_contact_follows_at_once() {
    let mut scene = Scene::calm();
    let refusal =
        r#"{"code":21211,"message":"Invalid 'To' Phone Number","more_info":"https://x","status":400}"#;
    scene.carriers.refusals.lock().unwrap().push((400, refusal));
    scene.app.provider_sets("commerce", "Checkout", "major_outage");
    scene.app.advance(minutes(2));
    assert_eq!((scene.heard().len(), scene.state("phone")), (1, NotificationState::Failed));
    scene.app.expect("Ana", "page");
}

/// In whatever order reports come, and however often: what has arrived has arrived, and a page that has not makes the next
/// contact follow at once.
#[test]
fn reports_come_late_twice_and_in_any_order() {
    use NotificationState::{Delivered, Failed, Pending, Sending, Sent, Superseded};
    type Row = (&'static [(&'static str, &'static str)], NotificationState, bool);
    let table: [Row; 8] = [
        (&[("SM1", "sent")], Sent, false),
        (&[("SM1", "delivered")], Delivered, false),
        (&[("SM1", "delivered"), ("SM1", "delivered"), ("SM1", "sent")], Delivered, false),
        (&[("SM1", "delivered"), ("SM1", "undelivered")], Delivered, false),
        (&[("SM1", "undelivered")], Failed, true),
        (&[("SM1", "failed"), ("SM1", "undelivered")], Failed, true),
        (&[("SM1", "undelivered"), ("SM1", "delivered")], Delivered, true),
        (&[("SM0", "undelivered")], Sent, false),
    ];
    for (reports, state, is_next_paged) in table {
        let mut scene = Scene::outage();
        let token = scene.token();
        for (receipt, report) in reports {
            scene.report(&token, receipt, report);
        }
        scene.app.advance(minutes(0));
        assert_eq!(scene.state("phone"), state, "{reports:?}");
        if is_next_paged {
            scene.app.expect("Ana", "page");
            let told = scene.app.journal(1).into_iter().filter(|entry| entry.contains("undelivered")).count();
            assert_eq!(told, 1, "{:?}", scene.app.journal(1));
        }
        scene.app.expect_silence();
        let standing = scene.app.world().read(store::contacts::list);
        let phone = standing.iter().find(|known| known.contact == "phone").map(|known| known.standing());
        let expected = match state {
            Delivered => Standing::Good,
            Failed => Standing::Failing,
            Pending | Sending | Sent | Superseded => Standing::Unverified,
        };
        assert_eq!(phone, Some(expected), "{reports:?}");
    }
}

#[test]
fn a_text_that_nobody_reports_as_arrived_has_the_next_contact_follow_after_a_minute() {
    let mut scene = Scene::outage();
    scene.app.advance(minutes(1));
    scene.app.expect("Ana", "page");
    let told = scene.app.journal(1).into_iter().filter(|entry| entry == "unconfirmed").count();
    assert_eq!(told, 1, "{:?}", scene.app.journal(1));
    assert_eq!(scene.state("phone"), NotificationState::Sent, "it may have arrived all the same");
    scene.app.expect_silence();
}

#[test]
fn a_text_that_is_posted_again_does_nothing_more() {
    let mut scene = Scene::outage();
    assert!(scene.text(ANA, "4", "SM900").contains("You have #1"));
    scene.app.provider_page("commerce", |page, now| page.recover(now));
    scene.app.advance(minutes(20));
    scene.app.provider_sets("commerce", "Checkout", "major_outage");
    scene.app.advance(minutes(2));
    assert_eq!(scene.app.incident(2).response, Taken::Open);
    assert!(!scene.text(ANA, "4", "SM900").contains("You have"), "signatures have no time");
    assert_eq!(scene.app.incident(2).response, Taken::Open);
    assert!(scene.text(ANA, "4", "SM901").contains("You have #2"));
    scene.app.advance(minutes(1));
    scene.app.arrivals_at("https://phone.test/ana");
}
