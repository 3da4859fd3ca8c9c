//! BetterStack.

use domain::Platform;

use super::document::Document;
use super::reader::Reader;
use crate::feed::Read;

/// BetterStack.
pub(crate) struct BetterStack;

impl Reader for BetterStack {
    fn platform(&self) -> Platform {
        Platform::BetterStack
    }

    fn read(&self, _document: &Document<'_>) -> Option<Read> {
        None
    }
}
