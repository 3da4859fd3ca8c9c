//! A page on its way, as tests of vendors send it.

use std::sync::LazyLock;

use domain::{AttemptId, Severity, Status};
use jiff::{Timestamp, tz::TimeZone};
use serde_json::Value;
use uuid::Uuid;

use super::super::*;
use crate::messages::{CauseFacts, IncidentFacts, Notice, PageMessage, Recipient};

static PUSH_KEY: LazyLock<PushKey> = LazyLock::new(|| PushKey::new([7; 32]));
static UTC: TimeZone = TimeZone::UTC;

pub(in super::super) fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

/// A page about something critical, with text that must be encoded wherever it goes.
pub(in super::super) fn page() -> PageMessage {
    PageMessage {
        id: "0197-n1".to_owned(),
        organization: "acme".to_owned(),
        organization_name: "Acme".to_owned(),
        notice: Notice::Page,
        incident: IncidentFacts {
            id: "0197-i1".to_owned(),
            number: 12,
            response: "open",
            severity: Severity::Critical,
            summary: "Checkout \"major\" <outage>".to_owned(),
            services: vec!["checkout".to_owned(), "orders".to_owned()],
            affected: ["Checkout", "Orders"].map(|name| (name.to_owned(), Status::MajorOutage)).into(),
            cause: Some(CauseFacts {
                provider: "commerce".to_owned(),
                provider_name: "Commerce".to_owned(),
                others: Vec::new(),
                upstream: None,
                component: Some("Checkout".to_owned()),
                status: Status::MajorOutage,
                said: Some("We *look* into it.\nMore soon.".to_owned()),
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
        ack_url: Some("https://midwatch.test/ack/t0k".to_owned()),
        status_page: Some("https://midwatch.test/status/acme".to_owned()),
        delayed: false,
        possible_duplicate: false,
    }
}

static TELEPHONY: LazyLock<Telephony> = LazyLock::new(Telephony::default);

pub(in super::super) fn acknowledged() -> PageMessage {
    let notice = Notice::Acknowledged { by: "Bo".to_owned(), at: at("2026-05-23T22:55:00Z"), snoozed: None };
    let mut message = PageMessage { notice, ack_url: None, ..page() };
    message.id = "0197-n2".to_owned();
    message
}

pub(in super::super) fn resolved() -> PageMessage {
    let notice = Notice::Resolved { at: at("2026-05-24T00:03:20Z") };
    let mut message = PageMessage { notice, ack_url: None, ..page() };
    message.id = "0197-n3".to_owned();
    message
}

pub(in super::super) fn letter<'a>(page: &'a PageMessage, thread: Option<&'a str>) -> Letter<'a> {
    Letter {
        page,
        attempt: AttemptId(Uuid::from_u128(7)),
        number: 1,
        zone: &UTC,
        thread,
        standing: thread.map(|_| page),
        ended: &[],
        secret: "whsec_MDEyMzQ1Njc4OWFiY2RlZmdoaWprbG1u",
        push_key: &PUSH_KEY,
        telephony: &TELEPHONY,
        ack_token: "t0k",
        public_url: "https://midwatch.test",
        mail_from: None,
        now: at("2026-05-23T22:51:00Z"),
    }
}

/// Reads a destination as a channel has it.
pub(in super::super) fn destination(keys: &str) -> Destination {
    let text = format!("[[channel]]\nslug = \"ops\"\n{keys}");
    let objects = setup::from_toml(&text, &setup::tests::Given::default());
    objects.unwrap_or_else(|problems| panic!("{problems:#?}\n{keys}")).setup.channels.remove(0).destination
}

/// Returns what is wrong with a destination, and the hint.
pub(in super::super) fn refused(keys: &str) -> String {
    let text = format!("[[channel]]\nslug = \"ops\"\n{keys}");
    let problems = setup::from_toml(&text, &setup::tests::Given::default()).unwrap_err();
    let [problem] = problems.as_slice() else { panic!("one problem is one problem: {problems:?}") };
    format!("{} ({})", problem.message, problem.hint.as_deref().unwrap_or_default())
}

/// Returns the calls that hand a letter over.
pub(in super::super) fn calls(destination: &Destination, letter: &Letter<'_>) -> (Call, Vec<Call>) {
    match hand_over(destination, letter).unwrap() {
        Handover::Calls { first, then } => (first, then),
        Handover::Mail { .. } => panic!("no mail is wanted here"),
    }
}

impl Call {
    pub(in super::super) fn body_json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap()
    }

    pub(in super::super) fn sent_header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(known, _)| *known == name).map(|(_, value)| value.as_str())
    }
}

/// Returns what this answer means to the destination.
pub(in super::super) fn meaning(destination: &Destination, status: u16, body: &str) -> Outcome {
    answered(destination, &Answer { status, retry_after: None, body: body.as_bytes() })
}
