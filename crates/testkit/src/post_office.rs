//! A mail server on loopback that misbehaves: real SMTP, with or without STARTTLS, that keeps what it is handed and follows a
//! script for each receiver. It runs on the runtime of the test, and ends with it.

use std::{
    collections::{BTreeMap, VecDeque},
    io,
    net::SocketAddr,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use outbound::{MailSecurity, MailServer};
use rustls::pki_types::CertificateDer;
use tokio::{
    io::{AsyncBufReadExt, AsyncRead, AsyncWrite, AsyncWriteExt, BufReader},
    net::{TcpListener, TcpStream},
    sync::watch,
    task::JoinSet,
};
use tokio_rustls::TlsAcceptor;

use crate::vendor::{Door, certificate};

/// A step of handing over a mail.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    /// The greeting, before anybody is named.
    Greeting,
    /// `RCPT TO`
    To,
    /// `DATA`
    Data,
    /// The final dot: what it says here is about the whole mail.
    End,
}

/// What the server does at a step instead of agreeing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Trouble {
    /// Says this.
    Says(Step, &'static str),
    /// Hangs up.
    Cuts(Step),
    /// Keeps the line and says nothing.
    Silent(Step),
}

/// A mail whose text came whole.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Letter {
    /// The receiver of the envelope.
    pub to: String,
    /// Headers and text, as they came.
    pub text: String,
}

#[derive(Default)]
struct State {
    /// By receiver; at the greeting, where nobody is named yet, by the empty text.
    scripts: BTreeMap<String, VecDeque<Trouble>>,
    letters: Vec<Letter>,
    commands: Vec<String>,
}

/// A mail server.
pub struct PostOffice {
    address: SocketAddr,
    root: Option<CertificateDer<'static>>,
    state: Arc<Mutex<State>>,
    silences: watch::Receiver<usize>,
    _tasks: JoinSet<()>,
}

/// What all sessions share.
#[derive(Clone)]
struct Counter {
    state: Arc<Mutex<State>>,
    silent: Arc<watch::Sender<usize>>,
    acceptor: Option<TlsAcceptor>,
}

/// One session, before or after STARTTLS.
struct Session<S> {
    stream: BufReader<S>,
    counter: Counter,
    trouble: Option<Trouble>,
    to: String,
}

/// How a part of a session ended.
enum Ended {
    Closed,
    /// The other side wants TLS now.
    StartsTls,
}

impl Letter {
    /// Returns a header's value; empty where it is not there.
    #[must_use]
    pub fn header(&self, name: &str) -> &str {
        let lines = self.text.lines().take_while(|line| !line.is_empty());
        let mut found = lines.filter_map(|line| line.split_once(": ")).filter(|(known, _)| *known == name);
        found.next().map_or("", |(_, value)| value)
    }
}

impl PostOffice {
    /// Opens on a free port; with a certificate it offers STARTTLS.
    ///
    /// # Panics
    /// When loopback has no port left.
    pub async fn open(door: Door) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("loopback has a free port");
        let address = listener.local_addr().expect("a bound socket has an address");
        let (root, acceptor) = match door {
            Door::Plain => (None, None),
            Door::Tls => certificate("127.0.0.1"),
            Door::WrongName => certificate("other.test"),
        };
        let (silent, silences) = watch::channel(0);
        let state = Arc::<Mutex<State>>::default();
        let counter = Counter { state: Arc::clone(&state), silent: Arc::new(silent), acceptor };
        let mut tasks = JoinSet::new();
        tasks.spawn(async move {
            let mut open = JoinSet::new();
            while let Ok((stream, _)) = listener.accept().await {
                let counter = counter.clone();
                // Whoever breaks off has had enough.
                open.spawn(async move { drop(serve(stream, counter).await) });
            }
        });
        Self { address, root, state, silences, _tasks: tasks }
    }

    /// Returns how the installation reaches it.
    #[must_use]
    pub fn server(&self, security: MailSecurity) -> MailServer {
        let (host, port) = (self.address.ip().to_string(), self.address.port());
        MailServer { host, port, security, credentials: None }
    }

    /// Returns the root that its certificate is signed by.
    #[must_use]
    pub fn root(&self) -> Option<CertificateDer<'static>> {
        self.root.clone()
    }

    /// Plans what happens to the next mail to a receiver, after what is planned already; to whoever comes next, where the
    /// receiver is empty and the step the greeting.
    pub fn next(&self, to: &str, trouble: Trouble) {
        lock(&self.state).scripts.entry(to.to_owned()).or_default().push_back(trouble);
    }

    /// Returns the mails to a receiver whose text came whole, in order.
    #[must_use]
    pub fn letters(&self, to: &str) -> Vec<Letter> {
        lock(&self.state).letters.iter().filter(|letter| letter.to == to).cloned().collect()
    }

    /// Returns every command that was given, in order.
    #[must_use]
    pub fn commands(&self) -> Vec<String> {
        lock(&self.state).commands.clone()
    }

    /// Waits until it keeps so many lines and says nothing.
    pub async fn until_silent(&self, count: usize) {
        // The other end lives as long as the tasks do, and they live as long as this does.
        let _ = self.silences.clone().wait_for(|silent| *silent >= count).await;
    }
}

