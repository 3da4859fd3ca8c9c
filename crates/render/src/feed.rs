//! The incidents as Atom and RSS, one entry for each, and the announced work as a calendar.
//!
//! Ids are tag URIs of the page's host and the incident's id: they stay when a title changes, so that an entry is updated
//! and not repeated.

use askama::Template;
use domain::{Language, MaintenanceStatus};

use crate::{
    api::changed_at,
    calendar,
    card::{Card, Depth, titled},
    links::{host, incident_file, maintenance_file, segment},
    page::{ATOM, CALENDAR, Page, RSS},
    view::{Board, IncidentView},
    words::{Text, Words, iso, rfc2822},
};

/// Entries in a feed.
const WINDOW: usize = 25;

#[derive(Template)]
#[template(path = "history.atom.xml")]
struct Atom<'a> {
    feed: &'a Feed<'a>,
}

#[derive(Template)]
#[template(path = "history.rss.xml")]
struct Rss<'a> {
    feed: &'a Feed<'a>,
}

#[derive(Template)]
#[template(path = "parts/entry.html")]
struct Content<'a> {
    words: Words<'a>,
    card: Card<'a>,
}

struct Feed<'a> {
    id: String,
    language: Language,
    title: &'a str,
    description: String,
    url: &'a str,
    atom: String,
    rss: String,
    updated: String,
    built: String,
    entries: Vec<Entry>,
}

struct Entry {
    id: String,
    title: String,
    url: String,
    published: String,
    updated: String,
    dated: String,
    summary: String,
    /// HTML, to be escaped once more where it is put.
    content: String,
}

/// Returns the feeds and the calendar; `kind` keeps the ids of providers and of our own pages apart.
pub(crate) fn pages(board: &Board, kind: &str) -> [Page; 3] {
    let (place, words) = (&board.place, board.words());
    let changed = changed_at(board);
    let feed = Feed {
        id: tag(board, kind, ""),
        language: words.language,
        title: &board.title,
        description: words.say("incidents-of", [("page", words.theirs(&board.title).into())]).plain(),
        url: &place.public_url,
        atom: place.url("history.atom"),
        rss: place.url("history.rss"),
        updated: iso(changed),
        built: rfc2822(changed),
        entries: board
            .open
            .iter()
            .chain(&board.past)
            .take(WINDOW)
            .map(|one| entry(board, one, kind))
            .collect(),
    };
    [
        Page::of(place.path("history.atom"), ATOM, &Atom { feed: &feed }),
        Page::of(place.path("history.rss"), RSS, &Rss { feed: &feed }),
        Page::text(place.path("maintenance.ics"), CALENDAR, calendar(board)),
    ]
}

fn entry(board: &Board, incident: &IncidentView, kind: &str) -> Entry {
    let (words, changed) = (board.words(), incident.changed_at());
    let card = Card::of_incident(incident, board, changed, Depth::Alone);
    let summary = [words.impact(incident.impact), words.phase(incident.phase)].map(Text::ours);
    Entry {
        id: tag(board, kind, &format!("/incident/{}", segment(&incident.id))),
        title: card.title.plain(),
        url: board.place.url(&incident_file(&incident.id)),
        published: iso(incident.posted_at.unwrap_or(incident.began_at())),
        updated: iso(changed),
        dated: rfc2822(changed),
        summary: Text::joined(summary, " · ").plain(),
        content: Content { words, card }.render().expect("writing to a string does not fail"),
    }
}

/// The same incident is another entry in another language, or readers of both would see one text come and go.
fn tag(board: &Board, kind: &str, rest: &str) -> String {
    let id = format!("tag:{},2026:{kind}/{}{rest}", host(&board.place.public_url), segment(&board.id));
    let words = board.words();
    if words.is_of_page() { id } else { format!("{id}/{}", words.language) }
}

fn calendar(board: &Board) -> String {
    let mut lines = vec![
        "BEGIN:VCALENDAR".to_owned(),
        "VERSION:2.0".to_owned(),
        format!("PRODID:-//Midwatch//Status pages//{}", board.words().language.tag().to_uppercase()),
        format!("NAME:{}", calendar::text(&board.title)),
        "REFRESH-INTERVAL;VALUE=DURATION:PT1H".to_owned(),
    ];
    for work in &board.maintenances {
        let Some(starts) = work.starts_at else { continue };
        lines.push("BEGIN:VEVENT".to_owned());
        lines.push(format!(
            "UID:{}-{}@{}",
            segment(&board.id),
            segment(&work.id),
            host(&board.place.public_url)
        ));
        lines.push(format!("SEQUENCE:{}", work.updates.len()));
        lines.push(format!("DTSTAMP:{}", calendar::time(work.changed_at())));
        lines.push(format!("DTSTART:{}", calendar::time(starts)));
        lines.extend(
            work.ends_at.filter(|ends| *ends >= starts).map(|ends| format!("DTEND:{}", calendar::time(ends))),
        );
        lines.push(format!("SUMMARY:{}", calendar::text(&titled(&work.title, board.words()).plain())));
        lines.push(format!("URL:{}", board.place.url(&maintenance_file(&work.id))));
        let cancelled = work.status == MaintenanceStatus::Cancelled;
        lines.push(format!("STATUS:{}", if cancelled { "CANCELLED" } else { "CONFIRMED" }));
        lines.push("END:VEVENT".to_owned());
    }
    lines.push("END:VCALENDAR".to_owned());
    calendar::written(&lines)
}
