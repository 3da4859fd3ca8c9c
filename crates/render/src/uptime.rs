//! Uptime of a status page as data: what each service was told to be over twelve months, and the figures that follow from
//! it. The figures can be computed again from the intervals alone, by the formula that stands beside them.

use std::fmt::Write;

use domain::history::{self, Span, Tally, Window};
use jiff::Timestamp;
use serde::Serialize;

use crate::{
    api::json,
    page::{CSV, JSON, Page},
    view::{Board, ServiceHistory},
};

/// How a figure comes about.
const FORMULA: &str = "uptime = 1 - down / (window - maintenance - unknown)";

/// What the words of the formula mean.
const MEANING: &str = "down is partial_outage and major_outage; degraded_performance is up; time that no interval covers is \
                       unknown; maintenance and unknown count neither for nor against; uptime is rounded down to six digits; \
                       intervals and windows hold their first instant and not their last";

/// What the figure of all services together means.
const MEANING_OF_ALL: &str = "of all services at an instant the worst counts, in the order major_outage, partial_outage, \
                              degraded_performance, under_maintenance, operational; it is unknown where nothing is known of any";

#[derive(Serialize)]
struct Document<'a> {
    page: Named<'a>,
    as_of: String,
    formula: &'static str,
    meaning: &'static str,
    all: Together,
    services: Vec<Service<'a>>,
}

#[derive(Serialize)]
struct Named<'a> {
    id: &'a str,
    name: &'a str,
    url: &'a str,
}

#[derive(Serialize)]
struct Together {
    meaning: &'static str,
    #[serde(flatten)]
    figures: Figures,
}

#[derive(Serialize)]
struct Service<'a> {
    id: &'a str,
    name: &'a str,
    #[serde(flatten)]
    figures: Figures,
    intervals: Vec<Interval>,
}

#[derive(Serialize)]
struct Figures {
    windows: Vec<Figure>,
    months: Vec<Figure>,
}

#[derive(Serialize)]
struct Figure {
    #[serde(skip_serializing_if = "Option::is_none")]
    window: Option<&'static str>,
    from: String,
    to: String,
    uptime: Option<String>,
    window_us: u128,
    down_us: u128,
    degraded_us: u128,
    maintenance_us: u128,
    unknown_us: u128,
}

#[derive(Serialize)]
struct Interval {
    status: &'static str,
    from: String,
    to: String,
}

/// Returns the two files.
pub(crate) fn pages(board: &Board, histories: &[ServiceHistory]) -> [Page; 2] {
    [document(board, histories), csv(board, histories)]
}

fn document(board: &Board, histories: &[ServiceHistory]) -> Page {
    let content = Document {
        page: Named { id: &board.id, name: &board.title, url: &board.place.public_url },
        as_of: board.as_of.to_string(),
        formula: FORMULA,
        meaning: MEANING,
        all: Together { meaning: MEANING_OF_ALL, figures: figures(&together(histories), board.as_of) },
        services: histories.iter().map(|history| service(history, board.as_of)).collect(),
    };
    Page::text(board.place.path("uptime.json"), JSON, json(&content))
}

/// Returns what the page as a whole was: the spans of all services, of which the worst counts.
pub(crate) fn together(histories: &[ServiceHistory]) -> Vec<Span> {
    histories.iter().flat_map(|history| &history.spans).copied().collect()
}

fn service(history: &ServiceHistory, as_of: Timestamp) -> Service<'_> {
    let interval = |span: &Span| Interval {
        status: span.status.word(),
        from: span.from.to_string(),
        to: span.to.to_string(),
    };
    Service {
        id: &history.id,
        name: &history.name,
        figures: figures(&history.spans, as_of),
        intervals: history.spans.iter().map(interval).collect(),
    }
}

fn figures(spans: &[Span], as_of: Timestamp) -> Figures {
    let window = |window: Window| {
        let from = window.start(as_of);
        figure(Some(window.word()), from, as_of, &history::tally(spans, from, as_of))
    };
    let month = |(from, to)| figure(None, from, to, &history::tally(spans, from, to));
    Figures {
        windows: Window::ALL.map(window).into(),
        months: history::months(as_of).into_iter().map(month).collect(),
    }
}

fn figure(window: Option<&'static str>, from: Timestamp, to: Timestamp, tally: &Tally) -> Figure {
    let decimal = |millionths: u64| format!("{}.{:06}", millionths / 1_000_000, millionths % 1_000_000);
    Figure {
        window,
        from: from.to_string(),
        to: to.to_string(),
        uptime: tally.millionths().map(decimal),
        window_us: tally.window.as_micros(),
        down_us: tally.down.as_micros(),
        degraded_us: tally.degraded.as_micros(),
        maintenance_us: tally.maintenance.as_micros(),
        unknown_us: tally.unknown.as_micros(),
    }
}

/// The intervals, one a line.
fn csv(board: &Board, histories: &[ServiceHistory]) -> Page {
    let mut text = "service,name,status,from,to\r\n".to_owned();
    for history in histories {
        let (id, name) = (field(&history.id), field(&history.name));
        for span in &history.spans {
            let (from, to) = (span.from.to_string(), span.to.to_string());
            // Writing to a string can't fail.
            let _ = write!(text, "{id},{name},{},{from},{to}\r\n", span.status.word());
        }
    }
    Page::text(board.place.path("uptime.csv"), CSV, text)
}

/// Quotes a text, and keeps spreadsheets from taking it for a formula and browsers for a tag.
fn field(text: &str) -> String {
    let text = text.replace(['\r', '\n'], " ").replace('"', "\"\"").replace('<', "‹");
    let guard = if text.starts_with(['=', '+', '-', '@', '\t']) { "'" } else { "" };
    format!("\"{guard}{text}\"")
}
