//! `[public]`: how an organisation speaks to its readers. Locks are made while it runs: a file would keep them past their end.

use std::collections::BTreeMap;

use domain::{
    Severity,
    public::{LONGEST_PROMISE, SHORTEST_PROMISE},
    setup::Public,
};
use serde_json::{Map, Value, json};

use super::{Field, Section, duration::words};

/// The severities that an incident of readers can have, each by its word.
const SEVERITIES: [(&str, Severity); 4] = [
    ("critical", Severity::Critical),
    ("error", Severity::Error),
    ("warning", Severity::Warning),
    ("info", Severity::Info),
];

/// Reads `[public]`.
pub(super) fn public(root: &Section<'_>) -> Public {
    let next_update = root
        .optional("public", |field| field.section(|section| section.optional("next_update", next_update)));
    Public { next_update: next_update.unwrap_or_default(), ..Public::default() }
}

/// Reads how long readers wait at most for the next word: one span for all, or one for each severity.
fn next_update(field: &Field<'_>) -> Option<BTreeMap<Severity, std::time::Duration>> {
    if !field.is_table() {
        let span = promise(field)?;
        return Some(SEVERITIES.iter().map(|(_, severity)| (*severity, span)).collect());
    }
    field.section(|section| {
        let read =
            |(word, severity): (&'static str, Severity)| Some((severity, section.optional(word, promise)?));
        Some(SEVERITIES.into_iter().filter_map(read).collect())
    })
}

fn promise(field: &Field<'_>) -> Option<std::time::Duration> {
    let span = field.duration()?;
    if !(SHORTEST_PROMISE..=LONGEST_PROMISE).contains(&span) {
        let why = format!("{} can't be promised: at least 10m and at most 7d", field.written());
        field.problem(why, Some("write it like \"30m\"".to_owned()));
        return None;
    }
    Some(span)
}

/// Writes `[public]`, where there is something to write.
pub(super) fn write(public: &Public) -> Option<Value> {
    let span = |(severity, span): (&Severity, &std::time::Duration)| {
        (severity.word().to_owned(), json!(words(*span)))
    };
    let spans: Map<String, Value> = public.next_update.iter().map(span).collect();
    (!spans.is_empty()).then(|| json!({ "next_update": spans }))
}
