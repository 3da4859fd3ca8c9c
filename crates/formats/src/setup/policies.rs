//! Escalation policies: whom the steps name, when a step applies, and policies that hand over to others.
//!
//! A step `notify = ["policy:managers"]` stands for the steps of that policy, counted from its own time. They are put in its
//! place when the file is read, so that nothing else knows of policies that hand over.

use std::time::Duration;

use domain::{
    Severity,
    escalation::{Condition, MOST_REPEATS, Origin, Policy, Step},
};
use jiff::tz::TimeZone;

use super::{
    Field, Section,
    duration::words,
    names::{Named, Names},
    schedules::restriction,
};

/// The most steps of a policy with all that it hands over to: without a limit, a few lines could make millions.
const MOST_STEPS: usize = 200;

/// The most policies that hand over one to the next.
const MOST_IN_A_ROW: usize = 10;

/// A policy as it is written.
struct Written<'a> {
    /// Without steps.
    policy: Policy,
    steps: Vec<WrittenStep<'a>>,
}

/// A step as it is written.
enum WrittenStep<'a> {
    Own(Step),
    HandOver { after: Duration, to: String, field: Field<'a> },
}

/// Reads every `[[escalation_policy]]` and refuses policies that hand over to each other in a circle.
pub(super) fn policies(root: &Section<'_>, names: &Names<'_>) -> Vec<Policy> {
    let written = root.sections("escalation_policy", |section| policy(section, names));
    let whole = |one: &Written<'_>| {
        let steps = put_in(&written, one, &mut Vec::new())?;
        Some(Policy { steps, ..one.policy.clone() })
    };
    let policies: Vec<_> = written.iter().filter_map(whole).collect();
    if policies.len() < written.len() && root.is_clean() {
        root.problem("the escalation policies hand over to each other so that some never end", None);
    }
    policies
}

/// Returns the steps of a policy with those of others in their places. What is wrong is noted once; `None` then, or where
/// it was noted before.
fn put_in<'w>(all: &'w [Written<'_>], one: &'w Written<'_>, trail: &mut Vec<&'w str>) -> Option<Vec<Step>> {
    trail.push(&one.policy.slug);
    let is_asked = trail.len() == 1;
    let mut steps: Vec<Step> = Vec::new();
    for (place, step) in one.steps.iter().enumerate() {
        let (after, to, field) = match step {
            WrittenStep::Own(step) => {
                steps.push(step.clone());
                continue;
            }
            WrittenStep::HandOver { after, to, field } => (*after, to, field),
        };
        if let Some(start) = trail.iter().position(|slug| slug == to) {
            refuse_circle(field, &trail[start..], is_first(all, &trail[start..]) && start == 0);
            return None;
        }
        if trail.len() > MOST_IN_A_ROW {
            let hint = Some("hand over to the last of them".to_owned());
            field.problem(format!("more than {MOST_IN_A_ROW} policies hand over in a row"), hint);
            return None;
        }
        let other = all.iter().find(|other| other.policy.slug == *to)?;
        let others = (1..).zip(put_in(all, other, trail)?);
        steps.extend(others.map(|(number, step)| Step {
            after: after.saturating_add(step.after),
            taken_from: Some(taken_from(to, number, step.taken_from)),
            ..step
        }));
        let end = steps.last().map(|step| step.after);
        let next = one.steps.get(place + 1).map(|next| match next {
            WrittenStep::Own(step) => step.after,
            WrittenStep::HandOver { after, .. } => *after,
        });
        if is_asked && let Some((end, next)) = end.zip(next).filter(|(end, next)| next <= end) {
            let (end, next) = (words(end), words(next));
            let hint = Some(format!("let the next step come later than {end}"));
            field.problem(format!("policy {to} ends at {end} here, and the next step comes at {next}"), hint);
        }
        if steps.len() > MOST_STEPS {
            if is_asked {
                let hint = Some("hand over to fewer policies".to_owned());
                field.problem(format!("with this it has more than {MOST_STEPS} steps"), hint);
            }
            return None;
        }
    }
    trail.pop();
    Some(steps)
}

