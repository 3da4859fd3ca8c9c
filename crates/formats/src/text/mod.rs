//! Foreign text made safe to keep: what every reader does to a name, a word or a body before it becomes vocabulary.
//!
//! Text stays plain here; encoding belongs to the sink that shows it. Refused are control and bidirectional characters,
//! which can make a line read as something else than it says, and text without end.

mod entities;
mod markup;
mod tags;

pub(crate) use entities::decode;
pub(crate) use markup::{from_html, line_from_html};
pub(crate) use tags::{Tag, Token, tokens};

/// The longest name or headline kept, in characters.
pub(crate) const NAME_CHARS: usize = 500;
/// The longest body kept, in characters; the longest post-mortems seen have some tens of thousands.
pub(crate) const BODY_CHARS: usize = 100_000;
/// The longest status or impact word kept, in characters.
pub(crate) const WORD_CHARS: usize = 64;

/// Returns one trimmed line of at most `max_chars` characters: runs of white space become a single space.
pub(crate) fn clean_line(text: &str, max_chars: usize) -> String {
    // Nearly every line is clean already.
    let is_clean = text.len() <= max_chars && text.bytes().all(|byte| matches!(byte, b' '..=b'~'));
    if is_clean && !text.starts_with(' ') && !text.ends_with(' ') && !text.contains("  ") {
        return text.to_owned();
    }
    let visible: String =
        text.chars().map(|c| if c.is_whitespace() { ' ' } else { c }).filter(is_kept).collect();
    let mut line = String::with_capacity(visible.len());
    for word in visible.split_ascii_whitespace() {
        if !line.is_empty() {
            line.push(' ');
        }
        line.push_str(word);
    }
    shorten(line, max_chars)
}

/// Returns a name or a title, of which nobody says whether it is HTML, as one line of at most `max_chars` characters: the tags of
/// HTML go, references become what they stand for, once, and any other `<` stays what it is.
pub(crate) fn title_line(text: &str, max_chars: usize) -> String {
    if !text.contains(['<', '&']) {
        return clean_line(text, max_chars);
    }
    let mut words = String::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('<') {
        words.push_str(before);
        match tags::in_title(after) {
            Some((tag, length)) => {
                words.push_str(if markup::is_inline(tag) { "" } else { " " });
                rest = &after[length..];
            }
            None => {
                words.push('<');
                rest = after;
            }
        }
    }
    words.push_str(rest);
    clean_line(&decode(&words), max_chars)
}

/// Returns text of several lines, at most `max_chars` characters: every kind of line end becomes `\n`, tabs stay.
pub(crate) fn clean_text(text: &str, max_chars: usize) -> String {
    let lines = text.replace("\r\n", "\n").replace(['\r', '\u{2028}', '\u{2029}'], "\n");
    shorten(lines.chars().filter(is_kept).collect(), max_chars)
}

/// Returns the text itself, or its beginning with an ellipsis as the last of `max_chars` characters.
pub(crate) fn shorten(mut text: String, max_chars: usize) -> String {
    if text.chars().nth(max_chars).is_none() {
        return text;
    }
    let end = text.char_indices().nth(max_chars.saturating_sub(1)).map_or(0, |(at, _)| at);
    text.truncate(end);
    text.truncate(text.trim_end().len());
    text.push('…');
    text
}

/// Whether a character may stay. Zero-width joiners do: emoji and several scripts need them.
fn is_kept(c: &char) -> bool {
    match c {
        '\n' | '\t' => true,
        '\u{061C}'
        | '\u{200E}'
        | '\u{200F}'
        | '\u{202A}'..='\u{202E}'
        | '\u{2066}'..='\u{2069}'
        | '\u{FEFF}' => false,
        other => !other.is_control(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_become_one_clean_line() {
        let check = |input: &str, expect: &str| assert_eq!(clean_line(input, 12), expect, "{input:?}");
        check("  Checkout\r\n API ", "Checkout API");
        check("a\u{202E}b\u{0000}c\u{200F}", "abc");
        check("abcdefghijklm", "abcdefghijk…");
        check("abcdefghijkl", "abcdefghijkl");
        check("日本語のとても長いサービス名", "日本語のとても長いサー…");
        check("\u{2066}\u{2069}", "");
        check("👩\u{200D}🔧 ok", "👩\u{200D}🔧 ok");
    }

    #[test]
    fn titles_lose_the_tags_of_html_and_nothing_else() {
        let check = |input: &str, expect: &str| assert_eq!(title_line(input, 60), expect, "{input:?}");
        check("<b>API</b> is down", "API is down");
        check(
            "<p class=\"x > y\">API</p><BR/>Login &amp; <a href='https://a.example'>more</a>",
            "API Login & more",
        );
        check("Latency < 5 ms, a<b and b>c, <host> & <p99", "Latency < 5 ms, a<b and b>c, <host> & <p99");
        check("&lt;b&gt; stays &amp;amp; is told once", "<b> stays &amp; is told once");
        check("<!-- hidden -->API<script>alert(1)</script> &#8238;gone\u{2066}", "API gone");
        check("an <i", "an <i");
        check(&"<b =\"".repeat(3), "<b =\"<b =\"<b =\"");
        assert!(title_line(&"<b <a =\"'<i".repeat(100_000), 60).starts_with("<b <a"));
    }

    #[test]
    fn bodies_keep_their_lines() {
        assert_eq!(
            clean_text("one\r\ntwo\rthree\n\tfour\u{1b}[31m\u{2028}five", 100),
            "one\ntwo\nthree\n\tfour[31m\nfive"
        );
        assert_eq!(clean_text("abc   def", 5), "abc…");
    }
}
