//! Salesforce.

use domain::Platform;

use super::document::Document;
use super::reader::Reader;
use crate::feed::Read;

/// Salesforce.
pub(crate) struct Salesforce;

impl Reader for Salesforce {
    fn platform(&self) -> Platform {
        Platform::Salesforce
    }

    fn read(&self, _document: &Document<'_>) -> Option<Read> {
        None
    }
}
