//! A vendor on loopback that misbehaves: a real HTTP server, with or without TLS, that keeps what it is asked and answers by
//! a script. It runs on the runtime of the test, and ends with it.

use std::{
    collections::{BTreeMap, VecDeque},
    net::SocketAddr,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use rcgen::{CertificateParams, KeyPair};
use rustls::{
    ServerConfig,
    crypto::ring,
    pki_types::{CertificateDer, PrivateKeyDer},
};
use tokio::{
    io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt},
    net::{TcpListener, TcpStream},
    sync::watch,
    task::JoinSet,
};
use tokio_rustls::TlsAcceptor;

/// What an endless answer says that it holds.
const ENDLESS_BYTES: usize = 1_000_000_000;

/// How the next request at a path is answered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Mood {
    /// With this status, these header lines, and this body.
    Answers(u16, Vec<String>, String),
    /// Not at all, until the other side has had enough.
    Slow,
    /// By closing the connection once the request is there.
    Cuts,
    /// By closing it in the middle of an answer that begins well.
    CutsShort,
    /// With a body of a gigabyte.
    Endless,
}

/// Lets a little more than `time` pass for whoever waits for an answer, without waiting: timers round up, and all that are due
/// shall be. Only while no bytes are on their way, since a stopped clock runs ahead of sockets.
pub async fn skip(time: Duration) {
    tokio::time::pause();
    tokio::time::advance(time + Duration::from_secs(1)).await;
    tokio::time::resume();
}

/// How connections begin.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Door {
    /// Without TLS.
    Plain,
    /// With a certificate for this host.
    Tls,
    /// With a certificate for another one.
    WrongName,
}

/// A request that the vendor was sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Heard {
    /// `POST`
    pub method: String,
    /// The path with its query.
    pub path: String,
    /// Headers, names in lower case.
    pub headers: Vec<(String, String)>,
    /// The body.
    pub body: Vec<u8>,
}

#[derive(Default)]
struct State {
    usual: BTreeMap<String, Mood>,
    scripts: BTreeMap<String, VecDeque<Mood>>,
    heard: Vec<Heard>,
}

/// A vendor.
pub struct Vendor {
    address: SocketAddr,
    scheme: &'static str,
    root: Option<CertificateDer<'static>>,
    state: Arc<Mutex<State>>,
    count: watch::Receiver<usize>,
    _tasks: JoinSet<()>,
}

impl Heard {
    /// Returns the body as JSON; null where it is none.
    #[must_use]
    pub fn json(&self) -> serde_json::Value {
        serde_json::from_slice(&self.body).unwrap_or_default()
    }

    /// Returns a header by its name in lower case; empty where it is not there.
    #[must_use]
    pub fn header(&self, name: &str) -> &str {
        self.headers.iter().find(|(known, _)| known == name).map_or("", |(_, value)| value)
    }
}

impl Vendor {
    /// Opens on a free port. Paths that were not said to be [usual](Vendor::usually) are answered with 404. A path that ends
    /// in `*` stands for all that begin so.
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
        let state = Arc::<Mutex<State>>::default();
        let (told, count) = watch::channel(0);
        let (kept, told) = (Arc::clone(&state), Arc::new(told));
        let mut tasks = JoinSet::new();
        tasks.spawn(async move {
            let mut open = JoinSet::new();
            while let Ok((stream, _)) = listener.accept().await {
                let (state, told, acceptor) = (Arc::clone(&kept), Arc::clone(&told), acceptor.clone());
                open.spawn(async move { take(stream, acceptor, &state, &told).await });
            }
        });
        let scheme = if door == Door::Plain { "http" } else { "https" };
        Self { address, scheme, root, state, count, _tasks: tasks }
    }

    /// Returns the address of a path here.
    #[must_use]
    pub fn url(&self, path: &str) -> String {
        format!("{}://{}{path}", self.scheme, self.address)
    }

    /// Returns the root that this vendor's certificate is signed by.
    #[must_use]
    pub fn root(&self) -> Option<CertificateDer<'static>> {
        self.root.clone()
    }

    /// Sets how a path is answered whenever nothing else is planned for it.
    pub fn usually(&self, path: &str, mood: Mood) {
        lock(&self.state).usual.insert(path.to_owned(), mood);
    }

    /// Plans how the next request at a path is answered, after what is planned already.
    pub fn next(&self, path: &str, mood: Mood) {
        lock(&self.state).scripts.entry(path.to_owned()).or_default().push_back(mood);
    }

    /// Returns the requests at a path, in order.
    #[must_use]
    pub fn heard(&self, path: &str) -> Vec<Heard> {
        lock(&self.state).heard.iter().filter(|heard| is_at(path, &heard.path)).cloned().collect()
    }

    /// Returns every path that was asked for, in order.
    #[must_use]
    pub fn paths(&self) -> Vec<String> {
        lock(&self.state).heard.iter().map(|heard| heard.path.clone()).collect()
    }

    /// Waits until this many requests have come in all.
    pub async fn until_heard(&self, count: usize) {
        // The other end lives as long as the tasks do, and they live as long as this does.
        let _ = self.count.clone().wait_for(|heard| *heard >= count).await;
    }
}

