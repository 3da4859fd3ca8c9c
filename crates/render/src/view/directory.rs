//! The directory of providers.

use domain::{SourceHealth, Status};
use jiff::Timestamp;

use super::Place;

/// The whole directory, or the part that a search found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DirectoryView {
    /// Where it stands; `base_path` is `/directory`.
    pub place: Place,
    /// The categories, in the order to show.
    pub categories: Vec<CategoryView>,
    /// The instant that the view describes.
    pub as_of: Timestamp,
}

/// One category and its providers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CategoryView {
    /// The name readers see.
    pub name: String,
    /// Its form in addresses.
    pub slug: String,
    /// Its providers, in the order to show.
    pub providers: Vec<ProviderLine>,
}

/// A provider in a list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ProviderLine {
    /// The name readers see.
    pub name: String,
    /// The path of its page.
    pub path: String,
    /// Its status as we judge it.
    pub status: Status,
    /// How well we can read it; while we can't, its status is drawn as *no reading*.
    pub health: SourceHealth,
    /// When its status began.
    pub since: Option<Timestamp>,
}
