//! Buttons below pages in Slack and Telegram: pressed, pressed twice, forged, played again, malformed.

use std::time::Duration;

use axum::{
    body::{Body, to_bytes},
    http::{Request, StatusCode},
};
use engine::{commands, commands::whom};
use hmac::{Hmac, KeyInit, Mac};
use serde_json::{Value, json};
use sha2::Sha256;
use testkit::{TestApp, app::minutes};
use tokio_util::sync::CancellationToken;
use tower::ServiceExt;

use crate::outage::team;

const SLACK: &str = "/callbacks/slack/acme/slack";
const TELEGRAM: &str = "/callbacks/telegram/acme/telegram";
const WORD_BACK: &str = "https://hooks.slack.com/actions/T/1/x";

const CHANNELS: &str = r#"
    [[channel]]
    slug = "room"
    kind = "webhook"
    url = "https://room.test/hook"

    [[channel]]
    slug = "slack"
    kind = "slack"
    token = "xoxb-1"
    channel = "C0123456789"
    signing_secret = "s3cret"

    [[channel]]
    slug = "unsigned"
    kind = "slack"
    token = "xoxb-1"
    channel = "C0123456789"

    [[channel]]
    slug = "telegram"
    kind = "telegram"
    token = "77:AAAAAAAAAABBBBBBBBBBCCCCCCCCCCddddd"
    chat = "-100123"
"#;

/// An outage that Ana and a room have been paged for.
struct Scene {
    app: TestApp,
    /// The token below the message to the room.
    room: String,
    /// The token below the message to Ana.
    ana: String,
}

impl Scene {
    fn outage() -> Self {
        let team = team("").replace("\"schedule:primary\"]", "\"schedule:primary\", \"channel:room\"]");
        let mut app = TestApp::start(&format!("{team}\n{CHANNELS}"), &["commerce"]);
        app.provider_sets("commerce", "Checkout", "major_outage");
        app.advance(minutes(2));
        let mut token = |whom| {
            let page: Value = serde_json::from_str(&app.expect(whom, "page")).unwrap();
            page["ack_url"].as_str().unwrap().rsplit('/').next().unwrap().to_owned()
        };
        let (room, ana) = (token("room"), token("Ana"));
        Self { app, room, ana }
    }

    fn hand(&mut self, whom: &'static str) {
        let done = self.app.act("Ana", 1, move |scope, ground, now, by, id| {
            let to = whom::assignee(&ground.setups.current(scope)?.1, whom)?;
            commands::reassign(scope, ground, now, by, id, to)
        });
        done.unwrap();
    }

    fn send(&self, request: Request<Body>) -> (StatusCode, String) {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(async {
            let router = web::public(self.app.shell(), CancellationToken::new());
            let response = router.oneshot(request).await.unwrap();
            let status = response.status();
            let body = to_bytes(response.into_body(), 1 << 20).await.unwrap();
            (status, String::from_utf8(body.to_vec()).unwrap())
        })
    }

    /// Slack tells of a button, signed with a secret, some time ago.
    fn slack_at(&self, path: &str, secret: &str, ago: Duration, body: &str) -> (StatusCode, String) {
        let sent_at = (self.app.now() - ago).as_second().to_string();
        let mut mac = Hmac::<Sha256>::new_from_slice(secret.as_bytes()).unwrap();
        mac.update(format!("v0:{sent_at}:{body}").as_bytes());
        let signature: String =
            mac.finalize().into_bytes().iter().map(|byte| format!("{byte:02x}")).collect();
        let request = Request::post(path)
            .header("content-type", "application/x-www-form-urlencoded")
            .header("x-slack-request-timestamp", sent_at)
            .header("x-slack-signature", format!("v0={signature}"));
        self.send(request.body(Body::from(body.to_owned())).unwrap())
    }

    /// Slack tells of a button; returns what it was told to show to whoever pressed it.
    fn slack(&mut self, account: &str, act: &str, token: &str) -> String {
        let body = slack_body(account, act, token);
        let (status, answer) = self.slack_at(SLACK, "s3cret", Duration::ZERO, &body);
        assert_eq!((status, answer.as_str()), (StatusCode::OK, ""));
        let word: Value = serde_json::from_str(&self.app.expect_at(WORD_BACK).text).unwrap();
        assert_eq!((&word["response_type"], &word["replace_original"]), (&json!("ephemeral"), &json!(false)));
        word["text"].as_str().unwrap().to_owned()
    }

