//! Builds what may be drawn from what is stored: the one place that decides what of it is public.

mod days;
mod directory;
mod own_pages;
mod past;
mod provider;
mod status_page;
mod turns;

#[cfg(test)]
mod reread;

use render::view::Place;

pub use directory::directory;
pub use own_pages::{OwnPage, own_pages};
pub use past::service_history;
pub use provider::{Surroundings, provider};
pub use status_page::status_page;

/// Days that the bars show.
const DAYS: usize = 90;

/// Past incidents that a page carries.
const PAST: u32 = 100;

/// Returns the path that a status page stands under.
pub(crate) fn base_path(page: &domain::setup::StatusPage) -> String {
    format!("/status/{}", page.slug)
}

/// Returns where a set of pages stands on this installation.
fn place(public_url: &str, base_path: String) -> Place {
    Place {
        public_url: format!("{public_url}{base_path}"),
        events: Some(format!("/events?page={base_path}")),
        base_path,
    }
}
