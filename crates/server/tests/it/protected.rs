//! Status pages that not everybody may read: every address of them, for those who are let in and those who are not.

use axum::{
    Router,
    body::{Body, to_bytes},
    http::{HeaderMap, Request, StatusCode, header},
};
use testkit::{TestApp, app::minutes};
use tokio::runtime::Runtime;
use tokio_util::sync::CancellationToken;
use tower::ServiceExt;

use crate::outage::team;

const PASSWORD: &str = "correct horse";

pub(crate) struct Door {
    pub(crate) app: TestApp,
    runtime: Runtime,
    router: Router,
}

pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    headers: HeaderMap,
    pub(crate) body: String,
}

impl Answer {
    pub(crate) fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().unwrap())
    }

    /// What a browser sends back.
    pub(crate) fn cookie(&self) -> String {
        self.header("set-cookie").split(';').next().unwrap().to_owned()
    }
}

/// A shop with an outage, whose page is protected so, and a second page that everybody may read.
pub(crate) fn door(protection: &str) -> Door {
    guarded(&format!("protection = {{ {protection} }}"))
}

/// The same with these lines on the page.
pub(crate) fn guarded(lines: &str) -> Door {
    let page = format!("slug = \"acme\"\n        {lines}");
    let text = team("").replacen("slug = \"acme\"\n        title", &format!("{page}\n        title"), 1);
    assert!(text.contains(lines));
    let open = "[[status_page]]\nslug = \"open\"\ntitle = \"Open\"\ngroup = [{ name = \"Shop\", services = [\"orders\"] }]";
    let mut app = TestApp::start(&format!("{text}\n{open}"), &["commerce"]);
    app.provider_sets("commerce", "Checkout", "major_outage");
    app.advance(minutes(2));
    app.arrivals_at("https://phone.test/ana");
    let router = web::public(app.shell(), CancellationToken::new());
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    Door { app, runtime, router }
}

impl Door {
    pub(crate) fn ask(&self, request: Request<Body>) -> Answer {
        self.runtime.block_on(async {
            let response = self.router.clone().oneshot(request).await.unwrap();
            let (head, body) = response.into_parts();
            // A stream of events has no end: its head says whether it was let through.
            let is_stream = head.headers.get("content-type").is_some_and(|kind| kind == "text/event-stream");
            let bytes = if is_stream { Vec::new() } else { to_bytes(body, 1 << 20).await.unwrap().to_vec() };
            let body = String::from_utf8_lossy(&bytes).into_owned();
            Answer { status: head.status, headers: head.headers, body }
        })
    }

    fn get(&self, path: &str, cookie: &str) -> Answer {
        let request = Request::get(path).header(header::COOKIE, cookie).header("accept-encoding", "identity");
        self.ask(request.body(Body::empty()).unwrap())
    }

    /// Asks for a path as somebody who came by this host name.
    pub(crate) fn at(&self, host: &str, path: &str, cookie: &str) -> Answer {
        let request = Request::get(path).header(header::HOST, host).header(header::COOKIE, cookie);
        self.ask(request.body(Body::empty()).unwrap())
    }

    fn unlock(&self, password: &str, site: &str) -> Answer {
        let body = Body::from(format!("password={}", password.replace(' ', "+")));
        let request = Request::post("/status/acme/unlock")
            .header("sec-fetch-site", site)
            .header("content-type", "application/x-www-form-urlencoded");
        self.ask(request.body(body).unwrap())
    }

    /// Every address of the page, and some where there is nothing.
    fn paths(&self) -> Vec<String> {
        let paths = self.app.shell().shelf.paths().into_iter();
        let mut paths: Vec<String> = paths.filter(|path| path.starts_with("/status/acme")).collect();
        assert!(paths.len() > 25, "{paths:?}");
        paths.push("/status/acme/incidents/1234".to_owned());
        paths.push("/status/acme/".to_owned());
        paths
    }

    /// The key that addresses carry, as the page itself writes it.
    fn key(&self, cookie: &str) -> String {
        let page = self.get("/status/acme", cookie).body;
        let (_, rest) = page.split_once("history.atom?key=").unwrap_or_else(|| panic!("no key in {page}"));
        rest.split('"').next().unwrap().to_owned()
    }
}

/// Nothing of what the page says is in an answer.
fn says_nothing(answer: &Answer, path: &str) {
    for word in ["checkout", "Acme", "outage", "Commerce", "Major"] {
        assert!(!answer.body.contains(word), "{path} says {word}: {}", answer.body);
    }
    assert!(answer.header("access-control-allow-origin").is_empty(), "{path}");
    assert_eq!(answer.header("cache-control"), "private, no-cache", "{path}");
}

#[test]
fn no_address_of_a_page_with_a_password_says_anything_before_it_is_given() {
    let door = door(&format!("password = \"{PASSWORD}\""));
    for path in door.paths() {
        for query in ["", "?key=", "?key=AAAAAAAAAAAAAAAAAAAAAA"] {
            let answer = door.get(&format!("{path}{query}"), "midwatch-page=1.x; midwatch-page=");
            says_nothing(&answer, &path);
            assert_eq!(answer.status, StatusCode::FORBIDDEN, "{path}");
            assert!(answer.body.contains("type=\"password\""), "{path}");
        }
    }
    assert_eq!(door.get("/events?page=/status/acme", "").status, StatusCode::NOT_FOUND);
    assert_eq!(door.get("/status/open", "").status, StatusCode::OK);
    assert_eq!(door.get("/events?page=/status/open", "").status, StatusCode::OK);
}

