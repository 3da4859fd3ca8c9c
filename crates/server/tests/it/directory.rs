//! The directory and the pages of providers as their readers get them: found, drawn when asked for, kept while read.

use std::sync::{
    Arc,
    atomic::{AtomicUsize, Ordering},
};

use axum::{
    Router,
    body::{Body, to_bytes},
    http::{Request, Response, header},
};
use domain::provider::provider_id;
use engine::{Shell, shelf::Shelf};
use jiff::SignedDuration;
use store::{BoxFuture, Db, Dialect, Job, Lane};
use testkit::{TestApp, app::minutes, internet::Service};
use tokio::runtime::Runtime;
use tokio_util::sync::CancellationToken;
use tower::ServiceExt;

const COMMERCE: &str = "/directory/shops/commerce";
const MOST_BYTES: usize = 1 << 22;

/// Five providers in two categories; nobody depends on them.
fn config() -> String {
    let provider = |slug: &str, name: &str, category: &str| {
        format!(
            "[[provider]]\nslug = \"{slug}\"\nname = \"{name}\"\ncategory = \"{category}\"\nplatform = \"statuspage\"\n\
             feed = \"https://{slug}.status.test/api/v2/summary.json\"\n"
        )
    };
    [
        "[organization]\nslug = \"acme\"\n".to_owned(),
        provider("commerce", "Commerce", "Shops") + "upstreams = [\"cloud\"]\n",
        provider("carts", "Carts <&> Co", "Shops") + "upstreams = [\"cloud\"]\n",
        provider("cloud", "Cloud", "Hosting"),
        provider("pay", "Pay", "Payments & Billing"),
        provider("silent", "Silent", "Hosting"),
    ]
    .join("\n")
}

struct Scene {
    app: TestApp,
    /// What the listeners are given.
    shell: Shell,
    runtime: Runtime,
}

/// An answer over HTTP.
struct Answer {
    status: u16,
    etag: Option<String>,
    location: Option<String>,
    body: String,
}

impl Scene {
    /// Everybody's page has been read once, but for `silent`, which never answered.
    fn new() -> Self {
        let app = TestApp::start(&config(), &["commerce", "carts", "cloud", "pay"]);
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        Self { shell: app.shell().clone(), app, runtime }
    }

    fn router(&self) -> Router {
        web::public(&self.shell, CancellationToken::new())
    }

    fn get(&self, path: &str) -> Answer {
        self.get_if(path, None)
    }

    fn get_if(&self, path: &str, known: Option<&str>) -> Answer {
        let mut request = Request::get(path);
        if let Some(known) = known {
            request = request.header(header::IF_NONE_MATCH, known);
        }
        let request = request.body(Body::empty()).unwrap();
        self.runtime.block_on(async {
            let response = self.router().oneshot(request).await.unwrap();
            let text = |name| response.headers().get(name).map(|value| value.to_str().unwrap().to_owned());
            let (etag, location) = (text(header::ETAG), text(header::LOCATION));
            let status = response.status().as_u16();
            let body = to_bytes(response.into_body(), MOST_BYTES).await.unwrap();
            Answer { status, etag, location, body: String::from_utf8(body.to_vec()).unwrap() }
        })
    }

    fn kept(&self) -> bool {
        self.app.shell().shelf.provider(COMMERCE).is_some()
    }

    /// The names of the providers in a list, in order.
    fn found(&self, query: &str) -> Vec<String> {
        let answer = self.get(&format!("/directory?{query}&only=results"));
        assert_eq!(answer.status, 200, "{query}");
        let rows = answer.body.split("<li class=\"row\"><div><a href=\"").skip(1);
        rows.map(|row| row.split(['>', '<']).nth(1).unwrap().to_owned()).collect()
    }
}

#[test]
fn a_provider_s_pages_are_drawn_when_somebody_asks_and_served_from_memory_then() {
    let scene = Scene::new();
    assert!(!scene.kept(), "nobody has asked so far");
    let first = scene.get(COMMERCE);
    assert_eq!(first.status, 200);
    assert!(first.body.contains("<h1>Commerce</h1>") && scene.kept());
    let etag = first.etag.unwrap();
    assert_eq!(scene.get_if(COMMERCE, Some(&etag)).status, 304);
    for file in ["/history", "/uptime", "/api/v2/summary.json", "/history.atom", "/badge.svg", "/index.md"] {
        assert_eq!(scene.get(&format!("{COMMERCE}{file}")).status, 200, "{file}");
    }
    assert_eq!(scene.get(&format!("{COMMERCE}/")).body, first.body);
}

