//! Chats in their wire formats: what a page, its repeat and its follow-ups look like there, and what answers mean.

use std::time::Duration;

use domain::ButtonAct;
use serde_json::json;

use super::{super::*, letter::*};
use crate::messages::{IncidentFacts, PageMessage};

const APP: &str = "kind = \"slack\"\ntoken = \"xoxb-1\"\nchannel = \"C0123456789\"\nsigning_secret = \"s3\"\n\
                   api = \"https://slack.test\"";
const BOT: &str = "kind = \"telegram\"\ntoken = \"77:AAAAAAAAAABBBBBBBBBBCCCCCCCCCCddddd\"\nchat = \"-100123\"\n\
                   api = \"https://telegram.test\"";
const ROOM: &str =
    "kind = \"matrix\"\nserver = \"https://matrix.test\"\ntoken = \"t\"\nroom = \"!a/b:example.org\"";

/// One of each.
pub(super) const CHATS: [&str; 8] = [
    "kind = \"slack\"\nurl = \"https://hooks.slack.test/services/T/B/x\"",
    APP,
    "kind = \"teams\"\nurl = \"https://flow.test/x\"",
    "kind = \"discord\"\nurl = \"https://discord.test/api/webhooks/1/x?thread_id=9\"",
    BOT,
    "kind = \"mattermost\"\nurl = \"https://mattermost.test/hooks/x\"",
    "kind = \"google_chat\"\nurl = \"https://chat.test/v1/spaces/S/messages?key=k&token=t\"",
    ROOM,
];

fn body(call: &Call) -> String {
    String::from_utf8(call.body.clone()).unwrap()
}

fn try_again(outcome: &Outcome) -> (Option<Duration>, bool) {
    let Outcome::TryAgain { after, may_have_arrived, .. } = outcome else { panic!("{outcome:?}") };
    (*after, *may_have_arrived)
}

fn receipt(outcome: &Outcome) -> Option<&str> {
    let Outcome::Accepted { receipt, .. } = outcome else { panic!("{outcome:?}") };
    receipt.as_deref()
}

#[track_caller]
fn check_refused(outcome: &Outcome, part: &str) {
    let Outcome::Refused { answer } = outcome else { panic!("{outcome:?}") };
    assert!(answer.contains(part), "{answer}");
}

#[test]
fn each_destination_is_written_as_it_was_read() {
    for keys in CHATS {
        let destination = destination(keys);
        let written =
            write(&destination).into_iter().filter_map(|(key, value)| Some(format!("{key} = {}", value?)));
        assert_eq!(
            super::letter::destination(&written.collect::<Vec<_>>().join("\n")),
            destination,
            "{keys}"
        );
    }
}

#[test]
fn a_page_says_what_how_bad_since_when_why_and_where_to_act() {
    let page = PageMessage { delayed: true, possible_duplicate: true, ..page() };
    for keys in CHATS {
        let (first, then) = calls(&destination(keys), &letter(&page, None));
        let body = body(&first);
        for part in [
            "CRITICAL: Checkout",
            "#12",
            "Checkout, Orders",
            "22:50:00 UTC",
            "look",
            "https://midwatch.test/ack/t0k",
            "https://midwatch.test/status/acme",
            "This message is late",
            "You may have this message already",
            "schedule primary, layer 1",
        ] {
            let without_escapes = body.replace("\\\\", "").replace('\u{200B}', "");
            assert!(without_escapes.contains(part), "{part} is not in {body}");
        }
        assert_eq!(then, [], "{keys}: there is nothing to bring up to date");
    }
}

