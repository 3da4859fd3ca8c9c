//! The story of an incident so far, for whoever was paged for it: what happened, who was paged when by what, and what the
//! other side answered. Names and kinds of contacts, never addresses.

use std::cmp::Reverse;

use domain::{NoticeKind, NotificationState, escalation::Responder, setup::Setup};
use jiff::{Timestamp, tz::TimeZone};
use store::{attempts::Attempt, incidents::IncidentEvent, notifications::Notification};

/// Lines that are shown; a longer story is in the API.
const MOST_LINES: usize = 60;

/// Whoever reads times: in which zone, and when.
pub(super) struct Reader<'a> {
    pub(super) zone: &'a TimeZone,
    pub(super) now: Timestamp,
}

impl Reader<'_> {
    /// Returns an instant as this reader's clock shows it; of another day with its date.
    pub(super) fn clock(&self, at: Timestamp) -> String {
        let (at, now) = (at.to_zoned(self.zone.clone()), self.now.to_zoned(self.zone.clone()));
        let form = if at.date() == now.date() { "%H:%M:%S %Z" } else { "%a %-d %b %H:%M %Z" };
        at.strftime(form).to_string()
    }
}

/// One thing that happened.
pub(super) struct Line {
    /// In the reader's zone.
    pub(super) at: String,
    pub(super) exact: String,
    /// What, in two or three words.
    pub(super) what: String,
    /// What became of it, where it is a message; else empty.
    pub(super) ended: &'static str,
    /// The rest; may be empty.
    pub(super) detail: String,
    /// How it ended, as a class of the sheet: `ok`, `major`, `unknown` or empty.
    pub(super) tone: &'static str,
}

/// A line before it is known who reads it.
struct Fact {
    at: Timestamp,
    what: String,
    ended: &'static str,
    detail: String,
    tone: &'static str,
}

/// Returns the story, the newest first.
pub(super) fn lines(
    setup: &Setup,
    events: &[IncidentEvent],
    told: &[(Notification, Vec<Attempt>)],
    reader: &Reader<'_>,
) -> Vec<Line> {
    // Of one instant the pages stand above the act that they follow from.
    let events = events.iter().rev().filter_map(event);
    let told = told.iter().map(|(owed, tries)| message(setup, owed, tries.last()));
    let mut all: Vec<Fact> = told.chain(events).collect();
    all.sort_by_key(|fact| Reverse(fact.at));
    all.truncate(MOST_LINES);
    let line = |Fact { at, what, ended, detail, tone }| {
        let (at, exact) = (reader.clock(at), exact(at));
        Line { at, exact, what, ended, detail, tone }
    };
    all.into_iter().map(line).collect()
}

/// Returns an instant for a machine.
pub(super) fn exact(at: Timestamp) -> String {
    at.to_string()
}

/// What a line says of an act. Steps are not told: the pages they make are.
fn event(event: &IncidentEvent) -> Option<Fact> {
    let what = match event.kind.as_str() {
        "step" => return None,
        "opened" => "Opened",
        "reopened" => "Opened again",
        "escalated" => "Got worse",
        "acknowledged" => "Acknowledged",
        "unacknowledged" => "Taken back",
        "ack_expired" => "Acknowledgement lapsed",
        "joined" => "Joined",
        "snoozed" => "Snoozed",
        "snooze_over" => "Snooze ended",
        "silenced" => "Silenced",
        "silence_over" => "Silence ended",
        "reassigned" => "Handed over",
        "assignee_silent" => "Not answered",
        "responder_added" => "Help called",
        "escalated_now" => "Next step called",
        "resolved" => "Resolved",
        "published" => "Published",
        "update" => "Update written",
        "update_edited" => "Update corrected",
        "update_removed" => "Update removed",
        "impact" => "Services turned",
        "impact_added" | "impact_corrected" | "impact_removed" => "Impact corrected",
        "title" | "severity" | "phase" => "Changed",
        "merged" | "merged_in" => "Merged",
        "role" => "Role",
        "linked" | "unlinked" => "Links",
        "exhausted" => "Nobody left to page",
        "step_empty" => "A step reached nobody",
        "policy_gone" => "Policy gone",
        "undelivered" => "Not delivered",
        _ => "Noted",
    };
    let tone = match event.kind.as_str() {
        "acknowledged" | "resolved" | "joined" => "ok",
        "undelivered" | "exhausted" | "step_empty" | "policy_gone" | "assignee_silent" => "major",
        _ => "",
    };
    Some(Fact { at: event.at, what: what.to_owned(), ended: "", detail: event.detail.clone(), tone })
}

fn message(setup: &Setup, owed: &Notification, last: Option<&Attempt>) -> Fact {
    let (name, kind) = match owed.responder {
        Responder::User(id) => {
            let user = setup.user(id);
            let contact = user.and_then(|user| user.contact(&owed.contact));
            (
                user.map_or_else(|| "a former member".to_owned(), |user| user.name.clone()),
                contact.map(|contact| contact.destination.kind()),
            )
        }
        Responder::Channel(id) => {
            let channel = setup.channel(id);
            (
                channel
                    .map_or_else(|| "a channel that is gone".to_owned(), |it| format!("channel {}", it.slug)),
                channel.map(|channel| channel.destination.kind()),
            )
        }
    };
    let what = match owed.kind {
        NoticeKind::Page => format!("Page to {name}"),
        NoticeKind::Unanswered => format!("Alarm to {name}: nobody answered"),
        NoticeKind::Acknowledged | NoticeKind::Reassigned | NoticeKind::Resolved | NoticeKind::Notice => {
            format!("Word to {name}")
        }
    };
    let (ended, tone) = match owed.state {
        NotificationState::Pending if owed.tries == 0 => ("not due yet", "unknown"),
        NotificationState::Pending => ("will be tried again", "unknown"),
        NotificationState::Sending => ("on its way", "unknown"),
        // Green is what was confirmed: that a vendor took it is not that it arrived.
        NotificationState::Sent => ("handed over, arrival not known", "unknown"),
        NotificationState::Delivered => ("delivered", "ok"),
        NotificationState::Failed => ("not delivered", "major"),
        NotificationState::Superseded => ("not sent", ""),
    };
    let kind = kind.map(|kind| kind.to_string().replace('_', " "));
    let by = kind.map_or_else(|| owed.contact.clone(), |kind| format!("{} ({kind})", owed.contact));
    let answer = owed.answer.as_ref().map(|answer| format!(": {answer}")).unwrap_or_default();
    // What was taken back before its time was taken back then.
    let untried = if owed.state == NotificationState::Superseded { owed.settled_at } else { None };
    let at = last.map(|attempt| attempt.started_at).or(untried).unwrap_or(owed.due_at);
    Fact { at, what, ended, detail: format!("by {by}{answer} · {}", owed.reason), tone }
}
