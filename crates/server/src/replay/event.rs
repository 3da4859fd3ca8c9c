//! What a replay shows: an event a line, for people or as JSON.

use domain::{NoticeKind, NotificationState, change::Change};
use formats::change_json;
use jiff::Timestamp;
use serde_json::json;

/// Something that happened.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Event {
    /// When, by the clock of the replay.
    pub(crate) at: Timestamp,
    /// What.
    pub(crate) what: What,
}

/// What happened.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum What {
    /// Something is different at the provider.
    Change {
        /// The provider's slug.
        provider: String,
        /// The difference.
        change: Change,
    },
    /// A service of ours has another status.
    Service {
        /// Its slug.
        slug: String,
        /// The status before.
        from: &'static str,
        /// The status now.
        to: &'static str,
    },
    /// An incident of ours has a new line in its timeline.
    Incident {
        /// Its number.
        number: i64,
        /// Its title.
        title: String,
        /// The kind of the line.
        kind: String,
        /// The line.
        detail: String,
    },
    /// A message left, or was given up.
    Message(Message),
}

/// A message that left, or was given up.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Message {
    /// The number of the incident.
    pub(crate) incident: i64,
    /// What it says.
    pub(crate) kind: NoticeKind,
    /// The person or channel.
    pub(crate) to: String,
    /// The id of the contact.
    pub(crate) contact: String,
    /// The kind of the contact.
    pub(crate) channel: &'static str,
    /// The round, from 1.
    pub(crate) round: u32,
    /// The step, from 1.
    pub(crate) step: u32,
    /// Why they.
    pub(crate) reason: String,
    /// When it was due.
    pub(crate) due_at: Timestamp,
    /// Whether what leaves for the same contact at the same instant is one message with it.
    pub(crate) folds: bool,
    /// What became of it.
    pub(crate) state: NotificationState,
}

impl Event {
    /// Returns one line of JSON. Change events are those of the contract; every line has `event` and `at`.
    pub(crate) fn json(&self) -> String {
        let at = self.at.to_string();
        match &self.what {
            What::Change { provider, change } => change_json::to_line(provider, change),
            What::Service { slug, from, to } => {
                json!({ "event": "service_changed", "service": slug, "from": from, "to": to, "at": at })
                    .to_string()
            }
            What::Incident { number, title, kind, detail } => json!({
                "event": "incident", "incident": number, "kind": kind, "title": title, "detail": detail,
                "at": at,
            })
            .to_string(),
            What::Message(message) => json!({
                "event": message.word(), "incident": message.incident, "to": message.to,
                "contact": message.contact, "channel": message.channel, "round": message.round,
                "step": message.step, "reason": message.reason, "state": message.state.word(), "at": at,
            })
            .to_string(),
        }
    }

    /// Returns one line for people.
    pub(crate) fn text(&self) -> String {
        let at = self.at.strftime("%Y-%m-%d %H:%M:%S");
        let (head, rest) = match &self.what {
            What::Change { change, .. } => ("provider", said(change)),
            What::Service { slug, from, to } => ("service", format!("{slug}: {from} -> {to}")),
            What::Incident { number, title, kind, detail } => {
                let detail = if detail.is_empty() { title } else { detail };
                ("incident", format!("#{number} {kind}: {}", one_line(detail)))
            }
            What::Message(message) => (message.word(), message.text()),
        };
        format!("{at}  {head:<12}  {rest}")
    }
}

impl Message {
    /// Whether two that left at the same instant were one message.
    pub(crate) fn is_one_with(&self, other: &Self) -> bool {
        self.folds
            && other.folds
            && (&self.to, &self.contact, self.kind) == (&other.to, &other.contact, other.kind)
    }

    /// `page` is what wakes; the others are follow-ups.
    const fn word(&self) -> &'static str {
        self.kind.word()
    }

    fn text(&self) -> String {
        let Message { incident, to, contact, channel, round, step, reason, state, .. } = self;
        // What follows up on pages belongs to no step.
        let place = if *step == 0 { String::new() } else { format!("round {round} step {step}, ") };
        format!("#{incident} {to} by {contact} ({channel}), {place}{reason}: {state}")
    }
}

fn said(change: &Change) -> String {
    let values = match (&change.from, &change.to) {
        (Some(from), Some(to)) if from != to => format!(": {from} -> {to}"),
        (_, Some(now)) | (Some(now), None) => format!(": {now}"),
        (None, None) => String::new(),
    };
    format!("{} {}{values}", change.kind, one_line(&change.name))
}

fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn page() -> Event {
        let message = Message {
            incident: 1,
            kind: NoticeKind::Page,
            to: "ana@acme.example".to_owned(),
            contact: "hook".to_owned(),
            channel: "webhook",
            round: 1,
            step: 1,
            reason: "schedule primary, layer 1".to_owned(),
            due_at: "2023-05-09T08:21:03Z".parse().unwrap(),
            folds: true,
            state: NotificationState::Sent,
        };
        Event { at: "2023-05-09T08:21:03Z".parse().unwrap(), what: What::Message(message) }
    }

    #[test]
    fn a_page_names_person_channel_and_minute() {
        assert_eq!(
            page().text(),
            "2023-05-09 08:21:03  page          #1 ana@acme.example by hook (webhook), round 1 step 1, schedule primary, layer 1: sent"
        );
    }

    #[test]
    fn every_line_of_json_has_an_event_and_an_instant() {
        let value: serde_json::Value = serde_json::from_str(&page().json()).unwrap();
        assert_eq!((&value["event"], &value["at"]), (&json!("page"), &json!("2023-05-09T08:21:03Z")));
    }
}
