//! Whatever a message says, and however many incidents it tells of, it is within what the vendor takes.

use std::collections::BTreeSet;

use domain::Status;

use super::{
    super::{telephony::Line, *},
    apps::{ALERTMANAGER, GOTIFY, NTFY, OPSGENIE, PAGERDUTY, PUSHOVER, WEB_PUSH},
    chats::CHATS,
    letter::*,
};
use crate::messages::{CauseFacts, Notice, PageMessage};

const SMS: &str = "kind = \"sms\"\nnumber = \"+393331234567\"";
const VOICE: &str = "kind = \"voice\"\nnumber = \"+393331234567\"";
const EMAIL: &str = "kind = \"email\"\naddress = \"ana@acme.example\"";
const WEBHOOK: &str = "kind = \"webhook\"\nurl = \"https://hook.test\"";

/// Signs that take the most room somewhere: in UTF-16, in UTF-8, in JSON, in HTML, in Markdown; joined ones; none at
/// all.
const ALPHABETS: [&str; 8] = ["*", "&", "\"", "\\", "👩", "障", "👩\u{200D}🔧 ", " "];

/// Messages that say as much as they can in this alphabet, and tell of 500 others.
fn longest(sign: &str) -> Vec<PageMessage> {
    // More than any part of a message keeps.
    let long: String = sign.chars().cycle().take(1_300).collect();
    let line: String = long.chars().take(310).collect();
    let mut message = PageMessage { delayed: true, possible_duplicate: true, ..page() };
    message.organization = line.clone();
    message.to.reason = line.clone();
    message.incident.summary = line.clone();
    message.incident.services = vec![line.clone(); 10];
    message.incident.cause = Some(CauseFacts {
        provider: line.clone(),
        provider_name: line.clone(),
        component: Some(line.clone()),
        status: Status::MajorOutage,
        others: vec![line.clone(); 20],
        upstream: Some((line.clone(), Status::MajorOutage)),
        said: Some(long),
    });
    message.incident.affected = vec![(line.clone(), Status::MajorOutage); 50];
    message.organization_name = line.clone();
    // Many short lines, and many long ones.
    let short: String = line.chars().take(3).collect();
    let mut brief = message.incident.clone();
    (brief.summary, brief.services, brief.cause) = (short.clone(), vec![short.clone()], None);
    brief.affected = vec![(short, Status::MajorOutage)];
    let mut wordy = brief.clone();
    wordy.summary = line.clone();
    let acknowledged = Notice::Acknowledged { by: line, at: at("2026-05-23T22:55:00Z"), snoozed: None };
    let resolved = Notice::Resolved { at: at("2026-05-24T00:03:20Z") };
    [(Notice::Page, &wordy), (Notice::Page, &brief), (acknowledged, &brief), (resolved, &brief)]
        .into_iter()
        .map(|(notice, other)| {
            let ack_url = message.ack_url.clone().filter(|_| notice == Notice::Page);
            PageMessage { notice, ack_url, also: vec![other.clone(); 500], ..message.clone() }
        })
        .collect()
}

