//! `midwatch catalog` as a person or a script uses it.

use std::{
    fs,
    io::{Read, Write},
    net::TcpListener,
    path::PathBuf,
};

use serde_json::Value;
use testkit::{
    domain::{Platform, SourceHealth, provider::provider_id},
    engine::{CommandError, links::SigningKey, setups},
    fixture::Fixture,
    formats::{self, setup},
    jiff::Timestamp,
    store::{Database, LEDGER, Lane, Options, Tx, providers, providers::Move, settings},
};

use crate::cli::midwatch;

/// Runs the binary; returns its exit status and what it printed and said.
fn run(args: &[&str]) -> (Option<i32>, String, String) {
    let output = midwatch(args);
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    (output.status.code(), text(&output.stdout), text(&output.stderr))
}

fn json(args: &[&str]) -> Value {
    let (code, printed, said) = run(args);
    assert_eq!(code, Some(0), "{printed}{said}");
    serde_json::from_str(&printed).expect("it is JSON")
}

fn path(name: &str) -> PathBuf {
    std::env::temp_dir().join(format!("midwatch_catalog_{}_{name}", std::process::id()))
}

#[test]
fn a_search_finds_by_a_service_and_says_so() {
    let found = json(&["catalog", "search", "amazon", "s3", "--json"]);
    assert_eq!(found[0]["slug"], "amazon-web-services-aws");
    assert_eq!(found[0]["because"], "Amazon S3");
    let (code, printed, _) = run(&["catalog", "search", "githb"]);
    assert_eq!(code, Some(0));
    let lines: Vec<&str> = printed.lines().collect();
    let column = lines[0].find("NAME").expect("the table has a head");
    assert!(lines[1].starts_with("github") && lines[1][column..].starts_with("GitHub"), "{printed}");
    assert_eq!(run(&["catalog", "search", "qqqqqqqqq"]).0, Some(1));
}

#[test]
fn lists_are_of_one_category_and_platform() {
    let args = ["catalog", "list", "--category", "cdn-dns-domains", "--platform", "statuspage", "--json"];
    let listed = json(&args);
    let listed = listed.as_array().expect("it is a list");
    assert!(listed.len() > 5);
    for provider in listed {
        assert_eq!(
            (&provider["category"], &provider["platform"]),
            (&"CDN, DNS & Domains".into(), &"statuspage".into())
        );
    }
    let (code, _, said) = run(&["catalog", "list", "--category", "Clod & Hosting"]);
    assert_eq!(code, Some(2));
    assert!(said.contains("did you mean \"Cloud & Hosting\"?"), "{said}");
}

#[test]
fn one_provider_is_shown_and_a_wrong_slug_is_answered_with_near_ones() {
    let shown = json(&["catalog", "show", "commerce-layer", "--json"]);
    assert_eq!(shown["feed"], "https://status.commercelayer.io/api/v2/summary.json");
    assert_eq!(shown["path"], "/directory/e-commerce-marketplaces/commerce-layer");
    let (code, printed, _) = run(&["catalog", "show", "vercel"]);
    assert_eq!(code, Some(0));
    assert!(printed.contains("runs on      amazon-web-services-aws\n"), "{printed}");
    let (code, _, said) = run(&["catalog", "show", "aws"]);
    assert_eq!(code, Some(2));
    assert!(said.contains("did you mean \"amazon-web-services-aws\""), "{said}");
    assert!(run(&["catalog", "show", "githb"]).2.contains("did you mean \"github\""));
    for nothing_like_it in ["nope", "no-such-provider", "zzz"] {
        let (code, _, said) = run(&["catalog", "show", nothing_like_it]);
        assert_eq!(code, Some(2));
        assert!(said.contains("`midwatch catalog search WORDS`") && !said.contains("mean"), "{said}");
    }
}

