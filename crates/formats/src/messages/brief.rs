//! The text that small screens show: a title, a few lines, the same words as the mail.

use domain::Severity;
use jiff::{Timestamp, tz::TimeZone};

use super::{
    Notice, PageMessage,
    mail::{Content, told},
};
use crate::text::shorten;

/// How much of the provider's words a small screen gets, in characters.
const SAID_CHARS: usize = 300;

/// A message for a small screen: plain text, without links.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Brief {
    /// One line.
    pub title: String,
    /// Several.
    pub body: String,
}

/// Returns the message in brief, with times in the person's zone; the body has at most `max_chars` characters.
#[must_use]
pub fn brief(message: &PageMessage, zone: &TimeZone, max_chars: usize) -> Brief {
    let short = |at: Timestamp| at.to_zoned(zone.clone()).strftime("%a %-d %b, %H:%M %Z").to_string();
    let Content { heading, organization, notes, facts, said, also, services, reason, .. } =
        told(message, short);
    let mut lines: Vec<String> = notes.into_iter().map(str::to_owned).collect();
    lines.extend(facts.into_iter().map(|(name, value)| format!("{name}: {value}")));
    lines.extend(said.map(|said| format!("The provider says: {}", shorten(said, SAID_CHARS))));
    if !also.is_empty() {
        lines.push(format!("And {} more:", also.len()));
        lines.extend(also);
    }
    if !services.is_empty() {
        lines.push(format!("All {} services:", services.len()));
        lines.extend(services);
    }
    lines.push(reason);
    lines.push(format!("Midwatch for {organization}"));
    Brief { title: heading, body: shorten(lines.join("\n"), max_chars) }
}

impl PageMessage {
    /// Whether somebody has to act on it.
    #[must_use]
    pub const fn is_call(&self) -> bool {
        match self.notice {
            Notice::Page | Notice::Unanswered => true,
            Notice::Acknowledged { .. }
            | Notice::Reassigned { .. }
            | Notice::Resolved { .. }
            | Notice::Notice => false,
        }
    }

    /// Whether somebody has to act on it at once, whatever the hour.
    #[must_use]
    pub const fn is_urgent(&self) -> bool {
        self.is_call() && matches!(self.incident.severity, Severity::Critical | Severity::Error)
    }

    /// Returns the page that shows it best: where it is acknowledged, else the public one.
    #[must_use]
    pub fn link(&self) -> Option<&str> {
        self.ack_url.as_deref().or(self.status_page.as_deref())
    }
}
