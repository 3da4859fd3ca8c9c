//! UptimeRobot.

use domain::Platform;

use super::document::Document;
use super::reader::Reader;
use crate::feed::Read;

/// UptimeRobot.
pub(crate) struct UptimeRobot;

impl Reader for UptimeRobot {
    fn platform(&self) -> Platform {
        Platform::UptimeRobot
    }

    fn read(&self, _document: &Document<'_>) -> Option<Read> {
        None
    }
}
