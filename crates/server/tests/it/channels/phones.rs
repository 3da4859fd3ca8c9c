//! The rows of phones: two carriers, and for each number an account at both. The second try goes to the other one.

use domain::destination::Secret;
use formats::channels::telephony::{Line, Telephony, carrier};
use testkit::vendor::Heard;
use url::form_urlencoded;

use super::{Kind, text};

/// What the carriers answer when all is well.
const TWILIO_TEXT: (u16, &str) = (201, r#"{"sid":"SM1","status":"queued","error_code":null}"#);
const TWILIO_CALL: (u16, &str) = (201, r#"{"sid":"CA1","status":"queued"}"#);
const PLIVO_TEXT: (u16, &str) =
    (202, r#"{"message":"message(s) queued","message_uuid":["u-1"],"api_id":"a"}"#);
const PLIVO_CALL: (u16, &str) = (201, r#"{"message":"call fired","request_uuid":"r-1","api_id":"a"}"#);

pub(super) const KINDS: &[Kind] = &[
    Kind {
        word: "sms-twilio",
        keys: |_| "kind = \"sms\", number = \"+393331234567\"".to_owned(),
        path: "/twilio/2010-04-01/Accounts/AC1/Messages.json",
        well: TWILIO_TEXT,
        again: Some(("/plivo/v1/Account/MA1/Message/", PLIVO_TEXT)),
        is_wire_form: |heard| {
            heard.header("authorization") == "Basic QUMxOnRva2Vu"
                && (field(heard, "To"), field(heard, "From")) == ("+393331234567".to_owned(), FROM.to_owned())
                && field(heard, "Body").starts_with("#1 CRITICAL: ")
        },
        identity: token,
        ..Kind::NONE
    },
    Kind {
        word: "sms-plivo",
        keys: |_| "kind = \"sms\", number = \"+447700900123\"".to_owned(),
        path: "/plivo/v1/Account/MA2/Message/",
        well: PLIVO_TEXT,
        again: Some(("/twilio/2010-04-01/Accounts/AC2/Messages.json", TWILIO_TEXT)),
        is_wire_form: |heard| {
            heard.header("authorization") == "Basic TUEyOnRva2Vu"
                && (text(heard, "/dst"), text(heard, "/src")) == ("+447700900123".to_owned(), FROM.to_owned())
                && text(heard, "/text").starts_with("#1 CRITICAL: ")
                && text(heard, "/method") == "POST"
        },
        identity: token,
        ..Kind::NONE
    },
    Kind {
        word: "voice-twilio",
        keys: |_| "kind = \"voice\", number = \"+33612345678\"".to_owned(),
        path: "/twilio/2010-04-01/Accounts/AC1/Calls.json",
        well: TWILIO_CALL,
        again: Some(("/plivo/v1/Account/MA1/Call/", PLIVO_CALL)),
        end_path: Some(""),
        is_wire_form: |heard| {
            field(heard, "To") == "+33612345678"
                && field(heard, "Twiml").starts_with("<Response><Gather input=\"dtmf\" numDigits=\"1\"")
                && field(heard, "Timeout") == "25"
        },
        identity: token,
        ..Kind::NONE
    },
    Kind {
        word: "voice-plivo",
        keys: |_| "kind = \"voice\", number = \"+4915112345678\"".to_owned(),
        path: "/plivo/v1/Account/MA2/Call/",
        well: PLIVO_CALL,
        again: Some(("/twilio/2010-04-01/Accounts/AC2/Calls.json", TWILIO_CALL)),
        end_path: Some(""),
        is_wire_form: |heard| {
            text(heard, "/to") == "+4915112345678"
                && text(heard, "/answer_url").starts_with("https://midwatch.test/callbacks/plivo/voice/")
                && text(heard, "/answer_method") == "POST"
        },
        identity: token,
        ..Kind::NONE
    },
];

const FROM: &str = "+15005550006";

/// For Italy and France one account at Twilio and then one at Plivo; for Britain and Germany the other way round.
pub(super) fn telephony(base: &str) -> Telephony {
    let line = |word: &str, account: &str, prefixes: [&str; 2]| Line {
        carrier: carrier(word).unwrap(),
        account: account.to_owned(),
        token: Secret::new("token"),
        from: Some(FROM.to_owned()),
        messaging_service: None,
        prefixes: prefixes.map(str::to_owned).to_vec(),
        api: Some(format!("{base}/{word}")),
    };
    let (one, other) = (["+39", "+33"], ["+44", "+49"]);
    Telephony::new(vec![
        line("twilio", "AC1", one),
        line("plivo", "MA2", other),
        line("plivo", "MA1", one),
        line("twilio", "AC2", other),
    ])
}

fn field(heard: &Heard, name: &str) -> String {
    let mut fields = form_urlencoded::parse(&heard.body);
    fields.find(|(known, _)| known == name).map(|(_, value)| value.into_owned()).unwrap_or_default()
}

/// The token in the address that the carrier reports to, which is the message's own whoever carries it.
fn token(heard: &Heard) -> String {
    let sent = String::from_utf8_lossy(&heard.body).replace("%2F", "/");
    let rest = sent.split_once("/status/").map_or("", |(_, rest)| rest);
    rest.chars().take_while(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '_')).collect()
}
