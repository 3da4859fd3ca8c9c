//! Slack channels, by an incoming webhook or by an app.
//!
//! Sources: <https://docs.slack.dev> "Sending messages using incoming webhooks", "chat.postMessage", "chat.update", "Block
//! Kit" (a section takes 3,000 characters of text, or ten fields of 2,000), "Formatting message text" (`&`, `<` and `>` are escaped and nothing else is), "Rate
//! limits" (429 with `Retry-After`). The web API answers 200 with `ok: false` for what it did not do.
//!
//! An app keeps one thread an incident: the first message shows how things stand, what follows goes below it, and a page once
//! more is shown in the channel too. One that told of several incidents stays as it is until the last of them is answered. Slack knows no repeats: the number of the incident is in every title, and a
//! message that may be there already says so.

use domain::{
    ButtonAct, ChannelKind,
    delivery::Outcome,
    destination::{Destination, Secret, Slack},
};
use serde_json::{Value, json};

use super::{
    Answer, Call, Handover, Keys, Letter, Unsendable, Vendor, below, by_status,
    card::{Card, label, thread, units},
    misdirected, with, words,
};
use crate::setup::{Field, Section};

const API: &str = "https://slack.com";

/// The longest text of a section.
const SECTION_UNITS: usize = 3_000;

/// What the list of other incidents may take of it.
const LIST_CHARS: usize = 2_800;

pub(super) const VENDOR: Vendor = Vendor {
    kind: ChannelKind::Slack,
    keys: &["url", "token", "channel", "signing_secret", "api"],
    read,
    write,
    hand_over,
    answered,
};

fn read(section: &Section<'_>) -> Option<Destination> {
    let url = section.optional("url", Field::url).map(Secret::new);
    if section.field("token").is_none() {
        let by_app = ["channel", "signing_secret", "api"].map(|key| section.field(key).is_some());
        if section.field("url").is_none() || by_app.contains(&true) {
            section.problem(
                "a Slack channel needs `url`, or `token` and `channel`",
                Some("`url` is an incoming webhook; `token` and `channel` are an app's, which has buttons and threads"
                    .to_owned()),
            );
            return None;
        }
        return Some(Destination::Slack(Slack::Hook { url: url? }));
    }
    let token = section.required("token", bot_token).map(Secret::new);
    let channel = section.required("channel", channel_id);
    let signing_secret = section.optional("signing_secret", Field::text).map(Secret::new);
    let api = section.optional("api", Field::url);
    if section.field("url").is_some() {
        section.problem("`url` and `token` are two ways to one channel; one of them has to go", None);
        return None;
    }
    Some(Destination::Slack(Slack::App { token: token?, channel: channel?, signing_secret, api }))
}

fn write(destination: &Destination) -> Keys {
    let Destination::Slack(slack) = destination else { return Keys::new() };
    match slack {
        Slack::Hook { url } => vec![("url", Some(json!(url.expose())))],
        Slack::App { token, channel, signing_secret, api } => vec![
            ("token", Some(json!(token.expose()))),
            ("channel", Some(json!(channel))),
            ("signing_secret", signing_secret.as_ref().map(|secret| json!(secret.expose()))),
            ("api", api.as_ref().map(|api| json!(api))),
        ],
    }
}

fn hand_over(destination: &Destination, letter: &Letter<'_>) -> Result<Handover, Unsendable> {
    let Destination::Slack(slack) = destination else { return Err(misdirected(ChannelKind::Slack)) };
    match slack {
        Slack::Hook { url } => {
            let mut card = Card::of(letter);
            card.buttons.clear();
            Ok(Handover::call(Call::json(url.expose(), &message(&card, letter.ack_token))))
        }
        Slack::App { token, channel, signing_secret, api } => {
            let call = |method: &str, body: &Value| {
                let url = below(api.as_deref().unwrap_or(API), &format!("api/{method}"));
                Call::json(url, body).header("authorization", format!("Bearer {}", token.expose()))
            };
            let written = |mut card: Card| {
                // Without the secret nobody would hear that a button was pressed.
                card.buttons.retain(|_| signing_secret.is_some());
                message(&card.acting(), letter.ack_token)
            };
            let first = letter.thread.and_then(|receipt| receipt.split_once(':'));
            // What was said in the channel of an earlier configuration has its thread there. A person's is a `D…`.
            let is_here = |known: &str| known == channel || known.starts_with('D');
            let below_it = first.filter(|(known, _)| thread(letter).is_some() && is_here(known));
            let body = match below_it {
                None => with(written(Card::of(letter)), json!({ "channel": channel })),
                Some((_, ts)) => {
                    let place = json!({
                        "channel": channel, "thread_ts": ts, "reply_broadcast": letter.page.is_call(),
                    });
                    with(written(Card::reply(letter)), place)
                }
            };
            let update = first.zip(Card::standing(letter)).map(|((channel, ts), standing)| {
                let place = json!({ "channel": channel, "ts": ts });
                call("chat.update", &with(written(standing), place))
            });
            Ok(Handover::Calls { first: call("chat.postMessage", &body), then: update.into_iter().collect() })
        }
    }
}

