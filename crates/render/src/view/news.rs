//! What a subscriber of a status page of ours is told by mail or chat.

use domain::{Impact, Language, public::Said};
use jiff::{Timestamp, tz::TimeZone};

/// Which kind of thing is told of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NewsKind {
    /// An incident.
    Incident,
    /// Announced work.
    Maintenance,
    /// What was learnt from an incident.
    Postmortem,
}

/// One thing that was said in public of an incident or of work.
#[derive(Clone, Debug, PartialEq)]
pub struct NewsView {
    /// The page's slug.
    pub page: String,
    /// The page's heading.
    pub page_title: String,
    /// The page's full address.
    pub page_url: String,
    /// The language in which its people write.
    pub written: Language,
    /// The zone of its clock.
    pub time_zone: TimeZone,
    /// Which kind of thing.
    pub kind: NewsKind,
    /// The id of the incident or work.
    pub thing: String,
    /// What happened, in one word for machines.
    pub event: &'static str,
    /// What the incident or work is called.
    pub title: Said,
    /// Where it is in its life, as a word of the contract.
    pub word: String,
    /// How bad it is.
    pub impact: Option<Impact>,
    /// The services it touches that the page shows, by slug and name.
    pub components: Vec<(String, String)>,
    /// When work begins and ends.
    pub planned: Option<(Timestamp, Timestamp)>,
    /// In how many hours work begins, where that is what is told.
    pub hours_ahead: Option<i64>,
    /// What was said, as plain text.
    pub said: Option<Said>,
    /// When.
    pub at: Timestamp,
    /// The full address of the incident or work.
    pub url: String,
}

impl NewsView {
    /// Returns the news with what the machine said in this language.
    #[must_use]
    pub fn spoken(&self, language: Language) -> Self {
        let put = |said: &Said| Said { text: said.put(language).to_owned(), tongues: said.tongues.clone() };
        Self { title: put(&self.title), said: self.said.as_ref().map(put), ..self.clone() }
    }
}

/// How one subscriber is told.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReaderView {
    /// In which language.
    pub language: Language,
    /// Where they change their choice or leave.
    pub manage_url: String,
    /// Whether an earlier try may have arrived.
    pub possible_duplicate: bool,
}

/// The question whether it was them who asked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct QuestionView {
    /// The page's heading.
    pub page_title: String,
    /// The language in which its people write.
    pub written: Language,
    /// In which language to ask.
    pub language: Language,
    /// The link that shows the question, and takes the answer.
    pub confirm_url: String,
    /// How long it can be answered, in hours.
    pub hours: usize,
}

/// A message in every form that a mail has.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MailView {
    /// One line.
    pub subject: String,
    /// The part for clients that show text.
    pub text: String,
    /// The part for clients that show HTML.
    pub html: String,
}
