//! `who`: exactly who would be paged, how, in which minute, and why, by the resolver that pages.

use std::process::ExitCode;

use anyhow::anyhow;
use domain::{
    ChannelKind, Severity,
    contact::{ContactState, Standing},
    escalation::{About, Policy, Responder},
    prove::{Path, Taken, path},
    schedule::Schedule,
    setup::{Service, Setup},
    silence::Silence,
};
use engine::seams::Clock;
use formats::setup::nearest;
use jiff::{Span, Timestamp};
use serde_json::{Value, json};
use store::{Scope, incidents};

use super::{
    configured::{Configured, configured_at},
    contact, happened, ledger, note,
    output::{print, print_json, responder, second},
};
use crate::{
    args::{Failure, Who},
    config::Config,
    seams::SystemClock,
    table::table,
};

/// How far a schedule is shown, in hours: a week.
const SCHEDULE_HOURS: i64 = 7 * 24;

/// Most shifts that are shown.
const MOST_SHIFTS: usize = 10_000;

/// Shows who would be paged.
pub(super) fn run(config: &Config, options: &Who) -> Result<ExitCode, Failure> {
    let now = SystemClock.now();
    if let Some(name) = &options.subject.incident {
        return happened::run(config, name, options, now);
    }
    let at = options.at.unwrap_or(now);
    if options.until.is_some_and(|until| until < at) {
        return Err(Failure::Usage(anyhow!(
            "--until is before the first page: it has to be {} or later",
            second(at)
        )));
    }
    let subject = &options.subject;
    if let Some(slug) = &subject.schedule {
        let week = at.checked_add(Span::new().hours(SCHEDULE_HOURS)).unwrap_or(Timestamp::MAX);
        let until = options.until.unwrap_or(week);
        // Shifts were taken on the way: what is known at the end of that time counts.
        let setup = setup_at(config, until.min(now).max(at), now)?;
        let schedule = find("schedule", slug, &setup.schedules, |it| &it.slug)?;
        return roster(&setup, schedule, at, until, options.json);
    }
    let setup = setup_at(config, at, now)?;
    let (policy, begins_at, silences) = match (&subject.policy, &subject.service) {
        (Some(slug), _) => (find("escalation policy", slug, &setup.policies, |it| &it.slug)?, at, Vec::new()),
        (None, Some(slug)) => {
            let (service, policy) = policy_of(&setup, slug)?;
            let (begins_at, silences) = silent(&setup, service, at);
            (policy, begins_at, silences)
        }
        (None, None) => return Err(Failure::Usage(anyhow!("name a --service, a --policy or a --schedule"))),
    };
    silences.iter().for_each(|silence| note(silence));
    let severity = options.severity.map_or(Severity::Critical, |it| it.0);
    let number = number_at(config, at)?;
    if policy.steps.iter().any(|step| step.round_robin) {
        note(&format!("whose turn it is goes by the number of the incident: this is for number {number}"));
    }
    let about = About { number, severity };
    let path = path(&setup, policy, about, begins_at, options.until.unwrap_or(Timestamp::MAX));
    let states = contact::known(config)?;
    let path =
        Path { steps: path.steps.into_iter().map(|step| stood(&setup, &states, step)).collect(), ..path };
    if options.json {
        print_json(&path_json(&setup, &path))?;
    } else {
        print(&path_table(&setup, &path))?;
    }
    for warning in warnings(&setup, &path) {
        note(&warning);
    }
    Ok(ExitCode::SUCCESS)
}

/// Returns the configuration of an instant, and says which that is where it is not the present one.
fn setup_at(config: &Config, at: Timestamp, now: Timestamp) -> Result<Setup, Failure> {
    let Configured { setup, source } = configured_at(config, at, now)?;
    if at < now {
        note(&format!("by {source}"));
    }
    Ok(setup)
}

/// Returns a step whose messages say of each contact that is not known to work why not.
fn stood(setup: &Setup, states: &[ContactState], mut step: Taken) -> Taken {
    for telling in &mut step.tellings {
        let Responder::User(id) = telling.planned.responder else { continue };
        let contact = setup.user(id).and_then(|user| user.contact(&telling.planned.contact));
        match contact.map(|contact| contact.standing(id, states)) {
            Some(standing @ (Standing::Unverified | Standing::Failing)) => {
                telling.method += &format!("; {}", standing.words());
            }
            Some(Standing::Good) | None => {}
        }
    }
    step
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

fn policy_of<'a>(setup: &'a Setup, slug: &str) -> Result<(&'a Service, &'a Policy), Failure> {
    let service = find("service", slug, &setup.services, |it| &it.slug)?;
    let policy = service.policy.and_then(|id| setup.policy(id));
    let policy = policy.ok_or_else(|| {
        Failure::Failed(anyhow!("service {slug} has no escalation_policy: nobody is paged for it"))
    })?;
    Ok((service, policy))
}

