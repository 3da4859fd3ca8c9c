//! The page of one provider: everything the directory knows of it.

use std::borrow::Cow;

use askama::Template;
use domain::{SourceHealth, Status};

use crate::{
    api, badge,
    card::{Card, Depth},
    directory::{Tile, tile},
    feed,
    frame::Frame,
    links::web,
    page::{HTML, Page},
    plain, records,
    rows::{Group, groups},
    show::{Mood, Stamp, share, stamp_seconds},
    verdict::{Verdict, believed, is_unread},
    view::{Board, Claim, ProviderView},
};

/// Past incidents on the index; the rest is in the history.
pub(crate) const PAST_SHOWN: usize = 10;

#[derive(Template)]
#[template(path = "provider.html")]
struct Index<'a> {
    frame: Frame<'a>,
    name: &'a str,
    slug: &'a str,
    base: &'a str,
    category: &'a str,
    category_path: &'a str,
    platform: Option<&'a str>,
    official: Option<&'a str>,
    feed: Option<&'a str>,
    verdict: &'a Verdict,
    mood: Mood,
    read: Option<Stamp>,
    source: &'static str,
    source_trouble: Option<String>,
    claim: Option<&'a str>,
    open: Vec<Card<'a>>,
    work: Vec<Card<'a>>,
    planned: Vec<Card<'a>>,
    groups: Vec<Group<'a>>,
    figure: Option<String>,
    uptime_path: String,
    past: Vec<Card<'a>>,
    example: String,
    siblings: Vec<Tile<'a>>,
    as_of: Stamp,
}

/// Returns every file of a provider's page.
#[must_use]
pub fn provider_pages(view: &ProviderView) -> Vec<Page> {
    let board: Cow<'_, Board> = believed(&view.board, &view.source);
    let verdict = Verdict::on_provider(view, &board);
    let frame =
        |title: String, description: String, file: &str| Frame::of_provider(&board, title, description, file);
    let mut pages = vec![index(view, &board, &verdict)];
    pages.extend(records::pages(&board, "Component", &frame));
    pages.extend(api::pages(&board, verdict.status));
    pages.extend(feed::pages(&board, "provider"));
    pages.extend(badge::pages(&board, verdict.status));
    pages.push(plain::page(&board, &verdict));
    pages
}

fn index(view: &ProviderView, board: &Board, verdict: &Verdict) -> Page {
    let (place, as_of) = (&board.place, board.as_of);
    let description =
        format!("{}: {}. Components, incidents and 90 days of history.", board.title, verdict.headline);
    let template = Index {
        frame: Frame::of_provider(board, format!("{} status", board.title), description, ""),
        name: &board.title,
        slug: &board.id,
        base: &place.base_path,
        category: &view.category,
        category_path: &view.category_path,
        platform: view.platform.as_deref(),
        official: view.official_url.as_deref().and_then(web),
        feed: view.feed_url.as_deref().and_then(web),
        verdict,
        mood: Mood::of(verdict.status),
        read: view.source.last_read_at.map(|at| stamp_seconds(at, as_of)),
        source: health(view.source.health),
        source_trouble: source_trouble(view),
        claim: view.claim.as_ref().and_then(|claim| contradiction(claim, verdict.status)),
        open: records::open(board),
        work: records::work(board, |status| status.is_active()),
        planned: records::work(board, |status| !status.is_active() && !status.is_over()),
        groups: groups(board),
        figure: board
            .uptime
            .as_ref()
            .and_then(share)
            .map(|share| format!("90 days · {share} without unknown time")),
        uptime_path: place.path("uptime"),
        past: board
            .past
            .iter()
            .take(PAST_SHOWN)
            .map(|i| Card::of_incident(i, place, as_of, Depth::Among))
            .collect(),
        example: example(board),
        siblings: view.siblings.iter().map(|line| tile(line, as_of)).collect(),
        as_of: stamp_seconds(as_of, as_of),
    };
    Page::of(place.path(""), HTML, &template)
}

const fn health(health: SourceHealth) -> &'static str {
    match health {
        SourceHealth::Fresh => "source fresh",
        SourceHealth::Stale => "source stale",
        SourceHealth::Unreadable => "source unreadable",
        SourceHealth::NeverRead => "not read yet",
    }
}

/// What a reader should know about a source that isn't fresh.
fn source_trouble(view: &ProviderView) -> Option<String> {
    let reason = view.source.reason.as_deref().unwrap_or("no reason was given");
    match view.source.health {
        SourceHealth::Fresh => None,
        SourceHealth::Stale => Some(format!("The last reading is older than it should be: {reason}.")),
        SourceHealth::Unreadable => Some(format!(
            "We can’t read {}’s page at the moment: {reason}. This says nothing about {0}.",
            view.board.title
        )),
        SourceHealth::NeverRead => Some(format!("The first reading is still to come: {reason}.")),
    }
}

/// The provider's own words, where they say something else than we do.
fn contradiction(claim: &Claim, ours: Status) -> Option<&str> {
    let words = claim.headline.as_deref().unwrap_or(&claim.raw);
    (claim.status != ours && !words.trim().is_empty()).then_some(words)
}

/// Two component names as they stand in a configuration file.
fn example(board: &Board) -> String {
    let quoted = |name: &str| format!("\"{}\"", name.replace('\\', "\\\\").replace('"', "\\\""));
    board.components.iter().take(2).map(|c| quoted(&c.name)).collect::<Vec<_>>().join(", ")
}

/// Whether a provider in a list is drawn without a status.
pub(crate) const fn shown(status: Status, health: SourceHealth) -> Status {
    if is_unread(health) { Status::Unknown } else { status }
}
