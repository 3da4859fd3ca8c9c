//! Records how polls went and everything that follows from them, in one transaction: facts, changes, statuses, incidents,
//! timers, notifications, stale pages.
//!
//! Judging an organisation costs what all its services cost, whatever changed. So those who depend on what several polls
//! changed are judged once, after the last of them: when most of the world fails at once, there is not a judgement for each.

use std::{collections::BTreeSet, sync::Arc, time::Duration};

use domain::{
    OrgId, Platform, ProviderId, SourceHealth,
    change::{Change, ChangeKind},
    knowledge::{Absence, Knowledge},
    polling::{self, Source, Watch},
    provider::Provider,
    snapshot::Snapshot,
};
use jiff::Timestamp;
use store::{
    Tx, announcements, judgements, providers,
    providers::{Move, Settled, Stored, Validators},
    stale_pages, watches,
};

use super::{Ground, MOST_ORGANIZATIONS, judge::judge_or_put_off, split_for_judging};
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
        /// The shortest wait that the answer allows.
        floor: Duration,
        /// Whether the longer lists were asked for.
        has_history: bool,
    },
    /// Our own network kept us from asking.
    Hindered {
        /// How, in words for a person.
        reason: String,
    },
    /// Nothing that can be trusted came.
    Failed {
        /// Why, in words for a person.
        reason: String,
        /// How long the server asks us to wait.
        asked: Option<Duration>,
        /// Whether there was an answer, which can't be the page's.
        is_refused: bool,
        /// Where the page was found instead.
        moved: Option<Move>,
    },
}

/// Whose poll it was, and how that provider is watched.
#[derive(Clone, Debug)]
pub struct Poll {
    /// The provider.
    pub provider: Arc<Provider>,
    /// Proves the lease.
    pub epoch: i64,
    /// How closely it is watched.
    pub watch: Watch,
    /// The shortest interval that its platform allows.
    pub shortest: Duration,
    /// Whether it stays on the list of what is read.
    pub is_kept: bool,
    /// Whether somebody looked at its page lately.
    pub is_visited: bool,
}

/// A poll that came back.
#[derive(Clone, Debug)]
pub struct Answer {
    /// Whose.
    pub poll: Poll,
    /// How it went.
    pub polled: Polled,
    /// Uniform in `[0, 1)`: spreads the next one.
    pub jitter: f64,
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
    /// Where the page seems to have moved, if that is new.
    pub proposal: Option<Move>,
    /// What the reader did not understand, if that is new.
    pub warnings: Vec<String>,
}

/// Records answers that brought no news, and has the pages that people look at tell when they were last read.
///
/// # Errors
/// When the ledger fails.
pub fn record_quiet(
    tx: &mut Tx<'_>,
    now: Timestamp,
    quiet: &[Settled],
    visited: &[ProviderId],
) -> Result<(), CommandError> {
    quiet.iter().try_for_each(|settled| providers::settle_unchanged(tx, settled))?;
    for id in visited {
        stale_pages::mark(tx, stale_pages::PageKind::Provider, id.0, now)?;
    }
    Ok(())
}

/// Records how polls went and judges those who depend on what is different; returns what each led to, in the same order. A
/// claim that has been taken over by somebody else records nothing.
///
/// # Errors
/// When the ledger fails; the polls are then as if they had not been.
pub fn record(
    tx: &mut Tx<'_>,
    ground: &Ground,
    now: Timestamp,
    answers: &[Answer],
) -> Result<Vec<Recorded>, CommandError> {
    let each = answers.iter().map(|answer| record_one(tx, ground, now, answer));
    let recorded: Vec<Recorded> = each.collect::<Result<_, _>>()?;
    let written: Vec<ProviderId> = answers.iter().map(|answer| answer.poll.provider.id()).collect();
    let polls = written.iter().zip(&recorded);
    let changed = polls.filter(|(_, recorded)| !recorded.changes.is_empty()).map(|(id, _)| *id);
    judge_dependents(tx, ground, now, changed, &written)?;
    Ok(recorded)
}

