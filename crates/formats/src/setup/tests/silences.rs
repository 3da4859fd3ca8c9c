//! Silences in the file: what is refused with its place, what an end that is past does, and what comes along with one.

use std::sync::Arc;

use domain::{
    ServiceId,
    provider::{Provider, provider_id},
    silence::Matcher,
};

use super::{
    super::{Document, ends_of_silences, from_json, objects, read, to_json},
    Given, good,
    refusals::check,
    shown,
};

const SERVICES: &str = "[[service]]\nslug = \"shop\"\nlabels = { team = \"pay\" }\n";

/// One silence with these keys, and those that every one has.
fn silence(keys: &str) -> String {
    format!(
        "{SERVICES}[[silence]]\nname = \"the move\"\nfrom = \"2026-03-02T08:00:00Z\"\nuntil = \"2026-03-02T09:00:00+00:00\"\n\
         reason = \"cellar\"\n{keys}"
    )
}

#[test]
fn a_silence_is_read_and_comes_back_from_the_ledger_long_after_its_end() {
    let objects = good(&silence("services = [\"shop\"]\nlabels = { team = \"pay\" }"));
    let [silence] = objects.setup.paging.silences.as_slice() else { panic!("there is one") };
    assert_eq!(silence.name.as_deref(), Some("the move"));
    let shop = ServiceId::named(objects.setup.organization.id.0, "shop");
    let labels = [("team".to_owned(), "pay".to_owned())].into();
    assert_eq!(silence.matcher, Matcher { services: vec![shop], providers: Vec::new(), labels });
    assert_eq!(
        (silence.to.to_string(), silence.reason.as_str()),
        ("2026-03-02T09:00:00Z".to_owned(), "cellar")
    );
    assert_eq!(from_json(&to_json(&objects.setup, &objects.providers)), Ok(objects));
}

#[test]
fn what_is_wrong_with_a_silence_is_told_where_it_stands() {
    check(
        &format!(
            "{}\n[[silence]]\nname = \"the move\"",
            silence("services = [\"shpo\"]\nlabels = { team = \"post\" }")
        ),
        r##"
"shpo" | silence[0].services[0]: there is no service "shpo" | did you mean "shop"?
"post" | silence[0].labels.team: no service has the label team = "post" | add labels = { team = "post" } to one
[[silence]] | silence[1]: `from` is missing
[[silence]] | silence[1]: `until` is missing
[[silence]] | silence[1]: `reason` is missing
"the move" | silence[1].name: there is already a silence "the move"
"##,
    );
    check(
        &silence(""),
        r##"
[[silence]] | silence[0]: a silence names a service, a provider or a label: one for everything would hide the next incident too
"##,
    );
    check(
        &silence("services = [\"shop\"]").replace("T09", "T08"),
        r##"
"2026-03-02T08:00:00+00:00" | silence[0].until: a silence must end after it begins: it would begin 2026-03-02T08:00:00Z and end 2026-03-02T08:00:00Z
"##,
    );
    check(
        &silence("services = [\"shop\"]").replace("03-02T09", "06-02T09"),
        r##"
"2026-06-02T09:00:00+00:00" | silence[0].until: a silence lasts at most 90 days: this one may end 2026-05-31T08:00:00Z at the latest
"##,
    );
}

#[test]
fn the_end_of_a_silence_is_told_with_the_place_of_its_name() {
    let text = silence("services = [\"shop\"]");
    let document = Document::from_toml(&text).unwrap();
    let ends = read(&document, Some(&Given::default()), |root| {
        let setup = objects(root, Some(&[]))?.setup;
        Some(ends_of_silences(root, &setup))
    });
    let [(end, problem)] = &ends.unwrap()[..] else { panic!("there is one") };
    assert_eq!(end.to_string(), "2026-03-02T09:00:00Z");
    let line =
        "\"the move\" | silence[0].name: silence \"the move\" has ended, at 2026-03-02T09:00:00Z | remove it";
    assert_eq!(shown(std::slice::from_ref(problem), &text), line);
}

#[test]
fn a_provider_that_only_a_silence_names_is_read_and_stored_too() {
    let shipped: Vec<Arc<Provider>> = crate::catalog::builtin().to_vec();
    let document = Document::from_toml(&silence("providers = [\"stripe\"]")).unwrap();
    let objects = read(&document, Some(&Given::default()), |root| objects(root, Some(&shipped))).unwrap();
    assert_eq!(objects.setup.paging.silences[0].matcher.providers, [provider_id("stripe")]);
    let slugs: Vec<_> = objects.providers.iter().map(|provider| provider.slug.as_str()).collect();
    assert_eq!(slugs, ["stripe"]);
    assert_eq!(from_json(&to_json(&objects.setup, &objects.providers)), Ok(objects));
}
