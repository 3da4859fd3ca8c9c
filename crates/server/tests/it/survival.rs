//! Readers are served whatever becomes of the database: while it is gone, when it is gone at the start, and by the program that
//! was there before as long as this one has drawn nothing.

use std::{
    fs,
    io::{BufRead, BufReader, Read, Write},
    net::{TcpListener, TcpStream},
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    sync::{Arc, mpsc},
    time::Duration,
};

use engine::{
    Shell,
    shelf::Shelf,
    workers::{Publisher, Turn, Worker},
};
use store::{BoxFuture, Db, Dialect, Error, Job, Lane};
use testkit::{TestApp, app::minutes};

use crate::{outage::team, reader::Reader};

/// A database that is gone.
struct Gone;

impl Db for Gone {
    fn run(&self, _: Lane, _: Job) -> BoxFuture<Result<(), Error>> {
        Box::pin(async { Err(Error::unavailable("it was stopped")) })
    }

    fn run_read(&self, _: Job) -> BoxFuture<Result<(), Error>> {
        Box::pin(async { Err(Error::unavailable("it was stopped")) })
    }

    fn dialect(&self) -> Dialect {
        Dialect::Sqlite
    }
}

#[test]
fn pages_go_on_while_the_database_is_gone() {
    let mut app = TestApp::start(&team(""), &["commerce"]);
    app.advance(minutes(2));
    // Pictures are no text.
    let mut paths = app.shell().shelf.paths();
    paths.retain(|path| !path.ends_with(".ico") && !path.ends_with(".png"));
    let stood: Vec<(u16, String)> = answers(&Reader::of(&app), &paths);
    assert!(
        paths.iter().any(|path| path == "/status/acme") && stood.iter().all(|(status, _)| *status == 200)
    );
    let mut there = None;
    app.set_ledger(|ledger| {
        there = Some(ledger);
        Arc::new(Gone)
    });
    let reader = Reader::of(&app);
    assert_eq!(answers(&reader, &paths), stood);
    let page = reader.get("/status/acme");
    assert!(page.header("cache-control").unwrap().contains("stale-if-error=86400"));
    let etag = page.header("etag").unwrap().to_owned();
    let again = reader.ask(axum::http::Method::GET, "/status/acme", &[("if-none-match", &etag)], "");
    assert_eq!(again.status, 304);
    let refused =
        reader.ask(axum::http::Method::GET, "/api/v1/services", &[("authorization", "Bearer x")], "");
    assert_eq!(refused.status, 503, "{}", refused.body);
    app.set_ledger(|_| there.unwrap());
}

fn answers(reader: &Reader, paths: &[String]) -> Vec<(u16, String)> {
    paths.iter().map(|path| reader.get(path)).map(|answer| (answer.status, answer.body)).collect()
}

#[test]
fn what_another_program_drew_goes_when_this_one_has_drawn_everything() {
    let app = TestApp::start(&team(""), &["commerce"]);
    let folder = Folder::new("generations");
    let page = |path: &str| render::Page {
        path: path.to_owned(),
        content_type: "text/html; charset=utf-8",
        body: b"of a bad release".to_vec(),
    };
    let bad = Shelf::open(&folder.0, "bad0bad0bad0").unwrap();
    bad.put("/status/acme", vec![page("/status/acme"), page("/status/acme/odd")]).unwrap();
    bad.put("/status/gone", vec![page("/status/gone")]).unwrap();
    let shelf = Arc::new(Shelf::open(&folder.0, "900d900d900d").unwrap());
    assert_eq!(shelf.paths(), ["/status/acme", "/status/acme/odd", "/status/gone"]);
    let shell = Shell { shelf: Arc::clone(&shelf), ..app.shell().clone() };
    let (publisher, runtime) = (Publisher::default(), runtime());
    while runtime.block_on(publisher.turn(&shell)).unwrap() == Turn::More {}
    assert!(shelf.get("/status/acme").unwrap().etag.starts_with("900d900d900d-"));
    assert!(shelf.get("/status/acme/odd").is_none() && shelf.get("/status/gone").is_none());
    let kept = fs::read_dir(&folder.0).unwrap().map(|entry| entry.unwrap().file_name());
    assert_eq!(kept.collect::<Vec<_>>(), ["900d900d900d"]);
}

