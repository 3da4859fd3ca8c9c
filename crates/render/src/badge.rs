//! Badges: a picture of ours, and the JSON of which Shields makes one; of a whole page and of each of its components.

use std::borrow::Cow;

use askama::Template;
use domain::Status;
use serde::Serialize;

use crate::{
    api,
    links::segment,
    page::{JSON, Page, SVG},
    show::UNSTATED,
    verdict::Verdict,
    view::{Board, ComponentView},
};

/// A colour of ours, and the name that Shields has for the nearest.
type Color = (&'static str, &'static str);

/// Characters of a label.
const LONGEST: usize = 60;

#[derive(Template)]
#[template(path = "badge.svg")]
struct Badge<'a> {
    label: &'a str,
    message: String,
    color: &'static str,
    left: usize,
    right: usize,
    label_at: usize,
    message_at: usize,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Shield<'a> {
    schema_version: u8,
    label: &'a str,
    message: String,
    color: &'static str,
}

/// Returns the two files of the whole page.
pub(crate) fn pages(board: &Board, verdict: &Verdict) -> [Page; 2] {
    let message = match verdict.open {
        Some(_) => verdict.within.plain(),
        None if verdict.word == UNSTATED => UNSTATED.to_lowercase(),
        None => board.words().status_within(verdict.status).to_owned(),
    };
    let color = match verdict.open {
        Some(_) => color(Status::DegradedPerformance),
        None => color(verdict.status),
    };
    files(board, "badge", &board.title, message, color)
}

/// Returns the two files of each component: its name, and how it is.
pub(crate) fn of_components(board: &Board) -> Vec<Page> {
    let words = board.words();
    let files = |component: &ComponentView| {
        let name = format!("badges/{}", segment(&component.id));
        let message = words.status_within(component.status).to_owned();
        files(board, &name, &component.name, message, color(component.status))
    };
    board.components.iter().flat_map(files).collect()
}

/// Returns a badge as a picture and for Shields.
fn files(board: &Board, name: &str, label: &str, message: String, color: Color) -> [Page; 2] {
    let label = &*short(label);
    let shield = Shield { schema_version: 1, label, message: message.clone(), color: color.1 };
    let (left, right) = (width(label), width(&message));
    let badge = Badge {
        label,
        message,
        color: color.0,
        left,
        right,
        label_at: left / 2,
        message_at: left + right / 2,
    };
    let path = |ending| board.place.path(&format!("{name}.{ending}"));
    [Page::of(path("svg"), SVG, &badge), Page::text(path("json"), JSON, api::json(&shield))]
}

/// Cuts what no badge has room for.
fn short(label: &str) -> Cow<'_, str> {
    match label.char_indices().nth(LONGEST) {
        None => Cow::Borrowed(label),
        Some((end, _)) => Cow::Owned(format!("{}…", label[..end].trim_end())),
    }
}

/// A colour on which white text can be read, and the nearest name that Shields knows.
const fn color(status: Status) -> Color {
    match status {
        Status::Unknown => ("#5d6672", "lightgrey"),
        Status::Operational => ("#1a7f4b", "brightgreen"),
        Status::UnderMaintenance => ("#1f5fbf", "blue"),
        Status::DegradedPerformance => ("#7d5c00", "yellow"),
        Status::PartialOutage => ("#b3540b", "orange"),
        Status::MajorOutage => ("#b3261e", "red"),
    }
}

/// The width of a text in pixels, guessed: 7 for each character of a usual script, 12 for the wide ones, 10 on each side.
fn width(text: &str) -> usize {
    let wide = |c: char| if u32::from(c) >= 0x1100 { 12 } else { 7 };
    20 + text.chars().map(wide).sum::<usize>()
}
