//! A status page of ours.

use askama::Template;

use crate::{
    api, badge,
    card::{Card, Depth},
    feed,
    frame::Frame,
    page::{HTML, Page},
    plain,
    provider::PAST_SHOWN,
    record, records,
    rows::{Group, groups, has_days},
    show::{Mood, Stamp, share, stamp_near},
    verdict::Verdict,
    view::{Board, StatusPageView},
};

#[derive(Template)]
#[template(path = "status_page.html")]
struct Index<'a> {
    frame: Frame<'a>,
    title: &'a str,
    base: &'a str,
    verdict: &'a Verdict,
    mood: Mood,
    open: Vec<Card<'a>>,
    work: Vec<Card<'a>>,
    planned: Vec<Card<'a>>,
    groups: Vec<Group<'a>>,
    has_days: bool,
    figure: Option<String>,
    uptime_path: String,
    past: Vec<Card<'a>>,
    as_of: Stamp,
}

/// Returns every file of a status page.
#[must_use]
pub fn status_pages(view: &StatusPageView) -> Vec<Page> {
    let board = &view.board;
    let verdict = Verdict::on_services(view);
    let frame = |title: String, description: String, file: &str| {
        Frame::of_status_page(board, title, description, file)
    };
    let mut pages = vec![index(board, &verdict)];
    pages.extend(record::all(board, &frame));
    pages.extend(records::pages(board, "Service", &frame));
    pages.extend(api::pages(board, &verdict));
    pages.extend(feed::pages(board, "status"));
    pages.extend(badge::pages(board, &verdict));
    pages.push(plain::page(board, &verdict));
    pages
}

fn index(board: &Board, verdict: &Verdict) -> Page {
    let (place, as_of) = (&board.place, board.as_of);
    let description = format!("{}: {}.", board.title, verdict.headline);
    let groups = groups(board);
    let template = Index {
        frame: Frame::of_status_page(
            board,
            format!("{} · {}", verdict.headline, board.title),
            description,
            "",
        ),
        title: &board.title,
        base: &place.base_path,
        verdict,
        mood: verdict.mood(),
        open: records::open(board),
        work: records::work(board, |status| status.is_active()),
        planned: records::work(board, |status| !status.is_active() && !status.is_over()),
        has_days: has_days(&groups),
        groups,
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
        as_of: stamp_near(as_of, as_of),
    };
    Page::of(place.path(""), HTML, &template)
}
