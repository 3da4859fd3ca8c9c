//! The process watches itself: a sign of life outside after a pass and never else, stuck workers, a clock that is set.

mod clock;
mod command;
mod watchdog;

use std::{
    future::pending,
    pin::Pin,
    sync::{Arc, Mutex},
    task::{Context, Poll, Waker},
    time::Duration,
};

use domain::setup::Secret;
use engine::{
    CommandError, Shell,
    workers::{Auditor, DeadMan, PingMethod, Turn, Worker},
};
use outbound::{
    BoxFuture, FetchError, Mail, MailError, Network, Options, Outbound, Receipt, Request, Response,
};
use store::{Db, Dialect, Error, Job, Lane};
use testkit::{TestApp, app::minutes};

use crate::{outage::team, receivers::Listening};

/// What waits outside.
const PING: &str = "https://outside.test/ping";
const FAIL: &str = "https://outside.test/ping/fail";

fn seconds(count: u64) -> Duration {
    Duration::from_secs(count)
}

fn auditor(url: &str, fail_url: Option<&str>) -> Auditor {
    Auditor::new(Some(DeadMan {
        url: Secret::new(url),
        fail_url: fail_url.map(Secret::new),
        method: PingMethod::Get,
        interval: seconds(60),
    }))
}

/// An outside that answers with a status, or not at all, and keeps what it was asked.
#[derive(Default)]
struct Outside {
    asked: Mutex<Vec<String>>,
    says: Option<u16>,
}

impl Outside {
    fn that_says(status: u16) -> Arc<Self> {
        Arc::new(Self { says: Some(status), ..Self::default() })
    }

    fn silent() -> Arc<Self> {
        Arc::default()
    }

    /// Returns what was asked since this was asked last.
    fn asked(&self) -> Vec<String> {
        std::mem::take(&mut self.asked.lock().unwrap())
    }
}

impl Outbound for Outside {
    fn fetch(&self, request: Request) -> BoxFuture<'_, Result<Response, FetchError>> {
        let body = String::from_utf8_lossy(&request.body).into_owned();
        self.asked.lock().unwrap().push(format!("{} {} {body}", request.method, request.url));
        let Some(status) = self.says else { return Box::pin(pending()) };
        let response =
            Response { status, headers: Vec::new(), body: Vec::new().into(), final_url: request.url };
        Box::pin(std::future::ready(Ok(response)))
    }

    fn mail(&self, _mail: Mail) -> BoxFuture<'_, Result<Receipt, MailError>> {
        Box::pin(std::future::ready(Err(MailError::NotNow("no mail goes here".to_owned()))))
    }
}

/// How a ledger is in trouble.
#[derive(Clone, Copy)]
enum Trouble {
    /// No question is ever answered.
    Hangs,
    /// It can be read.
    ReadOnly,
}

struct TroubledDb(Arc<dyn Db>, Trouble);

impl Db for TroubledDb {
    fn run(&self, _lane: Lane, _job: Job) -> store::BoxFuture<Result<(), Error>> {
        match self.1 {
            Trouble::Hangs => Box::pin(pending()),
            Trouble::ReadOnly => {
                Box::pin(std::future::ready(Err(Error::unavailable("attempt to write a readonly database"))))
            }
        }
    }

    fn run_read(&self, job: Job) -> store::BoxFuture<Result<(), Error>> {
        match self.1 {
            Trouble::Hangs => Box::pin(pending()),
            Trouble::ReadOnly => self.0.run_read(job),
        }
    }

    fn dialect(&self) -> Dialect {
        self.0.dialect()
    }
}

/// The shell with another outside; the rest of the world stays.
fn facing(app: &TestApp, outside: &Arc<Outside>) -> Shell {
    Shell { outbound: Arc::clone(outside) as Arc<dyn Outbound>, ..app.shell().clone() }
}

fn with_trouble(shell: &Shell, trouble: Trouble) -> Shell {
    Shell { ledger: Arc::new(TroubledDb(Arc::clone(&shell.ledger), trouble)), ..shell.clone() }
}

