//! Signs of life of the worker loops, and whether the wall clock can be believed.
//!
//! A loop gives a sign of life when it begins or ends a turn and when the ledger answers it, so that a worker which is slow
//! because the ledger is slow is told from one that hangs. The [watchdog](look) judges them from a thread of its own, which
//! no blocked task can hold up.
//!
//! Due times are instants on the wall. Before each turn the wall clock is compared with the clock that nobody sets; when it
//! was set, the ledger follows before any worker looks at it, as [`store::clock`] says: waits keep their length, so no step
//! comes late and a policy does not fire all its steps at once, and what waits for the wall looks at it again.

use std::{
    collections::BTreeMap,
    sync::{Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use domain::watchdog::{Beat, Clocks, Look, Standing, Stuck, Watchdog};
use jiff::SignedDuration;
use store::{Lane, Tx, clock};
use tracing::{error, warn};

use crate::{
    commands,
    error::CommandError,
    seams::{Bell, Clock},
    shell::Shell,
};

tokio::task_local! {
    /// The worker in whose turn this is.
    static WORKER: &'static str;
}

/// Signs of life, and how the clocks stood.
#[derive(Debug, Default)]
pub struct Pulse {
    loops: Mutex<BTreeMap<&'static str, Life>>,
    steady: Mutex<Steady>,
    stuck: Mutex<Vec<Stuck>>,
}

#[derive(Clone, Copy, Debug)]
struct Life {
    bell: Bell,
    turned_at: Duration,
    seen_at: Duration,
    is_turning: bool,
    /// Answers of the ledger that are waited for.
    awaited: u32,
}

/// How the clocks stood, and what the ledger has still to follow.
#[derive(Debug, Default)]
struct Steady {
    clocks: Clocks,
    /// How the clock stands to the ledger; `None` before they were first compared.
    standing: Option<Standing>,
    /// A jump that the ledger may have followed while the answer was lost, so it stays as it is until there is one.
    owed: Option<SignedDuration>,
    /// What came after it.
    rest: SignedDuration,
    /// All that was followed and that no audit has heard of.
    untold: SignedDuration,
}

impl Pulse {
    /// Takes a turn and notes its beginning and its end.
    pub async fn during<T>(
        &self,
        clock: &dyn Clock,
        (worker, bell): (&'static str, Bell),
        turn: impl Future<Output = T>,
    ) -> T {
        let now = clock.elapsed();
        let born = Life { bell, turned_at: now, seen_at: now, is_turning: true, awaited: 0 };
        hold(&self.loops)
            .entry(worker)
            .and_modify(|life| *life = Life { turned_at: life.turned_at, ..born })
            .or_insert(born);
        // Also when the turn panics: then it has ended.
        let _end = Defer(|| {
            let now = clock.elapsed();
            self.note(worker, |life| {
                *life = Life { bell, turned_at: now, seen_at: now, is_turning: false, awaited: 0 };
            });
        });
        WORKER.scope(worker, turn).await
    }

    /// Notes that the worker in whose turn this is waits for the ledger, until what is returned is dropped.
    pub(crate) fn awaiting<'a>(&'a self, clock: &'a dyn Clock) -> impl Drop + 'a {
        let worker = WORKER.try_with(|worker| *worker).ok();
        let change = move |by: i32| {
            let Some(worker) = worker else { return };
            let now = clock.elapsed();
            self.note(worker, |life| {
                life.seen_at = now;
                life.awaited = life.awaited.saturating_add_signed(by);
            });
        };
        change(1);
        Defer(move || change(-1))
    }

    fn note(&self, worker: &'static str, change: impl FnOnce(&mut Life)) {
        if let Some(life) = hold(&self.loops).get_mut(worker) {
            change(life);
        }
    }

    /// Returns the signs of life of every loop that has begun, in the order of their names.
    #[must_use]
    pub fn beats(&self) -> Vec<Beat> {
        let beat = |(worker, life): (&&'static str, &Life)| Beat {
            worker,
            is_paging: is_paging(life.bell),
            period: period(life.bell),
            turned_at: life.turned_at,
            seen_at: life.seen_at,
            doing: doing(life).to_owned(),
        };
        hold(&self.loops).iter().map(beat).collect()
    }

    /// Returns who was stuck when the watchdog looked last.
    #[must_use]
    pub fn stuck(&self) -> Vec<Stuck> {
        hold(&self.stuck).clone()
    }

    /// Returns by how much the wall clock was set since this was asked last.
    pub(crate) fn take_jump(&self) -> Option<SignedDuration> {
        let untold = std::mem::take(&mut hold(&self.steady).untold);
        (!untold.is_zero()).then_some(untold)
    }
}

/// The longest a worker goes without a sign of life while all is well.
const fn period(bell: Bell) -> Duration {
    Duration::from_secs(match bell {
        // A step is one transaction, and the lease on it is as long.
        Bell::Escalate => 20,
        // No send may take longer than its lease.
        Bell::Notify => 45,
        // Documents, drawings and readers' messages take their time, and nobody sleeps worse for it.
        Bell::Poll
        | Bell::Judge
        | Bell::Publish
        | Bell::Announce
        | Bell::Report
        | Bell::Clean
        | Bell::Audit
        | Bell::Prove => 60,
    })
}

/// Whether nobody is woken without this worker.
const fn is_paging(bell: Bell) -> bool {
    match bell {
        Bell::Escalate | Bell::Notify => true,
        Bell::Poll
        | Bell::Judge
        | Bell::Publish
        | Bell::Announce
        | Bell::Report
        | Bell::Clean
        | Bell::Audit
        | Bell::Prove => false,
    }
}

const fn doing(life: &Life) -> &'static str {
    match (life.is_turning, life.awaited) {
        (false, _) => "waiting for the bell",
        (true, 0) => "in its turn, not waiting for the ledger",
        (true, _) => "in its turn, waiting for the ledger",
    }
}

/// Looks at the loops once; says who is newly stuck and calls `end` when people are no longer woken.
pub fn look(shell: &Shell, watchdog: &mut Watchdog, end: &dyn Fn()) -> Look {
    let look = watchdog.look(shell.clock.elapsed(), &shell.pulse.beats());
    for stuck in look.stuck.iter().filter(|stuck| stuck.is_news) {
        let silent = stuck.silent.as_secs();
        error!(worker = stuck.worker, doing = stuck.doing, silent_seconds = silent, "worker is stuck");
    }
    hold(&shell.pulse.stuck).clone_from(&look.stuck);
    if look.must_end {
        error!("a worker that pages is stuck: the process ends, so that its supervisor starts another");
        end();
    }
    look
}

/// Has the due times in the ledger follow the wall clock when that was set.
///
/// # Errors
/// When the ledger fails; then no due time may be believed yet.
pub(crate) async fn follow(shell: &Shell) -> Result<(), CommandError> {
    // Compared before the clocks are looked at for the first time, so that no jump lies in between.
    let known = hold(&shell.pulse.steady).standing;
    if known.is_none() {
        let moved = shell.read(|tx| Ok(clock::moved(tx)?)).await?;
        let standing = Standing { moved, apart: SignedDuration::ZERO };
        hold(&shell.pulse.steady).standing.get_or_insert(standing);
    }
    while let Some((standing, by)) = owed(shell) {
        let ground = shell.ground();
        let job = move |tx: &mut Tx<'_>, now| commands::follow_clock(tx, &ground, standing, by, now);
        let after = shell.write(Lane::Paging, job).await?;
        let mut steady = hold(&shell.pulse.steady);
        // Every worker that began a turn has seen to it, and the first to come back says so.
        if (steady.standing, steady.owed) == (Some(standing), Some(by)) {
            steady.standing = Some(after);
            steady.owed = None;
            steady.untold = steady.untold.saturating_add(by);
            drop(steady);
            if !after.apart.is_zero() {
                error!(apart = %after.apart, "the wall clock is not the one that the ledger goes by");
            }
            Bell::ALL.into_iter().for_each(|bell| shell.doorbell.ring(bell));
        }
    }
    Ok(())
}

/// Compares the clocks; returns the jump that the ledger may have to follow, and how they stood before it.
fn owed(shell: &Shell) -> Option<(Standing, SignedDuration)> {
    let mut steady = hold(&shell.pulse.steady);
    let (wall, elapsed) = (shell.clock.now(), shell.clock.elapsed());
    if let Some(by) = steady.clocks.jump(wall, elapsed) {
        warn!(by = %by, "the wall clock was set: what waits follows it");
        steady.rest = steady.rest.saturating_add(by);
    }
    steady.clocks.look(wall, elapsed);
    if steady.owed.is_none() && !steady.rest.is_zero() {
        steady.owed = Some(std::mem::take(&mut steady.rest));
    }
    steady.standing.zip(steady.owed)
}

fn hold<T>(what: &Mutex<T>) -> MutexGuard<'_, T> {
    what.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Does something when it is dropped.
struct Defer<F: FnMut()>(F);

impl<F: FnMut()> Drop for Defer<F> {
    fn drop(&mut self) {
        (self.0)();
    }
}
