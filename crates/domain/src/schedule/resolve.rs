//! The one resolver of schedules: pager, `who`, calendar and simulation all ask here and nowhere else.
//!
//! [`Schedule::on_call`] answers for an instant and [`Schedule::shifts`] is nothing but the same answer asked again at
//! each instant at which it may change, so the roster can't differ from the pager.

use std::{fmt, iter};

use jiff::Timestamp;

use super::{
    Override, Schedule,
    layer::sooner,
    wall::{reached, wall},
};
use crate::UserId;

/// Somebody on call at an instant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct OnCall {
    /// Who.
    pub user: UserId,
    /// By what.
    pub by: Duty,
    /// When this may change next, always later than the instant asked for; `None` when it never does.
    pub until: Option<Timestamp>,
}

/// What puts a person on call.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Duty {
    /// Their turn in the layer of this number, counted from 1, the lowest.
    Layer(usize),
    /// A dated exception.
    Override,
    /// No layer and no override has anyone.
    Fallback,
}

/// A stretch of a schedule in which nothing changes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Shift {
    /// Who is on call; `None` is a gap.
    pub user: Option<UserId>,
    /// By what; `None` is a gap.
    pub by: Option<Duty>,
    /// First instant.
    pub from: Timestamp,
    /// First instant after.
    pub to: Timestamp,
}

/// Who is on call by what, if anybody.
type Holder = Option<(UserId, Duty)>;

impl Schedule {
    /// Returns who is on call at this instant; `None` is nobody, not even a fallback.
    #[must_use]
    pub fn on_call(&self, at: Timestamp) -> Option<OnCall> {
        let (holder, until) = self.holder(at);
        holder.map(|(user, by)| OnCall { user, by, until })
    }

    /// Returns the shifts that overlap `[from, to)`, clipped to it, in order, without gap or overlap between them.
    ///
    /// A time with nobody on call, not even a fallback, is a shift without a user; neighbours that say the same are one. Lazy: a long window
    /// costs what is taken from it.
    pub fn shifts(&self, from: Timestamp, to: Timestamp) -> impl Iterator<Item = Shift> {
        let mut next = from;
        iter::from_fn(move || {
            let from = next;
            if from >= to {
                return None;
            }
            let (holder, mut until) = self.holder(from);
            while let Some(change) = until.filter(|&change| change < to) {
                let (following, later) = self.holder(change);
                if following != holder {
                    break;
                }
                until = later;
            }
            next = until.map_or(to, |until| until.min(to));
            Some(Shift { user: holder.map(|(user, _)| user), by: holder.map(|(_, by)| by), from, to: next })
        })
    }

    /// Who is on call, and the next instant at which that may change.
    fn holder(&self, at: Timestamp) -> (Holder, Option<Timestamp>) {
        let ahead = |exceptions: &[Override]| {
            exceptions.iter().map(|exception| exception.from).filter(|&from| from > at).min()
        };
        let held = self.overrides.iter().rposition(|exception| exception.from <= at && at < exception.to);
        if let Some((exception, above)) = held.and_then(|place| self.overrides[place..].split_first()) {
            return (Some((exception.user, Duty::Override)), sooner(Some(exception.to), ahead(above)));
        }
        let wall = wall(&self.time_zone, at);
        let mut until = None;
        let mut holder = None;
        for (place, layer) in self.layers.iter().enumerate().rev() {
            let (user, change) = layer.holder(wall);
            until = sooner(until, change);
            if let Some(user) = user {
                holder = Some((user, Duty::Layer(place + 1)));
                break; // what the layers below do changes nothing
            }
        }
        let until = until.and_then(|time| reached(&self.time_zone, time));
        let holder = holder.or_else(|| self.fallback.map(|user| (user, Duty::Fallback)));
        (holder, sooner(until, ahead(&self.overrides)))
    }
}

impl fmt::Display for Duty {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Duty::Layer(number) => write!(f, "layer {number}"),
            Duty::Override => f.write_str("override"),
            Duty::Fallback => f.write_str("fallback: nobody on call"),
        }
    }
}
