//! Speaking to the places that messages go to: a module for each kind, behind one table.
//!
//! Everything here is pure. A [`Vendor`] says which keys its destinations take in the configuration, what calls hand a
//! message over, and what an answer means; whoever has the network makes the calls. A new kind is a variant of
//! [`Destination`], a module, and a line in [`VENDORS`].

use std::time::Duration;

use domain::{AttemptId, ChannelKind, delivery::Outcome, destination::Destination};
use jiff::{Timestamp, tz::TimeZone};
use serde_json::Value;
use thiserror::Error;

use crate::{
    messages::{Mail, PageMessage},
    setup::{self, Document, Field, Problem, Section},
    text::clean_line,
};

mod alertmanager;
mod card;
mod discord;
mod email;
mod google_chat;
mod gotify;
mod matrix;
mod mattermost;
mod ntfy;
mod opsgenie;
mod pagerduty;
mod pushover;
mod slack;
mod sms;
mod teams;
mod telegram;
pub mod telephony;
#[cfg(test)]
mod tests;
mod voice;
mod web_push;
mod webhook;

use self::telephony::Telephony;
pub use pushover::{ReceiptState, receipt_call, receipt_state};
pub use web_push::{PushKey, web_push};
pub use webhook::signed_post;

/// Characters of an answer that are kept.
const ANSWER_CHARS: usize = 300;

/// Every kind of destination.
pub const VENDORS: &[Vendor] = &[
    webhook::VENDOR,
    email::VENDOR,
    sms::VENDOR,
    voice::VENDOR,
    slack::VENDOR,
    teams::VENDOR,
    discord::VENDOR,
    telegram::VENDOR,
    mattermost::VENDOR,
    google_chat::VENDOR,
    matrix::VENDOR,
    ntfy::VENDOR,
    gotify::VENDOR,
    pushover::VENDOR,
    pagerduty::VENDOR,
    opsgenie::VENDOR,
    alertmanager::VENDOR,
    web_push::VENDOR,
];

/// How destinations of one kind are configured and spoken to.
#[derive(Clone, Copy)]
pub struct Vendor {
    /// The kind, whose word is `kind` in the configuration.
    pub kind: ChannelKind,
    /// The keys it takes besides `kind`.
    pub keys: &'static [&'static str],
    read: fn(&Section<'_>) -> Option<Destination>,
    write: fn(&Destination) -> Keys,
    hand_over: fn(&Destination, &Letter<'_>) -> Result<Handover, Unsendable>,
    answered: fn(&Answer<'_>) -> Outcome,
}

/// Keys and their values, as the configuration has them; those without a value are left out.
pub type Keys = Vec<(&'static str, Option<Value>)>;

/// A message on its way to one destination.
#[derive(Clone, Copy, Debug)]
pub struct Letter<'a> {
    /// What it says. Its `id` is the same at every try.
    pub page: &'a PageMessage,
    /// The try, for destinations that recognise a repeat by it.
    pub attempt: AttemptId,
    /// Counts the tries from 1.
    pub number: u32,
    /// The zone that the receiver reads times in.
    pub zone: &'a TimeZone,
    /// What the destination called the first message about this incident, where it calls them something: what follows is
    /// put below it.
    pub thread: Option<&'a str>,
    /// How that first message shows things from now on, where it can be changed. `None` leaves it as it is: it told of others
    /// too, whose list and buttons nobody may lose before they are answered.
    pub standing: Option<&'a PageMessage>,
    /// The ids of earlier messages here that told of several incidents, of which nobody is called any more.
    pub ended: &'a [String],
    /// Signs messages to destinations that take signatures and have no secret of their own.
    pub secret: &'a str,
    /// Speaks for the installation to push services of browsers.
    pub push_key: &'a PushKey,
    /// The token that acknowledges by this message; the address is [`PageMessage::ack_url`].
    pub ack_token: &'a str,
    /// The address people and vendors reach us at, without a trailing slash.
    pub public_url: &'a str,
    /// The address that our mail comes from, where there is one.
    pub mail_from: Option<&'a str>,
    /// The installation's phone lines.
    pub telephony: &'a Telephony,
    /// The present instant.
    pub now: Timestamp,
}

/// What hands a message over.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Handover {
    /// Calls over HTTP.
    Calls {
        /// The call that carries the message: its answer decides.
        first: Call,
        /// Made once the first is accepted, in order; trouble with them is noted and changes nothing.
        then: Vec<Call>,
    },
    /// A mail.
    Mail {
        /// The receiver.
        to: String,
        /// What it says.
        mail: Mail,
    },
}

/// A call over HTTP.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Call {
    /// The method.
    pub method: Method,
    /// Where to; may hold a secret.
    pub url: String,
    /// Headers, besides those that every request has.
    pub headers: Vec<(&'static str, String)>,
    /// The body.
    pub body: Vec<u8>,
}

/// The method of a call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Method {
    /// `GET`
    Get,
    /// `POST`
    Post,
    /// `PUT`
    Put,
    /// `PATCH`
    Patch,
}

