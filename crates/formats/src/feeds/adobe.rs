//! Adobe.

use domain::Platform;

use super::document::Document;
use super::reader::Reader;
use crate::feed::Read;

/// Adobe.
pub(crate) struct Adobe;

impl Reader for Adobe {
    fn platform(&self) -> Platform {
        Platform::Adobe
    }

    fn read(&self, _document: &Document<'_>) -> Option<Read> {
        None
    }
}
