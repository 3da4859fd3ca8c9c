//! Phones: what carriers are sent, what their answers and callbacks mean, what people read and hear.

mod words;

use std::time::Duration;

use domain::{AttemptId, Severity};
use jiff::{Timestamp, tz::TimeZone};
use proptest::prelude::*;
use uuid::Uuid;

use super::{gsm::Coding, *};
use crate::channels::PushKey;
use crate::messages::{IncidentFacts, Notice, PageMessage, Recipient, Snooze};

const ANA: &str = "+393331234567";
const HERE: &str = "https://midwatch.test";

fn page(summary: &str) -> PageMessage {
    PageMessage {
        id: "n1".to_owned(),
        organization: "acme".to_owned(),
        organization_name: "Acme".to_owned(),
        notice: Notice::Page,
        incident: facts(12, summary),
        also: Vec::new(),
        to: Recipient {
            user: "ana@acme.example".to_owned(),
            name: "Ana".to_owned(),
            step: 1,
            round: 1,
            reason: "on call".to_owned(),
        },
        ack_url: Some(format!("{HERE}/ack/{}", "t".repeat(43))),
        status_page: None,
        delayed: false,
        possible_duplicate: false,
    }
}

fn facts(number: i64, summary: &str) -> IncidentFacts {
    IncidentFacts {
        id: format!("i{number}"),
        number,
        response: "open",
        severity: Severity::Critical,
        summary: summary.to_owned(),
        services: Vec::new(),
        affected: Vec::new(),
        cause: None,
        since: Timestamp::UNIX_EPOCH,
    }
}

fn line(carrier: &str, account: &str, prefixes: &[&str]) -> Line {
    Line {
        carrier: super::carrier(carrier).unwrap(),
        account: account.to_owned(),
        token: Secret::new("my_auth_token"),
        from: Some("+15005550006".to_owned()),
        messaging_service: None,
        prefixes: prefixes.iter().map(|prefix| (*prefix).to_owned()).collect(),
        api: None,
    }
}

fn letter<'a>(page: &'a PageMessage, telephony: &'a Telephony, number: u32) -> Letter<'a> {
    Letter {
        page,
        attempt: AttemptId(Uuid::nil()),
        number,
        zone: Box::leak(Box::new(TimeZone::UTC)),
        thread: None,
        standing: None,
        ended: &[],
        secret: "",
        ack_token: "t0k",
        public_url: HERE,
        mail_from: None,
        push_key: Box::leak(Box::new(PushKey::new([0; 32]))),
        telephony,
        now: Timestamp::UNIX_EPOCH,
    }
}

fn fields(call: &Call) -> Vec<(String, String)> {
    form_urlencoded::parse(&call.body).into_owned().collect()
}

fn header<'a>(call: &'a Call, name: &str) -> &'a str {
    call.headers.iter().find(|(header, _)| *header == name).map(|(_, value)| value.as_str()).unwrap()
}

fn pair(name: &str, value: &str) -> (String, String) {
    (name.to_owned(), value.to_owned())
}

#[test]
fn twilio_is_sent_a_form_that_says_where_to_report() {
    let (page, telephony) = (page("Checkout is down"), Telephony::new(vec![line("twilio", "AC1", &[])]));
    let call = text(ANA, &letter(&page, &telephony, 1)).unwrap();
    assert_eq!(
        (call.method, call.url.as_str()),
        (Method::Post, "https://api.twilio.com/2010-04-01/Accounts/AC1/Messages.json")
    );
    assert_eq!(header(&call, "content-type"), "application/x-www-form-urlencoded");
    assert_eq!(header(&call, "authorization"), "Basic QUMxOm15X2F1dGhfdG9rZW4=");
    let said =
        format!("#12 CRITICAL: Checkout is down. Reply 4 to acknowledge: {HERE}/ack/{}", "t".repeat(43));
    assert_eq!(
        fields(&call),
        [
            pair("To", ANA),
            pair("From", "+15005550006"),
            pair("Body", &said),
            pair("StatusCallback", "https://midwatch.test/callbacks/twilio/status/t0k"),
        ]
    );
    let mut grouped = line("twilio", "AC1", &[]);
    grouped.messaging_service = Some("MG1".to_owned());
    grouped.api = Some("http://127.0.0.1:9".to_owned());
    let telephony = Telephony::new(vec![grouped]);
    let hidden = Letter { public_url: "http://127.0.0.1:8080", ..letter(&page, &telephony, 1) };
    let call = text(ANA, &hidden).unwrap();
    assert_eq!(call.url, "http://127.0.0.1:9/2010-04-01/Accounts/AC1/Messages.json");
    let fields = fields(&call);
    assert_eq!(fields[1], pair("MessagingServiceSid", "MG1"));
    assert_eq!(fields.len(), 3, "nobody can report to an address that is not reached: {fields:?}");
    assert!(!fields[2].1.contains("Reply") && fields[2].1.contains(". Acknowledge: https://"), "{fields:?}");
}

