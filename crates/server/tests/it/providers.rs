//! What anyone is told about providers: lists, filters, pages, snapshots, the past, and the stream of changes.

use axum::http::Method;
use serde_json::{Value, json};
use testkit::{TestApp, app::minutes, internet::Service};

use crate::reader::{Answer, Reader};

const LIST: &str = "/api/v1/providers";

/// Four providers; nobody depends on any of them.
fn config() -> String {
    let provider = |slug: &str, name: &str, category: &str, platform: &str| {
        format!(
            "[[provider]]\nslug = \"{slug}\"\nname = \"{name}\"\ncategory = \"{category}\"\n{platform}\
             feed = \"https://{slug}.status.test/api/v2/summary.json\"\n\
             status_page = \"https://{slug}.status.test\"\ninterval = \"60s\"\n"
        )
    };
    [
        "[organization]\nslug = \"acme\"\n".to_owned(),
        provider("bank", "First Bank", "Payments", ""),
        provider("commerce", "Commerce Layer", "E-commerce & Marketplaces", ""),
        provider("mail", "Mail & More", "Messaging", "platform = \"statuspage\"\n"),
        provider("pay", "Pay", "Payments", ""),
    ]
    .join("\n")
}

fn start() -> (TestApp, Reader) {
    let app = TestApp::start(&config(), &["bank", "commerce", "mail", "pay"]);
    let reader = Reader::of(&app);
    (app, reader)
}

fn slugs(answer: &Answer) -> Vec<String> {
    assert_eq!(answer.status, 200, "{}", answer.body);
    let list = answer.json();
    list["data"].as_array().unwrap().iter().map(|item| item["slug"].as_str().unwrap().to_owned()).collect()
}

/// Commerce has a major incident, mail answers with nonsense, the bank is slow.
fn trouble() -> (TestApp, Reader) {
    let (mut app, reader) = start();
    app.provider_sets("commerce", "Checkout", "major_outage");
    app.provider_page("commerce", |page, now| {
        page.post("inc1", "Checkout fails", "major", &["Checkout"], now)
    });
    app.provider_sets("bank", "API", "degraded_performance");
    app.provider_serves("mail", Service::Html);
    app.advance(minutes(40));
    (app, reader)
}

#[test]
fn each_filter_leaves_what_it_asks_for() {
    let (app, reader) = trouble();
    // Just after everything was read for the first time: who is read next first is chance.
    let since = app.now().checked_sub(jiff::SignedDuration::from_secs(40 * 60 - 1)).unwrap();
    let check = |query: &str, expected: &[&str]| {
        assert_eq!(slugs(&reader.get(&format!("{LIST}?{query}"))), expected, "{query}");
    };
    check("", &["bank", "commerce", "mail", "pay"]);
    check("q=pay", &["bank", "pay"]);
    check("q=MAIL+more", &["mail"]);
    check("q=nothing", &[]);
    check("category=payments", &["bank", "pay"]);
    check("category=E-commerce+%26+Marketplaces&category=messaging", &["commerce", "mail"]);
    check("platform=statuspage", &["bank", "commerce", "mail", "pay"]);
    check("platform=instatus", &[]);
    check("status=major_outage", &["commerce"]);
    check("status=trouble", &["bank", "commerce"]);
    check("status=unknown,degraded_performance", &["bank", "mail"]);
    check("status=operational&status=major_outage", &["commerce", "pay"]);
    check("health=unreadable", &["mail"]);
    check("health=fresh&q=payments", &["bank", "pay"]);
    check(&format!("updated_since={since}"), &["bank", "commerce", "mail"]);
    check("status=trouble&category=payments", &["bank"]);
}

