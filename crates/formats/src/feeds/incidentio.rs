//! IncidentIo.

use domain::Platform;

use super::document::Document;
use super::reader::Reader;
use crate::feed::Read;

/// IncidentIo.
pub(crate) struct IncidentIo;

impl Reader for IncidentIo {
    fn platform(&self) -> Platform {
        Platform::IncidentIo
    }

    fn read(&self, _document: &Document<'_>) -> Option<Read> {
        None
    }
}
