//! A status page in its languages.

use domain::{Impact, Language, Phase, Status};
use jiff::tz::TimeZone;

use super::{holds, orderly, text, visible};
use crate::{
    Page, status_pages, story,
    view::{ActionView, Board, Note, Reason, StatusPageView},
};

/// A page that shows as much as there is: trouble, gaps, work of every kind, edits and a post-mortem.
fn full() -> StatusPageView {
    let mut view = story::acme();
    let layer = story::commerce_layer().board;
    view.board.past.extend(layer.past);
    view.board.open.extend(layer.open);
    let mut work = view.board.maintenances[0].clone();
    for (n, status) in domain::MaintenanceStatus::ALL.iter().enumerate() {
        (work.id, work.status) = (format!("w{n}"), *status);
        (work.starts_at, work.ends_at) = match n % 4 {
            0 => (None, work.ends_at),
            1 => (work.starts_at, None),
            2 => (None, None),
            _ => (view.board.maintenances[0].starts_at, view.board.maintenances[0].ends_at),
        };
        view.board.maintenances.push(work.clone());
    }
    let provider = Note { text: "Acme Pay".to_owned(), link: Some("/directory".to_owned()) };
    let since = Some(story::at("2025-12-02T08:00:00Z"));
    view.board.components[1].reason = Some(Reason::NoReadingOf { provider, since });
    view.board.components[3].is_third_party = true;
    let told = view.board.past.iter_mut().find(|incident| incident.postmortem().is_some()).unwrap();
    let due_on = jiff::civil::date(2026, 1, 31);
    let action = |is_done| ActionView { text: "Test the switch".to_owned(), due_on, is_done };
    told.own.actions = vec![action(true), action(false)];
    view
}

fn html_of(pages: &[Page], language: Language) -> Vec<&Page> {
    let below = format!("/status/acme/{language}");
    let pages = pages.iter().filter(|page| super::is_whole(page));
    pages.filter(|page| page.path == below || page.path.starts_with(&format!("{below}/"))).collect()
}

/// Returns the HTML without the elements that are marked as being in another language.
fn without_marked(html: &str) -> String {
    let (head, mut rest) = html.split_at(html.find("<body").unwrap());
    let mut out = head[head.find("<head").unwrap()..].to_owned();
    while let Some(at) = rest.find(" lang=\"") {
        let start = rest[..at].rfind('<').unwrap();
        let name = rest[start + 1..].split([' ', '>']).next().unwrap();
        let end = format!("</{name}>");
        out.push_str(&rest[..start]);
        rest = &rest[start + rest[start..].find(&end).unwrap() + end.len()..];
    }
    out + rest
}

/// Returns what readers see, hear and point at: text and the words in attributes.
fn said(html: &str) -> String {
    let mut said = visible(html);
    for attribute in ["aria-label=\"", "content=\"", " title=\"", "data-here=\""] {
        for (at, _) in html.match_indices(attribute) {
            let value = html[at + attribute.len()..].split('"').next().unwrap();
            if value.starts_with("https://") {
                continue;
            }
            said.push(' ');
            said.push_str(value);
        }
    }
    // What others wrote is isolated where it can't be marked.
    let mut ours = String::new();
    let mut rest = said.as_str();
    while let Some((before, after)) = rest.split_once('\u{2068}') {
        ours.push_str(before);
        rest = after.split_once('\u{2069}').unwrap().1;
    }
    ours + rest
}

