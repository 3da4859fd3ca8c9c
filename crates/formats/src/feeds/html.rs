//! An HTML page by declared selectors: the last resort, for a page that has no other form.
//!
//! Only what was declared is believed. A selector that finds nothing is an error that names it, since a page that was
//! redesigned says nothing any more; a word that was not declared is unknown and told. A page that was cut off is refused,
//! so is one too large to be searched in reasonable time. Scripts are text like any other and skipped.

use std::collections::HashSet;

use domain::provider::Selectors;
use domain::snapshot::{Component, Coverage, Overall, Snapshot};
use domain::{Platform, Status};
use ego_tree::NodeId;
use ego_tree::iter::Edge;
use scraper::{ElementRef, Html as Page, Node, Selector};

use super::blank;
use super::document::{Document, Kind};
use super::reader::Reader;
use super::rows::name_as_id;
use super::tree;
use super::warnings::Warnings;
use crate::feed::Read;
use crate::text::{NAME_CHARS, WORD_CHARS, clean_line};

/// The most components of a page.
const ROW_LIMIT: usize = 2_000;

/// An HTML page.
pub(crate) struct Html;

impl Reader for Html {
    fn platform(&self) -> Platform {
        Platform::Html
    }

    fn kinds(&self) -> &'static [Kind] {
        &[Kind::Html]
    }

    fn read(&self, document: &Document<'_>) -> Option<Read> {
        document.selectors.map(|selectors| read(document.text, selectors))
    }
}

/// A selector with the name it is declared under and its text, to be told when it fails.
struct Chosen<'a> {
    field: &'static str,
    text: &'a str,
    selector: Selector,
}

impl<'a> Chosen<'a> {
    fn new(field: &'static str, text: &'a str) -> Result<Self, String> {
        match Selector::parse(text) {
            Ok(selector) => Ok(Chosen { field, text, selector }),
            Err(error) => Err(format!(
                "selector {field} '{}' is no CSS selector: {}",
                clean_line(text, WORD_CHARS),
                clean_line(&error.to_string(), 120)
            )),
        }
    }

    fn found_nothing(&self) -> String {
        let text = clean_line(self.text, WORD_CHARS);
        format!("selector {} '{text}' found nothing: the page may have been redesigned", self.field)
    }

    /// Returns what it finds within a row, which may be the row itself.
    fn within<'e>(&self, row: ElementRef<'e>) -> Option<ElementRef<'e>> {
        row.select(&self.selector).next().or_else(|| self.selector.matches(&row).then_some(row))
    }
}

/// What a row says: its name, and its status as far as there is an element for it.
struct Line<'e> {
    name: Option<String>,
    status: Option<ElementRef<'e>>,
}

fn read(text: &str, selectors: &Selectors) -> Read {
    let component = Chosen::new("component", &selectors.component)?;
    let status = Chosen::new("status", &selectors.status)?;
    let name = selectors.name.as_deref().map(|text| Chosen::new("name", text)).transpose()?;
    let headline = selectors.headline.as_deref().map(|text| Chosen::new("headline", text)).transpose()?;
    let page = tree::parse(text)?;

    let mut rows: Vec<ElementRef<'_>> = page.select(&component.selector).take(ROW_LIMIT + 1).collect();
    if rows.is_empty() {
        return Err(component.found_nothing());
    }
    let mut warnings = Warnings::default();
    let is_cut = rows.len() > ROW_LIMIT;
    if is_cut {
        warnings.add(format_args!("more than {ROW_LIMIT} components"));
        rows.truncate(ROW_LIMIT);
    }
    let lines: Vec<Line<'_>> = rows.iter().map(|row| line(*row, &status, name.as_ref())).collect();
    if lines.iter().all(|line| line.status.is_none()) {
        return Err(status.found_nothing());
    }
    if lines.iter().all(|line| line.name.is_none()) {
        return Err(name
            .as_ref()
            .map_or_else(|| "no component has a name besides its status".to_owned(), Chosen::found_nothing));
    }
    let overall = match &headline {
        Some(headline) => Some(overall(&page, headline, &selectors.words, &mut warnings)?),
        None => None,
    };
    let is_complete = !is_cut && lines.iter().all(|line| line.name.is_some());
    let components = components(lines, &selectors.words, &mut warnings);
    let blank = blank::snapshot(Platform::Html);
    let coverage = Coverage { components: is_complete, ..blank.coverage };
    Ok(Snapshot { overall, components, warnings: warnings.into_vec(), coverage, ..blank })
}

