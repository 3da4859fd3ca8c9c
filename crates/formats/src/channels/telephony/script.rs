//! What a call says.

use crate::{
    messages::{Notice, PageMessage},
    text::clean_line,
};

/// Characters of a summary that are read aloud. What a call says must fit into 4,000 characters of XML, twice.
const SUMMARY_CHARS: usize = 200;

/// From so many digits on a number is read digit by digit, as codes and statuses are.
const SPELLED_DIGITS: usize = 3;

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
    let summary = spelled(&clean_line(&page.incident.summary, SUMMARY_CHARS));
    let number = digits(&page.incident.number.to_string());
    let what = match &page.notice {
        Notice::Page => format!("{} page, incident {number}: ", page.incident.severity.word()),
        Notice::Acknowledged { by, snoozed, .. } => {
            let by = clean_line(by, SUMMARY_CHARS);
            match snoozed {
                None => format!("{by} has taken incident {number}: "),
                Some(snooze) => format!("{by} has snoozed incident {number} until {}: ", snooze.clock),
            }
        }
        Notice::Reassigned { to, .. } => {
            format!("incident {number} belongs to {} now: ", clean_line(to, SUMMARY_CHARS))
        }
        Notice::Resolved { .. } => format!("incident {number} is over: "),
        Notice::Unanswered => format!("nobody has answered incident {number}: "),
        Notice::Notice => String::new(),
    };
    let more = match page.also.len() {
        0 => String::new(),
        1 => " There is one more.".to_owned(),
        others => format!(" There are {others} more."),
    };
    let late = if page.delayed { " This call is late." } else { "" };
    let offer = match (&keys, &page.ack_url) {
        (Some(_), _) => " Press 4 to acknowledge, 6 to call the next person, 0 to hear this again.",
        (None, Some(_)) => " Open Midwatch to acknowledge.",
        (None, None) => "",
    };
    let words = format!("This is Midwatch. {what}{summary}.{more}{late}{offer}");
    Script { words, keys, is_last: false }
}

impl Script {
    /// Returns the last words of a call.
    #[must_use]
    pub fn last(words: impl Into<String>) -> Self {
        Self { words: spelled(&words.into()), keys: None, is_last: true }
    }

    /// Returns the script with something said before it.
    #[must_use]
    pub fn after(mut self, words: &str) -> Self {
        self.words = format!("{} {}", spelled(words), self.words);
        self
    }
}

/// Returns a text with long numbers as single digits, and number signs as words.
fn spelled(text: &str) -> String {
    let mut said = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(start) = rest.find(|c: char| c.is_ascii_digit() || c == '#') {
        said.push_str(&rest[..start]);
        let is_named = rest[start..].starts_with('#');
        let run = rest[start..].trim_start_matches('#');
        let end = run.find(|c: char| !c.is_ascii_digit()).unwrap_or(run.len());
        let (run, after) = run.split_at(end);
        if is_named {
            said.push_str("number ");
        }
        match is_named || run.len() >= SPELLED_DIGITS {
            true => said.push_str(&digits(run)),
            false => said.push_str(run),
        }
        rest = after;
    }
    said + rest
}

fn digits(number: &str) -> String {
    number.chars().map(String::from).collect::<Vec<_>>().join(" ")
}
