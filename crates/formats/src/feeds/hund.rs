//! Hund.

use domain::Platform;

use super::document::Document;
use super::reader::Reader;
use crate::feed::Read;

/// Hund.
pub(crate) struct Hund;

impl Reader for Hund {
    fn platform(&self) -> Platform {
        Platform::Hund
    }

    fn read(&self, _document: &Document<'_>) -> Option<Read> {
        None
    }
}