#[test]
fn with_a_ledger_a_provider_is_shown_as_it_is_read_and_where_its_page_may_post() {
    let folder = path("shown");
    fs::create_dir_all(&folder).expect("it can be made");
    let ledger = format!("sqlite://{}", folder.join("midwatch.db").display());
    let config = folder.join("midwatch.toml");
    let text = format!(
        "[server]\npublic_url = \"https://status.acme.example\"\n[database]\nurl = \"{ledger}\"\n\
         [[provider]]\nslug = \"pay\"\nname = \"Pay\"\ncategory = \"Other\"\nstatus_page = \"https://pay.example\"\n"
    );
    fs::write(&config, text).expect("it can be written");
    let config = config.to_str().expect("the path is text").to_owned();
    let args = ["catalog", "show", "pay", "--json", "--config", &config];
    assert_eq!(
        (&json(&args)["source"], &json(&args)["webhook"]),
        (&Value::Null, &Value::Null),
        "no ledger yet"
    );
    assert!(!folder.join("midwatch.db").exists(), "looking makes no ledger");

    let database = Database::open(&ledger, &Options::default()).expect("it can be made");
    database.migrate(&LEDGER).expect("it can be migrated");
    let (pay, at) = (provider_id("pay"), "2026-03-02T08:00:00Z".parse::<Timestamp>().expect("an instant"));
    let write = move |tx: &mut Tx<'_>| {
        providers::register(tx, pay, "pay", at)?;
        let mut stored = providers::get(tx, pay)?.expect("it is registered");
        stored.source.last_fresh_at = Some(at);
        stored.validators.platform = Some(Platform::Statuspage);
        stored.validators.feed = Some("https://pay.example/api/v2/summary.json".to_owned());
        providers::save_source(tx, pay, &stored.source, &stored.validators, SourceHealth::Fresh)?;
        let moved =
            Move { platform: Platform::Instatus, feed: "https://new.example/summary.json".to_owned(), at };
        providers::save_move(tx, pay, Some(&moved))?;
        settings::insert_if_absent(tx, "signing_key", &"07".repeat(32)).map(drop)
    };
    database.write_blocking(Lane::Paging, write).expect("it is written");
    drop(database);
    let token = SigningKey::new([7; 32]).feed_token(pay);
    let webhook = format!("https://status.acme.example/ingest/statuspage/{token}");
    assert_eq!(json(&args)["webhook"], webhook);
    let (code, printed, said) = run(&["catalog", "show", "pay", "--config", &config]);
    fs::remove_dir_all(&folder).expect("the folder is there");
    assert_eq!(code, Some(0), "{said}");
    for line in [
        "health       fresh",
        "last read    2026-03-02T08:00:00Z, next 2026-03-02T08:00:00Z",
        "recognised   Atlassian Statuspage",
        "found feed   https://pay.example/api/v2/summary.json",
        "moved to     Instatus, https://new.example/summary.json (seen 2026-03-02T08:00:00Z)",
        &format!("webhook      {webhook}"),
    ] {
        assert!(printed.lines().any(|shown| shown == line), "{line} is not in {printed}");
    }
}

#[test]
fn what_is_exported_is_a_configuration_and_rows() {
    let (toml, rows) = (path("all.toml"), path("all.csv"));
    let text = |path: &PathBuf| path.to_str().expect("the path is text").to_owned();
    assert_eq!(run(&["catalog", "export", &text(&toml)]).0, Some(0));
    assert_eq!(run(&["catalog", "export", &text(&rows)]).0, Some(0));
    let exported = fs::read_to_string(&toml).expect("it was written");
    fs::write(&toml, format!("[catalog]\nbuiltin = false\n\n{exported}")).expect("it can be written");
    let again = run(&["catalog", "export", "--config", &text(&toml)]);
    let csv = fs::read_to_string(&rows).expect("it was written");
    fs::remove_file(&toml).expect("the file is there");
    fs::remove_file(&rows).expect("the file is there");
    assert_eq!((again.0, again.1 == exported), (Some(0), true), "{}", again.2);
    assert_eq!(csv, include_str!("../../../../catalog/providers.csv"));
}

const SUMMARY: &str = r#"{
    "page": { "id": "page-1", "name": "Acme", "url": "URL", "time_zone": "Etc/UTC", "updated_at": "2026-03-02T08:00:00Z" },
    "components": [ { "id": "c1", "name": "Checkout", "status": "operational", "position": 1, "group": false } ],
    "incidents": [], "scheduled_maintenances": [],
    "status": { "indicator": "none", "description": "All Systems Operational" }
}"#;

/// Serves a status page on loopback for as long as the test runs; returns its address.
fn serve() -> String {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port is free");
    let address = format!("http://{}", listener.local_addr().expect("it is bound"));
    let summary = SUMMARY.replace("URL", &address);
    std::thread::spawn(move || {
        for mut stream in listener.incoming().map_while(Result::ok) {
            let mut head = [0; 4096];
            let count = stream.read(&mut head).unwrap_or_default();
            let head = String::from_utf8_lossy(&head[..count]).into_owned();
            let (status, kind, body) = match head.split(' ').nth(1).unwrap_or_default() {
                "/" => ("200 OK", "text/html", "<!doctype html><title>Acme</title>"),
                "/api/v2/summary.json" => ("200 OK", "application/json", summary.as_str()),
                _ => ("404 Not Found", "text/plain", ""),
            };
            let length = body.len();
            let _ = write!(
                stream,
                "HTTP/1.1 {status}\r\ncontent-type: {kind}\r\ncontent-length: {length}\r\nconnection: close\r\n\r\n{body}"
            );
        }
    });
    address
}