/// What a destination answered to a call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Answer<'a> {
    /// The HTTP status.
    pub status: u16,
    /// How long the headers ask us to wait.
    pub retry_after: Option<Duration>,
    /// The start of the body.
    pub body: &'a [u8],
}

/// Why a message can't be handed to a destination, now or later.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("{0}")]
pub struct Unsendable(pub String);

/// Returns how a kind of destination is spoken to.
#[must_use]
pub fn vendor(kind: ChannelKind) -> Option<&'static Vendor> {
    VENDORS.iter().find(|vendor| vendor.kind == kind)
}

/// Returns what hands the letter over to the destination.
///
/// # Errors
/// When this destination can never take it.
pub fn hand_over(destination: &Destination, letter: &Letter<'_>) -> Result<Handover, Unsendable> {
    let kind = destination.kind();
    let vendor =
        vendor(kind).ok_or_else(|| Unsendable(format!("{kind} is not supported by this version")))?;
    (vendor.hand_over)(destination, letter)
}

/// Returns what the destination's answer to the first call means.
#[must_use]
pub fn answered(destination: &Destination, answer: &Answer<'_>) -> Outcome {
    // No vendor answers by a redirect: the address is not its own. Phones have other lines to try.
    let is_moved = (300..400).contains(&answer.status);
    let is_phone = |vendor: &&Vendor| matches!(vendor.kind, ChannelKind::Sms | ChannelKind::Voice);
    let vendor = vendor(destination.kind()).filter(|vendor| !is_moved || is_phone(vendor));
    vendor.map_or_else(|| by_status(answer), |vendor| (vendor.answered)(answer))
}

/// Returns what the head of the destination's answer means, where the rest of it is missing.
///
/// A 2xx is an acceptance where the body adds nothing that we depend on. Some say only in the body that they refuse; and what
/// carriers and Pushover call a message is what their reports name it by, without which nobody would hear that it did not arrive.
#[must_use]
pub fn answered_by_head(destination: &Destination, answer: &Answer<'_>) -> Outcome {
    let kind = destination.kind();
    let is_in_the_body = match kind {
        ChannelKind::Sms
        | ChannelKind::Voice
        | ChannelKind::Pushover
        | ChannelKind::Slack
        | ChannelKind::Teams => true,
        ChannelKind::Webhook
        | ChannelKind::Email
        | ChannelKind::WebPush
        | ChannelKind::Discord
        | ChannelKind::Telegram
        | ChannelKind::Mattermost
        | ChannelKind::GoogleChat
        | ChannelKind::Matrix
        | ChannelKind::Ntfy
        | ChannelKind::Gotify
        | ChannelKind::Pagerduty
        | ChannelKind::Opsgenie
        | ChannelKind::Alertmanager => false,
    };
    match by_status(answer) {
        Outcome::Accepted { answer, .. } if is_in_the_body => Outcome::TryAgain {
            answer: format!("{answer}, and the rest of the answer is missing"),
            after: None,
            may_have_arrived: true,
        },
        outcome @ (Outcome::Accepted { .. } | Outcome::TryAgain { .. } | Outcome::Refused { .. }) => outcome,
    }
}

/// Returns a destination as JSON, with the keys that the configuration has. It holds the destination's secrets.
#[must_use]
pub fn to_json(destination: &Destination) -> Value {
    let keys = write(destination).into_iter().filter_map(|(key, value)| Some((key.to_owned(), value?)));
    Value::Object(keys.collect())
}

/// Reads what [`to_json`] wrote.
///
/// # Errors
/// What is wrong with it.
pub fn from_json(value: &Value) -> Result<Destination, Vec<Problem>> {
    setup::read(&Document::from_json(value), None, read)
}

