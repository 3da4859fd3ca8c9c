//! Records how a poll went and everything that follows from it, in one transaction: facts, changes, statuses, incidents,
//! timers, notifications, stale pages.

use std::time::Duration;

use domain::{
    OrgId, Platform, ProviderId, SourceHealth,
    change::{Change, ChangeKind},
    knowledge::{Absence, Knowledge},
    polling::Source,
    provider::Provider,
    snapshot::Snapshot,
};
use jiff::Timestamp;
use store::{Scope, Tx, announcements, judgements, providers, providers::Validators, stale_pages, watches};

use super::{Ground, MOST_ORGANIZATIONS, judge_organization, split_for_judging};
use crate::error::CommandError;

/// How a poll went.
#[derive(Clone, Debug)]
pub enum Polled {
    /// The document is what it was at the last reading.
    Unchanged,
    /// A document was read.
    Read {
        /// What it says, with the longer lists joined in where they were needed.
        snapshot: Box<Snapshot>,
        /// What to send with the next request.
        validators: Validators,
        /// Whether the longer lists could be read.
        absence: Absence,
    },
    /// Nothing that can be trusted came.
    Failed {
        /// Why, in words for a person.
        reason: String,
        /// How long the server asks us to wait.
        asked: Option<Duration>,
    },
}

/// What a poll led to.
#[derive(Clone, Debug, Default)]
pub struct Recorded {
    /// What is different at the provider.
    pub changes: Vec<Change>,
    /// The health of the source now.
    pub health: Option<SourceHealth>,
    /// Why the poll failed, if it did.
    pub failure: Option<String>,
}

/// Records how a poll of `provider` went. `jitter`, uniform in `[0, 1)`, spreads the next one. A claim that has been taken
/// over by somebody else (`epoch`) records nothing.
///
/// # Errors
/// When the ledger fails; the poll is then as if it had not been.
pub fn record(
    tx: &mut Tx<'_>,
    ground: &Ground,
    now: Timestamp,
    provider: &Provider,
    epoch: i64,
    polled: &Polled,
    jitter: f64,
) -> Result<Recorded, CommandError> {
    let id = provider.id();
    if !providers::is_current(tx, id, epoch)? {
        return Ok(Recorded::default());
    }
    let stored = providers::get(tx, id)?.ok_or_else(|| CommandError::NotFound(provider.slug.clone()))?;
    let weighed = weigh(&stored.knowledge, polled, stored.source.failures);
    let mut after = After {
        before: stored.health,
        health: stored.health,
        changes: Vec::new(),
        validators: stored.validators.clone(),
        failure: None,
    };
    let source = match weighed {
        Weighed::Believed { snapshot, validators, absence } => {
            let (knowledge, changes) = stored.knowledge.learn(snapshot, now, absence);
            providers::save_knowledge(tx, id, &stored.knowledge, &knowledge, now)?;
            after.changes = changes;
            after.validators = remembered(validators, &knowledge);
            stored.source.clone().read(now, provider.interval, jitter)
        }
        Weighed::Unchanged => {
            if stored.health == SourceHealth::Unreadable {
                providers::save_knowledge(tx, id, &stored.knowledge, &stored.knowledge, now)?;
            }
            stored.source.clone().read(now, provider.interval, jitter)
        }
        Weighed::Failed { reason, asked } => {
            after.failure = Some(reason.clone());
            stored.source.clone().failed(now, provider.interval, jitter, asked, reason)
        }
    };
    after.health = source.health(now, provider.interval);
    providers::save_source(tx, id, &source, &after.validators, after.health)?;
    providers::release(tx, id, epoch)?;
    settle(tx, ground, now, provider, &source, after)
}

/// What a poll makes of a source.
struct After {
    before: SourceHealth,
    health: SourceHealth,
    changes: Vec<Change>,
    validators: Validators,
    failure: Option<String>,
}

/// Carries what changed to those who depend on it.
fn settle(
    tx: &mut Tx<'_>,
    ground: &Ground,
    now: Timestamp,
    provider: &Provider,
    source: &Source,
    after: After,
) -> Result<Recorded, CommandError> {
    let (id, mut changes) = (provider.id(), after.changes);
    if after.before != after.health {
        changes.insert(0, health_change(provider, after.before, after.health, now));
        if after.health == SourceHealth::Unreadable {
            // From the last reading on we do not know: that time is neither up nor down.
            providers::close_spans(tx, id, source.last_fresh_at.unwrap_or(now))?;
        }
    }
    if !changes.is_empty() {
        providers::push_changes(tx, id, &changes, now)?;
        announcements::owe(tx, id, &changes, now)?;
        stale_pages::mark(tx, stale_pages::PageKind::Directory, uuid::Uuid::nil(), now)?;
        judge_dependents(tx, ground, now, id)?;
    }
    stale_pages::mark(tx, stale_pages::PageKind::Provider, id.0, now)?;
    Ok(Recorded { changes, health: Some(after.health), failure: after.failure })
}

fn judge_dependents(
    tx: &mut Tx<'_>,
    ground: &Ground,
    now: Timestamp,
    id: ProviderId,
) -> Result<(), CommandError> {
    let (at_once, later): (Vec<OrgId>, Vec<OrgId>) =
        split_for_judging(watches::list_organizations(tx, id, MOST_ORGANIZATIONS)?);
    for org in later {
        judgements::request(tx, org, now)?;
    }
    for org in at_once {
        judge_organization(&mut Scope::new(tx, org), ground, now)?;
    }
    Ok(())
}

/// A poll, after asking whether what it read deserves belief.
enum Weighed<'a> {
    Believed { snapshot: &'a Snapshot, validators: &'a Validators, absence: Absence },
    Unchanged,
    Failed { reason: String, asked: Option<Duration> },
}

fn weigh<'a>(knowledge: &Knowledge, polled: &'a Polled, failures: u32) -> Weighed<'a> {
    match polled {
        Polled::Unchanged => Weighed::Unchanged,
        Polled::Failed { reason, asked } => Weighed::Failed { reason: reason.clone(), asked: *asked },
        Polled::Read { snapshot, validators, absence } => match knowledge.distrust(snapshot, failures) {
            Some(reason) => Weighed::Failed { reason, asked: None },
            None => Weighed::Believed { snapshot, validators, absence: *absence },
        },
    }
}

/// While an incident waits for its last word, the same document must be looked at again: no validators.
fn remembered(validators: &Validators, knowledge: &Knowledge) -> Validators {
    if knowledge.open_incidents().any(|known| known.absent_polls > 0) {
        let platform: Option<Platform> = validators.platform;
        return Validators { platform, ..Validators::default() };
    }
    validators.clone()
}

fn health_change(provider: &Provider, from: SourceHealth, to: SourceHealth, at: Timestamp) -> Change {
    Change {
        kind: ChangeKind::HealthChanged,
        subject: provider.slug.clone(),
        name: provider.name.clone(),
        from: Some(from.word().to_owned()),
        to: Some(to.word().to_owned()),
        update: None,
        at,
    }
}