#[test]
fn a_page_that_could_not_be_kept_is_drawn_and_kept_again() {
    let mut app = TestApp::start(&team(""), &["commerce"]);
    let folder = Folder::new("unkept");
    let own = folder.0.join("900d900d900d");
    let shelf = Arc::new(Shelf::open(&folder.0, "900d900d900d").unwrap());
    let shell = Shell { shelf: Arc::clone(&shelf), ..app.shell().clone() };
    let (publisher, runtime) = (Publisher::default(), runtime());
    while runtime.block_on(publisher.turn(&shell)).unwrap() == Turn::More {}
    app.provider_sets("commerce", "Checkout", "major_outage");
    app.advance(minutes(2));
    app.arrivals_at("https://phone.test/ana");
    let (page, now) = (app.world().setup.status_pages[0].id, app.now());
    let mark = move |tx: &mut store::Tx<'_>| {
        Ok(store::stale_pages::mark(tx, store::stale_pages::PageKind::StatusPage, page.0, now)?)
    };
    app.world().write(mark);
    let away = folder.0.join("away");
    fs::rename(&own, &away).unwrap();
    let again = runtime.block_on(publisher.turn(&shell)).unwrap();
    assert_eq!(again, Turn::IdleUntil(Some(now + jiff::SignedDuration::from_secs(30))));
    fs::rename(&away, &own).unwrap();
    runtime.block_on(publisher.turn(&shell)).unwrap();
    let kept = Shelf::open(&folder.0, "900d900d900d").unwrap().get("/status/acme").unwrap();
    assert!(String::from_utf8_lossy(&kept.plain).contains("Major outage"));
}

#[test]
fn an_outage_draws_the_pages_that_show_what_it_touches_and_no_others() {
    let more = r#"
        [[provider]]
        slug = "cloud"
        name = "Cloud"
        category = "Hosting"
        feed = "https://cloud.status.test/api/v2/summary.json"
        [[service]]
        slug = "builds"
        depends_on = [ { provider = "cloud" } ]
        [[status_page]]
        slug = "builds"
        title = "Builds"
        group = [ { name = "Builds", services = ["builds"] } ]
        [[status_page]]
        slug = "all"
        title = "All"
        group = [ { name = "All", services = ["builds", "checkout"] } ]
    "#;
    let mut app = TestApp::start(&(team("") + more), &["commerce", "cloud"]);
    app.advance(minutes(5));
    let mut drawn = app.shell().shelf.listen();
    let mut heard = || {
        let mut sets = std::collections::BTreeSet::new();
        while let Ok(set) = drawn.try_recv() {
            sets.extend(set.starts_with("/status/").then(|| set.to_string()));
        }
        sets.into_iter().collect::<Vec<_>>()
    };
    heard();
    app.provider_sets("commerce", "Checkout", "major_outage");
    app.advance(minutes(2));
    app.expect("Ana", "page");
    assert_eq!(heard(), ["/status/acme", "/status/all"]);
    app.provider_sets("commerce", "Checkout", "operational");
    app.advance(minutes(4));
    app.expect("Ana", "resolved");
    assert!(app.page("/status/acme").contains("All services operational"));
    assert_eq!(heard(), ["/status/acme", "/status/all"]);
    app.provider_sets("cloud", "Checkout", "degraded_performance");
    app.advance(minutes(4));
    assert_eq!(heard(), ["/status/all", "/status/builds"]);
}

fn runtime() -> tokio::runtime::Runtime {
    tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap()
}

/// A folder that is removed at the end.
struct Folder(PathBuf);

impl Folder {
    fn new(name: &str) -> Self {
        let folder = std::env::temp_dir().join(format!("midwatch_survival_{}_{name}", std::process::id()));
        drop(fs::remove_dir_all(&folder));
        fs::create_dir_all(&folder).unwrap();
        Self(folder)
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        drop(fs::remove_dir_all(&self.0));
    }
}

/// A real process that serves, killed when it is forgotten.
struct Serving {
    child: Child,
    lines: mpsc::Receiver<String>,
}

/// How long a process may take for what it is waited for.
const PATIENCE: Duration = Duration::from_secs(60);

