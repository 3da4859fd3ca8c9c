//! Whether a readable document deserves belief: somebody else's page, an emptied page and an old copy from a cache look
//! well-formed and would turn everything green.

use super::Knowledge;
use crate::snapshot::Snapshot;

/// Readings in a row that are older than what we know before the page's clock is taken to have been set back. A cache that
/// serves an old copy does so for minutes; a page that was restored stays behind for ever.
pub const OLDER_COPY_ACCEPTED_AFTER: u32 = 30;

impl Knowledge {
    /// Returns why this snapshot can't be what our provider says now, if it can't; `failures` is the number of readings in
    /// a row that were refused or failed before it.
    #[must_use]
    pub fn distrust(&self, snapshot: &Snapshot, failures: u32) -> Option<String> {
        self.another_page(snapshot)
            .or_else(|| self.emptied(snapshot))
            .or_else(|| (failures < OLDER_COPY_ACCEPTED_AFTER).then(|| self.older_copy(snapshot)).flatten())
    }

    fn another_page(&self, snapshot: &Snapshot) -> Option<String> {
        let (known, seen) = (self.page.id.as_deref()?, snapshot.page.id.as_deref()?);
        let name = snapshot.page.name.as_deref().unwrap_or("without a name");
        (known != seen).then(|| format!("another page answered: its id is {seen} ({name}), ours is {known}"))
    }

    fn emptied(&self, snapshot: &Snapshot) -> Option<String> {
        let lost =
            snapshot.coverage.components && snapshot.components.is_empty() && !self.components.is_empty();
        lost.then(|| format!("all {} components are gone from the page", self.components.len()))
    }

    fn older_copy(&self, snapshot: &Snapshot) -> Option<String> {
        let (known, seen) = (self.page.updated_at?, snapshot.page.updated_at?);
        (seen < known)
            .then(|| format!("an old copy: the page was last changed at {known}, this copy is of {seen}"))
    }
}