#[test]
fn twilio_reads_the_alert_from_the_call_itself_and_takes_a_key() {
    let (page, telephony) =
        (page("Checkout <b>& \"API\"</b> 503"), Telephony::new(vec![line("twilio", "AC1", &[])]));
    let call = ring(ANA, &letter(&page, &telephony, 1)).unwrap();
    assert_eq!(call.url, "https://api.twilio.com/2010-04-01/Accounts/AC1/Calls.json");
    let fields = fields(&call);
    let twiml = &fields.iter().find(|(name, _)| name == "Twiml").unwrap().1;
    let gather = "<Gather input=\"dtmf\" numDigits=\"1\" timeout=\"8\" method=\"POST\" \
                  action=\"https://midwatch.test/callbacks/twilio/voice/t0k\"><Say>This is Midwatch with a \
                  critical page. Checkout &lt;b&gt;&amp; &quot;API&quot;&lt;/b&gt; five zero three. This is incident twelve. \
                  Press 4 to acknowledge, 6 to call the next person, 0 to hear this again.</Say></Gather>";
    assert_eq!(*twiml, format!("<Response>{gather}{gather}<Say>Goodbye.</Say></Response>"));
    assert_eq!(
        fields[3..],
        [pair("Timeout", "25"), pair("StatusCallback", "https://midwatch.test/callbacks/twilio/status/t0k")]
    );
    let hidden = Letter { public_url: "http://127.0.0.1:8080", ..letter(&page, &telephony, 1) };
    let twiml = String::from_utf8(ring(ANA, &hidden).unwrap().body).unwrap();
    assert!(!twiml.contains("Gather") && twiml.contains("Pause"), "{twiml}");
}

#[test]
fn plivo_is_sent_json_and_fetches_what_a_call_says() {
    let (page, telephony) = (page("Checkout is down"), Telephony::new(vec![line("plivo", "MA1", &[])]));
    let call = text(ANA, &letter(&page, &telephony, 1)).unwrap();
    assert_eq!(call.url, "https://api.plivo.com/v1/Account/MA1/Message/");
    assert_eq!(header(&call, "authorization"), "Basic TUExOm15X2F1dGhfdG9rZW4=");
    let body: Value = serde_json::from_slice(&call.body).unwrap();
    assert_eq!((&body["src"], &body["dst"]), (&"+15005550006".into(), &ANA.into()));
    assert_eq!(body["url"], "https://midwatch.test/callbacks/plivo/status/t0k");
    assert!(body["text"].as_str().unwrap().starts_with("#12 CRITICAL: Checkout is down. Reply 4"), "{body}");

    let call = ring(ANA, &letter(&page, &telephony, 1)).unwrap();
    assert_eq!(call.url, "https://api.plivo.com/v1/Account/MA1/Call/");
    let body: Value = serde_json::from_slice(&call.body).unwrap();
    assert_eq!(body["answer_url"], "https://midwatch.test/callbacks/plivo/voice/t0k");
    assert_eq!((&body["hangup_method"], &body["ring_timeout"]), (&"POST".into(), &25.into()));
    let said = plivo::Plivo.speak(&script(&page, body["answer_url"].as_str().map(str::to_owned)));
    assert!(said.starts_with("<Response><GetInput inputType=\"dtmf\" numDigits=\"1\""), "{said}");
    assert!(
        said.contains("action=\"https://midwatch.test/callbacks/plivo/voice/t0k\"><Speak>This is"),
        "{said}"
    );
}