fn lock(state: &Mutex<State>) -> MutexGuard<'_, State> {
    state.lock().unwrap_or_else(PoisonError::into_inner)
}

async fn serve(stream: TcpStream, counter: Counter) -> io::Result<()> {
    let mut session = Session::new(stream, counter.clone());
    session.meet("");
    session.say_or(Step::Greeting, "220 here").await?;
    if let Ended::StartsTls = session.talk().await?
        && let Some(acceptor) = counter.acceptor.clone()
    {
        let stream = acceptor.accept(session.stream.into_inner()).await?;
        Session::new(stream, Counter { acceptor: None, ..counter }).talk().await?;
    }
    Ok(())
}

impl<S: AsyncRead + AsyncWrite + Unpin> Session<S> {
    fn new(stream: S, counter: Counter) -> Self {
        Self { stream: BufReader::new(stream), counter, trouble: None, to: String::new() }
    }

    async fn talk(&mut self) -> io::Result<Ended> {
        loop {
            let Some(line) = self.line().await? else { return Ok(Ended::Closed) };
            lock(&self.counter.state).commands.push(line.clone());
            match line.split(' ').next().unwrap_or_default() {
                "EHLO" if self.counter.acceptor.is_some() => self.say("250-here\r\n250 STARTTLS").await?,
                "STARTTLS" => {
                    self.say("220 go on").await?;
                    return Ok(Ended::StartsTls);
                }
                "RCPT" => {
                    let to = line.split_once('<').map_or("", |(_, rest)| rest);
                    self.meet(to.split('>').next().unwrap_or_default());
                    self.say_or(Step::To, "250 ok").await?;
                }
                "DATA" => {
                    self.say_or(Step::Data, "354 go on").await?;
                    if !matches!(self.trouble, Some(Trouble::Says(Step::Data, _)))
                        && !self.take_text().await?
                    {
                        return Ok(Ended::Closed);
                    }
                }
                "QUIT" => return Ok(Ended::Closed),
                _ => self.say("250 ok").await?,
            }
        }
    }

    /// Learns who the mail is for, and what is planned for them.
    fn meet(&mut self, to: &str) {
        to.clone_into(&mut self.to);
        self.trouble = lock(&self.counter.state).scripts.get_mut(to).and_then(VecDeque::pop_front);
    }

    /// Takes the text up to the dot; false when it did not come whole.
    async fn take_text(&mut self) -> io::Result<bool> {
        let mut text = String::new();
        loop {
            match self.line().await? {
                None => return Ok(false),
                Some(line) if line == "." => break,
                Some(line) => text.push_str(&format!("{line}\n")),
            }
        }
        lock(&self.counter.state).letters.push(Letter { to: self.to.clone(), text });
        self.say_or(Step::End, "250 queued as 42").await?;
        Ok(true)
    }

    /// Says something, or makes the trouble that is planned for this step.
    async fn say_or(&mut self, step: Step, words: &str) -> io::Result<()> {
        match self.trouble {
            Some(Trouble::Says(at, trouble)) if at == step => self.say(trouble).await,
            Some(Trouble::Cuts(at)) if at == step => Err(io::ErrorKind::ConnectionAborted.into()),
            Some(Trouble::Silent(at)) if at == step => {
                self.counter.silent.send_modify(|count| *count += 1);
                // Until the other side has had enough.
                self.stream.fill_buf().await?;
                Err(io::ErrorKind::ConnectionAborted.into())
            }
            Some(Trouble::Says(..) | Trouble::Cuts(_) | Trouble::Silent(_)) | None => self.say(words).await,
        }
    }

    async fn say(&mut self, words: &str) -> io::Result<()> {
        self.stream.write_all(format!("{words}\r\n").as_bytes()).await?;
        self.stream.flush().await
    }

    /// Returns the next line without its end.
    async fn line(&mut self) -> io::Result<Option<String>> {
        let mut line = String::new();
        let length = self.stream.read_line(&mut line).await?;
        Ok((length > 0).then(|| line.trim_end_matches(['\r', '\n']).to_owned()))
    }
}
