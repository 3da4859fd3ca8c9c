//! What must hold of a row, by itself and among the others.

use std::collections::HashMap;

use domain::{
    Platform,
    provider::{CATEGORIES, slug_of},
};
use url::Url;

use super::{Mistake, rows::Row};
use crate::setup::nearest;

/// The mistakes so far, and what the rows before and the whole file have.
pub(super) struct Checks {
    mistakes: Vec<Mistake>,
    /// Where each slug stands among the rows.
    places: HashMap<String, usize>,
    last_slug: String,
    /// The row that each status page's host was met in.
    hosts: HashMap<String, String>,
    services: HashMap<(usize, String), u64>,
}

impl Checks {
    pub(super) fn new(rows: &[Row], mistakes: Vec<Mistake>) -> Self {
        let places = rows.iter().enumerate().map(|(at, row)| (row.get("slug").to_owned(), at)).collect();
        Self { mistakes, places, last_slug: String::new(), hosts: HashMap::new(), services: HashMap::new() }
    }

    pub(super) fn into_mistakes(self) -> Vec<Mistake> {
        self.mistakes
    }

    fn note(&mut self, row: &Row, column: &'static str, message: String) {
        self.mistakes.push(row.mistake(column, message));
    }

    /// Checks the slug's form, and that it stands once and in order.
    pub(super) fn slug(&mut self, row: &Row) {
        let slug = row.get("slug");
        if slug.is_empty() || slug != slug_of(slug) {
            let right = Some(slug_of(slug))
                .filter(|slug| !slug.is_empty())
                .unwrap_or_else(|| slug_of(row.get("name")));
            self.note(row, "slug", format!("\"{slug}\" is no slug; right would be \"{right}\""));
        } else if slug == self.last_slug {
            self.note(
                row,
                "slug",
                format!("\"{slug}\" stands in the row before too; each provider has one row"),
            );
        } else if slug < self.last_slug.as_str() {
            let message = format!("\"{slug}\" stands after \"{}\"; rows are sorted by slug", self.last_slug);
            self.note(row, "slug", message);
        }
        slug.clone_into(&mut self.last_slug);
    }

    pub(super) fn name(&mut self, row: &Row) {
        let name = row.get("name");
        if name.is_empty() || name != name.trim() {
            self.note(row, "name", "the name is empty or has blanks around it".to_owned());
        }
        if row.items("also").any(str::is_empty) {
            self.note(row, "also", "a name is empty; write \"one; another\"".to_owned());
        }
    }

    pub(super) fn category(&mut self, row: &Row) {
        let category = row.get("category");
        if !CATEGORIES.contains(&category) {
            let right = match nearest(category, CATEGORIES) {
                Some(near) => format!("right would be \"{near}\""),
                None => format!("the categories are {}", CATEGORIES.join("; ")),
            };
            self.note(row, "category", format!("there is no category \"{category}\"; {right}"));
        }
    }

    /// Checks the addresses, and that no other row has the status page's host.
    pub(super) fn pages(&mut self, row: &Row) {
        for column in ["homepage", "status_page", "feed"] {
            self.address(row, column);
        }
        if row.get("status_page").is_empty() && row.get("feed").is_empty() {
            self.note(row, "status_page", "a provider has a status_page, a feed, or both".to_owned());
        }
        let Some(host) = host(row.get("status_page")) else { return };
        if let Some(other) = self.hosts.insert(host.clone(), row.get("slug").to_owned()) {
            self.note(
                row,
                "status_page",
                format!("the host {host} is that of \"{other}\"; one of them is wrong"),
            );
        }
    }

    fn address(&mut self, row: &Row, column: &'static str) {
        let address = row.get(column);
        let well_formed = |url: &Url| matches!(url.scheme(), "http" | "https") && url.has_host();
        if !address.is_empty() && !Url::parse(address).is_ok_and(|url| well_formed(&url)) {
            let message = format!(
                "\"{address}\" is no http or https address; write it like \"https://status.acme.example\""
            );
            self.note(row, column, message);
        }
    }

    pub(super) fn platform(&mut self, row: &Row) -> Option<Platform> {
        let word = row.get("platform");
        let platform = Platform::from_word(word);
        if platform.is_none() && !word.is_empty() {
            let known: Vec<&str> = Platform::ALL.iter().map(|platform| platform.word()).collect();
            let right = match nearest(word, known.iter().copied()) {
                Some(near) => format!("right would be \"{near}\""),
                None => format!("leave it empty or write one of {}", known.join(", ")),
            };
            self.note(row, "platform", format!("there is no platform \"{word}\"; {right}"));
        }
        platform
    }

    pub(super) fn upstreams(&mut self, row: &Row) {
        for upstream in row.items("upstreams") {
            if upstream == row.get("slug") {
                self.note(row, "upstreams", "a provider does not run on itself".to_owned());
            } else if !self.places.contains_key(upstream) {
                let message = self.unknown(upstream);
                self.note(row, "upstreams", message);
            }
        }
    }

    /// Returns the place of the provider that a service belongs to.
    pub(super) fn service(&mut self, row: &Row) -> Option<usize> {
        let (provider, service) = (row.get("provider"), row.get("service"));
        if service.is_empty() || service != service.trim() {
            self.note(row, "service", "the name is empty or has blanks around it".to_owned());
        }
        let Some(at) = self.places.get(provider).copied() else {
            let message = self.unknown(provider);
            self.note(row, "provider", message);
            return None;
        };
        if let Some(line) = self.services.insert((at, service.to_owned()), row.line) {
            self.note(row, "service", format!("\"{service}\" stands in line {line} too"));
        }
        Some(at)
    }

    fn unknown(&self, slug: &str) -> String {
        match nearest(slug, self.places.keys().map(String::as_str)) {
            Some(near) => format!("there is no provider \"{slug}\"; right would be \"{near}\""),
            None => format!("there is no provider \"{slug}\"; add its row to {}", super::PROVIDERS),
        }
    }
}

/// Returns the host of an address, without `www.`.
fn host(address: &str) -> Option<String> {
    let url = Url::parse(address).ok()?;
    let host = url.host_str()?;
    Some(host.strip_prefix("www.").unwrap_or(host).to_owned())
}