fn line<'e>(row: ElementRef<'e>, status: &Chosen<'_>, name: Option<&Chosen<'_>>) -> Line<'e> {
    let status = status.within(row);
    let name = match name {
        Some(name) => name.within(row).map(|element| text_of(element, None)),
        None => Some(text_of(row, status.map(|element| element.id()).filter(|id| *id != row.id()))),
    };
    Line { name: name.map(|name| clean_line(&name, NAME_CHARS)).filter(|name| !name.is_empty()), status }
}

fn components(lines: Vec<Line<'_>>, words: &[(String, Status)], warnings: &mut Warnings) -> Vec<Component> {
    let mut seen = HashSet::new();
    let mut components = Vec::with_capacity(lines.len());
    for line in lines {
        let Some(name) = line.name else {
            warnings.add("a component has no name");
            continue;
        };
        let owner = format!("component '{name}'");
        let (status, raw_status) = match line.status {
            Some(element) => meaning(element, words, &owner, warnings),
            None => {
                warnings.add(format_args!("{owner} has no element for its status"));
                (Status::Unknown, String::new())
            }
        };
        // Several of one name, under headings that nobody declared, are told apart by their order.
        let mut id = name_as_id(&name);
        let mut count = 1;
        while !seen.insert(id.clone()) {
            count += 1;
            id = format!("{}#{count}", name_as_id(&name));
        }
        components.push(Component { id, name, group: None, status, raw_status, updated_at: None });
    }
    components
}

fn overall(
    page: &Page,
    headline: &Chosen<'_>,
    words: &[(String, Status)],
    warnings: &mut Warnings,
) -> Result<Overall, String> {
    let element = page.select(&headline.selector).next().ok_or_else(|| headline.found_nothing())?;
    let (status, raw) = meaning(element, words, "page", warnings);
    let text = clean_line(&text_of(element, None), NAME_CHARS);
    Ok(Overall { status, headline: Some(text).filter(|text| !text.is_empty()), raw })
}

/// Returns what an element says by its text and its classes, of which one must have been declared and none may contradict.
fn meaning(
    element: ElementRef<'_>,
    words: &[(String, Status)],
    owner: &str,
    warnings: &mut Warnings,
) -> (Status, String) {
    let text = clean_line(&text_of(element, None), WORD_CHARS);
    let said = |text: &str| {
        let text = text.to_lowercase();
        words.iter().find(|(word, _)| word.trim().to_lowercase() == text).map(|(_, status)| *status)
    };
    let classes = element.value().classes();
    let mut known: Vec<(Status, &str)> =
        classes.chain([text.as_str()]).filter_map(|word| Some((said(word)?, word))).collect();
    // The text comes last and is what a reader sees; it is the word that is kept.
    let Some(&(status, word)) = known.last() else {
        let shown = if text.is_empty() { element.value().attr("class").unwrap_or_default() } else { &text };
        let shown = clean_line(shown, WORD_CHARS);
        warnings.add(format_args!("{owner} has a status word that was not declared: '{shown}'"));
        return (Status::Unknown, shown);
    };
    known.retain(|(other, _)| *other != status);
    if let Some((_, other)) = known.first() {
        let other = clean_line(other, WORD_CHARS);
        warnings.add(format_args!("{owner} says both '{word}' and '{other}'"));
        return (Status::Unknown, word.to_owned());
    }
    (status, clean_line(word, WORD_CHARS))
}

/// Returns the text within an element, without that of scripts and styles and of one element that is left out.
fn text_of(element: ElementRef<'_>, left_out: Option<NodeId>) -> String {
    let mut words: Vec<&str> = Vec::new();
    let mut skipped = 0_usize;
    for edge in element.traverse() {
        let (node, is_open) = match edge {
            Edge::Open(node) => (node, true),
            Edge::Close(node) => (node, false),
        };
        let is_skipped = Some(node.id()) == left_out
            || node
                .value()
                .as_element()
                .is_some_and(|it| matches!(it.name(), "script" | "style" | "noscript" | "template"));
        match (node.value(), is_skipped, is_open) {
            (_, true, true) => skipped += 1,
            (_, true, false) => skipped -= 1,
            (Node::Text(text), false, true) if skipped == 0 => words.push(text),
            (_, false, _) => {}
        }
    }
    words.join(" ")
}

#[cfg(test)]
mod tests;
