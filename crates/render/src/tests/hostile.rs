//! Foreign text is data: whatever it holds, it stays text.

use domain::{Impact, Phase, public::Said};
use proptest::prelude::*;

use super::{documents::well_formed, orderly, text};
use crate::{
    Page, directory_pages, directory_results, directory_search, markdown, provider_pages, provider_record,
    provider_records, segment, sitemaps, status_pages, story,
    view::{
        ActionView, Board, ComponentView, Edit, IncidentLine, IncidentView, Note, ProviderLine, ProviderView,
        Reason, StatusPageView, UpdateView,
    },
};

const ATTACK: &str = "<script>alert(1)</script>\"'><img src=x onerror=alert(1)>\u{202e}{{ 7*7 }}]]>&\u{0}";

/// Puts the text into every field that comes from outside.
fn poison(board: &mut Board, text: &str) {
    board.title = text.to_owned();
    for component in &mut board.components {
        poison_component(component, text);
    }
    for incident in board.open.iter_mut().chain(&mut board.past) {
        poison_incident(incident, text);
    }
    for work in &mut board.maintenances {
        work.title = text.to_owned();
        work.official_url = Some(text.to_owned());
        work.provider = Some(Note { text: text.to_owned(), link: Some(text.to_owned()) });
        work.updates.iter_mut().for_each(|update| poison_update(update, text));
    }
}

fn poison_component(component: &mut ComponentView, text: &str) {
    component.id = format!("{text}{}", component.id);
    component.name = text.to_owned();
    component.description = Some(text.to_owned());
    component.group = Some(text.to_owned());
    component.reason = Some(Reason::CausedBy(Note { text: text.to_owned(), link: Some(text.to_owned()) }));
    for day in &mut component.days {
        day.incidents = vec![Said::by_a_person(text)];
    }
}

fn poison_incident(incident: &mut IncidentView, text: &str) {
    incident.id = format!("{text}{}", incident.id);
    incident.title = text.to_owned();
    incident.official_url = Some(text.to_owned());
    incident.cause = Some(Note { text: text.to_owned(), link: Some(text.to_owned()) });
    incident.components.iter_mut().for_each(|component| component.name = text.to_owned());
    incident.updates.iter_mut().for_each(|update| poison_update(update, text));
    let due_on = jiff::civil::date(2026, 1, 31);
    incident.own.actions = vec![ActionView { text: text.to_owned(), due_on, is_done: false }];
}

fn poison_update(update: &mut UpdateView, text: &str) {
    update.id = format!("{text}{}", update.id);
    update.body = text.to_owned();
    update.edited = Some(Edit { at: story::at(story::AS_OF), before: Some(format!("{text} before")) });
    if update.word != Phase::Postmortem.word() {
        update.word = text.to_owned();
    }
}

fn poisoned_provider(text: &str) -> ProviderView {
    let mut view = story::commerce_layer();
    poison(&mut view.board, text);
    let held = Some(text.to_owned());
    view.claim.iter_mut().for_each(|claim| claim.headline = held.clone());
    view.category = text.to_owned();
    (view.platform, view.official_url, view.feed_url) = (held.clone(), held.clone(), held.clone());
    view.source.reason = held;
    view.homepage = view.official_url.clone();
    view.siblings.iter_mut().chain(&mut view.upstreams).for_each(|line| poison_line(line, text));
    view
}

fn poisoned_status_page(text: &str) -> StatusPageView {
    let mut view = story::acme();
    // Of the languages the one that runs the other way; more would only take longer.
    view.other_languages = vec![domain::Language::Arabic];
    poison(&mut view.board, text);
    let chrome = &mut view.board.chrome;
    chrome.headings = [(text.to_owned(), text.to_owned())].into();
    chrome.site = Some(text.to_owned());
    chrome.support = Some(format!("https://help.example/{text}"));
    chrome.legal = Some(format!("javascript:{text}"));
    view
}

pub(super) fn all_pages(text: &str) -> Vec<Page> {
    let mut directory = story::directory();
    for category in &mut directory.categories {
        category.name = text.to_owned();
        category.providers.iter_mut().for_each(|line| poison_line(line, text));
    }
    for turn in &mut directory.turns {
        (turn.provider, turn.title, turn.id) = (text.to_owned(), text.to_owned(), text.to_owned());
    }
    let provider = poisoned_provider(text);
    let mut pages = provider_pages(&provider);
    let records = provider_records(&provider);
    pages.extend(records.iter().map(|path| provider_record(&provider, path).expect("each path has a page")));
    pages.extend(status_pages(&poisoned_status_page(text)));
    pages.extend(directory_pages(&directory));
    let mut found = story::found(text);
    found.lines.iter_mut().for_each(|found| {
        poison_line(&mut found.line, text);
        (found.category, found.because) = (text.to_owned(), Some(text.to_owned()));
    });
    found.wanted.category = Some(text.to_owned());
    pages.push(directory_search(&directory, &found));
    pages.push(directory_results(&directory, &found));
    pages.extend(sitemaps(&directory));
    // A picture holds no text; what a payload does to one is tried beside it.
    pages.retain(|page| page.content_type != "image/png");
    pages
}

fn poison_line(line: &mut ProviderLine, text: &str) {
    line.name = text.to_owned();
    let incident = IncidentLine { id: text.to_owned(), title: text.to_owned(), impact: Impact::Major };
    line.incident = Some(incident);
}