    fn telegram_at(&self, path: &str, secret: &str, body: &Value) -> (StatusCode, String) {
        let request = Request::post(path)
            .header("content-type", "application/json")
            .header("x-telegram-bot-api-secret-token", secret);
        self.send(request.body(Body::from(body.to_string())).unwrap())
    }

    fn telegram_secret(&self) -> String {
        self.app.shell().key.telegram_secret(self.app.org(), "telegram")
    }

    fn telegram(&self, account: &str, data: &str) -> String {
        let (status, answer) =
            self.telegram_at(TELEGRAM, &self.telegram_secret(), &telegram_body(account, data));
        assert_eq!(status, StatusCode::OK, "{answer}");
        let answer: Value = serde_json::from_str(&answer).unwrap();
        assert_eq!(
            (&answer["method"], &answer["callback_query_id"]),
            (&json!("answerCallbackQuery"), &json!("q1"))
        );
        answer["text"].as_str().unwrap().to_owned()
    }

    fn response(&self) -> &'static str {
        self.app.incident(1).response.word()
    }

    fn notes(&self) -> Vec<String> {
        let id = self.app.incident(1).id;
        let updates = self.app.world().read(move |scope| store::incidents::list_updates(scope, id));
        updates.into_iter().filter(|update| !update.is_public).map(|update| update.body).collect()
    }
}

fn slack_body(account: &str, act: &str, token: &str) -> String {
    let payload = json!({
        "type": "block_actions",
        "user": { "id": "U1", "username": account, "name": account },
        "actions": [{ "type": "button", "action_id": act, "value": token }],
        "response_url": WORD_BACK,
    });
    let encoded: String = payload.to_string().bytes().map(|byte| format!("%{byte:02X}")).collect();
    format!("payload={encoded}")
}

fn telegram_body(account: &str, data: &str) -> Value {
    let from = json!({ "id": 5, "first_name": "B", "username": account });
    json!({ "update_id": 1, "callback_query": { "id": "q1", "from": from, "data": data } })
}

#[test]
fn a_button_in_slack_acknowledges_and_the_second_to_press_hears_who_was_first() {
    let mut scene = Scene::outage();
    let room = scene.room.clone();
    let told = scene.slack("bo", "acknowledge", &room);
    assert!(told.starts_with("Acknowledged: #1 "), "{told}");
    assert_eq!(scene.response(), "acknowledged");
    assert_eq!(scene.notes(), ["Acknowledged by @bo on Slack."]);
    scene.app.advance(Duration::ZERO);
    assert!(scene.app.expect("Ana", "acknowledged").contains("\"by\":\"Bo\""));
    scene.app.expect("room", "acknowledged");

    let told = scene.slack("ana", "acknowledge", &room);
    assert_eq!(told, "Bo has #1 already, since 2026-03-02 08:02:00 UTC.");
    assert_eq!(scene.notes().len(), 1, "nothing has changed");
    scene.app.advance(minutes(60));
    scene.app.expect_silence();
}

#[test]
fn an_account_that_is_no_members_is_told_by_its_name() {
    let mut scene = Scene::outage();
    let room = scene.room.clone();
    scene.slack("zoe", "resolve", &room);
    assert_eq!(
        (scene.response(), scene.notes()),
        ("resolved", vec!["Resolved by @zoe on Slack.".to_owned()])
    );
    scene.app.advance(Duration::ZERO);
    scene.app.expect("Ana", "resolved");
    scene.app.expect("room", "resolved");
    let told = scene.slack("bo", "acknowledge", &room);
    assert_eq!(told, "#1 is over: @zoe on Slack resolved it at 2026-03-02 08:02:00 UTC.");
}

#[test]
fn a_message_to_a_member_was_pressed_by_that_member() {
    let mut scene = Scene::outage();
    let ana = scene.ana.clone();
    scene.telegram("whoever", &format!("acknowledge:{ana}"));
    scene.app.advance(Duration::ZERO);
    assert!(scene.app.expect("room", "acknowledged").contains("\"by\":\"Ana\""));
}

