//! What is kept, for whom and how long. The connections lead nowhere; time moves only when a test says so.

use tokio::{
    io::{DuplexStream, duplex},
    time::advance,
};
use url::Url;

use super::*;

fn origin(url: &str) -> Origin {
    Url::parse(url).unwrap().origin()
}

/// An open connection, and the server's end of it.
async fn connection() -> (Connection, DuplexStream) {
    let (ours, theirs) = duplex(64);
    (Connection::http1(ours, "192.0.2.1".parse().unwrap()).await.unwrap(), theirs)
}

/// A pool that keeps one connection for each of these, in this order.
async fn pool(most: usize, urls: &[&str]) -> (Pool, Vec<DuplexStream>) {
    let (pool, mut ends) = (Pool::holding(most), Vec::new());
    for url in urls {
        let (connection, end) = connection().await;
        pool.put(origin(url), connection);
        ends.push(end);
    }
    (pool, ends)
}

#[tokio::test(start_paused = true)]
async fn only_the_very_same_origin_gets_a_connection() {
    let (pool, _ends) = pool(9, &["https://a.example/one"]).await;
    for other in ["http://a.example:443", "https://a.example:444", "https://b.example", "https://a.example."]
    {
        assert!(pool.take(&origin(other)).is_none(), "{other}");
    }
    assert!(pool.take(&origin("https://a.example/two")).is_some());
    assert!(pool.take(&origin("https://a.example/two")).is_none(), "it is given out once");
}

#[tokio::test(start_paused = true)]
async fn a_connection_is_not_kept_longer_than_its_idle_time() {
    let (pool, _ends) = pool(9, &["http://a.example"]).await;
    advance(IDLE).await;
    assert_eq!(pool.idle(), 1);
    advance(Duration::from_millis(1)).await;
    assert_eq!(pool.idle(), 0);
    assert!(pool.take(&origin("http://a.example")).is_none());
    assert!(pool.shelf().turns.is_empty());
}

#[tokio::test(start_paused = true)]
async fn a_connection_is_not_used_beyond_its_age() {
    let (pool, _ends) = pool(9, &["http://a.example"]).await;
    let used = origin("http://a.example");
    for _ in 0..10 {
        advance(AGE / 10).await;
        let connection = pool.take(&used).unwrap();
        pool.put(used.clone(), connection);
    }
    advance(Duration::from_millis(1)).await;
    assert_eq!(pool.idle(), 0);
    assert!(pool.take(&used).is_none());

    let (old, _end) = connection().await;
    advance(AGE + Duration::from_millis(1)).await;
    pool.put(used, old);
    assert!(pool.shelf().kept.is_empty());
}

#[tokio::test(start_paused = true)]
async fn a_connection_that_the_server_closed_is_not_given_out() {
    let (pool, mut ends) = pool(9, &["http://a.example", "http://a.example"]).await;
    ends.pop();
    tokio::task::yield_now().await; // its driver sees the end
    assert_eq!(pool.idle(), 1);
    assert!(pool.take(&origin("http://a.example")).is_some());
    assert!(pool.take(&origin("http://a.example")).is_none());
}

#[tokio::test(start_paused = true)]
async fn the_one_that_waits_longest_makes_room() {
    let (pool, _ends) = pool(2, &["http://a.example", "http://b.example", "http://c.example"]).await;
    assert_eq!(pool.idle(), 2);
    assert!(pool.take(&origin("http://a.example")).is_none());
    assert!(pool.take(&origin("http://c.example")).is_some());
    assert!(pool.take(&origin("http://b.example")).is_some());
}

#[tokio::test(start_paused = true)]
async fn an_origin_has_two_kept_connections() {
    let (pool, _ends) = pool(9, &["http://b.example", "http://a.example"]).await;
    for _ in 0..3 {
        let (connection, end) = connection().await;
        pool.put(origin("http://a.example"), connection);
        drop(end);
    }
    assert_eq!(pool.shelf().kept.len(), 3);
    assert!(pool.take(&origin("http://b.example")).is_some());
}

#[test]
fn the_limit_of_open_files_is_read() {
    let limits = "Limit                     Soft Limit           Hard Limit           Units\n\
                  Max open files            1024                 524288               files\n";
    assert_eq!(parse_open_files(limits), 1024);
    assert_eq!(parse_open_files("Max open files unlimited unlimited files"), usize::MAX);
    assert_eq!(parse_open_files(""), FEW_FILES);
}
