//! The admin listener: metrics, whether we live, whether we are ready. Never on the public listener.

use axum::{
    Router,
    extract::State,
    http::{StatusCode, header},
    response::{IntoResponse, Response},
    routing::get,
};
use engine::Shell;
use prometheus_client::{
    encoding::text::encode, metrics::family::Family, metrics::gauge::Gauge, registry::Registry,
};
use store::{notifications, providers, subscribers};

pub(crate) fn routes() -> Router<Shell> {
    Router::new()
        .route("/healthz", get(|| async { "ok\n" }))
        .route("/readyz", get(ready))
        .route("/metrics", get(metrics))
}

/// Ready means that the ledger answers.
async fn ready(State(shell): State<Shell>) -> Response {
    match shell.read(|tx| Ok(providers::next_due(tx)?)).await {
        Ok(_) => "ready\n".into_response(),
        Err(error) => (StatusCode::SERVICE_UNAVAILABLE, format!("{error}\n")).into_response(),
    }
}

async fn metrics(State(shell): State<Shell>) -> Response {
    let now = shell.clock.now();
    let read = shell.read(move |tx| {
        let due = [
            ("poller", providers::next_due(tx)?),
            ("notifier", notifications::next_due(tx)?),
            ("announcer", subscribers::news_due(tx)?),
        ];
        Ok((notifications::count_by_state(tx)?, due))
    });
    let (states, due) = match read.await {
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
    let pages = Gauge::<i64>::default();
    pages.set(i64::try_from(shell.shelf.paths().len()).unwrap_or(i64::MAX));
    registry.register("pages", "Public pages on the shelf", pages);
    let mut text = String::new();
    match encode(&mut text, &registry) {
        Ok(()) => {
            let kind = "application/openmetrics-text; version=1.0.0; charset=utf-8";
            ([(header::CONTENT_TYPE, kind)], text).into_response()
        }
        Err(error) => (StatusCode::INTERNAL_SERVER_ERROR, format!("{error}\n")).into_response(),
    }
}
