//! An internet of status pages, webhooks and mailboxes that keep everything that reaches them.

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use engine::seams::Clock;
use jiff::Timestamp;
use outbound::{BoxFuture, FetchError, Mail, MailError, Outbound, Receipt, Request, Response};
use serde_json::Value;

use crate::{
    chaos::{Chaos, SendFate},
    clock::ManualClock,
    feed::StatusPage,
};

/// Messages in a row that may fail on their way to a destination that is well.
const MOST_TROUBLE: u32 = 4;

/// How a destination is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Temper {
    /// Messages arrive, sooner or later.
    Well,
    /// It refuses everything for good.
    Gone,
    /// Nobody has listened there for long, and nobody will.
    Silent,
    /// It takes everything, and the line is cut before it has said so.
    Cuts,
}

/// A message that has reached its destination.
#[derive(Clone, Debug)]
pub struct Arrival {
    /// When, by the clock on the wall.
    pub at: Timestamp,
    /// When, by the clock that nobody sets.
    pub elapsed: Duration,
    /// The address that it reached.
    pub to: String,
    /// The notification's id, by which a repeat is recognised.
    pub id: String,
    /// `page`, `acknowledged`, `resolved` or `unanswered`; empty for mail.
    pub kind: String,
    /// Everything that it says.
    pub text: String,
    /// Its headers, as far as the sender chose them.
    pub headers: Vec<(String, String)>,
    /// Whether it says of itself that it may be a repeat.
    pub admits_repeat: bool,
    /// Whether the network made it of another one.
    pub is_echo: bool,
    /// Whether its sender was told that it has arrived.
    pub is_answered: bool,
}

/// What a status page answers with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Service {
    /// Its documents.
    Up,
    /// A page of HTML with the status 200.
    Html,
    /// The status 503.
    Down,
    /// Nothing.
    Unreachable,
}