fn record_one(
    tx: &mut Tx<'_>,
    ground: &Ground,
    now: Timestamp,
    answer: &Answer,
) -> Result<Recorded, CommandError> {
    let Answer { poll, polled, jitter } = answer;
    let jitter = *jitter;
    let (provider, id) = (&poll.provider, poll.provider.id());
    if !providers::is_current(tx, id, poll.epoch)? {
        return Ok(Recorded::default());
    }
    let stored = providers::get(tx, id)?.ok_or_else(|| CommandError::NotFound(provider.slug.clone()))?;
    let mut after = After {
        before: stored.health,
        health: stored.health,
        changes: Vec::new(),
        validators: stored.validators.clone(),
        failure: None,
        proposal: None,
        warnings: Vec::new(),
    };
    let pace = |source: &Source| source.pace(provider.interval, poll.watch, poll.shortest);
    let mut source = stored.source.clone();
    match weigh(&stored, polled) {
        Weighed::Believed(reading) => {
            close_gap(tx, id, &stored, pace(&source), now)?;
            after.learn(tx, &stored, &mut source, &reading, id, now)?;
            let interval = pace(&source);
            source = source.read(now, interval, jitter);
        }
        Weighed::Unchanged => {
            if close_gap(tx, id, &stored, pace(&source), now)? || stored.health == SourceHealth::Unreadable {
                providers::save_knowledge(tx, id, &stored.knowledge, &stored.knowledge, now)?;
            }
            let interval = pace(&source);
            source = source.read(now, interval, jitter);
        }
        Weighed::Failed { reason, asked, is_refused, moved } => {
            after.failure = Some(reason.clone());
            if let Some(moved) = moved {
                after.follow(tx, ground, provider, &stored, &moved)?;
            }
            let interval = provider.interval.max(poll.shortest);
            source = match is_refused {
                true => source.refused(now, interval, jitter, asked, reason),
                false => source.failed(now, interval, jitter, asked, reason),
            };
            if after.is_followed() {
                source.next_poll_at = Some(now);
            }
        }
        Weighed::Hindered { reason } => {
            let interval = pace(&source);
            source = source.hindered(now, interval, jitter, reason);
        }
    }
    after.health = source.health(now, pace(&source));
    source.next_poll_at = source.next_poll_at.filter(|_| poll.is_kept);
    providers::save_source(tx, id, &source, &after.validators, after.health)?;
    providers::release(tx, id, poll.epoch)?;
    settle(tx, now, poll, &source, after)
}

/// Time in which nothing was read is neither up nor down: where there is a gap before this reading, what stood before it
/// ends with the last reading. Returns whether there was one.
fn close_gap(
    tx: &mut Tx<'_>,
    id: ProviderId,
    stored: &Stored,
    pace: Duration,
    now: Timestamp,
) -> Result<bool, CommandError> {
    let Some(last) = stored.source.last_fresh_at.filter(|_| stored.source.has_gap(now, pace)) else {
        return Ok(false);
    };
    providers::close_spans(tx, id, last)?;
    Ok(true)
}

/// What a poll makes of a source.
struct After {
    before: SourceHealth,
    health: SourceHealth,
    changes: Vec<Change>,
    validators: Validators,
    failure: Option<String>,
    proposal: Option<Move>,
    warnings: Vec<String>,
}

impl After {
    /// Folds a reading into what is known.
    fn learn(
        &mut self,
        tx: &mut Tx<'_>,
        stored: &Stored,
        source: &mut Source,
        reading: &Believed<'_>,
        id: ProviderId,
        now: Timestamp,
    ) -> Result<(), CommandError> {
        if stored.moved.is_some() {
            providers::save_move(tx, id, None)?;
        }
        if stored.warnings != reading.snapshot.warnings {
            providers::save_warnings(tx, id, &reading.snapshot.warnings)?;
            self.warnings.clone_from(&reading.snapshot.warnings);
        }
        let known =
            if is_at_its_new_place(stored) { stored.knowledge.moved() } else { stored.knowledge.clone() };
        let (knowledge, changes) = known.learn(reading.snapshot, now, reading.absence);
        providers::save_knowledge(tx, id, &stored.knowledge, &knowledge, now)?;
        (source.is_busy, source.floor) = (knowledge.is_busy(), reading.floor);
        if reading.has_history || source.history_due_at.is_none() {
            source.history_due_at = polling::history_due(now, knowledge.last_end());
        }
        self.changes = changes;
        self.validators = remembered(reading.validators, &knowledge);
        Ok(())
    }

    /// A page was found elsewhere than it is declared to be. Where nobody declared it, or where the configuration says so, it
    /// is read there from now on; otherwise that is kept as a proposal.
    fn follow(
        &mut self,
        tx: &mut Tx<'_>,
        ground: &Ground,
        provider: &Provider,
        stored: &Stored,
        moved: &Move,
    ) -> Result<(), CommandError> {
        let id = provider.id();
        if provider.feed.is_some() && !ground.catalog.follows_moves() {
            let is_new = stored.moved.as_ref().is_none_or(|known| known.feed != moved.feed);
            self.proposal = Some(moved.clone()).filter(|_| is_new);
            return Ok(providers::save_move(tx, id, Some(moved))?);
        }
        let told = |platform: Option<Platform>, feed: &str| match platform {
            Some(platform) => format!("{platform} {feed}"),
            None => feed.to_owned(),
        };
        let (platform, feed) = (stored.validators.platform.or(provider.platform), &stored.validators.feed);
        let before = told(platform, feed.as_deref().unwrap_or_else(|| provider.address()));
        self.validators = Validators {
            platform: Some(moved.platform),
            feed: Some(moved.feed.clone()),
            ..Validators::default()
        };
        self.changes.push(Change {
            kind: ChangeKind::SourceMoved,
            subject: provider.slug.clone(),
            name: provider.name.clone(),
            from: Some(before),
            to: Some(told(Some(moved.platform), &moved.feed)),
            update: None,
            at: moved.at,
        });
        // What was known stands until the first reading at the new place, which learns from the past alone.
        Ok(providers::save_move(tx, id, Some(moved))?)
    }

