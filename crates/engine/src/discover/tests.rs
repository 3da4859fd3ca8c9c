//! Each trap once, on a small web of documents.

use std::{
    collections::BTreeMap,
    sync::{Mutex, PoisonError},
};

use futures_util::FutureExt;
use outbound::{BoxFuture, FetchError, Mail, MailError, Receipt};

use super::*;

macro_rules! document {
    ($path:literal) => {
        include_str!(concat!("../../../formats/test_data/", $path))
    };
}

/// Any address of a host, for one that answers everything with the same.
const ANYTHING: &str = "*";

/// What a web answers: by address, else by host and [`ANYTHING`], else 404 with nothing.
#[derive(Default)]
struct Web {
    answers: BTreeMap<String, (u16, String, Option<String>)>,
    asked: Mutex<Vec<String>>,
    /// Addresses that give no answer.
    silent: Vec<String>,
}

/// A clock that goes on by a while with each look at it.
struct Ticking(Mutex<Timestamp>, Duration);

impl Clock for Ticking {
    fn now(&self) -> Timestamp {
        let mut now = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let before = *now;
        *now = before.checked_add(self.1).unwrap();
        before
    }

    fn wait(&self, _span: Duration) -> BoxFuture<'_, ()> {
        Box::pin(std::future::ready(()))
    }
}

impl Web {
    fn with(mut self, url: &str, body: &str) -> Self {
        self.answers.insert(url.to_owned(), (200, body.to_owned(), None));
        self
    }

    fn redirect(mut self, from: &str, to: &str, body: &str) -> Self {
        self.answers.insert(from.to_owned(), (200, body.to_owned(), Some(to.to_owned())));
        self
    }

    fn answer(&self, url: &str) -> Result<Response, FetchError> {
        self.asked.lock().unwrap_or_else(PoisonError::into_inner).push(url.to_owned());
        let host = Url::parse(url).unwrap().host_str().unwrap().to_owned();
        if host == "gone.example" || self.silent.iter().any(|silent| silent == url) {
            return Err(FetchError::Unreachable { host, reason: "nobody listens".to_owned() });
        }
        let known = self.answers.get(url).or_else(|| self.answers.get(&format!("{host}{ANYTHING}")));
        let (status, body, to) = known.cloned().unwrap_or((404, String::new(), None));
        let kind = if body.starts_with('{') { "application/json" } else { "text/html" };
        Ok(Response {
            status,
            headers: vec![("content-type".to_owned(), kind.to_owned())],
            body: body.into(),
            final_url: to.unwrap_or_else(|| url.to_owned()),
        })
    }
}

impl Outbound for Web {
    fn fetch(&self, request: Request) -> BoxFuture<'_, Result<Response, FetchError>> {
        let answer = self.answer(&request.url);
        Box::pin(std::future::ready(answer))
    }

    fn mail(&self, _mail: Mail) -> BoxFuture<'_, Result<Receipt, MailError>> {
        Box::pin(std::future::ready(Err(MailError::Refused("no mail leaves here".to_owned()))))
    }
}

const HTML: &str = "<!doctype html><title>Status</title><h1>All is well</h1>";

fn summary(name: &str, url: &str) -> String {
    format!(
        r#"{{"page":{{"id":"abc123def456","name":"{name}","url":"{url}","time_zone":"Etc/UTC","updated_at":"2026-03-02T08:00:00Z"}},
        "components":[{{"id":"c1","name":"API","status":"operational","position":1,"group":false}}],
        "incidents":[],"scheduled_maintenances":[],"status":{{"indicator":"none","description":"All Systems Operational"}}}}"#
    )
}

fn report_at(web: &Web, page: &str, tick: Duration) -> Report {
    let subject = Subject {
        page: page.to_owned(),
        name: Some("Acme".to_owned()),
        homepage: Some("https://acme.example".to_owned()),
        is_own: false,
    };
    let clock = Ticking(Mutex::new("2026-03-02T08:00:00Z".parse().unwrap()), tick);
    discover(web, &clock, &subject).now_or_never().expect("this web answers at once")
}

