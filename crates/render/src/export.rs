//! A status page as a site that stands alone: files that any server of files can hand out, without us.
//!
//! A page of HTML is `index.html` in a folder of its name, so that its address is the one it has with us. Links between
//! the files are relative, or begin with a base where the site stands at a known place; what is not part of the site is
//! linked where we serve it. The same view gives the same bytes.

use std::collections::HashSet;

use crate::{
    assets::assets,
    links::web,
    page::{HTML, Page},
    status_page::status_pages,
    view::StatusPageView,
};

/// One file of the site.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct File {
    /// Where it stands in the folder of the site, such as `history/index.html`.
    pub path: String,
    /// The content.
    pub body: Vec<u8>,
}

/// Returns every file of a status page that stands alone, in ascending order of their paths. `home` is the address of the
/// installation; `base` the address of the site, without which its links are relative and its feeds and JSON name the page
/// that we serve.
#[must_use]
pub fn exported(view: &StatusPageView, home: &str, base: Option<&str>) -> Vec<File> {
    let mut view = view.clone();
    let place = &mut view.board.place;
    (place.base_path, place.events) = (String::new(), None);
    if let Some(base) = base {
        place.public_url = base.trim_end_matches('/').to_owned();
    }
    let mut pages = status_pages(&view);
    pages.extend(assets());
    let known: HashSet<(String, bool)> =
        pages.iter().map(|page| (page.path.clone(), page.content_type == HTML)).collect();
    let site = Site { known, home, base };
    let mut files: Vec<File> = pages.into_iter().map(|page| site.file(page)).collect();
    files.sort_by(|a, b| a.path.cmp(&b.path));
    files
}

/// What links are turned by.
struct Site<'a> {
    /// The path of each file, and whether it is a page.
    known: HashSet<(String, bool)>,
    home: &'a str,
    base: Option<&'a str>,
}

impl Site<'_> {
    fn file(&self, page: Page) -> File {
        let name = page.path.trim_start_matches('/');
        if page.content_type != HTML {
            return File { path: name.to_owned(), body: page.body };
        }
        let text = String::from_utf8(page.body).expect("what was drawn is text");
        let depth = name.split('/').filter(|part| !part.is_empty()).count();
        let path = if name.is_empty() { "index.html".to_owned() } else { format!("{name}/index.html") };
        File { path, body: self.turned(&text, depth).into_bytes() }
    }

    /// Turns the links of a page. A quote within foreign text is escaped, so what stands in one is an attribute of ours.
    fn turned(&self, html: &str, depth: usize) -> String {
        let mut out = String::with_capacity(html.len());
        let mut rest = html;
        while let Some((at, length)) = next_link(rest) {
            let (before, from) = rest.split_at(at + length);
            let (link, after) = from.split_once('"').unwrap_or((from, ""));
            out.push_str(before);
            out.push_str(&self.link(link, depth));
            out.push('"');
            rest = after;
        }
        out.push_str(rest);
        out
    }

    fn link(&self, link: &str, depth: usize) -> String {
        let (path, anchor) = match link.split_once('#') {
            // An escaped character, not an anchor.
            Some((path, _)) if path.ends_with('&') => (link, None),
            Some((path, anchor)) => (path, Some(anchor)),
            None => (link, None),
        };
        let is_page = self.known.contains(&(path.to_owned(), true));
        if !is_page && !self.known.contains(&(path.to_owned(), false)) {
            return format!("{}{link}", self.home.trim_end_matches('/'));
        }
        let name = path.trim_start_matches('/');
        let slash = if is_page && !name.is_empty() { "/" } else { "" };
        let start = match self.base.and_then(web) {
            Some(base) => format!("{}/", base.trim_end_matches('/')),
            None if depth == 0 => "./".to_owned(),
            None => "../".repeat(depth),
        };
        format!("{start}{name}{slash}{}", anchor.map(|anchor| format!("#{anchor}")).unwrap_or_default())
    }
}

/// Returns where the next attribute with a path on this host begins, and the length of what stands before the path.
fn next_link(html: &str) -> Option<(usize, usize)> {
    let found = [" href=\"", " src=\"", " srcset=\""].into_iter().filter_map(|attribute| {
        let path = format!("{attribute}/");
        html.match_indices(&path).map(|(at, _)| (at, attribute.len())).next()
    });
    found.min()
}
