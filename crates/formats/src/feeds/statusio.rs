//! StatusIo.

use domain::Platform;

use super::document::Document;
use super::reader::Reader;
use crate::feed::Read;

/// StatusIo.
pub(crate) struct StatusIo;

impl Reader for StatusIo {
    fn platform(&self) -> Platform {
        Platform::StatusIo
    }

    fn read(&self, _document: &Document<'_>) -> Option<Read> {
        None
    }
}