#[test]
fn what_a_provider_says_stays_text() {
    let mut page = page();
    page.incident.summary = "<!all> @all [x](http://evil.test) *y*".to_owned();
    let title = |keys: &str| {
        let sent = calls(&destination(keys), &letter(&page, None)).0.body_json();
        let places = ["/text", "/content", "/formatted_body", "/attachments/0/content/body/0/inlines/0/text"];
        let found = places.iter().find_map(|place| sent.pointer(place)).unwrap().as_str().unwrap().to_owned();
        let line = found.lines().next().unwrap().to_owned();
        line[line.find("CRITICAL").unwrap()..line.find("(#").or(line.find("\\(\\#")).unwrap()].to_owned()
    };
    for (keys, expected) in CHATS.iter().zip([
        "CRITICAL: &lt;!all&gt; @all [x](http://evil.test) *y* ",
        "CRITICAL: &lt;!all&gt; @all [x](http://evil.test) *y* ",
        "CRITICAL: <!all> @all [x](http://evil.test) *y* ",
        r"CRITICAL\: \<!all\> @all \[x\]\(http\://evil.test\) \*y\* ",
        "CRITICAL: &lt;!all&gt; @all [x](http://evil.test) *y* ",
        "CRITICAL:\u{200B} \\<\u{200B}\\!all\\> @\u{200B}all \\[x\\]\\(http:\u{200B}//evil.test\\) \\*y\\* ",
        "CRITICAL: ‹!all› @all [x](http://evil.test) *y* ",
        "CRITICAL: &lt;!all&gt; @all [x](http://evil.test) *y* ",
    ]) {
        assert_eq!(title(keys), expected, "{keys}");
    }
}

#[test]
fn a_page_that_tells_of_several_incidents_lists_them_as_far_as_there_is_room() {
    let mut page = page();
    let other =
        |number| IncidentFacts { number, summary: "Search <is> down".to_owned(), ..page.incident.clone() };
    page.also = (13..15).map(other).collect();
    for keys in CHATS {
        let sent = body(&calls(&destination(keys), &letter(&page, None)).0).replace('\\', "");
        for part in ["(#12) and 2 more", "And 2 more:", "#13 critical", "#14 critical"] {
            let sent = sent.replace('\u{200B}', "");
            assert!(sent.contains(part), "{part} is not in {sent}");
        }
        let short = Letter { number: 3, ..letter(&page, None) };
        let sent = body(&calls(&destination(keys), &short).0);
        assert!(!sent.contains("#13") && sent.contains("and 2 more"), "{sent}");
    }
    let other = page.also[0].clone();
    page.also = (0..500).map(|number| IncidentFacts { number, ..other.clone() }).collect();
    for keys in CHATS {
        let sent = body(&calls(&destination(keys), &letter(&page, None)).0);
        assert!(sent.contains("And 500 more:") && sent.contains("… and 4"), "{sent}");
    }
}

#[test]
fn what_a_button_does_is_offered_once() {
    for keys in [APP, BOT] {
        let sent = body(&calls(&destination(keys), &letter(&page(), None)).0);
        assert_eq!(sent.matches("Acknowledge").count(), 1, "{sent}");
        assert!(sent.contains("Details") && sent.contains("/ack/t0k"), "the story is a link: {sent}");
    }
    let sent = body(&calls(&destination(CHATS[0]), &letter(&page(), None)).0);
    assert!(sent.contains("/ack/t0k|Acknowledge") && !sent.contains("Details"), "{sent}");
}

