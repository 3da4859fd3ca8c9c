//! Upptime.

use domain::Platform;

use super::document::Document;
use super::reader::Reader;
use crate::feed::Read;

/// Upptime.
pub(crate) struct Upptime;

impl Reader for Upptime {
    fn platform(&self) -> Platform {
        Platform::Upptime
    }

    fn read(&self, _document: &Document<'_>) -> Option<Read> {
        None
    }
}