#[test]
fn a_button_in_telegram_does_the_same() {
    let mut scene = Scene::outage();
    let room = scene.room.clone();
    let told = scene.telegram("bo", &format!("acknowledge:{room}"));
    assert!(told.starts_with("Acknowledged: #1 "), "{told}");
    assert_eq!(scene.notes(), ["Acknowledged by @bo on Telegram."]);
    let told = scene.telegram("ana", &format!("acknowledge:{room}"));
    assert_eq!(told, "Bo has #1 already, since 2026-03-02 08:02:00 UTC.");
    let told = scene.telegram("ana", &format!("resolve:{room}"));
    assert!(told.starts_with("Resolved: #1 "), "{told}");
    scene.app.advance(Duration::ZERO);
    scene.app.expect("room", "resolved");
    scene.app.expect_silence();
}

#[test]
fn a_button_snoozes_for_half_an_hour_and_then_paging_begins_anew() {
    let mut scene = Scene::outage();
    let room = scene.room.clone();
    let told = scene.slack("ana", "snooze30", &room);
    assert!(told.starts_with("Snoozed for 30 minutes: #1 "), "{told}");
    scene.app.advance(minutes(1));
    let told = scene.slack("bo", "snooze30", &room);
    assert!(told.starts_with("Ana has this incident since "), "{told}");
    scene.app.advance(minutes(28));
    let told = scene.app.expect("room", "acknowledged");
    assert!(told.contains("\"snoozed_until\":\"2026-03-02T08:32:00Z\""), "{told}");
    scene.app.expect_silence();
    scene.app.advance(minutes(1));
    scene.app.expect("room", "page");
    scene.app.expect("Ana", "page");
}

#[test]
fn a_button_calls_the_next_in_line_once() {
    let mut scene = Scene::outage();
    let room = scene.room.clone();
    let told = scene.telegram("zoe", &format!("escalate:{room}"));
    assert!(told.starts_with("Escalated: #1 "), "{told}");
    scene.app.advance(Duration::ZERO);
    scene.app.expect("Bo", "page");
    let told = scene.telegram("bo", &format!("escalate:{room}"));
    assert!(told.starts_with("@zoe on Telegram called the next step at "), "{told}");
    scene.app.expect_silence();
}

#[test]
fn accounts_can_not_take_from_each_other_what_one_has() {
    let mut scene = Scene::outage();
    let room = scene.room.clone();
    scene.slack("zoe", "acknowledge", &room);
    let told = scene.slack("moe", "acknowledge", &room);
    assert_eq!(told, "@zoe on Slack has #1 already, since 2026-03-02 08:02:00 UTC.");
    assert_eq!(scene.notes(), ["Acknowledged by @zoe on Slack."]);
    scene.app.advance(Duration::ZERO);
    scene.app.expect("room", "acknowledged");
    scene.app.expect("Ana", "acknowledged");
}

#[test]
fn what_is_forged_or_played_again_later_is_answered_alike_and_changes_nothing() {
    let mut scene = Scene::outage();
    let body = slack_body("bo", "acknowledge", &scene.room);
    let telegram = telegram_body("bo", &format!("acknowledge:{}", scene.room));
    let (now, secret) = (Duration::ZERO, scene.telegram_secret());
    let elsewhere = scene.app.shell().key.telegram_secret(scene.app.org(), "room");
    let answers = [
        scene.slack_at(SLACK, "wrong", now, &body),
        scene.slack_at(SLACK, "", now, &body),
        scene.slack_at(SLACK, "s3cret", Duration::from_secs(301), &body),
        scene.slack_at("/callbacks/slack/acme/unsigned", "s3cret", now, &body),
        scene.slack_at("/callbacks/slack/acme/room", "s3cret", now, &body),
        scene.slack_at("/callbacks/slack/acme/nobody", "s3cret", now, &body),
        scene.slack_at("/callbacks/slack/other/slack", "s3cret", now, &body),
        scene.send(Request::post(SLACK).body(Body::from(body.clone())).unwrap()),
        scene.telegram_at(TELEGRAM, "", &telegram),
        scene.telegram_at(TELEGRAM, &secret[1..], &telegram),
        scene.telegram_at("/callbacks/telegram/other/telegram", &secret, &telegram),
        scene.telegram_at("/callbacks/telegram/acme/room", &elsewhere, &telegram),
        scene.telegram_at("/callbacks/telegram/acme/slack", &secret, &telegram),
    ];
    assert_eq!(answers[0].0, StatusCode::UNAUTHORIZED);
    for (place, answer) in answers.iter().enumerate() {
        assert_eq!(answer, &answers[0], "{place}");
    }
    assert_eq!(scene.response(), "open");
    scene.app.expect_silence();
}

