//! Plivo.
//!
//! Sources: <https://www.plivo.com/docs/messaging/api/message/send-a-message>,
//! <https://www.plivo.com/docs/voice/api/call/make-a-call> (what is read is fetched from `answer_url`),
//! <https://www.plivo.com/docs/voice/xml/getinput>, and its pages on signature validation: calls carry
//! `X-Plivo-Signature-V3`, HMAC-SHA256 over the address, the sorted fields and a nonce; texts carry
//! `X-Plivo-Signature-V2`, over the address and a nonce alone.

use base64::{Engine, prelude::BASE64_STANDARD};
use domain::delivery::Outcome;
use ring::hmac;
use serde_json::{Value, json};

use super::{
    Answer, Call, Callback, Carrier, Errand, Form, Line, RING_S, Report, Script, Text, e164, try_again, xml,
};
use crate::channels::words;

const API: &str = "https://api.plivo.com";

#[derive(Debug)]
pub(super) struct Plivo;

impl Carrier for Plivo {
    fn word(&self) -> &'static str {
        "plivo"
    }

    fn fetches_scripts(&self) -> bool {
        true
    }

    fn sms(&self, line: &Line, errand: &Errand<'_>, text: &str) -> Call {
        let mut body = json!({ "src": line.from, "dst": errand.to, "text": text, "type": "sms" });
        if let Some(status) = errand.address(self, "status") {
            body["url"] = status.into();
            body["method"] = "POST".into();
        }
        post(line, "Message", &body)
    }

    fn ring(&self, line: &Line, errand: &Errand<'_>, _script: &Script) -> Call {
        let body = json!({
            "from": line.from,
            "to": errand.to,
            "answer_url": errand.address(self, "voice"),
            "answer_method": "POST",
            "hangup_url": errand.address(self, "status"),
            "hangup_method": "POST",
            "ring_timeout": RING_S,
        });
        post(line, "Call", &body)
    }

    fn read(&self, answer: &Answer<'_>, body: &Value) -> Option<Outcome> {
        let id = ["message_uuid", "request_uuid"]
            .into_iter()
            .find_map(|key| body[key].as_str().or_else(|| body[key][0].as_str()));
        if let (200..=299, Some(id)) = (answer.status, id) {
            let state = body["message"].as_str().unwrap_or("accepted");
            return Some(Outcome::Accepted {
                answer: words(&format!("plivo: {state}")),
                receipt: Some(words(id)),
            });
        }
        let error = body.get("error")?;
        let error = error.as_str().map_or_else(|| error.to_string(), str::to_owned);
        let said = words(&format!("plivo: HTTP status {}: {error}", answer.status));
        let error = error.to_lowercase();
        let is_about_number = answer.status == 400
            && ["dst", "destination", "to number", "'to'", "to parameter"]
                .into_iter()
                .any(|part| error.contains(part));
        match is_about_number {
            true => Some(Outcome::Refused { answer: said }),
            false => Some(try_again(answer, said)),
        }
    }

    fn is_authentic(&self, line: &Line, callback: &Callback<'_>) -> bool {
        let key = hmac::Key::new(hmac::HMAC_SHA256, line.token.expose().as_bytes());
        // A header may hold the signatures of several tokens.
        let signed = |headers: [&str; 2], message: &str| {
            let given = headers.into_iter().filter_map(|name| callback.header(name));
            given.flat_map(|header| header.split(',')).any(|one| {
                BASE64_STANDARD
                    .decode(one.trim())
                    .is_ok_and(|one| hmac::verify(&key, message.as_bytes(), &one).is_ok())
            })
        };
        if let Some(nonce) = callback.header("x-plivo-signature-v3-nonce") {
            let fields = callback.form.sorted();
            let sign = if fields.is_empty() { "" } else { "?" };
            let message = format!("{}{sign}{fields}.{nonce}", callback.url);
            return signed(["x-plivo-signature-v3", "x-plivo-signature-ma-v3"], &message);
        }
        let nonce = callback.header("x-plivo-signature-v2-nonce").filter(|_| !callback.is_call);
        nonce.is_some_and(|nonce| {
            let message = format!("{}{nonce}", callback.url);
            signed(["x-plivo-signature-v2", "x-plivo-signature-ma-v2"], &message)
        })
    }

    fn text(&self, form: &Form) -> Option<Text> {
        let body = form.get("Text").unwrap_or_default().to_owned();
        Some(Text { from: e164(form.get("From")?), to: e164(form.get("To")?), body })
    }

    fn key(&self, form: &Form) -> Option<char> {
        form.get("Digits")?.chars().next()
    }

    fn report(&self, form: &Form) -> Option<Report> {
        let receipt = form.get("MessageUUID").or_else(|| form.get("RequestUUID"))?.to_owned();
        let state = form.get("Status").or_else(|| form.get("CallStatus"))?;
        match state {
            "delivered" | "read" => Some(Report { receipt, trouble: None }),
            "failed" | "undelivered" | "rejected" | "busy" | "timeout" | "no-answer" | "cancel" => {
                let code = form.get("ErrorCode").map(|code| format!(" (error {code})")).unwrap_or_default();
                Some(Report { receipt, trouble: Some(words(&format!("plivo: {state}{code}"))) })
            }
            // A call that was completed may have talked to a voice mailbox: only a key proves a person.
            _ => None,
        }
    }

    fn speak(&self, script: &Script) -> String {
        let speak = format!("<Speak>{}</Speak>", xml(&script.words));
        match &script.keys {
            Some(address) => {
                let input = format!(
                    "<GetInput inputType=\"dtmf\" numDigits=\"1\" executionTimeout=\"8\" method=\"POST\" action=\"{}\">\
                     {speak}</GetInput>",
                    xml(address)
                );
                format!("<Response>{input}{input}<Speak>Goodbye.</Speak></Response>")
            }
            None if script.is_last => format!("<Response>{speak}</Response>"),
            None => format!("<Response>{speak}<Wait length=\"1\"/>{speak}</Response>"),
        }
    }

    fn reply(&self, to: &Text, words: &str) -> String {
        format!(
            "<Response><Message src=\"{}\" dst=\"{}\">{}</Message></Response>",
            xml(&to.to),
            xml(&to.from),
            xml(words)
        )
    }
}

fn post(line: &Line, what: &str, body: &Value) -> Call {
    let path = format!("v1/Account/{}/{what}/", line.account);
    line.signed(Call::json(line.below(API, &path), body))
}
