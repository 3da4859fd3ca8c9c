//! The first thing a reader reads: what, how much, since when, and how fresh our reading is.

use std::borrow::Cow;

use domain::{Impact, SourceHealth, Status};
use jiff::Timestamp;

use crate::{
    show::{Mood, UNSTATED, unknown_state},
    view::{Board, ComponentView, ProviderView, Reason, Source},
    words::{Arg, Text, Words},
};

/// What a page says about the whole.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Verdict {
    pub(crate) status: Status,
    /// The worst impact of what is open, where that is trouble and the status is not.
    pub(crate) open: Option<Impact>,
    /// The status in a word or two, for a badge.
    pub(crate) word: &'static str,
    pub(crate) headline: Text,
    /// The headline within a sentence.
    pub(crate) within: Text,
    /// How much, since when and for how long, and of what nothing is known.
    pub(crate) detail: Text,
}

/// What the lines of a page are called.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    Service,
    Component,
}

impl Kind {
    const fn word(self) -> &'static str {
        match self {
            Kind::Service => "service",
            Kind::Component => "component",
        }
    }
}

/// Returns the status of several lines together: the worst trouble there is; without trouble, no reading of one is no
/// reading of the whole, since unknown is never green.
#[must_use]
pub fn worst(components: &[ComponentView]) -> Status {
    let worst = components.iter().map(|component| component.status).max().unwrap_or(Status::Unknown);
    let gap = components.iter().any(|component| component.status == Status::Unknown);
    if gap && !worst.is_trouble() { Status::Unknown } else { worst }
}

impl Verdict {
    /// Returns the verdict on a provider; `board` is what [`believed`] made of its board.
    pub(crate) fn on_provider(view: &ProviderView, board: &Board) -> Self {
        let words = board.words();
        if is_unread(view.source.health) {
            return Self::no_reading(view, words);
        }
        let status = view.status;
        let mut verdict = Self::read(view, board);
        let impacts = board.open.iter().map(|incident| incident.impact);
        let open = impacts.filter(|impact| impact.as_status().is_trouble()).max();
        if let Some(impact) = open.filter(|_| !status.is_trouble()) {
            verdict.open = Some(impact);
            let word = verdict.word;
            verdict.headline = Text::ours(format!("{word}, with an open {impact} incident"));
            verdict.within = Text::ours(format!("{}, with an open {impact} incident", word.to_lowercase()));
        }
        if board.components.is_empty() && !status.is_trouble() {
            return verdict;
        }
        verdict.with_detail(board, Kind::Component, view.since, view.since_is_first_reading)
    }

    /// Returns the verdict on our own services.
    pub(crate) fn on_services(board: &Board) -> Self {
        let (words, status) = (board.words(), worst(&board.components));
        let mut verdict = Self::bare(status, words);
        let overall = match (status, board.components.is_empty()) {
            (_, true) => Some(("no-services-yet", "within-no-services-yet")),
            (Status::Operational, false) => {
                Some(("all-services-operational", "within-all-services-operational"))
            }
            (
                Status::Unknown
                | Status::UnderMaintenance
                | Status::DegradedPerformance
                | Status::PartialOutage
                | Status::MajorOutage,
                false,
            ) => None,
        };
        if let Some((headline, within)) = overall {
            (verdict.headline, verdict.within) = (Text::ours(words.t(headline)), Text::ours(words.t(within)));
        }
        if status == Status::Operational {
            if !board.open.is_empty() {
                verdict.detail = words.count("incidents-still-open", board.open.len());
            }
            return verdict;
        }
        if board.components.is_empty() {
            return verdict;
        }
        let since = board.components.iter().filter(|c| c.status == status).filter_map(|c| c.since).min();
        verdict.with_detail(board, Kind::Service, since, false)
    }

    /// The bare verdict of a page that was read: one whose status is unknown is not one without a reading.
    fn read(view: &ProviderView, board: &Board) -> Self {
        let words = board.words();
        let bare = Self::bare(view.status, words);
        if view.status != Status::Unknown {
            return bare;
        }
        let raw = view.claim.as_ref().map_or("", |claim| claim.raw.trim());
        let unstated = || Text::ours(UNSTATED);
        let (headline, detail) = match (board.components.is_empty(), board.open.is_empty(), raw) {
            (false, _, _) => (unstated(), ""),
            (true, false, _) => {
                (unstated(), "An incident is open in its log, of an impact that is not stated")
            }
            (true, true, "") => (Text::ours("No incident open in its log"), "It states no overall status"),
            (true, true, raw) => (unknown_state(raw, words), "No incident is open in its log"),
        };
        let within = Text::ours(headline.plain().to_lowercase());
        Self { word: UNSTATED, headline, within, detail: Text::ours(detail), ..bare }
    }

    /// How the whole is drawn.
    pub(crate) fn mood(&self, words: Words<'_>) -> Mood {
        Mood::with(self.status, self.open, words)
    }

