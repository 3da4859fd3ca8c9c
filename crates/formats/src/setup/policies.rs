//! Escalation policies: whom the steps name, and when a step applies.

use std::time::Duration;

use domain::{
    Severity,
    escalation::{Condition, MOST_REPEATS, Policy, Step},
};
use jiff::tz::TimeZone;

use super::{Field, Section, names::Names, schedules::restriction};

/// Reads `[[escalation_policy]]`.
pub(super) fn policy(section: &Section<'_>, names: &Names<'_>) -> Option<Policy> {
    let slug = section.required("slug", Field::slug);
    let repeat = section.optional("repeat", |field| field.integer(0, MOST_REPEATS.into())).unwrap_or(0);
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
    let round_robin = section.optional("round_robin", Field::flag).unwrap_or(false);
    let when = section.one_or_more("when", condition);
    let unless = section.one_or_more("unless", condition);
    Some(Step { after, targets: targets?, round_robin, when, unless })
}

/// Reads a condition: an urgency, a time of the week, or both.
fn condition(section: &Section<'_>) -> Option<Condition> {
    let severities: Vec<_> = Severity::ALL.iter().map(|severity| (severity.word(), *severity)).collect();
    let severity = section.optional("severity", |field| field.choice(&severities));
    let names_a_time = ["days", "from", "to"].map(|key| section.field(key).is_some()).contains(&true);
    let hours = if names_a_time { Some(restriction(section)?) } else { None };
    let zone = section.field("time_zone");
    if let Some(zone) = zone.as_ref().filter(|_| !names_a_time) {
        let hint = "add days = \"Mon-Fri\", from = \"09:00\" or to = \"18:00\", or remove it".to_owned();
        zone.problem("a time zone says nothing without a time", Some(hint));
    }
    if !names_a_time && zone.is_none() && section.field("severity").is_none() {
        let hint = "write severity = \"critical\", or days = \"Mon-Fri\", from = \"09:00\", to = \"18:00\""
            .to_owned();
        section.problem("this condition says nothing", Some(hint));
    }
    let time_zone = zone.and_then(|field| field.zone()).unwrap_or(TimeZone::UTC);
    Some(Condition { severity, hours, time_zone })
}
