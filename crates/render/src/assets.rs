//! The style sheet, the script and the mark: embedded, and named by their content so that they may be cached for ever.

use std::sync::LazyLock;

use crate::{
    links::digest,
    page::{CSS, ICON, JAVASCRIPT, Page, SVG},
};

pub(crate) const STYLE: &str = include_str!("../assets/app.css");
pub(crate) const SCRIPT: &str = include_str!("../assets/app.js");
pub(crate) const FINDER: &str = include_str!("../assets/finder.js");
pub(crate) const PICKER: &str = include_str!("../assets/picker.js");
/// Stands beside each page, since it finds what it reads by its own address.
pub(crate) const EMBED: &str = include_str!("../assets/embed.js");
const ICO: &[u8] = include_bytes!("../assets/favicon.ico");
const MARK: &str = include_str!("../assets/mark.svg");

/// Where the files are served.
pub(crate) struct Paths {
    pub(crate) style: String,
    pub(crate) script: String,
    /// Finds providers while somebody types.
    pub(crate) finder: String,
    /// Writes the piece of configuration that somebody picks together.
    pub(crate) picker: String,
    pub(crate) mark: String,
}

pub(crate) static PATHS: LazyLock<Paths> = LazyLock::new(|| {
    let named = |content: &str, ending: &str| format!("/assets/app-{}.{ending}", digest(content.as_bytes()));
    Paths {
        style: named(STYLE, "css"),
        script: named(SCRIPT, "js"),
        finder: named(FINDER, "js"),
        picker: named(PICKER, "js"),
        mark: named(MARK, "svg"),
    }
});

/// Returns the path of the style sheet, for pages that are drawn elsewhere.
#[must_use]
pub fn stylesheet() -> &'static str {
    &PATHS.style
}

/// Returns the path of the script that keeps a page current, for pages that are drawn elsewhere.
#[must_use]
pub fn script() -> &'static str {
    &PATHS.script
}

/// Returns the path of the mark, for pages that are drawn elsewhere.
#[must_use]
pub fn mark() -> &'static str {
    &PATHS.mark
}

/// Returns the files that every page refers to. Their names change with their content, so they never go stale.
#[must_use]
pub fn assets() -> Vec<Page> {
    vec![
        Page::text(PATHS.style.as_str(), CSS, STYLE.to_owned()),
        Page::text(PATHS.script.as_str(), JAVASCRIPT, SCRIPT.to_owned()),
        Page::text(PATHS.finder.as_str(), JAVASCRIPT, FINDER.to_owned()),
        Page::text(PATHS.picker.as_str(), JAVASCRIPT, PICKER.to_owned()),
        Page::text(PATHS.mark.as_str(), SVG, MARK.to_owned()),
        // Asked for by name, by whoever does not read the head of a page.
        Page { path: "/favicon.ico".to_owned(), content_type: ICON, body: ICO.to_vec() },
    ]
}
