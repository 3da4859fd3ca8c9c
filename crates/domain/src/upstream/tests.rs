//! Events: what is taken to be one, and what is not.

use super::*;
use crate::provider::provider_id;

fn at(minutes: i64) -> Timestamp {
    Timestamp::from_second(1_700_000_000 + minutes * 60).unwrap()
}

fn trouble(slug: &str, minutes: i64, said: &str, runs_on: &[&str]) -> Trouble {
    Trouble {
        provider: provider_id(slug),
        since: at(minutes),
        said: vec![said.to_owned()],
        runs_on: runs_on.iter().map(|slug| provider_id(slug)).collect(),
    }
}

fn clouds() -> [Upstream; 2] {
    let cloud = |slug: &str, names: &[&str]| Upstream {
        provider: provider_id(slug),
        names: names.iter().map(|name| (*name).to_owned()).collect(),
    };
    [cloud("aws", &["aws", "amazon web services"]), cloud("cloudflare", &["cloudflare"])]
}

/// Returns each event as its cause, whether it is confirmed, and the slugs of its providers.
fn told(troubles: &[Trouble]) -> Vec<(String, bool, Vec<String>)> {
    let slugs = ["aws", "cloudflare", "shop", "mail", "chat", "pay"];
    let slug = |id: ProviderId| slugs.iter().find(|slug| provider_id(slug) == id).unwrap().to_string();
    events(troubles, &clouds())
        .into_iter()
        .map(|event| {
            let providers = event.providers.iter().map(|(provider, _)| slug(*provider)).collect();
            (slug(event.cause), event.is_confirmed, providers)
        })
        .collect()
}

fn event(cause: &str, is_confirmed: bool, providers: &[&str]) -> (String, bool, Vec<String>) {
    (cause.to_owned(), is_confirmed, providers.iter().map(|slug| (*slug).to_owned()).collect())
}

#[test]
fn those_who_run_on_an_upstream_in_trouble_and_began_with_it_are_one_event() {
    let troubles = [
        trouble("aws", 0, "Elevated error rates", &[]),
        trouble("shop", 5, "Checkout fails", &["aws"]),
        trouble("mail", -30, "Delays", &["aws"]),
        trouble("chat", -600, "Slow", &["aws"]),
        trouble("pay", 10, "Something else", &["cloudflare"]),
    ];
    assert_eq!(told(&troubles), [event("aws", true, &["mail", "shop"])]);
}

#[test]
fn a_name_in_their_words_counts_as_a_word_of_its_own() {
    let check = |said: &str, expect: bool| {
        let troubles = [trouble("aws", 0, "", &[]), trouble("shop", 900, said, &[])];
        assert_eq!(!told(&troubles).is_empty(), expect, "{said}");
    };
    check("Due to an outage at AWS, checkout fails.", true);
    check("our provider (Amazon Web Services) is degraded", true);
    check("we found flaws and laws", false);
    check("AWSome day", false);
    check("", false);
}

#[test]
fn a_silent_upstream_needs_several_who_point_to_it() {
    let said = |slug, minutes| trouble(slug, minutes, "Cloudflare is having issues", &[]);
    assert_eq!(told(&[said("shop", 0)]), []);
    assert_eq!(told(&[said("shop", 0), said("mail", 300)]), [event("cloudflare", false, &["shop", "mail"])]);
    let known = |slug, minutes| trouble(slug, minutes, "Trouble", &["aws"]);
    assert_eq!(told(&[known("shop", 0), known("mail", 5)]), []);
    assert_eq!(
        told(&[known("shop", 0), known("mail", 5), known("chat", 29), known("pay", 90)]),
        [event("aws", false, &["shop", "mail", "chat"])]
    );
}

#[test]
fn a_provider_belongs_to_the_largest_event_only() {
    let troubles = [
        trouble("aws", 0, "", &[]),
        trouble("cloudflare", 0, "", &[]),
        trouble("shop", 1, "AWS and Cloudflare fail", &[]),
        trouble("mail", 2, "AWS fails", &[]),
        trouble("chat", 3, "", &["aws"]),
    ];
    assert_eq!(told(&troubles), [event("aws", true, &["shop", "mail", "chat"])]);
    let behind = causes(&events(&troubles, &clouds()));
    assert_eq!(behind.get(&provider_id("chat")), Some(&provider_id("aws")));
    assert_eq!(behind.get(&provider_id("aws")), Some(&provider_id("aws")));
    assert_eq!(behind.get(&provider_id("pay")), None);
}

#[test]
fn what_is_said_beats_what_is_known() {
    let troubles = [trouble("aws", 0, "", &[]), trouble("shop", 1, "AWS fails", &["aws"])];
    assert_eq!(events(&troubles, &clouds())[0].providers, [(provider_id("shop"), Evidence::Said)]);
}
