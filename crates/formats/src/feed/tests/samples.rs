//! Captured documents, where the folder with them is at hand; they are not part of this repository.

use domain::{Impact, MaintenanceStatus, Phase};

use super::*;
use crate::feeds::testing::captures;

fn files(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() { found.extend(files(&path)) } else { found.push(path) }
    }
    found.sort();
    found
}

/// Reads a captured file that must be understood; nothing where there are none.
fn sample(name: &str) -> Option<Snapshot> {
    let body = fs::read(captures("samples")?.join(name)).unwrap();
    match read(&bare(&body), None) {
        Reading::Fresh(snapshot) => Some(*snapshot),
        Reading::Unreadable { reason } => panic!("{name}: {reason}"),
    }
}

/// The folders of the index, and whose documents are in them.
const FOLDERS: [(&str, Platform); 15] = [
    ("aws", Platform::Aws),
    ("azure", Platform::Azure),
    ("feeds", Platform::Statuspage),
    ("gatus", Platform::Gatus),
    ("googlecloud", Platform::Google),
    ("heroku", Platform::Heroku),
    ("incidentio", Platform::IncidentIo),
    ("instatus", Platform::Instatus),
    ("pagerduty", Platform::PagerDuty),
    ("salesforce", Platform::Salesforce),
    ("slack", Platform::Slack),
    ("statusio", Platform::StatusIo),
    ("statuspage", Platform::Statuspage),
    ("upptime", Platform::Upptime),
    ("uptimekuma", Platform::UptimeKuma),
];

/// Captured files that no reader takes, and why.
const SIDE_FILES: [(&str, &str); 5] = [
    ("betterstack/eyloo-page.html", "the page, whose document is its index.json"),
    ("googlecloud/incidents.schema.json", "the schema of the list, not a list"),
    ("statuspage-webhook/component-update.json", "sent to subscribers; see `webhook`"),
    ("statuspage-webhook/incident-update.json", "sent to subscribers; see `webhook`"),
    ("upptime/manticore-site-manual.yml", "tells of one site what the summary tells of all"),
];

/// What readers say of captured files that they don't understand whole.
const WARNINGS: [(&str, &str); 2] = [
    ("incidentio/miro-parent-page.html", "a parent page: its components are on its sub pages"),
    (
        "statuspage/claude-incidents-trimmed.json",
        "incident 'Weird impact incident' has unknown impact word 'catastrophic'",
    ),
];

/// What is in each captured file: components, of them such as don't simply work, incidents, maintenances, updates of all.
const COUNTS: [(&str, [usize; 5]); 44] = [
    ("aws/all.rss", [0, 0, 3, 0, 22]),
    ("aws/currentevents-excerpt.json", [17, 12, 1, 0, 1]),
    ("aws/currentevents-excerpt.utf16be-bom.json", [17, 12, 1, 0, 1]),
    ("azure/feed-empty.xml", [0, 0, 0, 0, 0]),
    ("feeds/github-history-2025-11-19.atom", [0, 0, 25, 0, 133]),
    ("gatus/endpoint-statuses.json", [2, 1, 0, 0, 0]),
    ("googlecloud/cloud-incidents-trimmed.json", [0, 0, 2, 0, 23]),
    ("heroku/current-status-incident.json", [3, 3, 1, 0, 2]),
    ("incidentio/aiven-native-summary.json", [2, 1, 1, 0, 4]),
    ("incidentio/aiven-page.html", [2, 1, 1, 0, 4]),
    ("incidentio/linear-native-summary.json", [6, 0, 0, 0, 0]),
    ("incidentio/linear-page.html", [6, 0, 0, 0, 0]),
    ("incidentio/miro-parent-page.html", [0, 0, 0, 0, 0]),
    ("incidentio/openai-compat-incidents.json", [0, 0, 15, 0, 57]),
    ("incidentio/openai-compat-summary.json", [25, 0, 0, 0, 0]),
    ("instatus/mastodon-social-page-data.json", [4, 3, 1, 0, 2]),
    ("instatus/mastodon-social-page.html", [4, 3, 1, 0, 2]),
    ("pagerduty/pagerduty-page-minor.html", [64, 2, 81, 0, 380]),
    ("salesforce/instances-status-preview.json", [1463, 1, 1, 0, 0]),
    ("slack/current-two-incidents.json", [12, 2, 2, 0, 2]),
    ("statusio/docker-partial.json", [8, 1, 1, 0, 1]),
    ("statusio/gitlab-security.json", [13, 5, 1, 0, 2]),
    ("statuspage/anthropic-incidents.json", [0, 0, 25, 0, 83]),
    ("statuspage/atlassian-incidents.json", [0, 0, 34, 0, 109]),
    ("statuspage/circleci-incidents.json", [0, 0, 50, 0, 198]),
    ("statuspage/claude-incidents-trimmed.json", [0, 0, 2, 1, 5]),
    ("statuspage/claude-scheduled-maintenances.json", [0, 0, 0, 2, 8]),
    ("statuspage/cloudflare-incidents.json", [0, 0, 30, 0, 90]),
    ("statuspage/github-incident-detail-critical.json", [0, 0, 1, 0, 18]),
    ("statuspage/github-incidents-50.json", [0, 0, 50, 0, 287]),
    ("statuspage/github-summary-2020-first.json", [9, 0, 0, 0, 0]),
    ("statuspage/github-summary-degraded.json", [11, 11, 1, 0, 1]),
    ("statuspage/github-summary-indicator-none-critical-open.json", [12, 0, 1, 0, 3]),
    ("statuspage/github-summary-maintenance-in-progress.json", [9, 1, 0, 1, 3]),
    ("statuspage/github-summary-maintenance-scheduled.json", [9, 0, 0, 1, 1]),
    ("statuspage/github-summary-major-partial-system-outage.json", [9, 7, 1, 0, 16]),
    ("statuspage/github-summary-three-incidents.json", [11, 4, 3, 0, 14]),
    ("statuspage/github-summary-wire-compact.json", [12, 0, 0, 0, 0]),
    ("statuspage/grafana-incidents.json", [0, 0, 15, 0, 35]),
    ("statuspage/stripe-incidents.json", [0, 0, 25, 0, 62]),
    ("statuspage/twilio-summary-nested-groups.json", [65, 4, 2, 9, 16]),
    ("upptime/manticore-summary-seven-down.json", [18, 7, 0, 0, 0]),
    ("uptimekuma/heartbeat.json", [1, 0, 0, 0, 0]),
    ("uptimekuma/status-page.json", [1, 1, 0, 0, 0]),
];

