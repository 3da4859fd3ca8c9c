//! Claiming where something can't be: group by group, so that nothing holds up what has nothing to do with it.
//!
//! What fails by itself, since its rows can't be read or making the message panics, is set aside for longer and longer, like a
//! message that nobody takes. It goes out as soon as what is wrong with it has been put right.

use std::collections::BTreeMap;

use domain::{
    NotificationId, OrgId,
    delivery::{FAILING_TRIES, MOST_TRIES, retry_in},
};
use jiff::Timestamp;
use store::{Lane, Scope, Tx, notifications};
use tracing::error;

use super::{Ready, claim, claim::Picked};
use crate::{commands, compose::Desk, error::CommandError, shell::Shell};

/// Messages that one look sets aside at the most.
const MOST_UNREADABLE: u32 = 1_000;

/// Messages of which it is known how often they failed; then counting begins anew.
const MOST_FAILING: usize = 10_000;

/// How often in a row messages could not be claimed.
pub(super) type Failing = BTreeMap<NotificationId, u32>;

/// Whether something is wrong with what was to be done, rather than with the ledger as a whole.
const fn is_its_own(error: &CommandError) -> bool {
    !matches!(error, CommandError::Store(store::Error::Unavailable { .. }))
}

/// Claims groups in one transaction; where that fails, each in its own.
///
/// # Errors
/// When the ledger is unavailable, and nothing was claimed.
pub(super) async fn claim_groups(
    shell: &Shell,
    picked: Vec<Picked>,
    failing: &mut Failing,
) -> Result<Vec<Ready>, CommandError> {
    if picked.is_empty() {
        return Ok(Vec::new());
    }
    match claim_all(shell, picked.clone()).await {
        Ok(ready) => {
            picked.iter().for_each(|group| recover(failing, group));
            return Ok(ready);
        }
        Err(error) if !is_its_own(&error) => return Err(error),
        Err(error) if picked.len() == 1 => {
            set_aside(shell, &picked[0], failing, &error).await?;
            return Ok(Vec::new());
        }
        Err(error) => error!(%error, groups = picked.len(), "messages could not be claimed together"),
    }
    let mut ready = Vec::new();
    for group in picked {
        match claim_all(shell, vec![group.clone()]).await {
            Ok(claimed) => {
                recover(failing, &group);
                ready.extend(claimed);
            }
            // What is claimed by now leaves; the rest waits for the next turn.
            Err(error) if !is_its_own(&error) => break,
            Err(error) => {
                if let Err(worse) = set_aside(shell, &group, failing, &error).await {
                    error!(error = %worse, "a message that can't be claimed could not be set aside");
                }
            }
        }
    }
    Ok(ready)
}

async fn claim_all(shell: &Shell, picked: Vec<Picked>) -> Result<Vec<Ready>, CommandError> {
    let (ground, desk, node) = (shell.ground(), Desk::of(shell), shell.identity.node.clone());
    let job = move |tx: &mut Tx<'_>, now| claim::claim(tx, &ground, &desk, &node, &picked, now);
    shell.write(Lane::Paging, job).await
}

fn recover(failing: &mut Failing, group: &Picked) {
    for member in group.members() {
        failing.remove(&member);
    }
}

/// Puts a group off that can't be claimed, and says so: in the log, in the metrics, and to the owners when it goes on.
async fn set_aside(
    shell: &Shell,
    group: &Picked,
    failing: &mut Failing,
    why: &CommandError,
) -> Result<(), CommandError> {
    let ids: Vec<(OrgId, NotificationId)> = group.members().map(|id| (group.org(), id)).collect();
    put_off(shell, ids, failing, why.to_string()).await
}

/// Sets aside what is due and can't be read.
///
/// # Errors
/// When the ledger fails.
pub(super) async fn unreadable(shell: &Shell, failing: &mut Failing) -> Result<(), CommandError> {
    let now = shell.clock.now();
    let ids = shell.read(move |tx| Ok(notifications::list_unreadable(tx, now, MOST_UNREADABLE)?)).await?;
    if ids.is_empty() {
        return Ok(());
    }
    put_off(shell, ids, failing, "it can't be read".to_owned()).await
}

async fn put_off(
    shell: &Shell,
    ids: Vec<(OrgId, NotificationId)>,
    failing: &mut Failing,
    why: String,
) -> Result<(), CommandError> {
    let Some(&(org, first)) = ids.first() else { return Ok(()) };
    if failing.len() >= MOST_FAILING {
        failing.clear();
    }
    for (_, id) in &ids {
        *failing.entry(*id).or_default() += 1;
    }
    let times = failing.get(&first).copied().unwrap_or(1);
    error!(org.id = %org, notification.id = %first, count = ids.len(), times, why, "a message can't be made; set aside");
    shell.meters.set_aside(ids.len());
    // It is never given up: what is wrong may be put right.
    let wait = retry_in(times.min(MOST_TRIES - 1), shell.mint.jitter(), None).unwrap_or_default();
    let words = why.clone();
    let aside = move |tx: &mut Tx<'_>, now: Timestamp| {
        let until = now.checked_add(wait).unwrap_or(Timestamp::MAX);
        for &(org, id) in &ids {
            let why = format!("it can't be made: {words}");
            notifications::set_aside(&mut Scope::new(tx, org), id, now, until, &why)?;
        }
        Ok(())
    };
    shell.write(Lane::Paging, aside).await?;
    if times == FAILING_TRIES {
        let ground = shell.ground();
        let told = shell
            .write(Lane::Paging, move |tx, now| {
                commands::tell_of_trouble(&mut Scope::new(tx, org), &ground, first, &why, now)
            })
            .await;
        if let Err(error) = told {
            error!(org.id = %org, %error, "the owners could not be told of it");
        }
    }
    Ok(())
}
