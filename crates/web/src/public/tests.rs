//! Requests to the public pages: what a browser, a cache, a feed reader and a curious script are answered.

use axum::{Router, body::to_bytes, http::Request};
use render::Page;
use tower::ServiceExt;

use super::{find::decoded, *};

const HTML: &str = "text/html; charset=utf-8";
const JSON: &str = "application/json";

fn drawn(path: &str, content_type: &'static str, body: &str) -> Page {
    Page { path: path.to_owned(), content_type, body: body.as_bytes().to_vec() }
}

/// Long enough to be worth compressing.
fn long() -> String {
    "All systems operational. ".repeat(100)
}

fn router() -> Router {
    let shelf = Arc::new(Shelf::in_memory());
    let pages = vec![
        drawn("/status/acme", HTML, &long()),
        drawn("/status/acme/badge.svg", "image/svg+xml", "<svg/>"),
        drawn("/status/acme/api/v2/status.json", JSON, &long()),
        drawn("/status/acme/embed.html", HTML, "framed"),
        drawn("/status/acme/fragment.html", HTML, "a fragment"),
        drawn("/status/acme/logo-0123.svg", "image/svg+xml", "<svg/>"),
        drawn("/status/logo-shop", HTML, &long()),
        drawn("/status/acme/.ask", HTML, "a question"),
        drawn("/directory", HTML, "the directory"),
        drawn("/assets/page.0123.css", "text/css", "a{}"),
    ];
    shelf.put("/status/acme", pages).unwrap();
    crate::pages(&shelf, None, tokio_util::sync::CancellationToken::new()).1
}

/// An answer: its status, its headers and its body.
struct Answer {
    status: u16,
    headers: HeaderMap,
    body: Bytes,
}

impl Answer {
    fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).map(|value| value.to_str().unwrap())
    }

    fn text(&self) -> &str {
        std::str::from_utf8(&self.body).unwrap()
    }
}

/// Asks for a page with these headers.
async fn ask(method: Method, path: &str, headers: &[(&str, &str)]) -> Answer {
    let mut request = Request::builder().method(method).uri(path);
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    let response = router().oneshot(request.body(Body::empty()).unwrap()).await.unwrap();
    let (head, body) = response.into_parts();
    let body = to_bytes(body, 1 << 20).await.unwrap();
    Answer { status: head.status.as_u16(), headers: head.headers, body }
}

async fn get(path: &str, headers: &[(&str, &str)]) -> Answer {
    ask(Method::GET, path, headers).await
}

#[tokio::test]
async fn a_page_is_served_with_its_kind_and_its_validator() {
    let answer = get("/status/acme", &[]).await;
    assert_eq!((answer.status, answer.text()), (200, long().as_str()));
    assert_eq!(answer.header("content-type"), Some(HTML));
    assert_eq!(answer.header("vary"), Some("accept-encoding"));
    assert_eq!(answer.header("content-encoding"), None);
    let etag = answer.header("etag").unwrap();
    assert!(etag.len() > 10 && etag.starts_with('"') && etag.ends_with('"'), "{etag}");
}

#[tokio::test]
async fn caches_keep_pages_for_moments_and_named_files_for_ever() {
    let check = async |path, expected| {
        assert_eq!(get(path, &[]).await.header("cache-control"), Some(expected), "{path}");
    };
    check("/status/acme", CACHE).await;
    check("/status/acme/badge.svg", CACHE).await;
    check("/assets/page.0123.css", CACHE_FOR_EVER).await;
}

#[tokio::test]
async fn the_best_encoding_that_the_reader_takes_is_sent() {
    let check = async |takes: &str, expected: Option<&str>| {
        let answer = get("/status/acme", &[("accept-encoding", takes)]).await;
        assert_eq!(answer.header("content-encoding"), expected, "{takes:?}");
        assert_eq!(answer.body == long(), expected.is_none(), "{takes:?}");
        assert!(expected.is_none() || answer.body.len() < long().len());
    };
    check("br", Some("br")).await;
    check("gzip", Some("gzip")).await;
    check("gzip, deflate, br, zstd", Some("br")).await;
    check("GZIP;q=0.5", Some("gzip")).await;
    check("br;q=0, gzip", Some("gzip")).await;
    check("br ; q=0.0 , gzip ; q=0.000", None).await;
    check("br;Q=0", None).await;
    check("br;q=1, gzip;q=0", Some("br")).await;
    check("identity", None).await;
    check("brotli, xgzip", None).await;
    check("", None).await;
}

