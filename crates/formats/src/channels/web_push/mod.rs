//! Browsers that asked for notifications: a phone with the installed page, or a desktop.
//!
//! Sources: RFC 8030 (push: `TTL`, `Urgency`, `Topic`), RFC 8291 (encryption), RFC 8292 (VAPID), and the Push API of the W3C
//! for what a browser hands out. The push service sees sizes and times, never words. The topic is the incident: what follows
//! a page takes the place of one that the browser has not fetched yet.

mod encrypt;
mod vapid;

use std::borrow::Cow;

use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD as BASE64};
use domain::{
    ChannelKind,
    delivery::Outcome,
    destination::{Destination, Secret},
};
use p256::PublicKey;
use serde_json::json;
use sha2::{Digest, Sha256};
use url::Url;

use self::encrypt::Receiver;
use super::{Answer, Call, Handover, Keys, Letter, Method, Unsendable, Vendor, by_status, misdirected};
use crate::{
    messages::brief,
    setup::{Field, Section},
    text::shorten,
};

pub use vapid::PushKey;

/// How long the push service keeps a page for a browser that is out of reach. A page is worth reading that long after.
const PAGE_TTL_S: u32 = 24 * 3_600;

/// Characters of the words, so that they fit with everything else even where each takes four bytes.
const BODY_CHARS: usize = 400;

/// Characters of the title.
const TITLE_CHARS: usize = 160;

pub(super) const VENDOR: Vendor = Vendor {
    kind: ChannelKind::WebPush,
    keys: &["endpoint", "p256dh", "auth"],
    read,
    write,
    hand_over,
    answered,
};

/// Makes a destination of what a browser handed out; an error says what is wrong with it.
///
/// # Errors
/// When it is no subscription that a message can be encrypted for.
pub fn web_push(endpoint: &str, p256dh: &str, auth: &str) -> Result<Destination, Unsendable> {
    let url = Url::parse(endpoint).ok().filter(|url| matches!(url.scheme(), "http" | "https"));
    url.ok_or_else(|| Unsendable("the browser's `endpoint` is no address".to_owned()))?;
    receiver(p256dh, auth)?;
    let (endpoint, auth) = (Secret::new(endpoint), Secret::new(auth));
    Ok(Destination::WebPush { endpoint, p256dh: p256dh.to_owned(), auth })
}

fn read(section: &Section<'_>) -> Option<Destination> {
    let endpoint = section.required("endpoint", Field::url).map(Secret::new);
    let p256dh = section.required("p256dh", |field| key(field, "p256dh", |text| public_key(text).is_ok()));
    let auth = section.required("auth", |field| key(field, "auth", |text| auth_secret(text).is_ok()));
    Some(Destination::WebPush { endpoint: endpoint?, p256dh: p256dh?, auth: Secret::new(auth?) })
}

fn write(destination: &Destination) -> Keys {
    let Destination::WebPush { endpoint, p256dh, auth } = destination else { return Keys::new() };
    vec![
        ("endpoint", Some(json!(endpoint.expose()))),
        ("p256dh", Some(json!(p256dh))),
        ("auth", Some(json!(auth.expose()))),
    ]
}

fn hand_over(destination: &Destination, letter: &Letter<'_>) -> Result<Handover, Unsendable> {
    let Destination::WebPush { endpoint, p256dh, auth } = destination else {
        return Err(misdirected(ChannelKind::WebPush));
    };
    let receiver = receiver(p256dh, auth.expose())?;
    let origin = Url::parse(endpoint.expose())
        .map_err(|error| Unsendable(format!("the browser's address is none: {error}")))?
        .origin()
        .ascii_serialization();
    let message = message(letter);
    if message.len() > encrypt::MOST_BYTES {
        return Err(Unsendable(format!("{} bytes are more than a browser is sent", message.len())));
    }
    // The attempt and the words: a try that says something else has a key of its own.
    let words =
        [letter.attempt.0.as_bytes(), endpoint.expose().as_bytes(), &[0], message.as_bytes()].concat();
    let (pair, salt) = letter.push_key.of_message(&words);
    let body = encrypt::encrypt(&receiver, &pair, salt, message.as_bytes())
        .ok_or_else(|| Unsendable("the message can't be encrypted for this browser".to_owned()))?;
    let topic = encrypt::first::<16>(&Sha256::digest(letter.page.incident.id.as_bytes()).into());
    let call = Call { method: Method::Post, url: endpoint.expose().to_owned(), headers: Vec::new(), body }
        .header("content-type", "application/octet-stream")
        .header("content-encoding", "aes128gcm")
        .header("ttl", PAGE_TTL_S.to_string())
        .header("urgency", if letter.page.is_call() { "high" } else { "normal" })
        .header("topic", BASE64.encode(topic))
        .header("authorization", letter.push_key.authorization(&origin, &subject(letter), letter.now));
    Ok(Handover::call(call))
}

/// Whom a push service may turn to: our address, or where our mail comes from. RFC 8292 wants `https:` or `mailto:`, and some
/// services refuse the messages of whoever says something else.
fn subject<'a>(letter: &Letter<'a>) -> Cow<'a, str> {
    match letter.mail_from {
        Some(from) if !letter.public_url.starts_with("https:") => format!("mailto:{from}").into(),
        Some(_) | None => letter.public_url.into(),
    }
}

/// What the worker in the browser shows; it reads these names.
fn message(letter: &Letter<'_>) -> String {
    let page = letter.page;
    let brief = brief(page, letter.zone, BODY_CHARS);
    json!({
        "type": page.notice.word(),
        "id": page.id,
        "attempt": letter.attempt.to_string(),
        "incident": page.incident.id,
        "title": shorten(brief.title, TITLE_CHARS),
        "body": brief.body,
        "ack_url": page.ack_url,
        "url": page.link(),
        "sticky": page.is_urgent(),
    })
    .to_string()
}

fn answered(answer: &Answer<'_>) -> Outcome {
    let refused =
        |words: &str| Outcome::Refused { answer: format!("HTTP status {}: {words}", answer.status) };
    match answer.status {
        404 | 410 => refused("this browser has taken its permission back; open the push page on it again"),
        401 | 403 => refused("the push service does not know our key; remove the browser and allow it again"),
        413 => refused("the push service takes no message of this length"),
        _ => by_status(answer),
    }
}

fn receiver(p256dh: &str, auth: &str) -> Result<Receiver, Unsendable> {
    Ok(Receiver { key: public_key(p256dh)?, auth: auth_secret(auth)? })
}

fn public_key(text: &str) -> Result<PublicKey, Unsendable> {
    let wrong = || Unsendable("the browser's `p256dh` is no point of P-256".to_owned());
    PublicKey::from_sec1_bytes(&unpadded(text).ok_or_else(wrong)?).map_err(|_| wrong())
}

fn auth_secret(text: &str) -> Result<Vec<u8>, Unsendable> {
    let wrong = || Unsendable("the browser's `auth` is not 16 bytes in base64url".to_owned());
    unpadded(text).filter(|auth| auth.len() == 16).ok_or_else(wrong)
}

fn unpadded(text: &str) -> Option<Vec<u8>> {
    BASE64.decode(text.trim_end_matches('=')).ok()
}

fn key(field: &Field<'_>, name: &str, fits: impl Fn(&str) -> bool) -> Option<String> {
    let text = field.text()?;
    if fits(&text) {
        return Some(text);
    }
    let hint = "browsers are best added by `midwatch contact push-link EMAIL`".to_owned();
    field.problem(format!("this is no `{name}` of a browser's subscription"), Some(hint));
    None
}