#[test]
fn each_answer_of_a_carrier_means_something() {
    let twilio =
        |code: i64| format!(r#"{{"code":{code},"message":"no","more_info":"https://x","status":400}}"#);
    let accepted = |receipt: &str| format!("accepted {receipt}");
    let table = [
        (201, r#"{"sid":"SM1","status":"queued","error_code":null}"#.to_owned(), accepted("SM1")),
        (201, r#"{"sid":"CA1","status":"queued"}"#.to_owned(), accepted("CA1")),
        (
            202,
            r#"{"message":"message(s) queued","message_uuid":["u-1"],"api_id":"a"}"#.to_owned(),
            accepted("u-1"),
        ),
        (201, r#"{"message":"call fired","request_uuid":"r-1","api_id":"a"}"#.to_owned(), accepted("r-1")),
        (400, twilio(21_211), "refused".to_owned()),
        (400, twilio(21_610), "refused".to_owned()),
        (400, twilio(21_614), "refused".to_owned()),
        (400, twilio(21_606), "again".to_owned()),
        (401, twilio(20_003), "again".to_owned()),
        (429, twilio(20_429), "again".to_owned()),
        (429, twilio(14_107), "again".to_owned()),
        (503, twilio(20_503), "again, may be there".to_owned()),
        (400, r#"{"api_id":"a","error":"invalid dst number"}"#.to_owned(), "refused".to_owned()),
        (400, r#"{"api_id":"a","error":"src is not yours"}"#.to_owned(), "again".to_owned()),
        (401, r#"{"error":"could not verify your access level"}"#.to_owned(), "again".to_owned()),
        (500, "<html>oops</html>".to_owned(), "again, may be there".to_owned()),
        (200, "{\"sid\":".to_owned(), "accepted".to_owned()),
        (301, String::new(), "again".to_owned()),
        (404, "<html>no such page</html>".to_owned(), "again".to_owned()),
    ];
    for (status, body, expected) in table {
        let answer = Answer { status, retry_after: Some(Duration::from_secs(3)), body: body.as_bytes() };
        let meaning = match answered(&answer) {
            Outcome::Accepted { receipt: Some(receipt), .. } => accepted(&receipt),
            Outcome::Accepted { receipt: None, .. } => "accepted".to_owned(),
            Outcome::TryAgain { may_have_arrived, after, .. } => {
                assert_eq!(after, answer.retry_after);
                if may_have_arrived { "again, may be there" } else { "again" }.to_owned()
            }
            Outcome::Refused { .. } => "refused".to_owned(),
        };
        assert_eq!(meaning, expected, "{status} {body}");
    }
    let refused = Answer { status: 400, retry_after: None, body: twilio(21_610).as_bytes().to_vec().leak() };
    assert_eq!(answered(&refused), Outcome::Refused { answer: "twilio error 21610: no".to_owned() });
}

#[test]
fn each_try_takes_the_next_line_that_takes_the_number() {
    let lines = vec![
        line("twilio", "AC1", &[]),
        line("plivo", "MA1", &["+1", "+3933"]),
        line("twilio", "AC2", &["+39", "+44"]),
    ];
    let telephony = Telephony::new(lines);
    let page = page("down");
    let accounts = |number: &str| {
        (1..=4)
            .map(|attempt| {
                let url = text(number, &letter(&page, &telephony, attempt)).unwrap().url;
                ["AC1", "AC2", "MA1"].into_iter().find(|account| url.contains(account)).unwrap()
            })
            .collect::<Vec<_>>()
    };
    assert_eq!(accounts(ANA), ["MA1", "AC2", "AC1", "MA1"]);
    assert_eq!(accounts("+447700900123"), ["AC2", "AC1", "AC2", "AC1"]);
    assert_eq!(accounts("+8190000000"), ["AC1", "AC1", "AC1", "AC1"]);
}

#[test]
fn what_no_line_can_do_is_refused_with_what_to_add() {
    let page = page("down");
    let refused = |telephony: &Telephony, public_url: &'static str| {
        let letter = Letter { public_url, ..letter(&page, telephony, 1) };
        (text(ANA, &letter).map(drop), ring(ANA, &letter).map(drop))
    };
    let none = Telephony::default();
    let (texted, rung) = refused(&none, HERE);
    assert!(texted.unwrap_err().0.contains("add [[telephony]]") && rung.is_err());
    let american = Telephony::new(vec![line("twilio", "AC1", &["+1"])]);
    assert!(refused(&american, HERE).0.unwrap_err().0.contains("prefixes"));
    let plivo = Telephony::new(vec![line("plivo", "MA1", &[])]);
    let (texted, rung) = refused(&plivo, "http://127.0.0.1:8080");
    assert_eq!(texted, Ok(()));
    assert!(rung.unwrap_err().0.contains("public_url"));
    let group = Line { from: None, messaging_service: Some("MG1".to_owned()), ..line("twilio", "AC1", &[]) };
    let (texted, rung) = refused(&Telephony::new(vec![group]), HERE);
    assert_eq!(texted, Ok(()));
    assert!(rung.unwrap_err().0.contains("`from`"));
}

fn callback<'a>(url: &str, headers: &'a [(String, String)], body: &str, is_call: bool) -> Callback<'a> {
    Callback { url: url.to_owned(), headers, form: Form::read(body.as_bytes()), is_call }
}

/// The values are those of Twilio's documentation.
#[test]
fn twilios_signature_is_over_the_address_and_the_sorted_fields() {
    let line = Line { token: Secret::new("12345"), ..line("twilio", "AC1", &[]) };
    let body =
        "CallSid=CA1234567890ABCDE&Digits=1234&From=%2B14158675309&To=%2B18005551212&Caller=%2B14158675309";
    let check = |url: &str, signature: &str, body: &str| {
        let headers = [pair("x-twilio-signature", signature)];
        twilio::Twilio.is_authentic(&line, &callback(url, &headers, body, true))
    };
    let (url, signature) = ("https://mycompany.com/myapp.php?foo=1&bar=2", "RSOYDt4T1cUTdK1PDd93/VVr8B8=");
    assert!(check(url, signature, body));
    assert!(check("https://mycompany.com:1234/myapp.php?foo=1&bar=2", signature, body));
    assert!(check(url, "kvajT1Ptam85bY51eRf/AJRuM3w=", body), "signed with the port");
    for (url, signature, body) in [
        ("https://mycompany.com/myapp.php?foo=1&bar=3", signature, body),
        ("http://mycompany.com/myapp.php?foo=1&bar=2", signature, body),
        (url, "RSOYDt4T1cUTdK1PDd93/VVr8B9=", body),
        (url, "", body),
        (url, "not base64", body),
        (url, signature, &body.replace("1234&", "1235&")),
        (url, signature, ""),
    ] {
        assert!(!check(url, signature, body), "{url} {signature} {body}");
    }
    assert!(!twilio::Twilio.is_authentic(&line, &callback(url, &[], body, true)));
}

#[test]
fn plivos_signature_is_over_the_address_the_fields_and_a_nonce() {
    let line = line("plivo", "MA1", &[]);
    let url = "https://midwatch.test/callbacks/plivo/voice/t0k";
    let body = "From=393331234567&Digits=4&CallUUID=c-1";
    let signature = "xGD7G/qMGRph5gPPB+wlvyvaBttS+OoY6/Wq+NFPbMs=";
    let check = |signature: &str, nonce: &str, body: &str| {
        let headers = [pair("x-plivo-signature-v3", signature), pair("x-plivo-signature-v3-nonce", nonce)];
        plivo::Plivo.is_authentic(&line, &callback(url, &headers, body, true))
    };
    assert!(check(signature, "12345", body));
    assert!(check(&format!("AAAA,{signature}"), "12345", body), "one of several tokens");
    assert!(!check(signature, "12346", body) && !check(signature, "12345", &body.replace('4', "6")));
    assert!(!check("", "12345", body) && !check(signature, "", body));

    // Texts carry the older one, whose values are those of Plivo's own tests.
    let older = |token: &str, is_call| {
        let headers = [
            pair("x-plivo-signature-v2", "ehV3IKhLysWBxC1sy8INm0qGoQYdYsHwuoKjsX7FsXc="),
            pair("x-plivo-signature-v2-nonce", "12345"),
        ];
        let line = Line { token: Secret::new(token), ..line.clone() };
        plivo::Plivo.is_authentic(&line, &callback("https://answer.url", &headers, "Text=4", is_call))
    };
    assert!(older("my_auth_token", false));
    assert!(!older("my_auth_tokens", false) && !older("my_auth_token", true));
}

#[test]
fn each_account_at_a_carrier_may_sign_and_no_other() {
    let twilio = |token: &str| Line { token: Secret::new(token), ..line("twilio", "AC1", &[]) };
    let headers = [pair("x-twilio-signature", "RSOYDt4T1cUTdK1PDd93/VVr8B8=")];
    let body =
        "CallSid=CA1234567890ABCDE&Digits=1234&From=%2B14158675309&To=%2B18005551212&Caller=%2B14158675309";
    let callback = callback("https://mycompany.com/myapp.php?foo=1&bar=2", &headers, body, true);
    let is_authentic = |lines| Telephony::new(lines).is_authentic(&twilio::Twilio, &callback);
    assert!(is_authentic(vec![twilio("other"), twilio("12345"), twilio("third")]));
    assert!(!is_authentic(vec![twilio("other")]) && !is_authentic(Vec::new()));
    let plivo = Line { token: Secret::new("12345"), ..line("plivo", "MA1", &[]) };
    assert!(!is_authentic(vec![plivo]), "a token of one carrier is none of another");
}

#[test]
fn reports_say_what_became_of_a_message() {
    let check = |carrier: &str, body: &str, expected: Option<(&str, Option<&str>)>| {
        let report = super::carrier(carrier).unwrap().report(&Form::read(body.as_bytes()));
        let expected = expected.map(|(receipt, trouble)| Report {
            receipt: receipt.to_owned(),
            trouble: trouble.map(str::to_owned),
        });
        assert_eq!(report, expected, "{carrier} {body}");
    };
    check("twilio", "MessageSid=SM1&MessageStatus=delivered", Some(("SM1", None)));
    check("twilio", "MessageSid=SM1&MessageStatus=sent", None);
    check(
        "twilio",
        "MessageSid=SM1&MessageStatus=undelivered&ErrorCode=30003",
        Some(("SM1", Some("twilio: undelivered (error 30003)"))),
    );
    check("twilio", "CallSid=CA1&CallStatus=no-answer", Some(("CA1", Some("twilio: no-answer"))));
    check("twilio", "CallSid=CA1&CallStatus=completed", None);
    check("twilio", "MessageStatus=delivered", None);
    check("plivo", "MessageUUID=u1&Status=delivered&ErrorCode=", Some(("u1", None)));
    check("plivo", "MessageUUID=u1&Status=queued", None);
    check(
        "plivo",
        "MessageUUID=u1&Status=failed&ErrorCode=300",
        Some(("u1", Some("plivo: failed (error 300)"))),
    );
    check("plivo", "RequestUUID=r1&CallUUID=c1&CallStatus=busy", Some(("r1", Some("plivo: busy"))));
    check("plivo", "", None);
}

#[test]
fn replies_and_keys_are_read_and_answered_in_the_carriers_form() {
    let twilio_form = Form::read(b"From=%2B393331234567&To=%2B15005550006&Body=+4+&MessageSid=SM9");
    let text = twilio::Twilio.text(&twilio_form).unwrap();
    assert_eq!((text.from.as_str(), text.body.as_str()), (ANA, " 4 "));
    assert_eq!(twilio::Twilio.reply(&text, "A & B"), "<Response><Message>A &amp; B</Message></Response>");
    let plivo_form = Form::read(b"From=393331234567&To=15005550006&Text=ack&MessageUUID=u");
    let text = plivo::Plivo.text(&plivo_form).unwrap();
    assert_eq!((text.from.as_str(), text.body.as_str()), (ANA, "ack"));
    assert_eq!(
        plivo::Plivo.reply(&text, "ok"),
        "<Response><Message src=\"+15005550006\" dst=\"+393331234567\">ok</Message></Response>"
    );
    for carrier in CARRIERS {
        assert_eq!(carrier.key(&Form::read(b"Digits=4")), Some('4'));
        assert_eq!(carrier.key(&Form::read(b"Digits=")), None);
        assert_eq!(carrier.text(&Form::read(b"Body=4")), None);
    }
}

#[test]
fn a_text_fits_one_message_and_names_the_incident() {
    let check = |summary: &str, expected: &str| {
        let said = gsm::text(&page(summary), true);
        assert!(said.starts_with(expected), "{said}");
        let is_gsm = !summary.contains('障');
        let (coding, most) = if is_gsm { (Coding::Gsm, 160) } else { (Coding::Ucs2, 134) };
        assert!(coding.length(&said) <= most, "{} {said}", coding.length(&said));
        assert!(said.contains("Reply 4 to acknowledge"), "{said}");
    };
    check("Checkout is down", "#12 CRITICAL: Checkout is down. Reply");
    check("“Łódź” – naïve café…", "#12 CRITICAL: \"Lodz\" - naive café.... Reply");
    check("🔥 Checkout 👩\u{200D}🔧", "#12 CRITICAL: Checkout. Reply");
    check("決済の障害", "#12 CRITICAL: 決済の障害. Reply");
    check(&"障".repeat(200), "#12 CRITICAL: 障障障");
    check(&"{}".repeat(100), "#12 CRITICAL: {}{}");
    check(&"long ".repeat(60), "#12 CRITICAL: long long");

    let mut folded = page(&"x".repeat(200));
    folded.also = vec![facts(13, "API"), facts(14, "Mail")];
    folded.possible_duplicate = true;
    let said = gsm::text(&folded, true);
    assert!(
        said.starts_with("Repeat? #12 CRITICAL: xxx") && said.contains("... and 2 more. Reply 4"),
        "{said}"
    );

    let (mut over, at) = (page("Checkout is down"), Timestamp::UNIX_EPOCH);
    (over.notice, over.ack_url) = (Notice::Resolved { at }, None);
    assert_eq!(gsm::text(&over, true), "#12 is over: Checkout is down");
    let snoozed = Some(Snooze { until: at, clock: "07:40".to_owned() });
    over.notice = Notice::Acknowledged { by: "Ada".to_owned(), at, snoozed };
    assert_eq!(gsm::text(&over, true), "#12 snoozed until 07:40 by Ada: Checkout is down");
    assert!(script(&over, None).words.contains("Ada has snoozed incident twelve until "));
    over.notice = Notice::Reassigned { to: "Bo".to_owned(), at };
    assert_eq!(gsm::text(&over, true), "#12 belongs to Bo now: Checkout is down");
    assert!(script(&over, None).words.contains("Incident twelve belongs to Bo now."));
    (over.notice, over.incident.summary) = (Notice::Notice, "Midwatch test: the code is 123456".to_owned());
    assert_eq!(gsm::text(&over, true), "Midwatch test: the code is 123456");
}

#[test]
fn numbers_are_international_or_refused_with_what_would_be_right() {
    let read = |number: &str| {
        let text = format!("[[channel]]\nslug = \"ops\"\nkind = \"sms\"\nnumber = \"{number}\"");
        let read = crate::setup::from_toml(&text, &crate::setup::tests::Given::default());
        read.map(|objects| objects.setup.channels[0].destination.clone())
    };
    for number in ["+393331234567", "+39 333 123-4567", "+39 (333) 123.4567"] {
        let expected = domain::destination::Destination::Sms { number: ANA.to_owned() };
        assert_eq!(read(number), Ok(expected), "{number}");
    }
    for (number, hint) in [
        ("0039 333 1234567", "write \"+393331234567\""),
        ("3331234567", "write a plus, the country's code"),
        ("+0123456789", "write a plus"),
        ("+39333", "write a plus"),
        ("+39333123456789012", "write a plus"),
        ("+39333x1234567", "write a plus"),
        ("ana", "write a plus"),
    ] {
        let problems = read(number).unwrap_err();
        assert!(problems[0].message.ends_with("is no phone number in international form"), "{problems:?}");
        assert!(problems[0].hint.as_deref().unwrap().starts_with(hint), "{number}: {problems:?}");
    }
}

proptest! {
    #[test]
    fn no_summary_makes_a_text_or_a_call_too_long(summary in "\\PC{0,300}", number in 0..i64::MAX, others in 0usize..3) {
        let mut page = page(&summary);
        page.incident.number = number;
        page.also = vec![facts(1, "x"); others];
        let said = gsm::text(&page, true);
        let (coding, _) = gsm::coded(&said);
        let most = if coding == Coding::Gsm { 160 } else { 134 };
        prop_assert!(coding.length(&said) <= most, "{}", said);
        let named = format!("#{number} ");
        prop_assert!(said.contains(&named), "{}", said);
        let twiml = twilio::Twilio.speak(&script(&page, Some(format!("{HERE}/callbacks/twilio/voice/{}", "t".repeat(43)))));
        prop_assert!(twiml.chars().count() <= 4_000, "{}", twiml.len());
    }
}