    fn bare(status: Status, words: Words<'_>) -> Self {
        Self {
            status,
            open: None,
            word: words.status(status),
            headline: Text::ours(words.status(status)),
            within: Text::ours(words.status_within(status)),
            detail: Text::default(),
        }
    }

    /// `2 of 6 components affected since 09:04 UTC (18 min); no reading of 1`
    fn with_detail(
        mut self,
        board: &Board,
        kind: Kind,
        since: Option<Timestamp>,
        is_first_reading: bool,
    ) -> Self {
        let words = board.words();
        let count = |wanted: fn(Status) -> bool| board.components.iter().filter(|c| wanted(c.status)).count();
        let all = board.components.len();
        let some = |key, part: usize| {
            let kind = Arg::Choice(kind.word());
            words.say(key, [("part", part.into()), ("all", all.into()), ("kind", kind)])
        };
        let unknown = count(|status| status == Status::Unknown);
        let was_read = board.components.iter().any(|component| component.stated.is_some());
        let whole = match self.status {
            Status::Operational if unknown > 0 => some("part-operational", all - unknown),
            Status::Operational => some("part-all-operational", all),
            Status::Unknown if was_read => some("part-unstated", unknown),
            Status::Unknown => some("part-unread", unknown),
            Status::UnderMaintenance => some("part-in-work", count(|s| s == Status::UnderMaintenance)),
            Status::DegradedPerformance | Status::PartialOutage | Status::MajorOutage => {
                match count(Status::is_trouble) {
                    0 => Text::ours(words.t("whole-page-affected")),
                    part => thirds(board, part, some("part-affected", part)),
                }
            }
        };
        self.detail = match since.filter(|_| self.status != Status::Operational) {
            None => whole,
            Some(since) if is_first_reading => {
                let args = [("what", whole.into()), ("time", words.near(since, board.as_of).into())];
                words.say("detail-at-first-reading", args)
            }
            Some(since) => {
                let length = board.as_of.duration_since(since).try_into().unwrap_or_default();
                let length = Text::growing(words.duration(length), since);
                let time = words.near(since, board.as_of);
                words.say(
                    "detail-since",
                    [("what", whole.into()), ("time", time.into()), ("length", length.into())],
                )
            }
        };
        if unknown > 0 && self.status != Status::Unknown {
            let key = if was_read { "detail-and-unstated" } else { "detail-and-unread" };
            self.detail = words.say(key, [("detail", self.detail.into()), ("count", unknown.into())]);
        }
        self
    }

    fn no_reading(view: &ProviderView, words: Words<'_>) -> Self {
        let last = view.source.last_read_at.map(|at| words.near(at, view.board.as_of));
        let (headline, within, detail) = match (last, &view.source.reason) {
            (Some(at), _) => (
                Text::joined([Text::ours("No reading since"), at.clone()], " "),
                Text::joined([Text::ours("no reading since"), at], " "),
                words.say("last-known", [("status", words.status_within(view.status).into())]),
            ),
            (None, Some(_)) => (
                Text::ours("No reading yet"),
                Text::ours("no reading yet"),
                Text::ours("Its page could not be read so far"),
            ),
            (None, None) => (
                Text::ours("No reading yet"),
                Text::ours("no reading yet"),
                Text::ours("The first reading is under way; this page shows it when it comes"),
            ),
        };
        Self { headline, within, detail, ..Self::bare(Status::Unknown, words) }
    }
}

/// How many of those in trouble are third parties', which the page only lists.
fn thirds(board: &Board, part: usize, what: Text) -> Text {
    let is_third = |c: &&ComponentView| c.is_third_party && c.status.is_trouble();
    let words = board.words();
    match board.components.iter().filter(is_third).count() {
        0 => what,
        1 if part == 1 => words.say("part-of-third-party", [("what", what.into())]),
        all if all == part => words.say("part-of-third-parties", [("what", what.into())]),
        some => words.say("part-some-of-third-parties", [("what", what.into()), ("count", some.into())]),
    }
}

/// Whether what we know of a source is too old to be shown as its state.
pub(crate) const fn is_unread(health: SourceHealth) -> bool {
    match health {
        SourceHealth::Unreadable | SourceHealth::NeverRead => true,
        SourceHealth::Fresh | SourceHealth::Stale => false,
    }
}

/// Returns the board as it may be shown: of a source that can't be read, every line is *no reading*, with the last known
/// state as a note. Pages, JSON, feeds and badges all draw this board, so none of them can be green by itself.
pub(crate) fn believed<'a>(board: &'a Board, source: &Source) -> Cow<'a, Board> {
    if !is_unread(source.health) {
        return Cow::Borrowed(board);
    }
    let mut board = board.clone();
    for component in &mut board.components {
        let known = component.status;
        if known != Status::Unknown {
            component.reason = Some(Reason::LastKnown(known));
        }
        component.status = Status::Unknown;
        component.stated = None;
        component.since = source.last_read_at;
        component.since_is_first_reading = false;
    }
    Cow::Owned(board)
}
