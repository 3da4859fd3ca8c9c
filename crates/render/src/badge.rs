//! Badges: a picture of ours, and the JSON of which Shields makes one.

use askama::Template;
use domain::Status;
use serde::Serialize;

use crate::{
    api,
    page::{JSON, Page, SVG},
    show::UNSTATED,
    verdict::Verdict,
    view::Board,
};

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

/// Returns the two files.
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
    let shield = Shield { schema_version: 1, label: &board.title, message: message.clone(), color: color.1 };
    let (left, right) = (width(&board.title), width(&message));
    let badge = Badge {
        label: &board.title,
        message,
        color: color.0,
        left,
        right,
        label_at: left / 2,
        message_at: left + right / 2,
    };
    let path = |file| board.place.path(file);
    [Page::of(path("badge.svg"), SVG, &badge), Page::text(path("badge.json"), JSON, api::json(&shield))]
}

/// A colour on which white text can be read, and the nearest name that Shields knows.
const fn color(status: Status) -> (&'static str, &'static str) {
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
