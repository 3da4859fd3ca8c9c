//! Freshstatus.

use domain::Platform;

use super::document::Document;
use super::reader::Reader;
use crate::feed::Read;

/// Freshstatus.
pub(crate) struct Freshstatus;

impl Reader for Freshstatus {
    fn platform(&self) -> Platform {
        Platform::Freshstatus
    }

    fn read(&self, _document: &Document<'_>) -> Option<Read> {
        None
    }
}
