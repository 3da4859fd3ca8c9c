//! The files below an index that hold its records together: the history and the figures.

use askama::Template;
use domain::MaintenanceStatus;
use jiff::tz::TimeZone;

use crate::{
    card::{Card, Depth, titled},
    frame::Frame,
    page::{HTML, Page},
    show::{Stamp, duration, share, stamp_full},
    view::{Board, IncidentView, Uptime},
};

/// Makes the frame of a file from its title, its description and its name.
pub(crate) type FrameOf<'f, 'a> = dyn Fn(String, String, &str) -> Frame<'a> + 'f;

#[derive(Template)]
#[template(path = "history.html")]
struct History<'a> {
    frame: Frame<'a>,
    of: &'a str,
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
    of: &'a str,
    index: String,
    what: &'static str,
    rows: Vec<Figure<'a>>,
    as_of: Stamp,
}

struct Figure<'a> {
    name: &'a str,
    share: String,
    down: String,
    maintenance: String,
    unknown: String,
    window: String,
}

/// Returns the cards of what is open.
pub(crate) fn open(board: &Board) -> Vec<Card<'_>> {
    board.open.iter().map(|i| Card::of_incident(i, &board.place, board.as_of, Depth::Among)).collect()
}

/// Returns the cards of the announced work in some state.
pub(crate) fn work(board: &Board, wanted: fn(MaintenanceStatus) -> bool) -> Vec<Card<'_>> {
    let some = board.maintenances.iter().filter(|work| wanted(work.status));
    some.map(|work| Card::of_work(work, &board.place, board.as_of, Depth::Among)).collect()
}

/// Returns the history and the figures; `what` is what a component of this board is called.
pub(crate) fn pages<'a>(board: &'a Board, what: &'static str, frame: &FrameOf<'_, 'a>) -> [Page; 2] {
    [history(board, frame), figures(board, what, frame)]
}

fn history<'a>(board: &'a Board, frame: &FrameOf<'_, 'a>) -> Page {
    let mut incidents: Vec<&IncidentView> = board.open.iter().chain(&board.past).collect();
    incidents.sort_by_key(|incident| std::cmp::Reverse(incident.began_at()));
    let months = incidents.chunk_by(|a, b| month(a) == month(b)).map(|run| Month {
        name: month(run[0]),
        cards: run.iter().map(|i| Card::of_incident(i, &board.place, board.as_of, Depth::Among)).collect(),
    });
    let title = format!("Incident history · {}", board.title);
    let template = History {
        frame: frame(title.clone(), title, "history"),
        of: &board.title,
        base: &board.place.base_path,
        index: board.place.path(""),
        months: months.collect(),
    };
    Page::of(board.place.path("history"), HTML, &template)
}

fn month(incident: &IncidentView) -> String {
    incident.began_at().to_zoned(TimeZone::UTC).strftime("%B %Y").to_string()
}

fn figures<'a>(board: &'a Board, what: &'static str, frame: &FrameOf<'_, 'a>) -> Page {
    let whole = board.uptime.iter().map(|uptime| figure("All together", uptime));
    let each = board
        .components
        .iter()
        .filter_map(|c| c.uptime.as_ref().map(|uptime| figure(titled(&c.name), uptime)));
    let title = format!("Uptime · {}", board.title);
    let template = Figures {
        frame: frame(title.clone(), title, "uptime"),
        of: &board.title,
        index: board.place.path(""),
        what,
        rows: whole.chain(each).collect(),
        as_of: stamp_full(board.as_of),
    };
    Page::of(board.place.path("uptime"), HTML, &template)
}

fn figure<'a>(name: &'a str, uptime: &Uptime) -> Figure<'a> {
    Figure {
        name,
        share: share(uptime).unwrap_or_else(|| "no data".to_owned()),
        down: duration(uptime.down),
        maintenance: duration(uptime.maintenance),
        unknown: duration(uptime.unknown),
        window: duration(uptime.window),
    }
}
