//! `config check`, `config plan`, `config prove` and `config apply`.

use std::{borrow::Cow, collections::BTreeMap, fmt::Write, path::Path, process::ExitCode};

use engine::{
    CommandError,
    seams::Clock,
    setups::{self, decode},
};
use serde_json::Value;
use store::{Lane, Scope, Tx, configurations, organizations};

use super::{
    contact, ledger, load_config, note,
    output::{print, print_line},
    prove, schedule,
};
use crate::{
    args::{self, Failure},
    config::Config,
    runtime,
    seams::SystemClock,
};

/// The lists of objects in a configuration, with the key that an object of each is known by.
const KINDS: [(&str, &str); 11] = [
    ("provider", "slug"),
    ("user", "email"),
    ("team", "slug"),
    ("channel", "slug"),
    ("schedule", "slug"),
    ("escalation_policy", "slug"),
    ("service", "slug"),
    ("status_page", "slug"),
    ("silence", "name"),
    ("assert", "name"),
    ("template", "name"),
];

/// Looks at a configuration, or makes it the one that runs.
pub(super) fn run(global: Option<&Path>, command: &args::Config) -> Result<ExitCode, Failure> {
    match command {
        args::Config::Check { file } => {
            let config = savable(file.as_deref().or(global))?;
            print(&config.summary())?;
            let now = SystemClock.now();
            for warning in
                schedule::warnings(&config.objects.setup, now).into_iter().chain(config.remarks(now))
            {
                print_line(&format!("warning: {warning}"))?;
            }
            contact::warn(&config)?;
        }
        args::Config::Plan { file } => {
            print(&plan(&savable(file.as_deref().or(global))?)?)?;
        }
        args::Config::Prove(options) => {
            return prove::run(&load_config(options.file.as_deref().or(global))?, options);
        }
        args::Config::Apply { file } => {
            let config = savable(file.as_deref().or(global))?;
            let applied = apply(&config)?;
            print(&applied)?;
            let now = SystemClock.now();
            for warning in
                schedule::warnings(&config.objects.setup, now).into_iter().chain(config.remarks(now))
            {
                note(&warning);
            }
            contact::warn(&config)?;
            if applied.lines().any(|line| line.get(2..).is_some_and(|rest| rest.starts_with("provider "))) {
                note("a server that runs reads other providers after its next start");
            }
        }
    }
    Ok(ExitCode::SUCCESS)
}

/// Loads a configuration that is to be saved: one that leaves somebody out of reach is wrong.
fn savable(file: Option<&Path>) -> Result<Config, Failure> {
    let config = load_config(file)?;
    config.admit().map_err(|error| Failure::Usage(error.into()))?;
    Ok(config)
}

/// Returns what applying would change, for people.
fn plan(config: &Config) -> anyhow::Result<String> {
    let Some(ledger) = ledger::existing(config)? else {
        return Ok(difference(&Value::Null, &wanted(config)));
    };
    let slug = config.objects.setup.organization.slug.clone();
    let stored = ledger.read_blocking(move |tx| stored(tx, &slug))?;
    Ok(difference(&stored, &wanted(config)))
}

fn apply(config: &Config) -> anyhow::Result<String> {
    let ledger = ledger::open(config)?;
    let (objects, source, now) = (config.objects.clone(), runtime::source(config), SystemClock.now());
    let slug = objects.setup.organization.slug.clone();
    let (before, version) = ledger.write_blocking(Lane::Paging, move |tx| {
        let before = stored(tx, &slug)?;
        Ok::<_, CommandError>((before, setups::apply(tx, now, &objects, &source)?))
    })?;
    Ok(format!("{}version {version} runs\n", difference(&before, &wanted(config))))
}

fn wanted(config: &Config) -> Value {
    formats::setup::to_json(&config.objects.setup, &config.objects.providers)
}

/// Returns the configuration in the ledger; nothing where there is none.
fn stored(tx: &mut Tx<'_>, organization: &str) -> Result<Value, CommandError> {
    let Some(organization) = organizations::find_by_slug(tx, organization)? else { return Ok(Value::Null) };
    let Some((_, body)) = configurations::current(&mut Scope::new(tx, organization.id))? else {
        return Ok(Value::Null);
    };
    let objects = decode(&body)?;
    Ok(formats::setup::to_json(&objects.setup, &objects.providers))
}

/// Returns the difference, an object a line: `+` is new, `-` goes, `~` changes in the keys that follow. It holds no values,
/// which may be secrets.
fn difference(before: &Value, after: &Value) -> String {
    let mut text = String::new();
    let name = |value: &Value| value["organization"].get("name").cloned();
    if name(before) != name(after) {
        let sign = if before.is_null() { '+' } else { '~' };
        let slug = after["organization"]["slug"].as_str().unwrap_or_default();
        // Writing to a string can't fail.
        let _ = writeln!(text, "{sign} organization {slug}");
    }
    if before["paging"] != after["paging"] {
        let _ = writeln!(text, "~ paging: {}", changed_keys(&before["paging"], &after["paging"]).join(", "));
    }
    for (kind, key) in KINDS {
        let (old, new) = (by_key(before, kind, key), by_key(after, kind, key));
        for (slug, object) in &new {
            match old.get(slug) {
                None => {
                    let _ = writeln!(text, "+ {kind} {slug}");
                }
                Some(known) if known != object => {
                    let _ = writeln!(text, "~ {kind} {slug}: {}", changed_keys(known, object).join(", "));
                }
                Some(_) => {}
            }
        }
        for slug in old.keys().filter(|slug| !new.contains_key(*slug)) {
            let _ = writeln!(text, "- {kind} {slug}");
        }
    }
    if text.is_empty() { "nothing to change\n".to_owned() } else { text }
}

fn by_key<'a>(objects: &'a Value, kind: &str, key: &str) -> BTreeMap<Cow<'a, str>, &'a Value> {
    let list = objects[kind].as_array().map_or(&[][..], Vec::as_slice);
    // A template without a name is one for an occasion in a language.
    let name = |object: &'a Value| match object[key].as_str() {
        Some(name) => Some(name.into()),
        None => Some(format!("{} {}", object["occasion"].as_str()?, object["language"].as_str()?).into()),
    };
    list.iter().filter_map(|object| Some((name(object)?, object))).collect()
}

fn changed_keys<'a>(before: &'a Value, after: &'a Value) -> Vec<&'a str> {
    let keys =
        |value: &'a Value| value.as_object().into_iter().flat_map(|map| map.keys().map(String::as_str));
    let mut keys: Vec<&str> =
        keys(before).chain(keys(after)).filter(|key| before.get(*key) != after.get(*key)).collect();
    keys.sort_unstable();
    keys.dedup();
    keys
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_difference_names_objects_and_keys_and_no_values() {
        let before = json!({
            "organization": { "slug": "acme", "name": "Acme" },
            "service": [{ "slug": "a", "name": "A" }, { "slug": "b", "name": "B" }],
        });
        let after = json!({
            "organization": { "slug": "acme", "name": "Acme" },
            "user": [{ "email": "ana@acme.example" }],
            "service": [{ "slug": "b", "name": "B", "depends_on": [{ "url": "secret" }] }],
            "paging": { "ack_timeout": "30m" },
        });
        assert_eq!(
            difference(&before, &after),
            "~ paging: ack_timeout\n+ user ana@acme.example\n~ service b: depends_on\n- service a\n"
        );
        assert_eq!(difference(&after, &after), "nothing to change\n");
        assert!(difference(&Value::Null, &after).starts_with("+ organization acme\n"));
    }
}
