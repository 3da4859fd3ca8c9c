//! A configuration as JSON, in the words of the file and with every default written out.

mod pages;
mod people;
mod schedules;

use domain::{
    ProviderId, ServiceId, Status, UserId,
    prove::{Among, Assertion, Claim, Whom},
    provider::{Provider, Selectors},
    setup::{Channel, Dependency, Destination, Guard, Service, Setup, Upstream},
    silence::{Matcher, Silence},
};
use jiff::{civil, tz::TimeZone};
use serde_json::{Map, Value, json};

use super::{
    duration::words,
    services::{EFFECTS, PAGE, PUBLISH},
    values::day_word,
};
use crate::channels;

/// Writes what [`from_json`](super::from_json) reads back as the same value, if it came from there or from a file.
///
/// Secrets are written as they are, after `${NAME}` and `file:PATH` were taken in: the ledger keeps them for the nodes
/// that have neither the variables nor the files, and is trusted with them.
#[must_use]
pub fn to_json(setup: &Setup, providers: &[Provider]) -> Value {
    let mut written = json!({
        "organization": { "slug": setup.organization.slug, "name": setup.organization.name },
        "provider": each(providers, provider),
        "user": each(&setup.users, people::user),
        "team": each(&setup.teams, |it| people::team(it, setup)),
        "channel": each(&setup.channels, channel),
        "schedule": each(&setup.schedules, |it| schedules::schedule(it, setup)),
        "escalation_policy": each(&setup.policies, |it| people::policy(it, setup)),
        "service": each(&setup.services, |it| service(it, setup, providers)),
        "status_page": each(&setup.status_pages, |it| pages::status_page(it, setup)),
        "assert": each(&setup.assertions, |it| assertion(it, setup)),
    });
    if let Some(span) = setup.paging.ack_timeout {
        written["paging"] = json!({ "ack_timeout": words(span) });
    }
    // Those without a name were planned while it ran, and are kept as amendments.
    let silences: Vec<_> =
        setup.paging.silences.iter().filter_map(|it| silence(it, setup, providers)).collect();
    if !silences.is_empty() {
        written["silence"] = json!(silences);
    }
    let templates = super::templates::write(&setup.public.templates);
    if !templates.is_empty() {
        written["template"] = json!(templates);
    }
    if let Some(public) = super::public::write(&setup.public) {
        written["public"] = public;
    }
    if let Some(postmortem) = super::public::write_postmortem(&setup.public) {
        written["postmortem"] = postmortem;
    }
    written
}

fn silence(silence: &Silence, setup: &Setup, providers: &[Provider]) -> Option<Value> {
    let Matcher { services, providers: at, labels } = &silence.matcher;
    let at = (!at.is_empty()).then(|| each(at, |id| json!(provider_slug(*id, providers))));
    let services = (!services.is_empty()).then(|| each(services, |id| json!(service_slug(*id, setup))));
    Some(object([
        ("name", Some(json!(silence.name.as_ref()?))),
        ("services", services),
        ("providers", at),
        ("labels", (!labels.is_empty()).then(|| json!(labels))),
        ("from", Some(json!(silence.from.to_string()))),
        ("until", Some(json!(silence.to.to_string()))),
        ("reason", Some(json!(silence.reason))),
    ]))
}

fn each<T>(items: &[T], write: impl Fn(&T) -> Value) -> Value {
    items.iter().map(write).collect()
}

/// Returns an object without the keys that have no value.
fn object<const N: usize>(fields: [(&str, Option<Value>); N]) -> Value {
    let present = |(key, value): (&str, Option<Value>)| Some((key.to_owned(), value?));
    Value::Object(fields.into_iter().filter_map(present).collect::<Map<_, _>>())
}

/// Writes a provider: what is not there is an empty text, so that it is not taken from a shipped provider of the same slug.
pub(super) fn provider(provider: &Provider) -> Value {
    let address = |address: &Option<String>| Some(json!(address.as_deref().unwrap_or_default()));
    let list = |list: &[String]| (!list.is_empty()).then(|| json!(list));
    object([
        ("slug", Some(json!(provider.slug))),
        ("name", Some(json!(provider.name))),
        ("category", Some(json!(provider.category))),
        ("platform", Some(json!(provider.platform.map_or("", domain::Platform::word)))),
        ("homepage", address(&provider.homepage)),
        ("feed", address(&provider.feed)),
        ("status_page", address(&provider.status_page)),
        ("interval", Some(json!(words(provider.interval)))),
        ("also", list(&provider.also)),
        ("services", list(&provider.services)),
        ("upstreams", list(&provider.upstreams)),
        ("selectors", provider.selectors.as_ref().map(selectors)),
    ])
}

fn selectors(selectors: &Selectors) -> Value {
    let meaning = |(word, status): &(String, Status)| (word.clone(), json!(status.word()));
    object([
        ("component", Some(json!(selectors.component))),
        ("name", selectors.name.as_ref().map(|name| json!(name))),
        ("status", Some(json!(selectors.status))),
        ("headline", selectors.headline.as_ref().map(|headline| json!(headline))),
        ("words", Some(Value::Object(selectors.words.iter().map(meaning).collect()))),
    ])
}

fn channel(channel: &Channel) -> Value {
    with_destination("slug", &channel.slug, &channel.destination)
}