/// Reads a captured file as its host would have given it then.
fn capture(name: &str, body: &[u8]) -> (Option<Platform>, Reading) {
    // An empty feed, and what a monitor last found, is believed only while it is young.
    let at = match name {
        "azure/feed-empty.xml" => "2026-07-31T00:20:00Z".parse().unwrap(),
        "gatus/endpoint-statuses.json" => "2026-06-29T13:00:30Z".parse().unwrap(),
        "uptimekuma/heartbeat.json" => "2026-09-30T20:15:30Z".parse().unwrap(),
        _ => now(),
    };
    let source = Source { at, ..bare(body) };
    let platform = recognise(&source);
    (platform, read(&source, platform))
}

#[test]
fn every_capture_is_what_its_index_says() {
    let Some(folder) = captures("samples") else { return };
    let index = fs::read_to_string(folder.join("INDEX.csv")).unwrap();
    let mut listed = Vec::new();
    for row in index.lines().skip(1) {
        let mut fields = row.split(',');
        let (name, folder_name) = (fields.next().unwrap(), fields.next().unwrap());
        listed.push(folder.join(name));
        let (recognised, reading) = capture(name, &fs::read(folder.join(name)).unwrap());
        if let Some((_, reason)) = SIDE_FILES.iter().find(|(side, _)| *side == name) {
            assert_eq!(recognised, None, "{name}: {reason}");
            continue;
        }
        let (_, platform) = FOLDERS.iter().find(|(known, _)| *known == folder_name).expect(folder_name);
        assert_eq!(recognised, Some(*platform), "{name}");
        let Reading::Fresh(snapshot) = reading else { panic!("{name}: {reading:?}") };
        assert_sound(name, &snapshot);
        let explained = WARNINGS.iter().filter(|(file, _)| *file == name).map(|(_, warning)| *warning);
        assert_eq!(snapshot.warnings, explained.collect::<Vec<_>>(), "{name}");
        let (_, expect) = COUNTS.iter().find(|(file, _)| *file == name).expect(name);
        assert_eq!(counts(&snapshot), *expect, "{name}");
    }
    listed.push(folder.join("INDEX.csv"));
    listed.sort();
    assert_eq!(files(&folder), listed, "files and index");
}

fn counts(snapshot: &Snapshot) -> [usize; 5] {
    let incidents = snapshot.incidents.iter().map(|incident| incident.updates.len());
    let maintenances = snapshot.maintenances.iter().map(|work| work.updates.len());
    [
        snapshot.components.len(),
        snapshot.components.iter().filter(|component| component.status != Status::Operational).count(),
        snapshot.incidents.len(),
        snapshot.maintenances.len(),
        incidents.chain(maintenances).sum(),
    ]
}

#[test]
fn a_summary_covers_everything_and_a_list_nothing() {
    for (name, _) in
        COUNTS.iter().filter(|(name, _)| name.starts_with("statuspage/") || name.contains("compat"))
    {
        let Some(snapshot) = sample(name) else { return };
        let coverage = snapshot.coverage;
        let covered = [coverage.components, coverage.open_incidents, coverage.open_maintenances];
        assert_eq!(covered, [name.contains("summary"); 3], "{name}");
    }
}

#[test]
fn captured_webhooks_are_read() {
    for name in
        SIDE_FILES.iter().map(|(name, _)| *name).filter(|name| name.starts_with("statuspage-webhook/"))
    {
        let Some(folder) = captures("samples") else { return };
        let reading = webhook(&fs::read(folder.join(name)).unwrap());
        assert!(matches!(reading, Some(Reading::Fresh(_))), "{name}: {reading:?}");
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
    let Some(folder) = captures("timelines") else { return };
    let polls = files(&folder);
    let polls = polls.iter().filter(|path| {
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        name.ends_with(".json") && name.starts_with(|c: char| c.is_ascii_digit())
    });
    let mut count = 0;
    for path in polls {
        let body = fs::read(path).unwrap();
        match read(&bare(&body), None) {
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