#[test]
fn what_is_no_page_of_a_provider_is_not_found_and_what_moved_is_led_to() {
    let scene = Scene::new();
    for path in [
        "/directory/shops/nobody",
        "/directory/shops/nobody/api/v2/summary.json",
        "/directory/nowhere",
        "/directory/shops/commerce/incidents/none",
        "/directory/shops/commerce/nothing",
        "/directory/shops/commerce/../../../etc/passwd",
    ] {
        assert_eq!(scene.get(path).status, 404, "{path}");
    }
    let moved = scene.get("/directory/hosting/commerce/history.atom");
    assert_eq!(
        (moved.status, moved.location.as_deref()),
        (308, Some("/directory/shops/commerce/history.atom"))
    );
}

#[test]
fn an_incident_has_a_page_that_is_drawn_when_somebody_asks_for_it() {
    let mut scene = Scene::new();
    scene.app.provider_page("commerce", |page, now| {
        page.post("i1", "Checkout <fails>", "major", &["Checkout"], now - SignedDuration::from_mins(7));
        page.set("Checkout", "major_outage", now);
    });
    scene.app.advance(minutes(2));
    let path = format!("{COMMERCE}/incidents/i1");
    let index = scene.get(COMMERCE).body;
    assert!(index.contains(&format!("href=\"{path}\"")), "{index}");
    let set = scene.app.shell().shelf.provider(COMMERCE).unwrap();
    assert!(set.records.contains(&path) && !set.sheets.contains_key(&path));
    let page = scene.get(&path);
    assert_eq!(page.status, 200);
    assert!(page.body.contains("<h1>Checkout &#60;fails&#62;</h1>"), "{}", page.body);
    assert!(page.body.contains("First seen by us"));
    // From now on it is part of the set, and changes with it.
    assert!(scene.app.shell().shelf.get(&path).is_some());
    scene.app.provider_page("commerce", |page, now| page.end("i1", now));
    scene.app.advance(minutes(2));
    assert!(scene.get(&path).body.contains("resolved"));
    assert!(!scene.get(&path).body.contains("not yet"));
}

#[test]
fn an_update_that_was_edited_shows_what_it_said_before() {
    let mut scene = Scene::new();
    scene.app.provider_page("cloud", |page, now| {
        page.post("e1", "Errors", "minor", &["API"], now);
        page.edit("e1", "About 5 % of requests fail.", now);
    });
    scene.app.advance(minutes(2));
    let path = "/directory/hosting/cloud/incidents/e1";
    assert!(!scene.get(path).body.contains("edited"));
    scene.app.provider_page("cloud", |page, now| page.edit("e1", "About 30 % of <b>requests fail.", now));
    scene.app.advance(minutes(2));
    let page = scene.get(path).body;
    let changed =
        "About <del>5 </del><ins>30 </ins>% of <del>requests </del><ins>&#60;b&#62;requests </ins>fail.";
    assert!(page.contains(changed), "{page}");
    assert!(page.contains("edited, first seen so <time datetime=\"2026-03-02T08:0"), "{page}");
}

#[test]
fn pages_that_somebody_reads_are_drawn_again_and_others_are_put_away() {
    let mut scene = Scene::new();
    let first = scene.get(COMMERCE);
    let mut heard = scene.app.shell().shelf.listen();
    scene.app.provider_sets("commerce", "API", "partial_outage");
    scene.app.advance(minutes(2));
    let sets: Vec<_> = std::iter::from_fn(|| heard.try_recv().ok()).collect();
    assert!(sets.iter().any(|set| &**set == COMMERCE), "its readers are told: {sets:?}");
    let second = scene.app.shell().shelf.get(COMMERCE).unwrap();
    assert_ne!(first.etag.unwrap(), format!("\"{}\"", second.etag));
    assert!(String::from_utf8_lossy(&second.plain).contains("Partial outage"));
    scene.app.advance(minutes(30));
    assert!(!scene.kept(), "nobody has asked for half an hour");
    assert!(scene.get(COMMERCE).body.contains("Partial outage"), "and it is there for who asks again");
}

