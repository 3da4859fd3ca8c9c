//! Aws.

use domain::Platform;

use super::document::Document;
use super::reader::Reader;
use crate::feed::Read;

/// Aws.
pub(crate) struct Aws;

impl Reader for Aws {
    fn platform(&self) -> Platform {
        Platform::Aws
    }

    fn read(&self, _document: &Document<'_>) -> Option<Read> {
        None
    }
}
