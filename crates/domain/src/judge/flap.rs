//! Flapping: trouble that ends and comes back again and again.
//!
//! Each end that is believed at once would wake people anew a few minutes later. After [`FLAP_TURNS`] beginnings within
//! [`FLAP_WINDOW`] an incident is flapping, and its end is believed only after [`FLAP_CALM`] without trouble. Until then it stays
//! what it is, open or acknowledged, so that trouble that returns pages nobody who has answered; and while there is none, the steps
//! of its policies are taken and their pages wait.

use std::time::Duration;

use jiff::Timestamp;

/// Beginnings after which an incident flaps.
pub const FLAP_TURNS: usize = 3;

/// The span in which they are counted.
pub const FLAP_WINDOW: Duration = Duration::from_secs(30 * 60);

/// How long a flapping incident has to be calm before it is over.
pub const FLAP_CALM: Duration = Duration::from_secs(10 * 60);

/// A turn in the life of an incident.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Turn {
    /// Trouble began, or came back.
    Trouble,
    /// Trouble ended and the end was not believed.
    Calm,
}

/// Whether an incident without trouble is over.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ending {
    /// It is.
    Now,
    /// It flaps: it will be at this instant, if no trouble comes back.
    HeldUntil(Timestamp),
}

/// Returns whether an incident that nothing stands behind any more is over. `turns` are in the order of time.
#[must_use]
pub fn ending(turns: &[(Timestamp, Turn)], now: Timestamp) -> Ending {
    let after = |at: Timestamp, span: Duration| at.checked_add(span).unwrap_or(Timestamp::MAX);
    if let Some(&(at, Turn::Calm)) = turns.last() {
        let until = after(at, FLAP_CALM);
        return if until <= now { Ending::Now } else { Ending::HeldUntil(until) };
    }
    let is_counted =
        |&&(at, turn): &&(Timestamp, Turn)| turn == Turn::Trouble && after(at, FLAP_WINDOW) > now;
    if turns.iter().filter(is_counted).count() >= FLAP_TURNS {
        return Ending::HeldUntil(after(now, FLAP_CALM));
    }
    Ending::Now
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(minute: i64) -> Timestamp {
        Timestamp::from_second(1_700_000_000 + 60 * minute).unwrap()
    }

    fn turns(all: &[(i64, Turn)]) -> Vec<(Timestamp, Turn)> {
        all.iter().map(|&(minute, turn)| (at(minute), turn)).collect()
    }

    #[test]
    fn the_third_end_in_half_an_hour_is_believed_after_ten_calm_minutes() {
        let trouble = |minute| (minute, Turn::Trouble);
        assert_eq!(ending(&turns(&[trouble(0)]), at(2)), Ending::Now);
        assert_eq!(ending(&turns(&[trouble(0), trouble(4)]), at(6)), Ending::Now);
        let third = [trouble(0), trouble(4), trouble(8)];
        assert_eq!(ending(&turns(&third), at(10)), Ending::HeldUntil(at(20)));
        assert_eq!(ending(&turns(&third), at(29)), Ending::HeldUntil(at(39)));
        assert_eq!(ending(&turns(&third), at(30)), Ending::Now, "the first is long past");
    }

    #[test]
    fn calm_is_counted_from_its_beginning_and_anew_after_each_trouble() {
        let mut all = vec![(0, Turn::Trouble), (4, Turn::Trouble), (8, Turn::Trouble), (10, Turn::Calm)];
        assert_eq!(ending(&turns(&all), at(19)), Ending::HeldUntil(at(20)));
        assert_eq!(ending(&turns(&all), at(20)), Ending::Now);
        all.extend([(12, Turn::Trouble)]);
        assert_eq!(ending(&turns(&all), at(14)), Ending::HeldUntil(at(24)));
    }
}