#[test]
fn a_page_that_is_pushed_out_is_drawn_again_for_the_next_who_asks() {
    let mut scene = Scene::new();
    scene.shell.shelf = Arc::new(Shelf::in_memory().with_budget(1));
    for path in [COMMERCE, "/directory/shops/carts", COMMERCE, "/directory/hosting/cloud"] {
        assert_eq!(scene.get(path).status, 200, "{path}");
        assert_eq!(scene.shell.shelf.providers_size().0, 1);
    }
}

/// A ledger that counts who reads it.
struct Counting(Arc<dyn Db>, AtomicUsize);

impl Db for Counting {
    fn run(&self, lane: Lane, job: Job) -> BoxFuture<Result<(), store::Error>> {
        self.0.run(lane, job)
    }

    fn run_read(&self, job: Job) -> BoxFuture<Result<(), store::Error>> {
        self.1.fetch_add(1, Ordering::Relaxed);
        self.0.run_read(job)
    }

    fn dialect(&self) -> Dialect {
        self.0.dialect()
    }
}

#[test]
fn many_who_ask_at_once_wait_for_one_drawing_and_later_ones_for_none() {
    let mut scene = Scene::new();
    let ledger = Arc::new(Counting(Arc::clone(&scene.shell.ledger), AtomicUsize::new(0)));
    scene.shell.ledger = Arc::clone(&ledger) as Arc<dyn Db>;
    let router = scene.router();
    let ask = |_| router.clone().oneshot(Request::get(COMMERCE).body(Body::empty()).unwrap());
    let answers = scene.runtime.block_on(futures_util::future::join_all((0..50).map(ask)));
    let etag = |answer: &Response<Body>| answer.headers()[header::ETAG].clone();
    let etags: Vec<_> = answers.iter().map(|answer| etag(answer.as_ref().unwrap())).collect();
    assert!(etags.windows(2).all(|pair| pair[0] == pair[1]));
    assert_eq!(ledger.1.load(Ordering::Relaxed), 1);
    // What stands is served without the ledger, and so is the answer that there is no such page.
    for path in
        [COMMERCE, "/directory/shops/commerce/incidents/none", "/directory?q=commerce", "/directory/shops"]
    {
        scene.get(path);
    }
    assert_eq!(ledger.1.load(Ordering::Relaxed), 1);
}

#[test]
fn a_drawing_whose_askers_went_away_is_begun_again() {
    let scene = Scene::new();
    let router = scene.router();
    scene.runtime.block_on(async {
        let mut gone = Box::pin(router.oneshot(Request::get(COMMERCE).body(Body::empty()).unwrap()));
        // Asked once and given up, wherever the drawing stood then.
        let _ = futures_util::poll!(gone.as_mut());
        drop(gone);
    });
    assert_eq!(scene.get(COMMERCE).status, 200);
    assert!(scene.get(COMMERCE).body.contains("<h1>Commerce</h1>"));
}

#[test]
fn who_looks_at_a_provider_is_noted() {
    let scene = Scene::new();
    let (shell, now) = (scene.app.shell(), scene.app.now());
    assert!(shell.visits.lately(now).is_empty());
    scene.get(&format!("{COMMERCE}/api/v2/status.json"));
    scene.get("/directory/shops/nobody");
    scene.get("/directory/shops");
    assert_eq!(shell.visits.lately(now), [provider_id("commerce")]);
}

#[test]
fn a_provider_that_never_answered_says_why_and_is_not_green() {
    let scene = Scene::new();
    let page = scene.get("/directory/hosting/silent").body;
    assert!(page.contains("We can’t read Silent’s page: "), "{page}");
    assert!(page.contains("data-events=\"/events?page=/directory/hosting/silent\""));
    assert!(!page.contains("class=\"verdict ok\""));
    assert!(scene.get("/directory/hosting/silent/badge.svg").body.contains("no reading"));
    assert_eq!(scene.found("health=never_read"), ["Silent"]);
}

