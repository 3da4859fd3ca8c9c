//! The catalogue: every service in every region. It says what exists; that it works it says only beside the open events.

use domain::snapshot::{Component, Coverage, Snapshot};
use domain::{Platform, Status};

use super::region::{Picked, is_code, of_key};
use super::{BESIDE, Row, Rows};
use crate::feeds::blank;
use crate::feeds::document::Document;
use crate::feeds::reader::pick;
use crate::feeds::rows::{self, identified, is_whole};
use crate::feeds::warnings::Warnings;
use crate::feeds::wire::Text;

/// Whether every row is one of the catalogue.
pub(super) fn is_ours(list: &Rows) -> bool {
    let is_service = |row: &Row| {
        row.service.get().is_some() && row.service_name.get().is_some() && row.region_id.get().is_some()
    };
    !list.items.is_empty() && list.items.iter().all(is_service)
}

pub(super) fn read(document: &Document<'_>, mut list: Rows) -> Snapshot {
    let mut warnings = Warnings::default();
    let url = document.url.as_ref();
    let picked = Picked::of(url);
    let is_beside = pick(url, BESIDE.0).as_deref() == Some(BESIDE.1);
    let status = if is_beside { Status::Operational } else { Status::Unknown };
    let is_readable = is_whole(&list);
    list.items.retain(|row| picked.covers(place(row)));
    if list.items.is_empty() {
        warnings.add("no service of interest in the catalogue");
    }
    let is_complete = is_readable && !list.items.is_empty();
    let components = identified(list, "service", &mut warnings)
        .into_iter()
        .map(|(id, row)| Component {
            name: rows::name(&row.service_name, "service", &id, &mut warnings),
            group: place(&row).map(str::to_owned),
            id,
            status,
            raw_status: String::new(),
            updated_at: None,
        })
        .collect();
    Snapshot {
        components,
        warnings: warnings.into_vec(),
        coverage: Coverage { components: is_complete, ..blank::NOTHING },
        ..blank::snapshot(Platform::Aws)
    }
}

/// Returns where a service is: by its key, which events share, else by its row. `None` is everywhere.
fn place(row: &Row) -> Option<&str> {
    row.service.get().and_then(of_key).or_else(|| row.region_id.get().filter(|code| is_code(code)))
}

impl rows::Row for Row {
    fn id(&self) -> &Text {
        &self.service
    }
}