fn report(web: &Web, page: &str) -> Report {
    report_at(web, page, Duration::ZERO)
}

#[track_caller]
fn found(web: &Web, page: &str) -> (Discovered, Report) {
    let report = report(web, page);
    match &report.verdict {
        Verdict::Found(found) => (Discovered::clone(found), report),
        Verdict::NotFound(Miss { reason, .. }) => panic!("not found: {reason}\n{report:#?}"),
    }
}

#[track_caller]
fn check_not_found(web: &Web, page: &str, expected: &str) {
    let report = report(web, page);
    match &report.verdict {
        Verdict::Found(found) => panic!("found {found:?}"),
        Verdict::NotFound(Miss { reason, .. }) => assert_eq!(reason, expected, "{report:#?}"),
    }
}

#[test]
fn a_page_is_known_by_the_shape_of_its_document() {
    let web = Web::default().with("https://status.acme.example/", HTML).with(
        "https://status.acme.example/api/v2/summary.json",
        &summary("Acme", "https://status.acme.example"),
    );
    let (found, report) = found(&web, "https://status.acme.example/");
    assert_eq!(found.platform, Platform::Statuspage);
    assert_eq!(found.feed, "https://status.acme.example/api/v2/summary.json");
    assert_eq!((found.page_name.as_deref(), found.snapshot.components.len()), (Some("Acme"), 1));
    let document = report.asked.iter().find(|asked| asked.recognised.is_some()).expect("it was asked for");
    assert_eq!((document.status, document.refused.as_deref()), (Some(200), None));
    assert!(report.asked.last().expect("requests were made").url.contains("no-such-document"));
}

#[test]
fn a_status_of_200_without_the_shape_is_nothing() {
    let web = Web::default().with("status.acme.example*", HTML);
    let report = report(&web, "https://status.acme.example/");
    let Verdict::NotFound(Miss { reason, .. }) = &report.verdict else { panic!("found {report:?}") };
    assert!(
        reason.starts_with("none of ") && reason.ends_with(" has a document of a known form"),
        "{reason}"
    );
    assert!(report.asked.len() < MOST_REQUESTS, "every reader was asked: {}", report.asked.len());
    let refused: Vec<_> = report.asked[1..].iter().map(|asked| asked.refused.as_deref()).collect();
    assert!(refused.iter().all(Option::is_some), "{refused:?}");
}

#[test]
fn a_host_that_answers_everything_with_one_document_proves_nothing() {
    let web = Web::default()
        .with("status.acme.example*", &summary("Acme", "https://status.acme.example"))
        .with("https://status.acme.example/", HTML);
    let report = report(&web, "https://status.acme.example/");
    let Verdict::NotFound(Miss { reason, .. }) = &report.verdict else { panic!("found {report:#?}") };
    assert!(reason.ends_with(": the host answers a path that can't exist with the same"), "{reason}");
}

#[test]
fn an_unclaimed_tenant_is_told_by_where_it_leads() {
    let web = Web::default().redirect("https://acme.statuspage.io/", "https://www.statuspage.io/", HTML);
    check_not_found(
        &web,
        "https://acme.statuspage.io/",
        "https://acme.statuspage.io/ leads to its vendor's own site: nobody has claimed it",
    );
    let document = summary("Acme", "https://acme.statuspage.io");
    let web = Web::default().with("https://acme.statuspage.io/", HTML).redirect(
        "https://acme.statuspage.io/api/v2/summary.json",
        "https://www.statuspage.io/api/v2/summary.json",
        &document,
    );
    check_not_found(
        &web,
        "https://acme.statuspage.io/",
        "https://acme.statuspage.io/api/v2/summary.json: it leads to its vendor's own site: nobody has claimed it",
    );
}

