//! Dialling: the first of several checked addresses that accepts (RFC 8305, in its simple form).
//!
//! The families take turns, IPv6 first. An attempt that has not been answered for a quarter of a second gets company by
//! the next address, and one that failed is followed at once; the first that connects wins and the others are dropped.

use std::{
    collections::VecDeque,
    io,
    net::{IpAddr, SocketAddr},
    time::Duration,
};

use tokio::{net::TcpStream, task::JoinSet, time::timeout};

/// How long one address may take to accept.
const ACCEPT: Duration = Duration::from_secs(5);

/// How long an attempt is alone before the next one begins (RFC 8305, section 8).
const ALONE: Duration = Duration::from_millis(250);

/// Addresses of one host that are tried.
const TRIES: usize = 6;

/// Returns the addresses that are tried, in their order: the families take turns.
pub(crate) fn order(addresses: Vec<IpAddr>) -> Vec<IpAddr> {
    let (mut next, mut other): (VecDeque<_>, VecDeque<_>) =
        addresses.into_iter().partition(|address| address.is_ipv6());
    let mut ordered = Vec::new();
    while ordered.len() < TRIES {
        std::mem::swap(&mut next, &mut other);
        let Some(address) = other.pop_front().or_else(|| next.pop_front()) else { break };
        ordered.push(address);
    }
    ordered
}

/// Connects to the first address that accepts.
pub(crate) async fn first_that_accepts(addresses: &[SocketAddr]) -> Result<(TcpStream, SocketAddr), String> {
    race(addresses, dial).await
}

async fn race<T, F>(addresses: &[SocketAddr], dial: impl Fn(SocketAddr) -> F) -> Result<T, String>
where
    T: Send + 'static,
    F: Future<Output = io::Result<T>> + Send + 'static,
{
    let mut reason = "it has no address".to_owned();
    let mut attempts = JoinSet::new();
    let mut untried = addresses.iter();
    loop {
        if let Some(&address) = untried.next() {
            attempts.spawn(timeout(ACCEPT, dial(address)));
        } else if attempts.is_empty() {
            return Err(reason);
        }
        let ended = match untried.as_slice() {
            [] => attempts.join_next().await,
            [_, ..] => timeout(ALONE, attempts.join_next()).await.unwrap_or_default(),
        };
        match ended {
            None => {}
            Some(Ok(Ok(Ok(connected)))) => return Ok(connected),
            Some(Ok(Ok(Err(error)))) => reason = error.to_string(),
            Some(Ok(Err(_))) => reason = format!("no answer within {} s", ACCEPT.as_secs()),
            Some(Err(error)) => reason = error.to_string(),
        }
    }
}

#[expect(clippy::disallowed_methods, reason = "the one place where checked addresses are dialled")]
async fn dial(address: SocketAddr) -> io::Result<(TcpStream, SocketAddr)> {
    let stream = TcpStream::connect(address).await?;
    stream.set_nodelay(true)?;
    Ok((stream, address))
}

#[cfg(test)]
mod tests {
    //! Who is dialled when. Time stands still but for what is waited for, so every instant is exact.

    use std::sync::{Arc, Mutex};

    use tokio::time::{Instant, sleep};

    use super::*;

    /// What an address does: after so many milliseconds it accepts (`true`) or fails.
    type Habit = (u64, bool);

    const SILENT: Habit = (1_000_000, true);

    /// Races addresses with these habits; tells who won, when it was over and when each was dialled, in milliseconds.
    async fn check(habits: &'static [Habit], expect: Result<u16, &str>, over: u128, dialled: &[u128]) {
        let begin = Instant::now();
        let starts = Arc::new(Mutex::new(Vec::new()));
        let addresses: Vec<_> = (0..habits.len())
            .map(|port| SocketAddr::from(([192, 0, 2, 1], port.try_into().unwrap())))
            .collect();
        let result = race(&addresses, |address| {
            starts.lock().unwrap().push(begin.elapsed().as_millis());
            async move {
                let (after, accepts) = habits[usize::from(address.port())];
                sleep(Duration::from_millis(after)).await;
                if accepts { Ok(address.port()) } else { Err(io::Error::other("refused")) }
            }
        })
        .await;
        assert_eq!(result, expect.map_err(str::to_owned), "{habits:?}");
        assert_eq!(begin.elapsed().as_millis(), over, "{habits:?}");
        assert_eq!(*starts.lock().unwrap(), dialled, "{habits:?}");
    }

    #[tokio::test(start_paused = true)]
    async fn the_first_that_connects_wins() {
        check(&[(100, true), (0, true)], Ok(0), 100, &[0]).await;
        check(&[SILENT, (100, true)], Ok(1), 350, &[0, 250]).await;
        check(&[(400, true), SILENT, SILENT], Ok(0), 400, &[0, 250]).await;
        check(&[SILENT, (600, true), (50, true)], Ok(2), 550, &[0, 250, 500]).await;
    }

    #[tokio::test(start_paused = true)]
    async fn a_failure_is_followed_at_once() {
        check(&[(0, false), (10, true)], Ok(1), 10, &[0, 0]).await;
        check(&[(100, false), (0, false), (7, true)], Ok(2), 107, &[0, 100, 100]).await;
        check(&[(100, false), (300, false)], Err("refused"), 400, &[0, 100]).await;
        check(&[], Err("it has no address"), 0, &[]).await;
    }

    #[tokio::test(start_paused = true)]
    async fn an_address_has_five_seconds_to_accept() {
        check(&[SILENT], Err("no answer within 5 s"), 5000, &[0]).await;
        check(&[SILENT, SILENT], Err("no answer within 5 s"), 5250, &[0, 250]).await;
        check(&[(4999, true)], Ok(0), 4999, &[0]).await;
    }

    #[test]
    fn families_take_turns() {
        let check = |given: &[&str], expect: &[&str]| {
            let parsed = given.iter().map(|address| address.parse().unwrap()).collect();
            assert_eq!(order(parsed).iter().map(IpAddr::to_string).collect::<Vec<_>>(), expect);
        };
        check(&["1.1.1.1", "1.1.1.2", "1::1", "1::2"], &["1::1", "1.1.1.1", "1::2", "1.1.1.2"]);
        check(&["1.1.1.1", "1.1.1.2", "1.1.1.3", "1::1"], &["1::1", "1.1.1.1", "1.1.1.2", "1.1.1.3"]);
        check(&["1.1.1.1"], &["1.1.1.1"]);
        check(&[], &[]);
        let many: Vec<String> = (0..9).map(|last| format!("1::{}", last + 1)).collect();
        let many: Vec<&str> = many.iter().map(String::as_str).chain(["1.1.1.1"]).collect();
        check(&many, &["1::1", "1.1.1.1", "1::2", "1::3", "1::4", "1::5"]);
    }
}
