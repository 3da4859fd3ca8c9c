//! Every face with every payload in every field, read by the parsers of those who read them.

use std::cell::RefCell;

use html5ever::{
    tendril::StrTendril,
    tokenizer::{
        BufferQueue, StartTag, Token, TokenSink, TokenSinkResult, Tokenizer, TokenizerOpts,
        states::{Rcdata, ScriptData},
    },
};
use pulldown_cmark::{Event, Parser, Tag};
use serde_json::Value;

use super::{documents::well_formed, hostile::all_pages, orderly};
use crate::Page;

/// What each says and what it would break.
const PAYLOADS: &[(&str, &str)] = &[
    ("a script", "</title></textarea><script>alert(1)</script>"),
    ("a handler", "\" onmouseover=\"alert(1)\" x='"),
    ("a picture", "<img src=x onerror=alert(1)><svg/onload=alert(1)>"),
    ("an address", "javascript:alert(1)//"),
    ("the end of a comment or a section", "--><!-- ]]> <![CDATA[ <?xml?>"),
    ("text that is escaped already", "&lt;script&gt;alert(1)&lt;/script&gt;&#x3c;b&#x3e;&nbsp;&bogus;"),
    ("another direction", "\u{202e}txt.exe\u{2066}\u{2069}\u{200f}\u{061c}"),
    ("control characters", "a\u{0}b\u{8}c\u{1b}[31md\u{7f}\u{85}\u{b}\u{fffe}"),
    ("lines of a calendar", "x\r\nEND:VEVENT\r\nBEGIN:VEVENT\r\nATTACH:https://evil.example\nUID:1"),
    ("headers", "x\r\nSet-Cookie: a=b\r\n\r\n<html>"),
    ("a formula", "=cmd|' /C calc'!A0\t@SUM(1)"),
    ("JSON", "\"},{\"id\":\"x\\\\\"}],\"status\":null\u{2028}\u{2029}"),
    ("Markdown", "x\n\n# Heading\n\n[a](javascript:alert(1)) ![b](https://evil.example/p.png) <b>c</b>"),
    ("a template", "{{ 7 * 7 }}{% include x %}${7*7}"),
];

const TAGS: &str = "a abbr article b base bdi blockquote body br button caption circle code col colgroup dd details div dl dt em \
    fieldset footer form g h1 h2 h3 h4 h5 h6 head header hr html i img input label legend li link main meta nav \
    noscript ol option p path pre q rect script section select small span strong sub summary sup svg table tbody td \
    template textarea th thead time title tr u ul data del ins";

/// What a document holds that a reader's browser would act on.
#[derive(Default)]
struct Acts(RefCell<Vec<String>>);

impl TokenSink for Acts {
    type Handle = ();

    fn process_token(&self, token: Token, _: u64) -> TokenSinkResult<()> {
        match token {
            Token::TagToken(tag) => {
                let name = &*tag.name;
                if !TAGS.split_whitespace().any(|known| known == name) {
                    self.0.borrow_mut().push(format!("<{name}>"));
                }
                for attribute in &tag.attrs {
                    let (key, value) = (&*attribute.name.local, &*attribute.value);
                    let leads = matches!(key, "href" | "src" | "action" | "formaction" | "poster" | "data");
                    let may = ["/", "#", "https://", "http://", "mailto:", "?"];
                    let is_known = may.iter().any(|start| value.starts_with(start));
                    let is_bad = leads && (!is_known || value.starts_with("//"));
                    if key.starts_with("on") || key == "style" || key == "srcdoc" || is_bad {
                        self.0.borrow_mut().push(format!("<{name} {key}={value:?}>"));
                    }
                }
                match (tag.kind, name) {
                    (StartTag, "script") => {
                        let of = |key: &str| tag.attrs.iter().find(|attribute| &*attribute.name.local == key);
                        let is_ours = of("src").is_some_and(|src| src.value.starts_with("/assets/app-"));
                        let is_data = of("type").is_some_and(|kind| &*kind.value == "application/ld+json");
                        if !is_ours && !is_data {
                            self.0.borrow_mut().push("<script>".to_owned());
                        }
                        TokenSinkResult::RawData(ScriptData)
                    }
                    (StartTag, "title" | "textarea") => TokenSinkResult::RawData(Rcdata),
                    _ => TokenSinkResult::Continue,
                }
            }
            Token::CommentToken(text) => {
                self.0.borrow_mut().push(format!("<!--{text}-->"));
                TokenSinkResult::Continue
            }
            Token::DoctypeToken(_)
            | Token::CharacterTokens(_)
            | Token::NullCharacterToken
            | Token::EOFToken
            | Token::ParseError(_) => TokenSinkResult::Continue,
        }
    }
}

fn html(text: &str, place: &str) {
    let input = BufferQueue::default();
    input.push_back(StrTendril::from(text));
    let tokenizer = Tokenizer::new(Acts::default(), TokenizerOpts::default());
    let _ = tokenizer.feed(&input);
    tokenizer.end();
    let acts = tokenizer.sink.0.take();
    assert!(acts.is_empty(), "{acts:?} in {place}");
}