#[test]
fn the_first_reading_reaches_those_who_wait_for_it() {
    let mut scene = Scene::new();
    let path = "/directory/hosting/silent";
    assert!(scene.get(path).body.contains("Its components are shown after the first reading."));
    let mut heard = scene.app.shell().shelf.listen();
    scene.app.provider_appears("silent");
    scene.app.advance(minutes(9));
    assert!(std::iter::from_fn(|| heard.try_recv().ok()).any(|set| &*set == path));
    let page = scene.app.shell().shelf.get(path).expect("it was kept for its reader");
    let page = String::from_utf8_lossy(&page.plain);
    assert!(page.contains("<strong id=\"verdict\">Operational</strong>") && page.contains("<b>Checkout</b>"));
}

#[test]
fn a_page_that_can_t_be_read_any_more_says_since_when_and_why() {
    let mut scene = Scene::new();
    scene.app.provider_serves("commerce", Service::Down);
    scene.app.advance(minutes(60));
    let page = scene.get(COMMERCE).body;
    assert!(page.contains("We can’t read Commerce’s page at the moment"), "{page}");
    assert!(page.contains("The last good reading is of Mar 2, 2026, 08:"), "{page}");
    assert!(page.contains("Last known: operational"));
    assert!(!page.contains("class=\"verdict ok\"") && !page.contains("data-state=\"ok\""));
    let index = scene.get("/directory?q=commerce").body;
    assert!(index.contains("No reading") && !index.contains("state ok"));
}

#[test]
fn the_directory_and_the_page_of_a_provider_say_the_same() {
    let mut scene = Scene::new();
    for (component, status, word) in [
        ("API", "degraded_performance", "Degraded performance"),
        ("Checkout", "major_outage", "Major outage"),
        ("Checkout", "under_maintenance", "Degraded performance"),
        ("API", "operational", "Under maintenance"),
        ("Checkout", "operational", "Operational"),
    ] {
        scene.app.provider_sets("commerce", component, status);
        scene.app.advance(minutes(2));
        let (page, list) = (scene.get(COMMERCE).body, scene.get("/directory?q=commerce").body);
        assert!(page.contains(&format!("<strong id=\"verdict\">{word}</strong>")), "{component} {status}");
        let row = list.split("<li class=\"row\">").nth(1).unwrap();
        assert!(row.contains(word), "{component} {status}: {row}");
    }
}

#[test]
fn words_and_filters_find_providers_together() {
    let mut scene = Scene::new();
    scene.app.provider_sets("cloud", "API", "major_outage");
    scene.app.advance(minutes(2));
    let check = |query: &str, expected: &[&str]| {
        let mut found = scene.found(query);
        found.sort_unstable();
        assert_eq!(found, expected, "{query}");
    };
    check("q=commerce", &["Commerce"]);
    check("q=c", &["Carts &#60;&#38;&#62; Co", "Cloud", "Commerce"]);
    check("q=co+mm", &["Commerce"]);
    check("trouble=1", &["Cloud"]);
    check("q=c&trouble=1&platform=statuspage&health=fresh&category=hosting", &["Cloud"]);
    check("q=c&trouble=1&category=shops", &[]);
    check("category=payments-billing", &["Pay"]);
    check("q=c&platform=instatus", &[]);
    check("platform=&q=pay", &["Pay"]);
    check("q=%3Cscript%3E", &[]);
    let page = scene.get("/directory?q=%22%3E%3Cscript%3E");
    assert!(!page.body.contains("\"><script>") && page.body.contains("noindex"));
}

#[test]
fn a_filter_that_does_not_exist_finds_nothing_and_says_why() {
    let scene = Scene::new();
    for (query, says) in [
        ("platform=nope", "There is no platform “nope”."),
        ("category=nope", "There is no category “nope”."),
        ("bogus=%3Cb%3E", "There is no filter “bogus”."),
        ("q=pay&status=broken", "There is no status “broken”."),
    ] {
        let body = scene.get(&format!("/directory?{query}")).body;
        assert!(body.contains(says) && body.contains("0 providers"), "{query}: {body}");
        assert!(scene.found(query).is_empty(), "{query}");
    }
}