#[test]
fn an_open_incident_is_told_beside_components_that_deny_it() {
    let (mut app, reader) = start();
    app.provider_page("pay", |page, now| page.post("inc2", "Cards are declined", "critical", &[], now));
    app.advance(minutes(5));
    assert_eq!(slugs(&reader.get(&format!("{LIST}?status=trouble"))), ["pay"]);
    let pay = reader.get(&format!("{LIST}/pay")).json();
    assert_eq!((&pay["status"], &pay["open_impact"]), (&json!("operational"), &json!("critical")));
    assert_eq!(reader.get(&format!("{LIST}/bank")).json()["open_impact"], Value::Null);
    let page = app.page("/directory/payments/pay");
    assert!(page.contains("Operational, with an open critical incident"), "{page}");
    app.provider_serves("pay", Service::Html);
    app.advance(minutes(60));
    assert_eq!(reader.get(&format!("{LIST}/pay")).json()["open_impact"], Value::Null, "it may be over");
}

#[test]
fn what_was_so_at_the_first_reading_is_not_said_to_have_begun_with_it() {
    let mut app = TestApp::start(&config(), &["bank", "commerce", "mail"]);
    let reader = Reader::of(&app);
    app.provider_appears("pay");
    app.provider_sets("pay", "API", "major_outage");
    app.provider_sets("bank", "API", "major_outage");
    app.advance(minutes(15));
    let pay = reader.get(&format!("{LIST}/pay")).json();
    assert_eq!((&pay["since_is_first_reading"], &pay["since"]), (&json!(true), &pay["first_read_at"]));
    let firsts = |of: &Value| -> Vec<bool> {
        let all = of["components"].as_array().unwrap().iter();
        all.map(|one| one["since_is_first_reading"].as_bool().unwrap()).collect()
    };
    assert!(firsts(&pay).iter().all(|first| *first), "{pay}");
    let bank = reader.get(&format!("{LIST}/bank")).json();
    assert_eq!(bank["since_is_first_reading"], false);
    assert!(firsts(&bank).contains(&false) && firsts(&bank).contains(&true), "{bank}");
    let page = app.page("/directory/payments/pay");
    assert!(page.contains(", already so at") && page.contains(", when we first read it"), "{page}");
    assert!(!app.page("/directory/payments/bank").contains("already so"));
    assert!(app.page("/directory").contains("Major outage, already so at"));
    app.provider_page("pay", |page, now| {
        page.post("inc3", "No payments", "major", &["API"], now - jiff::SignedDuration::from_hours(2));
        page.set("Checkout", "operational", now);
    });
    app.advance(minutes(5));
    let page = app.page("/directory/payments/pay");
    assert!(page.contains("No payments") && !page.contains("already so"), "the incident says when: {page}");
}

#[test]
fn what_is_not_understood_is_refused_in_one_form() {
    let (_app, reader) = start();
    let check = |method: Method, path: &str, expected: u16, says: &str| {
        let answer = reader.ask(method, path, &[], "");
        assert_eq!(answer.status, expected, "{path}: {}", answer.body);
        assert_eq!(answer.header("content-type"), Some("application/problem+json"), "{path}");
        let problem = answer.json();
        assert_eq!(problem["status"], expected, "{path}");
        assert!(problem["detail"].as_str().unwrap().contains(says), "{path}: {problem}");
    };
    let get = |path: &str, expected, says| check(Method::GET, path, expected, says);
    get("/api/v1/providers?stauts=trouble", 400, "there is no parameter \"stauts\"");
    get("/api/v1/providers?status=broken", 400, "is not a status");
    get("/api/v1/providers?health=good", 400, "is not a health");
    get("/api/v1/providers?platform=geocities", 400, "is not a platform");
    get("/api/v1/providers?updated_since=yesterday", 400, "RFC 3339");
    get("/api/v1/providers?limit=0", 400, "limit");
    get("/api/v1/providers?limit=many", 400, "limit");
    get("/api/v1/providers?cursor=%3Cscript%3E", 400, "not one we gave");
    get("/api/v1/providers?q=%ff%fe&limit=x", 400, "limit");
    get("/api/v1/providers/nobody", 404, "no provider \"nobody\"");
    get("/api/v1/providers/%ff", 400, "");
    get("/api/v1/providers/pay/incidents/none", 404, "no incident \"none\"");
    get("/api/v1/providers/pay/incidents?state=ajar", 400, "open or closed");
    get("/api/v1/providers/pay/incidents?cursor=x", 400, "not one we gave");
    get("/api/v1/providers/pay/changes?cursor=-1", 400, "not one we gave");
    get("/api/v1/providers/events?provider=nobody", 400, "no provider \"nobody\"");
    get("/api/v1/nowhere", 404, "no such address");
    check(Method::POST, "/api/v1/providers", 405, "other methods");
    check(Method::DELETE, "/api/v1/incidents", 405, "other methods");
}