#[tokio::test]
async fn what_is_small_is_sent_plain() {
    let answer = get("/status/acme/badge.svg", &[("accept-encoding", "br, gzip")]).await;
    assert_eq!((answer.text(), answer.header("content-encoding")), ("<svg/>", None));
}

#[tokio::test]
async fn a_page_that_the_reader_has_is_not_sent_again() {
    let etag = get("/status/acme", &[]).await.header("etag").unwrap().to_owned();
    let zipped = get("/status/acme", &[("accept-encoding", "gzip")]).await;
    let zipped = zipped.header("etag").unwrap().to_owned();
    assert_ne!(etag, zipped);
    let check = async |known: &str, takes: &str, expected: u16| {
        let answer = get("/status/acme", &[("if-none-match", known), ("accept-encoding", takes)]).await;
        assert_eq!(answer.status, expected, "{known} taking {takes:?}");
        assert_eq!(answer.body.is_empty(), expected == 304);
        assert!(answer.header("etag").is_some() && answer.header("cache-control").is_some());
    };
    check(&etag, "", 304).await;
    check(&format!("W/{etag}"), "", 304).await;
    check(&format!("\"other\", {etag}"), "", 304).await;
    check("*", "", 304).await;
    check(&zipped, "gzip", 304).await;
    check(&zipped, "", 200).await;
    check(&etag, "gzip", 200).await;
    check("\"other\"", "", 200).await;
    check(etag.trim_matches('"'), "", 200).await;
    check("", "", 200).await;
}

#[tokio::test]
async fn head_is_answered_as_get_without_the_body() {
    for path in ["/status/acme", "/status/acme/api/v2/status.json", "/nowhere"] {
        let (head, get) = (ask(Method::HEAD, path, &[]).await, get(path, &[]).await);
        assert_eq!((head.status, head.header("etag")), (get.status, get.header("etag")), "{path}");
        assert_eq!(head.header("content-type"), get.header("content-type"));
        assert!(head.body.is_empty() && !get.body.is_empty());
        assert_eq!(head.header("content-length"), Some(get.body.len().to_string().as_str()), "{path}");
    }
}

#[tokio::test]
async fn pages_can_only_be_read() {
    for method in [Method::POST, Method::PUT, Method::DELETE, Method::PATCH, Method::OPTIONS] {
        let answer = ask(method.clone(), "/status/acme", &[]).await;
        assert_eq!((answer.status, answer.header("allow")), (405, Some("GET, HEAD")), "{method}");
    }
}

#[tokio::test]
async fn where_no_page_is_a_page_says_so() {
    for path in
        ["/nowhere", "/status/ACME", "//", "/status/x/../acme", "/%2e%2e/etc/passwd", "/status/acme//"]
    {
        let answer = get(path, &[]).await;
        assert_eq!((answer.status, answer.header("content-type")), (404, Some(HTML)), "{path}");
    }
    let answer = get("/nowhere", &[]).await;
    assert!(answer.text().contains("There is no page here"), "{}", answer.text());
    assert_eq!(answer.header("etag"), None);
}

#[tokio::test]
async fn a_slash_at_the_end_changes_nothing() {
    for path in ["/status/acme", "/status/acme/api/v2/status.json", "/directory"] {
        let (plain, slashed) = (get(path, &[]).await, get(&format!("{path}/"), &[]).await);
        assert_eq!((slashed.status, slashed.body), (200, plain.body), "{path}");
    }
}

#[tokio::test]
async fn the_root_leads_to_the_directory() {
    let answer = get("/", &[]).await;
    assert_eq!((answer.status, answer.header("location")), (303, Some("/directory")));
}

#[tokio::test]
async fn before_the_directory_can_be_searched_it_is_shown_whole() {
    for path in ["/directory?q=stripe", "/directory?trouble=1", "/directory/?category=shops"] {
        let answer = get(path, &[]).await;
        assert_eq!((answer.status, answer.header("location")), (303, Some("/directory")), "{path}");
    }
    // Without anything in particular it is the page as it was drawn.
    for path in [
        "/directory?q=",
        "/directory?q=++&trouble=&category=",
        "/directory?utm_source=x",
        "/directory?health=",
    ] {
        assert_eq!(get(path, &[]).await.text(), "the directory", "{path}");
    }
}