#[test]
fn the_page_of_somebody_else_is_not_taken() {
    let web = Web::default().with("https://acme.statuspage.io/", HTML).with(
        "https://acme.statuspage.io/api/v2/summary.json",
        &summary("Acme Discord Bot", "https://acmebot.example"),
    );
    check_not_found(
        &web,
        "https://acme.statuspage.io/",
        "https://acme.statuspage.io/api/v2/summary.json: it is the page of somebody else, \"Acme Discord Bot\"",
    );
}

#[test]
fn what_stands_where_the_operator_says_is_taken_and_its_other_name_told() {
    let look = |web: &Web, is_own| {
        let page = "https://status.stand.example/".to_owned();
        let subject = Subject { page, name: Some("Tee Kuma".to_owned()), homepage: None, is_own };
        let clock = Ticking(Mutex::new("2026-03-02T08:00:00Z".parse().unwrap()), Duration::ZERO);
        discover(web, &clock, &subject).now_or_never().expect("this web answers at once").verdict
    };
    let feed = "https://status.stand.example/api/v2/summary.json";
    let document = summary("Dashboard", "https://status.stand.example");
    let web = Web::default().with("https://status.stand.example/", HTML).with(feed, &document);
    let Verdict::Found(found) = look(&web, true) else { panic!("the operator's own page was refused") };
    assert_eq!((found.feed.as_str(), found.other_name.as_deref()), (feed, Some("Dashboard")));
    let Verdict::NotFound(miss) = look(&web, false) else { panic!("a shipped row took the page of anybody") };
    assert_eq!(miss.doubted, Some((Platform::Statuspage, feed.to_owned())));
    // What a redirect leads to is nobody's word.
    let there = "https://status.other.example/api/v2/summary.json";
    let web = Web::default()
        .redirect("https://status.stand.example/", "https://status.other.example/", HTML)
        .with(there, &summary("Dashboard", "https://status.other.example"));
    let Verdict::NotFound(miss) = look(&web, true) else { panic!("a redirect was trusted") };
    assert_eq!(miss.doubted, Some((Platform::Statuspage, there.to_owned())));
}

#[test]
fn a_superseded_page_is_followed_once() {
    let old = summary("Acme", "https://new.acme.example/");
    let web = Web::default()
        .with("https://old.acme.example/", HTML)
        .with("https://old.acme.example/api/v2/summary.json", &old)
        .with("https://new.acme.example/", HTML)
        .with(
            "https://new.acme.example/api/v2/summary.json",
            &summary("Acme", "https://third.acme.example/"),
        );
    let (found, _) = found(&web, "https://old.acme.example/");
    assert_eq!(found.feed, "https://new.acme.example/api/v2/summary.json");
    assert_eq!(found.page, "https://new.acme.example/");
    let asked = web.asked.lock().unwrap_or_else(PoisonError::into_inner);
    assert!(!asked.iter().any(|url| url.contains("third")), "{asked:?}");
}

#[test]
fn a_page_that_says_it_stands_where_nothing_is_stays_where_it_is() {
    let web = Web::default()
        .with("https://status.acme.example/", HTML)
        .with("https://status.acme.example/api/v2/summary.json", &summary("Acme", "https://acme.example/"));
    assert_eq!(
        found(&web, "https://status.acme.example/").0.feed,
        "https://status.acme.example/api/v2/summary.json"
    );
    let asked = web.asked.lock().unwrap_or_else(PoisonError::into_inner).clone();
    assert!(!asked.iter().any(|url| url.starts_with("https://acme.example")), "{asked:?}");
    let gone = summary("Acme", "https://gone.example/");
    let web = web.with("https://status.acme.example/api/v2/summary.json", &gone);
    assert_eq!(found(&web, "https://status.acme.example/").0.page, "https://status.acme.example/");
}