fn lock(state: &Mutex<State>) -> MutexGuard<'_, State> {
    state.lock().unwrap_or_else(PoisonError::into_inner)
}

async fn take(
    stream: TcpStream,
    acceptor: Option<TlsAcceptor>,
    state: &Mutex<State>,
    told: &watch::Sender<usize>,
) {
    match acceptor {
        None => answer(stream, state, told).await,
        Some(acceptor) => {
            // Who does not trust us leaves.
            if let Ok(stream) = acceptor.accept(stream).await {
                answer(stream, state, told).await;
            }
        }
    }
}

async fn answer(
    mut stream: impl AsyncRead + AsyncWrite + Unpin,
    state: &Mutex<State>,
    told: &watch::Sender<usize>,
) {
    let Some(heard) = read(&mut stream).await else { return };
    let path = heard.path.clone();
    let mood = {
        let mut state = lock(state);
        state.heard.push(heard);
        let planned = state
            .scripts
            .iter_mut()
            .find(|(known, _)| is_at(known, &path))
            .and_then(|(_, moods)| moods.pop_front());
        planned.or_else(|| {
            state.usual.iter().find(|(known, _)| is_at(known, &path)).map(|(_, mood)| mood.clone())
        })
    };
    told.send_modify(|count| *count += 1);
    // Whoever breaks off has had enough, which is what some moods are for.
    let _ = match mood.unwrap_or(Mood::Answers(404, Vec::new(), String::new())) {
        Mood::Answers(status, headers, body) => {
            let lines: String = headers.iter().map(|line| format!("{line}\r\n")).collect();
            let head = format!("HTTP/1.1 {status} Said\r\ncontent-length: {}\r\n{lines}", body.len());
            stream.write_all(format!("{head}connection: close\r\n\r\n{body}").as_bytes()).await
        }
        Mood::Slow => stream.read(&mut [0; 1]).await.map(|_| ()),
        Mood::Cuts => Ok(()),
        Mood::CutsShort => {
            stream.write_all(b"HTTP/1.1 200 Said\r\ncontent-length: 100\r\n\r\n{\"ok\":true,").await
        }
        Mood::Endless => endless(&mut stream).await,
    };
    let _ = stream.shutdown().await;
}

/// Whether a path is the known one, or begins as one does that ends in `*`.
fn is_at(known: &str, path: &str) -> bool {
    known.strip_suffix('*').map_or(known == path, |start| path.starts_with(start))
}

async fn endless(stream: &mut (impl AsyncWrite + Unpin)) -> std::io::Result<()> {
    let head = format!("HTTP/1.1 200 Said\r\ncontent-length: {ENDLESS_BYTES}\r\n\r\n");
    stream.write_all(head.as_bytes()).await?;
    for _ in 0..ENDLESS_BYTES / 10_000 {
        stream.write_all(&[b'x'; 10_000]).await?;
    }
    Ok(())
}

/// Reads one request with its body, by the length that it names.
async fn read(stream: &mut (impl AsyncRead + Unpin)) -> Option<Heard> {
    let mut bytes = Vec::new();
    let end = loop {
        let found = bytes.windows(4).position(|window| window == b"\r\n\r\n");
        match found {
            Some(end) => break end,
            None => more(stream, &mut bytes).await?,
        }
    };
    let head = String::from_utf8_lossy(&bytes[..end]).into_owned();
    let mut lines = head.lines();
    let mut first = lines.next()?.split(' ').map(str::to_owned);
    let (method, path) = (first.next()?, first.next()?);
    let pair =
        |line: &str| line.split_once(": ").map(|(name, value)| (name.to_lowercase(), value.to_owned()));
    let headers: Vec<(String, String)> = lines.filter_map(pair).collect();
    let named = headers.iter().find(|(name, _)| name == "content-length");
    let length: usize = named.and_then(|(_, value)| value.parse().ok()).unwrap_or(0);
    while bytes.len() < end + 4 + length {
        more(stream, &mut bytes).await?;
    }
    Some(Heard { method, path, headers, body: bytes[end + 4..end + 4 + length].to_vec() })
}

async fn more(stream: &mut (impl AsyncRead + Unpin), bytes: &mut Vec<u8>) -> Option<()> {
    let mut chunk = [0; 4096];
    let length = stream.read(&mut chunk).await.ok().filter(|length| *length > 0)?;
    bytes.extend_from_slice(&chunk[..length]);
    Some(())
}

/// A certificate for this name that is its own root.
pub(crate) fn certificate(name: &str) -> (Option<CertificateDer<'static>>, Option<TlsAcceptor>) {
    let key = KeyPair::generate().expect("chance makes a key");
    let params = CertificateParams::new(vec![name.to_owned()]).expect("the name is one");
    let root = params.self_signed(&key).expect("a key signs itself").der().clone();
    let key = PrivateKeyDer::try_from(key.serialize_der()).expect("the key is one");
    let config = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()
        .and_then(|builder| builder.with_no_client_auth().with_single_cert(vec![root.clone()], key))
        .expect("the certificate fits its key");
    (Some(root), Some(TlsAcceptor::from(Arc::new(config))))
}
