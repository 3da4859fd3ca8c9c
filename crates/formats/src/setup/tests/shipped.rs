//! What a file may leave to the shipped catalog, and what it replaces of it.

use std::{sync::Arc, time::Duration};

use domain::{
    Platform, Status,
    provider::{Provider, Selectors, provider_id},
    setup::Upstream,
};

use super::{
    super::{Document, Objects, Problem, from_json, objects, read, to_json},
    shown,
};

fn shipped() -> Vec<Arc<Provider>> {
    let provider = |slug: &str, name: &str, also: &[&str], upstreams: &[&str]| {
        Arc::new(Provider {
            slug: slug.to_owned(),
            name: name.to_owned(),
            category: "Cloud & Hosting".to_owned(),
            homepage: Some(format!("https://{slug}.example")),
            platform: Some(Platform::Statuspage),
            feed: Some(format!("https://status.{slug}.example/api/v2/summary.json")),
            status_page: Some(format!("https://status.{slug}.example")),
            interval: Duration::from_secs(120),
            also: also.iter().map(|text| (*text).to_owned()).collect(),
            services: vec!["Storage".to_owned()],
            upstreams: upstreams.iter().map(|text| (*text).to_owned()).collect(),
            selectors: None,
        })
    };
    vec![
        provider("amazon-web-services", "Amazon Web Services", &["AWS"], &[]),
        provider("stripe", "Stripe", &[], &["amazon-web-services"]),
        provider("vercel", "Vercel", &[], &["amazon-web-services"]),
    ]
}

fn read_over(text: &str, shipped: &[Arc<Provider>]) -> Result<Objects, Vec<Problem>> {
    read(&Document::from_toml(text)?, Some(&super::Given::default()), |root| objects(root, Some(shipped)))
}

#[track_caller]
fn good(text: &str) -> Objects {
    read_over(text, &shipped()).unwrap_or_else(|problems| panic!("refused: {}", shown(&problems, text)))
}

#[track_caller]
fn check_refused(text: &str, expected: &str) {
    let problems = read_over(text, &shipped()).expect_err("it must be refused");
    assert_eq!(shown(&problems, text), expected);
}

#[test]
fn only_the_keys_that_are_given_replace_those_of_a_shipped_provider() {
    let vercel = Provider::clone(&shipped()[2]);
    for (keys, expected) in [
        ("", vercel.clone()),
        ("interval = \"5m\"", Provider { interval: Duration::from_secs(300), ..vercel.clone() }),
        (
            "name = \"V\"\ncategory = \"C\"\nhomepage = \"\"\nservices = []",
            Provider {
                name: "V".to_owned(),
                category: "C".to_owned(),
                homepage: None,
                services: Vec::new(),
                ..vercel.clone()
            },
        ),
        (
            "platform = \"\"\nfeed = \"\"\nstatus_page = \"https://v.example\"\nalso = [\"Zeit\"]\nupstreams = [\"stripe\"]",
            Provider {
                platform: None,
                feed: None,
                status_page: Some("https://v.example".to_owned()),
                also: vec!["Zeit".to_owned()],
                upstreams: vec!["stripe".to_owned()],
                ..vercel.clone()
            },
        ),
        (
            "feed = \"\"\nselectors = { component = \"li\", status = \"b\", words = { up = \"operational\" } }",
            Provider {
                platform: Some(Platform::Html),
                feed: None,
                selectors: Some(Selectors {
                    component: "li".to_owned(),
                    name: None,
                    status: "b".to_owned(),
                    words: vec![("up".to_owned(), Status::Operational)],
                    headline: None,
                }),
                ..vercel.clone()
            },
        ),
    ] {
        assert_eq!(good(&format!("[[provider]]\nslug = \"vercel\"\n{keys}")).providers, [expected], "{keys}");
    }
}

#[test]
fn services_depend_on_shipped_providers_which_then_belong_to_the_objects() {
    let text = r#"
provider = [{ slug = "own", name = "O", category = "C", status_page = "https://own.example", upstreams = ["stripe"] }]
[[service]]
slug = "checkout"
depends_on = [{ provider = "vercel" }, { provider = "own" }]
"#;
    let read = good(text);
    let slugs: Vec<&str> = read.providers.iter().map(|provider| provider.slug.as_str()).collect();
    assert_eq!(slugs, ["own", "vercel"]);
    let upstream = read.setup.services[0].depends_on[0].upstream;
    assert_eq!(upstream, Upstream::Provider(provider_id("vercel")));
    // What is stored stands by itself, although it names an upstream that is not in it.
    assert_eq!(from_json(&to_json(&read.setup, &read.providers)), Ok(read));
}

#[test]
fn a_provider_that_nobody_knows_is_refused_with_those_that_may_be_meant() {
    check_refused(
        "service = [{ slug = \"s\", depends_on = [{ provider = \"aws\" }] }]",
        "\"aws\" | service[0].depends_on[0].provider: there is no provider \"aws\" | did you mean \"amazon-web-services\"?",
    );
    check_refused(
        "service = [{ slug = \"s\", depends_on = [{ provider = \"qqqqq\" }] }]",
        "\"qqqqq\" | service[0].depends_on[0].provider: there is no provider \"qqqqq\" | add [[provider]] with slug = \"qqqqq\", or name one of those that are there",
    );
    check_refused(
        "provider = [{ slug = \"strpe\", interval = \"5m\" }]",
        "{ slug = \"strpe\", interval = \"5m\" } | provider[0]: a provider needs `name`, `category`, `feed` or `status_page` | only a shipped provider may leave them out, and there is none \"strpe\"; did you mean \"stripe\"?",
    );
    check_refused(
        "provider = [{ slug = \"vercel\", upstreams = [\"vercel\", \"heroku\"] }]",
        "\"vercel\" | provider[0].upstreams[0]: a provider does not run on itself\n\
         \"heroku\" | provider[0].upstreams[1]: there is no provider \"heroku\" | add [[provider]] with slug = \"heroku\", or name one of those that are there",
    );
}

#[test]
fn selectors_and_the_platform_that_reads_by_them_go_together() {
    check_refused(
        "provider = [{ slug = \"vercel\", platform = \"html\" }]",
        "{ slug = \"vercel\", platform = \"html\" } | provider[0]: a page of the platform \"html\" needs to say where its status stands | add [provider.selectors] with component, status and words",
    );
    let selectors = |rest: &str| {
        format!("[[provider]]\nslug = \"vercel\"\n{rest}\n[provider.selectors]\ncomponent = \"li\"\n")
    };
    check_refused(
        &(selectors("platform = \"statuspage\"") + "status = \"b\"\nwords = { up = \"operational\" }"),
        "[[provider]] | provider[0]: selectors are for the platform \"html\", not for \"statuspage\" | leave `platform` out, or remove the selectors",
    );
    check_refused(
        &(selectors("") + "status = \"b[\"\nwords = { up = \"operationl\" }"),
        "\"b[\" | provider[0].selectors.status: expected a CSS selector such as \".component .status\", found \"b[\"\n\
         \"operationl\" | provider[0].selectors.words.up: \"operationl\" is not one of \"unknown\", \"operational\", \"under_maintenance\", \"degraded_performance\", \"partial_outage\", \"major_outage\" | did you mean \"operational\"?",
    );
    check_refused(
        &(selectors("") + "status = \"b\"\nwords = {}"),
        "{} | provider[0].selectors.words: no word means anything yet | write { \"Up\" = \"operational\" }",
    );
}