#[test]
fn a_page_in_arabic_says_nothing_in_english_but_what_people_wrote() {
    let pages = status_pages(&full());
    let pages = html_of(&pages, Language::Arabic);
    assert!(pages.len() > 10, "the index, its records, the history and the figures");
    // Names, formats, and values of attributes for programs.
    let known = "UTC Acme Status CSV JSON Atom RSS Midwatch zone width device initial scale light dark fbfaf8 0d1420 website \
                 summary large image png zone";
    let known: Vec<&str> = known.split_whitespace().collect();
    for page in pages {
        let html = std::str::from_utf8(&page.body).unwrap();
        holds(html, "<html lang=\"ar\" dir=\"rtl\"");
        let said = said(&without_marked(html));
        // The description may be what people wrote of it.
        let gist = html.split("name=\"description\" content=\"").nth(1).unwrap().split('"').next().unwrap();
        let said = if gist.is_ascii() { said.replace(gist, "") } else { said };
        let words = said.split(|c: char| !c.is_ascii_alphanumeric());
        let words: Vec<&str> = words
            .filter(|word| word.len() > 2 && word.contains(|c: char| c.is_ascii_alphabetic()))
            .filter(|word| !known.contains(word))
            .collect();
        assert_eq!(words, Vec::<&str>::new(), "{}:\n{said}", page.path);
    }
}

#[test]
fn every_language_has_its_files_and_leads_to_the_same_file_in_the_others() {
    let pages = status_pages(&story::acme());
    for file in ["", "/history", "/uptime", "/incidents/41"] {
        let html = text(&pages, &format!("/status/acme{file}"));
        holds(html, "<html lang=\"en\" dir=\"ltr\"");
        for tag in ["it", "de", "ar"] {
            let url = format!("https://status.acme.example/{tag}{file}");
            let link = format!("<link rel=\"alternate\" hreflang=\"{tag}\" href=\"{url}\">");
            holds(html, &link);
            holds(html, &format!("<a href=\"/status/acme/{tag}{file}\" hreflang=\"{tag}\" lang=\"{tag}\">"));
            let there = text(&pages, &format!("/status/acme/{tag}{file}"));
            holds(there, &format!("<html lang=\"{tag}\" "));
            holds(there, &format!("<link rel=\"canonical\" href=\"{url}\">"));
            holds(there, &link);
            let home = format!("https://status.acme.example{file}");
            holds(there, &format!("<link rel=\"alternate\" hreflang=\"x-default\" href=\"{home}\">"));
            holds(there, &format!("<link rel=\"alternate\" hreflang=\"en\" href=\"{home}\">"));
            holds(there, "aria-current=\"page\"");
        }
    }
    holds(text(&pages, "/status/acme/it"), "Interruzione parziale");
    holds(text(&pages, "/status/acme/de"), "Teilausfall");
    holds(
        &visible(text(&pages, "/status/acme/it")),
        "1 servizio su 4 con problemi, inizio 09:04 UTC ( 18 min )",
    );
    holds(text(&pages, "/status/acme/ar"), "data-events=\"/status/acme/events\"");
    for (path, holding) in [
        ("it/history.atom", "xml:lang=\"it\""),
        ("de/history.rss", "<language>de</language>"),
        ("ar/maintenance.ics", "//AR"),
        ("it/badge.svg", "interruzione parziale"),
        ("de/index.md", "## Vergangene Vorfälle"),
    ] {
        holds(text(&pages, &format!("/status/acme/{path}")), holding);
    }
}

#[test]
fn the_json_stands_once_and_the_other_languages_lead_to_it() {
    let pages = status_pages(&story::acme());
    let json: Vec<&str> =
        pages.iter().map(|page| page.path.as_str()).filter(|path| path.contains("/api/v2/")).collect();
    assert_eq!(json.len(), 8, "{json:?}");
    assert!(json.iter().all(|path| path.starts_with("/status/acme/api/v2/")), "{json:?}");
    holds(text(&pages, "/status/acme/de"), "href=\"/status/acme/api/v2/summary.json\"");
}

#[test]
fn feeds_in_several_languages_have_entries_of_their_own() {
    let pages = status_pages(&story::acme());
    let ids = |path: &str| {
        let ids = text(&pages, path).split("<id>").skip(1).map(|rest| rest.split("</id>").next().unwrap());
        ids.map(str::to_owned).collect::<Vec<_>>()
    };
    let home = ids("/status/acme/history.atom");
    assert_eq!(home[0], "tag:status.acme.example,2026:status/acme", "it stays what it was");
    let italian = ids("/status/acme/it/history.atom");
    assert_eq!(italian, home.iter().map(|id| format!("{id}/it")).collect::<Vec<_>>());
}

