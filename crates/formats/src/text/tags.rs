//! Foreign HTML as a run of tags and words, in one pass and without a tree.
//!
//! A tree costs what its author likes: some shapes make a parser by the book take time and memory that grow with the square
//! of the text. What is read of foreign HTML here needs no tree. Tags, attributes, comments and raw text are told apart as
//! browsers do; tags that don't match are the reader's business.

use super::entities;

/// A piece of a page.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Token<'a> {
    /// Words as written, entities included; see [`entities::decode`].
    Text(&'a str),
    /// The content of a script or a style sheet.
    Raw(&'a str),
    /// A start tag.
    Open(Tag<'a>),
    /// The name of an end tag, as written.
    Close(&'a str),
}

/// A start tag.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Tag<'a> {
    /// The name, as written.
    pub(crate) name: &'a str,
    /// Everything between the name and the end of the tag.
    attributes: &'a str,
}

impl Tag<'_> {
    /// Whether this is the tag of a name.
    pub(crate) fn is(&self, name: &str) -> bool {
        self.name.eq_ignore_ascii_case(name)
    }

    /// Returns the value of an attribute, decoded; the first counts.
    pub(crate) fn attribute(&self, name: &str) -> Option<String> {
        let mut rest = self.attributes;
        while let Some((key, value, after)) = attribute(rest) {
            if key.eq_ignore_ascii_case(name) {
                return Some(entities::decode(value).into_owned());
            }
            rest = after;
        }
        None
    }
}

/// The tags and words of a page, in order.
pub(crate) struct Tokens<'a> {
    rest: &'a str,
    /// The element whose raw text comes next.
    raw: Option<&'a str>,
}

/// Returns the tags and words of HTML.
pub(crate) fn tokens(html: &str) -> Tokens<'_> {
    Tokens { rest: html, raw: None }
}

impl<'a> Iterator for Tokens<'a> {
    type Item = Token<'a>;

    fn next(&mut self) -> Option<Token<'a>> {
        if let Some(name) = self.raw.take() {
            let end = raw_end(self.rest, name);
            let (content, rest) = self.rest.split_at(end);
            self.rest = rest;
            return Some(Token::Raw(content));
        }
        loop {
            let start = markup_start(self.rest);
            if start > 0 {
                let (words, rest) = self.rest.split_at(start);
                self.rest = rest;
                return Some(Token::Text(words));
            }
            if self.rest.is_empty() {
                return None;
            }
            if let Some(token) = self.tag() {
                return Some(token);
            }
        }
    }
}

impl<'a> Tokens<'a> {
    /// Takes what stands at a `<` that begins markup; a comment or a declaration is nothing. What never ends is lost, as in
    /// a browser.
    fn tag(&mut self) -> Option<Token<'a>> {
        let inner = &self.rest[1..];
        if let Some(comment) = inner.strip_prefix("!--") {
            self.rest = comment.split_once("-->").map_or("", |(_, after)| after);
            return None;
        }
        let (name, is_end) = match inner.strip_prefix('/') {
            Some(inner) => (name_of(inner), true),
            None => (name_of(inner), false),
        };
        if name.is_empty() {
            self.rest = inner.split_once('>').map_or("", |(_, after)| after);
            return None;
        }
        let after_name = &inner[usize::from(is_end) + name.len()..];
        let Some(end) = tag_end(after_name) else {
            self.rest = "";
            return None;
        };
        let attributes = &after_name[..end];
        self.rest = &after_name[end + 1..];
        if is_end {
            return Some(Token::Close(name));
        }
        self.raw = ["script", "style"].into_iter().find(|raw| name.eq_ignore_ascii_case(raw));
        Some(Token::Open(Tag { name, attributes }))
    }
}

/// The longest comment that is looked for in a title, in bytes.
const LONGEST_COMMENT: usize = 500;

