//! HTTP endpoints of the team's own, signed as Standard Webhooks says; the body is ours or made by the team's template.
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
    messages::{sign, template, webhook},
    setup::{Field, Section},
};

pub(super) const VENDOR: Vendor = Vendor {
    kind: ChannelKind::Webhook,
    keys: &["url", "secret", "template"],
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
    signed(url, id, secret, (body, "application/json"), now)
}

fn signed(
    url: &str,
    id: &str,
    secret: &str,
    (body, content_type): (String, &str),
    now: Timestamp,
) -> Result<Call, Unsendable> {
    let signature = sign(secret, id, now, body.as_bytes())
        .map_err(|error| Unsendable(format!("the contact's secret can't sign: {error}")))?;
    let call =
        Call { method: Method::Post, url: url.to_owned(), headers: Vec::new(), body: body.into_bytes() };
    Ok(call
        .header("content-type", content_type)
        .header("webhook-id", id)
        .header("webhook-timestamp", now.as_second().to_string())
        .header("webhook-signature", signature))
}

fn read(section: &Section<'_>) -> Option<Destination> {
    let url = section.required("url", Field::url).map(Secret::new);
    let secret = section.optional("secret", signing_secret);
    let template = section.optional("template", body_template);
    Some(Destination::Webhook { url: url?, secret, template })
}

fn write(destination: &Destination) -> Keys {
    let Destination::Webhook { url, secret, template } = destination else { return Keys::new() };
    let secret = secret.as_ref().map(|secret| json!(secret.expose()));
    let template = template.as_ref().map(|template| json!(template));
    vec![("url", Some(json!(url.expose()))), ("secret", secret), ("template", template)]
}

fn hand_over(destination: &Destination, letter: &Letter<'_>) -> Result<Handover, Unsendable> {
    let Destination::Webhook { url, secret, template } = destination else {
        return Err(misdirected(ChannelKind::Webhook));
    };
    let secret = secret.as_ref().map_or(letter.secret, Secret::expose);
    let content = match template {
        Some(template) => template::fill(template, letter.page, letter.zone),
        None => (webhook(letter.page), "application/json"),
    };
    let call = signed(url.expose(), &letter.page.id, secret, content, letter.now)?;
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

fn body_template(field: &Field<'_>) -> Option<String> {
    let template = field.lines_like("a template", "'{\"text\": \"{title}\"}'")?;
    if template.len() > template::MOST_BYTES {
        field.problem(format!("this is longer than {} bytes", template::MOST_BYTES), None);
        return None;
    }
    match template::check(&template) {
        Ok(()) => Some(template),
        Err(mistake) => {
            let place = format!("line {}, column {}", mistake.line, mistake.column);
            field.problem(format!("{place} of the template: {}", mistake.problem), None);
            None
        }
    }
}
