//! PagerDuty.

use domain::Platform;

use super::document::Document;
use super::reader::Reader;
use crate::feed::Read;

/// PagerDuty.
pub(crate) struct PagerDuty;

impl Reader for PagerDuty {
    fn platform(&self) -> Platform {
        Platform::PagerDuty
    }

    fn read(&self, _document: &Document<'_>) -> Option<Read> {
        None
    }
}