fn feed(text: &str, place: &str) {
    let feed =
        feed_rs::parser::parse(text.as_bytes()).unwrap_or_else(|error| panic!("{error} in {place}:\n{text}"));
    let mut ids: Vec<&str> = feed.entries.iter().map(|entry| &*entry.id).collect();
    let all = ids.len();
    ids.sort_unstable();
    ids.dedup();
    assert_eq!(ids.len(), all, "ids in {place}");
    for link in feed.entries.iter().flat_map(|entry| &entry.links) {
        assert!(link.href.starts_with("https://"), "{} in {place}", link.href);
    }
    for content in feed.entries.iter().filter_map(|entry| entry.content.as_ref()?.body.as_deref()) {
        html(content, place);
    }
}

fn strings(value: &Value, place: &str) {
    match value {
        Value::String(text) => orderly(text, place),
        Value::Array(all) => all.iter().for_each(|one| strings(one, place)),
        Value::Object(all) => all.iter().for_each(|(key, one)| {
            assert!(key.chars().all(|c| c.is_ascii_alphanumeric() || "_@".contains(c)), "{key} in {place}");
            strings(one, place);
        }),
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
}

fn calendar(text: &str, place: &str) {
    let whole = text.replace("\r\n ", "");
    let mut events = 0;
    for line in whole.split_terminator("\r\n") {
        assert!(!line.contains(['\r', '\n']), "{line:?} in {place}");
        let name = line.split([':', ';']).next().unwrap();
        let known = "BEGIN END VERSION PRODID NAME REFRESH-INTERVAL UID SEQUENCE DTSTAMP DTSTART DTEND SUMMARY URL STATUS";
        assert!(known.split(' ').any(|known| known == name), "{line:?} in {place}");
        events += usize::from(line == "BEGIN:VEVENT");
    }
    assert!(events <= 2, "{events} events in {place}");
    assert_eq!(whole.matches("\r\nEND:VEVENT\r\n").count(), events, "{place}");
}

/// Foreign text makes no headings, links, pictures or HTML: what of these there is has words of ours.
fn markdown(text: &str, place: &str) {
    for event in Parser::new(text) {
        let is_foreign = matches!(event, Event::Html(_) | Event::InlineHtml(_) | Event::Rule)
            || matches!(
                event,
                Event::Start(Tag::Link { .. } | Tag::Image { .. } | Tag::CodeBlock(_) | Tag::HtmlBlock)
            );
        assert!(!is_foreign, "{event:?} in {place}:\n{text}");
    }
    assert_eq!(text.lines().filter(|line| line.starts_with("# ")).count(), 1, "{place}:\n{text}");
}

/// Every line of a table has as many cells as its head, and none of them is a formula.
fn table(text: &str, place: &str) {
    let mut rows = vec![vec![String::new()]];
    let mut is_quoted = false;
    for sign in text.trim_end().chars() {
        let row = rows.last_mut().unwrap();
        match sign {
            '"' => is_quoted = !is_quoted,
            ',' if !is_quoted => row.push(String::new()),
            '\n' if !is_quoted => rows.push(vec![String::new()]),
            '\r' if !is_quoted => {}
            other => row.last_mut().unwrap().push(other),
        }
    }
    assert!(!is_quoted && rows.iter().all(|row| row.len() == rows[0].len()), "{place}: {text}");
    let is_formula = |cell: &String| cell.starts_with(['=', '+', '-', '@', '\t']);
    assert!(!rows.iter().flatten().any(is_formula), "{place}: {text}");
}

fn read(page: &Page, payload: &str) {
    let text = std::str::from_utf8(&page.body).unwrap();
    let place = format!("{} with {payload}", page.path);
    orderly(text, &place);
    match page.content_type.split(';').next().unwrap() {
        "text/html" => html(text, &place),
        "application/json" => strings(&serde_json::from_str(text).expect(&place), &place),
        "application/atom+xml" | "application/rss+xml" => feed(text, &place),
        "application/xml" | "image/svg+xml" => well_formed(text),
        "text/calendar" => calendar(text, &place),
        "text/markdown" => markdown(text, &place),
        "text/csv" => table(text, &place),
        "text/javascript" => assert!(page.path.ends_with("/embed.js"), "{place}"),
        "text/plain" => {}
        other => panic!("nobody reads {other} of {place}"),
    }
}

#[test]
fn no_payload_in_any_field_is_more_than_text_on_any_face() {
    for (payload, text) in PAYLOADS {
        let pages = all_pages(text);
        let faces =
            ["embed.json", "fragment.html", "badge.svg", "history.atom", "index.md", "maintenance.ics"];
        for face in faces {
            assert!(pages.iter().any(|page| page.path.ends_with(face)), "no {face}");
        }
        pages.iter().for_each(|page| read(page, payload));
    }
}
