//! Post-mortems: drafted from the record, written, reviewed, and published as an event of an incident that is over. It opens
//! nothing again and pages nobody.

mod actions;
mod facts;

use std::sync::Arc;

use domain::{
    IncidentId, Phase,
    incident::{Actor, Incident},
    postmortem::{self as rules, Postmortem, Refusal, Stage, Wrong},
    public::Said,
    setup::{Publish, Setup},
};
use jiff::Timestamp;
use store::{
    Scope, incidents,
    postmortems::{self, Version},
};

use super::{
    Ground, ask, log, mark_status_pages, opening,
    respond::{begin, member},
    whom, words,
};
use crate::error::CommandError;

pub(super) use actions::remind_due;
pub use actions::{NewAction, add_action, finish_action, public_actions};
pub use facts::facts;

/// Which post-mortem this notice is of, among all notices of its incident: they lie above those about readers.
const NOTICES_FROM: i64 = 1_000;

/// What came of a text that was to be saved.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Saved {
    /// It is the newest version, or says the same as that.
    Stored(Postmortem),
    /// Somebody has saved another since: here it is.
    Conflict(Version),
}

/// Begins the post-mortem of an incident with what the record says. Where it has begun already, nothing changes.
///
/// # Errors
/// When there is no such incident, it is not over, or it has become part of another.
pub fn draft(
    scope: &mut Scope<'_>,
    ground: &Ground,
    now: Timestamp,
    by: Actor,
    id: IncidentId,
) -> Result<Postmortem, CommandError> {
    let (setup, incident) = begin(scope, ground, id)?;
    if let Some(known) = postmortems::find(scope, id)? {
        return Ok(known);
    }
    let body = drafted(scope, ground, &setup, &incident)?;
    start(scope, &setup, &incident, by, &body, now)
}

/// Returns the draft that the record gives at this moment.
fn drafted(
    scope: &mut Scope<'_>,
    ground: &Ground,
    setup: &Setup,
    incident: &Incident,
) -> Result<String, CommandError> {
    is_over(scope, incident)?;
    let facts = facts::of(scope, ground, setup, incident)?;
    Ok(setup.public.postmortem.clone().unwrap_or_default().fill(&facts))
}

fn start(
    scope: &mut Scope<'_>,
    setup: &Setup,
    incident: &Incident,
    by: Actor,
    body: &str,
    now: Timestamp,
) -> Result<Postmortem, CommandError> {
    let postmortem = Postmortem::new(incident.id, by);
    postmortems::insert(scope, &postmortem, body, now)?;
    log(scope, incident.id, now, "postmortem_drafted", by, words::by(setup, by))?;
    Ok(postmortem)
}

/// Saves a text on the ground of the version `base`; without a post-mortem `base` is 0 and the text is its first version.
///
/// # Errors
/// When there is no such incident, or the text is none.
pub fn save(
    scope: &mut Scope<'_>,
    ground: &Ground,
    now: Timestamp,
    by: Actor,
    id: IncidentId,
    base: i64,
    body: &str,
) -> Result<Saved, CommandError> {
    let (setup, incident) = begin(scope, ground, id)?;
    let body = rules::text(body).map_err(|wrong| unfit(&wrong))?;
    let Some(before) = postmortems::find(scope, id)? else {
        is_over(scope, &incident)?;
        if base != 0 {
            return Err(none(&incident));
        }
        return start(scope, &setup, &incident, by, &body, now).map(Saved::Stored);
    };
    let newest = version(scope, id, before.version)?;
    if newest.body == body {
        return Ok(Saved::Stored(before));
    }
    let after = match before.written(base, by) {
        Ok(after) => after,
        Err(Refusal::Older { .. }) => return Ok(Saved::Conflict(newest)),
        Err(refusal) => return Err(refused(refusal)),
    };
    postmortems::push_version(scope, &after, &body, now)?;
    postmortems::update(scope, &after)?;
    let detail = format!("version {}, {}", after.version, words::by(&setup, by));
    log(scope, id, now, "postmortem_edited", by, detail)?;
    Ok(Saved::Stored(after))
}

/// Asks somebody, by address, to read the newest version.
///
/// # Errors
/// When there is no such post-mortem or person, they wrote it, or something of it is still to be written.
pub fn submit(
    scope: &mut Scope<'_>,
    ground: &Ground,
    now: Timestamp,
    by: Actor,
    id: IncidentId,
    reviewer: &str,
) -> Result<Postmortem, CommandError> {
    let (setup, incident, before) = load(scope, ground, id)?;
    let reviewer = whom::user(&setup, "reviewer", reviewer)?;
    if matches!(before.stage, Stage::InReview { reviewer: asked, .. } if asked == reviewer) {
        return Ok(before);
    }
    is_written(&version(scope, id, before.version)?)?;
    let after = before.submitted(reviewer, by).map_err(refused)?;
    postmortems::update(scope, &after)?;
    let name = setup.user(reviewer).map_or("a former member", |user| user.name.as_str());
    log(scope, id, now, "postmortem_submitted", by, format!("to {name}, {}", words::by(&setup, by)))?;
    let reason = format!(
        "asked to review the post-mortem of incident {0}: midwatch postmortem show {0}",
        incident.number
    );
    ask::tell(scope, &setup, &incident, reviewer, place(&after), reason, now)?;
    Ok(after)
}

