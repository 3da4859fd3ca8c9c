//! StatusIq.

use domain::Platform;

use super::document::Document;
use super::reader::Reader;
use crate::feed::Read;

/// StatusIq.
pub(crate) struct StatusIq;

impl Reader for StatusIq {
    fn platform(&self) -> Platform {
        Platform::StatusIq
    }

    fn read(&self, _document: &Document<'_>) -> Option<Read> {
        None
    }
}
