//! What a reader did not understand, said once for each thing and bounded, so that a hostile document can't fill a log.

use std::fmt::Display;

use jiff::Timestamp;

use super::times::is_sane;
use crate::text::{WORD_CHARS, clean_line};

/// How many warnings one document may give; the rest are counted.
const LIMIT: usize = 100;

/// The warnings of one document.
#[derive(Default)]
pub(crate) struct Warnings {
    said: Vec<String>,
    unsaid: usize,
}

impl Warnings {
    /// Adds a warning.
    pub(crate) fn add(&mut self, warning: impl Display) {
        if self.said.len() < LIMIT {
            self.said.push(warning.to_string());
        } else {
            self.unsaid += 1;
        }
    }

    /// Tells how many rows of a list could not be kept.
    pub(crate) fn lost(&mut self, what: impl Display, count: usize) {
        if count > 0 {
            self.add(format_args!("{what}: {count} rows dropped as unreadable or too many"));
        }
    }

    /// Returns the instant a time field gives. Text that is no instant (no zone included) is a warning, not a guess.
    pub(crate) fn time(&mut self, owner: impl Display, field: &str, text: Option<&str>) -> Option<Timestamp> {
        self.time_by(owner, field, text, |text| text.trim().parse().ok())
    }

    /// Returns the instant a time field gives in the platform's own form; text that is none, or none of our days, is a
    /// warning.
    pub(crate) fn time_by(
        &mut self,
        owner: impl Display,
        field: &str,
        text: Option<&str>,
        read: impl Fn(&str) -> Option<Timestamp>,
    ) -> Option<Timestamp> {
        let text = text?;
        let time = read(text).filter(is_sane);
        if time.is_none() {
            self.add(format_args!("{owner} has unreadable time {field} '{}'", clean_line(text, WORD_CHARS)));
        }
        time
    }

    /// Returns the address a field gives. Anything but `http` and `https` is a warning: it would become a link.
    pub(crate) fn link(&mut self, owner: impl Display, field: &str, text: Option<&str>) -> Option<String> {
        let text = text?.trim();
        // A parser mends `https:/a`; what shows the link may not.
        let is_web = text.starts_with("https://") || text.starts_with("http://");
        let usable = is_web && url::Url::parse(text).is_ok();
        if !usable || text.len() > 2_000 || text.contains(char::is_whitespace) {
            self.add(format_args!("{owner} has unusable address {field} '{}'", clean_line(text, WORD_CHARS)));
            return None;
        }
        Some(text.to_owned())
    }

    /// Returns the sentences.
    pub(crate) fn into_vec(mut self) -> Vec<String> {
        if self.unsaid > 0 {
            self.said.push(format!("and {} further warnings", self.unsaid));
        }
        self.said
    }
}