/// The tags that titles are written with.
const OF_TITLES: [&str; 44] = [
    "a",
    "abbr",
    "b",
    "big",
    "blockquote",
    "br",
    "center",
    "cite",
    "code",
    "del",
    "div",
    "em",
    "font",
    "h1",
    "h2",
    "h3",
    "h4",
    "h5",
    "h6",
    "hr",
    "i",
    "img",
    "ins",
    "kbd",
    "li",
    "mark",
    "ol",
    "p",
    "pre",
    "q",
    "s",
    "script",
    "small",
    "span",
    "strike",
    "strong",
    "style",
    "sub",
    "sup",
    "svg",
    "tt",
    "u",
    "ul",
    "wbr",
];

/// Returns the name of a tag of HTML in a title, and how long it is, by the text behind its `<`. A script, a style sheet and a
/// comment are taken whole. What is no tag that titles are written with is `None`: most titles are no HTML.
pub(super) fn in_title(text: &str) -> Option<(&str, usize)> {
    if let Some(comment) = text.strip_prefix("!--") {
        let near = &comment[..comment.floor_char_boundary(LONGEST_COMMENT)];
        return near.find("-->").map(|end| ("b", "!--".len() + end + "-->".len()));
    }
    let (inner, is_end) = text.strip_prefix('/').map_or((text, false), |inner| (inner, true));
    let name = name_of(inner);
    if !OF_TITLES.iter().any(|known| name.eq_ignore_ascii_case(known)) {
        return None;
    }
    let before = usize::from(is_end) + name.len();
    let end = before + tag_end(until_next(&text[before..]))?;
    let attributes = text[before..end].trim_matches(|c: char| c.is_whitespace() || c == '/');
    // `a<b and c>d` compares.
    if !attributes.is_empty() && !attributes.contains('=') {
        return None;
    }
    let raw = ["script", "style"].into_iter().find(|raw| name.eq_ignore_ascii_case(raw) && !is_end);
    let content = raw.map_or(0, |raw| raw_end(&text[end + 1..], raw));
    Some((name, end + 1 + content))
}

/// Returns what of a tag stands before the next `<`: one within a value is written as a reference. So no part of a title is
/// looked at twice.
fn until_next(text: &str) -> &str {
    text.split_once('<').map_or(text, |(before, _)| before)
}

/// Returns where markup begins: a `<` before a letter, a `/`, a `!` or a `?`. Any other is a word's.
fn markup_start(text: &str) -> usize {
    let bytes = text.as_bytes();
    let begins = |at: usize| {
        let next = bytes.get(at + 1).copied().unwrap_or(b' ');
        let is_end = next == b'/' && bytes.get(at + 2).is_some_and(|byte| *byte != b' ');
        next.is_ascii_alphabetic() || matches!(next, b'!' | b'?') || is_end
    };
    text.match_indices('<').map(|(at, _)| at).find(|&at| begins(at)).unwrap_or(text.len())
}

fn name_of(text: &str) -> &str {
    if !text.starts_with(|c: char| c.is_ascii_alphabetic()) {
        return "";
    }
    let end = text.find(|c: char| c.is_whitespace() || matches!(c, '/' | '>')).unwrap_or(text.len());
    &text[..end]
}

/// Returns where the `>` of a tag stands; one within a quoted value is not it.
fn tag_end(text: &str) -> Option<usize> {
    let mut quote = None;
    let mut before = ' ';
    for (at, c) in text.char_indices() {
        match quote {
            Some(mark) if c == mark => quote = None,
            Some(_) => {}
            None if c == '>' => return Some(at),
            None if matches!(c, '"' | '\'') && before == '=' => quote = Some(c),
            None => {}
        }
        if !c.is_whitespace() {
            before = c;
        }
    }
    None
}

