//! The admin listener: metrics, whether we live, whether we are ready. Never on the public listener.

use std::{sync::Arc, time::Duration};

use axum::{
    Router,
    extract::State,
    http::{StatusCode, header},
    response::{IntoResponse, Response},
    routing::get,
};
use engine::{
    Shell,
    meters::{LATE_MS, Meters},
    reach,
};
use jiff::tz::TimeZone;
use prometheus_client::{
    encoding::text::encode,
    metrics::{counter::Counter, family::Family, gauge::Gauge},
    registry::Registry,
};
use store::{notifications, postmortems, providers, subscribers};

use crate::gaps;

pub(crate) fn routes() -> Router<Shell> {
    Router::new()
        .route("/healthz", get(|| async { "ok\n" }))
        .route("/readyz", get(ready))
        .route("/metrics", get(metrics))
}

/// Ready means that the ledger answers and that no worker is stuck.
async fn ready(State(shell): State<Shell>) -> Response {
    let stuck = shell.pulse.stuck();
    if !stuck.is_empty() {
        let lines = stuck.iter().map(|it| {
            format!(
                "worker {} is stuck, without a sign of life for {} s: {}\n",
                it.worker,
                it.silent.as_secs(),
                it.doing
            )
        });
        return (StatusCode::SERVICE_UNAVAILABLE, lines.collect::<String>()).into_response();
    }
    match shell.read(|tx| Ok(providers::next_due(tx)?)).await {
        Ok(_) => "ready\n".into_response(),
        Err(error) => (StatusCode::SERVICE_UNAVAILABLE, format!("{error}\n")).into_response(),
    }
}

async fn metrics(State(shell): State<Shell>) -> Response {
    let now = shell.clock.now();
    let setups = Arc::clone(&shell.setups);
    let read = shell.read(move |tx| {
        let due = [
            ("poller", providers::next_due(tx)?),
            ("notifier", notifications::next_due(tx)?),
            ("announcer", subscribers::news_due(tx)?),
        ];
        let out_of_reach = reach::count_on_call(tx, &setups, now)?;
        let actions = postmortems::count_open(tx, now.to_zoned(TimeZone::UTC).date())?;
        let unreached = [out_of_reach, reach::count_unusable(tx, &setups)?];
        Ok((notifications::count_by_state(tx)?, due, unreached, actions))
    });
    let (states, due, [out_of_reach, unusable], actions) = match read.await {
        Ok(read) => read,
        Err(error) => return (StatusCode::SERVICE_UNAVAILABLE, format!("{error}\n")).into_response(),
    };
    let mut registry = Registry::with_prefix("midwatch");
    let counts = Family::<Vec<(String, String)>, Gauge>::default();
    for (state, count) in states {
        counts.get_or_create(&vec![("state".to_owned(), state.word().to_owned())]).set(count);
    }
    registry.register("notifications", "Notifications by state", counts);
    let late = |due: Option<jiff::Timestamp>| due.map_or(0, |due| now.duration_since(due).as_secs().max(0));
    let lags = Family::<Vec<(String, String)>, Gauge>::default();
    for (worker, due) in due {
        lags.get_or_create(&vec![("worker".to_owned(), worker.to_owned())]).set(late(due));
    }
    registry.register("overdue_seconds", "How late the oldest due work of a worker is", lags);
    register_reach(&mut registry, out_of_reach, unusable);
    register_actions(&mut registry, actions);
    let pages = Gauge::<i64>::default();
    pages.set(i64::try_from(shell.shelf.paths().len()).unwrap_or(i64::MAX));
    registry.register("pages", "Public pages on the shelf", pages);
    register_polling(&mut registry, &shell.meters);
    gaps::register(&mut registry, &shell).await;
    register_audit(&mut registry, &shell);
    let connections = shell.outbound.connections();
    register_connections(&mut registry, [connections.opened(), connections.reused()], connections.idle());
    let mut text = String::new();
    match encode(&mut text, &registry) {
        Ok(()) => {
            let kind = "application/openmetrics-text; version=1.0.0; charset=utf-8";
            ([(header::CONTENT_TYPE, kind)], text).into_response()
        }
        Err(error) => (StatusCode::INTERNAL_SERVER_ERROR, format!("{error}\n")).into_response(),
    }
}

/// Whom pages can't reach.
fn register_reach(registry: &mut Registry, out_of_reach: usize, unusable: usize) {
    for (name, help, count) in [
        ("unreachable_on_call", "People on call of whom no contact is known to work", out_of_reach),
        ("unusable_contacts", "Contacts and channels that this server can hand nothing to", unusable),
    ] {
        let gauge = Gauge::<i64>::default();
        gauge.set(i64::try_from(count).unwrap_or(i64::MAX));
        registry.register(name, help, gauge);
    }
}