fn with_destination(key: &str, name: &str, destination: &Destination) -> Value {
    let mut object = Map::from_iter([(key.to_owned(), json!(name))]);
    for (key, value) in channels::write(destination) {
        object.extend(value.map(|value| (key.to_owned(), value)));
    }
    Value::Object(object)
}

fn service(service: &Service, setup: &Setup, providers: &[Provider]) -> Value {
    let policy = service
        .policy
        .map(|id| json!(setup.policy(id).map_or_else(|| id.to_string(), |policy| policy.slug.clone())));
    object([
        ("slug", Some(json!(service.slug))),
        ("name", Some(json!(service.name))),
        ("description", service.description.as_ref().map(|text| json!(text))),
        ("internal", service.is_internal.then_some(json!(true))),
        ("escalation_policy", policy),
        ("labels", (!service.labels.is_empty()).then(|| json!(service.labels))),
        ("depends_on", Some(each(&service.depends_on, |it| dependency(it, setup, providers)))),
    ])
}

fn dependency(dependency: &Dependency, setup: &Setup, providers: &[Provider]) -> Value {
    let (key, upstream) = match dependency.upstream {
        Upstream::Provider(id) => ("provider", provider_slug(id, providers)),
        Upstream::Service(id) => ("service", service_slug(id, setup)),
    };
    object([
        (key, Some(json!(upstream))),
        ("components", Some(json!(dependency.components))),
        ("effect", Some(json!(word(&EFFECTS, &dependency.effect)))),
        ("page", Some(json!(word(&PAGE, &dependency.page)))),
        ("publish", Some(guard(&dependency.publish))),
        ("hold", Some(json!(words(dependency.hold)))),
        ("maintenance", Some(json!(if dependency.show_maintenance { "show" } else { "ignore" }))),
    ])
}

fn guard(guard: &Guard) -> Value {
    if *guard == Guard::from(guard.publish) {
        return json!(word(&PUBLISH, &guard.publish));
    }
    object([
        ("up_to", guard.up_to.map(|up_to| json!(up_to.word()))),
        ("above", guard.up_to.map(|_| json!(word(&PUBLISH, &guard.above)))),
        ("after", Some(json!(words(guard.after)))),
    ])
}

fn assertion(assertion: &Assertion, setup: &Setup) -> Value {
    let name = ("name", Some(json!(assertion.name)));
    let lasts = ("for", Some(json!(words(assertion.lasts))));
    match &assertion.claim {
        Claim::Reaches(claim) => object([
            name,
            lasts,
            ("severity", claim.severity.map(|severity| json!(severity.word()))),
            (
                "services",
                match &claim.among {
                    Among::Only(services) => Some(each(services, |id| json!(service_slug(*id, setup)))),
                    Among::Services | Among::Policies => None,
                },
            ),
            ("within", claim.within.map(|within| json!(words(within)))),
            (
                "reaches",
                Some(json!(match claim.whom {
                    Whom::Human => "human".to_owned(),
                    Whom::User(id) => format!("user:{}", email(id, setup)),
                    Whom::Team(id) => {
                        let slug = setup.team(id).map_or_else(|| id.to_string(), |team| team.slug.clone());
                        format!("team:{slug}")
                    }
                    Whom::Role(role) => format!("role:{role}"),
                    Whom::Channel(id) => format!(
                        "channel:{}",
                        setup.channel(id).map_or_else(|| id.to_string(), |channel| channel.slug.clone())
                    ),
                })),
            ),
            ("by", (!claim.by.is_empty()).then(|| each(&claim.by, |kind| json!(kind.word())))),
            ("at_least", Some(json!(claim.at_least))),
            ("last_resort", Some(json!(claim.last_resort))),
        ]),
        Claim::Rests(claim) => object([
            name,
            lasts,
            (
                "schedules",
                (!claim.schedules.is_empty()).then(|| {
                    each(&claim.schedules, |id| {
                        json!(
                            setup
                                .schedule(*id)
                                .map_or_else(|| id.to_string(), |schedule| schedule.slug.clone())
                        )
                    })
                }),
            ),
            ("on_call_at_most", Some(json!(words(claim.at_most)))),
        ]),
        // Holds of every configuration and is never part of one.
        Claim::HasPolicy => object([name, lasts]),
    }
}

/// Returns the word that stands for a value; empty, which is refused when read, for one that has none.
fn word<'a, T: PartialEq>(words: &[(&'a str, T)], value: &T) -> &'a str {
    words.iter().find(|(_, meaning)| meaning == value).map_or("", |(word, _)| *word)
}

/// Returns the address of a user. An id that leads nowhere is written as it is, here and below, and refused when read.
fn email(id: UserId, setup: &Setup) -> String {
    setup.user(id).map_or_else(|| id.to_string(), |user| user.email.clone())
}

fn service_slug(id: ServiceId, setup: &Setup) -> String {
    setup.service(id).map_or_else(|| id.to_string(), |service| service.slug.clone())
}

fn provider_slug(id: ProviderId, providers: &[Provider]) -> String {
    let provider = providers.iter().find(|provider| provider.id() == id);
    provider.map_or_else(|| id.to_string(), |provider| provider.slug.clone())
}

/// Returns the name of a zone; those of a configuration have one, others are refused when read.
fn zone(zone: &TimeZone) -> &str {
    zone.iana_name().unwrap_or("without a name")
}

fn time(time: civil::Time) -> String {
    format!("{:02}:{:02}", time.hour(), time.minute())
}
