//! Zendesk.

use domain::Platform;

use super::document::Document;
use super::reader::Reader;
use crate::feed::Read;

/// Zendesk.
pub(crate) struct Zendesk;

impl Reader for Zendesk {
    fn platform(&self) -> Platform {
        Platform::Zendesk
    }

    fn read(&self, _document: &Document<'_>) -> Option<Read> {
        None
    }
}
