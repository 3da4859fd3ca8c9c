//! Any RSS, Atom or JSON feed.

pub(crate) mod entries;
mod repair;

use domain::Platform;

use super::document::{Document, Kind};
use super::reader::Reader;
use crate::feed::Read;

/// Any feed.
pub(crate) struct Feed;

impl Reader for Feed {
    fn platform(&self) -> Platform {
        Platform::Feed
    }

    fn kinds(&self) -> &'static [Kind] {
        &[Kind::Xml, Kind::Json]
    }

    fn read(&self, _document: &Document<'_>) -> Option<Read> {
        None
    }
}
