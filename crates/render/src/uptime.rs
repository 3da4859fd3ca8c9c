//! Uptime of a status page as data: what each service was told to be over twelve months, and the figures that follow from
//! it. The figures can be computed again from the intervals alone, by the formula that stands beside them.

use std::{collections::BTreeMap, fmt::Write, time::Duration};

use domain::history::{self, Origin, Span, Tally, Trouble, Window};
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

/// Which down time came from a provider.
const MEANING_OF_PROVIDERS: &str = "down time came from a provider while a public incident that touches the service lasts and \
                                    names it as a cause; where several do, it counts once, for the one whose trouble began \
                                    first; the rest is our own or of unknown origin";

/// What the figure of all services together means.
const MEANING_OF_ALL: &str = "of all services at an instant the worst counts, in the order major_outage, partial_outage, \
                              degraded_performance, under_maintenance, operational; it is unknown where nothing is known of any";

#[derive(Serialize)]
struct Document<'a> {
    page: Named<'a>,
    as_of: String,
    formula: &'static str,
    meaning: &'static str,
    meaning_of_providers: &'static str,
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
    troubles: Vec<Caused>,
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
    /// What of the down time came from providers, and from which.
    down_by_providers_us: u128,
    down_by_provider_us: BTreeMap<String, u128>,
}

#[derive(Serialize)]
struct Interval {
    status: &'static str,
    from: String,
    to: String,
}

#[derive(Serialize)]
struct Caused {
    provider: String,
    from: String,
    to: String,
}

/// Returns the two files.
pub(crate) fn pages(board: &Board, histories: &[ServiceHistory]) -> [Page; 2] {
    [document(board, histories), csv(board, histories)]
}

/// Returns what the document says of one service, by itself.
#[must_use]
pub fn service_uptime(history: &ServiceHistory, as_of: Timestamp) -> String {
    json(&service(history, as_of))
}

fn document(board: &Board, histories: &[ServiceHistory]) -> Page {
    let content = Document {
        page: Named { id: &board.id, name: &board.title, url: &board.place.public_url },
        as_of: board.as_of.to_string(),
        formula: FORMULA,
        meaning: MEANING,
        meaning_of_providers: MEANING_OF_PROVIDERS,
        all: Together { meaning: MEANING_OF_ALL, figures: figures(histories, board.as_of) },
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
    let caused = |trouble: &Trouble| Caused {
        provider: history.providers.get(&trouble.provider).cloned().unwrap_or_default(),
        from: trouble.from.to_string(),
        to: trouble.to.to_string(),
    };
    Service {
        id: &history.id,
        name: &history.name,
        figures: figures(std::slice::from_ref(history), as_of),
        intervals: history.spans.iter().map(interval).collect(),
        troubles: history.troubles.iter().map(caused).collect(),
    }
}

/// Returns where the down time of these services came from.
pub(crate) fn origin(histories: &[ServiceHistory], from: Timestamp, to: Timestamp) -> Origin {
    let lines: Vec<(&[Span], &[Trouble])> =
        histories.iter().map(|history| (&history.spans[..], &history.troubles[..])).collect();
    history::origin(&lines, from, to)
}

/// Returns the parts of an origin by the names of the providers, the largest first.
pub(crate) fn named(histories: &[ServiceHistory], origin: &Origin) -> Vec<(String, Duration)> {
    let name = |id| histories.iter().find_map(|history| history.providers.get(id)).cloned();
    let mut parts: Vec<(String, Duration)> =
        origin.providers.iter().filter_map(|(id, share)| Some((name(id)?, *share))).collect();
    parts.sort_by(|a, b| b.1.cmp(&a.1).then_with(|| a.0.cmp(&b.0)));
    parts
}

fn figures(histories: &[ServiceHistory], as_of: Timestamp) -> Figures {
    let spans = together(histories);
    let of = |window, from, to| {
        let origin = origin(histories, from, to);
        let named = named(histories, &origin).into_iter().map(|(name, share)| (name, share.as_micros()));
        Figure {
            down_by_providers_us: origin.by_providers().as_micros(),
            down_by_provider_us: named.collect(),
            ..figure(window, from, to, &history::tally(&spans, from, to))
        }
    };
    let window = |window: Window| of(Some(window.word()), window.start(as_of), as_of);
    let month = |(from, to)| of(None, from, to);
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
        down_by_providers_us: 0,
        down_by_provider_us: BTreeMap::new(),
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