#[derive(Debug, Default)]
struct State {
    pages: BTreeMap<String, (StatusPage, Option<Service>)>,
    texts: BTreeMap<String, Vec<String>>,
    documents: BTreeMap<String, (u16, &'static str, String)>,
    is_cut: bool,
    tempers: BTreeMap<String, Temper>,
    /// Until when nobody can reach a destination, by the clock that nobody sets.
    partitions: BTreeMap<String, Duration>,
    trouble: BTreeMap<String, u32>,
    arrivals: Vec<Arrival>,
}

/// The internet.
#[derive(Debug)]
pub struct FakeInternet {
    clock: Arc<ManualClock>,
    chaos: Arc<Chaos>,
    state: Mutex<State>,
}

/// A message on its way.
struct Letter {
    to: String,
    id: String,
    kind: String,
    text: String,
    headers: Vec<(String, String)>,
    admits_repeat: bool,
}

/// How the way of a message ended for its sender.
enum Answer {
    Taken,
    Gone,
    Busy(u64),
    ServerTrouble,
    Unreachable,
    TooSlow { sent: bool },
    Cut,
}

impl FakeInternet {
    /// Makes an internet with nothing in it.
    #[must_use]
    pub fn new(clock: Arc<ManualClock>, chaos: Arc<Chaos>) -> Self {
        Self { clock, chaos, state: Mutex::default() }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Puts up the status page of a provider.
    pub fn put_up(&self, slug: &str, components: &[&str]) {
        let page = StatusPage::new(slug, components, self.clock.now());
        self.state().pages.insert(slug.to_owned(), (page, None));
    }

    /// Has a provider's people change their page.
    ///
    /// # Panics
    /// When there is no such page.
    pub fn on_page<T>(&self, slug: &str, change: impl FnOnce(&mut StatusPage, Timestamp) -> T) -> T {
        let now = self.clock.now();
        let mut state = self.state();
        let (page, _) = state.pages.get_mut(slug).expect("the status page was put up");
        change(page, now)
    }

    /// Sets what a status page answers with.
    ///
    /// # Panics
    /// When there is no such page.
    pub fn serve(&self, slug: &str, service: Service) {
        self.state().pages.get_mut(slug).expect("the status page was put up").1 = Some(service);
    }

    /// Puts a document at an address, in the place of what was there.
    pub fn put_document(&self, url: &str, status: u16, content_type: &'static str, body: &str) {
        self.state().documents.insert(url.to_owned(), (status, content_type, body.to_owned()));
    }

    /// Puts a text into the DNS under a name.
    pub fn put_text(&self, name: &str, text: &str) {
        self.state().texts.entry(name.to_owned()).or_default().push(text.to_owned());
    }

    /// Takes a document away from its address.
    pub fn take_document(&self, url: &str) {
        self.state().documents.remove(url);
    }

    /// Cuts the installation off from everything it reads, or connects it again. Messages still find their way.
    pub fn cut(&self, is_cut: bool) {
        self.state().is_cut = is_cut;
    }

    /// Sets how a destination is.
    pub fn set_temper(&self, address: &str, temper: Temper) {
        self.state().tempers.insert(address.to_owned(), temper);
    }

    /// Keeps everybody from reaching a destination for a while.
    pub fn part(&self, address: &str, span: Duration) {
        let until = self.clock.elapsed().saturating_add(span);
        self.chaos.note(|tally| tally.partitions += 1);
        self.state().partitions.insert(address.to_owned(), until);
    }

    /// Lets everybody be reached again.
    pub fn heal(&self) {
        self.state().partitions.clear();
    }

    /// Returns everything that arrived, in order.
    #[must_use]
    pub fn arrivals(&self) -> Vec<Arrival> {
        self.state().arrivals.clone()
    }

    fn get(&self, url: &str) -> Result<Response, FetchError> {
        let host = url.strip_prefix("https://").and_then(|rest| rest.split('/').next()).unwrap_or_default();
        let slug = host.strip_suffix(".status.test").unwrap_or_default();
        let file = url.rsplit('/').next().unwrap_or_default();
        let state = self.state();
        if state.is_cut {
            return Err(unreachable(host));
        }
        if let Some((status, content_type, body)) = state.documents.get(url) {
            return Ok(response(*status, content_type, body.clone(), url));
        }
        let Some((page, service)) = state.pages.get(slug) else { return Err(unreachable(host)) };
        match service.unwrap_or(Service::Up) {
            Service::Up => match page.document(file) {
                Some(document) => Ok(response(200, "application/json", document, url)),
                None => Ok(response(404, "text/plain", String::new(), url)),
            },
            Service::Html => {
                Ok(response(200, "text/html", "<!doctype html><title>Status</title>".to_owned(), url))
            }
            Service::Down => Ok(response(503, "text/plain", String::new(), url)),
            Service::Unreachable => Err(unreachable(host)),
        }
    }

    /// Carries a message. Trouble stops at a destination that had its share, so that what is well is reached in the end.
    async fn carry(&self, letter: Letter) -> Answer {
        let temper = self.state().tempers.get(&letter.to).copied().unwrap_or(Temper::Well);
        let had = self.state().trouble.get(&letter.to).copied().unwrap_or_default();
        let fate = self.chaos.send(had < MOST_TROUBLE);
        if fate == SendFate::CrashBefore {
            self.chaos.die().await;
        }
        match temper {
            Temper::Gone => return Answer::Gone,
            Temper::Silent => return Answer::Unreachable,
            Temper::Cuts => {
                self.arrive(&letter, false, false);
                return Answer::Cut;
            }
            Temper::Well => {}
        }
        if self.state().partitions.get(&letter.to).is_some_and(|until| *until > self.clock.elapsed()) {
            return Answer::Unreachable;
        }
        let trouble = if fate == SendFate::Answered { 0 } else { had + 1 };
        self.state().trouble.insert(letter.to.clone(), trouble);
        match fate {
            SendFate::Answered => self.arrive(&letter, false, true),
            SendFate::Doubled => {
                self.arrive(&letter, false, true);
                self.arrive(&letter, true, true);
            }
            SendFate::CutAfterArrival => {
                self.arrive(&letter, false, false);
                return Answer::Cut;
            }
            SendFate::SlowAfterArrival => {
                self.arrive(&letter, false, false);
                return Answer::TooSlow { sent: true };
            }
            SendFate::CrashAfter => {
                self.arrive(&letter, false, false);
                self.chaos.die().await;
            }
            SendFate::SlowAndLost => return Answer::TooSlow { sent: true },
            SendFate::NeverConnected => return Answer::TooSlow { sent: false },
            SendFate::Unreachable | SendFate::CrashBefore => return Answer::Unreachable,
            SendFate::Busy(seconds) => return Answer::Busy(seconds),
            SendFate::ServerTrouble => return Answer::ServerTrouble,
        }
        Answer::Taken
    }

    fn arrive(&self, letter: &Letter, is_echo: bool, is_answered: bool) {
        let arrival = Arrival {
            at: self.clock.now(),
            elapsed: self.clock.elapsed(),
            to: letter.to.clone(),
            id: letter.id.clone(),
            kind: letter.kind.clone(),
            text: letter.text.clone(),
            headers: letter.headers.clone(),
            admits_repeat: letter.admits_repeat,
            is_echo,
            is_answered,
        };
        self.state().arrivals.push(arrival);
    }

    async fn post(&self, request: Request) -> Result<Response, FetchError> {
        let (url, limit) = (request.url.clone(), request.limits.total);
        let host = url.strip_prefix("https://").unwrap_or(&url).to_owned();
        match self.carry(webhook_letter(&request)).await {
            Answer::Taken => Ok(response(204, "text/plain", String::new(), &url)),
            Answer::Gone => Ok(response(410, "text/plain", String::new(), &url)),
            Answer::ServerTrouble => Ok(response(503, "text/plain", String::new(), &url)),
            Answer::Busy(seconds) => {
                let mut busy = response(429, "text/plain", String::new(), &url);
                busy.headers.push(("retry-after".to_owned(), seconds.to_string()));
                Ok(busy)
            }
            Answer::Unreachable => Err(unreachable(&host)),
            Answer::TooSlow { sent } => Err(FetchError::TooSlow { limit, sent }),
            Answer::Cut => Err(FetchError::BrokenOff { host, reason: "connection reset".to_owned() }),
        }
    }
}

impl Outbound for FakeInternet {
    fn fetch(&self, request: Request) -> BoxFuture<'_, Result<Response, FetchError>> {
        Box::pin(async move {
            if request.method == http::Method::GET {
                if self.chaos.has_crashed() {
                    self.chaos.die().await;
                }
                return self.get(&request.url);
            }
            self.post(request).await
        })
    }

