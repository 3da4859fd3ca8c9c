//! The directory of providers: an index of categories, a page for each, the result of a search, and the page for an
//! address that leads nowhere.

use askama::Template;
use jiff::Timestamp;

use crate::{
    frame::Frame,
    page::{HTML, Page},
    provider::shown,
    show::{Mood, Stamp, near, plural, stamp_near},
    view::{CategoryView, DirectoryView, Place, ProviderLine},
};

/// Providers shown of each category on the index.
const PER_CATEGORY: usize = 9;

/// Providers shown in one search result.
const FOUND: usize = 100;

/// A provider in a list.
pub(crate) struct Tile<'a> {
    pub(crate) name: &'a str,
    pub(crate) path: &'a str,
    pub(crate) mood: Mood,
    pub(crate) word: String,
}

struct Category<'a> {
    name: &'a str,
    slug: &'a str,
    path: Option<String>,
    count: String,
    lines: Vec<Tile<'a>>,
    more: Option<(String, String)>,
}

#[derive(Template)]
#[template(path = "directory.html")]
struct Listing<'a> {
    frame: Frame<'a>,
    heading: &'a str,
    summary: String,
    up: Option<&'a str>,
    action: &'a str,
    query: &'a str,
    trouble: Vec<Tile<'a>>,
    categories: Vec<Category<'a>>,
    nothing: String,
    as_of: Stamp,
}

#[derive(Template)]
#[template(path = "not_found.html")]
struct NotFound<'a> {
    frame: Frame<'a>,
}

/// Returns the index and the page of each category.
#[must_use]
pub fn directory_pages(view: &DirectoryView) -> Vec<Page> {
    let index = Page::of(view.place.path(""), HTML, &index(view));
    let each = view
        .categories
        .iter()
        .map(|category| Page::of(view.place.path(&category.slug), HTML, &category_page(view, category)));
    std::iter::once(index).chain(each).collect()
}

/// Returns the page for a search; `view` holds what was found.
#[must_use]
pub fn directory_search(view: &DirectoryView, query: &str) -> Page {
    let found: usize = view.categories.iter().map(|category| category.providers.len()).sum();
    let listing = Listing {
        summary: format!("{} for “{query}”", plural(found, "provider", "providers")),
        up: Some(&view.place.base_path),
        query,
        trouble: Vec::new(),
        categories: view.categories.iter().map(|c| category(view, c, FOUND)).collect(),
        nothing:
            "Nothing goes by that name. Try fewer letters, or add the provider in the configuration file."
                .to_owned(),
        ..index(view)
    };
    Page::of(view.place.path(""), HTML, &listing)
}

/// Returns the page for an address that leads nowhere.
#[must_use]
pub fn not_found() -> Page {
    let place = Place { base_path: String::new(), public_url: String::new(), events: None };
    let frame =
        Frame::of_directory(&place, "Not found".to_owned(), "There is no page here".to_owned(), "404");
    Page::of("/404", HTML, &NotFound { frame })
}

fn index(view: &DirectoryView) -> Listing<'_> {
    let all = || view.categories.iter().flat_map(|category| &category.providers);
    let trouble: Vec<_> = all()
        .filter(|line| shown(line.status, line.health).is_trouble())
        .map(|line| tile(line, view.as_of))
        .collect();
    let count = plural(all().count(), "provider", "providers");
    Listing {
        frame: frame(view, "Provider directory", ""),
        heading: "Provider directory",
        summary: format!("{count} in {}", plural(view.categories.len(), "category", "categories")),
        up: None,
        action: &view.place.base_path,
        query: "",
        trouble,
        categories: view.categories.iter().map(|c| category(view, c, PER_CATEGORY)).collect(),
        nothing: "The directory is empty. Add a provider in the configuration file.".to_owned(),
        as_of: stamp_near(view.as_of, view.as_of),
    }
}

fn category_page<'a>(view: &'a DirectoryView, one: &'a CategoryView) -> Listing<'a> {
    Listing {
        frame: frame(view, &one.name, &one.slug),
        heading: &one.name,
        summary: plural(one.providers.len(), "provider", "providers"),
        up: Some(&view.place.base_path),
        trouble: Vec::new(),
        categories: vec![Category {
            path: None,
            name: "All",
            count: String::new(),
            ..category(view, one, usize::MAX)
        }],
        ..index(view)
    }
}

fn frame<'a>(view: &'a DirectoryView, title: &str, file: &str) -> Frame<'a> {
    let description = format!("{title}: the state of third parties, read from their own pages.");
    Frame::of_directory(&view.place, title.to_owned(), description, file)
}

fn category<'a>(view: &'a DirectoryView, category: &'a CategoryView, limit: usize) -> Category<'a> {
    let path = view.place.path(&category.slug);
    let all = category.providers.len();
    Category {
        name: &category.name,
        slug: &category.slug,
        count: plural(all, "provider", "providers"),
        lines: category.providers.iter().take(limit).map(|line| tile(line, view.as_of)).collect(),
        more: (all > limit).then(|| (path.clone(), format!("All {all}"))),
        path: Some(path),
    }
}

/// Returns a provider as it stands in a list.
pub(crate) fn tile(line: &ProviderLine, as_of: Timestamp) -> Tile<'_> {
    let mood = Mood::of(shown(line.status, line.health));
    let word = match line.since {
        Some(since) if shown(line.status, line.health).is_trouble() => {
            format!("{} since {}", mood.word, near(since, as_of))
        }
        Some(_) | None => mood.word.to_owned(),
    };
    Tile { name: &line.name, path: &line.path, mood, word }
}