/// What is to be done after incidents.
fn register_actions(registry: &mut Registry, actions: postmortems::OpenActions) {
    let counts = Family::<Vec<(String, String)>, Gauge>::default();
    for (state, count) in [("open", actions.open), ("overdue", actions.overdue)] {
        counts.get_or_create(&vec![("state".to_owned(), state.to_owned())]).set(count);
    }
    registry.register(
        "postmortem_actions",
        "What is to be done after incidents; overdue is part of open",
        counts,
    );
}

/// What connections polls were made over.
fn register_connections(registry: &mut Registry, [opened, reused]: [u64; 2], kept: usize) {
    let counts = Family::<Vec<(String, String)>, Counter>::default();
    for (how, count) in [("opened", opened), ("reused", reused)] {
        counts.get_or_create(&vec![("how".to_owned(), how.to_owned())]).inc_by(count);
    }
    registry.register("connections", "Requests by the connection they went over", counts);
    let idle = Gauge::<i64>::default();
    idle.set(i64::try_from(kept).unwrap_or(i64::MAX));
    registry.register("connections_idle", "Connections that are kept and not in use", idle);
}

/// What the process thinks of itself.
fn register_audit(registry: &mut Registry, shell: &Shell) {
    let (meters, elapsed) = (&shell.meters, shell.clock.elapsed());
    let labelled = |name: &str, value: &str| vec![(name.to_owned(), value.to_owned())];
    let findings = Family::<Vec<(String, String)>, Gauge>::default();
    for (kind, count) in meters.findings() {
        let count = i64::try_from(count).unwrap_or(i64::MAX);
        findings.get_or_create(&labelled("kind", kind.word())).set(count);
    }
    registry.register("audit_findings", "What the last self-audit found, by kind", findings);
    let passed = Gauge::<i64>::default();
    passed.set(meters.passed_at());
    registry.register(
        "audit_last_pass_timestamp_seconds",
        "When a self-audit passed last; 0 for never",
        passed,
    );
    let pinged = Gauge::<i64>::default();
    pinged.set(meters.pinged_at());
    let help = "When the dead man's switch outside took a ping last; 0 for never";
    registry.register("dead_man_last_ping_timestamp_seconds", help, pinged);
    let (silence, stuck) = (
        Family::<Vec<(String, String)>, Gauge>::default(),
        Family::<Vec<(String, String)>, Gauge>::default(),
    );
    let found = shell.pulse.stuck();
    for beat in shell.pulse.beats() {
        let silent = elapsed.saturating_sub(beat.seen_at).as_secs();
        let labels = labelled("worker", beat.worker);
        silence.get_or_create(&labels).set(i64::try_from(silent).unwrap_or(i64::MAX));
        stuck.get_or_create(&labels).set(found.iter().any(|it| it.worker == beat.worker).into());
    }
    registry.register("worker_silence_seconds", "How long ago a worker gave its last sign of life", silence);
    registry.register("worker_stuck", "Whether a worker gives no sign of life any more", stuck);
    let lost = Counter::<u64>::default();
    lost.inc_by(meters.lines_lost());
    registry.register("log_lines_dropped", "Lines of the log that were dropped since nobody took them", lost);
    let aside = Counter::<u64>::default();
    aside.inc_by(meters.times_set_aside());
    registry.register("messages_set_aside", "How often a message could not be made and was put off", aside);
    let purged = Family::<Vec<(String, String)>, Counter>::default();
    for (table, rows) in meters.rows_purged() {
        purged.get_or_create(&labelled("table", table)).inc_by(rows);
    }
    registry.register("rows_purged", "Rows that were forgotten since they were kept long enough", purged);
}

/// How polls go and how late they begin.
fn register_polling(registry: &mut Registry, meters: &Meters) {
    let polls = Family::<Vec<(String, String)>, Counter>::default();
    for (outcome, count) in meters.polls() {
        polls.get_or_create(&vec![("outcome".to_owned(), outcome.to_owned())]).inc_by(count);
    }
    registry.register("polls", "Polls by how they went", polls);
    let lateness = Family::<Vec<(String, String)>, Counter>::default();
    let (classes, sum_ms) = meters.lateness();
    let bounds = LATE_MS.iter().map(|ms| format!("{:?}", Duration::from_millis(*ms).as_secs_f64()));
    for (bound, count) in bounds.chain(["+Inf".to_owned()]).zip(classes) {
        lateness.get_or_create(&vec![("within".to_owned(), bound)]).inc_by(count);
    }
    registry.register(
        "poll_lateness",
        "Polls that began at most so many seconds after they were due",
        lateness,
    );
    let total = Counter::<u64>::default();
    total.inc_by(sum_ms);
    registry.register("poll_lateness_milliseconds", "How late all polls together began", total);
    let cut = Gauge::<i64>::default();
    cut.set(meters.is_cut_off().into());
    registry.register("cut_off", "Whether neither providers nor anchors can be reached", cut);
}
