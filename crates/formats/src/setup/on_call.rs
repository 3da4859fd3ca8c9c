//! Escalation policies.

use std::time::Duration;

use domain::escalation::{Policy, Step};

use super::{Field, Section, names::Names};

/// More rounds than this would be a way to say "for ever", which a snoozed or forgotten incident must not become.
const MAX_REPEAT: i64 = 100;

/// Reads `[[escalation_policy]]`.
pub(super) fn policy(section: &Section<'_>, names: &Names<'_>) -> Option<Policy> {
    let slug = section.required("slug", Field::slug);
    let repeat = section.optional("repeat", |field| field.integer(0, MAX_REPEAT)).unwrap_or(0);
    let repeat_after = section.optional("repeat_after", |field| field.duration_from(Duration::from_secs(1)));
    let mut last: Option<Duration> = None;
    let steps = section.sections("step", |section| step(section, &mut last, names));
    if section.field("step").is_none_or(|field| field.is_empty_list()) {
        let hint = "add step = [ { after = \"0s\", notify = [\"schedule:primary\"] } ]".to_owned();
        section.problem("an escalation policy without a step pages nobody", Some(hint));
    }
    let slug = slug?;
    let repeat = u32::try_from(repeat).ok()?;
    Some(Policy { id: names.policy_id(&slug), slug, repeat, repeat_after, steps })
}

/// Reads a step, which must come later than the one before it.
fn step(section: &Section<'_>, last: &mut Option<Duration>, names: &Names<'_>) -> Option<Step> {
    let after = match section.field("after") {
        None => Duration::ZERO,
        Some(field) => field.duration()?,
    };
    if last.is_some_and(|last| after <= last) {
        let hint = "times count from the start of the round, not from the step before".to_owned();
        section.problem("a step must come later than the one before it", Some(hint));
    }
    *last = Some(after);
    let targets = section.required("notify", |field| {
        let targets = field.each(|field| names.target(field))?;
        if field.is_empty_list() {
            field.expected("at least one target", "[\"schedule:primary\"]")?;
        }
        Some(targets)
    });
    Some(Step { after, targets: targets? })
}