/// When paging for a service would begin that is in trouble at an instant, and what silences have to do with it.
fn silent(setup: &Setup, service: &Service, at: Timestamp) -> (Timestamp, Vec<String>) {
    let (mut begins_at, mut said) = (at, Vec::new());
    let mine = || setup.paging.silences.iter().filter(|silence| silence.is_for(service));
    let ends = |from: Timestamp| {
        mine()
            .filter(|silence| silence.matcher.providers.is_empty() && silence.is_in_force(from))
            .max_by_key(|silence| silence.to)
    };
    while let Some(silence) = ends(begins_at) {
        let (from, to) = (second(begins_at), second(silence.to));
        said.push(format!(
            "silent from {from} to {to}: {}; what is not over by then pages then",
            silence.reason
        ));
        begins_at = silence.to;
    }
    let at_providers = |silence: &&Silence| !silence.matcher.providers.is_empty() && silence.is_in_force(at);
    said.extend(mine().filter(at_providers).map(|silence| {
        format!("silent until {} where only the named providers fail: {}", second(silence.to), silence.reason)
    }));
    (begins_at, said)
}

/// The number that an incident which is opened at an instant has: of the past as it was, else the next one.
fn number_at(config: &Config, at: Timestamp) -> Result<i64, Failure> {
    let Some(ledger) = ledger::existing(config)? else { return Ok(1) };
    let org = config.objects.setup.organization.id;
    Ok(ledger.read_blocking(move |tx| incidents::number_at(&mut Scope::new(tx, org), at))?)
}

/// Returns a path as a table: a line for each message, for each contact that is passed over since it can't be used, and for a
/// step that makes no message.
pub(super) fn path_table(setup: &Setup, path: &Path) -> String {
    let mut rows = Vec::new();
    for step in &path.steps {
        let place = format!("{}/{}", step.position.round, step.position.step);
        if step.tellings.is_empty() {
            let why = passed_over(step);
            let dash = || "-".to_owned();
            let wait = after(path.first_page_at, step.at);
            rows.push((step.at, [second(step.at), wait, dash(), dash(), place.clone(), why, dash()]));
        }
        rows.extend(step.unusable.iter().map(|it| {
            let dash = || "-".to_owned();
            let row = [
                second(step.at),
                after(path.first_page_at, step.at),
                responder(setup, it.responder),
                format!("{} ({})", it.contact, it.kind.word()),
                place.clone(),
                format!("passed over: {}", it.why),
                dash(),
            ];
            (step.at, row)
        }));
        rows.extend(step.tellings.iter().map(|telling| {
            let page = &telling.planned;
            let kind = telling.kind.map_or("gone", ChannelKind::word);
            let row = [
                second(page.at),
                after(path.first_page_at, page.at),
                responder(setup, page.responder),
                format!("{} ({kind})", page.contact),
                place.clone(),
                page.reason.clone(),
                telling.method.clone(),
            ];
            (page.at, row)
        }));
    }
    rows.sort_by_key(|(at, _)| *at);
    let rows: Vec<_> = rows.into_iter().map(|(_, row)| row).collect();
    table(["TIME", "AFTER", "WHO", "CONTACT", "ROUND/STEP", "WHY", "METHOD"], &rows)
}

fn passed_over(step: &Taken) -> String {
    let why = step.passed_over.as_deref().unwrap_or("it reaches nobody in this time");
    format!("passed over: {why}")
}

/// Returns the messages of a path as JSON, in order of time.
pub(super) fn path_json(setup: &Setup, path: &Path) -> Value {
    let pages = path.tellings().map(|telling| {
        let page = &telling.planned;
        let step = path.steps.iter().find(|step| step.position == page.position);
        let unusable = step.into_iter().flat_map(|step| &step.unusable);
        let unusable = unusable
            .map(|it| json!({ "to": responder(setup, it.responder), "contact": it.contact, "why": it.why }));
        json!({
            "at": page.at.to_string(),
            "to": responder(setup, page.responder),
            "contact": page.contact,
            "kind": telling.kind.map_or("gone", ChannelKind::word),
            "round": page.position.round,
            "step": page.position.step,
            "reason": page.reason,
            "method": telling.method,
            "last_resort": telling.is_last_resort,
            "passed_over": unusable.collect::<Value>(),
        })
    });
    pages.collect()
}

/// Returns what a reader of a path must not overlook.
fn warnings(setup: &Setup, path: &Path) -> Vec<String> {
    let mut warnings = Vec::new();
    for step in &path.steps {
        let place =
            format!("round {}, step {} at {}", step.position.round, step.position.step, second(step.at));
        for it in &step.unusable {
            let who = responder(setup, it.responder);
            let unusable = format!("contact {} of {who} is passed over: {}", it.contact, it.why);
            if !warnings.contains(&unusable) {
                warnings.push(unusable);
            }
        }
        if step.tellings.is_empty() {
            warnings.push(format!("{place} is {}", passed_over(step)));
        }
        if let Some(telling) = step.tellings.iter().find(|telling| telling.is_last_resort) {
            let who = responder(setup, telling.planned.responder);
            warnings.push(format!("{place} has only the last resort, {who}: {}", telling.planned.reason));
        }
    }
    warnings
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
    format!("+{}", formats::setup::duration::words(std::time::Duration::from_secs(span.as_secs())))
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
