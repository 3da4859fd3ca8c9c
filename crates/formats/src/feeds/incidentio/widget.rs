//! `/api/v1/summary`: what is open or planned, and the components it affects. Documented, never captured.
//!
//! Components that nothing is wrong with are not told, so their list is never complete; the lists of incidents are.

use domain::Platform;
use domain::snapshot::{Coverage, Page, Snapshot};

use super::wire::Widget;
use super::{events, native};
use crate::feed::Read;
use crate::feeds::blank;
use crate::feeds::rows::{is_whole, line};
use crate::feeds::warnings::Warnings;

pub(super) fn read(widget: Widget) -> Option<Read> {
    let lists = [&widget.ongoing_incidents, &widget.in_progress_maintenances, &widget.scheduled_maintenances];
    if lists.iter().all(|list| !list.given && !list.wrong) {
        return None;
    }
    if !widget.ongoing_incidents.given {
        return Some(Err("a summary without a list of ongoing_incidents".to_owned()));
    }
    let mut warnings = Warnings::default();
    let coverage = Coverage {
        components: false,
        open_incidents: is_whole(&widget.ongoing_incidents),
        open_maintenances: is_whole(&widget.in_progress_maintenances)
            && is_whole(&widget.scheduled_maintenances),
    };
    let components = native::affected(&lists[..2], &mut warnings);
    let page = Page {
        name: line(&widget.page_title),
        url: warnings.link("page", "page_url", widget.page_url.get()),
        ..Page::default()
    };
    let lists = [widget.ongoing_incidents, widget.in_progress_maintenances, widget.scheduled_maintenances];
    let (incidents, maintenances) = events::read(lists, page.url.as_deref(), &mut warnings);
    Some(Ok(Snapshot {
        page,
        components,
        incidents,
        maintenances,
        warnings: warnings.into_vec(),
        coverage,
        ..blank::snapshot(Platform::IncidentIo)
    }))
}