/// Says that a version is right; whoever asked is told.
///
/// # Errors
/// When there is no such post-mortem, it is not in review, that is not its newest version, or `by` wrote it.
pub fn approve(
    scope: &mut Scope<'_>,
    ground: &Ground,
    now: Timestamp,
    by: Actor,
    id: IncidentId,
    version: Option<i64>,
    comment: &str,
) -> Result<Postmortem, CommandError> {
    let (setup, incident, before) = load(scope, ground, id)?;
    if matches!(before.stage, Stage::Approved { by: other } if other.is_again(by)) {
        return Ok(before);
    }
    let after = before.approved(version.unwrap_or(before.version), by).map_err(refused)?;
    postmortems::update(scope, &after)?;
    let said = said(comment)?;
    let detail = format!("version {}, {}{said}", after.version, words::by(&setup, by));
    log(scope, id, now, "postmortem_approved", by, detail)?;
    let word = format!("the post-mortem of incident {} is approved{said}", incident.number);
    answer(scope, &setup, &incident, (before, after), by, word, now)?;
    Ok(after)
}

/// Gives it back to those who write it, with the reason; whoever asked is told.
///
/// # Errors
/// When there is no such post-mortem, nobody was asked to read it, or no reason is given.
pub fn send_back(
    scope: &mut Scope<'_>,
    ground: &Ground,
    now: Timestamp,
    by: Actor,
    id: IncidentId,
    comment: &str,
) -> Result<Postmortem, CommandError> {
    let (setup, incident, before) = load(scope, ground, id)?;
    let said = said(comment)?;
    if said.is_empty() {
        let reason = "say what should be different".to_owned();
        return Err(CommandError::Invalid { field: "comment", reason });
    }
    let after = before.returned().map_err(refused)?;
    postmortems::update(scope, &after)?;
    log(scope, id, now, "postmortem_returned", by, format!("{}{said}", words::by(&setup, by)))?;
    let word = format!("the post-mortem of incident {} came back{said}", incident.number);
    answer(scope, &setup, &incident, (before, after), by, word, now)?;
    Ok(after)
}

/// Lets readers see the newest version; of one that they see already, that it was edited and what was changed. Subscribers
/// are told of the first.
///
/// # Errors
/// When there is no such post-mortem, nobody else has approved it and `unreviewed` does not say so, something of it is still to
/// be written, or the incident is open or internal.
pub fn publish(
    scope: &mut Scope<'_>,
    ground: &Ground,
    now: Timestamp,
    by: Actor,
    id: IncidentId,
    unreviewed: bool,
) -> Result<Postmortem, CommandError> {
    let (setup, incident, before) = load(scope, ground, id)?;
    if before.stage == Stage::Published {
        return Ok(before);
    }
    before.may_be_published(unreviewed).map_err(refused)?;
    is_over(scope, &incident)?;
    if incident.publish != Publish::Auto {
        let why = format!("readers don't see incident {}: publish that first", incident.number);
        return Err(CommandError::Rejected(why));
    }
    let newest = version(scope, id, before.version)?;
    is_written(&newest)?;
    let incident = told(scope, incident)?;
    let update = match before.published {
        None => say(scope, &incident, by, newest.body, now)?,
        Some(published) => {
            let known = incidents::find_update(scope, id, published.update)?;
            if known.is_some_and(|known| known.body != newest.body) {
                incidents::edit_update(scope, id, published.update, &newest.body, now)?;
            }
            published.update
        }
    };
    let after = before.released(update, now);
    postmortems::update(scope, &after)?;
    let review = match before.stage {
        Stage::Draft | Stage::InReview { .. } => ", without a review",
        Stage::Approved { .. } | Stage::Published => "",
    };
    let detail = format!("version {}, {}{review}", after.version, words::by(&setup, by));
    log(scope, id, now, "postmortem_published", by, detail)?;
    mark_status_pages(scope.tx(), &setup, now)?;
    Ok(after)
}

/// The incident in the phase that readers see then.
fn told(scope: &mut Scope<'_>, incident: Incident) -> Result<Incident, CommandError> {
    if incident.phase == Phase::Postmortem {
        return Ok(incident);
    }
    let moved = incident.moved(Phase::Postmortem)?;
    incidents::update(scope, &moved)?;
    Ok(moved)
}

fn say(
    scope: &mut Scope<'_>,
    of: &Incident,
    actor: Actor,
    body: String,
    at: Timestamp,
) -> Result<i64, CommandError> {
    let word = opening::public_word(of, actor, Said::by_a_person(body), at);
    let update = incidents::IncidentUpdate { phase: Phase::Postmortem, ..word };
    Ok(incidents::push_update(scope, of.id, &update)?)
}

