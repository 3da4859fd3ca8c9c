//! Foreign HTML as a tree, for what can be told by its place only. A page whose tree would cost more than it tells is
//! refused; whatever can do without one reads [`crate::text::tokens`].

use html5ever::tendril::TendrilSink;
use scraper::{Html as Page, HtmlTreeSink};

/// The largest page searched, in bytes.
pub(crate) const PAGE_BYTES: usize = 2 * 1024 * 1024;
/// The longest tag or comment in it, in bytes; whole documents stand in attributes.
pub(crate) const TOKEN_BYTES: usize = 128 * 1024;
/// The most tags in it, opening and closing.
const TAG_LIMIT: usize = 100_000;
/// The most nodes that may come of them.
const NODE_LIMIT: usize = 200_000;
/// The deepest nesting.
const DEPTH_LIMIT: usize = 256;
/// How much is parsed before these are looked at, in bytes.
const STEP_BYTES: usize = 32;
/// Parses a page that is whole and of a size that can be searched.
pub(crate) fn parse(text: &str) -> Result<Page, String> {
    if text.len() > PAGE_BYTES {
        return Err(format!("page of {} bytes, more than {PAGE_BYTES}", text.len()));
    }
    if text.bytes().filter(|&byte| byte == b'<').nth(TAG_LIMIT).is_some() {
        return Err(format!("page of more than {TAG_LIMIT} tags"));
    }
    if !is_whole(text) {
        return Err("the page was cut off: it does not end in </html>".to_owned());
    }
    parse_in_steps(text)
}

/// Parses a page and looks after every few tags at what came of them: elements nested without end take time in their
/// square, so do the attributes of one tag, and markup that is closed in the wrong order is opened again for all that
/// follows.
fn parse_in_steps(text: &str) -> Result<Page, String> {
    let sink = HtmlTreeSink::new(Page::new_document());
    let mut parser = html5ever::parse_document(sink, html5ever::ParseOpts::default());
    let mut rest = text;
    let (mut size, mut grown_at) = ((0, 0), text.len());
    while !rest.is_empty() {
        let (step, after) = rest.split_at(rest.ceil_char_boundary(STEP_BYTES));
        parser.process(step.into());
        rest = after;
        let page = parser.tokenizer.sink.sink.0.borrow();
        let now = size_of(&page)?;
        if now != size {
            (size, grown_at) = (now, rest.len());
        } else if grown_at - rest.len() > TOKEN_BYTES {
            return Err(format!("page with a tag of more than {TOKEN_BYTES} bytes"));
        }
    }
    Ok(parser.finish())
}

/// Returns how many nodes a page has and how long the text of the newest is, or why it is not parsed further.
fn size_of(page: &Page) -> Result<(usize, usize), String> {
    let nodes = page.tree.values().len();
    if nodes > NODE_LIMIT {
        return Err(format!("page of more than {NODE_LIMIT} nodes"));
    }
    let Some(newest) = page.tree.nodes().next_back() else { return Ok((nodes, 0)) };
    if newest.ancestors().nth(DEPTH_LIMIT).is_some() {
        return Err(format!("page nested more than {DEPTH_LIMIT} deep"));
    }
    Ok((nodes, newest.value().as_text().map_or(0, |text| text.len())))
}

/// Whether a page ends as pages do; servers like to add comments behind.
fn is_whole(text: &str) -> bool {
    let mut rest = text.trim_end();
    while let Some(comment) = rest.ends_with("-->").then(|| rest.rfind("<!--")).flatten() {
        rest = rest[..comment].trim_end();
    }
    rest.len()
        .checked_sub(7)
        .and_then(|at| rest.get(at..))
        .is_some_and(|end| end.eq_ignore_ascii_case("</html>"))
}