#[test]
fn a_button_that_we_did_not_make_or_do_not_know_changes_nothing() {
    let mut scene = Scene::outage();
    let room = scene.room.clone();
    let other = engine::links::SigningKey::new([8; 32]).ack_token(domain::NotificationId(uuid::Uuid::nil()));
    let lost = scene.app.shell().key.ack_token(domain::NotificationId(uuid::Uuid::nil()));
    for token in ["", "x", other.as_str(), lost.as_str()] {
        assert_eq!(scene.slack("bo", "acknowledge", token), "This button is not one of ours, or too old.");
    }
    assert_eq!(scene.slack("bo", "explode", &room), "This button asks for something unknown.");
    assert_eq!(scene.telegram("bo", "acknowledge"), "This button is not one of ours, or too old.");
    assert_eq!(scene.telegram("bo", &format!("explode:{room}")), "This button asks for something unknown.");
    assert_eq!((scene.response(), scene.notes()), ("open", vec![]));
}

#[test]
fn what_is_malformed_or_nothing_to_us_or_too_large_changes_nothing() {
    let scene = Scene::outage();
    let slack = |body: &str| scene.slack_at(SLACK, "s3cret", Duration::ZERO, body).0;
    assert_eq!(slack(""), StatusCode::BAD_REQUEST);
    assert_eq!(slack("payload=%7B"), StatusCode::BAD_REQUEST);
    assert_eq!(slack("payload=%7B%22type%22:%22shortcut%22%7D"), StatusCode::OK);
    assert_eq!(slack("payload=[]"), StatusCode::OK);
    let large = format!("payload={}", "x".repeat(64 * 1024));
    assert_eq!(slack(&large), StatusCode::PAYLOAD_TOO_LARGE);
    let telegram = |body: Value| scene.telegram_at(TELEGRAM, &scene.telegram_secret(), &body);
    assert_eq!(telegram(json!({ "message": { "text": "/start" } })), (StatusCode::OK, String::new()));
    assert_eq!(telegram(json!([1])), (StatusCode::OK, String::new()));
    assert_eq!(scene.response(), "open");
}

#[test]
fn a_button_of_an_earlier_alert_does_not_answer_the_present_one() {
    let mut scene = Scene::outage();
    let room = scene.room.clone();
    scene.slack("bo", "acknowledge", &room);
    scene.app.provider_sets("commerce", "Checkout", "operational");
    scene.app.advance(minutes(2));
    for kind in ["acknowledged", "resolved"] {
        scene.app.expect("room", kind);
        scene.app.expect("Ana", kind);
    }
    scene.app.provider_sets("commerce", "Checkout", "major_outage");
    scene.app.advance(minutes(2));
    scene.app.expect("room", "page");
    scene.app.expect("Ana", "page");
    assert_eq!(scene.response(), "open", "the trouble is back within the incident");
    let told = scene.slack("bo", "acknowledge", &room);
    assert_eq!(told, "#1 was alerted anew since; use the buttons or the link of the newest message.");
    assert_eq!(scene.response(), "open");
}

#[test]
fn a_room_keeps_its_buttons_when_an_incident_is_handed_over() {
    let mut scene = Scene::outage();
    scene.hand("user:bo@acme.test");
    let told: Value = serde_json::from_str(&scene.app.expect("room", "reassigned")).unwrap();
    let url = told["ack_url"].as_str().expect("word of a new holder offers to take it");
    let token = url.rsplit('/').next().unwrap().to_owned();
    scene.app.expect("Bo", "page");
    let said = scene.slack("U1", "acknowledge", &token);
    assert_eq!(scene.response(), "acknowledged", "{said}");
}
