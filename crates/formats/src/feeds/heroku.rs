//! Heroku.

use domain::Platform;

use super::document::Document;
use super::reader::Reader;
use crate::feed::Read;

/// Heroku.
pub(crate) struct Heroku;

impl Reader for Heroku {
    fn platform(&self) -> Platform {
        Platform::Heroku
    }

    fn read(&self, _document: &Document<'_>) -> Option<Read> {
        None
    }
}