#[test]
fn the_directory_tells_what_began_and_ended_lately() {
    let mut scene = Scene::new();
    scene.app.provider_page("cloud", |page, now| {
        page.set("API", "partial_outage", now);
        page.post("x1", "Slow <API>", "minor", &["API"], now);
    });
    scene.app.advance(minutes(3));
    let index = scene.app.page("/directory");
    assert!(index.contains(">opened</span>") && index.contains("Slow &#60;API&#62;"), "{index}");
    scene.app.provider_page("cloud", |page, now| {
        page.end("x1", now);
        page.recover(now);
    });
    scene.app.advance(minutes(3));
    assert!(scene.app.page("/directory").contains(">resolved</span>"));
    scene.app.provider_page("pay", |page, now| {
        page.post("old", "Old news", "minor", &["API"], now - SignedDuration::from_hours(30));
        page.set("API", "operational", now);
    });
    scene.app.advance(minutes(3));
    assert!(scene.app.page("/directory/payments-billing/pay").contains("Old news"));
    let index = scene.app.page("/directory");
    let lately = index.split("id=\"lately\"").nth(1).unwrap().split("</section>").next().unwrap();
    assert!(
        !lately.contains("Old news") && lately.contains("Slow"),
        "what began long ago is no news: {lately}"
    );
    assert!(index.contains("Operational, open incident"), "old as it is, it is still open: {index}");
    assert_eq!(scene.found("trouble=1").len(), 1);
    scene.app.provider_page("pay", |page, now| page.end("old", now));
    scene.app.advance(minutes(3));
    assert!(scene.app.page("/directory").contains("No provider that we can read reports trouble."));
}

#[test]
fn however_much_changes_the_directory_is_drawn_once_in_a_while() {
    let mut scene = Scene::new();
    scene.app.advance(minutes(1));
    let mut heard = scene.app.shell().shelf.listen();
    for slug in ["commerce", "carts", "cloud", "pay"] {
        scene.app.provider_sets(slug, "API", "major_outage");
    }
    scene.app.advance(minutes(2));
    let drawn = std::iter::from_fn(|| heard.try_recv().ok()).filter(|set| &**set == "/directory").count();
    assert!((1..=4).contains(&drawn), "{drawn} drawings");
    assert_eq!(scene.found("trouble=1").len(), 4, "and the last change is in it");
}

#[test]
fn search_engines_and_browsers_find_what_they_ask_for() {
    let scene = Scene::new();
    let map = scene.get("/sitemaps/1.xml").body;
    assert_eq!(map.matches("<loc>").count(), 1 + 3 + 5);
    assert!(map.contains("<loc>https://midwatch.test/directory/shops/commerce</loc>"));
    assert!(scene.get("/sitemap.xml").body.contains("https://midwatch.test/sitemaps/1.xml"));
    assert!(scene.get("/robots.txt").body.contains("Sitemap: https://midwatch.test/sitemap.xml"));
    let router = scene.router();
    let icon = Request::get("/favicon.ico").body(Body::empty()).unwrap();
    let icon = scene.runtime.block_on(router.oneshot(icon)).unwrap();
    assert_eq!(icon.headers()[header::CONTENT_TYPE], "image/vnd.microsoft.icon");
}

#[test]
fn providers_in_trouble_for_one_reason_are_shown_as_one_event() {
    let mut scene = Scene::new();
    let fails = |scene: &mut Scene, slug| {
        scene.app.provider_page(slug, |page, now| page.set("API", "major_outage", now));
        scene.app.advance(minutes(4));
    };
    fails(&mut scene, "commerce");
    fails(&mut scene, "pay");
    assert!(!scene.get("/directory").body.contains("Probably one cause"));
    fails(&mut scene, "carts");
    fails(&mut scene, "cloud");
    let index = scene.get("/directory").body;
    let section =
        index.split("<h2 id=\"shared\">").nth(1).expect("a section").split("</section>").next().unwrap();
    assert!(
        section.contains("/directory/hosting/cloud") && section.contains("reports trouble itself"),
        "{section}"
    );
    assert!(section.contains(COMMERCE) && section.contains("/directory/shops/carts"), "{section}");
    assert!(!section.contains("/pay"), "nothing says why: {section}");
    let page = scene.get(COMMERCE).body;
    assert!(page.contains("Probably because of Cloud."), "{page}");
    assert!(
        scene
            .get("/directory/hosting/cloud")
            .body
            .contains("2 other providers report trouble that points here.")
    );
    for slug in ["commerce", "carts", "cloud"] {
        scene.app.provider_page(slug, |page, now| page.recover(now));
    }
    scene.app.advance(minutes(4));
    assert!(!scene.get("/directory").body.contains("Probably one cause"));
}
