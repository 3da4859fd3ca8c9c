//! Slack.

use domain::Platform;

use super::document::Document;
use super::reader::Reader;
use crate::feed::Read;

/// Slack.
pub(crate) struct Slack;

impl Reader for Slack {
    fn platform(&self) -> Platform {
        Platform::Slack
    }

    fn read(&self, _document: &Document<'_>) -> Option<Read> {
        None
    }
}
