//! Statuspal.

use domain::Platform;

use super::document::Document;
use super::reader::Reader;
use crate::feed::Read;

/// Statuspal.
pub(crate) struct Statuspal;

impl Reader for Statuspal {
    fn platform(&self) -> Platform {
        Platform::Statuspal
    }

    fn read(&self, _document: &Document<'_>) -> Option<Read> {
        None
    }
}
