//! A status page of ours: one set of files in each of its languages.
//!
//! The page speaks its own language at its own address and each other one below it. What programs read that know nothing of
//! languages, the JSON of Statuspage, stands at the page's own address only.

use askama::Template;
use domain::Language;

use crate::{
    api::{self, Shortlink},
    badge,
    card::Card,
    dress, embed, feed,
    frame::{Edition, Frame},
    gate, image,
    page::{HTML, Page},
    plain, record, records,
    rows::{Group, groups, has_days},
    said,
    show::Mood,
    uptime,
    verdict::Verdict,
    view::{Board, Place, ServiceHistory, StatusPageView},
    words::{Text, Words},
};

#[derive(Template)]
#[template(path = "status_page.html")]
struct Index<'a> {
    frame: Frame<'a>,
    words: Words<'a>,
    title: Text,
    base: &'a str,
    /// What addresses for programs end with, so that they are let in where readers are asked.
    key: String,
    /// Where the JSON stands.
    home: &'a str,
    verdict: &'a Verdict,
    mood: Mood,
    open: Vec<Card<'a>>,
    work: Vec<Card<'a>>,
    planned: Vec<Card<'a>>,
    groups: Vec<Group>,
    has_days: bool,
    figure: Option<Text>,
    /// Where the figures stand, if the page has any.
    uptime_path: Option<String>,
    past: Vec<Card<'a>>,
    as_of: Text,
}

/// Returns every file of a status page.
#[must_use]
pub fn status_pages(view: &StatusPageView) -> Vec<Page> {
    let mut boards = vec![view.board.clone()];
    boards.extend(view.other_languages.iter().map(|language| spoken(&view.board, *language)));
    boards.iter_mut().for_each(said::put);
    let home = &boards[0];
    let editions: Vec<Edition> = boards
        .iter()
        .map(|board| Edition { language: board.voice.language, place: board.place.clone() })
        .collect();
    let mut pages: Vec<Page> =
        boards.iter().flat_map(|board| edition(board, &view.history, &editions)).collect();
    if home.chrome.shows_uptime {
        pages.extend(uptime::pages(home, &view.history));
    }
    pages.extend(dress::pages(home));
    pages.extend(gate::pages(home));
    pages.extend(api::pages(home, &Verdict::on_services(home), Shortlink::Here));
    pages
}

/// Returns the board as it speaks another language, below its own address.
fn spoken(board: &Board, language: Language) -> Board {
    let mut spoken = board.clone();
    spoken.voice.language = language;
    let below = |address: &str| format!("{address}/{language}");
    spoken.place = Place {
        base_path: below(&board.place.base_path),
        public_url: below(&board.place.public_url),
        events: board.place.events.clone(),
    };
    spoken
}

/// Returns the files in the language of the board.
fn edition(board: &Board, histories: &[ServiceHistory], editions: &[Edition]) -> Vec<Page> {
    let verdict = Verdict::on_services(board);
    let frame = |title: String, description: String, file: &str| {
        Frame::of_status_page(board, editions, title, description, file)
    };
    let mut pages = vec![index(board, editions, &verdict)];
    pages.extend(record::all(board, &frame));
    let [history, figures] = records::pages(board, board.words().t("service"), histories, &frame);
    pages.push(history);
    pages.extend(Some(figures).filter(|_| board.chrome.shows_uptime));
    pages.extend(feed::pages(board, "status"));
    pages.extend(badge::pages(board, &verdict));
    pages.extend(badge::of_components(board));
    pages.extend(embed::pages(board, &verdict));
    pages.push(plain::page(board, &verdict));
    pages.push(image::page(board, &verdict));
    pages
}

fn index(board: &Board, editions: &[Edition], verdict: &Verdict) -> Page {
    let (place, words) = (&board.place, board.words());
    let named = |key, what: &Text| {
        let page = words.theirs(&board.title).into();
        words.say(key, [("what", what.clone().into()), ("page", page)]).plain()
    };
    let (title, description) = (named("title-of", &verdict.headline), named("page-says", &verdict.headline));
    let groups = groups(board);
    let template = Index {
        frame: Frame::of_status_page(board, editions, title, description, ""),
        words,
        title: words.theirs(&board.title),
        base: &place.base_path,
        key: board.chrome.key.as_ref().map(|key| format!("?key={key}")).unwrap_or_default(),
        home: editions.first().map_or(&place.base_path, |home| &home.place.base_path),
        verdict,
        mood: verdict.mood(words),
        open: records::open(board),
        work: records::work(board, |status| status.is_active()),
        planned: records::work(board, |status| !status.is_active() && !status.is_over()),
        has_days: has_days(&groups),
        groups,
        figure: records::figure_of_all(board),
        uptime_path: board.chrome.shows_uptime.then(|| place.path("uptime")),
        past: records::past(board),
        // Who reads a copy that nobody keeps current has to know the day too.
        as_of: match place.events {
            Some(_) => words.near(board.as_of, board.as_of),
            None => words.full(board.as_of),
        },
    };
    Page::of(place.path(""), HTML, &template)
}
