//! The wire forms of phone apps and of other incident managers.

use serde_json::json;

use super::letter::*;
use crate::{
    channels::*,
    messages::{IncidentFacts, Notice, PageMessage},
};

pub(super) const NTFY: &str = "kind = \"ntfy\"\nurl = \"https://ntfy.test/acme-pages\"\ntoken = \"tk_1\"";
pub(super) const GOTIFY: &str = "kind = \"gotify\"\nurl = \"https://gotify.test/sub/\"\ntoken = \"A.b\"";
pub(super) const PUSHOVER: &str = "kind = \"pushover\"\ntoken = \"azGDORePK8gMaC0QOYAMyEEuzJnyUi\"\n\
                        user = \"uQiRzpo4DXghDmr9QzzfQu27cmVRsG\"";
pub(super) const PAGERDUTY: &str = "kind = \"pagerduty\"\nrouting_key = \"R0123456789abcdef0123456789abcde\"";
pub(super) const OPSGENIE: &str = "kind = \"opsgenie\"\nkey = \"k-1\"\napi = \"https://api.eu.opsgenie.com\"";
/// The browser of RFC 8291, section 5.
pub(super) const WEB_PUSH: &str = "kind = \"web_push\"\nendpoint = \"https://push.test/p/JzLQ3raZ\"\n\
    p256dh = \"BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4\"\n\
    auth = \"BTBZMqHH6r4Tts7J_aSIgg\"";
pub(super) const ALERTMANAGER: &str = "kind = \"alertmanager\"\nurl = \"https://am.test\"\ntoken = \"t\"";

#[test]
fn a_destination_is_written_as_it_is_read() {
    for keys in [NTFY, GOTIFY, PUSHOVER, PAGERDUTY, OPSGENIE, ALERTMANAGER, WEB_PUSH] {
        let read = destination(keys);
        let lines = write(&read).into_iter().filter_map(|(key, value)| Some(format!("{key} = {}", value?)));
        let written = lines.collect::<Vec<_>>().join("\n");
        assert_eq!(destination(&written), read, "{written}");
        assert_eq!(from_json(&to_json(&read)), Ok(read));
    }
}

#[test]
fn a_key_that_cannot_be_one_is_refused_with_what_would_be_right() {
    for (keys, says) in [
        ("kind = \"ntfy\"\nurl = \"https://ntfy.sh\"", "names no topic"),
        ("kind = \"ntfy\"\nurl = \"https://ntfy.sh/a/b\"", "https://ntfy.sh/acme-pages"),
        ("kind = \"pagerduty\"\nrouting_key = \"short\"", "Events API V2"),
        (
            "kind = \"pushover\"\ntoken = \"azGDORePK8gMaC0QOYAMyEEuzJnyUi\"\nuser = \"me\"",
            "30 letters and digits",
        ),
        ("kind = \"gotify\"\nurl = \"https://gotify.test\"", "`token` is missing"),
    ] {
        let said = refused(keys);
        assert!(said.contains(says), "{said}");
    }
}

