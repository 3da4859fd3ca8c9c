//! Post-mortems: what was learnt from an incident that is over, from the first draft to what readers see.
//!
//! Every text that is saved is a version. A version is reviewed by somebody else than who wrote it, and readers see the
//! version that was published last, whatever is written after it.

mod action;
mod draft;
mod template;
#[cfg(test)]
mod tests;

use jiff::Timestamp;
use thiserror::Error;

use crate::{IncidentId, UserId, incident::Actor};

pub use action::{Action, Standing};
pub use draft::{Act, AtProvider, Entry, Facts, Moment, Person, Record, Said, ServiceImpact, span_words};
pub use template::{HEADINGS, MOST_TEMPLATE_BYTES, Mistake, Template};

/// The longest text in bytes: as much as a page draws.
pub const LONGEST_BYTES: usize = 64 * 1024;

/// How a line begins that a draft leaves to people.
pub const PROMPT: &str = "*To be written";

/// What people write about one incident.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Postmortem {
    /// The incident.
    pub incident: IncidentId,
    /// Where its newest version is.
    pub stage: Stage,
    /// The number of its newest version, from 1.
    pub version: i64,
    /// Who wrote that.
    pub author: Actor,
    /// Counts everything that was done to it.
    pub turn: i64,
    /// What readers see of it.
    pub published: Option<Published>,
}

/// Where the newest version is on its way to readers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stage {
    /// Somebody writes it.
    Draft,
    /// Somebody is asked to read it.
    InReview {
        /// Who is asked.
        reviewer: UserId,
        /// Who asked.
        asked_by: Actor,
    },
    /// Somebody else than who wrote it says that it is right.
    Approved {
        /// Who.
        by: Actor,
    },
    /// Readers see it.
    Published,
}

/// What readers see of a post-mortem.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Published {
    /// The version that they see.
    pub version: i64,
    /// The number of the incident's update that holds it.
    pub update: i64,
    /// When they first saw one.
    pub at: Timestamp,
}

/// Why an act was refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum Refusal {
    /// Somebody has saved another version since.
    #[error("version {newest} is newer than version {base}: read it first")]
    Older {
        /// The version that it was based on.
        base: i64,
        /// The newest.
        newest: i64,
    },
    /// Nobody reviews what they wrote.
    #[error("who wrote a version does not review it: ask somebody else")]
    Own,
    /// It is not in review.
    #[error("it is {0}, not in review: submit it to somebody first")]
    NotInReview(&'static str),
    /// It needs no review any more.
    #[error("it is {0} already: edit it first")]
    Reviewed(&'static str),
    /// Nobody else has read it.
    #[error("nobody else has approved version {0}: submit it to somebody, or publish it without a review")]
    Unreviewed(i64),
}

/// What is wrong with a text.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum Wrong {
    /// There is none.
    #[error("a post-mortem needs words")]
    Empty,
    /// It is too long.
    #[error("a post-mortem has at most {most} bytes; this has {0}", most = LONGEST_BYTES)]
    Long(usize),
    /// A character that is none of a text.
    #[error("line {line} holds the control character U+{code:04X}: leave it out")]
    Control {
        /// Where, from 1.
        line: usize,
        /// Which.
        code: u32,
    },
}

impl Stage {
    /// Returns the word for it.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Stage::Draft => "draft",
            Stage::InReview { .. } => "in_review",
            Stage::Approved { .. } => "approved",
            Stage::Published => "published",
        }
    }
}

impl Postmortem {
    /// Returns one with its first version.
    #[must_use]
    pub const fn new(incident: IncidentId, author: Actor) -> Self {
        Self { incident, stage: Stage::Draft, version: 1, author, turn: 1, published: None }
    }

    /// Records a new version that `by` wrote on the ground of `base`. What is in review goes on being so, in its newest
    /// version; what was approved or published is a draft again, and readers see what they saw.
    ///
    /// # Errors
    /// When there is a newer version than `base`.
    pub fn written(self, base: i64, by: Actor) -> Result<Self, Refusal> {
        if base != self.version {
            return Err(Refusal::Older { base, newest: self.version });
        }
        let stage = match self.stage {
            asked @ Stage::InReview { .. } => asked,
            Stage::Draft | Stage::Approved { .. } | Stage::Published => Stage::Draft,
        };
        Ok(Self { stage, version: self.version + 1, author: by, ..self }.turned())
    }

