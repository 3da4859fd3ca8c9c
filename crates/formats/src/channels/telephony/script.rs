//! What a call says.

use domain::Severity;

use super::speech::{integer, spoken};
use crate::{
    messages::{Notice, PageMessage},
    text::clean_line,
};

/// Characters of a summary that are read aloud. What a call says must fit into 4,000 characters of XML, twice.
const SUMMARY_CHARS: usize = 200;

/// Characters of a name that are read aloud.
const NAME_CHARS: usize = 60;

/// What a call says, and what keys do in it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Script {
    /// Plain words.
    pub words: String,
    /// Where a key that is pressed is reported; `None` where keys do nothing.
    pub keys: Option<String>,
    /// Whether the call ends with these words, said once.
    pub is_last: bool,
}

/// Returns what is said of a message; keys are offered where there is something to acknowledge.
#[must_use]
pub fn script(page: &PageMessage, keys: Option<String>) -> Script {
    let keys = keys.filter(|_| page.ack_url.is_some());
    let summary = spoken(&clean_line(&page.incident.summary, SUMMARY_CHARS));
    let number = integer(page.incident.number);
    let what = match &page.notice {
        Notice::Page => {
            let urgency = match page.incident.severity {
                Severity::Critical => "a critical page",
                Severity::Error => "an urgent page",
                Severity::Warning => "a warning",
                Severity::Info => "a note",
            };
            format!("This is Midwatch with {urgency}. {summary}. This is incident {number}.")
        }
        Notice::Acknowledged { by, snoozed, .. } => {
            let by = spoken(&clean_line(by, NAME_CHARS));
            let done = match snoozed {
                None => format!("{by} has taken incident {number}."),
                Some(snooze) => {
                    format!("{by} has snoozed incident {number} until {}.", spoken(&snooze.clock))
                }
            };
            format!("This is Midwatch. {done} {summary}.")
        }
        Notice::Reassigned { to, .. } => {
            let to = spoken(&clean_line(to, NAME_CHARS));
            format!("This is Midwatch. Incident {number} belongs to {to} now. {summary}.")
        }
        Notice::Resolved { .. } => format!("This is Midwatch. Incident {number} is over. {summary}."),
        Notice::Unanswered => {
            format!("This is Midwatch. Nobody has answered incident {number}. {summary}.")
        }
        Notice::Notice => format!("This is Midwatch. {summary}."),
    };
    let more = match page.also.len() {
        0 => String::new(),
        1 => " There is one more incident.".to_owned(),
        others => format!(" There are {} more incidents.", spoken(&others.to_string())),
    };
    let late = if page.delayed { " This call is late." } else { "" };
    let offer = match (&keys, &page.ack_url) {
        (Some(_), _) => " Press 4 to acknowledge, 6 to call the next person, 0 to hear this again.",
        (None, Some(_)) => " Open Midwatch to acknowledge.",
        (None, None) => "",
    };
    let words = format!("{what}{more}{late}{offer}");
    Script { words, keys, is_last: false }
}

impl Script {
    /// Returns the last words of a call.
    #[must_use]
    pub fn last(words: impl Into<String>) -> Self {
        Self { words: spoken(&words.into()), keys: None, is_last: true }
    }

    /// Returns the script with something said before it.
    #[must_use]
    pub fn after(mut self, words: &str) -> Self {
        self.words = format!("{} {}", spoken(words), self.words);
        self
    }
}
