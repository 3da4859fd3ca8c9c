//! An HTTP server that keeps its connections, and may end or spoil them.

use std::{
    net::SocketAddr,
    sync::{
        Arc, Mutex,
        atomic::{AtomicUsize, Ordering},
    },
};

use tokio::{
    io::AsyncWriteExt,
    net::{TcpListener, TcpStream},
    sync::Semaphore,
    task::JoinSet,
};

use super::{answer, read_request};

/// What the server does at a request.
pub(super) enum Act {
    /// Says it and waits for the next request.
    Say(Vec<u8>),
    /// Says it and closes the connection.
    End(Vec<u8>),
    /// Says the first part; the second, and what follows, only after it was let go.
    Pause(Vec<u8>, Vec<u8>),
}

/// The server. Ends when it is dropped.
pub(super) struct Keeper {
    pub(super) address: SocketAddr,
    log: Arc<Log>,
    _tasks: JoinSet<()>,
}

struct Log {
    accepted: AtomicUsize,
    heard: Mutex<Vec<String>>,
    paused: AtomicUsize,
    most_paused: AtomicUsize,
    let_go: Semaphore,
}

impl Keeper {
    /// Starts a server; `act` sees how many connections were accepted before this one, and the request as text.
    pub(super) async fn start(act: impl Fn(usize, &str) -> Act + Send + Sync + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let log = Arc::new(Log {
            accepted: AtomicUsize::new(0),
            heard: Mutex::default(),
            paused: AtomicUsize::new(0),
            most_paused: AtomicUsize::new(0),
            let_go: Semaphore::new(0),
        });
        let (shared, act) = (Arc::clone(&log), Arc::new(act));
        let mut tasks = JoinSet::new();
        tasks.spawn(async move {
            let mut open = JoinSet::new();
            loop {
                let (stream, _) = listener.accept().await.unwrap();
                let before = shared.accepted.fetch_add(1, Ordering::Relaxed);
                let (log, act) = (Arc::clone(&shared), Arc::clone(&act));
                open.spawn(async move { serve(stream, &log, |request| act(before, request)).await });
            }
        });
        Self { address, log, _tasks: tasks }
    }

    /// Starts a server that agrees with everything.
    pub(super) async fn agreeing() -> Self {
        Self::start(|_, _| Act::Say(ok())).await
    }

    /// Lets so many pauses end.
    pub(super) fn let_go(&self, count: usize) {
        self.log.let_go.add_permits(count);
    }

    pub(super) fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.address)
    }

    /// How many connections were accepted.
    pub(super) fn accepted(&self) -> usize {
        self.log.accepted.load(Ordering::Relaxed)
    }

    /// The requests.
    pub(super) fn heard(&self) -> Vec<String> {
        self.log.heard.lock().unwrap().clone()
    }

    /// How many answers are paused now.
    pub(super) fn paused(&self) -> usize {
        self.log.paused.load(Ordering::Relaxed)
    }

    /// How many answers were paused at once.
    pub(super) fn most_paused(&self) -> usize {
        self.log.most_paused.load(Ordering::Relaxed)
    }
}

/// An answer that leaves nothing to wish for.
pub(super) fn ok() -> Vec<u8> {
    answer("200 OK", &[], b"fine")
}

async fn serve(mut stream: TcpStream, log: &Log, act: impl Fn(&str) -> Act) {
    while let Some(request) = read_request(&mut stream).await {
        let act = act(&request);
        log.heard.lock().unwrap().push(request);
        let (says, ends) = match act {
            Act::Say(bytes) => (bytes, false),
            Act::End(bytes) => (bytes, true),
            Act::Pause(first, second) => {
                let _ = stream.write_all(&first).await;
                let paused = log.paused.fetch_add(1, Ordering::Relaxed) + 1;
                log.most_paused.fetch_max(paused, Ordering::Relaxed);
                log.let_go.acquire().await.unwrap().forget();
                log.paused.fetch_sub(1, Ordering::Relaxed);
                (second, false)
            }
        };
        let _ = stream.write_all(&says).await;
        if ends {
            let _ = stream.shutdown().await;
            return;
        }
    }
}
