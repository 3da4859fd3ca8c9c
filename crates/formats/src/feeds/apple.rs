//! Apple.

use domain::Platform;

use super::document::Document;
use super::reader::Reader;
use crate::feed::Read;

/// Apple.
pub(crate) struct Apple;

impl Reader for Apple {
    fn platform(&self) -> Platform {
        Platform::Apple
    }

    fn read(&self, _document: &Document<'_>) -> Option<Read> {
        None
    }
}
