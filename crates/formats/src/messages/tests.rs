//! Messages as their readers get them.

use domain::{Severity, Status};
use jiff::Timestamp;
use jiff::tz::TimeZone;

use super::*;

fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

fn page() -> PageMessage {
    PageMessage {
        id: "n1".to_owned(),
        organization: "acme".to_owned(),
        organization_name: "Acme".to_owned(),
        notice: Notice::Page,
        incident: IncidentFacts {
            id: "i1".to_owned(),
            number: 12,
            response: "open",
            severity: Severity::Critical,
            summary: "Checkout major outage".to_owned(),
            services: vec!["checkout".to_owned()],
            affected: vec![("Checkout".to_owned(), Status::MajorOutage)],
            cause: Some(CauseFacts {
                provider: "commerce-layer".to_owned(),
                provider_name: "Commerce Layer".to_owned(),
                others: Vec::new(),
                upstream: None,
                component: Some("Checkout".to_owned()),
                status: Status::MajorOutage,
                said: Some("**We** look at \\`session\\_id\\` & carts <script>alert(1)</script>".to_owned()),
            }),
            since: at("2026-05-23T22:50:00Z"),
        },
        also: Vec::new(),
        to: Recipient {
            user: "ana@acme.example".to_owned(),
            name: "Ana".to_owned(),
            step: 1,
            round: 1,
            reason: "schedule primary, layer 1".to_owned(),
        },
        ack_url: Some("http://127.0.0.1:8080/ack/t0k?a=1&b=2".to_owned()),
        status_page: Some("http://127.0.0.1:8080/status/acme".to_owned()),
        delayed: false,
        possible_duplicate: false,
    }
}

fn resolved() -> PageMessage {
    let mut message = page();
    message.notice = Notice::Resolved { at: at("2026-05-24T00:03:20Z") };
    message.incident.response = "resolved";
    message.ack_url = None;
    message
}

#[test]
fn a_webhook_page_is_the_contracts() {
    assert_eq!(
        webhook(&page()),
        concat!(
            r#"{"type":"page","id":"n1","organization":"acme","incident":{"id":"i1","number":12,"response":"open","#,
            r#""severity":"critical","summary":"Checkout major outage","services":["checkout"],"#,
            r#""cause":{"provider":"commerce-layer","component":"Checkout","status":"major_outage"},"#,
            r#""since":"2026-05-23T22:50:00Z"},"to":{"user":"ana@acme.example","step":1,"round":1,"#,
            r#""reason":"schedule primary, layer 1"},"ack_url":"http://127.0.0.1:8080/ack/t0k?a=1&b=2","#,
            r#""status_page":"http://127.0.0.1:8080/status/acme"}"#
        )
    );
}

