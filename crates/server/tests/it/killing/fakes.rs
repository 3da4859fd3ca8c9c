//! The world around an installation, on loopback: status pages that break and recover, phones and a mail server that remember
//! what reached them. Now and then they take a message and hang up instead of answering, as real ones do.

use std::{
    io::{BufRead, BufReader, Read, Write},
    net::{TcpListener, TcpStream},
    sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use jiff::Timestamp;
use testkit::rng::Rng;

use crate::receivers::unfolded;

/// How many messages of a hundred are taken and not answered.
const CUT_OF_HUNDRED: u64 = 8;

/// Reads the time that real processes live by.
#[expect(clippy::disallowed_methods, reason = "the processes under test live by the system's clock")]
pub(super) fn now() -> Timestamp {
    Timestamp::now()
}

/// A message that reached somebody.
#[derive(Clone, Debug)]
pub(super) struct Delivery {
    pub(super) at: Timestamp,
    /// Whom it was for: what is before the `@`, or the path without its stroke.
    pub(super) to: String,
    /// What it says.
    pub(super) text: String,
    /// The notification's id, the same at every try.
    pub(super) id: String,
    /// The try's id.
    pub(super) attempt: String,
    /// Whether it says that it may have come before.
    pub(super) is_marked: bool,
    /// Whether it was taken and not answered.
    pub(super) is_cut: bool,
}

/// Everything that is around an installation.
pub(super) struct World {
    pub(super) web_port: u16,
    pub(super) mail_port: u16,
    shared: Arc<Shared>,
}

struct Shared {
    state: Mutex<State>,
    changed: Condvar,
}

struct State {
    pages: Vec<Page>,
    received: Vec<Delivery>,
    chance: Rng,
}

#[derive(Clone, Copy)]
struct Page {
    is_broken: bool,
    turned_at: Timestamp,
}

impl World {
    /// Starts `providers` status pages, all well, and the receivers.
    pub(super) fn start(providers: usize, seed: u64) -> Self {
        let pages = vec![Page { is_broken: false, turned_at: now() }; providers];
        let state = State { pages, received: Vec::new(), chance: Rng::new(seed) };
        let shared = Arc::new(Shared { state: Mutex::new(state), changed: Condvar::new() });
        let web_port = listen(&shared, answer_web);
        let mail_port = listen(&shared, answer_mail);
        Self { web_port, mail_port, shared }
    }

    /// Breaks or repairs a status page.
    pub(super) fn set(&self, provider: usize, is_broken: bool) {
        let mut state = self.shared.lock();
        if state.pages[provider].is_broken != is_broken {
            state.pages[provider] = Page { is_broken, turned_at: now() };
        }
    }

    /// Breaks a status page that is well, repairs one that is broken.
    pub(super) fn flip(&self, provider: usize) {
        let is_broken = self.shared.lock().pages[provider].is_broken;
        self.set(provider, !is_broken);
    }

    /// Waits until `more` further messages have come, and no longer than `span`.
    pub(super) fn wait(&self, more: usize, span: Duration) {
        let state = self.shared.lock();
        let enough = state.received.len() + more;
        let few = |state: &mut State| state.received.len() < enough;
        drop(
            self.shared.changed.wait_timeout_while(state, span, few).unwrap_or_else(PoisonError::into_inner),
        );
    }

    /// Returns what has come so far, in order.
    pub(super) fn received(&self) -> Vec<Delivery> {
        self.shared.lock().received.clone()
    }
}

impl Shared {
    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Notes a message; returns whether the sender gets an answer.
    fn take(&self, to: &str, id: &str, attempt: &str, text: String) -> bool {
        let mut state = self.lock();
        let is_cut = state.chance.within(1, 100) <= CUT_OF_HUNDRED;
        let is_marked = text.contains("\"possible_duplicate\":true")
            || text.contains("You may have this message already");
        let (to, id, attempt) = (to.to_owned(), id.to_owned(), attempt.to_owned());
        state.received.push(Delivery { at: now(), to, text, id, attempt, is_marked, is_cut });
        self.changed.notify_all();
        !is_cut
    }
}

/// Listens on a free port, with a thread for each connection: who dawdles holds up nobody else.
fn listen(shared: &Arc<Shared>, answer: fn(TcpStream, &Shared) -> std::io::Result<()>) -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    let shared = Arc::clone(shared);
    std::thread::spawn(move || {
        for stream in listener.incoming().map_while(Result::ok) {
            let shared = Arc::clone(&shared);
            // A process that is killed breaks off; what it did not finish is for the audit to judge.
            std::thread::spawn(move || drop(answer(stream, &shared)));
        }
    });
    port
}

