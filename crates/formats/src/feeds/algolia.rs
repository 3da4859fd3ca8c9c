//! Algolia.

use domain::Platform;

use super::document::Document;
use super::reader::Reader;
use crate::feed::Read;

/// Algolia.
pub(crate) struct Algolia;

impl Reader for Algolia {
    fn platform(&self) -> Platform {
        Platform::Algolia
    }

    fn read(&self, _document: &Document<'_>) -> Option<Read> {
        None
    }
}
