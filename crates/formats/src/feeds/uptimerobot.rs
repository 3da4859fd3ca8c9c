//! UptimeRobot's public pages: `https://stats.uptimerobot.com/api/getMonitorList/TOKEN?page=N`, or the same under the
//! page's own host; the token stands in a script of the page.
//!
//! Undocumented, read in client code in two shapes, never captured: monitors under `psp` with their number, or bare under
//! `data`. The list comes in parts; only the last part closes anything, as it is read with all before it. A monitor that is
//! paused is neither good nor bad. Not read: ratios and downtimes (dates without a zone), the feed of events, whose numbers
//! nobody has explained.

use domain::snapshot::{Component, Coverage, Snapshot};
use domain::{Platform, Status};
use serde::Deserialize;
use url::Url;

use super::blank;
use super::document::Document;
use super::facts::{self, told};
use super::reader::Reader;
use super::rows::{LOSSY_PART, Row, identified, is_whole, line, name};
use super::warnings::Warnings;
use super::wire::{List, Object, Text, Whole};
use crate::feed::Read;

/// UptimeRobot.
pub(crate) struct UptimeRobot;

/// The largest number of parts asked for; the largest pages seen have a few hundred monitors.
const PARTS: i64 = 100;

impl Reader for UptimeRobot {
    fn platform(&self) -> Platform {
        Platform::UptimeRobot
    }

    fn read(&self, document: &Document<'_>) -> Option<Read> {
        match facts::object::<Wire>(document)? {
            Ok(wire) => read(wire, document.url.as_ref()),
            Err(reason) => Some(Err(reason)),
        }
    }

    fn next_part(&self, document: &Document<'_>) -> Option<String> {
        let wire = facts::object::<Wire>(document)?.ok()?;
        let mut url = document.url.clone()?;
        let part = part(Some(&url));
        if wire.has_next(part) != Some(true) || part >= PARTS {
            return None;
        }
        let others: Vec<(String, String)> =
            url.query_pairs().into_owned().filter(|(key, _)| key != "page").collect();
        url.query_pairs_mut().clear().extend_pairs(others).append_pair("page", &(part + 1).to_string());
        Some(url.into())
    }

    fn feeds_in_page(&self, page: &Document<'_>) -> Vec<String> {
        let path = page.text.split_once("pspApiPath").and_then(|(_, rest)| quoted(rest));
        let url = path.and_then(|path| match &page.url {
            Some(base) => base.join(&path).ok(),
            None => Url::parse(&path).ok(),
        });
        url.filter(|url| url.path().contains("/api/getMonitorList/")).map(String::from).into_iter().collect()
    }
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Wire {
    status: Text,
    psp: Object<Psp>,
    data: List<Monitor, 2_000>,
    statistics: Object<Statistics>,
}

#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct Psp {
    per_page_monitors: Whole,
    total_monitors: Whole,
    monitors: List<Monitor, 2_000>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Statistics {
    counts: Object<Counts>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Counts {
    total: Whole,
}

#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct Monitor {
    monitor_id: Text,
    name: Text,
    group_name: Text,
    status_class: Text,
}

impl Wire {
    /// Whether there are parts after this one, where the document tells how much a part holds.
    fn has_next(&self, part: i64) -> Option<bool> {
        let psp = self.psp.0.as_ref()?;
        let (per_part, total) = (psp.per_page_monitors.0?, psp.total_monitors.0?);
        Some(per_part > 0 && total > part.saturating_mul(per_part))
    }

    /// Whether nothing comes after a part; where the document doesn't tell how much there is, nobody knows.
    fn is_last(&self, part: i64) -> bool {
        let psp = self.psp.0.as_ref();
        let counts = self.statistics.0.as_ref().and_then(|it| it.counts.0.as_ref());
        let total = psp.and_then(|psp| psp.total_monitors.0).or_else(|| counts.and_then(|it| it.total.0));
        let shown = psp.map_or(self.data.items.len(), |psp| psp.monitors.items.len());
        let shows_all = || total.is_some_and(|total| i64::try_from(shown).is_ok_and(|shown| total <= shown));
        self.has_next(part).map_or_else(shows_all, |has_next| !has_next)
    }
}

/// Returns the number of the part that an address asks for.
fn part(url: Option<&Url>) -> i64 {
    let number = |url: &Url| {
        url.query_pairs().find(|(key, _)| key == "page").and_then(|(_, value)| value.parse().ok())
    };
    url.and_then(number).unwrap_or(1).max(1)
}

fn read(wire: Wire, url: Option<&Url>) -> Option<Read> {
    let is_last = wire.is_last(part(url));
    let has_next = wire.has_next(part(url)) == Some(true);
    let is_ours = |list: &List<Monitor, 2_000>| {
        list.items.iter().any(|row| row.monitor_id.get().is_some() && row.status_class.get().is_some())
    };
    let list = match wire.psp.0 {
        Some(psp) if psp.monitors.wrong => return Some(Err("'monitors' is not a list".to_owned())),
        Some(psp) if psp.monitors.given => psp.monitors,
        Some(_) | None if is_ours(&wire.data) => wire.data,
        Some(_) => return Some(Err("a page without monitors".to_owned())),
        None => return None,
    };
    if wire.status.get().is_some_and(|status| status != "ok") {
        return Some(Err("the host says that the list is not in order".to_owned()));
    }
    if has_next && !is_whole(&list) {
        return Some(Err(LOSSY_PART.to_owned()));
    }
    let mut warnings = Warnings::default();
    let whole = is_whole(&list) && !list.items.is_empty() && is_last;
    let rows = identified(list, "monitor", &mut warnings);
    let components = rows.into_iter().map(|(id, row)| component(id, &row, &mut warnings)).collect();
    Some(Ok(Snapshot {
        components,
        warnings: warnings.into_vec(),
        coverage: Coverage { components: whole, ..blank::NOTHING },
        ..blank::snapshot(Platform::UptimeRobot)
    }))
}

fn component(id: String, row: &Monitor, warnings: &mut Warnings) -> Component {
    let name = name(&row.name, "monitor", &id, warnings);
    let what = format!("status class of monitor '{name}'");
    let (status, raw_status) = told(&row.status_class, status, what, warnings);
    let status = status.unwrap_or(Status::Unknown);
    Component { id, name, group: line(&row.group_name), status, raw_status, updated_at: None }
}

/// Returns the meaning of a class. What is paused is known to be unknown.
fn status(class: &str) -> Option<Status> {
    match class {
        "success" => Some(Status::Operational),
        "warning" => Some(Status::DegradedPerformance),
        "danger" => Some(Status::MajorOutage),
        "paused" | "black" | "info" => Some(Status::Unknown),
        _ => None,
    }
}

/// Returns the first text in quotes that is assigned: `= 'https://…'`.
fn quoted(text: &str) -> Option<String> {
    let value = text.trim_start_matches(['"', '\'', ' ', ':', '=', '\n', '\t']);
    let end = value.find(['"', '\''])?;
    (end < 500).then(|| value[..end].replace("\\/", "/"))
}

impl Row for Monitor {
    fn id(&self) -> &Text {
        &self.monitor_id
    }
}

#[cfg(test)]
mod tests;
