//! `who`: exactly who would be paged, how, in which minute, and why, by the resolver that pages.

use std::process::ExitCode;

use anyhow::anyhow;
use domain::{
    Severity,
    escalation::{About, Policy, plan},
    schedule::Schedule,
    setup::Setup,
};
use engine::seams::Clock;
use formats::setup::nearest;
use jiff::{Span, Timestamp};
use serde_json::{Value, json};

use super::output::{kind, print, print_json, responder, second};
use crate::{
    args::{Failure, Who},
    config::Config,
    seams::SystemClock,
    table::table,
};

/// The incident that is supposed where none is named.
const SUPPOSED: About = About { number: 1, severity: Severity::Critical };

/// How far a schedule is shown, in hours: a week.
const SCHEDULE_HOURS: i64 = 7 * 24;

/// Most shifts that are shown.
const MOST_SHIFTS: usize = 10_000;

/// Shows who would be paged.
pub(super) fn run(config: &Config, options: &Who) -> Result<ExitCode, Failure> {
    let setup = &config.objects.setup;
    let at = options.at.unwrap_or_else(|| SystemClock.now());
    if options.until.is_some_and(|until| until < at) {
        return Err(Failure::Usage(anyhow!(
            "--until is before the first page: it has to be {} or later",
            second(at)
        )));
    }
    let subject = &options.subject;
    if let Some(slug) = &subject.schedule {
        let schedule = find("schedule", slug, &setup.schedules, |it| &it.slug)?;
        let week = at.checked_add(Span::new().hours(SCHEDULE_HOURS)).unwrap_or(Timestamp::MAX);
        return roster(setup, schedule, at, options.until.unwrap_or(week), options.json);
    }
    let policy = match (&subject.policy, &subject.service) {
        (Some(slug), _) => find("escalation policy", slug, &setup.policies, |it| &it.slug)?,
        (None, Some(slug)) => policy_of(setup, slug)?,
        (None, None) => return Err(Failure::Usage(anyhow!("name a --service, a --policy or a --schedule"))),
    };
    pages(setup, policy, at, options.until.unwrap_or(Timestamp::MAX), options.json)
}

/// Finds an object by its slug, or says which is near.
pub(super) fn find<'a, T>(
    kind: &str,
    slug: &str,
    among: &'a [T],
    key: impl Fn(&'a T) -> &'a String,
) -> Result<&'a T, Failure> {
    among.iter().find(|it| key(it) == slug).ok_or_else(|| {
        let known: Vec<&str> = among.iter().map(|it| key(it).as_str()).collect();
        let hint = match nearest(slug, known.iter().copied()) {
            Some(near) => format!("is {near} meant?"),
            None if known.is_empty() => format!("the configuration has no {kind}"),
            None => format!("known are: {}", known.join(", ")),
        };
        Failure::Usage(anyhow!("there is no {kind} {slug}; {hint}"))
    })
}

fn policy_of<'a>(setup: &'a Setup, slug: &str) -> Result<&'a Policy, Failure> {
    let service = find("service", slug, &setup.services, |it| &it.slug)?;
    let policy = service.policy.and_then(|id| setup.policy(id));
    policy.ok_or_else(|| {
        Failure::Failed(anyhow!("service {slug} has no escalation_policy: nobody is paged for it"))
    })
}

/// Shows the messages of an incident that nobody acknowledges.
fn pages(
    setup: &Setup,
    policy: &Policy,
    at: Timestamp,
    until: Timestamp,
    as_json: bool,
) -> Result<ExitCode, Failure> {
    let planned = plan(setup, policy, SUPPOSED, at, until);
    if as_json {
        let pages = planned.iter().map(|page| {
            json!({
                "at": page.at.to_string(),
                "to": responder(setup, page.responder),
                "contact": page.contact,
                "kind": kind(setup, page.responder, &page.contact),
                "round": page.position.round,
                "step": page.position.step,
                "reason": page.reason,
            })
        });
        print_json(&pages.collect::<Value>())?;
        return Ok(ExitCode::SUCCESS);
    }
    let rows = planned.iter().map(|page| {
        [
            second(page.at),
            after(at, page.at),
            responder(setup, page.responder),
            format!("{} ({})", page.contact, kind(setup, page.responder, &page.contact)),
            format!("{}/{}", page.position.round, page.position.step),
            page.reason.clone(),
        ]
    });
    let rows: Vec<_> = rows.collect();
    print(&table(["TIME", "AFTER", "WHO", "CONTACT", "ROUND/STEP", "WHY"], &rows))?;
    Ok(ExitCode::SUCCESS)
}

/// Shows who is on call.
pub(super) fn roster(
    setup: &Setup,
    schedule: &Schedule,
    at: Timestamp,
    until: Timestamp,
    as_json: bool,
) -> Result<ExitCode, Failure> {
    // The shift at an instant is what `--until` the same instant asks for.
    let until = until.max(at.checked_add(Span::new().seconds(1)).unwrap_or(until));
    let shifts: Vec<_> = schedule.shifts(at, until).take(MOST_SHIFTS).collect();
    let who =
        |user| setup.user(user).map_or_else(|| format!("former member {user}"), |user| user.email.clone());
    if as_json {
        let shifts = shifts.iter().map(|shift| {
            json!({
                "from": shift.from.to_string(),
                "to": shift.to.to_string(),
                "user": shift.user.map(who),
                "by": shift.by.map(|by| by.to_string()),
            })
        });
        print_json(&shifts.collect::<Value>())?;
        return Ok(ExitCode::SUCCESS);
    }
    let rows = shifts.iter().map(|shift| {
        [
            second(shift.from),
            second(shift.to),
            shift.user.map_or_else(|| "nobody".to_owned(), who),
            shift.by.map_or_else(|| "gap".to_owned(), |by| format!("schedule {}, {by}", schedule.slug)),
        ]
    });
    let rows: Vec<_> = rows.collect();
    print(&table(["FROM", "TO", "WHO", "WHY"], &rows))?;
    Ok(ExitCode::SUCCESS)
}

/// Returns the time since the first page, as configuration writes it.
fn after(first: Timestamp, at: Timestamp) -> String {
    let span = std::time::Duration::try_from(at.duration_since(first)).unwrap_or_default();
    format!("+{}", formats::setup::duration::words(span))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn time_since_the_first_page_is_written_as_configuration_writes_it() {
        let first: Timestamp = "2026-05-23T05:50:00Z".parse().unwrap();
        assert_eq!(after(first, first), "+0s");
        assert_eq!(after(first, "2026-05-23T07:20:00Z".parse().unwrap()), "+1h30m");
    }

    #[test]
    fn an_unknown_slug_is_answered_with_the_nearest() {
        let known = ["primary".to_owned(), "backup".to_owned()];
        let Err(Failure::Usage(error)) = find("schedule", "primery", &known, |it| it) else {
            panic!("an unknown slug is wrong usage");
        };
        assert_eq!(error.to_string(), "there is no schedule primery; is primary meant?");
    }
}
