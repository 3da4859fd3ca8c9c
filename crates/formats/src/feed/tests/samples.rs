//! Captured documents, where the folder with them is at hand; they are not part of this repository.

use std::fs;
use std::path::{Path, PathBuf};

use domain::{Impact, MaintenanceStatus, Phase};

use super::*;

fn folder(name: &str) -> Option<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/feeds").join(name);
    folder.is_dir().then_some(folder)
}

fn files(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() { found.extend(files(&path)) } else { found.push(path) }
    }
    found.sort();
    found
}

fn is_statuspage(path: &Path) -> bool {
    let text = path.to_string_lossy();
    text.contains("/statuspage/") || text.contains("openai-compat") || text.contains("github-history")
}

/// Reads a captured file that must be understood; nothing where there are none.
fn sample(name: &str) -> Option<Snapshot> {
    let body = fs::read(folder("samples")?.join(name)).unwrap();
    match read(&source(&body), None) {
        Reading::Fresh(snapshot) => Some(*snapshot),
        Reading::Unreadable { reason } => panic!("{name}: {reason}"),
    }
}

#[test]
fn every_capture_in_our_form_is_read_and_no_other() {
    let Some(folder) = folder("samples") else { return };
    let mut counts = (0, 0);
    for path in files(&folder) {
        let body = fs::read(&path).unwrap();
        let reading = read(&source(&body), Some(Platform::Statuspage));
        let recognised = recognise(&source(&body));
        match reading {
            Reading::Fresh(snapshot) => {
                assert!(is_statuspage(&path), "{}", path.display());
                let is_ours = matches!(recognised, Some(Platform::Statuspage | Platform::IncidentIo));
                assert!(is_ours, "{}: {recognised:?}", path.display());
                assert_sound(&snapshot);
                counts.0 += 1;
            }
            Reading::Unreadable { reason } => {
                assert!(!is_statuspage(&path), "{}: {reason}", path.display());
                assert_ne!(recognised, Some(Platform::Statuspage), "{}", path.display());
                assert!(!reason.is_empty());
                counts.1 += 1;
            }
        }
    }
    assert!(counts.0 >= 21 && counts.1 >= 20, "{counts:?}");
}

#[test]
fn each_capture_says_what_its_index_notes() {
    // Name; components, of them in trouble or maintenance; incidents; maintenances; updates of all.
    let table = [
        ("statuspage/github-summary-2020-first.json", [9, 0, 0, 0, 0]),
        ("statuspage/github-summary-degraded.json", [11, 11, 1, 0, 1]),
        ("statuspage/github-summary-indicator-none-critical-open.json", [12, 0, 1, 0, 3]),
        ("statuspage/github-summary-maintenance-in-progress.json", [9, 1, 0, 1, 3]),
        ("statuspage/github-summary-maintenance-scheduled.json", [9, 0, 0, 1, 1]),
        ("statuspage/github-summary-major-partial-system-outage.json", [9, 7, 1, 0, 16]),
        ("statuspage/github-summary-three-incidents.json", [11, 4, 3, 0, 14]),
        ("statuspage/github-summary-wire-compact.json", [12, 0, 0, 0, 0]),
        ("statuspage/twilio-summary-nested-groups.json", [65, 4, 2, 9, 16]),
        ("incidentio/openai-compat-summary.json", [25, 0, 0, 0, 0]),
        ("statuspage/anthropic-incidents.json", [0, 0, 25, 0, 83]),
        ("statuspage/atlassian-incidents.json", [0, 0, 34, 0, 109]),
        ("statuspage/circleci-incidents.json", [0, 0, 50, 0, 198]),
        ("statuspage/claude-incidents-trimmed.json", [0, 0, 2, 1, 5]),
        ("statuspage/claude-scheduled-maintenances.json", [0, 0, 0, 2, 8]),
        ("statuspage/cloudflare-incidents.json", [0, 0, 30, 0, 90]),
        ("statuspage/github-incident-detail-critical.json", [0, 0, 1, 0, 18]),
        ("statuspage/github-incidents-50.json", [0, 0, 50, 0, 287]),
        ("statuspage/grafana-incidents.json", [0, 0, 15, 0, 35]),
        ("statuspage/stripe-incidents.json", [0, 0, 25, 0, 62]),
        ("incidentio/openai-compat-incidents.json", [0, 0, 15, 0, 57]),
    ];
    for (name, expect) in table {
        let Some(snapshot) = sample(name) else { return };
        let incidents = snapshot.incidents.iter().map(|incident| incident.updates.len());
        let maintenances = snapshot.maintenances.iter().map(|work| work.updates.len());
        let found = [
            snapshot.components.len(),
            snapshot.components.iter().filter(|component| component.status != Status::Operational).count(),
            snapshot.incidents.len(),
            snapshot.maintenances.len(),
            incidents.chain(maintenances).sum(),
        ];
        assert_eq!(found, expect, "{name}");
        let is_summary = name.contains("summary");
        let coverage = snapshot.coverage;
        let covered = [coverage.components, coverage.open_incidents, coverage.open_maintenances];
        assert_eq!(covered, [is_summary; 3], "{name}");
        if !name.contains("trimmed") {
            assert_eq!(snapshot.warnings, [""; 0], "{name}");
        }
    }
}

