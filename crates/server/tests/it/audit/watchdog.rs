//! Workers that hang: found by name, told to whoever asks, and the end of the process where they page.

use std::cell::Cell;

use axum::body::{Body, to_bytes};
use domain::watchdog::Watchdog;
use engine::{drive, pulse, workers};
use tokio_util::sync::CancellationToken;
use tower::ServiceExt;

use super::*;

/// Looks every second for so long; returns how often the process would have been ended.
fn watch(app: &TestApp, watchdog: &mut Watchdog, span: u64) -> u32 {
    let ends = Cell::new(0);
    for _ in 0..span {
        pass(app, seconds(1));
        pulse::look(app.shell(), watchdog, &|| ends.set(ends.get() + 1));
    }
    ends.get()
}

/// What the admin listener answers.
fn ask(app: &TestApp, path: &str) -> (u16, String) {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        let request = axum::http::Request::get(path).body(Body::empty()).unwrap();
        let response = web::admin(app.shell()).oneshot(request).await.unwrap();
        let status = response.status().as_u16();
        let bytes = to_bytes(response.into_body(), 1 << 20).await.unwrap();
        (status, String::from_utf8(bytes.to_vec()).unwrap())
    })
}

#[test]
fn each_worker_that_hangs_is_found_and_those_that_page_end_the_process() {
    let mut all = workers::all();
    all.push(Box::new(auditor(PING, None)));
    for worker in all {
        let app = TestApp::start(&team(""), &["commerce"]);
        let mut hung = with_trouble(&facing(&app, &Outside::silent()), Trouble::Hangs);
        hung.history = Arc::clone(&hung.ledger);
        let stop = CancellationToken::new();
        let mut driven: Pin<Box<dyn Future<Output = ()> + Send + '_>> =
            Box::pin(drive::run(&*worker, &hung, &stop));
        assert!(poll(&mut driven).is_pending());
        let (name, mut watchdog) = (worker.name(), Watchdog::default());
        let patience = match name {
            "escalator" => 60,
            "notifier" => 135,
            _ => 180,
        };
        assert_eq!(watch(&app, &mut watchdog, patience), 0);
        assert!(app.shell().pulse.stuck().is_empty(), "{name} has its time");
        let ends = watch(&app, &mut watchdog, 2);
        let pages = matches!(name, "escalator" | "notifier");
        assert_eq!(ends > 0, pages, "{name}");
        let stuck = app.shell().pulse.stuck();
        let names: Vec<_> = stuck.iter().map(|stuck| stuck.worker).collect();
        assert_eq!(names, [name]);
    }
}

#[test]
fn a_stuck_worker_stops_the_pings_and_is_shown_to_whoever_asks() {
    let app = outage();
    let (outside, auditor) = (Outside::that_says(200), auditor(PING, Some(FAIL)));
    let shell = facing(&app, &outside);
    turn(&auditor, &shell).unwrap();
    assert_eq!(ask(&app, "/readyz"), (200, "ready\n".to_owned()));
    let stop = CancellationToken::new();
    let hung = with_trouble(&shell, Trouble::Hangs);
    let publisher = workers::Publisher::default();
    let mut driven: Pin<Box<dyn Future<Output = ()> + Send + '_>> =
        Box::pin(drive::run(&publisher, &hung, &stop));
    assert!(poll(&mut driven).is_pending());
    let mut watchdog = Watchdog::default();
    watch(&app, &mut watchdog, 182);
    turn(&auditor, &shell).unwrap();
    let asked = outside.asked();
    assert!(
        asked[0].starts_with(&format!("POST {FAIL} worker publisher: has not finished a turn for 3m02s")),
        "{asked:?}"
    );
    let (status, said) = ask(&app, "/readyz");
    assert_eq!(status, 503);
    let doing = "in its turn, waiting for the ledger";
    assert_eq!(said, format!("worker publisher is stuck, without a sign of life for 182 s: {doing}\n"));
    let (_, metrics) = ask(&app, "/metrics");
    for line in [
        "midwatch_worker_stuck{worker=\"publisher\"} 1",
        "midwatch_worker_silence_seconds{worker=\"publisher\"} 182",
        "midwatch_audit_findings{kind=\"worker_stuck\"} 1",
        "midwatch_audit_last_pass_timestamp_seconds 0",
        "midwatch_dead_man_last_ping_timestamp_seconds 0",
        "midwatch_log_lines_dropped_total 0",
    ] {
        assert!(metrics.lines().any(|it| it == line), "{line} is not in {metrics}");
    }
}

#[test]
fn a_worker_that_gets_slow_answers_of_the_ledger_is_not_stuck() {
    let app = outage();
    let stop = CancellationToken::new();
    let shell = with_trouble(app.shell(), Trouble::ReadOnly);
    let mut driven: Pin<Box<dyn Future<Output = ()> + Send + '_>> =
        Box::pin(drive::run(&workers::Escalator, &shell, &stop));
    let mut watchdog = Watchdog::default();
    for _ in 0..20 {
        assert!(poll(&mut driven).is_pending());
        assert_eq!(watch(&app, &mut watchdog, 10), 0);
    }
    assert!(shell.pulse.stuck().is_empty());
}