#[test]
fn the_final_host_is_what_is_found() {
    let web =
        Web::default().redirect("https://status.acme.example/", "https://status.new.example/", HTML).with(
            "https://status.new.example/api/v2/summary.json",
            &summary("Acme", "https://status.new.example"),
        );
    let (found, report) = found(&web, "https://status.acme.example/");
    assert_eq!(found.feed, "https://status.new.example/api/v2/summary.json");
    assert_eq!(found.page, "https://status.new.example/");
    assert_eq!(report.asked[0].answered_by.as_deref(), Some("https://status.new.example/"));
}

#[test]
fn what_can_not_be_asked_is_said() {
    let web = Web::default();
    check_not_found(&web, "https://gone.example/", "no connection to gone.example: nobody listens");
    check_not_found(&web, "no address", "no address is no address: relative URL without a base");
    check_not_found(&web, "https://status.acme.example/", "the page answers with HTTP status 404");
}

#[test]
fn a_host_that_can_not_answer_now_is_told_from_one_that_has_no_form() {
    let page = "https://status.acme.example/";
    let check = |web: &Web, page: &str, expected: Cause| match report(web, page).verdict {
        Verdict::Found(found) => panic!("found {found:?}"),
        Verdict::NotFound(miss) => assert_eq!(miss.cause, expected, "{}", miss.reason),
    };
    check(&Web::default(), "https://gone.example/", Cause::Silent);
    check(&Web::default(), page, Cause::Formless);
    let html = Web::default().with("status.acme.example*", HTML);
    check(&html, page, Cause::Formless);
    let silent = vec!["https://status.acme.example/api/v2/summary.json".to_owned()];
    check(&Web { silent, ..html }, page, Cause::Unwell);
    for (status, expected) in [(503, Cause::Unwell), (429, Cause::Unwell), (410, Cause::Formless)] {
        let mut web = Web::default();
        web.answers.insert(page.to_owned(), (status, String::new(), None));
        check(&web, page, expected);
    }
}

#[test]
fn time_and_requests_are_bounded() {
    let web = Web::default().with("status.acme.example*", HTML);
    let report = report_at(&web, "https://status.acme.example/", MOST_TIME);
    let expected = "nothing was found in 1 requests, and no more are made".to_owned();
    assert_eq!(report.verdict, Verdict::NotFound(Miss::formless(expected)));
}

/// A document of each hosted platform, and where such a page has it.
const HOSTED: [(Platform, &str, &str); 9] = [
    (Platform::IncidentIo, "/proxy/status.acme.example", document!("incidentio/calm-native.json")),
    (Platform::Statuspage, "/api/v2/summary.json", document!("statuspage/calm-summary.json")),
    (Platform::BetterStack, "/index.json", document!("betterstack/calm-index.json")),
    (Platform::CState, "/index.json", document!("cstate/calm-index.json")),
    (Platform::Instatus, "/summary.json", document!("instatus/calm-summary.json")),
    (Platform::StatusCast, "/summary.json", document!("statuscast/calm-summary.json")),
    (Platform::Sorry, "/api/v1/status", document!("sorry/calm-status.json")),
    (Platform::Cachet, "/api/v1/components?per_page=100", document!("cachet/calm-components.json")),
    (Platform::Hund, "/state_feed/feed.atom", document!("hund/calm-feed.xml")),
];

#[test]
fn each_hosted_platform_is_found_on_a_host_that_answers_everything_else_with_its_page() {
    for (platform, path, document) in HOSTED {
        let web = Web::default()
            .with("status.acme.example*", HTML)
            .with(&format!("https://status.acme.example{path}"), document);
        let subject = Subject::page("https://status.acme.example/".to_owned());
        let clock = Ticking(Mutex::new("2026-03-02T08:00:00Z".parse().unwrap()), Duration::ZERO);
        let report = discover(&web, &clock, &subject).now_or_never().expect("this web answers at once");
        match &report.verdict {
            Verdict::Found(found) => {
                assert_eq!((found.platform, found.feed.ends_with(path)), (platform, true), "{}", found.feed);
            }
            Verdict::NotFound(Miss { reason, .. }) => panic!("{platform}: {reason}\n{:#?}", report.asked),
        }
    }
}
