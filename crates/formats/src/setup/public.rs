//! `[public]` and `[postmortem]`: how an organisation speaks to its readers. Locks are made while it runs: a file would keep
//! them past their end.

use std::collections::BTreeMap;

use domain::{
    Severity,
    postmortem::Template,
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

/// Reads `[public]` and `[postmortem]`.
pub(super) fn public(root: &Section<'_>) -> Public {
    let next_update = root
        .optional("public", |field| field.section(|section| section.optional("next_update", next_update)));
    let postmortem =
        root.optional("postmortem", |field| field.section(|section| section.optional("template", template)));
    Public { next_update: next_update.unwrap_or_default(), postmortem, ..Public::default() }
}

/// Reads what drafts of post-mortems are made of; every name in it has to be known.
fn template(field: &Field<'_>) -> Option<Template> {
    let text = field.lines_like("a template", "\"file:postmortem.md\"")?;
    match Template::read(&text) {
        Ok(template) => Some(template),
        Err(mistake) => {
            field.problem(format!("line {}: {}", mistake.line, mistake.problem), None);
            None
        }
    }
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

/// Writes `[postmortem]`, where there is something to write.
pub(super) fn write_postmortem(public: &Public) -> Option<Value> {
    public.postmortem.as_ref().map(|template| json!({ "template": template.as_str() }))
}

/// Writes `[public]`, where there is something to write.
pub(super) fn write(public: &Public) -> Option<Value> {
    let span = |(severity, span): (&Severity, &std::time::Duration)| {
        (severity.word().to_owned(), json!(words(*span)))
    };
    let spans: Map<String, Value> = public.next_update.iter().map(span).collect();
    (!spans.is_empty()).then(|| json!({ "next_update": spans }))
}
