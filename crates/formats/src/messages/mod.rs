//! Bodies of outgoing messages, made from plain values that the notifier fills in.
//!
//! One [`PageMessage`] gives the webhook's JSON and the e-mail, so that all channels say the same. Addresses in it are our
//! own; all other text may come from a provider and is cleaned and encoded here, at the sink.

use std::time::Duration;

use domain::{Severity, Status};
use jiff::Timestamp;

mod announcement;
mod brief;
mod confirmation;
mod mail;
mod page_news;
mod plain;
mod signature;
pub mod template;
mod webhook;

pub use announcement::{Announcement, Item, ItemKind, announcement_mail, announcement_webhook};
pub use brief::{Brief, brief};
pub use confirmation::{Confirmation, confirmation_mail, confirmation_webhook};
pub(crate) use mail::{ACKNOWLEDGE, Content, content, news};
pub use mail::{Mail, mail};
pub use page_news::{PageNews, page_question_slack, page_question_webhook, page_slack, page_webhook};
pub use plain::plain_text;
pub use signature::{SignatureError, TOLERANCE, sign, verify};
pub use webhook::webhook;

/// A page or its follow-up, addressed to one person.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PageMessage {
    /// The notification's id, the same at every try.
    pub id: String,
    /// The organisation's slug, for machines.
    pub organization: String,
    /// What people call the organisation.
    pub organization_name: String,
    /// What the message says.
    pub notice: Notice,
    /// The incident it is about.
    pub incident: IncidentFacts,
    /// The other incidents that it tells of, where many page at once.
    pub also: Vec<IncidentFacts>,
    /// Whom it goes to, and why.
    pub to: Recipient,
    /// Where the incident can be acknowledged; absent where there is nothing to acknowledge any more.
    pub ack_url: Option<String>,
    /// The public status page that shows it.
    pub status_page: Option<String>,
    /// Whether it leaves well after its due time.
    pub delayed: bool,
    /// Whether an earlier try may have arrived.
    pub possible_duplicate: bool,
}

/// What a message says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Notice {
    /// Someone is needed.
    Page,
    /// Someone has taken the incident.
    Acknowledged {
        /// Who, as people know them.
        by: String,
        /// When.
        at: Timestamp,
        /// Until when nobody works on it, where that is what was said.
        snoozed: Option<Snooze>,
    },
    /// Someone else is to see to it.
    Reassigned {
        /// Who, as people know them.
        to: String,
        /// When it was handed over.
        at: Timestamp,
    },
    /// It is over.
    Resolved {
        /// When.
        at: Timestamp,
    },
    /// Nobody answered, or a page could not be delivered.
    Unanswered,
    /// Something about Midwatch itself, which needs nobody at once.
    Notice,
}

/// The end of a snooze.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Snooze {
    /// When.
    pub until: Timestamp,
    /// The same on the reader's clock: `07:40`.
    pub clock: String,
}

/// What a message tells of an incident.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct IncidentFacts {
    /// The incident's id.
    pub id: String,
    /// What people call it.
    pub number: i64,
    /// The word of the contract for its response.
    pub response: &'static str,
    /// How urgent.
    pub severity: Severity,
    /// One line.
    pub summary: String,
    /// The slugs of the services it touches, for machines.
    pub services: Vec<String>,
    /// What people call them, with what each is now.
    pub affected: Vec<(String, Status)>,
    /// What is behind it, where that is known.
    pub cause: Option<CauseFacts>,
    /// When it began.
    pub since: Timestamp,
}

/// What is behind an incident.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CauseFacts {
    /// The provider's slug, for machines.
    pub provider: String,
    /// What people call the provider.
    pub provider_name: String,
    /// The component's name; absent where the page as a whole or an incident without components is the cause.
    pub component: Option<String>,
    /// Its status; once it is over the worst that it had.
    pub status: Status,
    /// What people call the other providers that are in trouble with it.
    pub others: Vec<String>,
    /// What they all run on, with its status, where that is in trouble itself.
    pub upstream: Option<(String, Status)>,
    /// The provider's newest words about it, as Markdown.
    pub said: Option<String>,
}

/// Whom a message goes to, and why.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Recipient {
    /// The person's e-mail address, which is their name in the configuration.
    pub user: String,
    /// What people call them.
    pub name: String,
    /// The escalation step that reached them, from 1; 0 where none did.
    pub step: u32,
    /// The round of it, from 1; 0 where there is none.
    pub round: u32,
    /// Why them: `schedule primary, layer 1`.
    pub reason: String,
}

impl Notice {
    /// Returns the word of the contract.
    #[must_use]
    pub const fn word(&self) -> &'static str {
        match self {
            Notice::Page => "page",
            Notice::Acknowledged { .. } => "acknowledged",
            Notice::Reassigned { .. } => "reassigned",
            Notice::Resolved { .. } => "resolved",
            Notice::Unanswered => "unanswered",
            Notice::Notice => "notice",
        }
    }
}

/// The heading of a message, as mail and chat have it: `Checkout is down (#12) and 3 more`.
pub(crate) fn headline(message: &PageMessage, max_chars: usize) -> String {
    let summary = crate::text::clean_line(&message.incident.summary, max_chars);
    let more = match message.also.len() {
        0 => String::new(),
        others => format!(" and {others} more"),
    };
    format!("{summary} (#{}){more}", message.incident.number)
}

/// Returns a time between two instants in the contract's form, `1h13m20s`; a negative one is `0s`.
fn span_between(from: Timestamp, until: Timestamp) -> String {
    let span = Duration::try_from(until.duration_since(from)).unwrap_or_default();
    let mut rest = span.as_secs();
    let mut text = String::new();
    for (unit, seconds) in [("d", 86_400), ("h", 3_600), ("m", 60), ("s", 1)] {
        let count = rest / seconds;
        rest %= seconds;
        if count > 0 || unit == "s" && text.is_empty() {
            text.push_str(&format!("{count}{unit}"));
        }
    }
    text
}

#[cfg(test)]
mod tests;
