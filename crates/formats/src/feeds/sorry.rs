//! Sorry.

use domain::Platform;

use super::document::Document;
use super::reader::Reader;
use crate::feed::Read;

/// Sorry.
pub(crate) struct Sorry;

impl Reader for Sorry {
    fn platform(&self) -> Platform {
        Platform::Sorry
    }

    fn read(&self, _document: &Document<'_>) -> Option<Read> {
        None
    }
}