#[test]
fn an_item_says_how_a_provider_is_and_how_we_know() {
    let (_app, reader) = trouble();
    let list = reader.get(LIST).json();
    assert_eq!(list["total"], 4);
    let commerce = &list["data"][1];
    assert_eq!(commerce["status"], "major_outage");
    assert_eq!((&commerce["platform"], &commerce["health"]), (&json!("statuspage"), &json!("fresh")));
    assert_eq!(commerce["category"], "E-commerce & Marketplaces");
    assert_eq!(commerce["poll_lag_seconds"], 0);
    let incident = &commerce["incidents"][0];
    assert_eq!(
        (&incident["id"], &incident["name"], &incident["impact"], &incident["phase"]),
        (&json!("inc1"), &json!("Checkout fails"), &json!("major"), &json!("investigating"))
    );
    let page = "https://midwatch.test/directory/e-commerce-marketplaces/commerce";
    assert_eq!(
        (&commerce["url"], &commerce["status_page"]),
        (&json!(page), &json!("https://commerce.status.test"))
    );
    assert_eq!(commerce["api_url"], "https://midwatch.test/api/v1/providers/commerce");
    let mail = &list["data"][2];
    assert_eq!((&mail["status"], &mail["health"]), (&json!("unknown"), &json!("unreadable")), "not green");
    assert!(mail["last_read_at"].as_str() < mail["last_tried_at"].as_str(), "{mail}");
}

#[test]
fn pages_hold_still_while_providers_change_between_them() {
    let (mut app, reader) = trouble();
    let first = reader.get(&format!("{LIST}?limit=1&status=trouble"));
    assert_eq!(slugs(&first), ["bank"]);
    let link = first.header("link").unwrap();
    let next =
        link.strip_prefix("<https://midwatch.test").and_then(|l| l.strip_suffix(">; rel=\"next\"")).unwrap();
    assert_eq!(next, "/api/v1/providers?limit=1&status=trouble&cursor=bank");
    assert_eq!(first.json()["next_cursor"], "bank");
    // The one that was shown recovers, and one that comes later joins: nobody is shown twice or left out.
    app.provider_sets("bank", "API", "operational");
    app.provider_sets("pay", "API", "partial_outage");
    app.advance(minutes(2));
    let second = reader.get(next);
    assert_eq!(slugs(&second), ["commerce"]);
    let third = reader.get(&format!("{LIST}?limit=1&status=trouble&cursor=commerce"));
    assert_eq!((slugs(&third), third.header("link")), (vec!["pay".to_owned()], None));
    assert_eq!(third.json()["next_cursor"], Value::Null);
    assert_eq!(slugs(&reader.get(&format!("{LIST}?cursor=commerce-which-is-gone"))), ["mail", "pay"]);
}

