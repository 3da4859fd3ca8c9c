//! Times that claim to be over and lie ahead: a clock that is wrong, or a field that was taken for another.

use std::time::Duration;

use domain::snapshot::{Snapshot, Update};
use jiff::Timestamp;

/// How far the clock of a provider may be ahead of ours, with a zone that was told wrongly.
const TOLERANCE: Duration = Duration::from_secs(2 * 24 * 60 * 60);

/// Whether `time` lies so far ahead of `at` that nothing can have happened then.
pub(crate) fn is_ahead(time: Timestamp, at: Timestamp) -> bool {
    Duration::try_from(time.duration_since(at)).is_ok_and(|ahead| ahead > TOLERANCE)
}

/// Leaves out each time of what has happened that lies ahead of `at`, and warns of them. What is planned may lie anywhere.
pub(crate) fn forget(mut snapshot: Snapshot, at: Timestamp) -> Snapshot {
    let mut count = 0;
    for time in claims(&mut snapshot) {
        if time.is_some_and(|time| is_ahead(time, at)) {
            *time = None;
            count += 1;
        }
    }
    if count > 0 {
        snapshot.warnings.push(format!("times that lie more than two days ahead are left out: {count}"));
    }
    snapshot
}

/// Returns every time that says when something happened.
fn claims(snapshot: &mut Snapshot) -> Vec<&mut Option<Timestamp>> {
    fn said(updates: &mut [Update]) -> impl Iterator<Item = &mut Option<Timestamp>> {
        updates.iter_mut().map(|update| &mut update.at)
    }
    let mut all = vec![&mut snapshot.page.updated_at];
    all.extend(snapshot.components.iter_mut().map(|component| &mut component.updated_at));
    for incident in &mut snapshot.incidents {
        let began = [&mut incident.started_at, &mut incident.created_at];
        all.extend(began.into_iter().chain([&mut incident.updated_at, &mut incident.resolved_at]));
        all.extend(said(&mut incident.updates));
    }
    for work in &mut snapshot.maintenances {
        all.push(&mut work.updated_at);
        all.extend(said(&mut work.updates));
    }
    all
}

#[cfg(test)]
mod tests {
    use domain::Platform;

    use crate::feeds::testing::Given;

    const SUMMARY: &str = include_str!("../../test_data/statuspage/trouble-summary.json");

    #[test]
    fn what_has_happened_is_not_of_the_last_century_and_not_ahead() {
        let posted = r#""created_at": "2026-05-23T07:56:00.000+02:00", "started_at""#;
        assert!(SUMMARY.contains(posted));
        let read = |time: &str| {
            let bent = SUMMARY.replacen(posted, &format!(r#""created_at": "{time}", "started_at""#), 1);
            let statuspage = Given::of(Platform::Statuspage);
            let (mut snapshot, whole) = (statuspage.fresh(bent), statuspage.fresh(SUMMARY));
            snapshot.warnings.retain(|warning| !whole.warnings.contains(warning));
            let incident = snapshot.incidents.iter().find(|it| it.id == "inc000000001").unwrap();
            (incident.created_at.map(|time| time.to_string()), snapshot.warnings)
        };
        let sound = |time: &str| assert_eq!(read(time), (Some(time.to_owned()), Vec::new()));
        sound("2000-01-01T00:00:00Z");
        sound("2026-09-17T12:00:00Z");
        let (time, warnings) = read("2026-09-17T12:00:01Z");
        assert_eq!(
            (time, warnings),
            (None, vec!["times that lie more than two days ahead are left out: 1".to_owned()])
        );
        let (time, warnings) = read("1970-01-01T00:00:00Z");
        assert_eq!((time, warnings.len()), (None, 1), "{warnings:?}");
        assert!(warnings[0].contains("unreadable time created_at '1970-01-01T00:00:00Z'"), "{warnings:?}");
    }

    #[test]
    fn what_is_planned_may_lie_anywhere_ahead() {
        let planned = SUMMARY.replace("2026-05-23T10:00:00.000+02:00", "2030-01-01T00:00:00Z");
        let snapshot = Given::of(Platform::Statuspage).fresh(planned);
        assert_eq!(snapshot.maintenances[0].ends_at, "2030-01-01T00:00:00Z".parse().ok());
        assert!(
            !snapshot.warnings.iter().any(|warning| warning.contains("ahead")),
            "{:?}",
            snapshot.warnings
        );
    }
}
