//! UptimeKuma.

use domain::Platform;

use super::document::Document;
use super::reader::Reader;
use crate::feed::Read;

/// UptimeKuma.
pub(crate) struct UptimeKuma;

impl Reader for UptimeKuma {
    fn platform(&self) -> Platform {
        Platform::UptimeKuma
    }

    fn read(&self, _document: &Document<'_>) -> Option<Read> {
        None
    }
}