/// Polls as often as anything needs that waits for nobody.
fn poll<T>(future: &mut Pin<Box<dyn Future<Output = T> + Send + '_>>) -> Poll<T> {
    let mut context = Context::from_waker(Waker::noop());
    (0..1_000).map(|_| future.as_mut().poll(&mut context)).find(Poll::is_ready).unwrap_or(Poll::Pending)
}

fn turn(auditor: &Auditor, shell: &Shell) -> Result<Turn, CommandError> {
    match poll(&mut auditor.turn(shell)) {
        Poll::Ready(turn) => turn,
        Poll::Pending => panic!("the auditor waits for nobody"),
    }
}

/// Lets time pass without a turn of anybody else.
fn pass(app: &TestApp, span: Duration) {
    app.world().clock.set(app.now().checked_add(span).unwrap());
}

/// Lets the auditor take an audit now.
fn audit(app: &TestApp, auditor: &Auditor, shell: &Shell) {
    pass(app, seconds(60));
    turn(auditor, shell).unwrap();
}

/// Ana was paged a minute ago, and Bo will be in four.
fn outage() -> TestApp {
    let mut app = TestApp::start(&team(""), &["commerce"]);
    app.provider_sets("commerce", "Checkout", "major_outage");
    app.advance(minutes(2));
    app.expect("Ana", "page");
    app
}

#[test]
fn a_ping_reaches_the_outside_after_a_pass_and_none_before() {
    let app = outage();
    let outside = Listening::web();
    let options = Options { allow: vec!["127.0.0.0/8".parse().unwrap()], ..Options::default() };
    let shell = Shell { outbound: Arc::new(Network::new(options).unwrap()), ..app.shell().clone() };
    let auditor = auditor(&format!("http://127.0.0.1:{}/ping/uuid", outside.port), None);
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let began = app.now();
    let due = Turn::IdleUntil(began.checked_add(seconds(15)).ok());
    assert_eq!(runtime.block_on(auditor.turn(&shell)).unwrap(), due);
    assert!(outside.is_quiet() && shell.meters.passed_at() == 0);
    pass(&app, seconds(15));
    let due = Turn::IdleUntil(began.checked_add(seconds(75)).ok());
    assert_eq!(runtime.block_on(auditor.turn(&shell)).unwrap(), due);
    assert!(outside.next().starts_with("GET /ping/uuid HTTP/1.1\r\n"));
    assert_eq!(shell.meters.passed_at(), app.now().as_second());
    assert_eq!(shell.meters.pinged_at(), app.now().as_second());
    assert_eq!(runtime.block_on(auditor.turn(&shell)).unwrap(), due, "the next has its time");
    assert!(outside.is_quiet());
}

#[test]
fn an_overdue_escalation_stops_the_pings_and_is_told_once_until_it_is_over() {
    let mut app = outage();
    let (outside, auditor) = (Outside::that_says(200), auditor(PING, Some(FAIL)));
    let shell = facing(&app, &outside);
    turn(&auditor, &shell).unwrap();
    audit(&app, &auditor, &shell);
    assert_eq!(outside.asked(), [format!("GET {PING} ")]);
    // Nobody takes Bo's step.
    pass(&app, seconds(240));
    for _ in 0..3 {
        audit(&app, &auditor, &shell);
        let asked = outside.asked();
        let [told] = asked.as_slice() else { panic!("{asked:?}") };
        assert!(told.starts_with(&format!("POST {FAIL} escalation of incident #1 (")), "{told}");
        assert!(told.contains("ago, and nobody has taken it up"), "{told}");
    }
    let found = shell.meters.findings().map(|(kind, count)| (kind.word(), count));
    assert!(found.contains(&("escalation_late", 1)), "{found:?}");
    app.advance(minutes(0));
    app.expect("Bo", "page");
    let notice = app.expect("Ana", "notice");
    assert!(notice.contains("Midwatch fails its own audit: escalation of incident #1 ("), "{notice}");
    app.expect("Ana", "Notice");
    assert_eq!(app.incidents().len(), 2, "three failures are one trouble");
    app.acknowledge("Bo", 1);
    app.expect("Ana", "acknowledged");
    for _ in 0..3 {
        assert!(!app.incident(2).is_resolved());
        app.advance(minutes(1));
        turn(&auditor, &shell).unwrap();
        assert_eq!(outside.asked(), [format!("GET {PING} ")], "a pass is told outside at once");
    }
    app.advance(minutes(0));
    assert!(app.expect("Ana", "resolved").contains("Midwatch fails its own audit"));
    app.expect("Ana", "Resolved");
}

