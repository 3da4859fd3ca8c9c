//! Html.

use domain::Platform;

use super::document::Document;
use super::reader::Reader;
use crate::feed::Read;

/// Html.
pub(crate) struct Html;

impl Reader for Html {
    fn platform(&self) -> Platform {
        Platform::Html
    }

    fn read(&self, _document: &Document<'_>) -> Option<Read> {
        None
    }
}