#[test]
fn a_critical_incident_under_a_calm_indicator_stays_visible() {
    let Some(snapshot) = sample("statuspage/github-summary-indicator-none-critical-open.json") else {
        return;
    };
    assert_eq!(snapshot.overall.unwrap().status, Status::Operational);
    let incident = &snapshot.incidents[0];
    assert_eq!((incident.phase, incident.impact), (Phase::Investigating, Impact::Critical));
}

#[test]
fn headings_give_their_name_to_what_stands_under_them() {
    let Some(snapshot) = sample("statuspage/twilio-summary-nested-groups.json") else { return };
    assert_eq!(
        snapshot.components.iter().filter(|component| component.name == "PROGRAMMABLE MESSAGING").count(),
        0
    );
    let messaging: Vec<&str> = snapshot
        .components
        .iter()
        .filter(|component| component.group.as_deref() == Some("PROGRAMMABLE MESSAGING"))
        .map(|component| component.name.as_str())
        .collect();
    assert_eq!(messaging[..3], ["MMS", "SMS", "SMPP"]);
    let groups: Vec<&str> =
        snapshot.components.iter().filter_map(|component| component.group.as_deref()).collect();
    let mut runs = groups.clone();
    runs.dedup();
    let mut distinct = runs.clone();
    distinct.sort_unstable();
    distinct.dedup();
    assert_eq!(runs.len(), distinct.len(), "a heading's components stand together");
}

#[test]
fn maintenances_and_postmortems_keep_their_words() {
    let check = |name: &str, status: MaintenanceStatus, overall: Status| {
        let Some(snapshot) = sample(name) else { return };
        assert_eq!(snapshot.maintenances[0].status, status);
        assert!(snapshot.maintenances[0].starts_at < snapshot.maintenances[0].ends_at);
        assert_eq!(snapshot.overall.unwrap().status, overall);
    };
    let (calm, work) = (Status::Operational, Status::UnderMaintenance);
    check("statuspage/github-summary-maintenance-scheduled.json", MaintenanceStatus::Scheduled, calm);
    check("statuspage/github-summary-maintenance-in-progress.json", MaintenanceStatus::InProgress, work);
    for (name, expect) in
        [("statuspage/atlassian-incidents.json", 3), ("statuspage/circleci-incidents.json", 6)]
    {
        let Some(snapshot) = sample(name) else { return };
        let explained = snapshot.incidents.iter().filter(|incident| incident.phase == Phase::Postmortem);
        let explained: Vec<_> = explained.collect();
        assert_eq!(explained.len(), expect, "{name}");
        for incident in explained {
            assert_eq!(incident.updates[0].status, "postmortem", "{}", incident.name);
            assert!(incident.updates[0].at.is_some() && incident.url.is_some());
        }
    }
}

#[test]
fn every_poll_of_a_recorded_timeline_is_read_or_was_empty() {
    let Some(folder) = folder("timelines") else { return };
    let polls = files(&folder);
    let polls = polls.iter().filter(|path| {
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        name.ends_with(".json") && name.starts_with(|c: char| c.is_ascii_digit())
    });
    let mut count = 0;
    for path in polls {
        let body = fs::read(path).unwrap();
        match read(&source(&body), None) {
            Reading::Fresh(snapshot) => {
                assert_eq!(snapshot.warnings, [""; 0], "{}", path.display());
                assert!(snapshot.coverage.components && snapshot.coverage.open_incidents);
            }
            Reading::Unreadable { reason } => {
                assert_eq!((reason.as_str(), body.len()), ("empty body", 0), "{}", path.display());
            }
        }
        count += 1;
    }
    assert!(count > 50, "{count}");
}
