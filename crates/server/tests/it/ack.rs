//! The acknowledge link: what acts by it and what does not, and what its page tells.

use axum::http::{Method, StatusCode};
use domain::{
    IncidentId, NoticeKind, NotificationId, NotificationState, OrgId, UserId, escalation::Responder,
    incident::Incident, setup::Organization,
};
use engine::links::SigningKey;
use store::{
    Lane, Scope, incidents,
    notifications::{self, Notification},
    organizations,
};
use testkit::{TestApp, app::minutes};
use uuid::Uuid;

use crate::{outage::team, reader::Reader};

/// An outage that Ana, who is in Berlin, has been paged for, and her link.
struct Paged {
    app: TestApp,
    reader: Reader,
    link: String,
}

impl Paged {
    fn new() -> Self {
        let config = team("").replacen("name = \"Ana\"", "name = \"Ana\"\ntime_zone = \"Europe/Berlin\"", 1);
        let mut app = TestApp::start(&config, &["commerce"]);
        app.provider_page("commerce", |page, now| {
            page.set("Checkout", "major_outage", now);
            page.post("i1", "Checkouts <b>fail</b> & stall", "major", &["Checkout"], now);
        });
        app.advance(minutes(2));
        let page = app.expect("Ana", "page");
        let link = path(&page);
        Self { reader: Reader::of(&app), app, link }
    }

    fn post(&self, headers: &[(&str, &str)], body: &str) -> (u16, String) {
        let answer = self.reader.ask(Method::POST, &self.link, headers, body);
        (answer.status, answer.body)
    }

    fn shown(&self) -> String {
        self.reader.get(&self.link).body
    }

    /// What would be different had anything been done.
    fn ledger(&self) -> (Incident, Vec<String>) {
        (self.app.incident(1), self.app.journal(1))
    }
}

/// The path of the first acknowledge link in a text.
fn path(text: &str) -> String {
    let from = text.find("/ack/").unwrap_or_else(|| panic!("no link in {text}"));
    text[from..].split(['"', '?']).next().unwrap().to_owned()
}