/// Incoming webhooks answer in words, `ok` or what is wrong; the web API in JSON.
fn answered(answer: &Answer<'_>) -> Outcome {
    let text = String::from_utf8_lossy(answer.body);
    let said = || words(&format!("HTTP status {}: {text}", answer.status));
    if !(200..300).contains(&answer.status) {
        return match by_status(answer) {
            Outcome::TryAgain { after, may_have_arrived, .. } => {
                Outcome::TryAgain { answer: said(), after, may_have_arrived }
            }
            Outcome::Accepted { .. } | Outcome::Refused { .. } => Outcome::Refused { answer: said() },
        };
    }
    if text.trim() == "ok" {
        return Outcome::Accepted { answer: "ok".to_owned(), receipt: None };
    }
    let body: Value = serde_json::from_slice(answer.body).unwrap_or_default();
    match (body["ok"].as_bool(), body["error"].as_str()) {
        (Some(true), _) => {
            let (channel, ts) = (body["channel"].as_str(), body["ts"].as_str());
            let receipt = channel.zip(ts).map(|(channel, ts)| format!("{channel}:{ts}"));
            Outcome::Accepted { answer: "ok".to_owned(), receipt }
        }
        (Some(false), error) => not_ok(error.unwrap_or("no reason given"), answer),
        // A gateway or a sign-in page of a network answered in Slack's place.
        (None, _) => Outcome::TryAgain {
            answer: words(&format!("HTTP status {}, but not from Slack: {text}", answer.status)),
            after: answer.retry_after,
            may_have_arrived: true,
        },
    }
}

fn not_ok(error: &str, answer: &Answer<'_>) -> Outcome {
    let again = |may_have_arrived| Outcome::TryAgain {
        answer: words(error),
        after: answer.retry_after,
        may_have_arrived,
    };
    let hint = match error {
        "ratelimited" | "rate_limited" | "message_limit_exceeded" | "service_unavailable" => {
            return again(false);
        }
        // The third try goes outside of the thread.
        "thread_not_found" | "invalid_thread_ts" | "cannot_reply_to_message" => return again(false),
        "internal_error" | "fatal_error" | "request_timeout" => return again(true),
        "invalid_auth" | "not_authed" | "token_revoked" | "token_expired" | "account_inactive" => {
            ": enter the app's present bot token"
        }
        "channel_not_found" | "not_in_channel" => {
            ": check the channel's id, and invite the app to the channel"
        }
        "is_archived" => ": the channel is archived; enter another",
        "missing_scope" => ": give the app the scope chat:write and install it again",
        _ => "",
    };
    Outcome::Refused { answer: words(&format!("{error}{hint}")) }
}

/// A message in Block Kit: the line that phones show, and a coloured bar with the rest.
fn message(card: &Card, token: &str) -> Value {
    let mut blocks: Vec<Value> =
        card.notes.iter().map(|note| markup_section(format!("*{}*", escape(note)))).collect();
    if !card.facts.is_empty() {
        let fields = card.facts.iter().map(|(name, value)| markup(format!("*{name}*\n{}", escape(value))));
        blocks.push(json!({ "type": "section", "fields": fields.collect::<Vec<_>>() }));
    }
    let passages = card.fitted(
        LIST_CHARS,
        |passages| passages.iter().map(|(heading, text)| format!("{heading}\n{text}")).collect::<Vec<_>>(),
        |passages| passages.iter().all(|passage| units(passage) <= SECTION_UNITS),
    );
    blocks.extend(passages.iter().map(|passage| json!({ "type": "section", "text": plain(passage) })));
    if !card.links.is_empty() {
        let links = card.links.iter().map(|(name, url)| format!("<{}|{name}>", escape(url)));
        blocks.push(markup_section(links.collect::<Vec<_>>().join("  ·  ")));
    }
    if !card.buttons.is_empty() {
        let buttons: Vec<Value> = card.buttons.iter().map(|act| button(*act, token)).collect();
        blocks.push(json!({ "type": "actions", "elements": buttons }));
    }
    blocks.push(json!({ "type": "context", "elements": [plain(&card.reason)] }));
    json!({
        "text": escape(&card.title),
        "attachments": [{ "color": card.hex(), "fallback": escape(&card.title), "blocks": blocks }],
        "unfurl_links": false,
        "unfurl_media": false,
    })
}

fn button(act: ButtonAct, token: &str) -> Value {
    let mut button = json!({
        "type": "button", "action_id": act.word(), "text": plain(label(act)), "value": token,
    });
    match act {
        ButtonAct::Acknowledge => button["style"] = json!("primary"),
        ButtonAct::Resolve => {
            button["confirm"] = json!({
                "title": plain("Is it over?"),
                "text": plain("Everybody who was paged is told, and the status page says so."),
                "confirm": plain("Resolve"),
                "deny": plain("Not yet"),
            });
        }
        ButtonAct::Snooze | ButtonAct::Escalate => {}
    }
    button
}

fn markup_section(text: String) -> Value {
    json!({ "type": "section", "text": markup(text) })
}

fn markup(text: String) -> Value {
    json!({ "type": "mrkdwn", "text": text, "verbatim": true })
}

fn plain(text: &str) -> Value {
    json!({ "type": "plain_text", "text": text, "emoji": false })
}

fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}

fn bot_token(field: &Field<'_>) -> Option<String> {
    let token = field.text()?;
    if token.starts_with("xoxb-") {
        return Some(token);
    }
    let hint = "copy the Bot User OAuth Token, `xoxb-…`, from the app's page OAuth & Permissions".to_owned();
    field.problem("this is no token of a Slack bot", Some(hint));
    None
}

fn channel_id(field: &Field<'_>) -> Option<String> {
    let channel = field.text_like("a channel's id", "\"C0123456789\"")?;
    let is_id = channel.starts_with(['C', 'G', 'D', 'U', 'W'])
        && channel.len() >= 9
        && channel.bytes().all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit());
    if is_id {
        return Some(channel);
    }
    let hint = "names change; the id stands at the end of the channel's details".to_owned();
    field.problem(
        format!("{} is no id of a Slack channel such as \"C0123456789\"", field.written()),
        Some(hint),
    );
    None
}
