//! Microsoft365.

use domain::Platform;

use super::document::Document;
use super::reader::Reader;
use crate::feed::Read;

/// Microsoft365.
pub(crate) struct Microsoft365;

impl Reader for Microsoft365 {
    fn platform(&self) -> Platform {
        Platform::Microsoft365
    }

    fn read(&self, _document: &Document<'_>) -> Option<Read> {
        None
    }
}