/// Reads `kind` and the keys that it takes.
pub(crate) fn read(section: &Section<'_>) -> Option<Destination> {
    let choices: Vec<_> = VENDORS.iter().map(|vendor| (vendor.kind.word(), vendor)).collect();
    let vendor = section.required("kind", |field: &Field<'_>| field.choice(&choices));
    match vendor {
        Some(vendor) => (vendor.read)(section),
        None => {
            // Whatever the kind will be, these are no unknown keys.
            for key in VENDORS.iter().flat_map(|vendor| vendor.keys) {
                let _ = section.field(key);
            }
            None
        }
    }
}

/// Returns the keys of a destination, `kind` included.
pub(crate) fn write(destination: &Destination) -> Keys {
    let kind = destination.kind();
    let mut keys: Keys = vec![("kind", Some(kind.word().into()))];
    keys.extend(vendor(kind).map(|vendor| (vendor.write)(destination)).unwrap_or_default());
    keys
}

/// What the HTTP status alone says: 2xx is taken; too busy and server trouble deserve another try; the rest never will be.
#[must_use]
pub fn by_status(answer: &Answer<'_>) -> Outcome {
    let said = match answer.status {
        300..=399 => format!("HTTP status {}: it has moved; enter its new address", answer.status),
        status => format!("HTTP status {status}"),
    };
    match answer.status {
        200..=299 => Outcome::Accepted { answer: said, receipt: None },
        408 | 425 | 429 | 500..=599 => Outcome::TryAgain {
            answer: said,
            after: answer.retry_after,
            may_have_arrived: answer.status >= 500,
        },
        _ => Outcome::Refused { answer: said },
    }
}

/// Like [`by_status`], with what the destination says besides: the text, or list of texts, under `key` of its JSON, or the
/// whole answer where that is a text.
fn told(answer: &Answer<'_>, key: &str) -> Outcome {
    let outcome = by_status(answer);
    let Ok(body) = serde_json::from_slice::<Value>(answer.body) else { return outcome };
    let said = match body.get(key).unwrap_or(&body) {
        Value::String(text) => text.clone(),
        Value::Array(texts) => texts.iter().filter_map(Value::as_str).collect::<Vec<_>>().join("; "),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::Object(_) => String::new(),
    };
    if said.trim().is_empty() {
        return outcome;
    }
    let with = |status: String| words(&format!("{status}: {said}"));
    match outcome {
        Outcome::Accepted { answer, receipt } => Outcome::Accepted { answer: with(answer), receipt },
        Outcome::TryAgain { answer, after, may_have_arrived } => {
            Outcome::TryAgain { answer: with(answer), after, may_have_arrived }
        }
        Outcome::Refused { answer } => Outcome::Refused { answer: with(answer) },
    }
}

/// Keeps what the destination calls the message: the first of these keys that its JSON has.
fn receipt_from(answer: &Answer<'_>, outcome: Outcome, keys: &[&str]) -> Outcome {
    let Outcome::Accepted { answer: said, .. } = outcome else { return outcome };
    let body: Value = serde_json::from_slice(answer.body).unwrap_or_default();
    let receipt = keys.iter().find_map(|key| match &body[*key] {
        Value::String(text) if !text.is_empty() => Some(words(text)),
        Value::Number(number) => Some(number.to_string()),
        Value::String(_) | Value::Null | Value::Bool(_) | Value::Array(_) | Value::Object(_) => None,
    });
    Outcome::Accepted { answer: said, receipt }
}

/// Has another try wait for as many seconds as the body asks for, where it asks.
fn wait(outcome: Outcome, seconds: Option<f64>) -> Outcome {
    let asked = seconds.and_then(|seconds| Duration::try_from_secs_f64(seconds).ok());
    match outcome {
        Outcome::TryAgain { answer, after, may_have_arrived } => {
            Outcome::TryAgain { answer, after: asked.or(after), may_have_arrived }
        }
        Outcome::Accepted { .. } | Outcome::Refused { .. } => outcome,
    }
}

/// Returns a JSON object with the entries of another one added.
fn with(mut object: Value, more: Value) -> Value {
    if let (Value::Object(entries), Value::Object(more)) = (&mut object, more) {
        entries.extend(more);
    }
    object
}

/// Returns a JSON object without the entries that have no value: not every vendor takes a null for a text.
fn present(mut object: Value) -> Value {
    if let Value::Object(entries) = &mut object {
        entries.retain(|_, value| !value.is_null());
    }
    object
}

/// Returns the address of a path below a base address.
fn below(base: &str, path: &str) -> String {
    format!("{}/{path}", base.trim_end_matches('/'))
}

/// Returns a destination's words as they are kept: one line, shortened.
#[must_use]
pub fn words(answer: &str) -> String {
    clean_line(answer, ANSWER_CHARS)
}

/// Returns somebody's words as one line of at most so many characters.
#[must_use]
pub fn shortened(text: &str, max_chars: usize) -> String {
    clean_line(text, max_chars)
}

impl Call {
    /// Posts JSON.
    #[must_use]
    pub fn json(url: impl Into<String>, body: &Value) -> Self {
        Self {
            method: Method::Post,
            url: url.into(),
            headers: vec![("content-type", "application/json".to_owned())],
            body: body.to_string().into_bytes(),
        }
    }

    /// Adds a header.
    #[must_use]
    pub fn header(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.headers.push((name, value.into()));
        self
    }
}

impl Handover {
    /// One call and nothing after it.
    #[must_use]
    pub const fn call(first: Call) -> Self {
        Self::Calls { first, then: Vec::new() }
    }
}

/// A destination that another vendor was asked to speak to: a mistake of ours that must not end the program.
fn misdirected(kind: ChannelKind) -> Unsendable {
    Unsendable(format!("this is no destination of kind {kind}"))
}
