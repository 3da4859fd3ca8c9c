//! Foreign HTML to the Markdown that bodies are kept in: paragraphs, line breaks, headings, lists, quotes, code, emphasis
//! and links stay, all else goes.
//!
//! Tags are taken as they come, without a tree: hostile nesting costs nothing, and what is never closed is closed by the
//! end of its paragraph or of the text. Words that would be markup by accident are escaped, sparingly: a body is also read
//! as plain text.

mod writer;

use url::Url;

use self::writer::{Mark, Writer};
use super::entities::decode;
use super::tags::{Tag, Token, tokens};
use super::{BODY_CHARS, clean_line, clean_text};

/// The longest address kept in a link, in bytes.
const ADDRESS_BYTES: usize = 2_000;

/// Returns HTML as Markdown text of at most [`BODY_CHARS`] characters.
pub(crate) fn from_html(html: &str) -> String {
    let mut writer = Writer::default();
    let mut hidden = None;
    for token in tokens(html) {
        match (token, hidden) {
            (Token::Close(name), Some(end)) if name.eq_ignore_ascii_case(end) => hidden = None,
            (_, Some(_)) | (Token::Raw(_), None) => {}
            (Token::Text(words), None) => writer.words(&decode(words)),
            (Token::Open(tag), None) => {
                hidden = ["title", "template"].into_iter().find(|name| tag.is(name));
                open(&mut writer, tag);
            }
            (Token::Close(name), None) => close(&mut writer, name),
        }
        if writer.is_full() {
            break;
        }
    }
    clean_text(&writer.finish(), BODY_CHARS)
}

/// Returns the words of HTML as one line of at most `max_chars` characters.
pub(crate) fn line_from_html(html: &str, max_chars: usize) -> String {
    let mut line = String::new();
    for token in tokens(html) {
        match token {
            Token::Text(words) => line.push_str(&decode(words)),
            Token::Open(Tag { name, .. }) | Token::Close(name) if !is_inline(name) => line.push(' '),
            Token::Open(_) | Token::Close(_) | Token::Raw(_) => {}
        }
    }
    clean_line(&line, max_chars)
}

/// Whether a tag leaves the line of words it stands in whole.
pub(super) fn is_inline(name: &str) -> bool {
    const INLINE: [&str; 30] = [
        "a", "abbr", "b", "bdi", "bdo", "cite", "code", "del", "em", "font", "i", "img", "ins", "kbd",
        "label", "mark", "q", "s", "script", "small", "span", "strong", "style", "sub", "sup", "svg", "time",
        "u", "var", "wbr",
    ];
    INLINE.iter().any(|inline| name.eq_ignore_ascii_case(inline))
}

fn open(writer: &mut Writer, tag: Tag<'_>) {
    match tag.name.to_ascii_lowercase().as_str() {
        "br" => writer.line_break(),
        "strong" | "b" => writer.begin(Mark::Strong),
        "em" | "i" => writer.begin(Mark::Emphasis),
        "a" => {
            writer.end_link();
            if let Some(address) = tag.attribute("href").and_then(|href| address(&href)) {
                writer.begin(Mark::Link(address));
            }
        }
        "code" | "kbd" | "samp" | "tt" => writer.begin_code(),
        "pre" => writer.begin_block(),
        "ul" | "menu" => writer.begin_list(None),
        "ol" => writer.begin_list(tag.attribute("start").and_then(|start| start.parse().ok()).or(Some(1))),
        "li" => writer.begin_item(),
        "blockquote" => writer.begin_quote(),
        "h1" => writer.begin_heading(1),
        "h2" => writer.begin_heading(2),
        "h3" => writer.begin_heading(3),
        "h4" => writer.begin_heading(4),
        "h5" => writer.begin_heading(5),
        "h6" => writer.begin_heading(6),
        "p" | "hr" | "table" | "dl" | "figure" => writer.paragraph(),
        "td" | "th" => writer.words(" "),
        name if !is_inline(name) => writer.line(),
        _ => {}
    }
}

fn close(writer: &mut Writer, name: &str) {
    match name.to_ascii_lowercase().as_str() {
        "br" => writer.line_break(),
        "strong" | "b" => writer.end(&Mark::Strong),
        "em" | "i" => writer.end(&Mark::Emphasis),
        "a" => writer.end_link(),
        "code" | "kbd" | "samp" | "tt" => writer.end_code(),
        "pre" => writer.end_block(),
        "ul" | "ol" | "menu" => writer.end_list(),
        "li" => writer.end_item(),
        "blockquote" => writer.end_quote(),
        "h1" | "h2" | "h3" | "h4" | "h5" | "h6" => writer.end_heading(),
        "p" | "table" | "dl" | "figure" => writer.paragraph(),
        "td" | "th" => writer.words(" "),
        name if !is_inline(name) && !matches!(name, "img" | "wbr" | "svg" | "del" | "label" | "br") => {
            writer.line()
        }
        _ => {}
    }
}

/// Returns an address that may become a link: `http` and `https` only, in a form that can't end the link early.
fn address(href: &str) -> Option<String> {
    let url = Url::parse(href.trim()).ok().filter(|url| matches!(url.scheme(), "http" | "https"))?;
    let address = url.as_str().replace('(', "%28").replace(')', "%29");
    (address.len() <= ADDRESS_BYTES).then_some(address)
}

#[cfg(test)]
mod tests;