    fn texts(&self, name: String) -> BoxFuture<'_, Result<Vec<String>, String>> {
        Box::pin(async move { Ok(self.state().texts.get(&name).cloned().unwrap_or_default()) })
    }

    fn mail(&self, mail: Mail) -> BoxFuture<'_, Result<Receipt, MailError>> {
        Box::pin(async move {
            let letter = Letter {
                to: mail.to.clone(),
                id: mail.id.clone(),
                kind: String::new(),
                text: format!("{}\n\n{}", mail.subject, mail.text),
                headers: mail.headers.clone(),
                admits_repeat: admits_repeat(&mail.text),
            };
            match self.carry(letter).await {
                Answer::Taken => Ok(Receipt { response: "250 taken".to_owned() }),
                Answer::Gone => Err(MailError::Refused("550 no such mailbox".to_owned())),
                Answer::Busy(_) | Answer::ServerTrouble => Err(MailError::NotNow("451 later".to_owned())),
                Answer::Unreachable | Answer::TooSlow { sent: false } => {
                    Err(MailError::NotNow("no connection".to_owned()))
                }
                Answer::TooSlow { sent: true } | Answer::Cut => {
                    Err(MailError::BrokenOff("connection reset".to_owned()))
                }
            }
        })
    }
}

/// Mail says it in a sentence of its own.
fn admits_repeat(text: &str) -> bool {
    text.contains("You may have this message already")
}

fn webhook_letter(request: &Request) -> Letter {
    let body: Value = serde_json::from_slice(&request.body).unwrap_or_default();
    let header = |name: &str| {
        let found = request.headers.iter().find(|(known, _)| *known == name);
        found.map(|(_, value)| value.clone()).unwrap_or_default()
    };
    Letter {
        to: request.url.clone(),
        id: header("webhook-id"),
        kind: body["type"].as_str().unwrap_or_default().to_owned(),
        text: String::from_utf8_lossy(&request.body).into_owned(),
        headers: request.headers.iter().map(|(name, value)| ((*name).to_owned(), value.clone())).collect(),
        admits_repeat: body["possible_duplicate"] == Value::Bool(true),
    }
}

fn response(status: u16, content_type: &str, body: String, url: &str) -> Response {
    Response {
        status,
        headers: vec![("content-type".to_owned(), content_type.to_owned())],
        body: body.into(),
        final_url: url.to_owned(),
    }
}

fn unreachable(host: &str) -> FetchError {
    FetchError::Unreachable { host: host.to_owned(), reason: "nobody listens".to_owned() }
}
