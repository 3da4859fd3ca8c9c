//! Times and spans as people type them.

use std::{str::FromStr, time::Duration};

use domain::years::unlikely;
use jiff::{Timestamp, civil};

/// A length of time as the configuration writes it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Span(pub(crate) Duration);

impl FromStr for Span {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let span = formats::setup::duration::parse(text).map(Self);
        span.ok_or_else(|| "right would be a length of time such as 30m, 1h30m or 2d".to_owned())
    }
}

/// Reads an instant.
pub(super) fn time(text: &str) -> Result<Timestamp, String> {
    let example = "2026-12-24T09:00:00+01:00";
    let at: Timestamp = text.parse().map_err(|_| match text.parse::<civil::DateTime>() {
        // A time of which only the offset is missing, or a day.
        Ok(local) => format!("say the offset from UTC too: {local}Z for UTC, or as in {example}"),
        Err(_) => format!(
            "right would be an instant with its offset from UTC, such as {example} or 2026-12-24T08:00:00Z"
        ),
    })?;
    unlikely(at).map_or(Ok(at), Err)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bad_time_is_answered_with_what_would_be_right() {
        let check = |text: &str, says: &str| {
            let why = time(text).unwrap_err();
            assert!(why.contains(says), "{text}: {why}");
        };
        check(
            "tomorrow",
            "right would be an instant with its offset from UTC, such as 2026-12-24T09:00:00+01:00",
        );
        check("", "right would be");
        check("2026-12-24T09:00", "say the offset from UTC too: 2026-12-24T09:00:00Z");
        check("2026-12-24", "say the offset from UTC too: 2026-12-24T00:00:00Z");
        check("9999-12-24T09:00:00Z", "the year 9999 can't be meant");
        assert_eq!(time("2026-12-24T09:00:00+01:00").unwrap().to_string(), "2026-12-24T08:00:00Z");
    }
}