    fn is_followed(&self) -> bool {
        self.changes.iter().any(|change| change.kind == ChangeKind::SourceMoved)
    }
}

/// Whether a source is read where its page has moved, and has not been read there before.
fn is_at_its_new_place(stored: &Stored) -> bool {
    stored.moved.as_ref().is_some_and(|moved| stored.validators.feed.as_ref() == Some(&moved.feed))
}

/// Keeps what changed for those who are told of it.
fn settle(
    tx: &mut Tx<'_>,
    now: Timestamp,
    poll: &Poll,
    source: &Source,
    after: After,
) -> Result<Recorded, CommandError> {
    let (provider, id, mut changes) = (&poll.provider, poll.provider.id(), after.changes.clone());
    let is_looked_at = poll.is_visited;
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
    }
    if is_looked_at || !changes.is_empty() {
        stale_pages::mark(tx, stale_pages::PageKind::Provider, id.0, now)?;
    }
    let After { health, failure, proposal, warnings, .. } = after;
    Ok(Recorded { changes, health: Some(health), failure, proposal, warnings })
}

/// Judges the organisations that depend on what changed, once each.
fn judge_dependents(
    tx: &mut Tx<'_>,
    ground: &Ground,
    now: Timestamp,
    changed: impl Iterator<Item = ProviderId>,
    written: &[ProviderId],
) -> Result<(), CommandError> {
    let mut dependents: BTreeSet<OrgId> = BTreeSet::new();
    for id in changed {
        dependents.extend(watches::list_organizations(tx, id, MOST_ORGANIZATIONS)?);
    }
    let (at_once, later) = split_for_judging(dependents.into_iter().collect());
    for org in later {
        judgements::request(tx, org, now)?;
    }
    for org in at_once {
        judge_or_put_off(tx, ground, org, written, now)?;
    }
    Ok(())
}

/// What a poll read and deserves belief.
struct Believed<'a> {
    snapshot: &'a Snapshot,
    validators: &'a Validators,
    absence: Absence,
    floor: Duration,
    has_history: bool,
}

/// A poll, after asking whether what it read deserves belief.
enum Weighed<'a> {
    Believed(Believed<'a>),
    Unchanged,
    Failed { reason: String, asked: Option<Duration>, is_refused: bool, moved: Option<Move> },
    Hindered { reason: String },
}

fn weigh<'a>(stored: &Stored, polled: &'a Polled) -> Weighed<'a> {
    match polled {
        Polled::Unchanged => Weighed::Unchanged,
        Polled::Failed { reason, asked, is_refused, moved } => Weighed::Failed {
            reason: reason.clone(),
            asked: *asked,
            is_refused: *is_refused,
            moved: moved.clone(),
        },
        Polled::Hindered { reason } => Weighed::Hindered { reason: reason.clone() },
        Polled::Read { snapshot, validators, absence, floor, has_history } => {
            let doubt = stored.knowledge.distrust(snapshot, stored.source.failures);
            match doubt.filter(|_| !is_at_its_new_place(stored)) {
                Some(reason) => {
                    // An old copy from a cache is a passing trouble; somebody else's page is not.
                    let is_refused =
                        snapshot.page.id.is_some() && snapshot.page.id != stored.knowledge.page.id;
                    Weighed::Failed { reason, asked: None, is_refused, moved: None }
                }
                None => Weighed::Believed(Believed {
                    snapshot,
                    validators,
                    absence: *absence,
                    floor: *floor,
                    has_history: *has_history,
                }),
            }
        }
    }
}

/// While an incident waits for its last word, the same document must be looked at again: no validators.
fn remembered(validators: &Validators, knowledge: &Knowledge) -> Validators {
    if knowledge.open_incidents().any(|known| known.absent_polls > 0) {
        let (platform, feed) = (validators.platform, validators.feed.clone());
        return Validators { platform, feed, ..Validators::default() };
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
