//! Foreign Markdown to HTML: parsed as CommonMark, raw HTML dropped and its text kept, then everything once more through
//! one allow-list. No images (they would tell a third party who reads), no tables, no attributes but the target of a link.

use std::{collections::HashSet, sync::LazyLock};

use ammonia::{Builder, UrlRelative};
use pulldown_cmark::{CowStr, Event, HeadingLevel, Options, Parser, Tag, TagEnd, html};

/// The longest body that is drawn, in bytes; what is beyond stays at the provider.
const LONGEST: usize = 64 * 1024;

/// The deepest nesting that is drawn. Real bodies use three; a bomb uses thousands.
const DEEPEST: usize = 24;

static ALLOWED: LazyLock<Builder<'static>> = LazyLock::new(|| {
    let tags = [
        "a",
        "blockquote",
        "br",
        "code",
        "del",
        "em",
        "h3",
        "h4",
        "h5",
        "h6",
        "hr",
        "li",
        "ol",
        "p",
        "pre",
        "strong",
        "ul",
    ];
    let mut builder = Builder::empty();
    builder
        .tags(HashSet::from(tags))
        .add_tag_attributes("a", ["href"])
        .url_schemes(HashSet::from(["http", "https", "mailto"]))
        .url_relative(UrlRelative::Deny)
        .link_rel(Some("nofollow noopener noreferrer"));
    builder
});

/// Returns the HTML of a body whose highest heading becomes `<h{top}>`; lines break where the writer broke them.
pub(crate) fn to_html(source: &str, top: u8) -> String {
    let events = events(source);
    let highest = events.iter().filter_map(heading_level).min().unwrap_or(1);
    let shift = |level: HeadingLevel| heading((level as u8) - highest + top);
    #[expect(clippy::wildcard_enum_match_arm, reason = "only headings are changed, whatever else there is")]
    let shifted = events.into_iter().map(|event| match event {
        Event::Start(Tag::Heading { level, .. }) => Event::Start(Tag::Heading {
            level: shift(level),
            id: None,
            classes: Vec::new(),
            attrs: Vec::new(),
        }),
        Event::End(TagEnd::Heading(level)) => Event::End(TagEnd::Heading(shift(level))),
        other => other,
    });
    let mut unsafe_html = String::with_capacity(source.len() * 3 / 2);
    html::push_html(&mut unsafe_html, shifted);
    ALLOWED.clean(&unsafe_html).to_string()
}

/// Returns the text without markup, blanks joined, cut at a word before `limit` characters; the flag says that it was cut.
pub(crate) fn excerpt(source: &str, limit: usize) -> (String, bool) {
    cut(&words(&events(source)), limit)
}

/// Returns the first paragraph without markup, cut likewise.
pub(crate) fn first_paragraph(source: &str, limit: usize) -> Option<String> {
    let events = events(source);
    let start = events.iter().position(|event| matches!(event, Event::Start(Tag::Paragraph)))?;
    let length = events[start..].iter().position(|event| matches!(event, Event::End(TagEnd::Paragraph)))?;
    let text = cut(&words(&events[start..start + length]), limit).0;
    (!text.is_empty()).then_some(text)
}

fn events(source: &str) -> Vec<Event<'_>> {
    let source = &source[..source.floor_char_boundary(LONGEST)];
    let mut kept = Vec::new();
    let (mut depth, mut raw) = (0_usize, String::new());
    for event in Parser::new_ext(source, Options::ENABLE_STRIKETHROUGH) {
        match event {
            Event::Start(Tag::HtmlBlock) => raw.clear(),
            Event::End(TagEnd::HtmlBlock) => kept.extend(paragraph(&raw)),
            Event::Html(part) => raw.push_str(&part),
            Event::InlineHtml(tag) if is_line_break(&tag) => kept.push(Event::HardBreak),
            Event::InlineHtml(_) => {}
            // The alternative text of an image is kept as text, the image is not.
            Event::Start(Tag::Image { .. }) | Event::End(TagEnd::Image) => {}
            Event::SoftBreak => kept.push(Event::HardBreak),
            Event::Code(code) => kept.push(Event::Code(unescaped(code))),
            Event::Start(tag) => {
                depth += 1;
                if depth <= DEEPEST {
                    kept.push(Event::Start(tag));
                }
            }
            Event::End(tag) => {
                if depth <= DEEPEST {
                    kept.push(Event::End(tag));
                }
                depth = depth.saturating_sub(1);
            }
            other @ (Event::Text(_)
            | Event::InlineMath(_)
            | Event::DisplayMath(_)
            | Event::FootnoteReference(_)
            | Event::HardBreak
            | Event::Rule
            | Event::TaskListMarker(_)) => kept.push(other),
        }
    }
    kept
}

/// Returns the text of a block of raw HTML as a paragraph of its own.
fn paragraph(raw: &str) -> Vec<Event<'static>> {
    let mut text = String::new();
    let mut rest = raw;
    while let Some((before, after)) = rest.split_once('<') {
        text.push_str(before);
        text.push(' ');
        let end = if after.starts_with("!--") { "-->" } else { ">" };
        rest = after.split_once(end).map_or("", |(_, rest)| rest);
    }
    text.push_str(rest);
    let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
    if text.is_empty() {
        return Vec::new();
    }
    vec![Event::Start(Tag::Paragraph), Event::Text(text.into()), Event::End(TagEnd::Paragraph)]
}

/// Editors that write Markdown escape `_` and `*` even in code, where CommonMark shows the backslash.
fn unescaped(code: CowStr<'_>) -> CowStr<'_> {
    if code.contains('\\') { code.replace("\\_", "_").replace("\\*", "*").into() } else { code }
}

fn is_line_break(tag: &str) -> bool {
    let name = tag.trim_start_matches('<').trim_end_matches(['>', '/', ' ']);
    name.eq_ignore_ascii_case("br")
}

fn heading_level(event: &Event<'_>) -> Option<u8> {
    if let Event::Start(Tag::Heading { level, .. }) = event { Some(*level as u8) } else { None }
}

fn heading(level: u8) -> HeadingLevel {
    HeadingLevel::try_from(usize::from(level.min(6))).unwrap_or(HeadingLevel::H6)
}

fn words(events: &[Event<'_>]) -> String {
    let mut text = String::new();
    for event in events {
        if let Event::Text(part) | Event::Code(part) = event {
            text.push_str(part);
        } else if matches!(event, Event::HardBreak | Event::Rule | Event::End(_)) && !is_inline_end(event) {
            text.push(' ');
        }
    }
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

fn is_inline_end(event: &Event<'_>) -> bool {
    matches!(event, Event::End(TagEnd::Emphasis | TagEnd::Strong | TagEnd::Strikethrough | TagEnd::Link))
}

fn cut(text: &str, limit: usize) -> (String, bool) {
    let Some((end, _)) = text.char_indices().nth(limit) else {
        return (text.to_owned(), false);
    };
    let end = text[..end].rfind(' ').unwrap_or(end);
    (format!("{}…", text[..end].trim_end_matches([' ', ',', ';', ':', '.'])), true)
}
