//! Durations as people write them: `10s`, `5m`, `1h30m`, `7d`.

use std::{fmt::Write, time::Duration};

/// The units, longest first, with their length in milliseconds.
const UNITS: [(&str, u64); 5] = [("d", 86_400_000), ("h", 3_600_000), ("m", 60_000), ("s", 1_000), ("ms", 1)];

/// Reads a duration: whole numbers, each with a unit out of `d`, `h`, `m`, `s`, `ms`, longest first, each at most once.
#[must_use]
pub fn parse(text: &str) -> Option<Duration> {
    let mut rest = text;
    let mut total: u64 = 0;
    let mut units = UNITS.iter();
    while !rest.is_empty() {
        let (number, after) = split(rest, |c| c.is_ascii_digit());
        let (unit, after) = split(after, |c| c.is_ascii_lowercase());
        let (_, length_ms) = units.find(|(name, _)| *name == unit)?;
        total = total.checked_add(number.parse::<u64>().ok()?.checked_mul(*length_ms)?)?;
        rest = after;
    }
    (!text.is_empty()).then(|| Duration::from_millis(total))
}

/// Returns the text that [`parse`] reads as this duration, cut to whole milliseconds.
#[must_use]
pub fn words(duration: Duration) -> String {
    let mut rest = u64::try_from(duration.as_millis()).unwrap_or(u64::MAX);
    let mut text = String::new();
    for (unit, length_ms) in UNITS {
        if rest >= length_ms {
            let _ = write!(text, "{}{unit}", rest / length_ms);
            rest %= length_ms;
        }
    }
    if text.is_empty() { "0s".to_owned() } else { text }
}

fn split(text: &str, belongs: impl Fn(char) -> bool) -> (&str, &str) {
    text.split_at(text.find(|c| !belongs(c)).unwrap_or(text.len()))
}