/// Returns the phase of a word about an incident. Only what is said to be a post-mortem is one: what is said after it stands
/// beside it.
///
/// # Errors
/// When it is said to be one, and there is one with versions and a review.
pub(super) fn phase_of_word(
    scope: &mut Scope<'_>,
    of: &Incident,
    wanted: Option<Phase>,
) -> Result<Phase, CommandError> {
    if of.phase != Phase::Postmortem {
        return Ok(of.phase);
    }
    if wanted != Some(Phase::Postmortem) {
        return Ok(Phase::Resolved);
    }
    match postmortems::find(scope, of.id)? {
        None => Ok(Phase::Postmortem),
        Some(_) => Err(CommandError::Rejected(format!(
            "incident {} has a post-mortem: edit that, and publish it",
            of.number
        ))),
    }
}

/// Tells whoever asked for a review how it went, unless that is who says so.
fn answer(
    scope: &mut Scope<'_>,
    setup: &Setup,
    incident: &Incident,
    (before, after): (Postmortem, Postmortem),
    by: Actor,
    word: String,
    now: Timestamp,
) -> Result<(), CommandError> {
    let asker = match before.stage {
        Stage::InReview { asked_by, .. } => member(asked_by),
        Stage::Draft | Stage::Approved { .. } | Stage::Published => member(before.author),
    };
    match asker.filter(|asker| by != Actor::User(*asker)) {
        Some(asker) => ask::tell(scope, setup, incident, asker, place(&after), word, now),
        None => Ok(()),
    }
}

/// Returns the post-mortem of an incident with everything that it stands on.
///
/// # Errors
/// When there is no such incident or post-mortem.
pub fn load(
    scope: &mut Scope<'_>,
    ground: &Ground,
    id: IncidentId,
) -> Result<(Arc<Setup>, Incident, Postmortem), CommandError> {
    let (setup, incident) = begin(scope, ground, id)?;
    let postmortem = postmortems::find(scope, id)?.ok_or_else(|| none(&incident))?;
    Ok((setup, incident, postmortem))
}

/// Returns a version of the post-mortem of an incident.
///
/// # Errors
/// When there is none of this number.
pub fn version(scope: &mut Scope<'_>, id: IncidentId, number: i64) -> Result<Version, CommandError> {
    let found = postmortems::find_version(scope, id, number)?;
    found.ok_or_else(|| CommandError::NotFound(format!("version {number} of the post-mortem")))
}

fn is_over(scope: &mut Scope<'_>, incident: &Incident) -> Result<(), CommandError> {
    let number = incident.number;
    if let Some(into) = incident.by_hand.merged_into {
        let into = incidents::get(scope, into)?.map_or(0, |into| into.number);
        let why = format!("incident {number} has become part of incident {into}: write about that");
        return Err(CommandError::Rejected(why));
    }
    match incident.is_resolved() {
        true => Ok(()),
        false => Err(CommandError::Rejected(format!(
            "incident {number} is not over: a post-mortem is written about what is"
        ))),
    }
}

fn is_written(newest: &Version) -> Result<(), CommandError> {
    match rules::unwritten(&newest.body).as_slice() {
        [] => Ok(()),
        open => Err(CommandError::Rejected(format!(
            "still to be written: {}; lines that begin with \"{}\" are from the draft",
            open.join(", "),
            rules::PROMPT
        ))),
    }
}

/// Returns a comment as it follows other words.
fn said(comment: &str) -> Result<String, CommandError> {
    const LONGEST: usize = 2_000;
    let comment = comment.trim();
    let is_text = |c: char| !c.is_control() || c == '\n';
    if comment.chars().nth(LONGEST).is_some() || !comment.chars().all(is_text) {
        let reason = format!("a comment is a text of at most {LONGEST} characters");
        return Err(CommandError::Invalid { field: "comment", reason });
    }
    Ok(if comment.is_empty() { String::new() } else { format!(": {comment}") })
}

fn none(incident: &Incident) -> CommandError {
    CommandError::NotFound(format!("the post-mortem of incident {}", incident.number))
}

fn unfit(wrong: &Wrong) -> CommandError {
    CommandError::Invalid { field: "body", reason: wrong.to_string() }
}

fn refused(refusal: Refusal) -> CommandError {
    match refusal {
        Refusal::Own => CommandError::Invalid { field: "reviewer", reason: refusal.to_string() },
        Refusal::Older { .. } | Refusal::NotInReview(_) | Refusal::Reviewed(_) | Refusal::Unreviewed(_) => {
            CommandError::Rejected(refusal.to_string())
        }
    }
}

/// Where a notice of this turn stands among those of the incident.
fn place(of: &Postmortem) -> u32 {
    u32::try_from(NOTICES_FROM + of.turn).unwrap_or(u32::MAX)
}
