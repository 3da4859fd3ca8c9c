//! Feed.

use domain::Platform;

use super::document::Document;
use super::reader::Reader;
use crate::feed::Read;

/// Feed.
pub(crate) struct Feed;

impl Reader for Feed {
    fn platform(&self) -> Platform {
        Platform::Feed
    }

    fn read(&self, _document: &Document<'_>) -> Option<Read> {
        None
    }
}
