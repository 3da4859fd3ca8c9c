//! Both ends for the figures of `bench/pages.py`, which says what they mean:
//!
//! - `front bare PORT FILE TYPE` sends the bytes of a file, gzip as they are, from bare hyper: what no server can do without;
//! - `front load HOST:PORT PATH SECONDS CONNECTIONS [RATE]` asks for a page over kept connections, as fast as it is answered or at
//!   a steady rate, and prints how many answers came, how many were none, and how long they took at the median, at 99 of 100 and
//!   at most, in microseconds. At a rate the time counts from when a request was due, whoever held it up.
#![expect(clippy::print_stdout, reason = "the figures are what this is run for")]
#![expect(clippy::unwrap_used, reason = "whoever measures sees where it stopped")]
#![expect(clippy::disallowed_methods, reason = "it asks the server on this machine and nobody else")]

use std::{convert::Infallible, time::Duration};

use bytes::Bytes;
use http_body_util::Full;
use hyper::{Request, Response, body::Incoming, header, server::conn::http1, service::service_fn};
use hyper_util::rt::TokioIo;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
    task::JoinSet,
    time::{Instant, sleep_until},
};

#[tokio::main]
async fn main() {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    match words[..] {
        ["bare", port, file, kind] => {
            bare(port.parse().unwrap(), std::fs::read(file).unwrap().into(), kind.to_owned()).await;
        }
        ["load", host, path, seconds, connections] => load(host, path, seconds, connections, None).await,
        ["load", host, path, seconds, connections, rate] => {
            load(host, path, seconds, connections, Some(rate.parse().unwrap())).await;
        }
        _ => println!("front bare PORT FILE TYPE | front load HOST:PORT PATH SECONDS CONNECTIONS [RATE]"),
    }
}

/// Sends the same bytes to whoever asks for anything.
async fn bare(port: u16, body: Bytes, kind: String) {
    let listener = TcpListener::bind(("127.0.0.1", port)).await.unwrap();
    let mut tasks = JoinSet::new();
    loop {
        let (stream, _) = listener.accept().await.unwrap();
        let (body, kind) = (body.clone(), kind.clone());
        tasks.spawn(async move {
            let answer = service_fn(move |_: Request<Incoming>| {
                let response = Response::builder()
                    .header(header::CONTENT_TYPE, &kind)
                    .header(header::CONTENT_ENCODING, "gzip")
                    .body(Full::new(body.clone()));
                async move { Ok::<_, Infallible>(response.unwrap()) }
            });
            // Who goes away has what they wanted.
            drop(http1::Builder::new().serve_connection(TokioIo::new(stream), answer).await);
        });
    }
}

/// What one connection saw.
#[derive(Default)]
struct Seen {
    took: Vec<Duration>,
    failed: usize,
}

async fn load(host: &str, path: &str, seconds: &str, connections: &str, rate: Option<u32>) {
    let connections: u32 = connections.parse().unwrap();
    let request =
        format!("GET {path} HTTP/1.1\r\nhost: {host}\r\naccept-encoding: gzip\r\nuser-agent: front\r\n\r\n");
    let began = Instant::now();
    let until = began + Duration::from_secs(seconds.parse().unwrap());
    let mut tasks = JoinSet::new();
    for n in 0..connections {
        let every = rate.map(|rate| Duration::from_secs(1) * connections / rate);
        let first = began + every.map_or(Duration::ZERO, |every| every * n / connections);
        let stream = TcpStream::connect(host).await.unwrap();
        stream.set_nodelay(true).unwrap();
        tasks.spawn(ask(stream, request.clone(), first, every, until));
    }
    let mut all = Seen::default();
    while let Some(seen) = tasks.join_next().await {
        let seen = seen.unwrap();
        all.took.extend(seen.took);
        all.failed += seen.failed;
    }
    let spent = began.elapsed();
    all.took.sort_unstable();
    let at = |share: usize| {
        all.took.get(all.took.len() * share / 100).or(all.took.last()).map_or(0, Duration::as_micros)
    };
    let rate = all.took.len() as u128 * 1_000_000 / spent.as_micros();
    println!(
        "answers {} failed {} per_second {rate} p50_us {} p99_us {} max_us {}",
        all.took.len(),
        all.failed,
        at(50),
        at(99),
        at(100)
    );
}

/// Asks again and again over one connection.
async fn ask(
    mut stream: TcpStream,
    request: String,
    first: Instant,
    every: Option<Duration>,
    until: Instant,
) -> Seen {
    let (mut seen, mut due) = (Seen::default(), first);
    let mut buffer = vec![0; 256 << 10];
    while due < until && Instant::now() < until {
        sleep_until(due).await;
        let asked = if every.is_some() { due } else { Instant::now() };
        stream.write_all(request.as_bytes()).await.unwrap();
        match answer(&mut stream, &mut buffer).await {
            Some(()) => seen.took.push(asked.elapsed()),
            None => {
                seen.failed += 1;
                break;
            }
        }
        due = every.map_or_else(Instant::now, |every| due + every);
    }
    seen
}

/// Reads one whole answer; `None` where it is not 200 or ends early.
async fn answer(stream: &mut TcpStream, buffer: &mut [u8]) -> Option<()> {
    let (mut filled, mut wanted) = (0, None);
    while wanted.is_none_or(|wanted| filled < wanted) {
        let count = stream.read(&mut buffer[filled..]).await.ok().filter(|count| *count > 0)?;
        filled += count;
        if wanted.is_none() {
            wanted = length(&buffer[..filled])?;
        }
    }
    Some(())
}

/// Returns how long a whole answer is, once its head is there; `None` for one that is not 200 or says no length.
fn length(start: &[u8]) -> Option<Option<usize>> {
    let Some(end) = start.windows(4).position(|four| four == b"\r\n\r\n") else { return Some(None) };
    let head = std::str::from_utf8(&start[..end]).ok()?.to_ascii_lowercase();
    let says = head.lines().find_map(|line| line.strip_prefix("content-length:"));
    let length: usize = says?.trim().parse().ok()?;
    head.starts_with("http/1.1 200").then_some(Some(end + 4 + length))
}
