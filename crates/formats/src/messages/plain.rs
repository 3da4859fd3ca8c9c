//! Markdown as plain text, for mail, short messages and speech: what a person would read aloud.
//!
//! Not a Markdown parser: it drops the marks that status pages use and keeps every word. What looks like a mark but is not
//! one (`snake_case`, `2 * 3`) stays.

use crate::text::{BODY_CHARS, clean_text, shorten};

/// How far a closing mark may be from its opening one, in bytes.
const REACH: usize = 1_000;

/// Returns at most `max_chars` characters of the text: headings without `#`, emphasis and code without their marks, escapes
/// resolved, links as their text, HTML tags dropped, at most one empty line in a row.
#[must_use]
pub fn plain_text(markdown: &str, max_chars: usize) -> String {
    let text = clean_text(markdown, BODY_CHARS);
    let mut lines: Vec<String> = Vec::new();
    for line in text.lines() {
        let Some(line) = line_text(line) else { continue };
        if !line.is_empty() || lines.last().is_some_and(|last| !last.is_empty()) {
            lines.push(line);
        }
    }
    shorten(lines.join("\n").trim().to_owned(), max_chars)
}

/// Returns a line without its block marks, or nothing for a line that is only a mark.
fn line_text(line: &str) -> Option<String> {
    let mut rest = line.trim();
    while let Some(quoted) = rest.strip_prefix('>') {
        rest = quoted.trim_start();
    }
    let squeezed: String = rest.chars().filter(|c| !c.is_whitespace()).collect();
    let is_rule = |mark: char| squeezed.len() >= 3 && squeezed.chars().all(|c| c == mark);
    if ['-', '*', '_', '='].into_iter().any(is_rule) || rest.starts_with("```") || rest.starts_with("~~~") {
        return None;
    }
    let heading = rest.trim_start_matches('#');
    let depth = rest.len() - heading.len();
    if (1..=6).contains(&depth) && (heading.is_empty() || heading.starts_with([' ', '\t'])) {
        return Some(inline(heading.trim().trim_end_matches('#').trim_end()));
    }
    for bullet in ["* ", "+ "] {
        if let Some(item) = rest.strip_prefix(bullet) {
            return Some(format!("- {}", inline(item.trim_start())));
        }
    }
    Some(inline(rest))
}

/// Returns running text without its marks.
fn inline(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(c) = rest.chars().next() {
        let after = &rest[c.len_utf8()..];
        rest = match c {
            '\\' => match after.chars().next().filter(char::is_ascii_punctuation) {
                Some(escaped) => {
                    plain.push(escaped);
                    &after[escaped.len_utf8()..]
                }
                None => {
                    plain.push('\\');
                    after
                }
            },
            '`' => code(rest, &mut plain),
            '*' | '_' | '~' => emphasis(rest, c, &mut plain),
            '!' if after.starts_with('[') => after,
            '[' => link(after, &mut plain),
            '<' => tag(after, &mut plain),
            '&' => entity(after, &mut plain),
            other => {
                plain.push(other);
                after
            }
        };
    }
    plain
}

/// Copies what stands between two equal runs of back-ticks as it is.
fn code<'a>(text: &'a str, plain: &mut String) -> &'a str {
    let inside = text.trim_start_matches('`');
    let marks = &text[..text.len() - inside.len()];
    match near(inside).find(marks) {
        Some(end) => {
            plain.push_str(inside[..end].trim());
            &inside[end + marks.len()..]
        }
        None => inside,
    }
}

/// Drops a run of marks at the edge of a word; keeps one that stands alone, within a word
/// (but for `**`), or is a single `~`.
fn emphasis<'a>(text: &'a str, mark: char, plain: &mut String) -> &'a str {
    let after = text.trim_start_matches(mark);
    let run = &text[..text.len() - after.len()];
    let opens = after.chars().next().is_some_and(|c| !c.is_whitespace());
    let closes = plain.chars().next_back().is_some_and(|c| !c.is_whitespace());
    let is_within = after.chars().next().is_some_and(char::is_alphanumeric)
        && plain.chars().next_back().is_some_and(char::is_alphanumeric);
    let is_bound = match mark {
        '~' => run.len() == 2,
        '_' => !is_within,
        _ => !is_within || run.len() > 1,
    };
    if !(is_bound && (opens || closes)) {
        plain.push_str(run);
    }
    after
}

/// Reads what follows `[`: a link's text stands for the link, any other bracket for itself.
fn link<'a>(text: &'a str, plain: &mut String) -> &'a str {
    let target = near(text).find(']').and_then(|end| {
        let address = text[end + 1..].strip_prefix('(')?;
        Some((end, &address[near(address).find(')')? + 1..]))
    });
    match target {
        Some((end, after)) => {
            plain.push_str(&inline(&text[..end]));
            after
        }
        None => {
            plain.push('[');
            text
        }
    }
}

/// Reads what follows `<`: an address stays, a tag goes (one that breaks the line leaves a space), a less-than stays.
fn tag<'a>(text: &'a str, plain: &mut String) -> &'a str {
    let starts = text.starts_with(|c: char| c.is_ascii_alphabetic() || c == '/' || c == '!');
    let Some(end) = near(text).find('>').filter(|_| starts) else {
        plain.push('<');
        return text;
    };
    let inside = &text[..end];
    let name =
        inside.trim_matches('/').split(|c: char| !c.is_ascii_alphanumeric()).next().unwrap_or_default();
    let breaks = ["br", "p", "div", "li", "ul", "ol", "tr", "td", "hr"];
    if inside.contains("://") && !inside.contains(' ') {
        plain.push_str(inside);
    } else if breaks.iter().any(|tag| name.eq_ignore_ascii_case(tag))
        && !plain.is_empty()
        && !plain.ends_with(' ')
    {
        plain.push(' ');
    }
    &text[end + 1..]
}

/// Returns the part of the text in which a closing mark is looked for: far enough for people, short enough to keep
/// hostile text from costing its length squared.
fn near(text: &str) -> &str {
    &text[..text.floor_char_boundary(REACH)]
}

/// Reads what follows `&`: the few named characters that bodies use.
fn entity<'a>(text: &'a str, plain: &mut String) -> &'a str {
    let known = [("amp;", '&'), ("lt;", '<'), ("gt;", '>'), ("quot;", '"'), ("#39;", '\''), ("nbsp;", ' ')];
    for (name, character) in known {
        if let Some(after) = text.strip_prefix(name) {
            plain.push(character);
            return after;
        }
    }
    plain.push('&');
    text
}