#[test]
fn what_the_reader_has_is_not_sent_again_until_it_changes() {
    let (mut app, reader) = start();
    for path in
        [LIST, "/api/v1/providers/pay", "/api/v1/providers/pay/components", "/api/v1/providers/pay/changes"]
    {
        let first = reader.get(path);
        let etag = first.header("etag").unwrap().to_owned();
        assert!(first.header("cache-control").unwrap().starts_with("public, max-age=10"), "{path}");
        assert_eq!(first.header("access-control-allow-origin"), Some("*"), "{path}");
        let again = reader.ask(Method::GET, path, &[("if-none-match", &format!("\"x\", W/{etag}"))], "");
        assert_eq!((again.status, again.body.as_str()), (304, ""), "{path}");
        assert_eq!(again.header("etag"), Some(etag.as_str()));
        let head = reader.ask(Method::HEAD, path, &[], "");
        assert_eq!(
            (head.status, head.body.as_str(), head.header("etag")),
            (200, "", Some(etag.as_str())),
            "{path}"
        );
        let asked = reader.ask(Method::OPTIONS, path, &[], "");
        assert_eq!((asked.status, asked.header("access-control-allow-origin")), (204, Some("*")), "{path}");
    }
    let etag = reader.get(LIST).header("etag").unwrap().to_owned();
    app.provider_sets("pay", "API", "major_outage");
    app.advance(minutes(2));
    assert_eq!(reader.ask(Method::GET, LIST, &[("if-none-match", &etag)], "").status, 200);
}

#[test]
fn a_provider_is_told_whole_with_the_clocks_that_only_we_have() {
    let (_app, reader) = trouble();
    let pay = reader.get("/api/v1/providers/commerce").json();
    for key in [
        "health",
        "platform",
        "page",
        "overall",
        "components",
        "incidents",
        "maintenances",
        "warnings",
        "as_of",
        "last_read_at",
        "first_read_at",
        "slug",
        "status",
        "since",
    ] {
        assert!(pay.get(key).is_some(), "{key}: {pay}");
    }
    assert_eq!(pay["components"][1]["status"], "major_outage");
    let incident = &pay["incidents"][0];
    assert!(incident["first_seen_at"].is_string() && incident["created_at"].is_string(), "{incident}");
    assert_eq!(incident["updates"][0]["body"], "We are looking into it.");
    let mail = reader.get("/api/v1/providers/mail/components").json();
    let component = &mail["data"][0];
    assert_eq!((&component["status"], &component["last_status"]), (&json!("unknown"), &json!("operational")));
    assert!(reader.get("/api/v1/providers/mail").json()["reason"].is_string());
}

#[test]
fn the_past_is_told_by_page_and_an_incident_with_every_word_that_was_changed() {
    let (mut app, reader) = trouble();
    app.provider_page("commerce", |page, now| {
        page.end("inc1", now);
        page.post("inc2", "Slow <b>again</b>", "minor", &[], now);
    });
    app.advance(minutes(2));
    let path = "/api/v1/providers/commerce/incidents";
    let ids = |query: &str| -> Vec<String> {
        let list = reader.get(&format!("{path}{query}")).json();
        list["data"].as_array().unwrap().iter().map(|i| i["id"].as_str().unwrap().to_owned()).collect()
    };
    assert_eq!(ids(""), ["inc2", "inc1"]);
    assert_eq!(ids("?state=open"), ["inc2"]);
    assert_eq!(ids("?state=closed"), ["inc1"]);
    assert_eq!(ids("?impact=major"), ["inc1"]);
    let first = reader.get(&format!("{path}?limit=1"));
    let next = first.json()["next_cursor"].as_str().unwrap().to_owned();
    assert!(first.header("link").unwrap().contains(&next), "{next}");
    assert_eq!(ids(&format!("?limit=1&cursor={next}")), ["inc1"]);

    let incident = reader.get(&format!("{path}/inc1")).json();
    assert_eq!(
        (&incident["status"], &incident["components"][0]["name"]),
        (&json!("resolved"), &json!("Checkout"))
    );
    assert!(incident["closed_seen_at"].is_string(), "{incident}");
    let update = &incident["updates"][1];
    assert_eq!(
        (&update["body"], &update["revisions"][0]["number"]),
        (&json!("We are looking into it."), &json!(1))
    );
    assert_eq!((&update["edited_at"], &update["withdrawn"]), (&Value::Null, &json!(false)));

    let changes = reader.get("/api/v1/providers/commerce/changes?limit=2").json();
    let events: Vec<&str> =
        changes["data"].as_array().unwrap().iter().map(|c| c["event"].as_str().unwrap()).collect();
    assert_eq!(events.len(), 2);
    assert!(events.contains(&"incident_opened") && events.contains(&"incident_resolved"), "{changes}");
    let older = changes["next_cursor"].as_str().unwrap();
    let older = reader.get(&format!("/api/v1/providers/commerce/changes?cursor={older}")).json();
    assert_eq!(older["data"][0]["provider"], "commerce");
}