#[test]
fn webhook_follow_ups_say_who_when_and_how_long() {
    let check = |message: &PageMessage, starts: &str, ends: &str| {
        let body = webhook(message);
        assert!(body.starts_with(starts) && body.ends_with(ends), "{body}");
    };
    check(
        &resolved(),
        r#"{"type":"resolved","#,
        r#""ack_url":null,"status_page":"http://127.0.0.1:8080/status/acme","resolved_at":"2026-05-24T00:03:20Z","duration":"1h13m20s"}"#,
    );
    let mut message = page();
    message.notice = Notice::Acknowledged {
        by: "bo@acme.example".to_owned(),
        at: at("2026-05-23T22:52:00Z"),
        snoozed: None,
    };
    message.incident.cause = None;
    check(&message, r#"{"type":"acknowledged","#, r#""by":"bo@acme.example","at":"2026-05-23T22:52:00Z"}"#);
    assert!(webhook(&message).contains(r#""cause":null"#));
    message.notice = Notice::Unanswered;
    message.delayed = true;
    message.possible_duplicate = true;
    check(&message, r#"{"type":"unanswered","#, r#"/status/acme","delayed":true,"possible_duplicate":true}"#);
}

#[test]
fn a_snooze_and_a_new_holder_are_told_as_what_they_are() {
    let rome = TimeZone::get("Europe/Rome").unwrap();
    let mut message = page();
    let snoozed = Some(Snooze { until: at("2026-05-24T05:40:00Z"), clock: "07:40".to_owned() });
    message.notice = Notice::Acknowledged { by: "Ada".to_owned(), at: at("2026-05-23T22:52:00Z"), snoozed };
    let told = mail(&message, &rome);
    assert_eq!(told.subject, "[Midwatch] Snoozed until 07:40 by Ada: Checkout major outage (#12)");
    let facts = "Snoozed by: Ada\nSnoozed until: Sun 24 May 2026, 07:40:00 CEST (2026-05-24 05:40:00 UTC)";
    assert!(told.text.contains(facts) && !told.text.contains("Acknowledged"), "{}", told.text);
    let json = webhook(&message);
    assert!(json.starts_with(r#"{"type":"acknowledged","#), "{json}");
    let end = r#""by":"Ada","at":"2026-05-23T22:52:00Z","snoozed_until":"2026-05-24T05:40:00Z"}"#;
    assert!(json.ends_with(end), "{json}");
    let filled =
        |message: &PageMessage| template::fill("{type} {by} {assigned_to} {snoozed_until}", message, &rome).0;
    assert_eq!(filled(&message), "acknowledged Ada  2026-05-24T05:40:00Z");

    message.notice = Notice::Reassigned { to: "Bo".to_owned(), at: at("2026-05-23T22:52:00Z") };
    message.ack_url = None;
    let told = mail(&message, &rome);
    assert_eq!(told.subject, "[Midwatch] Belongs to Bo now: Checkout major outage (#12)");
    assert!(told.text.contains("Belongs to: Bo\nHanded over: Sun 24 May 2026, 00:52:00"), "{}", told.text);
    let json = webhook(&message);
    assert!(json.starts_with(r#"{"type":"reassigned","#), "{json}");
    assert!(json.ends_with(r#""assigned_to":"Bo","at":"2026-05-23T22:52:00Z"}"#), "{json}");
    assert_eq!(filled(&message), "reassigned  Bo ");
    assert!(!message.is_call() && !message.is_urgent(), "it wakes nobody");
}

#[test]
fn spans_are_written_as_the_contract_writes_them() {
    let check = |seconds: i64, expect: &str| {
        let start = at("2026-01-01T00:00:00Z");
        let end = Timestamp::from_second(start.as_second() + seconds).unwrap();
        assert_eq!(span_between(start, end), expect);
    };
    check(0, "0s");
    check(-5, "0s");
    check(90, "1m30s");
    check(7_200, "2h");
    check(90_061, "1d1h1m1s");
}

#[test]
fn a_mail_says_what_where_since_when_and_why_you() {
    let mail = mail(&page(), &TimeZone::get("Europe/Rome").unwrap());
    assert_eq!(mail.subject, "[Midwatch] CRITICAL: Checkout major outage (#12)");
    assert_eq!(
        mail.text,
        "CRITICAL: Checkout major outage (#12)\n\nService: Checkout\nCause: Checkout at Commerce Layer: major outage\n\
         Since: Sun 24 May 2026, 00:50:00 CEST (2026-05-23 22:50:00 UTC)\n\nThe provider says:\n  \
         We look at `session_id` & carts alert(1)\n\nAcknowledge: http://127.0.0.1:8080/ack/t0k?a=1&b=2\n\
         Status page: http://127.0.0.1:8080/status/acme\n\nWhy Ana: schedule primary, layer 1 (round 1, step 1)\n\
         Midwatch for Acme\n"
    );
    assert!(mail.html.contains("<a href=\"http://127.0.0.1:8080/ack/t0k?a=1&amp;b=2\""), "{}", mail.html);
    assert!(mail.html.contains("We look at `session_id` &amp; carts alert(1)</blockquote>"), "{}", mail.html);
}

#[test]
fn foreign_text_can_neither_break_a_subject_nor_add_markup() {
    let mut message = page();
    message.incident.summary =
        format!("<b onload='x'>\"A&B\"\r\nBcc: all@example.org \u{202e}{}", "long ".repeat(100));
    message.to.reason = "</p><script>".to_owned();
    let mail = mail(&message, &TimeZone::UTC);
    assert!(!mail.subject.contains(['\r', '\n', '\u{202e}']), "{:?}", mail.subject);
    assert!(mail.subject.chars().count() <= 160 && mail.subject.ends_with("… (#12)"), "{:?}", mail.subject);
    assert!(mail.html.contains("&lt;b onload=&#39;x&#39;&gt;&quot;A&amp;B&quot; Bcc:"), "{}", mail.html);
    assert!(!mail.html.contains("<b ") && !mail.html.contains("<script"), "{}", mail.html);
}

#[test]
fn follow_up_mails_are_told_apart_by_their_subject() {
    let subject = |message: &PageMessage| mail(message, &TimeZone::UTC).subject;
    let mut message = page();
    message.notice =
        Notice::Acknowledged { by: "Bo".to_owned(), at: at("2026-05-23T22:52:00Z"), snoozed: None };
    assert_eq!(subject(&message), "[Midwatch] Acknowledged: Checkout major outage (#12)");
    assert!(
        mail(&message, &TimeZone::UTC)
            .text
            .contains("Acknowledged by: Bo\nAcknowledged: Sat 23 May 2026, 22:52")
    );
    message.notice = Notice::Unanswered;
    message.delayed = true;
    assert_eq!(subject(&message), "[Midwatch] UNANSWERED: Checkout major outage (#12)");
    let text = mail(&message, &TimeZone::UTC).text;
    assert!(text.contains("Nobody has answered") && text.contains("This message is late"), "{text}");
    assert_eq!(subject(&resolved()), "[Midwatch] Resolved: Checkout major outage (#12)");
    let text = mail(&resolved(), &TimeZone::UTC).text;
    assert!(text.contains("Lasted: 1h13m20s") && !text.contains("Acknowledge:"), "{text}");
    assert!(text.contains("Cause: Checkout at Commerce Layer: major outage at worst\n"), "{text}");
}

#[test]
fn what_follows_up_belongs_to_no_step() {
    let mut message = resolved();
    message.to = Recipient { step: 0, round: 0, reason: "was paged for this".to_owned(), ..message.to };
    let text = mail(&message, &TimeZone::UTC).text;
    assert!(text.contains("\nWhy Ana: was paged for this\n"), "{text}");
}

#[test]
fn services_stand_in_a_line_by_what_they_are_and_in_a_list_where_they_are_many() {
    let name = |number: usize| format!("Service {number}");
    let mut message = page();
    message.incident.affected = vec![
        (name(1), Status::PartialOutage),
        (name(2), Status::MajorOutage),
        (name(3), Status::MajorOutage),
        (name(4), Status::Operational),
    ];
    let text = mail(&message, &TimeZone::UTC).text;
    let line =
        "Services: Service 2, Service 3 (major outage), Service 1 (partial outage), Service 4 (recovered)\n";
    assert!(text.contains(line) && !text.contains("All "), "{text}");
    message.incident.affected = (0..500).map(|number| (name(number), Status::MajorOutage)).collect();
    let cause = message.incident.cause.as_mut().unwrap();
    cause.upstream = Some(("Cloud".to_owned(), Status::PartialOutage));
    cause.others = vec!["Tern CDN".to_owned(), "Lumen".to_owned()];
    let mail = mail(&message, &TimeZone::UTC);
    for line in [
        "Services: Service 0, Service 1, Service 2, Service 3, Service 4, Service 5 and 494 more\n",
        "Cause: Checkout at Commerce Layer: major outage; probably because of Cloud (partial outage); also at Tern CDN, Lumen\n",
        "\nAll 500 services:\n  Service 0: major outage\n",
        "\n  Service 499: major outage\n",
    ] {
        assert!(mail.text.contains(line), "{line}: {}", mail.text);
    }
    assert!(mail.html.contains("<li>Service 499: major outage</li>"));
    let brief = brief(&message, &TimeZone::get("Europe/Rome").unwrap(), 600);
    assert!(brief.body.contains("\nSince: Sun 24 May, 00:50 CEST\n"), "{}", brief.body);
}

#[test]
fn markdown_becomes_what_one_would_read_aloud() {
    let check = |input: &str, expect: &str| assert_eq!(plain_text(input, 200), expect, "{input:?}");
    check("# Summary\r\n\r\n\r\nIt **broke** at _noon_.", "Summary\n\nIt broke at noon.");
    check("## \\# Incident Report ##", "# Incident Report");
    check(
        "the `order\\_id` and order\\_id, snake_case, 2 * 3, 5*3",
        "the order\\_id and order_id, snake_case, 2 * 3, 5*3",
    );
    check("escaped \\`tick\\` and ``a ` b``", "escaped `tick` and a ` b");
    check(
        "see [the **post**](https://x.example/a) ![logo](y) [x] <https://z.example>",
        "see the post logo [x] https://z.example",
    );
    check("* one\n+ two\n- three\n> quoted\n---\n```\ncode\n```", "- one\n- two\n- three\nquoted\ncode");
    check("a<br/>b <strong>c</strong>, 1 < 2 &amp; 3 &lt; 4 & so", "a b c, 1 < 2 & 3 < 4 & so");
    check("~~gone~~ ~5 minutes #1 ####### seven", "gone ~5 minutes #1 ####### seven");
    check("un[closed `tick **bold", "un[closed tick bold");
    check("", "");
    assert_eq!(plain_text("**abc** def", 5), "abc…");
    assert_eq!(plain_text("日本語のテキスト", 4), "日本語…");
}

#[test]
fn the_specifications_signature_is_made_and_taken() {
    let secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
    let (id, body) = ("msg_p5jXN8AQM9LWM0D4loKWxJek", br#"{"test": 2432232314}"#);
    let then = Timestamp::from_second(1_614_265_330).unwrap();
    let signature = sign(secret, id, then, body).unwrap();
    assert_eq!(signature, "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=");
    let check = |secret: &str, id: &str, body: &[u8], signatures: &str, later: i64, expect| {
        let now = Timestamp::from_second(then.as_second() + later).unwrap();
        assert_eq!(verify(secret, id, then, body, signatures, now), expect, "{signatures} after {later}");
    };
    check(secret, id, body, &signature, 0, Ok(()));
    check(&secret[6..], id, body, &format!("v1a,xx v1,AAAA {signature}"), 300, Ok(()));
    check(secret, id, body, &signature, -300, Ok(()));
    check(secret, id, body, &signature, 301, Err(SignatureError::Time));
    check(secret, id, body, &signature, -301, Err(SignatureError::Time));
    check(secret, "other", body, &signature, 0, Err(SignatureError::Mismatch));
    check(secret, id, b"{}", &signature, 0, Err(SignatureError::Mismatch));
    check("whsec_AAAA", id, body, &signature, 0, Err(SignatureError::Mismatch));
    check(secret, id, body, "", 0, Err(SignatureError::Mismatch));
    check(secret, id, body, &"v1,AAAA ".repeat(100), 0, Err(SignatureError::Mismatch));
    check("whsec_", id, body, &signature, 0, Err(SignatureError::Secret));
    check("whsec_no base64!", id, body, &signature, 0, Err(SignatureError::Secret));
}
