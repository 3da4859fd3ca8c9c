//! The first thing a reader reads: what, how much, since when, and how fresh our reading is.

use std::borrow::Cow;

use domain::{Impact, SourceHealth, Status};
use jiff::Timestamp;

use crate::{
    show::{Mood, Stamp, UNSTATED, beginning, duration, iso, label, near, plural, unknown_state},
    view::{Board, ComponentView, Note, ProviderView, Source, StatusPageView},
};

/// What a page says about the whole.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Verdict {
    pub(crate) status: Status,
    /// The worst impact of what is open, where that is trouble and the status is not.
    pub(crate) open: Option<Impact>,
    /// The status in a word or two, for a badge.
    pub(crate) word: &'static str,
    pub(crate) headline: String,
    /// How much, and since when.
    pub(crate) detail: String,
    /// How long at the instant of the view, and the instant it began.
    pub(crate) length: Option<Stamp>,
    /// What nothing is known of, where the status is that of the others.
    pub(crate) gap: String,
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
        if is_unread(view.source.health) {
            return Self::no_reading(view);
        }
        let status = view.status;
        let mut verdict = Self::read(view, board);
        let impacts = board.open.iter().map(|incident| incident.impact);
        let open = impacts.filter(|impact| impact.as_status().is_trouble()).max();
        if let Some(impact) = open.filter(|_| !status.is_trouble()) {
            verdict.open = Some(impact);
            verdict.headline = format!("{}, with an open {impact} incident", verdict.word);
        }
        if board.components.is_empty() && !status.is_trouble() {
            return verdict;
        }
        verdict.with_detail(board, ("component", "components"), view.since, view.since_is_first_reading)
    }

    /// Returns the verdict on our own services.
    pub(crate) fn on_services(view: &StatusPageView) -> Self {
        let board = &view.board;
        let status = worst(&board.components);
        let headline = match (status, board.components.is_empty()) {
            (_, true) => "No services yet",
            (Status::Operational, false) => "All services operational",
            (
                Status::Unknown
                | Status::UnderMaintenance
                | Status::DegradedPerformance
                | Status::PartialOutage
                | Status::MajorOutage,
                false,
            ) => label(status),
        };
        let since = board.components.iter().filter(|c| c.status == status).filter_map(|c| c.since).min();
        let mut verdict = Self::bare(status, headline);
        if status == Status::Operational {
            if !board.open.is_empty() {
                verdict.detail = format!("{} still open", plural(board.open.len(), "incident", "incidents"));
            }
            return verdict;
        }
        if board.components.is_empty() {
            verdict
        } else {
            verdict.with_detail(board, ("service", "services"), since, false)
        }
    }

    /// The bare verdict of a page that was read: one whose status is unknown is not one without a reading.
    fn read(view: &ProviderView, board: &Board) -> Self {
        if view.status != Status::Unknown {
            return Self::bare(view.status, label(view.status));
        }
        let raw = view.claim.as_ref().map_or("", |claim| claim.raw.trim());
        let (headline, detail) = match (board.components.is_empty(), board.open.is_empty(), raw) {
            (false, _, _) => (UNSTATED.to_owned(), ""),
            (true, false, _) => {
                (UNSTATED.to_owned(), "An incident is open in its log, of an impact that is not stated")
            }
            (true, true, "") => ("No incident open in its log".to_owned(), "It states no overall status"),
            (true, true, raw) => (unknown_state(raw), "No incident is open in its log"),
        };
        let bare = Self::bare(view.status, &headline);
        Self { word: UNSTATED, detail: detail.to_owned(), ..bare }
    }

    /// How the whole is drawn.
    pub(crate) const fn mood(&self) -> Mood {
        Mood::with(self.status, self.open)
    }

    fn bare(status: Status, headline: &str) -> Self {
        Self {
            status,
            open: None,
            word: label(status),
            headline: headline.to_owned(),
            detail: String::new(),
            length: None,
            gap: String::new(),
        }
    }

    /// `2 of 6 components affected since 09:04 UTC (18 min); no reading of 1`
    fn with_detail(
        mut self,
        board: &Board,
        (one, many): (&str, &str),
        since: Option<Timestamp>,
        is_first_reading: bool,
    ) -> Self {
        let count = |wanted: fn(Status) -> bool| board.components.iter().filter(|c| wanted(c.status)).count();
        let all = plural(board.components.len(), one, many);
        let unknown = count(|status| status == Status::Unknown);
        let was_read = board.components.iter().any(|component| component.stated.is_some());
        self.detail = match self.status {
            Status::Operational if unknown > 0 => {
                format!("{} of {all} operational", board.components.len() - unknown)
            }
            Status::Operational => format!("All {all} operational"),
            Status::Unknown if was_read => format!("{unknown} of {all} in a state we don’t know"),
            Status::Unknown => format!("No reading of {unknown} of {all}"),
            Status::UnderMaintenance => {
                format!("{} of {all} in planned work", count(|s| s == Status::UnderMaintenance))
            }
            Status::DegradedPerformance | Status::PartialOutage | Status::MajorOutage => {
                match count(Status::is_trouble) {
                    0 => "Reported for the whole page".to_owned(),
                    part => format!("{part} of {all} affected{}", thirds(board, part)),
                }
            }
        };
        if let Some(since) = since.filter(|_| self.status != Status::Operational) {
            self.detail.push_str(&beginning(since, is_first_reading, board.as_of));
        }
        if is_first_reading && self.status != Status::Operational {
            self.detail.push_str(", when we first read it");
        } else if let Some(since) = since.filter(|_| self.status != Status::Operational) {
            let length = board.as_of.duration_since(since).try_into().unwrap_or_default();
            self.length = Some(Stamp { iso: iso(since), text: duration(length) });
        }
        if unknown > 0 && self.status != Status::Unknown {
            let lack = if was_read { "a state we don’t know for" } else { "no reading of" };
            self.gap = format!("; {lack} {unknown}");
        }
        self
    }

    fn no_reading(view: &ProviderView) -> Self {
        let headline = match view.source.last_read_at {
            Some(at) => format!("No reading since {}", near(at, view.board.as_of)),
            None => "No reading yet".to_owned(),
        };
        let detail = match (view.source.last_read_at, &view.source.reason) {
            (Some(_), _) => format!("Last known: {}", label(view.status).to_lowercase()),
            (None, Some(_)) => "Its page could not be read so far".to_owned(),
            (None, None) => "The first reading is under way; this page shows it when it comes".to_owned(),
        };
        Self { detail, ..Self::bare(Status::Unknown, &headline) }
    }
}

/// How many of those in trouble are third parties', which the page only lists.
fn thirds(board: &Board, part: usize) -> String {
    let is_third = |c: &&ComponentView| c.is_third_party && c.status.is_trouble();
    match board.components.iter().filter(is_third).count() {
        0 => String::new(),
        1 if part == 1 => ", a third party’s".to_owned(),
        all if all == part => ", all of them third parties’".to_owned(),
        1 => ", one of them a third party’s".to_owned(),
        some => format!(", {some} of them third parties’"),
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
            let text = format!("Last known: {}", label(known).to_lowercase());
            component.note = Some(Note { text, link: None });
        }
        component.status = Status::Unknown;
        component.stated = None;
        component.since = source.last_read_at;
        component.since_is_first_reading = false;
    }
    Cow::Owned(board)
}
