//! The files below an index that hold its records together: the history and the figures.

use askama::Template;
use domain::{
    MaintenanceStatus,
    history::{self, Span, Tally, Window},
};
use jiff::{Timestamp, tz::TimeZone};

use crate::{
    card::{Card, Depth, titled},
    frame::Frame,
    page::{HTML, Page},
    uptime,
    view::{Board, IncidentView, ServiceHistory, Uptime},
    words::{Text, Words},
};

/// Past incidents on the index; the rest is in the history.
const PAST_SHOWN: usize = 10;

/// Makes the frame of a file from its title, its description and its name.
pub(crate) type FrameOf<'f, 'a> = dyn Fn(String, String, &str) -> Frame<'a> + 'f;

#[derive(Template)]
#[template(path = "history.html")]
struct History<'a> {
    frame: Frame<'a>,
    words: Words<'a>,
    of: Text,
    base: &'a str,
    index: String,
    months: Vec<Month<'a>>,
}

struct Month<'a> {
    name: String,
    cards: Vec<Card<'a>>,
}

#[derive(Template)]
#[template(path = "uptime.html")]
struct Figures<'a> {
    frame: Frame<'a>,
    words: Words<'a>,
    of: Text,
    index: String,
    what: &'static str,
    rows: Vec<Figure>,
    windows: Vec<Windows>,
    origins: Vec<Came>,
    /// The addresses of the same as data, as CSV and as JSON.
    data: Option<(String, String)>,
    as_of: Text,
}

/// Figures of several windows, a column each.
struct Windows {
    name: &'static str,
    heads: Vec<String>,
    rows: Vec<(Text, Vec<String>)>,
}

/// Where the down time of the last 90 days came from.
struct Came {
    name: Text,
    down: String,
    by_providers: String,
    parts: Vec<(Text, String)>,
}

struct Figure {
    name: Text,
    share: String,
    down: String,
    maintenance: String,
    unknown: String,
    window: String,
}

/// Returns the cards of what is open.
pub(crate) fn open(board: &Board) -> Vec<Card<'_>> {
    board.open.iter().map(|i| Card::of_incident(i, board, board.as_of, Depth::Among)).collect()
}

/// Returns the cards of the announced work in some state.
pub(crate) fn work(board: &Board, wanted: fn(MaintenanceStatus) -> bool) -> Vec<Card<'_>> {
    let some = board.maintenances.iter().filter(|work| wanted(work.status));
    some.map(|work| Card::of_work(work, board, board.as_of, Depth::Among)).collect()
}

/// Returns the cards of the newest of what is over.
pub(crate) fn past(board: &Board) -> Vec<Card<'_>> {
    let newest = board.past.iter().take(PAST_SHOWN);
    newest.map(|i| Card::of_incident(i, board, board.as_of, Depth::Among)).collect()
}

/// Returns the figure of the whole page, for the heading of its lines.
pub(crate) fn figure_of_all(board: &Board) -> Option<Text> {
    let words = board.words();
    let share = board.uptime.as_ref().and_then(|uptime| words.share(uptime))?;
    Some(words.say("figure-of-all", [("share", share.into())]))
}

/// Returns the history and the figures; `what` is what a component of this board is called.
pub(crate) fn pages<'a>(
    board: &'a Board,
    what: &'static str,
    histories: &[ServiceHistory],
    frame: &FrameOf<'_, 'a>,
) -> [Page; 2] {
    [past_months(board, frame), figures(board, what, histories, frame)]
}

/// Returns a title of a page below that of the board.
fn title(board: &Board, what: &'static str) -> String {
    let words = board.words();
    words.say("title-of", [("what", what.into()), ("page", words.theirs(&board.title).into())]).plain()
}

fn past_months<'a>(board: &'a Board, frame: &FrameOf<'_, 'a>) -> Page {
    let words = board.words();
    let mut incidents: Vec<&IncidentView> = board.open.iter().chain(&board.past).collect();
    incidents.sort_by_key(|incident| std::cmp::Reverse(incident.began_at()));
    let month = |incident: &IncidentView| words.month(incident.began_at());
    let months = incidents.chunk_by(|a, b| month(a) == month(b)).map(|run| Month {
        name: month(run[0]),
        cards: run.iter().map(|i| Card::of_incident(i, board, board.as_of, Depth::Among)).collect(),
    });
    let title = title(board, words.t("incident-history"));
    let template = History {
        frame: frame(title.clone(), title, "history"),
        words,
        of: words.theirs(&board.title),
        base: &board.place.base_path,
        index: board.place.path(""),
        months: months.collect(),
    };
    Page::of(board.place.path("history"), HTML, &template)
}

