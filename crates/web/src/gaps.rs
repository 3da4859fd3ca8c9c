//! Gaps of schedules as metrics: how long nobody is on call in the coming year, and when that begins.

use domain::setup::Setup;
use engine::{CommandError, Shell};
use jiff::Timestamp;
use prometheus_client::{
    metrics::{family::Family, gauge::Gauge},
    registry::Registry,
};
use std::sync::Arc;
use store::{Scope, organizations};
use tracing::warn;

use crate::calendar::year_after;

/// Organisations whose schedules are told of; a scrape has to end.
const MOST_ORGANIZATIONS: u32 = 1_000;

type Labelled = Family<Vec<(String, String)>, Gauge>;

/// Adds the gaps of every schedule. Where they can't be told, the other metrics are still worth having.
pub(crate) async fn register(registry: &mut Registry, shell: &Shell) {
    let setups = match shell.read(current(shell)).await {
        Ok(setups) => setups,
        Err(error) => return warn!(%error, "the gaps of schedules were not counted"),
    };
    let now = shell.clock.now();
    // A fraction of a millisecond each, but thousands of them must not hold up other requests.
    let counted = tokio::task::spawn_blocking(move || {
        let (seconds, next) = (Labelled::default(), Labelled::default());
        setups.iter().for_each(|setup| count(setup, now, &seconds, &next));
        (seconds, next)
    });
    let (seconds, next) = match counted.await {
        Ok(counted) => counted,
        Err(error) => return warn!(%error, "the gaps of schedules were not counted"),
    };
    let help = "How long no layer and no override has anyone in the coming year";
    registry.register("schedule_gap_seconds", help, seconds);
    let help = "When no layer and no override has anyone next, where that is within a year";
    registry.register("schedule_next_gap_timestamp_seconds", help, next);
}

fn current(
    shell: &Shell,
) -> impl FnMut(&mut store::Tx<'_>) -> Result<Vec<Arc<Setup>>, CommandError> + Send + 'static {
    let ground = shell.ground();
    move |tx| {
        let mut setups = Vec::new();
        for organization in organizations::list(tx, MOST_ORGANIZATIONS)? {
            setups.extend(ground.setups.readable(&mut Scope::new(tx, organization.id))?);
        }
        Ok(setups)
    }
}

fn count(setup: &Setup, now: Timestamp, seconds: &Labelled, next: &Labelled) {
    for schedule in &setup.schedules {
        let gaps = schedule.gaps(now, year_after(now));
        let labels = vec![
            ("organization".to_owned(), setup.organization.slug.clone()),
            ("schedule".to_owned(), schedule.slug.clone()),
        ];
        seconds.get_or_create(&labels).set(gaps.total.as_secs());
        if let Some(first) = gaps.first.first() {
            next.get_or_create(&labels).set(first.from.as_second());
        }
    }
}