#[test]
fn a_ledger_that_does_not_answer_or_takes_no_write_stops_the_pings() {
    let app = outage();
    let (outside, auditor) = (Outside::that_says(200), auditor(PING, Some(FAIL)));
    let shell = facing(&app, &outside);
    turn(&auditor, &shell).unwrap();

    let read_only = with_trouble(&shell, Trouble::ReadOnly);
    audit(&app, &auditor, &read_only);
    let told = format!(
        "POST {FAIL} ledger: no answer: database unavailable: attempt to write a readonly database\n"
    );
    assert_eq!(outside.asked(), [told]);

    let hung = with_trouble(&shell, Trouble::Hangs);
    pass(&app, seconds(60));
    {
        let mut turn = auditor.turn(&hung);
        assert!(poll(&mut turn).is_pending() && outside.asked().is_empty());
        pass(&app, seconds(10));
        assert!(matches!(poll(&mut turn), Poll::Ready(Ok(_))));
    }
    assert_eq!(outside.asked(), [format!("POST {FAIL} ledger: no answer: nothing within 10 s\n")]);
    assert_eq!((shell.meters.passed_at(), shell.meters.pinged_at()), (0, 0));

    audit(&app, &auditor, &shell);
    assert_eq!(outside.asked(), [format!("GET {PING} ")]);
}

#[test]
fn an_outside_in_trouble_costs_a_ping_and_nothing_else() {
    let mut app = outage();
    for (outside, what) in
        [(Outside::that_says(302), "redirects"), (Outside::that_says(503), "is in trouble")]
    {
        let (shell, auditor) = (facing(&app, &outside), auditor(PING, None));
        turn(&auditor, &shell).unwrap();
        pass(&app, seconds(15));
        turn(&auditor, &shell).unwrap();
        assert_eq!((outside.asked().len(), shell.meters.pinged_at()), (1, 0), "it {what}");
        assert_eq!(shell.meters.passed_at(), app.now().as_second(), "it {what}");
    }
    let (outside, auditor) = (Outside::silent(), auditor(PING, None));
    let shell = facing(&app, &outside);
    turn(&auditor, &shell).unwrap();
    pass(&app, seconds(15));
    {
        let mut turn = auditor.turn(&shell);
        assert!(poll(&mut turn).is_pending());
        // While it waits, those who page do their work.
        app.advance(minutes(4));
        app.expect("Bo", "page");
        assert!(matches!(poll(&mut turn), Poll::Ready(Ok(Turn::IdleUntil(Some(_))))));
    }
    assert_eq!((outside.asked().len(), shell.meters.pinged_at()), (1, 0));
}

#[test]
fn a_redirect_is_not_followed_and_a_refusal_by_the_guard_is_no_ping() {
    let app = outage();
    let elsewhere = Listening::web();
    let to = format!("http://127.0.0.1:{}/elsewhere", elsewhere.port);
    let answer =
        format!("HTTP/1.1 302 Found\r\nlocation: {to}\r\ncontent-length: 0\r\nconnection: close\r\n\r\n");
    let outside = Listening::web_that_says(answer.leak());
    let url = format!("http://127.0.0.1:{}/ping", outside.port);
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let pinged = |allow: &[&str]| {
        let allow = allow.iter().map(|network| network.parse().unwrap()).collect();
        let network = Network::new(Options { allow, ..Options::default() }).unwrap();
        let shell = Shell { outbound: Arc::new(network), ..app.shell().clone() };
        let auditor = auditor(&url, None);
        runtime.block_on(auditor.turn(&shell)).unwrap();
        pass(&app, seconds(15));
        runtime.block_on(auditor.turn(&shell)).unwrap();
        shell.meters.pinged_at()
    };
    assert_eq!(pinged(&[]), 0);
    assert!(outside.is_quiet());
    assert_eq!(pinged(&["127.0.0.0/8"]), 0);
    assert!(outside.next().starts_with("GET /ping ") && elsewhere.is_quiet());
}
