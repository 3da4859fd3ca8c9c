//! What is to be done so that it does not happen again. Its owner is reminded on its day.

use domain::{IncidentId, incident::Actor, postmortem::Action, setup::Setup};
use jiff::{Timestamp, civil::Date, tz::TimeZone};
use store::{Scope, incidents, judgements, postmortems};

use super::super::{Ground, ask, log, mark_status_pages, whom, words};
use super::load;
use crate::error::CommandError;

/// The longest text in characters.
const LONGEST: usize = 500;

/// Most things to do after one incident: a longer list is a plan.
const MOST: usize = 100;

/// Where notices of actions begin among those of an incident.
const NOTICES_FROM: i64 = 1_000_000;

/// Something to do, as people name it.
#[derive(Clone, Debug)]
pub struct NewAction {
    /// What, in one line.
    pub text: String,
    /// Who sees to it, by address.
    pub owner: String,
    /// By the end of which day.
    pub due_on: Date,
    /// Whether readers see it.
    pub is_public: bool,
}

/// Adds something to do. Returns it; where the same is to be done already, that.
///
/// # Errors
/// When there is no such post-mortem or person, the text is none, or there is too much to do already.
pub fn add_action(
    scope: &mut Scope<'_>,
    ground: &Ground,
    now: Timestamp,
    by: Actor,
    id: IncidentId,
    wanted: &NewAction,
) -> Result<Action, CommandError> {
    let (setup, _, _) = load(scope, ground, id)?;
    let text = line(&wanted.text)?;
    let owner = whom::user(&setup, "owner", &wanted.owner)?;
    let NewAction { due_on, is_public, .. } = *wanted;
    let all = postmortems::list_actions(scope, id)?;
    let is_same = |it: &&Action| {
        it.done.is_none()
            && (&it.text, it.owner, it.due_on, it.is_public) == (&text, owner, due_on, is_public)
    };
    if let Some(known) = all.iter().find(is_same) {
        return Ok(known.clone());
    }
    if all.len() >= MOST {
        let why = format!("there are {MOST} things to do after this incident already");
        return Err(CommandError::Rejected(why));
    }
    let number = all.iter().map(|action| action.number).max().unwrap_or_default() + 1;
    let action = Action { number, text, owner, due_on, is_public, reminded_at: None, done: None };
    postmortems::insert_action(scope, id, &action)?;
    let name = setup.user(owner).map_or("a former member", |user| user.name.as_str());
    let detail = format!("{number}: {}, for {name} by {due_on}, {}", action.text, words::by(&setup, by));
    log(scope, id, now, "postmortem_action", by, detail)?;
    let org = scope.org();
    judgements::request(scope.tx(), org, action.reminder_at(&zone(&setup, &action)).max(now))?;
    if is_public {
        mark_status_pages(scope.tx(), &setup, now)?;
    }
    Ok(action)
}

/// Notes that something is done. Doing so again changes nothing.
///
/// # Errors
/// When there is no such post-mortem or action.
pub fn finish_action(
    scope: &mut Scope<'_>,
    ground: &Ground,
    now: Timestamp,
    by: Actor,
    id: IncidentId,
    number: i64,
) -> Result<Action, CommandError> {
    let (setup, _, _) = load(scope, ground, id)?;
    let known = postmortems::list_actions(scope, id)?.into_iter().find(|action| action.number == number);
    let action = known.ok_or_else(|| CommandError::NotFound(format!("action {number}")))?;
    if action.done.is_some() {
        return Ok(action);
    }
    postmortems::finish_action(scope, id, number, (by, now))?;
    let detail = format!("{number}: {}, {}", action.text, words::by(&setup, by));
    log(scope, id, now, "postmortem_action_done", by, detail)?;
    if action.is_public {
        mark_status_pages(scope.tx(), &setup, now)?;
    }
    Ok(Action { done: Some((by, now)), ..action })
}

/// Reminds the owners of what is due today. Returns when the next is.
pub(in super::super) fn remind_due(
    scope: &mut Scope<'_>,
    setup: &Setup,
    now: Timestamp,
) -> Result<Option<Timestamp>, CommandError> {
    let mut next = None;
    for (id, action) in postmortems::list_unreminded(scope)? {
        let at = action.reminder_at(&zone(setup, &action));
        if at > now {
            next = next.into_iter().chain([at]).min();
            continue;
        }
        postmortems::set_reminded(scope, id, action.number, now)?;
        let Some(incident) = incidents::get(scope, id)? else { continue };
        let place = u32::try_from(NOTICES_FROM + action.number).unwrap_or(u32::MAX);
        let what = format!(
            "action {} after incident {} is due on {}: {}",
            action.number, incident.number, action.due_on, action.text
        );
        ask::tell(scope, setup, &incident, action.owner, place, what, now)?;
        log(
            scope,
            id,
            now,
            "postmortem_action_due",
            Actor::Machine,
            format!("{}: {}", action.number, action.text),
        )?;
    }
    Ok(next)
}

/// Returns what readers may see of what is to be done.
///
/// # Errors
/// When the ledger fails.
pub fn public_actions(scope: &mut Scope<'_>, id: IncidentId) -> Result<Vec<Action>, CommandError> {
    let all = postmortems::list_actions(scope, id)?;
    Ok(all.into_iter().filter(|action| action.is_public).collect())
}

fn zone(setup: &Setup, action: &Action) -> TimeZone {
    setup.user(action.owner).map_or(TimeZone::UTC, |user| user.time_zone.clone())
}

fn line(text: &str) -> Result<String, CommandError> {
    let text = text.trim();
    if text.is_empty() || text.chars().nth(LONGEST).is_some() || text.contains(char::is_control) {
        let reason = format!("say what is to be done, in one line of at most {LONGEST} characters");
        return Err(CommandError::Invalid { field: "text", reason });
    }
    Ok(text.to_owned())
}
