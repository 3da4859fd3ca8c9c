//! Incidents that flap: when their end is believed. The turns are read from the journal, where people can read them too.

use std::time::Duration;

use domain::{
    NoticeKind, NotificationState,
    incident::{Actor, Incident},
    judge::{Ending, FLAP_CALM, Turn, ending},
};
use jiff::Timestamp;
use store::{
    Scope, incidents,
    notifications::{self, Notification},
};

use super::log;
use crate::error::CommandError;

/// In the journal: trouble ended, and since it keeps coming back the end is not believed yet.
const CALM: &str = "calm";

/// In the journal: trouble came back while its end was not believed.
const FLAPPED: &str = "flapped";

/// Why a page waits while the trouble of its incident is gone for now.
const PAGE_WAITS: &str = "held: the trouble is gone for now, and its end is not believed yet";

/// How long after the end should have been believed a page still waits for that. Then it goes out: rather one for nothing than
/// none.
const SLACK: Duration = Duration::from_secs(60);

/// What an end that was seen amounts to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Held {
    /// It is the end.
    Not,
    /// It is not believed before this instant; `is_new` is true the first time that is said.
    Until { at: Timestamp, is_new: bool },
}

/// Returns whether the end of an incident is held since it flaps, and writes so into its journal.
pub(super) fn hold(scope: &mut Scope<'_>, incident: &Incident, now: Timestamp) -> Result<Held, CommandError> {
    let turns = turns(scope, incident, now)?;
    let Ending::HeldUntil(at) = ending(&turns, now) else { return Ok(Held::Not) };
    let is_new = !matches!(turns.last(), Some((_, Turn::Calm)));
    if is_new {
        let detail = format!(
            "flapping: it came back again and again, so its end is believed after {} calm minutes",
            FLAP_CALM.as_secs() / 60
        );
        log(scope, incident.id, now, CALM, Actor::Machine, detail)?;
    }
    Ok(Held::Until { at, is_new })
}

/// Whether a page that a step owes, or word that nobody answered, is put off, since there is no trouble at the moment: it leaves
/// when that comes back, and never when it does not.
///
/// # Errors
/// When the ledger fails.
pub fn held_while_calm(
    scope: &mut Scope<'_>,
    incident: &Incident,
    message: &Notification,
    now: Timestamp,
) -> Result<bool, CommandError> {
    // Whom a person has asked for by name is paged all the same; and what may be there already leaves again.
    let waits = match message.kind {
        NoticeKind::Page => message.round > 0,
        NoticeKind::Unanswered => true,
        NoticeKind::Acknowledged | NoticeKind::Reassigned | NoticeKind::Resolved | NoticeKind::Notice => {
            false
        }
    };
    let is_untried = message.state == NotificationState::Pending && message.tries == 0;
    if !waits || !is_untried || !incident.is_calm() {
        return Ok(false);
    }
    let turns = turns(scope, incident, now)?;
    let Some(&(since, Turn::Calm)) = turns.last() else { return Ok(false) };
    let until = since.checked_add(FLAP_CALM + SLACK).unwrap_or(Timestamp::MAX);
    if until <= now {
        return Ok(false);
    }
    notifications::put_off(scope, message.id, until, PAGE_WAITS)?;
    Ok(true)
}

/// Writes into the journal that trouble came back while the end was held, if it was, and lets go what waited for that.
pub(super) fn came_back(
    scope: &mut Scope<'_>,
    incident: &Incident,
    now: Timestamp,
) -> Result<(), CommandError> {
    // While its end is held nothing of it is in trouble: otherwise the journal needs no look.
    if !incident.is_calm() {
        return Ok(());
    }
    if let Some((_, Turn::Calm)) = turns(scope, incident, now)?.last() {
        log(scope, incident.id, now, FLAPPED, Actor::Machine, "flapping: the trouble is back".to_owned())?;
        notifications::release_put_off(scope, incident.id, PAGE_WAITS, now)?;
    }
    Ok(())
}

/// What lies ahead was written before somebody set the clock back, and says nothing about how long it was calm.
fn turns(
    scope: &mut Scope<'_>,
    incident: &Incident,
    now: Timestamp,
) -> Result<Vec<(Timestamp, Turn)>, CommandError> {
    let mut events = incidents::list_events(scope, incident.id)?;
    events.retain(|event| event.at <= now);
    let turn = |kind: &str| match kind {
        "opened" | "reopened" | FLAPPED => Some(Turn::Trouble),
        CALM => Some(Turn::Calm),
        _ => None,
    };
    Ok(events.iter().filter_map(|event| Some((event.at, turn(&event.kind)?))).collect())
}