#[test]
fn a_page_in_one_language_has_no_menu() {
    let mut view = story::acme();
    view.other_languages.clear();
    view.board.voice.language = Language::German;
    view.board.voice.written = Language::German;
    let pages = status_pages(&view);
    let html = text(&pages, "/status/acme");
    holds(html, "<html lang=\"de\" dir=\"ltr\" data-units=\"Tg.|Std.|Min.|Sek.\">");
    assert!(!html.contains("hreflang") && !html.contains("tongues") && !html.contains("<bdi"), "{html}");
    holds(html, "Verursacht durch Commerce Layer");
}

#[test]
fn times_stand_in_the_zone_of_the_page_and_days_too() {
    let mut view = story::acme();
    view.board.voice.time_zone = TimeZone::get("Asia/Riyadh").unwrap();
    view.board.open[0].started_at = Some(story::at("2025-12-01T21:30:00Z"));
    let pages = status_pages(&view);
    let html = visible(text(&pages, "/status/acme"));
    holds(&html, "started 00:30 UTC+3");
    holds(&html, "All times in Asia/Riyadh");
    holds(text(&pages, "/status/acme/index.md"), "As of Dec 2, 2025, 12:22 UTC+3");
    holds(text(&pages, "/status/acme/ar/history.atom"), "00:30 UTC+3");
}

#[test]
fn every_status_phase_and_impact_can_be_said_in_every_language() {
    let mut view = story::acme();
    for (n, (impact, phase)) in Impact::ALL
        .iter()
        .flat_map(|impact| Phase::ALL.iter().map(move |phase| (*impact, *phase)))
        .enumerate()
    {
        let mut incident = view.board.open[0].clone();
        (incident.id, incident.impact, incident.phase) = (format!("s{n}"), impact, phase);
        incident.resolved_at = phase.is_over().then(|| story::at(story::AS_OF));
        incident.updates.iter_mut().for_each(|update| update.word = phase.word().to_owned());
        view.board.past.push(incident);
    }
    let statuses = |board: &mut Board, status| board.components.iter_mut().for_each(|c| c.status = status);
    for status in Status::ALL {
        statuses(&mut view.board, *status);
        for page in status_pages(&view) {
            // A message that is not there or lacks an argument ends a test.
            assert!(!page.body.is_empty());
        }
    }
}

#[test]
fn a_name_that_would_turn_the_text_around_stays_where_it_is() {
    let mut view = story::acme();
    let name = "pay\u{202e}lap\u{2066}\u{2069}\u{2069}\u{200f}\u{61c}\u{fdd1}x";
    view.board.title = name.to_owned();
    view.board.components[0].name = name.to_owned();
    view.board.open[0].title = name.to_owned();
    let pages = status_pages(&view);
    let english = text(&pages, "/status/acme");
    holds(english, "<title>Partial outage · paylapx</title>");
    holds(english, "<b>paylapx</b>");
    let arabic = text(&pages, "/status/acme/ar");
    holds(arabic, "<title>انقطاع جزئي · \u{2068}paylapx\u{2069}</title>");
    holds(arabic, "<b><bdi lang=\"en\">paylapx</bdi></b>");
    holds(arabic, "aria-label=\"\u{2068}paylapx\u{2069}، آخر 90 يومًا: يوم واحد فيه أعطال\"");
    let own = "بنك 2";
    view.board.title = own.to_owned();
    view.board.components[0].name = own.to_owned();
    let pages = status_pages(&view);
    holds(text(&pages, "/status/acme"), "<title>Partial outage · \u{2068}بنك 2\u{2069}</title>");
    holds(text(&pages, "/status/acme"), "<b><bdi>بنك 2</bdi></b>");
    for page in pages.iter().filter(|page| page.content_type != "image/png") {
        orderly(std::str::from_utf8(&page.body).unwrap(), &page.path);
    }
}

#[test]
fn pages_stay_light_in_every_language() {
    for page in status_pages(&story::acme()) {
        assert!(page.body.len() < 60_000, "{} bytes in {}", page.body.len(), page.path);
    }
}
