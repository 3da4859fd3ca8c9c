//! Regions: where a service or an event is, and whether that is of interest. Names shown to people are no codes.

use jiff::Timestamp;
use url::Url;

use super::Row;
use crate::feeds::reader::pick;
use crate::feeds::times;

/// The region that the address of a feed names.
pub(super) struct Picked(Option<String>);

impl Picked {
    pub(super) fn of(url: Option<&Url>) -> Self {
        Picked(pick(url, "region"))
    }

    /// Whether a place is of interest; what has no place is everywhere.
    pub(super) fn covers(&self, region: Option<&str>) -> bool {
        match (&self.0, region) {
            (None, _) | (_, None) => true,
            (Some(picked), Some(region)) => picked == region,
        }
    }
}

/// Returns where an event is: by its ARN, else by its service. `None` is everywhere.
pub(super) fn of_event(row: &Row) -> Option<&str> {
    let by_arn = row.arn.get().and_then(|arn| arn.split(':').nth(3)).filter(|code| is_code(code));
    by_arn.or_else(|| row.service.get().and_then(of_key))
}

/// Returns the region at the end of a service's key: `ec2-us-gov-west-1` is in `us-gov-west-1`, `cloudfront` in none.
pub(super) fn of_key(key: &str) -> Option<&str> {
    let starts = key.match_indices('-').map(|(at, _)| at + 1);
    starts.map(|at| &key[at..]).find(|end| is_code(end))
}

/// Whether a text is the code of a region: two letters, perhaps a partition, a direction, a number.
pub(super) fn is_code(text: &str) -> bool {
    let parts: Vec<&str> = text.split('-').collect();
    let letters = |part: &str| !part.is_empty() && part.chars().all(|c| c.is_ascii_lowercase());
    let (place, direction, number) = match parts.as_slice() {
        [place, direction, number] => (place, direction, number),
        [place, partition, direction, number]
            if partition.starts_with("gov") || partition.starts_with("iso") =>
        {
            (place, direction, number)
        }
        _ => return false,
    };
    let is_number = !number.is_empty() && number.chars().all(|c| c.is_ascii_digit());
    place.len() == 2 && letters(place) && letters(direction) && is_number
}

/// Reads an instant, in seconds or milliseconds: they mix within one document.
pub(super) fn instant(text: Option<&str>) -> Option<Timestamp> {
    text.and_then(times::epoch)
}
