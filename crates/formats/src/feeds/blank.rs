//! The snapshot that says nothing and closes nothing: what a reader starts from.

use domain::Platform;
use domain::snapshot::{Coverage, Page, Snapshot};

/// Closes nothing.
pub(crate) const NOTHING: Coverage =
    Coverage { components: false, open_incidents: false, open_maintenances: false };

/// Returns a snapshot of a platform's page without anything in it.
pub(crate) fn snapshot(platform: Platform) -> Snapshot {
    Snapshot {
        platform,
        page: Page::default(),
        overall: None,
        components: Vec::new(),
        incidents: Vec::new(),
        maintenances: Vec::new(),
        warnings: Vec::new(),
        coverage: NOTHING,
    }
}