impl Serving {
    fn start(config: &Path) -> Self {
        let mut command = Command::new(env!("CARGO_BIN_EXE_midwatch"));
        for (name, _) in
            std::env::vars_os().filter(|(name, _)| name.to_string_lossy().starts_with("MIDWATCH"))
        {
            command.env_remove(name);
        }
        let command = command.arg("--config").arg(config).arg("serve");
        let mut child = command.stdout(Stdio::null()).stderr(Stdio::piped()).spawn().unwrap();
        let log = child.stderr.take().unwrap();
        let (tell, lines) = mpsc::channel();
        std::thread::spawn(move || {
            // Nobody may be listening any more.
            BufReader::new(log).lines().map_while(Result::ok).for_each(|line| drop(tell.send(line)));
        });
        Self { child, lines }
    }

    /// Waits until the log says this.
    fn says(&self, wanted: &str) {
        let mut heard = Vec::new();
        while let Ok(line) = self.lines.recv_timeout(PATIENCE) {
            if line.contains(wanted) {
                return;
            }
            heard.push(line);
        }
        panic!("nothing of {wanted:?} in {heard:#?}");
    }
}

impl Drop for Serving {
    fn drop(&mut self) {
        drop(self.child.kill());
        self.child.wait().unwrap();
    }
}

/// Asks over the network; returns the status and the rest of the answer.
#[expect(clippy::disallowed_methods, reason = "the process under test listens on this machine")]
fn ask(port: u16, path: &str) -> Option<(u16, String)> {
    let mut stream = TcpStream::connect(("127.0.0.1", port)).ok()?;
    write!(stream, "GET {path} HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n").ok()?;
    let mut answer = String::new();
    stream.read_to_string(&mut answer).ok()?;
    let (head, body) = answer.split_once("\r\n\r\n")?;
    Some((head.split(' ').nth(1)?.parse().ok()?, body.to_owned()))
}

/// Returns ports that nobody listens on.
fn free_ports() -> [u16; 2] {
    let taken = [(); 2].map(|()| TcpListener::bind("127.0.0.1:0").unwrap());
    taken.map(|listener| listener.local_addr().unwrap().port())
}

#[test]
fn serve_comes_up_for_readers_without_its_database_and_for_everybody_when_it_is_back() {
    let folder = Folder::new("standby");
    let [port, admin] = free_ports();
    let data = folder.0.display();
    let config = folder.0.join("midwatch.toml");
    let text = format!(
        "[server]\nlisten = \"127.0.0.1:{port}\"\nadmin_listen = \"127.0.0.1:{admin}\"\n\
         public_url = \"http://127.0.0.1:{port}\"\ndata_dir = \"{data}/data\"\n\
         [database]\nurl = \"sqlite://{data}/ledger.db\"\n[catalog]\nbuiltin = false\n\
         [organization]\nslug = \"acme\"\n[[service]]\nslug = \"checkout\"\n\
         [[status_page]]\nslug = \"acme\"\ntitle = \"Acme\"\n[[status_page.group]]\nname = \"Shop\"\nservices = [\"checkout\"]\n"
    );
    fs::write(&config, text).unwrap();
    let first = Serving::start(&config);
    first.says("every public page was drawn");
    let (_, page) = ask(port, "/status/acme").unwrap();
    assert!(page.contains("Acme"), "{page}");
    drop(first);

    let files = ["ledger.db-wal", "ledger.db-shm", "ledger.db"];
    let kept = folder.0.join("kept");
    fs::create_dir(&kept).unwrap();
    for file in files {
        fs::rename(folder.0.join(file), kept.join(file)).unwrap();
    }
    fs::write(folder.0.join("ledger.db"), "this is no database ".repeat(500)).unwrap();
    let second = Serving::start(&config);
    second.says("the ledger can't be opened");
    assert_eq!(ask(port, "/status/acme").unwrap(), (200, page), "as it last stood");
    for path in ["/api/v1/services", "/status/other", "/directory/a/b", "/events?page=/status/acme"] {
        let (status, words) = ask(port, path).unwrap();
        assert!(status == 503 && words.contains("waits for its database"), "{path}: {status} {words}");
    }
    assert_eq!(ask(admin, "/healthz").unwrap().0, 200);
    assert_eq!(ask(admin, "/readyz").unwrap().0, 503);
    for file in files {
        fs::rename(kept.join(file), folder.0.join(file)).unwrap();
    }
    second.says("the ledger is open");
    second.says("serving");
    assert_eq!(ask(port, "/api/v1/services").unwrap().0, 401);
    assert_eq!(ask(port, "/status/other").unwrap().0, 404);
    assert_eq!(ask(port, "/status/acme").unwrap().0, 200);
}
