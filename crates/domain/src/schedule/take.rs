//! "Take this shift": somebody puts themselves, or another, on call for a time.

use std::time::Duration;

use jiff::Timestamp;
use thiserror::Error;

use super::{Override, Schedule};
use crate::{UserId, setup::User};

/// The longest shift that somebody takes: a year. What is to last longer belongs to a layer.
pub const LONGEST_SHIFT: Duration = Duration::from_secs(366 * 24 * 3600);

/// Why a shift can't be taken, and what would be right.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum Refusal {
    /// The person is unknown.
    #[error("{0} is no member, so nobody could reach them; name a member, or add them first")]
    NotAMember(UserId),
    /// It would last no time.
    #[error("it must end after it begins: it would end {to:.0} and begin {from:.0}")]
    Empty {
        /// First instant.
        from: Timestamp,
        /// First instant after.
        to: Timestamp,
    },
    /// It would change nothing any more.
    #[error("it would end {to:.0}, which is past; give an end after {now:.0}")]
    Past {
        /// First instant after.
        to: Timestamp,
        /// The present.
        now: Timestamp,
    },
    /// It would last too long.
    #[error(
        "a shift lasts at most a year: this one may end {latest:.0} at the latest; who is on call for longer belongs to a layer"
    )]
    TooLong {
        /// The last end that would be taken.
        latest: Timestamp,
    },
    /// Somebody else has taken a part of it.
    #[error("{holder} has an override from {:.0} to {:.0} already; end that one first, or take the time around it", held.from, held.to)]
    Taken {
        /// The address of whoever has it.
        holder: String,
        /// What stands in the way.
        held: Override,
    },
}

impl Schedule {
    /// Returns the override with which `wanted.user` takes the time, if it can be added to the schedule.
    ///
    /// What is past stays as it was: an override that would begin before `now` begins now.
    ///
    /// # Errors
    /// What is wrong, as a sentence for whoever asked.
    pub fn take(&self, wanted: Override, members: &[User], now: Timestamp) -> Result<Override, Refusal> {
        let Override { user, from, to } = wanted;
        if !members.iter().any(|member| member.id == user) {
            return Err(Refusal::NotAMember(user));
        }
        if to <= from {
            return Err(Refusal::Empty { from, to });
        }
        if to <= now {
            return Err(Refusal::Past { to, now });
        }
        let taken = Override { user, from: from.max(now), to };
        let latest = taken.from.checked_add(LONGEST_SHIFT).unwrap_or(Timestamp::MAX);
        if to > latest {
            return Err(Refusal::TooLong { latest });
        }
        match self.overrides.iter().find(|held| held.contradicts(&taken)) {
            None => Ok(taken),
            Some(held) => {
                let holder = members.iter().find(|member| member.id == held.user);
                let holder = holder.map_or_else(|| held.user.to_string(), |member| member.email.clone());
                Err(Refusal::Taken { holder, held: held.clone() })
            }
        }
    }
}