/// What must hold of every page, whatever was put in.
fn harmless(page: &Page) {
    let text = std::str::from_utf8(&page.body).unwrap();
    // Ours are scripts of ours and facts for programs, in which no tag can begin.
    let ours = ["<script src=\"/assets/app-", "<script type=\"application/ld+json\">{"];
    let lower = ours.iter().fold(text.to_lowercase(), |text, ours| text.replace(ours, ""));
    let lower = lower.replace("<img src=\"/directory/e-commerce-marketplaces/commerce-layer/badge.svg\"", "");
    facts(text);
    for banned in ["<script", "<img", "href=\"javascript", "href=\"data:"] {
        assert!(!lower.contains(banned), "{banned} in {}:\n{text}", page.path);
    }
    orderly(text, &page.path);
    let plain_path = |c: char| c.is_ascii_alphanumeric() || "/-_.".contains(c);
    assert!(page.path.chars().all(plain_path) && !page.path.contains(".."), "{}", page.path);
    if page.path.ends_with(".json") {
        serde_json::from_str::<serde_json::Value>(text).unwrap();
    }
    if page.path.ends_with(".atom")
        || page.path.ends_with(".rss")
        || page.path.ends_with(".svg")
        || page.path.ends_with(".xml")
    {
        well_formed(text);
    }
}

/// What a page says to programs must be JSON whatever is in it.
fn facts(html: &str) {
    for part in html.split("<script type=\"application/ld+json\">").skip(1) {
        let (json, _) = part.split_once("</script>").unwrap();
        let value: serde_json::Value = serde_json::from_str(json).unwrap_or_else(|e| panic!("{e}: {json}"));
        assert_eq!(value["@context"], "https://schema.org");
    }
}

#[test]
fn script_in_every_field_stays_text() {
    all_pages(ATTACK).iter().for_each(harmless);
}

#[test]
fn links_lead_only_where_a_browser_may_go() {
    for link in [
        "javascript:alert(1)",
        "JaVaScRiPt:alert(1)",
        "//evil.example",
        "/\\evil.example",
        "data:text/html,x",
    ] {
        let pages = provider_pages(&poisoned_provider(link));
        let html = text(&pages, "/directory/e-commerce-marketplaces/commerce-layer");
        assert!(!html.to_lowercase().contains(&format!("href=\"{}", link.to_lowercase())), "{link}");
    }
    let html = markdown::to_html(
        "[a](javascript:alert(1)) [b](https://x.example) [c](/local) ![d](https://x.example/p.png)",
        4,
    );
    assert_eq!(
        html,
        "<p><a rel=\"nofollow noopener noreferrer\">a</a> <a href=\"https://x.example\" rel=\"nofollow noopener noreferrer\">b</a> <a rel=\"nofollow noopener noreferrer\">c</a> d</p>\n"
    );
}

#[test]
fn markdown_is_drawn_below_the_page_and_keeps_its_text() {
    for (source, expect) in [
        ("# One\n\n## Two", "<h4>One</h4>\n<h5>Two</h5>\n"),
        ("### Three\n#### Four", "<h4>Three</h4>\n<h5>Four</h5>\n"),
        ("approved\\_at and \\`x\\`", "<p>approved_at and `x`</p>\n"),
        ("`approved\\_at`", "<p><code>approved_at</code></p>\n"),
        ("one\ntwo", "<p>one<br>\ntwo</p>\n"),
        ("a<br/>b", "<p>a<br>\nb</p>\n"),
        ("<div>\nkept <b>too</b>\n</div>", "<p>kept too</p>\n"),
        ("<!-- not\nthis -->\n\nbut this", "<p>but this</p>\n"),
        ("x <script>y</script>", "<p>x y</p>\n"),
        ("", ""),
    ] {
        assert_eq!(markdown::to_html(source, 4), expect, "{source:?}");
    }
}

#[test]
fn a_bomb_of_markdown_is_drawn_flat() {
    for bomb in
        [">".repeat(50_000), "*".repeat(50_000), "[".repeat(50_000), "- ".repeat(20_000), "<".repeat(100_000)]
    {
        let html = markdown::to_html(&bomb, 4);
        assert!(html.matches("<blockquote>").count() <= 24 && html.len() < 1_000_000);
    }
}

#[test]
fn foreign_ids_can_t_leave_their_folder() {
    assert_eq!(segment("3nd7wq1m0fzk"), "3nd7wq1m0fzk");
    for id in ["", ".", "..", "../../etc/passwd", "a/b", "a%2fb", "arn:aws:health", "é", &"a".repeat(65)] {
        let form = segment(id).into_owned();
        assert!(form.starts_with("x-") && form.len() == 18, "{id} became {form}");
    }
    assert_ne!(segment("a/b"), segment("a:b"));
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_text_anywhere_is_harmless(noise in "\\PC{0,40}", tail in "[<>\"'&`*_#\\[\\]()!\\\\ \n\u{202e}\u{0}a-c]{0,60}") {
        all_pages(&format!("{noise}{tail}<ScRiPt>")).iter().for_each(harmless);
    }

    #[test]
    fn any_markdown_comes_out_clean(source in "[<>\"'&`*_#\\[\\]()!:/\\\\ \nbhrjavascript=]{0,200}") {
        let html = markdown::to_html(&source, 4);
        for piece in html.split('<').skip(1) {
            let tag = piece.split(['>', ' ']).next().unwrap().trim_start_matches('/');
            let known = ["a", "blockquote", "br", "code", "em", "h4", "h5", "h6", "hr", "li", "ol", "p", "pre", "strong", "ul"];
            prop_assert!(known.contains(&tag), "{tag:?} from {source:?}");
        }
    }
}