#[test]
fn whoever_gives_the_password_reads_all_of_it_and_programs_go_by_a_key() {
    let door = door(&format!("password = \"{PASSWORD}\""));
    let given = door.unlock(PASSWORD, "same-origin");
    assert_eq!((given.status, given.header("location")), (StatusCode::SEE_OTHER, "/status/acme"));
    let set = given.header("set-cookie");
    assert!(
        set.contains("HttpOnly") && set.contains("SameSite=Lax") && set.contains("Path=/status/acme;"),
        "{set}"
    );
    assert_eq!(set.contains("Secure"), door.app.shell().identity.public_url.starts_with("https"));
    let cookie = given.cookie();
    for path in door.paths() {
        let answer = door.get(&path, &cookie);
        let is_there = !path.contains("/.") && !path.ends_with("1234");
        assert_eq!(answer.status == StatusCode::OK, is_there, "{path}");
        assert_eq!(answer.header("cache-control"), "private, no-cache", "{path}");
        assert_eq!(answer.header("referrer-policy"), "no-referrer");
        assert_eq!(answer.header("x-robots-tag"), "noindex");
        assert!(answer.header("access-control-allow-origin").is_empty(), "{path}");
    }
    assert!(door.get("/status/acme", &cookie).body.contains("content=\"noindex\""));
    assert_eq!(door.get("/events?page=/status/acme", &cookie).status, StatusCode::OK);
    let key = door.key(&cookie);
    for feed in [
        "history.atom",
        "history.rss",
        "api/v2/summary.json",
        "badge.svg",
        "maintenance.ics",
        "fragment.html",
    ] {
        let answer = door.get(&format!("/status/acme/{feed}?key={key}"), "");
        assert_eq!(answer.status, StatusCode::OK, "{feed}");
    }
    let page = door.get(&format!("/status/acme?key={key}"), "");
    assert_eq!(page.status, StatusCode::FORBIDDEN, "a key of feeds opens no page");
}

#[test]
fn passwords_are_tried_ten_times_and_never_from_another_site() {
    let door = door(&format!("password = \"{PASSWORD}\""));
    assert_eq!(door.unlock(PASSWORD, "cross-site").status, StatusCode::FORBIDDEN);
    for _ in 0..30 {
        let given = door.unlock(PASSWORD, "same-origin");
        assert_eq!(given.status, StatusCode::SEE_OTHER, "who knows it uses nothing up for others");
    }
    for _ in 0..10 {
        let wrong = door.unlock("battery staple", "same-origin");
        assert_eq!(wrong.status, StatusCode::FORBIDDEN);
        assert!(wrong.body.contains("This is not its password.") && wrong.header("set-cookie").is_empty());
    }
    let late = door.unlock(PASSWORD, "same-origin");
    assert_eq!((late.status, late.header("retry-after")), (StatusCode::TOO_MANY_REQUESTS, "600"));
}

#[test]
fn a_page_with_a_secret_link_is_not_there_for_others() {
    let door = door("link = \"2026\"");
    for path in door.paths() {
        let answer = door.get(&path, "");
        says_nothing(&answer, &path);
        assert_eq!(
            (answer.status, &answer.body),
            (StatusCode::NOT_FOUND, &door.get("/status/none", "").body)
        );
    }
    assert_eq!(door.unlock("", "same-origin").status, StatusCode::FORBIDDEN);
    let gate = engine::gate::Gate::find(&door.app.shell().shelf, "/status/acme").unwrap();
    let opened = door.get(&format!("/status/acme/history?key={}", gate.key()), "");
    assert_eq!((opened.status, opened.header("location")), (StatusCode::SEE_OTHER, "/status/acme/history"));
    let nowhere = door.get(&format!("/status/acme/nowhere?key={}", gate.key()), "");
    assert_eq!(nowhere.header("location"), "/status/acme", "only to what the page has");
    let answer = door.get("/status/acme/history", &opened.cookie());
    assert_eq!((answer.status, answer.header("referrer-policy")), (StatusCode::OK, "no-referrer"));
    let feed = door.get(&format!("/status/acme/history.atom?key={}", gate.key()), "");
    assert!(feed.status == StatusCode::OK && feed.body.contains("<feed"));
}

#[test]
fn a_page_that_is_no_longer_configured_is_no_longer_served() {
    let mut door = door("link = \"2026\"");
    assert_eq!(door.get("/status/open", "").status, StatusCode::OK);
    let objects = testkit::world::read_config(&team(""));
    door.app.world().write(move |tx| {
        engine::setups::apply(tx, "2026-03-02T09:00:00Z".parse().unwrap(), &objects, "test")
    });
    door.app.advance(minutes(2));
    assert_eq!(door.get("/status/open", "").status, StatusCode::NOT_FOUND);
    assert_eq!(door.get("/status/acme", "").status, StatusCode::OK, "and one that is open now is open");
}
