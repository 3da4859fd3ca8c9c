//! Azure.

use domain::Platform;

use super::document::Document;
use super::reader::Reader;
use crate::feed::Read;

/// Azure.
pub(crate) struct Azure;

impl Reader for Azure {
    fn platform(&self) -> Platform {
        Platform::Azure
    }

    fn read(&self, _document: &Document<'_>) -> Option<Read> {
        None
    }
}