#[test]
fn a_listener_hears_each_change_and_resumes_where_it_was() {
    let (mut app, reader) = start();
    let mut stream = reader.listen("/api/v1/providers/events", None);
    let hello = stream.next().unwrap();
    assert!(hello.contains("retry: 3000") && hello.contains("id: "), "{hello}");
    app.provider_sets("pay", "API", "major_outage");
    app.advance(minutes(2));
    let event = stream.next().unwrap();
    let data: Value =
        serde_json::from_str(event.lines().find_map(|l| l.strip_prefix("data: ")).unwrap()).unwrap();
    assert_eq!(
        (&data["event"], &data["provider"], &data["from"], &data["to"]),
        (&json!("component_changed"), &json!("pay"), &json!("operational"), &json!("major_outage"))
    );
    let last = event.lines().find_map(|line| line.strip_prefix("id: ")).unwrap().to_owned();
    drop(stream);

    app.provider_sets("pay", "API", "operational");
    app.provider_sets("bank", "API", "partial_outage");
    app.advance(minutes(2));
    let mut again = reader.listen("/api/v1/providers/events", Some(&last));
    again.next();
    let numbers: Vec<i64> = (0..2).map(|_| again.next_field("id").unwrap().parse().unwrap()).collect();
    let last: i64 = last.parse().unwrap();
    assert_eq!(numbers, [last + 1, last + 2], "both that it missed, once each");
}

#[test]
fn a_listener_that_asks_for_some_hears_those_and_keeps_its_place() {
    let (mut app, reader) = start();
    let mut stream = reader.listen("/api/v1/providers/events?provider=pay&category=messaging", None);
    stream.next();
    app.provider_sets("bank", "API", "major_outage");
    app.advance(minutes(2));
    app.provider_sets("mail", "API", "major_outage");
    app.advance(minutes(2));
    let mut heard = String::new();
    while !heard.contains("data: ") {
        heard = stream.next().unwrap();
    }
    assert!(heard.contains("\"provider\":\"mail\""), "{heard}");
}

#[test]
fn a_listener_that_was_away_too_long_is_told_to_read_everything_again() {
    let (mut app, reader) = start();
    app.provider_sets("pay", "API", "major_outage");
    app.advance(minutes(2));
    let mut stream = reader.listen("/api/v1/providers/events", Some("999999"));
    stream.next();
    let reset = stream.next().unwrap();
    assert!(reset.contains("event: reset") && reset.contains("id: "), "{reset}");
    let refused = reader.ask(Method::GET, "/api/v1/providers/events", &[("last-event-id", "x")], "");
    assert_eq!(refused.status, 400);
}

#[test]
fn streams_end_with_the_listener_and_there_are_only_so_many() {
    let (_app, reader) = start();
    let mut stream = reader.listen("/api/v1/providers/events", None);
    stream.next();
    let open: Vec<_> = (0..999).map(|_| reader.listen("/api/v1/providers/events", None)).collect();
    let refused = reader.get("/api/v1/providers/events");
    assert_eq!((refused.status, refused.header("content-type")), (503, Some("application/problem+json")));
    assert!(refused.header("retry-after").is_some());
    drop(open);
    reader.stop.cancel();
    assert_eq!(stream.next(), None);
}