/// Where a step was written that is the `number`th of the policy `to`, which may itself have taken it over.
fn taken_from(to: &str, number: u32, further: Option<Origin>) -> Origin {
    let Origin { policies, step } = further.unwrap_or(Origin { policies: Vec::new(), step: number });
    Origin { policies: std::iter::once(to.to_owned()).chain(policies).collect(), step }
}

/// Whether the walk around a circle begins with the policy of it that stands first in the file, which tells of it.
fn is_first(all: &[Written<'_>], circle: &[&str]) -> bool {
    all.iter().find(|one| circle.contains(&one.policy.slug.as_str())).map(|one| one.policy.slug.as_str())
        == circle.first().copied()
}

fn refuse_circle(last: &Field<'_>, circle: &[&str], is_told: bool) {
    if is_told {
        let path = circle.iter().chain(circle.first()).copied().collect::<Vec<_>>().join(" -> ");
        let hint = Some("remove one of these steps".to_owned());
        last.problem(format!("escalation policies hand over to each other in a circle: {path}"), hint);
    }
}

/// Reads one policy.
fn policy<'a>(section: &Section<'a>, names: &Names<'_>) -> Option<Written<'a>> {
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
    let policy = Policy { id: names.policy_id(&slug), slug, repeat, repeat_after, steps: Vec::new() };
    Some(Written { policy, steps })
}

/// Reads a step, which must come later than the one before it.
fn step<'a>(
    section: &Section<'a>,
    last: &mut Option<Duration>,
    names: &Names<'_>,
) -> Option<WrittenStep<'a>> {
    let after = match section.field("after") {
        None => Duration::ZERO,
        Some(field) => field.duration()?,
    };
    if last.is_some_and(|last| after <= last) {
        let hint = "times count from the start of the round, not from the step before".to_owned();
        section.problem("a step must come later than the one before it", Some(hint));
    }
    *last = Some(after);
    let named = section.required("notify", |field| {
        let named = field.each(|field| Some((names.target(field)?, field.clone())))?;
        if field.is_empty_list() {
            field.expected("at least one target", "[\"schedule:primary\"]")?;
        }
        Some(named)
    });
    let round_robin = section.optional("round_robin", Field::flag).unwrap_or(false);
    let when = section.one_or_more("when", |section| condition(section, names));
    let unless = section.one_or_more("unless", |section| condition(section, names));
    let named = named?;
    let over = named.iter().find_map(|(named, field)| match named {
        Named::Policy(to) => Some((to.clone(), field.clone())),
        Named::Target(_) => None,
    });
    if let Some((to, field)) = over {
        if named.len() > 1 {
            let hint = Some("write a step of its own, a second later".to_owned());
            field.problem("a step that hands over to a policy names nothing else", hint);
        }
        if ["round_robin", "when", "unless"].iter().any(|&key| section.field(key).is_some()) {
            let hint = Some(format!("write them into the steps of {to}"));
            section.problem("a step that hands over has no conditions and takes no turns", hint);
        }
        return Some(WrittenStep::HandOver { after, to, field });
    }
    let targets = named.into_iter().filter_map(|(named, _)| match named {
        Named::Target(target) => Some(target),
        Named::Policy(_) => None,
    });
    let (targets, taken_from) = (targets.collect(), stored_origin(section, names));
    Some(WrittenStep::Own(Step { after, targets, round_robin, when, unless, taken_from }))
}

/// Reads where a stored step was taken from; a file says it by handing over.
fn stored_origin(section: &Section<'_>, names: &Names<'_>) -> Option<Origin> {
    if !names.are_stored() {
        return None;
    }
    let policies = section.optional("taken_from", |field| field.each(Field::text))?;
    let step = section.optional("taken_step", |field| field.integer(1, i64::from(u32::MAX)))?;
    Some(Origin { policies, step: u32::try_from(step).ok()? })
}

/// Reads a condition: an urgency, a time of the week, or both.
fn condition(section: &Section<'_>, names: &Names<'_>) -> Option<Condition> {
    let severities: Vec<_> = Severity::ALL.iter().map(|severity| (severity.word(), *severity)).collect();
    let severity = section.optional("severity", |field| field.choice(&severities));
    let names_a_time = ["days", "from", "to"].map(|key| section.field(key).is_some()).contains(&true);
    let hours = if names_a_time { Some(restriction(section, names)?) } else { None };
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
