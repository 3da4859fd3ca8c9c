//! CState.

use domain::Platform;

use super::document::Document;
use super::reader::Reader;
use crate::feed::Read;

/// CState.
pub(crate) struct CState;

impl Reader for CState {
    fn platform(&self) -> Platform {
        Platform::CState
    }

    fn read(&self, _document: &Document<'_>) -> Option<Read> {
        None
    }
}