fn figures<'a>(
    board: &'a Board,
    what: &'static str,
    histories: &[ServiceHistory],
    frame: &FrameOf<'_, 'a>,
) -> Page {
    let words = board.words();
    let all = || Text::ours(words.t("all-together"));
    let whole = board.uptime.iter().map(|uptime| figure(all(), uptime, words));
    let each = board
        .components
        .iter()
        .filter_map(|c| c.uptime.as_ref().map(|uptime| figure(titled(&c.name, words), uptime, words)));
    let title = title(board, words.t("uptime"));
    let template = Figures {
        frame: frame(title.clone(), title, "uptime"),
        words,
        of: words.theirs(&board.title),
        index: board.place.path(""),
        what,
        rows: whole.chain(each).collect(),
        windows: windows(board, histories),
        origins: origins(board, histories),
        data: (!histories.is_empty())
            .then(|| (board.place.path("uptime.csv"), board.place.path("uptime.json"))),
        as_of: words.full(board.as_of),
    };
    Page::of(board.place.path("uptime"), HTML, &template)
}

/// Returns the figures of the windows and of the months; nothing where there is no history.
fn windows(board: &Board, histories: &[ServiceHistory]) -> Vec<Windows> {
    let (words, now) = (board.words(), board.as_of);
    if histories.is_empty() {
        return Vec::new();
    }
    let head = |window| match window {
        Window::Hours24 => words.t("window-24-hours").to_owned(),
        Window::Days7 => words.t("window-7-days").to_owned(),
        Window::Days30 => words.t("window-30-days").to_owned(),
        Window::Days90 => words.t("window-90-days").to_owned(),
        Window::Months12 => words.t("window-12-months").to_owned(),
    };
    let mut months = history::months(now);
    months.reverse();
    let month = |(from, _): &(Timestamp, Timestamp)| words.month_of(from.to_zoned(TimeZone::UTC).date());
    let all: Vec<(Timestamp, Timestamp)> = Window::ALL.map(|window| (window.start(now), now)).into();
    [
        (words.t("uptime"), Window::ALL.map(head).into(), all),
        (words.t("uptime-by-month"), months.iter().map(month).collect(), months),
    ]
    .map(|(name, heads, windows)| Windows { name, heads, rows: shares(histories, &windows, words) })
    .into()
}

fn shares(
    histories: &[ServiceHistory],
    windows: &[(Timestamp, Timestamp)],
    words: Words<'_>,
) -> Vec<(Text, Vec<String>)> {
    let row = |spans: &[Span]| {
        let share = |(from, to): &(Timestamp, Timestamp)| {
            let Tally { window, down, maintenance, unknown, .. } = history::tally(spans, *from, *to);
            words
                .share(&Uptime { window, down, maintenance, unknown })
                .unwrap_or_else(|| words.t("no-data").to_owned())
        };
        windows.iter().map(share).collect::<Vec<_>>()
    };
    let whole = (Text::ours(words.t("all-together")), row(&uptime::together(histories)));
    let each = histories.iter().map(|history| (titled(&history.name, words), row(&history.spans)));
    std::iter::once(whole).chain(each).collect()
}

/// Returns where down time came from, of each service that was down and of all together; nothing where none came from a
/// provider.
fn origins(board: &Board, histories: &[ServiceHistory]) -> Vec<Came> {
    let (words, now) = (board.words(), board.as_of);
    let came = |name: Text, of: &[ServiceHistory]| {
        let origin = uptime::origin(of, Window::Days90.start(now), now);
        let part = |(name, share): (String, _)| (words.theirs(&name), words.duration(share));
        (!origin.down.is_zero()).then(|| Came {
            name,
            down: words.duration(origin.down),
            by_providers: words.duration(origin.by_providers()),
            parts: uptime::named(of, &origin).into_iter().map(part).collect(),
        })
    };
    let whole = came(Text::ours(words.t("all-together")), histories);
    if whole.as_ref().is_none_or(|whole| whole.parts.is_empty()) {
        return Vec::new();
    }
    let each =
        histories.iter().map(|history| came(titled(&history.name, words), std::slice::from_ref(history)));
    std::iter::once(whole).chain(each).flatten().collect()
}

fn figure(name: Text, uptime: &Uptime, words: Words<'_>) -> Figure {
    Figure {
        name,
        share: words.share(uptime).unwrap_or_else(|| words.t("no-data").to_owned()),
        down: words.duration(uptime.down),
        maintenance: words.duration(uptime.maintenance),
        unknown: words.duration(uptime.unknown),
        window: words.duration(uptime.window),
    }
}
