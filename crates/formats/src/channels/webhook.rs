//! HTTP endpoints of the team's own, signed as Standard Webhooks says.
//!
//! Source: the Standard Webhooks specification, `webhook-id`, `webhook-timestamp`, `webhook-signature`.

use base64::{Engine, prelude::BASE64_STANDARD};
use domain::{
    ChannelKind,
    destination::{Destination, Secret},
};
use jiff::Timestamp;
use serde_json::json;

use super::{Call, Handover, Keys, Letter, Method, Unsendable, Vendor, by_status, misdirected};
use crate::{
    messages::{sign, webhook},
    setup::{Field, Section},
};

pub(super) const VENDOR: Vendor = Vendor {
    kind: ChannelKind::Webhook,
    keys: &["url", "secret"],
    read,
    write,
    hand_over,
    answered: by_status,
};

/// Returns the call that posts JSON, signed. The id makes it the same message when it is sent again.
///
/// # Errors
/// When the secret can't sign.
pub fn signed_post(
    url: &str,
    id: &str,
    secret: &str,
    body: String,
    now: Timestamp,
) -> Result<Call, Unsendable> {
    let signature = sign(secret, id, now, body.as_bytes())
        .map_err(|error| Unsendable(format!("the contact's secret can't sign: {error}")))?;
    let call =
        Call { method: Method::Post, url: url.to_owned(), headers: Vec::new(), body: body.into_bytes() };
    Ok(call
        .header("content-type", "application/json")
        .header("webhook-id", id)
        .header("webhook-timestamp", now.as_second().to_string())
        .header("webhook-signature", signature))
}

fn read(section: &Section<'_>) -> Option<Destination> {
    let url = section.required("url", Field::url).map(Secret::new);
    let secret = section.optional("secret", signing_secret);
    Some(Destination::Webhook { url: url?, secret, template: None })
}

fn write(destination: &Destination) -> Keys {
    let Destination::Webhook { url, secret, .. } = destination else { return Keys::new() };
    let secret = secret.as_ref().map(|secret| json!(secret.expose()));
    vec![("url", Some(json!(url.expose()))), ("secret", secret)]
}

fn hand_over(destination: &Destination, letter: &Letter<'_>) -> Result<Handover, Unsendable> {
    let Destination::Webhook { url, secret, .. } = destination else {
        return Err(misdirected(ChannelKind::Webhook));
    };
    let secret = secret.as_ref().map_or(letter.secret, Secret::expose);
    let call = signed_post(url.expose(), &letter.page.id, secret, webhook(letter.page), letter.now)?;
    Ok(Handover::call(call.header("midwatch-attempt", letter.attempt.to_string())))
}

/// Reads a secret in the form of Standard Webhooks.
fn signing_secret(field: &Field<'_>) -> Option<Secret> {
    let secret = field.text()?;
    let key = secret.strip_prefix("whsec_").and_then(|key| BASE64_STANDARD.decode(key).ok());
    if key.is_some_and(|key| key.len() >= 16) {
        return Some(Secret::new(secret));
    }
    let hint = "write `whsec_` and 24 random bytes in base64, or leave it out to have one derived".to_owned();
    field.problem("this is no signing secret", Some(hint));
    None
}
