//! What other sites put into pages of theirs: a script that keeps a line current, and the line without script, as a page
//! for a frame and as a fragment for servers that put pages together.

use askama::Template;
use serde::Serialize;

use crate::{
    api,
    assets::{EMBED, PATHS},
    card::named,
    links::incident_file,
    page::{HTML, JAVASCRIPT, JSON, Page},
    show::Mood,
    verdict::Verdict,
    view::Board,
    words::{Text, Words},
};

/// Open incidents that are named.
const NAMED: usize = 3;

#[derive(Template)]
#[template(path = "embed.html")]
struct Framed<'a> {
    line: &'a Line<'a>,
    style: &'static str,
}

#[derive(Template)]
#[template(path = "fragment.html")]
struct Fragment<'a> {
    line: &'a Line<'a>,
}

struct Line<'a> {
    words: Words<'a>,
    title: Text,
    url: &'a str,
    class: &'static str,
    headline: &'a Text,
    incidents: Vec<(Text, String)>,
}

/// What the script reads.
#[derive(Serialize)]
struct Current<'a> {
    title: &'a str,
    url: &'a str,
    language: &'a str,
    direction: &'a str,
    /// `ok`, `work`, `degraded`, `partial`, `major`, `unknown`
    state: &'static str,
    headline: String,
    /// What the script says when it can't read this for long.
    unread: &'static str,
    incidents: Vec<Open<'a>>,
}

#[derive(Serialize)]
struct Open<'a> {
    name: &'a str,
    url: String,
}

/// Returns the script, what it reads, and the two forms without script.
pub(crate) fn pages(board: &Board, verdict: &Verdict) -> [Page; 4] {
    let (place, words) = (&board.place, board.words());
    let open = || board.open.iter().take(NAMED).map(|one| (one, place.url(&incident_file(&one.id))));
    let mood: Mood = verdict.mood(words);
    let line = Line {
        words,
        title: words.theirs(&board.title),
        url: &place.public_url,
        class: mood.class,
        headline: &verdict.headline,
        incidents: open().map(|(one, url)| (named(one, words), url)).collect(),
    };
    let current = Current {
        title: &board.title,
        url: &place.public_url,
        language: words.language.tag(),
        direction: words.language.direction(),
        state: mood.class,
        headline: verdict.headline.plain(),
        unread: words.t("status-unknown"),
        incidents: open().map(|(one, url)| Open { name: &one.title, url }).collect(),
    };
    [
        Page::text(place.path("embed.js"), JAVASCRIPT, EMBED.to_owned()),
        Page::text(place.path("embed.json"), JSON, api::json(&current)),
        Page::of(place.path("embed.html"), HTML, &Framed { line: &line, style: &PATHS.style }),
        Page::of(place.path("fragment.html"), HTML, &Fragment { line: &line }),
    ]
}
