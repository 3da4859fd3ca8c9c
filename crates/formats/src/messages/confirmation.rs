//! The one message that somebody gets before they have confirmed: who asked for what, and the link that says yes.

use serde::Serialize;

use super::{
    Mail,
    mail::{escape, frame},
};
use crate::text::clean_line;

/// The longest name in a line, in characters.
const NAME_CHARS: usize = 160;

/// A question whether it was them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Confirmation {
    /// The request's id, the same at every try.
    pub id: String,
    /// The provider's slug.
    pub provider: String,
    /// The provider's name.
    pub provider_name: String,
    /// The link that shows the question, and takes the answer by a button or a `POST`.
    pub confirm_url: String,
    /// How long it can be answered, in hours.
    pub hours: u64,
}

/// Returns the e-mail.
#[must_use]
pub fn confirmation_mail(message: &Confirmation) -> Mail {
    let name = clean_line(&message.provider_name, NAME_CHARS);
    let (url, hours) = (&message.confirm_url, message.hours);
    let subject = format!("Confirm alerts about {name}");
    let text = format!(
        "Somebody, we hope you, asked to be told by mail when {name} has an incident or planned work.\n\n\
         Yes, tell me: {url}\n\n\
         The link is good for {hours} hours. If this was not you, do nothing: nothing more will be sent.\n"
    );
    let body = format!(
        "<p style=\"margin:0 0 16px\">Somebody, we hope you, asked to be told by mail when {} has an incident or planned \
         work.</p>\n<p style=\"margin:0 0 16px\"><a href=\"{}\" style=\"display:inline-block;padding:12px 20px;\
         border-radius:6px;background:#1d4ed8;color:#ffffff;font-weight:600;text-decoration:none\">Yes, tell me</a></p>\n",
        escape(&name),
        escape(url)
    );
    let footer = format!(
        "The link is good for {hours} hours. If this was not you, do nothing: nothing more will be sent."
    );
    Mail { html: frame(&subject, &subject, &body, &footer), text, subject }
}

/// Returns the body of the webhook: a challenge, which whoever owns the address answers by the link in it.
#[must_use]
pub fn confirmation_webhook(message: &Confirmation) -> String {
    let body = Body {
        kind: "confirmation",
        id: &message.id,
        provider: ProviderJson { slug: &message.provider, name: &message.provider_name },
        confirm_url: &message.confirm_url,
        valid_hours: message.hours,
    };
    serde_json::to_string(&body).expect("structs of strings always serialize")
}

#[derive(Serialize)]
struct Body<'a> {
    #[serde(rename = "type")]
    kind: &'static str,
    id: &'a str,
    provider: ProviderJson<'a>,
    confirm_url: &'a str,
    valid_hours: u64,
}

#[derive(Serialize)]
struct ProviderJson<'a> {
    slug: &'a str,
    name: &'a str,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_question_names_the_provider_as_text_and_the_link_in_every_part() {
        let message = Confirmation {
            id: "r1".to_owned(),
            provider: "pay".to_owned(),
            provider_name: "Pay <b>\r\nBcc: x@y.z".to_owned(),
            confirm_url: "https://midwatch.test/subscriptions/t/confirm".to_owned(),
            hours: 24,
        };
        let mail = confirmation_mail(&message);
        assert!(!mail.subject.contains(['\r', '\n']) && mail.html.contains("Pay &lt;b&gt;"), "{}", mail.html);
        for part in [&mail.text, &mail.html] {
            assert!(part.contains(&message.confirm_url) && part.contains("do nothing"), "{part}");
        }
        let body: serde_json::Value = serde_json::from_str(&confirmation_webhook(&message)).unwrap();
        assert_eq!(
            (&body["type"], &body["confirm_url"]),
            (&"confirmation".into(), &message.confirm_url.into())
        );
    }
}
