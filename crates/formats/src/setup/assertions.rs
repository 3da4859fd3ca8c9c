//! What a configuration states about its own paging, to be proved before a night shows otherwise.

use std::{collections::HashSet, time::Duration};

use domain::{
    ChannelKind, Severity,
    prove::{Among, Assertion, Claim, Reaches, Rests, Whom},
};

use super::{Field, Section, names::Names};

/// How far ahead a statement has to hold where it doesn't say so.
const DEFAULT_LASTS: Duration = Duration::from_secs(90 * 86_400);

/// The most people that a statement may ask for.
const MOST_PEOPLE: i64 = 1000;

/// Reads every `[[assert]]`.
pub(super) fn assertions(root: &Section<'_>, names: &Names<'_>) -> Vec<Assertion> {
    let mut seen = HashSet::new();
    for (name, field) in root.peek("assert", "name") {
        if !seen.insert(name) {
            field.problem(format!("there is already an assertion {}", field.written()), None);
        }
    }
    root.sections("assert", |section| assertion(section, names))
}

fn assertion(section: &Section<'_>, names: &Names<'_>) -> Option<Assertion> {
    let name = section.required("name", Field::text);
    let day = Duration::from_secs(86_400);
    let lasts = section.optional("for", |field| field.duration_from(day)).unwrap_or(DEFAULT_LASTS);
    let claim = match (section.field("reaches"), section.field("on_call_at_most")) {
        (Some(_), Some(field)) => {
            field.problem("an assertion states one thing", Some("write a second [[assert]]".to_owned()));
            None
        }
        (None, Some(field)) => rests(section, &field, names).map(Claim::Rests),
        (Some(field), None) => reaches(section, names.whom(&field), names).map(Claim::Reaches),
        // What says when, for whom or how many means people.
        (None, None)
            if ["within", "severity", "at_least", "services", "by"]
                .iter()
                .any(|key| section.field(key).is_some()) =>
        {
            reaches(section, Some(Whom::Human), names).map(Claim::Reaches)
        }
        (None, None) => {
            let hint = "add reaches = \"human\", or on_call_at_most = \"7d\"".to_owned();
            section.problem("the assertion states nothing", Some(hint));
            None
        }
    };
    Some(Assertion { name: name?, lasts, claim: claim? })
}

fn reaches(section: &Section<'_>, whom: Option<Whom>, names: &Names<'_>) -> Option<Reaches> {
    let severities: Vec<_> = Severity::ALL.iter().map(|severity| (severity.word(), *severity)).collect();
    let kinds: Vec<_> = ChannelKind::ALL.iter().map(|kind| (kind.word(), *kind)).collect();
    let services = section.list("services", |field| Some(names.service_id(&names.service(field)?)));
    let severity = section.optional("severity", |field| field.choice(&severities));
    let within = section.optional("within", Field::duration);
    let by = section.list("by", |field| field.choice(&kinds));
    let at_least = section
        .optional("at_least", |field| {
            let count = field.integer(1, MOST_PEOPLE)?;
            let is_one = matches!(whom, Some(Whom::User(_) | Whom::Channel(_)));
            if is_one && count > 1 {
                field.problem("a single person or channel can't be reached as several", None);
            }
            usize::try_from(count).ok()
        })
        .unwrap_or(1);
    Some(Reaches {
        among: if services.is_empty() { Among::Services } else { Among::Only(services) },
        severity,
        within,
        whom: whom?,
        by,
        at_least,
        last_resort: section.optional("last_resort", Field::flag).unwrap_or(true),
    })
}

fn rests(section: &Section<'_>, at_most: &Field<'_>, names: &Names<'_>) -> Option<Rests> {
    let schedules = section.list("schedules", |field| names.schedule(field));
    Some(Rests { schedules, at_most: at_most.duration_from(Duration::from_secs(60))? })
}
