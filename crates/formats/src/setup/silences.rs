//! Silences that are planned in the file. Each has a name, by which it is known and changed there, and both ends.

use std::collections::BTreeMap;

use domain::{
    incident::Actor,
    setup::Service,
    silence::{Matcher, Refusal, Silence},
};

use super::{Field, Section, names::Names};

/// Reads every `[[silence]]`. `services` are those of the document, for their labels.
pub(super) fn silences(root: &Section<'_>, names: &Names<'_>, services: &[Service]) -> Vec<Silence> {
    root.sections("silence", |section| silence(section, names, services))
}

fn silence(section: &Section<'_>, names: &Names<'_>, known: &[Service]) -> Option<Silence> {
    let name = section.required("name", Field::text);
    let services = every(section, "services", |field| Some(names.service_id(&names.service(field)?)));
    let providers = every(section, "providers", |field| names.provider(field));
    let labels = labels(section, known);
    let from = section.required("from", Field::instant);
    let until = section.field("until");
    let to = section.required("until", Field::instant);
    let reason = section.required("reason", Field::text);
    let matcher = Matcher { services: services?, providers: providers?, labels: labels? };
    let (name, from, to, reason) = (name?, from?, to?, reason?);
    let id = names.silence_id(&name);
    let silence = Silence { id, name: Some(name), matcher, from, to, reason, by: Actor::Machine };
    // What is stored was looked at when it was saved.
    let refusal = silence.check_shape().err().filter(|_| !names.are_stored());
    if let Some(refusal) = refusal {
        match refusal {
            Refusal::Everything | Refusal::NoReason => section.problem(refusal.to_string(), None),
            Refusal::Empty { .. } | Refusal::Past { .. } | Refusal::TooLong { .. } => {
                until?.problem(refusal.to_string(), None);
            }
        }
        return None;
    }
    Some(silence)
}

/// Reads each item of a list that may be absent; `None` where one of them has a problem.
fn every<'a, T>(
    section: &Section<'a>,
    key: &'static str,
    read: impl Fn(&Field<'a>) -> Option<T>,
) -> Option<Vec<T>> {
    let items = section.list(key, |field| Some(read(field)));
    items.into_iter().collect()
}

/// Reads labels that a service has; `None` where one of them has a problem.
fn labels(section: &Section<'_>, known: &[Service]) -> Option<BTreeMap<String, String>> {
    let Some(field) = section.field("labels") else { return Some(BTreeMap::new()) };
    let label = |key: &str, field: &Field<'_>| {
        let value = field.text()?;
        if !known.iter().any(|service| service.labels.get(key) == Some(&value)) {
            let hint = format!("add labels = {{ {key} = {} }} to one", field.written());
            field.problem(format!("no service has the label {key} = {}", field.written()), Some(hint));
            return None;
        }
        Some((key.to_owned(), value))
    };
    field.entries(|key, field| Some(label(key, field)))?.into_iter().collect()
}