#[tokio::test]
async fn a_stream_of_no_page_is_refused_as_everything_is() {
    for path in ["/events", "/events?pages=/directory"] {
        let answer = get(path, &[]).await;
        assert_eq!((answer.status, answer.header("content-type")), (400, Some("application/problem+json")));
        assert!(answer.text().contains("missing field `page`"), "{}", answer.text());
    }
}

#[tokio::test]
async fn every_answer_is_hardened() {
    let check = async |method, path, expected| {
        let answer = ask(method, path, &[]).await;
        assert_eq!(answer.status, expected, "{path}");
        assert_eq!(answer.header("content-security-policy"), Some(POLICY), "{path}");
        assert_eq!(answer.header("x-content-type-options"), Some("nosniff"), "{path}");
        assert_eq!(answer.header("referrer-policy"), Some("strict-origin-when-cross-origin"), "{path}");
    };
    check(Method::GET, "/status/acme", 200).await;
    check(Method::GET, "/status/acme/badge.svg", 200).await;
    check(Method::GET, "/directory?q=stripe", 303).await;
    check(Method::GET, "/nowhere", 404).await;
    check(Method::POST, "/status/acme", 405).await;
    check(Method::GET, "/", 303).await;
    assert!(!POLICY.contains("unsafe") && POLICY.contains("frame-ancestors 'none'"));
}

#[tokio::test]
async fn other_sites_may_read_data_and_not_pages() {
    let check = async |path, expected: Option<&str>| {
        assert_eq!(get(path, &[]).await.header("access-control-allow-origin"), expected, "{path}");
    };
    check("/status/acme/api/v2/status.json", Some("*")).await;
    check("/status/acme/badge.svg", Some("*")).await;
    check("/status/acme/fragment.html", Some("*")).await;
    check("/status/acme", None).await;
    check("/status/acme/embed.html", None).await;
    check("/nowhere", None).await;
}

#[tokio::test]
async fn only_the_line_for_frames_may_stand_in_one() {
    let policy = async |path| {
        let answer = get(path, &[]).await;
        answer.header("content-security-policy").unwrap().to_owned()
    };
    let framed = policy("/status/acme/embed.html").await;
    assert!(framed.ends_with("frame-ancestors *") && !framed.contains("script-src"), "{framed}");
    for path in ["/status/acme", "/status/acme/fragment.html", "/nowhere/embed.html"] {
        assert_eq!(policy(path).await, POLICY, "{path}");
    }
}

#[test]
fn form_values_are_decoded_and_what_is_no_code_stays() {
    let check = |text: &str, expected: &str| assert_eq!(decoded(text), expected, "{text:?}");
    check("", "");
    check("a+b%20c", "a b c");
    check("%41%7a%2B%26", "Az+&");
    check("caf%c3%a9 %E2%82%AC", "café €");
    check("100%", "100%");
    check("%4", "%4");
    check("%zz%", "%zz%");
    check("%+1", "% 1");
    check("%-1", "%-1");
    check("%é", "%é");
    check("%ff|%C3", "\u{fffd}|\u{fffd}");
    check("%00", "\0");
}

#[tokio::test]
async fn a_picture_of_somebody_else_is_a_picture_and_nothing_more() {
    let logo = get("/status/acme/logo-0123.svg", &[]).await;
    let policy = logo.header("content-security-policy").unwrap();
    assert!(
        logo.status == 200 && policy.contains("default-src 'none'") && policy.contains("sandbox"),
        "{policy}"
    );
    assert_eq!(logo.header("x-content-type-options"), Some("nosniff"));
    let page = get("/status/logo-shop", &[]).await;
    assert_eq!(page.header("content-security-policy"), Some(POLICY), "a page that is called so is a page");
}

#[tokio::test]
async fn what_stands_beside_a_page_for_serving_is_served_to_nobody() {
    for path in ["/status/acme/.ask", "/status/acme/.ask/", "/status/acme/.gate"] {
        assert_eq!(get(path, &[]).await.status, 404, "{path}");
    }
}
