//! Flashduty.

use domain::Platform;

use super::document::Document;
use super::reader::Reader;
use crate::feed::Read;

/// Flashduty.
pub(crate) struct Flashduty;

impl Reader for Flashduty {
    fn platform(&self) -> Platform {
        Platform::Flashduty
    }

    fn read(&self, _document: &Document<'_>) -> Option<Read> {
        None
    }
}