/// Checks every message of every alphabet, as the first about its incident and as one that follows.
fn check(keys: &str, receipt: &str, is_within: impl Fn(&Call) -> Vec<(&'static str, usize, usize)>) {
    let destination = destination(keys);
    let telephony = Telephony::new(vec![Line {
        carrier: telephony::carrier("twilio").unwrap(),
        account: "AC1".to_owned(),
        token: domain::destination::Secret::new("t"),
        from: Some("+15005550006".to_owned()),
        messaging_service: None,
        prefixes: Vec::new(),
        api: None,
    }]);
    for sign in ALPHABETS {
        for message in longest(sign) {
            for thread in [None, Some(receipt)] {
                let letter = Letter { telephony: &telephony, ..letter(&message, thread) };
                let (first, then) = calls(&destination, &letter);
                for (what, length, most) in std::iter::once(&first).chain(&then).flat_map(&is_within) {
                    let notice = message.notice.word();
                    assert!(
                        length <= most,
                        "{keys}: {what} of {length}, {most} are the most: {notice} in {sign:?}"
                    );
                }
            }
        }
    }
}

fn chars(value: &Value) -> usize {
    value.as_str().map_or(0, |text| text.chars().count())
}

/// As vendors count that look at texts in UTF-16, which is never less than characters.
fn units(value: &Value) -> usize {
    value.as_str().map_or(0, |text| text.encode_utf16().count())
}

fn list(value: &Value) -> &[Value] {
    value.as_array().map_or(&[], Vec::as_slice)
}

#[test]
fn each_kind_has_its_limits_checked() {
    let all = CHATS.iter().copied().chain([
        NTFY,
        GOTIFY,
        PUSHOVER,
        PAGERDUTY,
        OPSGENIE,
        ALERTMANAGER,
        WEB_PUSH,
        SMS,
        VOICE,
        EMAIL,
        WEBHOOK,
    ]);
    let known: BTreeSet<&str> = all.map(|keys| destination(keys).kind().word()).collect();
    assert_eq!(known, VENDORS.iter().map(|vendor| vendor.kind.word()).collect());
}

#[test]
fn slack() {
    for keys in [CHATS[0], CHATS[1]] {
        check(keys, "C0123456789:15.0002", |call| {
            let message = call.body_json();
            let blocks = list(&message["attachments"][0]["blocks"]);
            let mut all = vec![("text", units(&message["text"]), 4_000), ("blocks", blocks.len(), 50)];
            for block in blocks {
                all.push(("section", units(&block["text"]["text"]), 3_000));
                all.push(("fields", list(&block["fields"]).len(), 10));
                all.extend(
                    list(&block["fields"]).iter().map(|field| ("field", units(&field["text"]), 2_000)),
                );
                for element in list(&block["elements"]) {
                    all.push(("value of a button", units(&element["value"]), 2_000));
                    all.push(("text of a button", units(&element["text"]["text"]), 75));
                }
            }
            all
        });
    }
}

#[test]
fn teams() {
    check(CHATS[2], "", |call| vec![("message", call.body.len(), 21_000)]);
}

#[test]
fn discord() {
    check(CHATS[3], "113", |call| {
        let message = call.body_json();
        let embed = &message["embeds"][0];
        let fields = list(&embed["fields"]);
        let of_fields: usize =
            fields.iter().map(|field| units(&field["name"]) + units(&field["value"])).sum();
        let (description, footer) = (units(&embed["description"]), units(&embed["footer"]["text"]));
        let mut all = vec![
            ("content", units(&message["content"]), 2_000),
            ("description", description, 4_096),
            ("footer", footer, 2_048),
            ("embed", of_fields + description + footer, 6_000),
            ("fields", fields.len(), 25),
        ];
        all.extend(fields.iter().map(|field| ("field", units(&field["value"]), 1_024)));
        all
    });
}

#[test]
fn telegram() {
    check(CHATS[4], "-100123:5", |call| {
        let message = call.body_json();
        let visible = crate::messages::plain_text(message["text"].as_str().unwrap(), usize::MAX);
        let mut all = vec![("text", visible.encode_utf16().count(), 4_096)];
        for row in list(&message["reply_markup"]["inline_keyboard"]) {
            let data = row[0]["callback_data"].as_str().unwrap();
            // The token of the tests is short.
            all.push(("data of a button", data.len() - "t0k".len() + 43, 64));
        }
        all
    });
}

#[test]
fn mattermost() {
    check(CHATS[5], "", |call| {
        let message = call.body_json();
        let attachments = message["attachments"].to_string();
        vec![("text", chars(&message["text"]), 4_000), ("attachments", attachments.chars().count(), 16_383)]
    });
}

#[test]
fn google_chat() {
    check(CHATS[6], "spaces/S/messages/m", |call| {
        let message = call.body_json();
        vec![("message", call.body.len(), 32_000), ("text", units(&message["text"]), 4_096)]
    });
}

#[test]
fn matrix() {
    check(CHATS[7], "$e", |call| vec![("content", call.body.len(), 60_500)]);
}

#[test]
fn ntfy() {
    check(NTFY, "0197-n1", |call| {
        let message = call.body_json();
        let text = message["message"].as_str().unwrap();
        vec![
            ("message", text.len(), 4_096),
            ("JSON", call.body.len(), 2 * 4_096),
            ("actions", list(&message["actions"]).len(), 3),
        ]
    });
}

#[test]
fn pushover() {
    check(PUSHOVER, "rLqVuqTRh62UzxtmqiaLzQmVcPgiCy", |call| {
        let message = call.body_json();
        vec![
            ("message", chars(&message["message"]), 1_024),
            ("title", chars(&message["title"]), 250),
            ("url", chars(&message["url"]), 512),
            ("title of the url", chars(&message["url_title"]), 100),
        ]
    });
    let far = PageMessage { ack_url: Some(format!("https://midwatch.test/{}", "a".repeat(600))), ..page() };
    let (call, _) = calls(&destination(PUSHOVER), &letter(&far, None));
    assert!(call.body_json()["url"].is_null(), "a page without its link is more than none");
}

#[test]
fn gotify_and_alertmanager_have_no_limits_of_their_own() {
    for keys in [GOTIFY, ALERTMANAGER] {
        check(keys, "25", |call| vec![("body", call.body.len(), 128 * 1_024)]);
    }
}

#[test]
fn pagerduty() {
    check(PAGERDUTY, "0197-i1", |call| {
        let event = call.body_json();
        vec![
            ("event", call.body.len(), 512 * 1_024),
            ("summary", chars(&event["payload"]["summary"]), 1_024),
            ("dedup_key", chars(&event["dedup_key"]), 255),
        ]
    });
}

#[test]
fn opsgenie() {
    check(OPSGENIE, "q", |call| {
        let alert = call.body_json();
        let details = alert["details"].as_object().cloned().unwrap_or_default();
        let mut all = vec![
            ("message", chars(&alert["message"]), 130),
            ("description", chars(&alert["description"]), 15_000),
            ("note", chars(&alert["note"]), 25_000),
            ("alias", chars(&alert["alias"]), 512),
            ("entity", chars(&alert["entity"]), 512),
            ("source", chars(&alert["source"]), 100),
            ("details", details.iter().map(|(name, value)| name.chars().count() + chars(value)).sum(), 8_000),
        ];
        all.extend(list(&alert["tags"]).iter().map(|tag| ("tag", chars(tag), 50)));
        all
    });
}

#[test]
fn web_push() {
    check(WEB_PUSH, "", |call| {
        let topic = call.sent_header("topic").unwrap();
        vec![("body", call.body.len(), 4_096), ("topic", topic.len(), 32)]
    });
}

#[test]
fn phones() {
    let field = |call: &Call, name: &str| {
        let mut fields = url::form_urlencoded::parse(&call.body);
        fields.find(|(known, _)| known == name).unwrap().1.into_owned()
    };
    check(SMS, "SM1", |call| {
        let text = field(call, "Body");
        // One message of the GSM alphabet, where some signs take two places, or two joined ones of any.
        let most = if text.contains('障') { 134 } else { 160 };
        vec![("text", text.encode_utf16().count(), most)]
    });
    check(VOICE, "CA1", |call| vec![("TwiML", field(call, "Twiml").chars().count(), 4_000)]);
}

/// Nobody limits a mail or an endpoint of the team's own: they have the whole list.
#[test]
fn where_there_is_room_nothing_is_left_out() {
    for message in longest("a") {
        let Handover::Mail { mail, .. } = hand_over(&destination(EMAIL), &letter(&message, None)).unwrap()
        else {
            panic!("a mail is a mail")
        };
        assert_eq!(mail.text.matches("#12 critical: ").count(), 500);
        // A line of a mail has at most 998 bytes (RFC 5322).
        assert!(mail.subject.len() <= 998 && mail.html.matches("#12 critical: ").count() == 500);
        let (call, _) = calls(&destination(WEBHOOK), &letter(&message, None));
        assert_eq!(call.body_json()["also"].as_array().map(Vec::len), Some(500), "{}", call.body_json());
    }
}
