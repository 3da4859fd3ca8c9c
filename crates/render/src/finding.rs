//! Looking for a provider: the form, the page that answers it, and the part of that page which a script fetches while
//! somebody is typing.

use std::borrow::Cow;

use askama::Template;
use domain::{Platform, SourceHealth};

use crate::{
    directory::{Tile, tile},
    frame::Frame,
    page::{HTML, Page},
    show::{health_label, plural},
    view::{CategoryView, DirectoryView, FoundLine, FoundView, Wanted},
    words::{Text, Words},
};

/// The form, as it was filled in.
pub(crate) struct Form<'a> {
    pub(crate) action: &'a str,
    pub(crate) words: &'a str,
    pub(crate) trouble: bool,
    pub(crate) categories: Vec<Choice<'a>>,
    pub(crate) platforms: Vec<Choice<'a>>,
    pub(crate) healths: Vec<Choice<'a>>,
}

/// One line of a list to choose from.
pub(crate) struct Choice<'a> {
    pub(crate) value: &'a str,
    pub(crate) name: &'a str,
    pub(crate) is_chosen: bool,
}

/// What was found, and the way to the other parts of it.
struct Results<'a> {
    count: String,
    /// Why nothing was looked for.
    amiss: &'a [String],
    lines: Vec<Tile<'a>>,
    parts: String,
    previous: Option<String>,
    next: Option<String>,
    as_of: Text,
}

#[derive(Template)]
#[template(path = "found.html")]
struct Found<'a> {
    frame: Frame<'a>,
    form: Form<'a>,
    results: Results<'a>,
    up: &'a str,
}

#[derive(Template)]
#[template(path = "results.html")]
struct Fragment<'a> {
    results: Results<'a>,
}

/// Returns the page for a search.
#[must_use]
pub fn directory_search(view: &DirectoryView, found: &FoundView) -> Page {
    let results = results(view, found);
    let title = match found.wanted.words.trim() {
        "" => "Providers".to_owned(),
        words => format!("“{words}”"),
    };
    let frame =
        Frame::of_directory(&view.place, format!("{title} · Provider directory"), results.count.clone(), "");
    let template = Found {
        // One page for each of countless searches is nothing for an index.
        frame: Frame { is_listed: false, ..frame },
        form: Form::filled(view, &found.wanted),
        results,
        up: &view.place.base_path,
    };
    Page::of(view.place.path(""), HTML, &template)
}

/// Returns the part of the page for a search that holds what was found.
#[must_use]
pub fn directory_results(view: &DirectoryView, found: &FoundView) -> Page {
    Page::of(view.place.path(""), HTML, &Fragment { results: results(view, found) })
}

fn results<'a>(view: &DirectoryView, found: &'a FoundView) -> Results<'a> {
    let Wanted { words, part, .. } = &found.wanted;
    let count = plural(found.total, "provider", "providers");
    let part_at = |part: usize| format!("{}?{}", view.place.base_path, query(&found.wanted, part));
    Results {
        count: match words.trim() {
            "" => count,
            words => format!("{count} for “{words}”"),
        },
        amiss: &found.wanted.amiss,
        lines: found.lines.iter().map(|line| met(line, found)).collect(),
        parts: format!("{part} of {}", found.parts),
        previous: (*part > 1).then(|| part_at(part - 1)),
        next: (*part < found.parts).then(|| part_at(part + 1)),
        as_of: Words::english().near(found.as_of, found.as_of),
    }
}

fn met<'a>(found: &'a FoundLine, of: &FoundView) -> Tile<'a> {
    let because = found.because.as_ref().map(|met| format!("has “{met}”"));
    let notes = std::iter::once(found.category.clone()).chain(because).collect();
    Tile { notes, ..tile(&found.line, of.as_of) }
}

/// Returns what somebody looks for in the form of an address.
fn query(wanted: &Wanted, part: usize) -> String {
    let mut pairs: Vec<(&str, Cow<'_, str>)> = Vec::new();
    if !wanted.words.trim().is_empty() {
        pairs.push(("q", encoded(wanted.words.trim()).into()));
    }
    if wanted.trouble {
        pairs.push(("trouble", "1".into()));
    }
    if let Some(category) = &wanted.category {
        pairs.push(("category", encoded(category).into()));
    }
    pairs.extend(wanted.platform.map(|platform| ("platform", platform.word().into())));
    pairs.extend(wanted.health.map(|health| ("health", health.word().into())));
    if part > 1 {
        pairs.push(("part", part.to_string().into()));
    }
    pairs.iter().map(|(name, value)| format!("{name}={value}")).collect::<Vec<_>>().join("&")
}

fn encoded(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for byte in text.bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'_' | b'.' => out.push(char::from(byte)),
            b' ' => out.push('+'),
            byte => out.push_str(&format!("%{byte:02X}")),
        }
    }
    out
}

impl<'a> Form<'a> {
    /// Returns the form with nothing asked for, or on the page of a category with that one.
    pub(crate) fn of(view: &'a DirectoryView, category: Option<&CategoryView>) -> Self {
        let category = category.map(|category| category.slug.as_str());
        Self { words: "", ..Self::with(view, category, &Wanted::default()) }
    }

    fn filled(view: &'a DirectoryView, wanted: &'a Wanted) -> Self {
        Self { words: &wanted.words, ..Self::with(view, wanted.category.as_deref(), wanted) }
    }

    fn with(view: &'a DirectoryView, category: Option<&str>, wanted: &Wanted) -> Self {
        let categories = view.categories.iter().map(|one| Choice {
            value: &one.slug,
            name: &one.name,
            is_chosen: category == Some(one.slug.as_str()),
        });
        let present = |platform: &Platform| {
            let mut lines = view.categories.iter().flat_map(|category| &category.providers);
            lines.any(|line| line.platform == Some(*platform)) || wanted.platform == Some(*platform)
        };
        let platforms = Platform::ALL.iter().filter(|platform| present(platform)).map(|platform| Choice {
            value: platform.word(),
            name: platform.title(),
            is_chosen: wanted.platform == Some(*platform),
        });
        let healths =
            [SourceHealth::Fresh, SourceHealth::Stale, SourceHealth::Unreadable, SourceHealth::NeverRead];
        let healths = healths.into_iter().map(|health| Choice {
            value: health.word(),
            name: health_label(health),
            is_chosen: wanted.health == Some(health),
        });
        Form {
            action: &view.place.base_path,
            words: "",
            trouble: wanted.trouble,
            categories: categories.collect(),
            platforms: platforms.collect(),
            healths: healths.collect(),
        }
    }
}