/// Returns the first attribute of a tag's inside: its name, its value as written, and what follows.
fn attribute(text: &str) -> Option<(&str, &str, &str)> {
    let text = text.trim_start_matches(|c: char| c.is_whitespace() || c == '/');
    if text.is_empty() {
        return None;
    }
    // A name may begin with a stray `=`.
    let end = text
        .char_indices()
        .skip(1)
        .find(|&(_, c)| c.is_whitespace() || matches!(c, '=' | '/'))
        .map_or(text.len(), |(at, _)| at);
    let (key, rest) = text.split_at(end);
    let Some(value) = rest.trim_start().strip_prefix('=') else { return Some((key, "", rest)) };
    let value = value.trim_start();
    for mark in ['"', '\''] {
        if let Some(quoted) = value.strip_prefix(mark) {
            let (inside, after) = quoted.split_once(mark).unwrap_or((quoted, ""));
            return Some((key, inside, after));
        }
    }
    let (bare, after) = value.split_at(value.find(char::is_whitespace).unwrap_or(value.len()));
    Some((key, bare, after))
}

/// Returns where the raw text of an element ends: before its end tag.
fn raw_end(text: &str, name: &str) -> usize {
    let ends = |at: usize| {
        let after = &text.as_bytes()[at + 2..];
        after.get(..name.len()).is_some_and(|found| found.eq_ignore_ascii_case(name.as_bytes()))
    };
    text.match_indices("</").map(|(at, _)| at).find(|&at| ends(at)).unwrap_or(text.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(html: &str) -> Vec<String> {
        tokens(html)
            .map(|token| match token {
                Token::Text(words) => words.to_owned(),
                Token::Raw(content) => format!("raw:{content}"),
                Token::Open(tag) => format!("<{}{}>", tag.name, tag.attributes),
                Token::Close(name) => format!("</{name}>"),
            })
            .collect()
    }

    #[test]
    fn tags_and_words_are_told_apart() {
        let check = |html: &str, expect: &[&str]| assert_eq!(shown(html), expect, "{html}");
        check("a<b>c</b >d", &["a", "<b>", "c", "</b>", "d"]);
        check("1 < 2 <3 </ x", &["1 < 2 <3 </ x"]);
        check("a<!-- <b> -->c<!DOCTYPE html><?php x ?>d</3>e", &["a", "c", "d", "e"]);
        check("<a title=\"a > b\" don't>x", &["<a title=\"a > b\" don't>", "x"]);
        check(
            "<SCRIPT>if (a</b>c) '</p>'</Script >x",
            &["<SCRIPT>", "raw:if (a</b>c) '</p>'", "</Script>", "x"],
        );
        check("<br/>x<p", &["<br/>", "x"]);
        check("<script>never ends", &["<script>", "raw:never ends"]);
        check("<!-- never ends", &[]);
        check("", &[]);
    }

    #[test]
    fn attributes_are_found_however_they_are_written() {
        let tag = |html: &'static str| match tokens(html).next() {
            Some(Token::Open(tag)) => tag,
            other => panic!("{other:?}"),
        };
        let link = tag("<link REL = 'alternate' hidden type=text/xml / href=\"/a?b=1&amp;c=2\" href=z>");
        assert_eq!(link.attribute("rel").as_deref(), Some("alternate"));
        assert_eq!(link.attribute("hidden").as_deref(), Some(""));
        assert_eq!(link.attribute("type").as_deref(), Some("text/xml"));
        assert_eq!(link.attribute("href").as_deref(), Some("/a?b=1&c=2"));
        assert_eq!(link.attribute("title"), None);
        assert_eq!(tag("<a =href=b>").attribute("href"), None);
    }

    #[test]
    fn hostile_markup_costs_no_more_than_its_length() {
        for piece in ["<a ", "<", "</", "<!--", "<div>", "<a b=\"", "<script>", "<p><b a=1>", "&#", "<a =="] {
            let count = tokens(&piece.repeat(200_000)).count();
            assert!(count <= 400_000, "{piece}");
        }
    }
}
