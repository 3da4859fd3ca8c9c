//! What chats tell us when a button is pressed: whether it is really theirs, and the word that goes back.
//!
//! Sources: <https://docs.slack.dev/authentication/verifying-requests-from-slack> (HMAC-SHA256 over `v0:TIMESTAMP:BODY`, five
//! minutes) and <https://docs.slack.dev/interactivity/handling-user-interaction> (`response_url`, three seconds).

use std::time::Duration;

use domain::{
    OrgId,
    setup::{Destination, Setup},
};
use hmac::{Hmac, KeyInit, Mac};
use jiff::{SignedDuration, Timestamp};
use outbound::{Limits, Request};
use serde_json::json;
use sha2::Sha256;
use store::{Scope, organizations};
use tracing::warn;
use url::Url;

use crate::{error::CommandError, shell::Shell};

/// How far Slack's clock and ours may be apart. What is older has been recorded and played again.
const WINDOW: SignedDuration = SignedDuration::from_mins(5);

/// Slack waits three seconds for our answer, and what this takes comes before it.
const WORD_BACK: Limits = Limits { total: Duration::from_secs(2), max_bytes: 4 * 1024, redirects: 0 };

/// Where Slack takes words back.
const SLACK_HOOKS: &str = "https://hooks.slack.com/";

/// Returns the organisation, and the destinations of the channel with this slug or of the member with this address.
///
/// # Errors
/// When the ledger fails.
pub async fn addressee(
    shell: &Shell,
    organization: &str,
    name: &str,
) -> Result<Option<(OrgId, Vec<Destination>)>, CommandError> {
    let (ground, organization, name) = (shell.ground(), organization.to_owned(), name.to_owned());
    let found = shell.read(move |tx| {
        let Some(organization) = organizations::find_by_slug(tx, &organization)? else { return Ok(None) };
        let (_, setup) = ground.setups.current(&mut Scope::new(tx, organization.id))?;
        Ok(Some((organization.id, destinations(&setup, &name))))
    });
    found.await
}

/// Whether Slack has sent this body, just now, to whoever knows the secret.
#[must_use]
pub fn is_from_slack(secret: &str, timestamp: &str, signature: &str, body: &[u8], now: Timestamp) -> bool {
    let sent_at = timestamp.parse().ok().and_then(|second| Timestamp::from_second(second).ok());
    let is_fresh = sent_at.is_some_and(|sent_at| now.duration_since(sent_at).abs() <= WINDOW);
    let mut mac = Hmac::<Sha256>::new_from_slice(secret.as_bytes()).expect("HMAC takes a key of any length");
    for part in [b"v0:".as_slice(), timestamp.as_bytes(), b":", body] {
        mac.update(part);
    }
    let given = signature.strip_prefix("v0=").and_then(unhex).unwrap_or_default();
    // Compared in the same time for every signature.
    mac.verify_slice(&given).is_ok() && is_fresh
}

/// Returns the first value of a field of a form.
#[must_use]
pub fn form_field(body: &[u8], name: &str) -> Option<String> {
    url::form_urlencoded::parse(body).find(|(known, _)| known == name).map(|(_, value)| value.into_owned())
}

/// Tells whoever pressed a button in Slack, and nobody else, what came of it. That it could not be said changes nothing.
pub async fn tell_slack(shell: &Shell, response_url: &str, api: Option<&str>, words: &str) {
    if !is_slacks(response_url, api) {
        warn!("a callback of Slack names an address that is not Slack's; nothing was said there");
        return;
    }
    let body = json!({ "response_type": "ephemeral", "replace_original": false, "text": escape(words) });
    let request = Request::post(response_url, body.to_string().into_bytes())
        .limits(WORD_BACK)
        .header("content-type", "application/json");
    match shell.outbound.fetch(request).await {
        Ok(response) if (200..300).contains(&response.status) => {}
        Ok(response) => warn!(status = response.status, "Slack did not take the word back"),
        Err(error) => warn!(%error, "Slack did not take the word back"),
    }
}

fn destinations(setup: &Setup, name: &str) -> Vec<Destination> {
    if let Some(channel) = setup.channels.iter().find(|channel| channel.slug == name) {
        return vec![channel.destination.clone()];
    }
    let contacts = setup.user_by_email(name).map(|user| user.contacts.as_slice()).unwrap_or_default();
    contacts.iter().map(|contact| contact.destination.clone()).collect()
}