#[test]
fn only_the_word_acts_and_only_when_it_is_posted() {
    let paged = Paged::new();
    let before = paged.ledger();
    for method in [Method::GET, Method::HEAD, Method::OPTIONS, Method::PUT, Method::PATCH, Method::DELETE] {
        let path = format!("{}?act=acknowledge", paged.link);
        paged.reader.ask(method.clone(), &path, &[], "act=acknowledge");
        assert_eq!(paged.ledger(), before, "{method}");
    }
    for body in ["", "{}", "act=", "act=launch", "generation=1", "acknowledge", "\u{fffd}", "email=a&pass=b"]
    {
        for kind in ["application/x-www-form-urlencoded", "application/json", "multipart/form-data"] {
            let (status, shown) = paged.post(&[("content-type", kind)], body);
            assert_eq!(status, 400, "{kind} {body:?}");
            assert!(
                shown.contains("so nothing was done") && shown.contains("Acknowledge</button>"),
                "{shown}"
            );
            assert_eq!(paged.ledger(), before, "{kind} {body:?}");
        }
    }
    let long = format!("act=acknowledge&{}", "x".repeat(10_000));
    assert_eq!(paged.post(&[], &long).0, 413);
    assert_eq!(paged.ledger(), before);
    assert_eq!(paged.post(&[], r#"{"act":"acknowledge","generation":1}"#).0, 303);
    assert_eq!(paged.app.incident(1).response.word(), "acknowledged");
}

#[test]
fn what_another_site_sends_acts_nothing_and_is_shown_the_button() {
    let paged = Paged::new();
    let before = paged.ledger();
    for site in ["cross-site", "same-site"] {
        let (status, shown) = paged.post(&[("sec-fetch-site", site)], "act=acknowledge&generation=1");
        assert_eq!(status, 403, "{site}");
        assert!(shown.contains("Another site has sent this") && shown.contains("Acknowledge</button>"));
        assert_eq!(paged.ledger(), before, "{site}");
    }
    let own = [("sec-fetch-site", "same-origin")];
    assert_eq!(paged.post(&own, "act=acknowledge&generation=1").0, 303);
    assert_eq!(paged.app.incident(1).response.word(), "acknowledged");
}

#[test]
fn a_link_that_is_not_ours_to_the_last_byte_leads_nowhere() {
    let paged = Paged::new();
    let before = paged.ledger();
    let (token, key) = (paged.link.strip_prefix("/ack/").unwrap(), paged.app.shell().key.clone());
    let own = key.read_ack_token(token).unwrap();
    let mut forged: Vec<String> = (0..token.len())
        .map(|place| {
            let mut bytes = token.as_bytes().to_vec();
            bytes[place] = if bytes[place] == b'A' { b'B' } else { b'A' };
            String::from_utf8(bytes).unwrap()
        })
        .collect();
    forged.extend([
        token[1..].to_owned(),
        token[..token.len() - 1].to_owned(),
        format!("{token}A"),
        "A".repeat(43),
        SigningKey::new([9; 32]).ack_token(own),
        key.ack_token(NotificationId(Uuid::from_u128(1))),
        key.push_token(paged.app.org(), paged.app.user("Ana")),
    ]);
    for token in forged {
        let path = format!("/ack/{token}");
        let shown = paged.reader.get(&path);
        assert_eq!(shown.status, 404, "{token}");
        assert!(shown.body.contains("This link leads nowhere"), "{}", shown.body);
        assert_eq!(paged.reader.send(&path, "act=acknowledge").status, 404, "{token}");
        assert_eq!(paged.reader.get(&format!("{path}/events?seen=1")).status, 404, "{token}");
        assert_eq!(paged.ledger(), before, "{token}");
    }
}

#[test]
fn a_link_of_another_organisation_reaches_no_incident_of_this_one() {
    let paged = Paged::new();
    let before = paged.ledger();
    let other = OrgId::named(Uuid::nil(), "other");
    let (ours, now, id) = (paged.app.incident(1), paged.app.now(), NotificationId(Uuid::from_u128(7)));
    let organization = Organization { id: other, slug: "other".to_owned(), name: "Other".to_owned() };
    let theirs = Incident { id: IncidentId::named(other.0, "1"), ..ours };
    let message = Notification {
        id,
        incident: theirs.id,
        generation: 1,
        kind: NoticeKind::Page,
        round: 1,
        step: 1,
        // Her id, in an organisation that she is no member of.
        responder: Responder::User(UserId(paged.app.user("Ana").0)),
        contact: "hook".to_owned(),
        reason: "named in step 1".to_owned(),
        due_at: now,
        state: NotificationState::Sent,
        tries: 1,
        next_try_at: None,
        settled_at: Some(now),
        answer: None,
    };
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    let written = paged.app.shell().write(Lane::Bulk, move |tx, now| {
        organizations::insert_if_absent(tx, &organization, now)?;
        let mut scope = Scope::new(tx, other);
        incidents::insert(&mut scope, &theirs)?;
        Ok(notifications::insert_if_absent(&mut scope, &message)?)
    });
    assert!(runtime.block_on(written).unwrap());
    let link = format!("/ack/{}", paged.app.shell().key.ack_token(id));
    for act in ["acknowledge", "snooze", "escalate", "resolve", "publish", "unacknowledge"] {
        assert!(paged.reader.send(&link, &format!("act={act}")).status >= 400, "{act}");
        assert_eq!(paged.ledger(), before, "{act}");
    }
    assert!(!paged.reader.get(&link).body.contains("Our checkout"));
}

#[test]
fn a_link_that_outlived_its_incident_says_so_and_changes_nothing() {
    let mut paged = Paged::new();
    paged.app.provider_page("commerce", |page, now| page.recover(now));
    paged.app.advance(minutes(15));
    paged.app.expect("Ana", "resolved");
    assert!(paged.app.incident(1).is_resolved());
    let before = paged.ledger();
    for act in ["acknowledge", "snooze", "escalate", "unacknowledge"] {
        let (status, shown) = paged.post(&[], &format!("act={act}"));
        assert_eq!(status, 409, "{act}: {shown}");
        assert!(shown.contains("Nothing was done:") && shown.contains("Resolved</p>"), "{shown}");
        assert_eq!(paged.ledger(), before, "{act}");
    }
    let shown = paged.shown();
    assert!(!shown.contains("<form") && shown.contains("There is nothing left to do here"), "{shown}");
}

/// Two tap at once: the second is told who was first, and who taps twice has it.
#[test]
fn the_second_to_tap_is_shown_who_was_first() {
    let mut paged = Paged::new();
    paged.app.advance(minutes(5));
    let (first, second) = (paged.link.clone(), path(&paged.app.expect("Bo", "page")));
    for _ in 0..2 {
        assert_eq!(paged.reader.send(&first, "act=acknowledge").status, 303);
    }
    paged.app.advance(minutes(0));
    paged.app.expect("Bo", "acknowledged");
    let before = paged.ledger();
    let late = paged.reader.send(&second, "act=acknowledge");
    assert_eq!(late.status, 409, "{}", late.body);
    assert!(late.body.contains("Nothing was done: Ana was first."), "{}", late.body);
    assert!(late.body.contains("Ana has it"), "{}", late.body);
    assert_eq!(paged.ledger(), before);
}

#[test]
fn the_page_says_what_is_behind_it_in_the_providers_words_and_the_readers_time() {
    let paged = Paged::new();
    let shown = paged.shown();
    for part in [
        "<a href=\"/directory/shops/commerce\">Commerce</a>",
        "<b>Checkout</b> <span class=\"state major\">",
        "Major outage",
        "Checkouts fail &#38; stall",
        "<blockquote>We are looking into it.</blockquote>",
        "<a href=\"/status/acme\">The status page of Acme</a>",
        "Our checkout <span",
        "Times are in Europe/Berlin",
        " CET</time>",
    ] {
        assert!(shown.contains(part), "{part}: {shown}");
    }
    // That a vendor took it is not that it arrived.
    assert!(
        shown.contains("Page to Ana <span class=\"ended unknown\">handed over, arrival not known<"),
        "{shown}"
    );
    assert!(!shown.contains("http-equiv=\"refresh\""), "what somebody is at is not thrown away");
    assert!(shown.contains(&format!("<a href=\"{}\">Refresh</a>", paged.link)), "{shown}");
}

#[test]
fn an_open_page_hears_of_everything_that_happens() {
    let mut paged = Paged::new();
    let address = |shown: &str| {
        let from = shown.find("data-events=\"").unwrap() + "data-events=\"".len();
        shown[from..].split('"').next().unwrap().to_owned()
    };
    let first = address(&paged.shown());
    assert_eq!(address(&paged.shown()), first, "nothing happened");
    paged.app.acknowledge("Bo", 1);
    paged.app.expect("Ana", "acknowledged");
    let second = address(&paged.shown());
    assert_ne!(second, first);
    {
        // Whatever happened before the stream was open is news too.
        let mut stream = paged.reader.listen(&first, None);
        assert!(stream.next().unwrap().contains("retry:"));
        assert_eq!(stream.next().unwrap(), "event: changed\ndata: {}");
    }
    paged.app.provider_page("commerce", |page, now| page.edit("i1", "A cable was cut.", now));
    paged.app.advance(minutes(2));
    let mut stream = paged.reader.listen(&second, None);
    assert!(stream.next().unwrap().contains("retry:"));
    assert_eq!(stream.next().unwrap(), "event: changed\ndata: {}", "the provider said something else");
    assert!(paged.shown().contains("A cable was cut."));
    paged.reader.stop.cancel();
    assert_eq!(stream.next(), None, "a server that stops ends it");
}

#[test]
fn a_program_that_says_the_word_acknowledges() {
    let paged = Paged::new();
    let sent = paged.reader.send(&paged.link, "act=acknowledge");
    assert_eq!((sent.status, sent.header("location")), (303, Some(paged.link.as_str())));
    let shown = paged.reader.get(&paged.link);
    assert_eq!(shown.status, StatusCode::OK.as_u16());
    assert!(shown.body.contains("You have it"), "{}", shown.body);
    assert_eq!(shown.header("cache-control"), Some("no-store"));
    assert_eq!(shown.header("referrer-policy"), Some("no-referrer"));
}

#[test]
fn whoever_leaves_the_team_holds_nothing_any_more_and_their_link_does_nothing() {
    let mut paged = Paged::new();
    assert_eq!(paged.post(&[], "act=acknowledge").0, 303);
    paged.app.expect_silence();
    let without_ana = team("").replace("ana@acme.test", "cy@acme.test").replace("\"Ana\"", "\"Cy\"");
    paged.app.configure(&without_ana);
    // Who is on call now is paged at once, for nobody else knows that nobody has it.
    paged.app.expect_at("https://phone.test/ana");
    let incident = paged.app.incident(1);
    assert_eq!((incident.response.word(), incident.generation), ("open", 2));
    assert!(paged.app.journal(1).contains(&"holder_gone".to_owned()), "{:?}", paged.app.journal(1));
    let (status, shown) = paged.post(&[], "act=acknowledge&generation=2");
    assert_eq!(status, 410, "{shown}");
    assert!(shown.contains("no longer in the team"), "{shown}");
    assert_eq!(paged.reader.get(&paged.link).status, 410);
    assert_eq!(paged.app.incident(1).response.word(), "open");
    paged.app.acknowledge("Cy", 1);
}
