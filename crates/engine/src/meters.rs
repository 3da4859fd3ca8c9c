//! What a process counts while it runs: plain numbers that the admin listener shows.

use std::{
    collections::BTreeMap,
    sync::{
        Mutex, PoisonError,
        atomic::{AtomicBool, AtomicI64, AtomicU64, Ordering},
    },
    time::Duration,
};

use domain::audit::{Finding, Kind};
use jiff::Timestamp;

use crate::commands::Polled;

/// Upper bounds of the classes of lateness, in milliseconds.
pub const LATE_MS: [u64; 8] = [100, 500, 1_000, 2_000, 6_000, 15_000, 60_000, 300_000];

/// Counts since the process began.
#[derive(Debug, Default)]
pub struct Meters {
    read: AtomicU64,
    unchanged: AtomicU64,
    failed: AtomicU64,
    hindered: AtomicU64,
    late: [AtomicU64; LATE_MS.len() + 1],
    late_ms: AtomicU64,
    is_cut_off: AtomicBool,
    findings: [AtomicU64; Kind::ALL.len()],
    passed_at: AtomicI64,
    pinged_at: AtomicI64,
    lost_lines: AtomicU64,
    set_aside: AtomicU64,
    purged: Mutex<BTreeMap<&'static str, u64>>,
}

impl Meters {
    /// Counts rows of a table that were forgotten since they were kept long enough.
    pub fn purged(&self, table: &'static str, rows: u64) {
        *self.purged.lock().unwrap_or_else(PoisonError::into_inner).entry(table).or_default() += rows;
    }

    /// Returns how many rows of each table were forgotten.
    #[must_use]
    pub fn rows_purged(&self) -> Vec<(&'static str, u64)> {
        let purged = self.purged.lock().unwrap_or_else(PoisonError::into_inner);
        purged.iter().map(|(table, rows)| (*table, *rows)).collect()
    }

    /// Counts messages that could not be made and were set aside.
    pub fn set_aside(&self, count: usize) {
        self.set_aside.fetch_add(u64::try_from(count).unwrap_or(u64::MAX), Ordering::Relaxed);
    }

    /// Returns how often a message could not be made and was set aside.
    #[must_use]
    pub fn times_set_aside(&self) -> u64 {
        self.set_aside.load(Ordering::Relaxed)
    }

    /// Counts a poll that began this late.
    pub fn claimed(&self, late: Duration) {
        let ms = u64::try_from(late.as_millis()).unwrap_or(u64::MAX);
        let class = LATE_MS.iter().position(|bound| ms <= *bound).unwrap_or(LATE_MS.len());
        self.late[class].fetch_add(1, Ordering::Relaxed);
        self.late_ms.fetch_add(ms, Ordering::Relaxed);
    }

    /// Counts how a poll went.
    pub fn polled(&self, polled: &Polled) {
        let counter = match polled {
            Polled::Read { .. } => &self.read,
            Polled::Unchanged => &self.unchanged,
            Polled::Failed { .. } => &self.failed,
            Polled::Hindered { .. } => &self.hindered,
        };
        counter.fetch_add(1, Ordering::Relaxed);
    }

    /// Notes whether our own network is cut off.
    pub fn cut_off(&self, is_cut_off: bool) {
        self.is_cut_off.store(is_cut_off, Ordering::Relaxed);
    }

    /// Whether our own network is cut off.
    #[must_use]
    pub fn is_cut_off(&self) -> bool {
        self.is_cut_off.load(Ordering::Relaxed)
    }

    /// Notes what the last audit found, nothing being a pass.
    pub fn audited(&self, findings: &[Finding], now: Timestamp) {
        for (kind, count) in Kind::ALL.into_iter().zip(&self.findings) {
            let found = findings.iter().filter(|finding| finding.kind == kind).count();
            count.store(u64::try_from(found).unwrap_or(u64::MAX), Ordering::Relaxed);
        }
        if findings.is_empty() {
            self.passed_at.store(now.as_second(), Ordering::Relaxed);
        }
    }

    /// Notes that a ping was taken outside.
    pub fn pinged(&self, now: Timestamp) {
        self.pinged_at.store(now.as_second(), Ordering::Relaxed);
    }

    /// Notes how many lines of the log were dropped so far, since nobody took them.
    pub fn lost_lines(&self, count: u64) {
        self.lost_lines.store(count, Ordering::Relaxed);
    }

    /// Returns what the last audit found, by kind.
    #[must_use]
    pub fn findings(&self) -> [(Kind, u64); Kind::ALL.len()] {
        std::array::from_fn(|n| (Kind::ALL[n], self.findings[n].load(Ordering::Relaxed)))
    }

    /// Returns when an audit passed last, in seconds of the epoch; 0 for never.
    #[must_use]
    pub fn passed_at(&self) -> i64 {
        self.passed_at.load(Ordering::Relaxed)
    }

    /// Returns when a ping was taken last, in seconds of the epoch; 0 for never.
    #[must_use]
    pub fn pinged_at(&self) -> i64 {
        self.pinged_at.load(Ordering::Relaxed)
    }

    /// Returns how many lines of the log were dropped.
    #[must_use]
    pub fn lines_lost(&self) -> u64 {
        self.lost_lines.load(Ordering::Relaxed)
    }

    /// Returns polls by how they went, by the word of the metric.
    #[must_use]
    pub fn polls(&self) -> [(&'static str, u64); 4] {
        let count = |counter: &AtomicU64| counter.load(Ordering::Relaxed);
        [
            ("read", count(&self.read)),
            ("unchanged", count(&self.unchanged)),
            ("failed", count(&self.failed)),
            ("hindered", count(&self.hindered)),
        ]
    }

    /// Returns how many polls began within each bound of [`LATE_MS`], cumulated; the last is all of them. And the sum, in
    /// milliseconds.
    #[must_use]
    pub fn lateness(&self) -> ([u64; LATE_MS.len() + 1], u64) {
        let mut sum = 0;
        let cumulated = std::array::from_fn(|class| {
            sum += self.late[class].load(Ordering::Relaxed);
            sum
        });
        (cumulated, self.late_ms.load(Ordering::Relaxed))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lateness_is_cumulated_by_class() {
        let meters = Meters::default();
        for ms in [0, 100, 101, 5_000, 1_000_000] {
            meters.claimed(Duration::from_millis(ms));
        }
        assert_eq!(meters.lateness(), ([2, 3, 3, 3, 4, 4, 4, 4, 5], 1_005_201));
    }

    #[test]
    fn polls_are_counted_by_how_they_went() {
        let meters = Meters::default();
        meters.polled(&Polled::Unchanged);
        meters.polled(&Polled::Unchanged);
        meters.polled(&Polled::Hindered { reason: String::new() });
        assert_eq!(meters.polls(), [("read", 0), ("unchanged", 2), ("failed", 0), ("hindered", 1)]);
    }
}
