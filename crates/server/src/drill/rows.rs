//! The lines of a report: what happened, in order, one line for each thing that a person would call one.

use domain::{
    NoticeKind, Status,
    change::{Change, ChangeKind},
    setup::Setup,
};
use engine::timeline;
use formats::setup::Objects;
use render::drill::{Row, Times};

use super::record::Record;
use crate::replay::{Event, Message, What};

/// Lines of changes at providers; pages and words are never left out.
const MOST_CHANGES: usize = 400;

/// What a report's lines are written with.
struct Pen<'a> {
    objects: &'a Objects,
    times: &'a Times,
}

/// Everything that happened as lines, in order, and how many changes at providers were left out.
pub(super) fn rows(objects: &Objects, record: &Record, times: &Times) -> (Vec<Row>, usize) {
    let pen = Pen { objects, times };
    let (calm, begun) = calm(&objects.setup, &record.events);
    let mut rows: Vec<Row> = calm.into_iter().collect();
    let (mut changes, mut left_out) = (0, 0);
    for group in grouped(&record.events[begun..]) {
        if matches!(group[0].what, What::Change { .. }) {
            changes += 1;
            if changes > MOST_CHANGES {
                left_out += group.len();
                continue;
            }
        }
        rows.push(pen.row(&group));
    }
    let words = record.words.iter().filter(|word| word.is_public);
    rows.extend(words.map(|word| Row {
        at: word.at,
        what: "public",
        who: format!("incident {}, {}", word.incident, word.phase),
        detail: one_line(&word.body),
    }));
    rows.sort_by_key(|row| row.at);
    (rows, left_out)
}

/// The calm before: one line for everything that was learnt at the first instant, and how many events it stands for. There is
/// none where trouble is there from the first.
fn calm(setup: &Setup, events: &[Event]) -> (Option<Row>, usize) {
    let Some(at) = events.first().map(|event| event.at) else { return (None, 0) };
    let first: Vec<&Event> = events.iter().take_while(|event| event.at == at).collect();
    let is_calm = |event: &&Event| match &event.what {
        What::Change { change, .. } => change.kind == ChangeKind::HealthChanged,
        What::Service { to, .. } => Status::from_word(to).is_some_and(|status| !status.is_trouble()),
        What::Incident { .. } | What::Message(_) => false,
    };
    if !first.iter().all(is_calm) {
        return (None, 0);
    }
    let is_up = |slug: &str| {
        first.iter().any(|event| matches!(&event.what, What::Service { slug: of, to, .. } if of == slug && *to == Status::Operational.word()))
    };
    let others: Vec<&str> = setup
        .services
        .iter()
        .filter(|service| !is_up(&service.slug))
        .map(|service| service.name.as_str())
        .collect();
    let up = setup.services.len() - others.len();
    let mut detail =
        if others.is_empty() { "all operational".to_owned() } else { format!("{up} operational") };
    if !others.is_empty() {
        detail = format!("{detail}; not known to be: {}", others.join(", "));
    }
    let who = match setup.services.len() {
        1 => "1 service".to_owned(),
        count => format!("{count} services"),
    };
    (Some(Row { at, what: "calm", who, detail }), first.len())
}

/// The events in order, with those that are one thing together; without what another line says as well.
fn grouped(events: &[Event]) -> Vec<Vec<&Event>> {
    let mut groups: Vec<Vec<&Event>> = Vec::new();
    for event in events {
        // A step that pages is told by its pages.
        if matches!(&event.what, What::Incident { kind, .. } if kind == "step") {
            continue;
        }
        let now = groups.iter_mut().rev().take_while(|group| group[0].at == event.at);
        match now.into_iter().find(|group| is_one(&group[0].what, &event.what)) {
            Some(group) => group.push(event),
            None => groups.push(vec![event]),
        }
    }
    groups
}

/// Whether two things of one instant are told in one line: components of a provider that become the same, what is one message.
fn is_one(one: &What, other: &What) -> bool {
    match (one, other) {
        (What::Change { provider, change }, What::Change { provider: of, change: next }) => {
            let kinds = (change.kind, next.kind);
            kinds == (ChangeKind::ComponentChanged, ChangeKind::ComponentChanged)
                && (provider, &change.to) == (of, &next.to)
        }
        (What::Message(message), What::Message(next)) => message.is_one_with(next),
        (
            What::Change { .. } | What::Service { .. } | What::Incident { .. } | What::Message(_),
            What::Change { .. } | What::Service { .. } | What::Incident { .. } | What::Message(_),
        ) => false,
    }
}

