//! Instatus.

use domain::Platform;

use super::document::Document;
use super::reader::Reader;
use crate::feed::Read;

/// Instatus.
pub(crate) struct Instatus;

impl Reader for Instatus {
    fn platform(&self) -> Platform {
        Platform::Instatus
    }

    fn read(&self, _document: &Document<'_>) -> Option<Read> {
        None
    }
}