#[test]
fn ntfy_gets_a_button_that_acknowledges_and_what_follows_takes_the_place_of_the_page() {
    let ntfy = destination(NTFY);
    let (call, _) = calls(&ntfy, &letter(&page(), None));
    assert_eq!(
        (call.url.as_str(), call.sent_header("authorization")),
        ("https://ntfy.test/", Some("Bearer tk_1"))
    );
    let body = call.body_json();
    assert_eq!(body["topic"], "acme-pages");
    assert_eq!(body["title"], "CRITICAL: Checkout \"major\" <outage> (#12)");
    assert_eq!((&body["priority"], &body["sequence_id"]), (&json!(5), &json!("0197-n1")));
    assert_eq!(body["click"], "https://midwatch.test/ack/t0k");
    assert_eq!(
        body["actions"][0],
        json!({ "action": "http", "label": "Acknowledge", "url": "https://midwatch.test/ack/t0k", "method": "POST",
                "clear": true, "headers": { "content-type": "application/x-www-form-urlencoded" },
                "body": "act=acknowledge" })
    );
    assert!(body["message"].as_str().unwrap().contains("The provider says: We look into it."), "{body}");

    let taken = meaning(&ntfy, 200, r#"{"id":"xE73","sequence_id":"0197-n1","event":"message"}"#);
    assert!(matches!(taken, Outcome::Accepted { receipt: Some(receipt), .. } if receipt == "0197-n1"));
    let (call, _) = calls(&ntfy, &letter(&resolved(), Some("0197-n1")));
    let body = call.body_json();
    assert_eq!((&body["sequence_id"], &body["priority"]), (&json!("0197-n1"), &json!(3)));
    assert!(body["title"].as_str().unwrap().starts_with("Resolved: "));
    let refused = meaning(&ntfy, 403, r#"{"code":40301,"http":403,"error":"forbidden"}"#);
    assert_eq!(refused, Outcome::Refused { answer: "HTTP status 403: forbidden".to_owned() });
}

#[test]
fn gotify_gets_markdown_in_which_text_stays_text() {
    let gotify = destination(GOTIFY);
    let (call, _) = calls(&gotify, &letter(&page(), None));
    assert_eq!(call.url, "https://gotify.test/sub/message");
    assert_eq!(call.sent_header("x-gotify-key"), Some("A.b"));
    let body = call.body_json();
    assert_eq!(body["priority"], 10);
    assert_eq!(body["extras"]["client::notification"]["click"]["url"], "https://midwatch.test/ack/t0k");
    assert_eq!(body["extras"]["client::display"]["contentType"], "text/markdown");
    let message = body["message"].as_str().unwrap();
    assert!(message.contains("**[Acknowledge](https://midwatch.test/ack/t0k)**"), "{message}");
    let mut hostile = page();
    hostile.incident.cause.as_mut().unwrap().component = Some("[this](https://evil.test) <img>".to_owned());
    let (call, _) = calls(&gotify, &letter(&hostile, None));
    let body = call.body_json();
    let message = body["message"].as_str().unwrap();
    assert!(message.contains("\\[this\\](https") && !message.contains('<'), "{message}");
}

#[test]
fn pushover_rings_until_somebody_acknowledges_and_is_told_to_stop() {
    let pushover = destination(PUSHOVER);
    let (call, then) = calls(&pushover, &letter(&page(), None));
    assert_eq!((call.url.as_str(), then.len()), ("https://api.pushover.net/1/messages.json", 0));
    let body = call.body_json();
    assert_eq!((&body["priority"], &body["retry"], &body["expire"]), (&json!(2), &json!(60), &json!(10_800)));
    assert_eq!((&body["url_title"], &body["tags"]), (&json!("Acknowledge"), &json!("0197-i1")));
    assert_eq!(body["callback"], "https://midwatch.test/callbacks/pushover/t0k");
    assert!(body["message"].as_str().unwrap().chars().count() <= 1_024);

    let taken =
        meaning(&pushover, 200, r#"{"status":1,"request":"r","receipt":"rLqVuqTRh62UzxtmqiaLzQmVcPgiCy"}"#);
    let Outcome::Accepted { receipt: Some(receipt), .. } = taken else { panic!("{taken:?}") };
    let (call, then) = calls(&pushover, &letter(&acknowledged(), Some(&receipt)));
    let body = call.body_json();
    assert!(body["priority"] == 0 && body.get("retry").is_none(), "{body}");
    let [stop] = then.as_slice() else { panic!("{then:?}") };
    assert_eq!(stop.url, "https://api.pushover.net/1/receipts/cancel_by_tag/0197-i1.json");
    assert_eq!(stop.body_json(), json!({ "token": "azGDORePK8gMaC0QOYAMyEEuzJnyUi" }));
    // What never rang need not be stopped.
    assert!(calls(&pushover, &letter(&resolved(), None)).1.is_empty());
}

#[test]
fn what_rings_for_several_incidents_is_stopped_by_itself() {
    let pushover = destination(PUSHOVER);
    let mut several = page();
    several.also.push(IncidentFacts { id: "0197-i2".to_owned(), ..page().incident });
    assert_eq!(calls(&pushover, &letter(&several, None)).0.body_json()["tags"], "0197-n1");
    let (ended, news) = (["0197-n1".to_owned()], resolved());
    let stops = |letter: &Letter<'_>| {
        let (_, then) = calls(&pushover, letter);
        then.iter().map(|call| call.url.rsplit('/').next().unwrap().to_owned()).collect::<Vec<_>>()
    };
    let one = Letter { standing: None, ..letter(&news, Some("r1")) };
    assert_eq!(stops(&one), ["0197-i1.json"], "as long as others wait, what tells of them rings on");
    assert_eq!(stops(&Letter { ended: &ended, ..one }), ["0197-i1.json", "0197-n1.json"]);
    let both = PageMessage { also: several.also.clone(), ..resolved() };
    assert_eq!(stops(&letter(&both, Some("r1"))), ["0197-i1.json", "0197-i2.json"]);
}

#[test]
fn news_of_one_incident_takes_no_notification_away_that_tells_of_others() {
    let news = resolved();
    let one = Letter { standing: None, ..letter(&news, Some("0197-n1")) };
    assert_eq!(calls(&destination(NTFY), &one).0.body_json()["sequence_id"], "0197-n3");
}

#[test]
fn pushover_is_asked_what_became_of_an_emergency() {
    let pushover = destination(PUSHOVER);
    let receipt = "rLqVuqTRh62UzxtmqiaLzQmVcPgiCy";
    let call = receipt_call(&pushover, receipt).unwrap();
    assert_eq!(call.method, Method::Get);
    assert_eq!(
        call.url,
        format!("https://api.pushover.net/1/receipts/{receipt}.json?token=azGDORePK8gMaC0QOYAMyEEuzJnyUi")
    );
    assert_eq!(receipt_call(&pushover, "../../x?"), None);
    assert_eq!(receipt_call(&destination(NTFY), receipt), None);
    let state = |body: &str| receipt_state(body.as_bytes());
    let ringing = ReceiptState { is_acknowledged: false, is_expired: false };
    assert_eq!(state(r#"{"status":1,"acknowledged":0,"expired":0}"#), Some(ringing));
    let taken = ReceiptState { is_acknowledged: true, is_expired: false };
    assert_eq!(
        state(r#"{"status":1,"acknowledged":1,"acknowledged_at":1360019238,"expired":0}"#),
        Some(taken)
    );
    for nonsense in ["", "{}", r#"{"status":0,"acknowledged":1}"#, r#"{"status":1,"acknowledged":"1"}"#] {
        assert_eq!(state(nonsense), None, "{nonsense}");
    }
}

#[test]
fn a_quota_of_pushover_that_is_used_up_makes_room_for_the_next_contact() {
    let pushover = destination(PUSHOVER);
    let used_up = meaning(&pushover, 429, r#"{"status":0,"errors":["application has exceeded its quota"]}"#);
    let Outcome::Refused { answer } = used_up else { panic!("{used_up:?}") };
    assert!(answer.contains("exceeded its quota") && answer.contains("this month"), "{answer}");
    let busy = Answer { status: 429, retry_after: Some(Duration::from_secs(9)), body: b"" };
    assert!(
        matches!(answered(&pushover, &busy), Outcome::TryAgain { after: Some(after), .. } if after.as_secs() == 9)
    );
    let trouble = meaning(&pushover, 503, "");
    assert!(
        matches!(trouble, Outcome::TryAgain { after: Some(after), .. } if after.as_secs() == 5),
        "{trouble:?}: it wants to be left alone for as long"
    );
    let invalid =
        meaning(&pushover, 400, r#"{"user":"invalid","errors":["user identifier is invalid"],"status":0}"#);
    assert_eq!(
        invalid,
        Outcome::Refused { answer: "HTTP status 400: user identifier is invalid".to_owned() }
    );
}

#[test]
fn pagerduty_has_one_alert_for_an_incident_from_its_trigger_to_its_end() {
    let pagerduty = destination(PAGERDUTY);
    let (call, _) = calls(&pagerduty, &letter(&page(), None));
    assert_eq!(call.url, "https://events.pagerduty.com/v2/enqueue");
    let body = call.body_json();
    assert_eq!((&body["event_action"], &body["dedup_key"]), (&json!("trigger"), &json!("0197-i1")));
    let payload = &body["payload"];
    assert_eq!((&payload["severity"], &payload["source"]), (&json!("critical"), &json!("commerce")));
    assert_eq!(payload["timestamp"], "2026-05-23T22:50:00Z");
    assert_eq!(body["links"][0], json!({ "href": "https://midwatch.test/ack/t0k", "text": "Acknowledge" }));
    for (message, action) in [(acknowledged(), "acknowledge"), (resolved(), "resolve")] {
        let (call, _) = calls(&pagerduty, &letter(&message, Some("0197-i1")));
        assert_eq!(
            call.body_json(),
            json!({ "routing_key": "R0123456789abcdef0123456789abcde", "event_action": action, "dedup_key": "0197-i1" })
        );
    }
    let invalid = r#"{"status":"invalid event","message":"Event object is invalid","errors":["'routing_key' is wrong"]}"#;
    assert_eq!(
        meaning(&pagerduty, 400, invalid),
        Outcome::Refused { answer: "HTTP status 400: 'routing_key' is wrong".to_owned() }
    );
    assert!(matches!(meaning(&pagerduty, 429, ""), Outcome::TryAgain { may_have_arrived: false, .. }));
}

#[test]
fn opsgenie_has_one_alert_for_an_incident_known_by_its_alias() {
    let opsgenie = destination(OPSGENIE);
    let (call, _) = calls(&opsgenie, &letter(&page(), None));
    assert_eq!(call.url, "https://api.eu.opsgenie.com/v2/alerts");
    assert_eq!(call.sent_header("authorization"), Some("GenieKey k-1"));
    let body = call.body_json();
    assert_eq!((&body["alias"], &body["priority"]), (&json!("0197-i1"), &json!("P1")));
    assert!(body["details"].as_object().unwrap().values().all(Value::is_string), "{body}");
    for (message, verb) in [(acknowledged(), "acknowledge"), (resolved(), "close")] {
        let (call, _) = calls(&opsgenie, &letter(&message, None));
        let expect = format!("https://api.eu.opsgenie.com/v2/alerts/0197-i1/{verb}?identifierType=alias");
        assert_eq!(call.url, expect);
    }
    let mut long = page();
    long.incident.summary = "é".repeat(400);
    let (call, _) = calls(&opsgenie, &letter(&long, None));
    assert!(call.body_json()["message"].as_str().unwrap().chars().count() <= 130);
    let refused = meaning(&opsgenie, 422, r#"{"message":"Request body is not processable.","took":0.1}"#);
    assert_eq!(
        refused,
        Outcome::Refused { answer: "HTTP status 422: Request body is not processable.".to_owned() }
    );
}

#[test]
fn what_is_not_known_is_left_out_and_no_null() {
    let mut alone = page();
    alone.incident.cause = None;
    for (keys, place) in [(PAGERDUTY, "/payload"), (OPSGENIE, "")] {
        let (call, _) = calls(&destination(keys), &letter(&alone, None));
        let body = call.body_json();
        let object = body.pointer(place).and_then(Value::as_object).unwrap();
        assert!(object.values().all(|value| !value.is_null()), "{body}");
    }
}

#[test]
fn alertmanager_gets_one_firing_alert_whatever_the_severity_was_before() {
    let alertmanager = destination(ALERTMANAGER);
    let (call, _) = calls(&alertmanager, &letter(&page(), None));
    assert_eq!(call.url, "https://am.test/api/v2/alerts");
    assert_eq!(call.sent_header("authorization"), Some("Bearer t"));
    let firing = |call: &Call, now: &str| -> Vec<String> {
        let alerts = call.body_json();
        let alerts = alerts.as_array().unwrap();
        assert_eq!(alerts.len(), 4);
        let ends = |alert: &Value| at(alert["endsAt"].as_str().unwrap());
        let firing = alerts.iter().filter(|alert| ends(alert) > at(now));
        firing.map(|alert| alert["labels"]["severity"].as_str().unwrap().to_owned()).collect()
    };
    assert_eq!(firing(&call, "2026-05-25T00:00:00Z"), ["critical"]);
    let alert = &call.body_json()[3];
    assert_eq!(
        alert["labels"],
        json!({ "alertname": "MidwatchIncident", "organization": "acme", "incident": "12", "service": "checkout",
                "severity": "critical" })
    );
    let mut milder = page();
    milder.incident.severity = domain::Severity::Warning;
    let (call, _) = calls(&alertmanager, &letter(&milder, None));
    assert_eq!(firing(&call, "2026-05-23T22:51:00Z"), ["warning"]);
    let (call, _) = calls(&alertmanager, &letter(&acknowledged(), None));
    assert_eq!(call.body_json()[3]["annotations"]["acknowledged_by"], "Bo");
    let (call, _) = calls(&alertmanager, &letter(&resolved(), None));
    assert!(firing(&call, "2026-05-24T00:03:20Z").is_empty());
    // An alert that would end before it began is refused as a whole.
    let mut early = page();
    early.notice = Notice::Resolved { at: at("2026-05-23T22:00:00Z") };
    let (call, _) = calls(&alertmanager, &letter(&early, None));
    assert_eq!(call.body_json()[0]["endsAt"], call.body_json()[0]["startsAt"]);
}

#[test]
fn a_template_makes_the_body_and_a_value_cannot_leave_its_quotation_marks() {
    let keys = "kind = \"webhook\"\nurl = \"https://hook.test\"\n\
                template = '''\n{ \"text\": \"{title}\", \"said\": \"{said}\", \"by\": \"{by}\", \"n\": [] }'''";
    let webhook = destination(keys);
    let (call, _) = calls(&webhook, &letter(&page(), None));
    assert_eq!(
        call.body_json(),
        json!({ "text": "CRITICAL: Checkout \"major\" <outage> (#12)", "said": "We look into it. More soon.", "by": "",
                "n": [] })
    );
    assert_eq!(call.sent_header("content-type"), Some("application/json"));
    assert!(call.sent_header("webhook-signature").is_some_and(|signature| signature.starts_with("v1,")));
    let written = write(&webhook).into_iter().find(|(key, _)| *key == "template").unwrap().1.unwrap();
    assert!(written.as_str().unwrap().starts_with("{ \"text\""), "{written}");

    let plain = destination(
        "kind = \"webhook\"\nurl = \"https://hook.test\"\ntemplate = \"{number} {severity}\\n{text}\"",
    );
    let (call, _) = calls(&plain, &letter(&page(), None));
    let body = String::from_utf8(call.body.clone()).unwrap();
    assert!(body.starts_with("12 critical\nServices: Checkout, Orders\n"), "{body}");
    assert_eq!(call.sent_header("content-type"), Some("text/plain; charset=utf-8"));
    let said = refused("kind = \"webhook\"\nurl = \"https://hook.test\"\ntemplate = \"{severty}\"");
    assert!(said.starts_with("line 1, column 1 of the template: there is no `{severty}`"), "{said}");
}

#[test]
fn a_browser_gets_what_only_it_can_read_and_the_same_try_is_the_same_bytes() {
    let browser = destination(WEB_PUSH);
    let (call, _) = calls(&browser, &letter(&page(), None));
    assert_eq!(call.url, "https://push.test/p/JzLQ3raZ");
    for (name, value) in [("content-encoding", "aes128gcm"), ("ttl", "86400"), ("urgency", "high")] {
        assert_eq!(call.sent_header(name), Some(value));
    }
    let topic = call.sent_header("topic").unwrap();
    assert_eq!(topic.len(), 22, "at most 32 characters of base64url");
    assert!(call.sent_header("authorization").unwrap().starts_with("vapid t="));
    assert_eq!(calls(&browser, &letter(&page(), None)).0.body, call.body);
    // Nothing of a key is used for two texts.
    let mut marked = page();
    marked.possible_duplicate = true;
    let (again, _) = calls(&browser, &letter(&marked, None));
    assert!(again.body[..16] != call.body[..16] && again.body[21..86] != call.body[21..86]);
    let (end, _) = calls(&browser, &letter(&resolved(), None));
    assert_eq!((end.sent_header("topic"), end.sent_header("urgency")), (Some(topic), Some("normal")));
    let mut long = page();
    long.incident.summary = "\u{1F6A8}".repeat(3_000);
    long.incident.cause.as_mut().unwrap().said = Some("\u{1F6A8}".repeat(3_000));
    assert!(calls(&browser, &letter(&long, None)).0.body.len() <= 4_096);
}

#[test]
fn a_push_service_learns_whom_to_turn_to_in_a_form_that_it_takes() {
    use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD as BASE64};
    let (browser, message) = (destination(WEB_PUSH), page());
    let check = |public_url, mail_from, expected: &str| {
        let (call, _) = calls(&browser, &Letter { public_url, mail_from, ..letter(&message, None) });
        let token = call.sent_header("authorization").unwrap().split('.').nth(1).unwrap();
        let claims: Value = serde_json::from_slice(&BASE64.decode(token).unwrap()).unwrap();
        assert_eq!(claims["sub"], expected);
    };
    check("https://midwatch.test", Some("pager@acme.test"), "https://midwatch.test");
    check("http://10.0.0.1:8080", Some("pager@acme.test"), "mailto:pager@acme.test");
    check("http://10.0.0.1:8080", None, "http://10.0.0.1:8080");
}

#[test]
fn a_browser_that_is_gone_is_said_to_be_and_nonsense_is_no_browser() {
    let browser = destination(WEB_PUSH);
    for status in [404, 410] {
        let Outcome::Refused { answer } = meaning(&browser, status, "") else { panic!("{status}") };
        assert!(answer.contains("open the push page on it again"), "{answer}");
    }
    assert!(matches!(meaning(&browser, 201, ""), Outcome::Accepted { .. }));
    assert!(matches!(meaning(&browser, 429, ""), Outcome::TryAgain { .. }));
    let Destination::WebPush { p256dh, auth, .. } = &browser else { panic!("{browser:?}") };
    assert_eq!(web_push("https://push.test/p/JzLQ3raZ", p256dh, auth.expose()), Ok(browser.clone()));
    for (endpoint, key, auth, says) in [
        ("push.test", p256dh.as_str(), auth.expose(), "endpoint"),
        ("https://push.test", "BCVx", auth.expose(), "p256dh"),
        ("https://push.test", p256dh, "BTBZ", "auth"),
    ] {
        assert!(web_push(endpoint, key, auth).unwrap_err().0.contains(says));
    }
    let said = refused(&WEB_PUSH.replace("BCVx", "BAAA"));
    assert!(said.contains("push-link"), "{said}");
}
