//! Cachet.

use domain::Platform;

use super::document::Document;
use super::reader::Reader;
use crate::feed::Read;

/// Cachet.
pub(crate) struct Cachet;

impl Reader for Cachet {
    fn platform(&self) -> Platform {
        Platform::Cachet
    }

    fn read(&self, _document: &Document<'_>) -> Option<Read> {
        None
    }
}