#[test]
fn a_slack_app_keeps_one_thread_whose_first_message_shows_how_things_stand() {
    let app = destination(APP);
    let (first, _) = calls(&app, &letter(&page(), None));
    assert_eq!(first.url, "https://slack.test/api/chat.postMessage");
    assert_eq!(first.sent_header("authorization"), Some("Bearer xoxb-1"));
    let buttons = |call: &Call| -> Vec<(String, String)> {
        let blocks = call.body_json()["attachments"][0]["blocks"].as_array().unwrap().clone();
        let actions = blocks.iter().filter(|block| block["type"] == "actions");
        let buttons = actions.flat_map(|block| block["elements"].as_array().unwrap().clone());
        let text = |value: &Value| value.as_str().unwrap().to_owned();
        buttons.map(|button| (text(&button["action_id"]), text(&button["value"]))).collect()
    };
    let both = ButtonAct::ALL.iter().map(|act| (act.word().to_owned(), "t0k".to_owned()));
    let both: Vec<_> = both.collect();
    assert_eq!(buttons(&first), both);
    assert_eq!(first.body_json()["attachments"][0]["color"], "#c62828");
    let taken = meaning(&app, 200, r#"{"ok":true,"channel":"C0123456789","ts":"15.0002"}"#);
    assert_eq!(receipt(&taken), Some("C0123456789:15.0002"));

    let (news, then) = calls(&app, &letter(&acknowledged(), receipt(&taken)));
    let news_body = news.body_json();
    assert_eq!((&news_body["thread_ts"], &news_body["reply_broadcast"]), (&json!("15.0002"), &json!(false)));
    assert!(body(&news).contains("Acknowledged by*\\nBo") && !body(&news).contains("Checkout, Orders"));
    let [update] = then.as_slice() else { panic!("{then:?}") };
    assert_eq!(update.url, "https://slack.test/api/chat.update");
    let place = update.body_json();
    assert_eq!((&place["channel"], &place["ts"]), (&json!("C0123456789"), &json!("15.0002")));
    assert!(place["text"].as_str().unwrap().contains("Acknowledged: Checkout"), "{place}");
    assert_eq!((buttons(&news), buttons(update)), (vec![], both[1..].to_vec()));

    let (_, then) = calls(&app, &letter(&resolved(), receipt(&taken)));
    assert!(buttons(&then[0]).is_empty() && body(&then[0]).contains("Resolved: Checkout"));

    let (again, then) = calls(&app, &letter(&page(), receipt(&taken)));
    assert_eq!(again.body_json()["reply_broadcast"], true, "a page once more is seen in the channel");
    assert_eq!((buttons(&again), buttons(&then[0])), (vec![], both.clone()));
}

#[test]
fn a_first_message_that_told_of_others_is_left_alone_and_shows_them_when_it_is_not() {
    let news = resolved();
    let first = [(APP, "C0123456789:15.0002"), (BOT, "-100123:5"), (ROOM, "$first")];
    for (keys, receipt) in first {
        let (said, then) =
            calls(&destination(keys), &Letter { standing: None, ..letter(&news, Some(receipt)) });
        assert!(then.is_empty() && body(&said).contains("Resolved: "), "{keys}: it is said below");
        let mut standing = resolved();
        standing.also.push(IncidentFacts { number: 13, ..page().incident });
        let whole = Letter { standing: Some(&standing), ..letter(&news, Some(receipt)) };
        let (said, then) = calls(&destination(keys), &whole);
        assert!(body(&then[0]).contains("and 1 more") && !body(&said).contains("and 1 more"), "{keys}");
    }
}

#[test]
fn a_page_that_its_thread_does_not_take_goes_outside_of_it() {
    let page = page();
    let third = Letter { number: 3, ..letter(&page, Some("C0123456789:15.0002")) };
    let (first, then) = calls(&destination(APP), &third);
    assert!(first.body_json()["thread_ts"].is_null() && then.len() == 1);
    assert!(!body(&first).contains("We look") && body(&first).contains("CRITICAL"));
    assert!(calls(&destination(ROOM), &third).0.body_json()["m.relates_to"].is_null());
    let gone = meaning(&destination(APP), 200, r#"{"ok":false,"error":"thread_not_found"}"#);
    assert!(!try_again(&gone).1, "{gone:?}");
}

#[test]
fn the_thread_of_an_earlier_configuration_is_left_where_it_is() {
    let page = page();
    for (keys, elsewhere, at_a_person, place) in [
        (APP, "C9876543210:15.0002", "D0123456789:15.0002", "/thread_ts"),
        (BOT, "-100999:5", "-100123:5", "/reply_parameters"),
    ] {
        let below = |receipt| {
            let (first, then) = calls(&destination(keys), &letter(&page, Some(receipt)));
            assert_eq!(then.len(), 1, "{receipt}: the first message is brought up to date wherever it is");
            first.body_json().pointer(place).is_some()
        };
        assert_eq!((below(elsewhere), below(at_a_person)), (false, true), "{keys}");
    }
}

#[test]
fn slack_shows_buttons_only_where_somebody_hears_them() {
    let unheard = APP.replace("signing_secret = \"s3\"\n", "");
    for keys in [unheard.as_str(), CHATS[0]] {
        let (first, _) = calls(&destination(keys), &letter(&page(), None));
        assert!(!body(&first).contains("\"actions\"") && body(&first).contains("/ack/t0k|Acknowledge"));
    }
}

#[test]
fn slack_says_no_in_words_whatever_the_status() {
    let app = destination(APP);
    let says = |error: &str| meaning(&app, 200, &json!({ "ok": false, "error": error }).to_string());
    check_refused(&says("invalid_auth"), "enter the app's present bot token");
    check_refused(&says("channel_not_found"), "invite the app");
    check_refused(&says("is_archived"), "archived");
    check_refused(&says("something_new"), "something_new");
    assert_eq!(try_again(&says("internal_error")), (None, true));
    let busy = Answer { status: 429, retry_after: Some(Duration::from_secs(30)), body: b"" };
    assert_eq!(try_again(&answered(&app, &busy)), (Some(Duration::from_secs(30)), false));
    let limited = Answer { status: 200, body: br#"{"ok":false,"error":"ratelimited"}"#, ..busy };
    assert_eq!(try_again(&answered(&app, &limited)), (Some(Duration::from_secs(30)), false));
    assert_eq!(try_again(&meaning(&app, 200, "<html>Sign in to the WiFi</html>")), (None, true));
    let hook = destination(CHATS[0]);
    assert_eq!(receipt(&meaning(&hook, 200, "ok")), None);
    check_refused(&meaning(&hook, 404, "channel_not_found"), "channel_not_found");
    check_refused(&meaning(&hook, 410, "channel_is_archived"), "channel_is_archived");
}

#[test]
fn a_slack_channel_is_a_webhook_or_an_app() {
    assert!(refused("kind = \"slack\"").contains("needs `url`, or `token` and `channel`"));
    assert!(refused("kind = \"slack\"\nurl = \"https://h.test\"\nchannel = \"C1\"").contains("an app's"));
    assert!(refused(&format!("{APP}\nurl = \"https://h.test\"")).contains("one of them has to go"));
    assert!(refused(&APP.replace("C0123456789", "#ops")).contains("is no id of a Slack channel"));
    assert!(refused(&APP.replace("xoxb-1", "xoxp-1")).contains("Bot User OAuth Token"));
}

#[test]
fn telegram_answers_the_first_message_and_edits_it() {
    let bot = destination(BOT);
    let (first, _) = calls(&bot, &letter(&page(), None));
    assert_eq!(first.url, "https://telegram.test/bot77:AAAAAAAAAABBBBBBBBBBCCCCCCCCCCddddd/sendMessage");
    let sent = first.body_json();
    assert_eq!((&sent["chat_id"], &sent["parse_mode"]), (&json!("-100123"), &json!("HTML")));
    let data = |call: &Call| call.body_json()["reply_markup"]["inline_keyboard"].clone();
    assert_eq!(data(&first)[0][0]["callback_data"], "acknowledge:t0k");
    let taken = meaning(&bot, 200, r#"{"ok":true,"result":{"message_id":5,"chat":{"id":-100123}}}"#);
    assert_eq!(receipt(&taken), Some("-100123:5"));

    let (news, then) = calls(&bot, &letter(&resolved(), receipt(&taken)));
    assert_eq!(
        news.body_json()["reply_parameters"],
        json!({ "message_id": 5, "allow_sending_without_reply": true })
    );
    assert!(then[0].url.ends_with("/editMessageText"), "{}", then[0].url);
    let edit = then[0].body_json();
    assert_eq!((&edit["message_id"], &edit["chat_id"]), (&json!(5), &json!("-100123")));
    assert_eq!(data(&then[0]), json!([]), "no button is left when it is over");
    assert!(edit["text"].as_str().unwrap().contains("Resolved: Checkout"), "{edit}");
}

#[test]
fn a_button_of_telegram_fits_in_64_bytes() {
    for act in ButtonAct::ALL {
        assert!(act.word().len() + 1 + 43 <= 64, "{act}");
    }
}

#[test]
fn telegram_says_when_and_why_in_its_body() {
    let bot = destination(BOT);
    let busy =
        r#"{"ok":false,"error_code":429,"description":"Too Many Requests","parameters":{"retry_after":14}}"#;
    assert_eq!(try_again(&meaning(&bot, 429, busy)), (Some(Duration::from_secs(14)), false));
    let blocked = r#"{"ok":false,"description":"Forbidden: bot was blocked by the user"}"#;
    check_refused(&meaning(&bot, 403, blocked), "bot was blocked");
    let moved = r#"{"ok":false,"description":"upgraded","parameters":{"migrate_to_chat_id":-100999}}"#;
    check_refused(&meaning(&bot, 400, moved), "enter chat \"-100999\"");
    assert_eq!(try_again(&meaning(&bot, 502, "<html>")), (None, true));
    assert!(refused(&BOT.replace("\"-100123\"", "-100123")).contains("a chat, in quotes,"));
    assert!(refused(&BOT.replace("77:", "77")).contains("@BotFather"));
}

#[test]
fn discord_edits_the_first_message_and_calls_nobody() {
    let hook = destination(CHATS[3]);
    let (first, _) = calls(&hook, &letter(&page(), None));
    assert_eq!(first.url, "https://discord.test/api/webhooks/1/x?thread_id=9&wait=true");
    assert_eq!(first.body_json()["allowed_mentions"], json!({ "parse": [] }));
    assert_eq!(first.body_json()["embeds"][0]["color"], 0x00c6_2828);
    let taken = meaning(&hook, 200, r#"{"id":"113"}"#);
    let (_, then) = calls(&hook, &letter(&resolved(), receipt(&taken)));
    assert_eq!((then[0].method, then.len()), (Method::Patch, 1));
    assert_eq!(then[0].url, "https://discord.test/api/webhooks/1/x/messages/113?thread_id=9");
    assert!(body(&then[0]).contains("Resolved\\\\: Checkout"), "{}", body(&then[0]));

    let busy = r#"{"message":"You are being rate limited.","retry_after":0.75,"global":false}"#;
    assert_eq!(try_again(&meaning(&hook, 429, busy)), (Some(Duration::from_millis(750)), false));
    let odd = r#"{"retry_after":-1e300}"#;
    assert_eq!(try_again(&meaning(&hook, 429, odd)), (None, false));
    check_refused(&meaning(&hook, 404, r#"{"message":"Unknown Webhook","code":10015}"#), "Unknown Webhook");
    assert!(
        refused("kind = \"discord\"\nurl = \"https://discord.com/api/webhooks/1/x/slack\"")
            .contains("without")
    );
}

#[test]
fn teams_gets_an_adaptive_card_without_markup() {
    let teams = destination(CHATS[2]);
    let (first, _) = calls(&teams, &letter(&page(), None));
    let attachment = &first.body_json()["attachments"][0];
    assert_eq!(attachment["contentType"], "application/vnd.microsoft.card.adaptive");
    let card = &attachment["content"];
    assert_eq!(card["actions"][0]["url"], "https://midwatch.test/ack/t0k");
    assert_eq!(card["body"][0]["inlines"][0]["color"], "Attention");
    assert!(card["body"].as_array().unwrap().iter().all(|block| block["type"] == "RichTextBlock"));
    assert_eq!(receipt(&meaning(&teams, 202, "")), None);
    let busy =
        "Webhook message delivery failed with error: Microsoft Teams endpoint returned HTTP error 429 with";
    assert_eq!(try_again(&meaning(&teams, 200, busy)), (None, false));
    assert_eq!(try_again(&meaning(&teams, 413, "")), (None, false), "the third try is shorter");
    check_refused(&meaning(&teams, 404, "The workflow was not found"), "not found");
}

#[test]
fn mattermost_gets_an_attachment_and_ids() {
    let hook = destination(CHATS[5]);
    let (first, _) = calls(&hook, &letter(&page(), None));
    let sent = first.body_json();
    assert_eq!(sent["props"]["midwatch"]["incident"], "0197-i1");
    assert_eq!(sent["attachments"][0]["color"], "#c62828");
    assert_eq!(sent["attachments"][0]["fields"][0]["value"], "Checkout, Orders");
    assert_eq!(receipt(&meaning(&hook, 200, "ok")), None);
    check_refused(&meaning(&hook, 404, r#"{"message":"Couldn't find the webhook."}"#), "find the webhook");
    assert_eq!(try_again(&meaning(&hook, 429, "")), (None, false));
}

#[test]
fn google_chat_has_a_thread_an_incident_and_knows_repeats() {
    let space = destination(CHATS[6]);
    for message in [page(), resolved()] {
        let (call, _) = calls(&space, &letter(&message, None));
        assert!(
            call.url.starts_with("https://chat.test/v1/spaces/S/messages?key=k&token=t&"),
            "{}",
            call.url
        );
        assert!(call.url.contains("messageReplyOption=REPLY_MESSAGE_FALLBACK_TO_NEW_THREAD"));
        assert!(call.url.ends_with(&format!("requestId={}", message.id)), "{}", call.url);
        assert_eq!(call.body_json()["thread"]["threadKey"], "0197-i1");
    }
    assert_eq!(
        receipt(&meaning(&space, 200, r#"{"name":"spaces/S/messages/m"}"#)),
        Some("spaces/S/messages/m")
    );
    let busy = r#"{"error":{"code":429,"message":"Resource has been exhausted"}}"#;
    assert_eq!(try_again(&meaning(&space, 429, busy)), (None, false));
    check_refused(&meaning(&space, 404, r#"{"error":{"message":"no such space"}}"#), "no such space");
}

#[test]
fn a_matrix_room_gets_each_message_once_in_a_thread() {
    let room = destination(ROOM);
    let (first, _) = calls(&room, &letter(&page(), None));
    let base = "https://matrix.test/_matrix/client/v3/rooms/!a%2Fb:example.org/send/m.room.message";
    assert_eq!((first.method, first.url.as_str()), (Method::Put, format!("{base}/0197-n1").as_str()));
    let second = AttemptId(uuid::Uuid::nil());
    let (again, _) = calls(&room, &Letter { attempt: second, number: 2, ..letter(&page(), None) });
    assert_eq!(again.url, first.url, "the same transaction at every try");
    let taken = meaning(&room, 200, r#"{"event_id":"$e"}"#);
    let (news, then) = calls(&room, &letter(&acknowledged(), receipt(&taken)));
    assert_eq!(news.body_json()["m.relates_to"]["event_id"], "$e");
    assert_eq!(news.body_json()["msgtype"], "m.notice");
    assert!(then[0].url.ends_with("/0197-n2-standing"), "{}", then[0].url);
    assert_eq!(then[0].body_json()["m.relates_to"], json!({ "rel_type": "m.replace", "event_id": "$e" }));
    assert!(then[0].body_json()["m.new_content"]["body"].as_str().unwrap().contains("Acknowledged by: Bo"));
    let busy = r#"{"errcode":"M_LIMIT_EXCEEDED","error":"Too many requests","retry_after_ms":2000}"#;
    assert_eq!(try_again(&meaning(&room, 429, busy)), (Some(Duration::from_secs(2)), false));
    check_refused(
        &meaning(&room, 403, r#"{"errcode":"M_FORBIDDEN","error":"not in the room"}"#),
        "not in the room",
    );
    assert!(refused(&ROOM.replace("!a/b", "#ops")).contains("is no id of a Matrix room"));
}
