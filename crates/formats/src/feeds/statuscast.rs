//! StatusCast.

use domain::Platform;

use super::document::Document;
use super::reader::Reader;
use crate::feed::Read;

/// StatusCast.
pub(crate) struct StatusCast;

impl Reader for StatusCast {
    fn platform(&self) -> Platform {
        Platform::StatusCast
    }

    fn read(&self, _document: &Document<'_>) -> Option<Read> {
        None
    }
}