#[test]
fn a_check_says_what_a_page_is_and_what_to_declare() {
    let address = serve();
    let file = path("check.toml");
    let config = file.to_str().expect("the path is text").to_owned();
    let allow = "[egress]\nallow = [\"127.0.0.0/8\"]\n";
    fs::write(&file, allow).expect("it can be written");
    let page = format!("{address}/");
    let (code, printed, said) = run(&["catalog", "check", &page, "--config", &config]);
    assert_eq!(code, Some(0), "{printed}{said}");
    for part in
        ["1 components, 0 open incidents", "right would be", "slug = \"acme\"", "platform = \"statuspage\""]
    {
        assert!(printed.contains(part), "{part} is not in {printed}");
    }
    let declared = |feed: &str| {
        let provider = format!(
            "[[provider]]\nslug = \"acme\"\nname = \"Acme\"\ncategory = \"Other\"\nplatform = \"statuspage\"\n\
             feed = \"{address}{feed}\"\nstatus_page = \"{page}\"\n"
        );
        fs::write(&file, format!("{allow}{provider}")).expect("it can be written");
        let (code, printed, said) = run(&["catalog", "check", "acme", "--json", "--config", &config]);
        let value: Value = serde_json::from_str(&printed).unwrap_or_else(|_| panic!("{printed}{said}"));
        (code, value)
    };
    let (code, value) = declared("/api/v2/summary.json");
    assert_eq!((code, &value["agrees"], &value["change"]), (Some(0), &true.into(), &Value::Null), "{value}");
    assert_eq!(value["declared"]["reading"]["components"], 1);
    let (code, value) = declared("/old.json");
    assert_eq!((code, &value["agrees"]), (Some(1), &false.into()), "{value}");
    assert_eq!(value["change"]["feed"], format!("{address}/api/v2/summary.json"));
    assert_eq!(value["declared"]["reading"]["reason"], "HTTP status 404");
    fs::remove_file(&file).expect("the file is there");
}

#[test]
fn only_what_is_used_is_read_unless_all_is_asked_for() {
    let fixture = Fixture::new();
    let shipped = formats::catalog::builtin();
    let text = "provider = [{ slug = \"vercel\" }]\n[[service]]\nslug = \"s\"\ndepends_on = [{ provider = \"stripe\" }, { provider = \"netlify\" }]";
    let document = setup::Document::from_toml(text).expect("it is TOML");
    let objects =
        setup::read(&document, None, |root| setup::objects(root, Some(shipped))).expect("it is whole");
    let now: Timestamp = "2026-03-02T08:00:00Z".parse().expect("the constant is an instant");
    let is_read = |slug: &'static str| {
        let stored = fixture
            .database
            .read_blocking(move |tx| Ok::<_, CommandError>(providers::get(tx, provider_id(slug))?));
        stored.expect("the ledger answers").is_some()
    };
    let write = |job: fn(&mut Tx<'_>, Timestamp, &setup::Objects) -> Result<(), CommandError>| {
        let objects = objects.clone();
        fixture
            .database
            .write_blocking(Lane::Paging, move |tx| job(tx, now, &objects))
            .expect("it is written");
    };
    write(|tx, now, objects| setups::apply(tx, now, objects, "test").map(drop));
    assert_eq!(["vercel", "stripe", "github"].map(is_read), [true, true, false]);
    // Netlify runs on it, and what a service depends on says more when this is known.
    assert!(is_read("amazon-web-services-aws"));
    write(|tx, now, _| setups::register_all(tx, now, formats::catalog::builtin()));
    assert_eq!(["vercel", "stripe", "github", "zyte"].map(is_read), [true; 4]);
}

#[test]
fn another_declaration_has_a_source_read_anew_and_the_same_one_does_not() {
    let fixture = Fixture::new();
    let start: Timestamp = "2026-03-02T08:00:00Z".parse().expect("the constant is an instant");
    let pay = provider_id("pay");
    let learnt = || {
        let stored =
            fixture.database.read_blocking(move |tx| Ok::<_, CommandError>(providers::get(tx, pay)?));
        let stored = stored.expect("the ledger answers").expect("it is registered");
        (stored.validators.feed, stored.source.failures, stored.source.next_poll_at)
    };
    let begin = |page: &str, now: Timestamp| {
        let text = format!(
            "[[provider]]\nslug = \"pay\"\nname = \"Pay\"\ncategory = \"Other\"\nstatus_page = \"{page}\"\n"
        );
        let document = setup::Document::from_toml(&text).expect("it is TOML");
        let objects = setup::read(&document, None, |root| setup::objects(root, None)).expect("it is whole");
        let all: Vec<_> = objects.providers.iter().cloned().map(std::sync::Arc::new).collect();
        let job = move |tx: &mut Tx<'_>| {
            setups::apply(tx, now, &objects, "test")?;
            setups::redeclare(tx, now, &all)
        };
        fixture.database.write_blocking(Lane::Paging, job).expect("it is written");
    };
    let later = move |hours: i64| start + jiff::SignedDuration::from_hours(hours);
    begin("https://wrong.example", start);
    let learn = move |tx: &mut Tx<'_>| {
        let mut stored = providers::get(tx, pay)?.expect("it is registered");
        stored.validators.feed = Some("https://wrong.example/feed".to_owned());
        (stored.source.failures, stored.source.next_poll_at) = (5, Some(later(9)));
        providers::save_source(tx, pay, &stored.source, &stored.validators, stored.health)?;
        Ok::<_, CommandError>(())
    };
    fixture.database.write_blocking(Lane::Paging, learn).expect("it is written");
    begin("https://wrong.example", later(1));
    assert_eq!(learnt(), (Some("https://wrong.example/feed".to_owned()), 5, Some(later(9))));
    begin("https://right.example", later(2));
    assert_eq!(learnt(), (None, 0, Some(later(2))));
}
