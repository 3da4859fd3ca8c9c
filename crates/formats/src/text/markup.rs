//! Foreign HTML to the Markdown that bodies are kept in: paragraphs, line breaks, lists, emphasis and links stay, all else
//! goes.

use ego_tree::iter::Edge;
use scraper::{Html, Node};

use super::{BODY_CHARS, clean_line, clean_text};

/// Returns HTML as Markdown text of at most [`BODY_CHARS`] characters.
pub(crate) fn from_html(html: &str) -> String {
    let fragment = Html::parse_fragment(html);
    let mut text = String::new();
    for edge in fragment.root_element().traverse() {
        if let Edge::Open(node) = edge
            && let Node::Text(words) = node.value()
        {
            text.push_str(words);
        }
    }
    clean_text(text.trim(), BODY_CHARS)
}

/// Returns the words of HTML as one line of at most `max_chars` characters.
pub(crate) fn line_from_html(html: &str, max_chars: usize) -> String {
    let fragment = Html::parse_fragment(html);
    let words: Vec<&str> = fragment.root_element().text().collect();
    clean_line(&words.join(" "), max_chars)
}