fn answer_web(mut stream: TcpStream, shared: &Shared) -> std::io::Result<()> {
    let mut reader = BufReader::new(stream.try_clone()?);
    let mut first = String::new();
    reader.read_line(&mut first)?;
    let mut head = Vec::new();
    loop {
        let mut line = String::new();
        if reader.read_line(&mut line)? == 0 {
            // Cut off before the message was whole: nothing has arrived.
            return Ok(());
        }
        if line == "\r\n" {
            break;
        }
        head.push(line.trim().to_owned());
    }
    let length = header(&head, "content-length").parse().unwrap_or_default();
    let mut body = vec![0; length];
    reader.read_exact(&mut body)?;
    let path = first.split(' ').nth(1).unwrap_or_default();
    if first.starts_with("GET ") {
        let body = document(path, &shared.lock().pages);
        let length = body.len();
        return write!(
            stream,
            "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\nconnection: close\r\ncontent-length: {length}\r\n\r\n{body}"
        );
    }
    let text = String::from_utf8_lossy(&body).into_owned();
    if shared.take(&path[1..], header(&head, "webhook-id"), header(&head, "midwatch-attempt"), text) {
        stream.write_all(b"HTTP/1.1 204 No Content\r\nconnection: close\r\n\r\n")?;
    }
    Ok(())
}

fn header<'a>(head: &'a [String], name: &str) -> &'a str {
    let value = |line: &'a String| {
        let (known, value) = line.split_once(':')?;
        known.eq_ignore_ascii_case(name).then(|| value.trim())
    };
    head.iter().find_map(value).unwrap_or_default()
}

fn answer_mail(mut stream: TcpStream, shared: &Shared) -> std::io::Result<()> {
    stream.write_all(b"220 hello\r\n")?;
    let mut text: Option<Vec<String>> = None;
    for line in BufReader::new(stream.try_clone()?).lines() {
        let line = line?;
        let says: &[u8] = match (&mut text, line.split(' ').next().unwrap_or_default()) {
            (Some(lines), ".") => {
                let id = header(lines, "message-id").trim_start_matches('<');
                let (id, _) = id.split_once('@').unwrap_or((id, ""));
                let (to, _) = header(lines, "to").split_once('@').unwrap_or_default();
                let to = to.trim_start_matches('<');
                if !shared.take(to, id, header(lines, "midwatch-attempt"), unfolded(&lines.join("\n"))) {
                    return Ok(());
                }
                text = None;
                b"250 taken\r\n"
            }
            (Some(lines), _) => {
                lines.push(line);
                continue;
            }
            (None, "DATA") => {
                text = Some(Vec::new());
                b"354 go on\r\n"
            }
            (None, "QUIT") => return stream.write_all(b"221 bye\r\n"),
            (None, _) => b"250 fine\r\n",
        };
        stream.write_all(says)?;
    }
    Ok(())
}

/// Returns a document of a status page in the form of Statuspage, under `/p7/api/v2/`.
fn document(path: &str, pages: &[Page]) -> String {
    let (name, file) = path[1..].split_once('/').unwrap_or((path, ""));
    let number: usize = name[1..].parse().unwrap_or_default();
    let page = pages[number];
    let (word, indicator) =
        if page.is_broken { ("major_outage", "critical") } else { ("operational", "none") };
    let head = format!(
        r#""page":{{"id":"{name}","name":"Provider {number}","url":"http://127.0.0.1/{name}","time_zone":"Etc/UTC","updated_at":"{}"}}"#,
        page.turned_at
    );
    match file.rsplit('/').next() {
        Some("incidents.json") => format!(r#"{{{head},"incidents":[]}}"#),
        Some("scheduled-maintenances.json") => format!(r#"{{{head},"scheduled_maintenances":[]}}"#),
        _ => format!(
            r#"{{{head},"components":[{{"id":"{name}-api","name":"API","status":"{word}","position":1,"group":false}}],
            "incidents":[],"scheduled_maintenances":[],"status":{{"indicator":"{indicator}","description":"as said"}}}}"#
        ),
    }
}
