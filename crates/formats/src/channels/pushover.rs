//! Pushover users and groups.
//!
//! Sources: <https://pushover.net/api> (messages, limits, emergency priority; "Being Friendly to our API": after trouble of
//! the server no sooner than five seconds later) and <https://pushover.net/api/receipts>
//! (receipts, callbacks, cancelling by tag). A page about something critical has emergency priority: the phone rings again
//! and again until somebody acknowledges there, which Pushover tells us by a callback that is only a hint: what counts is
//! what it answers when asked by [`receipt_call`]. What follows such a page cancels the ringing of all pages about the
//! incident alone, and of one about several when it is the last of them.

use std::time::Duration;

use domain::{
    ChannelKind, Severity,
    delivery::Outcome,
    destination::{Destination, Secret},
};
use serde_json::{Value, json};

use super::{
    Answer, Call, Handover, Keys, Letter, Method, Unsendable, Vendor, below, misdirected, receipt_from, told,
};
use crate::{
    messages::brief,
    setup::{Field, Section},
};

const API: &str = "https://api.pushover.net";

/// The longest message that Pushover takes.
const BODY_CHARS: usize = 1_024;

/// The longest title that Pushover takes.
const TITLE_CHARS: usize = 250;

/// The longest address that Pushover takes.
const URL_CHARS: usize = 512;

/// How long Pushover wants to be left alone after trouble of its own.
const LEFT_ALONE: Duration = Duration::from_secs(5);

/// Tags that one notice cancels: each is a call.
const MOST_STOPS: usize = 20;

/// Seconds between two rings of an emergency.
const RETRY_S: u32 = 60;

/// Seconds after which an emergency stops ringing: the longest that Pushover allows is three hours.
const EXPIRE_S: u32 = 3 * 3_600;

pub(super) const VENDOR: Vendor =
    Vendor { kind: ChannelKind::Pushover, keys: &["token", "user", "api"], read, write, hand_over, answered };

/// What Pushover says of an emergency.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ReceiptState {
    /// Whether somebody has acknowledged it on a device.
    pub is_acknowledged: bool,
    /// Whether it has stopped ringing because its time was over.
    pub is_expired: bool,
}

/// Returns the call that asks what became of an emergency; `None` for other destinations, and for what is no receipt.
#[must_use]
pub fn receipt_call(destination: &Destination, receipt: &str) -> Option<Call> {
    let Destination::Pushover { token, api, .. } = destination else { return None };
    let is_receipt = (20..=40).contains(&receipt.len()) && receipt.bytes().all(|b| b.is_ascii_alphanumeric());
    let path = format!("1/receipts/{receipt}.json?token={}", token.expose());
    let url = below(api.as_deref().unwrap_or(API), &path);
    is_receipt.then_some(Call { method: Method::Get, url, headers: Vec::new(), body: Vec::new() })
}

/// Reads the answer to [`receipt_call`]; `None` when it is no answer to that.
#[must_use]
pub fn receipt_state(body: &[u8]) -> Option<ReceiptState> {
    let answer: Value = serde_json::from_slice(body).ok()?;
    let flag = |name: &str| answer[name].as_u64();
    if flag("status") != Some(1) {
        return None;
    }
    Some(ReceiptState { is_acknowledged: flag("acknowledged")? == 1, is_expired: flag("expired") == Some(1) })
}

fn read(section: &Section<'_>) -> Option<Destination> {
    let token = section.required("token", key).map(Secret::new);
    let user = section.required("user", key).map(Secret::new);
    let api = section.optional("api", Field::url);
    Some(Destination::Pushover { token: token?, user: user?, api })
}

fn write(destination: &Destination) -> Keys {
    let Destination::Pushover { token, user, api } = destination else { return Keys::new() };
    vec![
        ("token", Some(json!(token.expose()))),
        ("user", Some(json!(user.expose()))),
        ("api", api.as_ref().map(|api| json!(api))),
    ]
}

fn hand_over(destination: &Destination, letter: &Letter<'_>) -> Result<Handover, Unsendable> {
    let Destination::Pushover { token, user, api } = destination else {
        return Err(misdirected(ChannelKind::Pushover));
    };
    let (api, page) = (api.as_deref().unwrap_or(API), letter.page);
    let brief = brief(page, letter.zone, BODY_CHARS);
    let mut body = json!({
        "token": token.expose(),
        "user": user.expose(),
        "title": brief.title.chars().take(TITLE_CHARS).collect::<String>(),
        "message": brief.body,
        "priority": priority(letter),
        "timestamp": letter.now.as_second(),
    });
    // A message with a longer one would be refused as a whole.
    if let Some(link) = page.link().filter(|link| link.chars().count() <= URL_CHARS) {
        body["url"] = json!(link);
        body["url_title"] = json!(if page.ack_url.is_some() { "Acknowledge" } else { "Status page" });
    }
    if priority(letter) == 2 {
        body["retry"] = json!(RETRY_S);
        body["expire"] = json!(EXPIRE_S);
        // What rings for several stops with the last of them.
        body["tags"] = json!(if page.also.is_empty() { &page.incident.id } else { &page.id });
        body["callback"] = json!(format!("{}/callbacks/pushover/{}", letter.public_url, letter.ack_token));
    }
    let first = Call::json(below(api, "1/messages.json"), &body);
    // Several pages about one incident may ring at this user; their tag stops them all.
    let own = std::iter::once(&page.incident).chain(&page.also).map(|incident| &incident.id);
    let stop = own.chain(letter.ended).take(MOST_STOPS).map(|tag| {
        let path = format!("1/receipts/cancel_by_tag/{tag}.json");
        Call::json(below(api, &path), &json!({ "token": token.expose() }))
    });
    let is_stopped = !page.is_call() && letter.thread.is_some();
    Ok(Handover::Calls { first, then: if is_stopped { stop.collect() } else { Vec::new() } })
}

fn answered(answer: &Answer<'_>) -> Outcome {
    let outcome = receipt_from(answer, told(answer, "errors"), &["receipt"]);
    let Outcome::TryAgain { answer: said, after, may_have_arrived } = outcome else { return outcome };
    if answer.status == 429 && after.is_none() {
        // Trying again before the month is over helps nobody; another contact does.
        return Outcome::Refused {
            answer: format!("{said}: the application's messages of this month are used up"),
        };
    }
    let after = after.or((answer.status >= 500).then_some(LEFT_ALONE));
    Outcome::TryAgain { answer: said, after, may_have_arrived }
}

/// From -2 to 2; 2 rings until somebody acknowledges.
fn priority(letter: &Letter<'_>) -> i8 {
    match letter.page.incident.severity {
        Severity::Critical if letter.page.is_call() && letter.page.ack_url.is_some() => 2,
        Severity::Critical | Severity::Error if letter.page.is_call() => 1,
        Severity::Info => -1,
        Severity::Critical | Severity::Error | Severity::Warning => 0,
    }
}

fn key(field: &Field<'_>) -> Option<String> {
    let key = field.text()?;
    if key.len() == 30 && key.bytes().all(|b| b.is_ascii_alphanumeric()) {
        return Some(key);
    }
    let hint = Some("copy the 30 letters and digits from pushover.net".to_owned());
    field.problem("this is no key of Pushover", hint);
    None
}
