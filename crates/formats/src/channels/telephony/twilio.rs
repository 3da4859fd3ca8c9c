//! Twilio.
//!
//! Sources: <https://www.twilio.com/docs/messaging/api/message-resource>, <https://www.twilio.com/docs/voice/api/call-resource>
//! (`Twiml` says what is read), <https://www.twilio.com/docs/voice/twiml/gather>,
//! <https://www.twilio.com/docs/usage/security#validating-requests> (`X-Twilio-Signature`: HMAC-SHA1 over the address and the
//! sorted fields) and <https://www.twilio.com/docs/api/errors>.

use base64::{Engine, prelude::BASE64_STANDARD};
use domain::delivery::Outcome;
use ring::hmac;
use serde_json::Value;
use url::Url;

use super::{
    Answer, Call, Callback, Carrier, Errand, Form, Line, RING_S, Report, Script, Text, e164, post_form,
    try_again, xml,
};
use crate::channels::words;

const API: &str = "https://api.twilio.com";

/// Errors that say something about the receiver's number, which no other account and no later time changes: it is none, can't
/// be reached at all, takes no texts, or asked not to be texted.
const ABOUT_NUMBER: [i64; 12] =
    [13_223, 13_224, 13_225, 13_226, 21_211, 21_214, 21_217, 21_265, 21_266, 21_610, 21_614, 21_635];

#[derive(Debug)]
pub(super) struct Twilio;

impl Carrier for Twilio {
    fn word(&self) -> &'static str {
        "twilio"
    }

    fn fetches_scripts(&self) -> bool {
        false
    }

    fn sms(&self, line: &Line, errand: &Errand<'_>, text: &str) -> Call {
        let sender = match (&line.messaging_service, &line.from) {
            (Some(service), _) => ("MessagingServiceSid", service.as_str()),
            (None, from) => ("From", from.as_deref().unwrap_or_default()),
        };
        let status = errand.address(self, "status");
        let mut fields = vec![("To", errand.to), sender, ("Body", text)];
        fields.extend(status.as_deref().map(|status| ("StatusCallback", status)));
        post(line, "Messages", &fields)
    }

    fn ring(&self, line: &Line, errand: &Errand<'_>, script: &Script) -> Call {
        let (twiml, ring, status) = (self.speak(script), RING_S.to_string(), errand.address(self, "status"));
        let from = line.from.as_deref().unwrap_or_default();
        let mut fields = vec![("To", errand.to), ("From", from), ("Twiml", &twiml), ("Timeout", &ring)];
        fields.extend(status.as_deref().map(|status| ("StatusCallback", status)));
        post(line, "Calls", &fields)
    }

    fn read(&self, answer: &Answer<'_>, body: &Value) -> Option<Outcome> {
        if let (200..=299, Some(sid)) = (answer.status, body["sid"].as_str()) {
            let state = body["status"].as_str().unwrap_or("accepted");
            return Some(Outcome::Accepted {
                answer: words(&format!("twilio: {state}")),
                receipt: Some(words(sid)),
            });
        }
        let (code, message) = (body["code"].as_i64()?, body["message"].as_str()?);
        let said = words(&format!("twilio error {code}: {message}"));
        match ABOUT_NUMBER.contains(&code) {
            true => Some(Outcome::Refused { answer: said }),
            false => Some(try_again(answer, said)),
        }
    }

    fn is_authentic(&self, line: &Line, callback: &Callback<'_>) -> bool {
        let given = callback.header("x-twilio-signature").unwrap_or_default();
        let Ok(given) = BASE64_STANDARD.decode(given) else { return false };
        let key = hmac::Key::new(hmac::HMAC_SHA1_FOR_LEGACY_USE_ONLY, line.token.expose().as_bytes());
        let fields = callback.form.sorted();
        let signed = |url: String| hmac::verify(&key, (url + &fields).as_bytes(), &given).is_ok();
        spellings(&callback.url).into_iter().any(signed)
    }

    fn text(&self, form: &Form) -> Option<Text> {
        let body = form.get("Body").unwrap_or_default().to_owned();
        Some(Text { from: e164(form.get("From")?), to: e164(form.get("To")?), body })
    }

    fn key(&self, form: &Form) -> Option<char> {
        form.get("Digits")?.chars().next()
    }

    fn report(&self, form: &Form) -> Option<Report> {
        let receipt = form.get("MessageSid").or_else(|| form.get("CallSid"))?.to_owned();
        let state = form.get("MessageStatus").or_else(|| form.get("CallStatus"))?;
        match state {
            "delivered" | "read" => Some(Report { receipt, trouble: None }),
            "failed" | "undelivered" | "busy" | "no-answer" | "canceled" => {
                let code = form.get("ErrorCode").map(|code| format!(" (error {code})")).unwrap_or_default();
                Some(Report { receipt, trouble: Some(words(&format!("twilio: {state}{code}"))) })
            }
            // A call that was completed may have talked to a voice mailbox: only a key proves a person.
            _ => None,
        }
    }

    fn speak(&self, script: &Script) -> String {
        let say = format!("<Say>{}</Say>", xml(&script.words));
        match &script.keys {
            Some(address) => {
                let gather = format!(
                    "<Gather input=\"dtmf\" numDigits=\"1\" timeout=\"8\" method=\"POST\" action=\"{}\">{say}</Gather>",
                    xml(address)
                );
                format!("<Response>{gather}{gather}<Say>Goodbye.</Say></Response>")
            }
            None if script.is_last => format!("<Response>{say}</Response>"),
            None => format!("<Response>{say}<Pause length=\"1\"/>{say}</Response>"),
        }
    }

    fn reply(&self, _to: &Text, words: &str) -> String {
        format!("<Response><Message>{}</Message></Response>", xml(words))
    }
}

fn post(line: &Line, what: &str, fields: &[(&str, &str)]) -> Call {
    let path = format!("2010-04-01/Accounts/{}/{what}.json", line.account);
    line.signed(post_form(line.below(API, &path), fields))
}

/// The ways in which Twilio may have written our address when it signed: with the port and without.
fn spellings(url: &str) -> Vec<String> {
    let mut spellings = vec![url.to_owned()];
    let Ok(parsed) = Url::parse(url) else { return spellings };
    let (Some(host), Some(port)) = (parsed.host_str(), parsed.port_or_known_default()) else {
        return spellings;
    };
    let bare = format!("{}://{host}", parsed.scheme());
    let with_port = format!("{bare}:{port}");
    if let Some(rest) = url.strip_prefix(&with_port) {
        spellings.push(format!("{bare}{rest}"));
    } else if let Some(rest) = url.strip_prefix(&bare) {
        spellings.push(format!("{with_port}{rest}"));
    }
    spellings
}