impl Pen<'_> {
    fn row(&self, group: &[&Event]) -> Row {
        let event = group[0];
        let (what, who, detail) = match &event.what {
            What::Change { provider, change } => {
                let names = group.iter().filter_map(|event| match &event.what {
                    What::Change { change, .. } => Some(one_line(&change.name)),
                    What::Service { .. } | What::Incident { .. } | What::Message(_) => None,
                });
                ("provider", self.provider(provider), said(change, &joined(&names.collect::<Vec<_>>())))
            }
            What::Service { slug, from, to } => {
                let moved = format!("{} → {}", from.replace('_', " "), to.replace('_', " "));
                ("service", self.service(slug), moved)
            }
            What::Incident { number, title, kind, detail } => {
                let what = if kind == "acknowledged" { "acknowledged" } else { "incident" };
                (what, format!("incident {number}"), one_line(&line(kind, title, detail)))
            }
            What::Message(message) => {
                let told: Vec<&Message> = group
                    .iter()
                    .filter_map(|event| match &event.what {
                        What::Message(message) => Some(message),
                        What::Change { .. } | What::Service { .. } | What::Incident { .. } => None,
                    })
                    .collect();
                let what = if message.kind == NoticeKind::Page { "page" } else { "notice" };
                (what, message.to.clone(), self.told(event, message, &told))
            }
        };
        Row { at: event.at, what, who, detail }
    }

    /// What a message told, by which way, why, and what became of it.
    fn told(&self, event: &Event, lead: &Message, told: &[&Message]) -> String {
        let Message { kind, contact, channel, round, step, reason, state, .. } = lead;
        let mut numbers: Vec<i64> = told.iter().map(|message| message.incident).collect();
        numbers.sort_unstable();
        numbers.dedup();
        let incidents = if numbers.len() == 1 { "incident" } else { "incidents" };
        let numbers = joined(&numbers.iter().map(i64::to_string).collect::<Vec<_>>());
        let kind = match kind {
            NoticeKind::Page => String::new(),
            NoticeKind::Acknowledged
            | NoticeKind::Reassigned
            | NoticeKind::Resolved
            | NoticeKind::Unanswered
            | NoticeKind::Notice => {
                format!("{kind}: ")
            }
        };
        let place = if *step == 0 { String::new() } else { format!(" (round {round}, step {step})") };
        let by = if contact.is_empty() { (*channel).to_owned() } else { format!("{contact} ({channel})") };
        let due = told.iter().map(|message| message.due_at).min().filter(|due| *due < event.at);
        let held = due.map_or_else(String::new, |due| format!(", waited since {}", self.times.time(due)));
        format!("{kind}{incidents} {numbers} by {by}, {reason}{place}: {state}{held}")
    }

    fn provider(&self, slug: &str) -> String {
        let known = self.objects.providers.iter().find(|provider| provider.slug == slug);
        known.map_or_else(|| slug.to_owned(), |provider| provider.name.clone())
    }

    fn service(&self, slug: &str) -> String {
        let known = self.objects.setup.services.iter().find(|service| service.slug == slug);
        known.map_or_else(|| slug.to_owned(), |service| service.name.clone())
    }
}

/// What is different at a provider.
fn said(change: &Change, names: &str) -> String {
    let to = change.to.as_deref().map(|to| to.replace('_', " ")).unwrap_or_default();
    match change.kind {
        ChangeKind::ComponentChanged => format!("{names}: {to}"),
        ChangeKind::IncidentOpened => format!("opens “{names}”: {to}"),
        ChangeKind::IncidentUpdated | ChangeKind::IncidentResolved => format!("says of “{names}”: {to}"),
        ChangeKind::HealthChanged => format!("how it can be read: {to}"),
        ChangeKind::ComponentAdded
        | ChangeKind::ComponentRemoved
        | ChangeKind::ComponentRenamed
        | ChangeKind::IncidentReopened
        | ChangeKind::PostmortemPublished
        | ChangeKind::MaintenanceScheduled
        | ChangeKind::MaintenanceStarted
        | ChangeKind::MaintenanceUpdated
        | ChangeKind::MaintenanceCompleted
        | ChangeKind::MaintenanceCancelled
        | ChangeKind::SourceMoved => format!("{}, {names}: {to}", change.kind.word().replace('_', " ")),
    }
}

/// A line of an incident's timeline.
fn line(kind: &str, title: &str, detail: &str) -> String {
    match kind {
        "opened" => format!("opened: {title} ({detail})"),
        "calm" | "flapped" | "spread" | "newcomers" => detail.to_owned(),
        kind if detail.is_empty() => format!("{}: {title}", timeline::words(kind)),
        kind => format!("{}: {detail}", timeline::words(kind)),
    }
}

/// Joins names as a sentence does.
fn joined(names: &[String]) -> String {
    match names.split_last() {
        None => String::new(),
        Some((only, [])) => only.clone(),
        Some((last, others)) => format!("{} and {last}", others.join(", ")),
    }
}

fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}
