//! Gatus.

use domain::Platform;

use super::document::Document;
use super::reader::Reader;
use crate::feed::Read;

/// Gatus.
pub(crate) struct Gatus;

impl Reader for Gatus {
    fn platform(&self) -> Platform {
        Platform::Gatus
    }

    fn read(&self, _document: &Document<'_>) -> Option<Read> {
        None
    }
}