    /// Asks somebody to read the newest version.
    ///
    /// # Errors
    /// When they wrote it, or it needs no review any more.
    pub fn submitted(self, reviewer: UserId, by: Actor) -> Result<Self, Refusal> {
        match self.stage {
            Stage::Draft | Stage::InReview { .. } => {}
            Stage::Approved { .. } | Stage::Published => return Err(Refusal::Reviewed(self.stage.word())),
        }
        if self.author == Actor::User(reviewer) {
            return Err(Refusal::Own);
        }
        Ok(Self { stage: Stage::InReview { reviewer, asked_by: by }, ..self }.turned())
    }

    /// Records that `by` has read a version and finds it right.
    ///
    /// # Errors
    /// When it is not in review, it is not the newest, or `by` wrote it.
    pub fn approved(self, version: i64, by: Actor) -> Result<Self, Refusal> {
        let Stage::InReview { .. } = self.stage else { return Err(Refusal::NotInReview(self.stage.word())) };
        if version != self.version {
            return Err(Refusal::Older { base: version, newest: self.version });
        }
        if self.author.is_again(by) {
            return Err(Refusal::Own);
        }
        Ok(Self { stage: Stage::Approved { by }, ..self }.turned())
    }

    /// Gives it back to those who write it.
    ///
    /// # Errors
    /// When nobody was asked to read it.
    pub fn returned(self) -> Result<Self, Refusal> {
        match self.stage {
            Stage::InReview { .. } | Stage::Approved { .. } => {
                Ok(Self { stage: Stage::Draft, ..self }.turned())
            }
            Stage::Draft | Stage::Published => Err(Refusal::NotInReview(self.stage.word())),
        }
    }

    /// Whether readers may see the newest version now, as far as reviews go.
    ///
    /// # Errors
    /// When nobody else has approved it and `unreviewed` does not say that nobody has to.
    pub const fn may_be_published(&self, unreviewed: bool) -> Result<(), Refusal> {
        match self.stage {
            Stage::Approved { .. } | Stage::Published => Ok(()),
            Stage::Draft | Stage::InReview { .. } if unreviewed => Ok(()),
            Stage::Draft | Stage::InReview { .. } => Err(Refusal::Unreviewed(self.version)),
        }
    }

    /// Records that readers see the newest version, in the update with this number.
    #[must_use]
    pub fn released(self, update: i64, now: Timestamp) -> Self {
        let at = self.published.map_or(now, |before| before.at);
        let published = Some(Published { version: self.version, update, at });
        Self { stage: Stage::Published, published, ..self }.turned()
    }

    fn turned(self) -> Self {
        Self { turn: self.turn + 1, ..self }
    }
}

/// Returns a text as it is stored: lines end as on every page, and nothing stands around it.
///
/// # Errors
/// When it is empty or too long, or holds what is no text.
pub fn text(written: &str) -> Result<String, Wrong> {
    let text = written.replace("\r\n", "\n");
    let text = text.trim();
    if text.is_empty() {
        return Err(Wrong::Empty);
    }
    if text.len() > LONGEST_BYTES {
        return Err(Wrong::Long(text.len()));
    }
    for (place, line) in text.split('\n').enumerate() {
        if let Some(bad) = line.chars().find(|c| c.is_control() && *c != '\t') {
            return Err(Wrong::Control { line: place + 1, code: u32::from(bad) });
        }
    }
    Ok(text.to_owned())
}

/// Returns the headings under which a line is still as the draft left it to people, each once.
#[must_use]
pub fn unwritten(text: &str) -> Vec<&str> {
    let mut heading = "the beginning";
    let mut found = Vec::new();
    for line in text.lines() {
        let line = line.trim();
        if line.starts_with('#') {
            heading = line.trim_start_matches('#').trim();
        } else if line.starts_with(PROMPT) && found.last() != Some(&heading) {
            found.push(heading);
        }
    }
    found
}
