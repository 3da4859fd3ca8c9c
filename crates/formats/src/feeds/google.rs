//! Google.

use domain::Platform;

use super::document::Document;
use super::reader::Reader;
use crate::feed::Read;

/// Google.
pub(crate) struct Google;

impl Reader for Google {
    fn platform(&self) -> Platform {
        Platform::Google
    }

    fn read(&self, _document: &Document<'_>) -> Option<Read> {
        None
    }
}
