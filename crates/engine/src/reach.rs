//! Whether those on call can be reached, said before they are needed.

use std::time::Duration;

use domain::{
    UserId,
    contact::{ContactState, OutOfReach, reachability},
    setup::Setup,
};
use jiff::Timestamp;
use store::{Scope, Tx, contacts, organizations};

use crate::{error::CommandError, setups::Setups};

/// How far ahead those on call are looked at: a week, so that there is time to put it right.
const AHEAD: Duration = Duration::from_secs(7 * 24 * 3600);

/// Most organisations that are counted.
const MOST_ORGANIZATIONS: u32 = 10_000;

/// Returns who is on call within a week, by which schedule, and can't be reached by any contact that is known to work.
#[must_use]
pub fn out_of_reach<'a>(
    setup: &'a Setup,
    states: &[ContactState],
    now: Timestamp,
) -> Vec<(&'a str, OutOfReach)> {
    let until = now.checked_add(AHEAD).unwrap_or(Timestamp::MAX);
    let schedules = setup.schedules.iter();
    let found = schedules.flat_map(|schedule| {
        let found = reachability(setup, states, schedule, now, until);
        found.into_iter().map(|one| (schedule.slug.as_str(), one))
    });
    found.collect()
}

/// Returns a warning for each of them and for each whom a policy names and who can't be reached so either, for people.
#[must_use]
pub fn warnings(setup: &Setup, states: &[ContactState], now: Timestamp) -> Vec<String> {
    let words = |email: &str, caller: String, why: &str| {
        format!(
            "{email} is {caller} and no contact is known to work: {why}; `midwatch contact test` sends a code"
        )
    };
    let on_call = out_of_reach(setup, states, now);
    let warning = |(schedule, one): &(&str, OutOfReach)| {
        let name = setup.user(one.user).map_or_else(|| one.user.to_string(), |user| user.email.clone());
        let since = if one.from <= now { "now".to_owned() } else { format!("from {:.0}", one.from) };
        words(&name, format!("on call by schedule {schedule} {since}"), &one.why)
    };
    let named = setup.users.iter().filter(|user| on_call.iter().all(|(_, one)| one.user != user.id));
    let named = named.filter_map(|user| {
        let policy = &setup.named_by(user.id)?.slug;
        let why = user.out_of_reach(states)?;
        Some(words(&user.email, format!("named by escalation policy {policy}"), &why))
    });
    on_call.iter().map(warning).chain(named).collect()
}

/// Returns how many contacts and channels of all organisations nothing can be handed to. Here and below, organisations whose
/// configuration can't be read are passed over.
///
/// # Errors
/// When the ledger fails.
pub fn count_unusable(tx: &mut Tx<'_>, setups: &Setups) -> Result<usize, CommandError> {
    let mut count = 0;
    for organization in organizations::list(tx, MOST_ORGANIZATIONS)? {
        let setup = setups.readable(&mut Scope::new(tx, organization.id))?;
        count += setup.map_or(0, |setup| setup.unusable().len());
    }
    Ok(count)
}

/// Returns how many people of all organisations are on call at this instant and can't be reached.
///
/// # Errors
/// When the ledger fails.
pub fn count_on_call(tx: &mut Tx<'_>, setups: &Setups, now: Timestamp) -> Result<usize, CommandError> {
    let mut count = 0;
    let until = now.checked_add(Duration::from_nanos(1)).unwrap_or(Timestamp::MAX);
    for organization in organizations::list(tx, MOST_ORGANIZATIONS)? {
        let mut scope = Scope::new(tx, organization.id);
        let Some(setup) = setups.readable(&mut scope)? else { continue };
        if setup.schedules.is_empty() {
            continue;
        }
        let states = contacts::list(&mut scope)?;
        let on_call = setup.schedules.iter().flat_map(|it| reachability(&setup, &states, it, now, until));
        let mut users: Vec<UserId> = on_call.map(|one| one.user).collect();
        users.sort_unstable();
        users.dedup();
        count += users.len();
    }
    Ok(count)
}
