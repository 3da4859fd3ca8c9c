//! `feed parse` and `feed diff`: what captures say, and what changed between two of them.

use std::{
    fs,
    io::{self, Read},
    path::Path,
    process::ExitCode,
};

use anyhow::{Context, bail};
use domain::{
    change::{Change, ChangeKind},
    knowledge::{Absence, Knowledge},
    provider::slug_of,
    snapshot::{Reading, Snapshot},
};
use engine::seams::Clock;
use formats::{change_json, feed, snapshot_json};
use jiff::Timestamp;

use super::output::print_line;
use crate::{
    args::{Failure, Feed, Platform},
    seams::SystemClock,
};

/// A larger capture is something else.
const MAX_BYTES: u64 = 64 * 1024 * 1024;

/// Reads captures.
pub(super) fn run(command: &Feed) -> Result<ExitCode, Failure> {
    match command {
        Feed::Parse { file, platform, url, at } => {
            let reading = read(file, *platform, url.as_deref(), *at)?;
            print_line(&snapshot_json::to_json(&reading))?;
            Ok(match reading {
                Reading::Fresh(_) => ExitCode::SUCCESS,
                Reading::Unreadable { .. } => ExitCode::FAILURE,
            })
        }
        Feed::Diff { old, new, platform } => {
            let (Some(before), Some(after)) = (trusted(old, *platform)?, trusted(new, *platform)?) else {
                return Ok(ExitCode::FAILURE);
            };
            if let Some(reason) = difference(&before, &after) {
                super::complain(&reason);
                return Ok(ExitCode::FAILURE);
            }
            let provider = provider(&after);
            for change in changes(&before, &after)? {
                print_line(&change_json::to_line(&provider, &change))?;
            }
            Ok(ExitCode::SUCCESS)
        }
    }
}

/// Reads a capture, and says so where it can't be trusted.
fn trusted(file: &Path, platform: Option<Platform>) -> anyhow::Result<Option<Snapshot>> {
    match read(file, platform, None, None)? {
        Reading::Fresh(snapshot) => Ok(Some(*snapshot)),
        reading @ Reading::Unreadable { .. } => {
            print_line(&snapshot_json::to_json(&reading))?;
            super::complain(&format!("{} can't be trusted", file.display()));
            Ok(None)
        }
    }
}

/// Reads a capture as of `at`, else as of when it says that it was made, else as of now.
fn read(
    file: &Path,
    platform: Option<Platform>,
    url: Option<&str>,
    at: Option<Timestamp>,
) -> anyhow::Result<Reading> {
    let body = bytes(file)?;
    let now = SystemClock.now();
    let source = feed::Source { url, content_type: None, status: 200, body: &body, at: now, selectors: None };
    let at = at.or_else(|| feed::made_at(&source)).unwrap_or(now);
    let reading = feed::read(&feed::Source { at, ..source }, platform.map(|platform| platform.0));
    if matches!(reading, Reading::Unreadable { .. }) {
        // What a page sends to its subscribers is no document of it, and worth a look all the same.
        return Ok(feed::webhook(&body).unwrap_or(reading));
    }
    Ok(reading)
}

fn bytes(file: &Path) -> anyhow::Result<Vec<u8>> {
    let mut body = Vec::new();
    let name = if file == Path::new("-") { "standard input".to_owned() } else { file.display().to_string() };
    let unreadable = || format!("{name} can't be read");
    let count = if file == Path::new("-") {
        io::stdin().lock().take(MAX_BYTES + 1).read_to_end(&mut body).with_context(unreadable)?
    } else {
        let open = fs::File::open(file).with_context(unreadable)?;
        open.take(MAX_BYTES + 1).read_to_end(&mut body).with_context(unreadable)?
    };
    if u64::try_from(count).is_ok_and(|count| count > MAX_BYTES) {
        bail!("{name} is larger than {MAX_BYTES} bytes: a capture is one document of a status page");
    }
    Ok(body)
}

/// Returns why two captures are not of one page, as far as they tell: what is missing in the other is no change.
fn difference(before: &Snapshot, after: &Snapshot) -> Option<String> {
    let (old, new) = (before.platform, after.platform);
    if old != new {
        return Some(format!("the captures can't be compared: one is of {old}, the other of {new}"));
    }
    let (old, new) = (before.page.id.as_ref()?, after.page.id.as_ref()?);
    (old != new)
        .then(|| format!("the captures can't be compared: one is of page '{old}', the other of '{new}'"))
}

/// Returns what a monitor that read one and then the other would report.
fn changes(before: &Snapshot, after: &Snapshot) -> anyhow::Result<Vec<Change>> {
    let first = said_at(before);
    let (known, _) = Knowledge::default().learn(before, first, Absence::Confirmed);
    // Whoever names two captures in this order means this order: an older one is not refused.
    if let Some(reason) = known.distrust(after, u32::MAX) {
        bail!("the captures can't be compared: {reason}");
    }
    let (_, mut changes) = known.learn(after, said_at(after).max(first), Absence::Confirmed);
    // A capture that lists no components says nothing about which are new.
    changes.retain(|change| before.coverage.components || change.kind != ChangeKind::ComponentAdded);
    Ok(changes)
}

/// Returns when a capture was made, as far as it says: the newest instant in it.
fn said_at(snapshot: &Snapshot) -> Timestamp {
    let updates = |updates: &[domain::snapshot::Update]| updates.iter().filter_map(|it| it.at).max();
    let incidents = snapshot.incidents.iter().flat_map(|it| [it.updated_at, updates(&it.updates)]);
    let maintenances = snapshot.maintenances.iter().map(|it| updates(&it.updates));
    let components = snapshot.components.iter().map(|it| it.updated_at);
    let all = incidents.chain(maintenances).chain(components).chain([snapshot.page.updated_at]);
    all.flatten().max().unwrap_or(Timestamp::UNIX_EPOCH)
}

/// Returns what the provider of a capture is called in change events.
fn provider(snapshot: &Snapshot) -> String {
    let slug = snapshot.page.name.as_deref().map(slug_of).filter(|slug| !slug.is_empty());
    slug.unwrap_or_else(|| snapshot.platform.word().to_owned())
}