/// Whether an address is Slack's: the usual host, or that of the interface which the configuration names.
fn is_slacks(response_url: &str, api: Option<&str>) -> bool {
    let origin = |url: &str| Url::parse(url).ok().map(|url| url.origin());
    let expected = origin(api.unwrap_or(SLACK_HOOKS));
    expected.is_some() && origin(response_url) == expected
}

fn unhex(text: &str) -> Option<Vec<u8>> {
    let pairs = text.as_bytes().chunks(2);
    pairs.map(|pair| u8::from_str_radix(std::str::from_utf8(pair).ok()?, 16).ok()).collect()
}

/// In Slack's markup only these three signs mean something else.
fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECRET: &str = "8f742231b10e8888abcd99yyyzzz85a5";
    const BODY: &[u8] = b"token=xyzz0WbapA4vBCDEFasx0q6G&team_id=T1DC2JH3J&team_domain=testteamnow&\
        channel_id=G8PSS9T3V&channel_name=foobar&user_id=U2CERLKJA&user_name=roadrunner&command=%2Fwebhook-collect&\
        text=&response_url=https%3A%2F%2Fhooks.slack.com%2Fcommands%2FT1DC2JH3J%2F397700885554%2F96rGlfmibIGlgcZRskXaIFfN&\
        trigger_id=398738663015.47445629121.803a0bc887a14d10d2c447fce8b6703c";
    const SIGNATURE: &str = "v0=a2114d57b48eac39b9ad189dd8316235a7b4a8d21a10bd27519666489c69b503";
    const SENT_AT: &str = "1531420618";

    fn seconds_later(seconds: i64) -> Timestamp {
        Timestamp::from_second(1_531_420_618 + seconds).unwrap()
    }

    #[test]
    fn slacks_own_example_is_slacks() {
        assert!(is_from_slack(SECRET, SENT_AT, SIGNATURE, BODY, seconds_later(0)));
    }

    #[test]
    fn what_is_forged_or_old_is_not() {
        let now = seconds_later(300);
        assert!(is_from_slack(SECRET, SENT_AT, SIGNATURE, BODY, now));
        for (secret, sent_at, signature, body, at) in [
            (SECRET, SENT_AT, SIGNATURE, BODY, seconds_later(301)),
            (SECRET, SENT_AT, SIGNATURE, BODY, seconds_later(-301)),
            ("other", SENT_AT, SIGNATURE, BODY, now),
            (SECRET, "1531420619", SIGNATURE, BODY, now),
            (SECRET, "", SIGNATURE, BODY, now),
            (SECRET, "99999999999999999999", SIGNATURE, BODY, now),
            (SECRET, SENT_AT, &SIGNATURE[..SIGNATURE.len() - 1], BODY, now),
            (SECRET, SENT_AT, &SIGNATURE[3..], BODY, now),
            (SECRET, SENT_AT, "v0=", BODY, now),
            (SECRET, SENT_AT, "v0=éé", BODY, now),
            (SECRET, SENT_AT, SIGNATURE, &BODY[1..], now),
        ] {
            assert!(!is_from_slack(secret, sent_at, signature, body, at), "{sent_at} {signature}");
        }
    }

    #[test]
    fn words_go_back_to_slack_alone() {
        for (url, api, expected) in [
            ("https://hooks.slack.com/actions/T/1/x", None, true),
            ("https://hooks.slack.com.evil.test/actions", None, false),
            ("https://hooks.slack.com@evil.test/", None, false),
            ("http://hooks.slack.com/actions", None, false),
            ("http://127.0.0.1:9/actions", Some("http://127.0.0.1:9"), true),
            ("http://127.0.0.1:9/actions", None, false),
            ("", Some("nonsense"), false),
        ] {
            assert_eq!(is_slacks(url, api), expected, "{url}");
        }
    }

    #[test]
    fn a_field_is_found_in_a_form() {
        assert_eq!(form_field(b"a=1&payload=%7B%22x%22%3A+1%7D", "payload").as_deref(), Some("{\"x\": 1}"));
        assert_eq!(form_field(b"\xff=%ff", "payload"), None);
    }
}
