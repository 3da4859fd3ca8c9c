//! `catalog show`: what is declared of one provider and, where a ledger is at hand, what has come of it.

use std::{fmt::Write, process::ExitCode};

use domain::{Platform, provider::Provider};
use engine::CommandError;
use formats::setup::duration::words;
use serde_json::{Value, json};
use store::providers::{self, Stored};

use super::{
    super::{
        ledger, note,
        output::{print, print_json, second},
    },
    find,
};
use crate::{args::Failure, config::Config, runtime};

/// What the ledger holds of a provider.
struct Seen {
    stored: Option<Stored>,
    /// The address that the provider's page may post to when it changes, where its host does so.
    webhook: Option<String>,
}

/// Shows a provider.
pub(super) fn run(config: &Config, slug: &str, as_json: bool) -> Result<ExitCode, Failure> {
    let provider = find(config, slug)?;
    // What is declared is worth showing without the rest.
    let seen = seen(config, &provider).unwrap_or_else(|error| {
        note(&format!("only what is declared is shown: {error:#}"));
        None
    });
    if as_json {
        let mut value = super::json(&provider);
        value["source"] = seen.as_ref().and_then(|seen| seen.stored.as_ref()).map_or(Value::Null, source);
        value["webhook"] = json!(seen.as_ref().and_then(|seen| seen.webhook.as_ref()));
        print_json(&value)?;
        return Ok(ExitCode::SUCCESS);
    }
    let mut lines = String::new();
    for (name, fact) in declared(config, &provider).into_iter().chain(seen.iter().flat_map(facts)) {
        // Writing to a string can't fail.
        let _ = writeln!(lines, "{name:<13}{fact}");
    }
    print(&lines)?;
    Ok(ExitCode::SUCCESS)
}

/// Returns what the ledger holds, if there is one.
fn seen(config: &Config, provider: &Provider) -> anyhow::Result<Option<Seen>> {
    let Some(ledger) = ledger::existing(config)? else { return Ok(None) };
    let id = provider.id();
    let stored = ledger.read_blocking(move |tx| Ok::<_, CommandError>(providers::get(tx, id)?))?;
    let recognised = stored.as_ref().and_then(|stored| stored.validators.platform);
    let webhook = match recognised.or(provider.platform) {
        Some(Platform::Statuspage) => runtime::stored_key(&ledger)?.map(|key| {
            let public_url = config.server.public_url.trim_end_matches('/');
            format!("{public_url}/ingest/statuspage/{}", key.feed_token(id))
        }),
        Some(_) | None => None,
    };
    Ok(Some(Seen { stored, webhook }))
}

fn declared(config: &Config, provider: &Provider) -> Vec<(&'static str, String)> {
    let text = |value: &Option<String>| value.clone().unwrap_or_else(|| "-".to_owned());
    let list = |list: &[String]| if list.is_empty() { "-".to_owned() } else { list.join(", ") };
    let platform = provider.platform.map_or("recognised at the first reading", Platform::title);
    let feed = provider.feed.clone().unwrap_or_else(|| "found at the first reading".to_owned());
    let declared = if config.providers().declared().contains(&provider.id()) { "yes" } else { "no" };
    vec![
        ("provider", format!("{} ({})", provider.name, provider.slug)),
        ("category", provider.category.clone()),
        ("homepage", text(&provider.homepage)),
        ("status page", text(&provider.status_page)),
        ("platform", platform.to_owned()),
        ("feed", feed),
        ("interval", words(provider.interval)),
        ("also", list(&provider.also)),
        ("runs on", list(&provider.upstreams)),
        ("in use", declared.to_owned()),
        ("services", list(&provider.services)),
    ]
}

fn facts(seen: &Seen) -> Vec<(&'static str, String)> {
    let mut facts = Vec::new();
    match &seen.stored {
        None => facts.push(("health", "never asked".to_owned())),
        Some(Stored { source, validators, health, moved, .. }) => {
            let reason = source.reason.as_ref().filter(|_| source.failures > 0);
            let reason = reason.map(|reason| format!(": {reason}")).unwrap_or_default();
            facts.push(("health", format!("{}{reason}", health.word())));
            let read = source.last_fresh_at.map_or_else(|| "never".to_owned(), second);
            let next = source.next_poll_at.map(|at| format!(", next {}", second(at))).unwrap_or_default();
            facts.push(("last read", format!("{read}{next}")));
            facts.extend(validators.platform.map(|platform| ("recognised", platform.title().to_owned())));
            facts.extend(validators.feed.clone().map(|feed| ("found feed", feed)));
            facts.extend(moved.as_ref().map(|moved| {
                let at = second(moved.at);
                ("moved to", format!("{}, {} (seen {at})", moved.platform.title(), moved.feed))
            }));
        }
    }
    facts.extend(seen.webhook.clone().map(|webhook| ("webhook", webhook)));
    facts
}

fn source(stored: &Stored) -> Value {
    let Stored { source, validators, health, moved, .. } = stored;
    json!({
        "health": health.word(),
        "failures": source.failures,
        "reason": source.reason,
        "last_read_at": source.last_fresh_at.map(|at| at.to_string()),
        "last_tried_at": source.last_poll_at.map(|at| at.to_string()),
        "next_poll_at": source.next_poll_at.map(|at| at.to_string()),
        "platform": validators.platform.map(Platform::word),
        "feed": validators.feed,
        "moved": moved.as_ref().map(|moved| json!({
            "platform": moved.platform.word(), "feed": moved.feed, "at": moved.at.to_string(),
        })),
    })
}
