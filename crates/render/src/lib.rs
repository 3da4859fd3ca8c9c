//! Public status pages and provider pages as bytes, from one view value.
//!
//! This crate refuses queries, sessions and clocks: everything it draws, the instant `as_of` included, is in the view it
//! is given, and the same view gives the same bytes. The view types hold public facts only, so what must not leave the
//! building can't be drawn by mistake. It stands on floor 1, on the vocabulary of `domain`.
//!
//! Foreign text (a provider's titles, bodies, names) is plain data until the moment it is written: templates escape it,
//! bodies pass `markdown` and its allow-list, addresses must be `http(s)`, and `page` strips the characters that no
//! output format may carry.
//!
//! **Unknown is never green.** Where Statuspage has no word for what we know, the word of our own contract stands:
//! `"unknown"` as component status, page indicator and impact, `"cancelled"` as maintenance status. A reader that knows
//! only Atlassian's words meets a word it doesn't know, and no reader meets a claim that nobody made.

mod api;
mod assets;
mod badge;
mod bars;
mod calendar;
mod card;
mod directory;
mod edits;
mod embed;
mod export;
mod feed;
mod finding;
mod frame;
mod gate;
mod generation;
mod image;
mod impact;
mod linked;
mod links;
mod markdown;
mod news;
mod page;
mod plain;
mod provider;
mod record;
mod records;
mod roster;
mod rows;
mod said;
mod show;
mod sitemap;
mod status_page;
mod subscribe;
mod uptime;
mod verdict;
mod words;

mod dress;
pub mod drill;
pub mod view;

pub use assets::{assets, mark, script, stylesheet};
pub use calendar::roster_calendar;
pub use directory::{directory_pages, not_found};
pub use export::{File as ExportedFile, exported};
pub use finding::{directory_results, directory_search};
pub use generation::generation;
pub use links::{segment, web};
pub use news::{news_lines, news_mail, question_lines, question_mail};
pub use page::Page;
pub use provider::{provider_pages, provider_record, provider_records};
pub use roster::{ROSTER_WEEKS, roster_page, roster_window};
pub use said::{said, said_in, sample};
pub use show::Mood;
pub use sitemap::{robots, sitemaps};
pub use status_page::status_pages;
pub use subscribe::{
    asking_note, form_trouble, leaving_note, left_note, note_page, sent_note, subscribe_page,
    subscription_page,
};
pub use uptime::service_uptime;
pub use verdict::worst;

#[cfg(test)]
#[path = "../examples/gallery/story.rs"]
mod story;
#[cfg(test)]
mod tests;
