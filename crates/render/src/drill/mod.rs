//! The report of a fire drill: one HTML file that needs nothing else, with a picture, the figures and the same as a table.
//!
//! It names no other resource and runs no script, so that it can be mailed, kept with a review and opened offline. Colour
//! never stands alone: trouble is also a height, each kind of message a shape, and all of it a row of the table.

use askama::Template;
use domain::Status;
use jiff::Timestamp;

use self::picture::Picture;
pub use self::times::Times;

mod picture;
mod times;

/// Everything that a report shows.
#[derive(Clone, Debug)]
pub struct Report {
    /// What was drilled.
    pub title: String,
    /// The story in a sentence.
    pub story: String,
    /// Facts under the title, such as the configuration and who answers.
    pub facts: Vec<String>,
    /// The clock by which times are shown.
    pub times: Times,
    /// The first instant of the picture.
    pub from: Timestamp,
    /// The last instant of the picture.
    pub to: Timestamp,
    /// Name, value and what it means.
    pub figures: Vec<Figure>,
    /// From the top: providers, services, the public status, people.
    pub lanes: Vec<Lane>,
    /// Everything that happened, in order.
    pub rows: Vec<Row>,
    /// Rows that were left out, since there are too many.
    pub left_out: usize,
}

/// One figure.
#[derive(Clone, Debug)]
pub struct Figure {
    /// What is measured.
    pub name: String,
    /// The value with its unit.
    pub value: String,
    /// What it has to be compared with; may be empty.
    pub note: String,
}

/// A lane of the picture.
#[derive(Clone, Debug)]
pub struct Lane {
    /// Whose it is.
    pub name: String,
    /// What kind of thing that is.
    pub kind: &'static str,
    /// The status over time; empty for people.
    pub segments: Vec<Segment>,
    /// Messages and answers.
    pub marks: Vec<Mark>,
    /// Hours in which the person sleeps.
    pub nights: Vec<(Timestamp, Timestamp)>,
}

/// A stretch in which a status holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Segment {
    /// First instant.
    pub from: Timestamp,
    /// First instant after.
    pub to: Timestamp,
    /// The status.
    pub status: Status,
}

/// Something that happens at an instant.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mark {
    /// When.
    pub at: Timestamp,
    /// What.
    pub kind: MarkKind,
    /// More, such as the kind of contact.
    pub label: String,
}

/// What happens.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum MarkKind {
    /// Somebody is woken.
    Page,
    /// Somebody takes the incident.
    Acknowledged,
    /// Somebody is told what became of it.
    Notice,
}

/// A line of the table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Row {
    /// When.
    pub at: Timestamp,
    /// What kind of thing happened.
    pub what: &'static str,
    /// To whom or where.
    pub who: String,
    /// More.
    pub detail: String,
}

#[derive(Template)]
#[template(path = "drill.html")]
struct Page<'a> {
    report: &'a Report,
    picture: Picture,
    rows: Vec<Line<'a>>,
    zone: &'a str,
}

struct Line<'a> {
    exact: String,
    shown: String,
    row: &'a Row,
}

impl Report {
    /// Returns the report as one HTML file.
    #[must_use]
    pub fn html(&self) -> String {
        let rows = self.rows.iter();
        let rows = rows.map(|row| Line { exact: row.at.to_string(), shown: self.times.shown(row.at), row });
        let page =
            Page { report: self, picture: Picture::of(self), rows: rows.collect(), zone: self.times.zone() };
        page.render().expect("writing to a string does not fail")
    }
}

impl MarkKind {
    /// Returns what the shape means.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            MarkKind::Page => "page",
            MarkKind::Acknowledged => "acknowledged",
            MarkKind::Notice => "notice",
        }
    }
}

#[cfg(test)]
mod tests;
