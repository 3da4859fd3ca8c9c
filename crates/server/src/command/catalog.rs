//! `catalog`: the providers that can be watched, as the configuration has them.

mod check;
mod show;

use std::{fs, path::Path, process::ExitCode, sync::Arc};

use anyhow::{Context, anyhow};
use domain::provider::{CATEGORIES, Provider, slug_of};
use engine::catalog::Found;
use formats::{
    catalog,
    setup::{duration::words, nearest, providers_to_toml},
};
use serde_json::{Value, json};

use super::output::{print, print_json, print_line};
use crate::{
    args::{self, Failure},
    config::Config,
    table::table,
};

/// Providers that a search shows.
const MOST_FOUND: usize = 20;

/// Providers that may be meant by a wrong slug.
const MOST_SUGGESTED: usize = 3;

/// Looks at the catalog.
pub(super) fn run(config: &Config, command: args::Catalog) -> Result<ExitCode, Failure> {
    match command {
        args::Catalog::List { category, platform, json } => list(config, category.as_deref(), platform, json),
        args::Catalog::Search { words, json } => search(config, &words.join(" "), json),
        args::Catalog::Show { slug, json } => show::run(config, &slug, json),
        args::Catalog::Export { file } => export(config, file.as_deref()),
        args::Catalog::Check { subject, json: true, .. } => check::run(config, &subject, check::Form::Json),
        args::Catalog::Check { subject, verbose: true, .. } => {
            check::run(config, &subject, check::Form::Whole)
        }
        args::Catalog::Check { subject, .. } => check::run(config, &subject, check::Form::Folded),
    }
}

fn list(
    config: &Config,
    category: Option<&str>,
    platform: Option<args::Platform>,
    as_json: bool,
) -> Result<ExitCode, Failure> {
    let all = config.providers().all();
    let category = category.map(|category| category_slug(&all, category)).transpose()?;
    let is_wanted = |provider: &&Arc<Provider>| {
        category.as_ref().is_none_or(|category| provider.category_slug() == *category)
            && platform.is_none_or(|platform| provider.platform == Some(platform.0))
    };
    let wanted: Vec<_> = all.iter().filter(is_wanted).collect();
    if as_json {
        print_json(&wanted.iter().map(|provider| json(provider)).collect::<Value>())?;
        return Ok(ExitCode::SUCCESS);
    }
    let rows: Vec<_> = wanted.iter().map(|provider| row(provider, provider.address())).collect();
    print(&table(["SLUG", "NAME", "CATEGORY", "PLATFORM", "READ AT"], &rows))?;
    Ok(ExitCode::SUCCESS)
}

fn row(provider: &Provider, last: &str) -> [String; 5] {
    [
        provider.slug.clone(),
        provider.name.clone(),
        provider.category.clone(),
        provider.platform.map_or("-", domain::Platform::word).to_owned(),
        last.to_owned(),
    ]
}

/// Returns a category as it stands in addresses, if some provider is in it.
fn category_slug(all: &[Arc<Provider>], category: &str) -> Result<String, Failure> {
    let slug = slug_of(category);
    if all.iter().any(|provider| provider.category_slug() == slug) {
        return Ok(slug);
    }
    let names = all.iter().map(|provider| provider.category.as_str()).chain(CATEGORIES);
    let near = nearest(category, names).map(|near| format!("did you mean \"{near}\"?"));
    let hint = near.unwrap_or_else(|| format!("the categories are {}", CATEGORIES.join("; ")));
    Err(Failure::Usage(anyhow!("no provider is in a category \"{category}\"; {hint}")))
}

fn search(config: &Config, words: &str, as_json: bool) -> Result<ExitCode, Failure> {
    let found = config.providers().search(words, MOST_FOUND);
    if as_json {
        let hit = |found: &Found| {
            let mut value = json(&found.provider);
            value["because"] = json!(found.because);
            value
        };
        print_json(&found.iter().map(hit).collect::<Value>())?;
    } else if !found.is_empty() {
        let row = |found: &Found| row(&found.provider, found.because.as_deref().unwrap_or_default());
        let rows: Vec<_> = found.iter().map(row).collect();
        print(&table(["SLUG", "NAME", "CATEGORY", "PLATFORM", "FOUND BY"], &rows))?;
    }
    if found.is_empty() {
        return Err(Failure::Failed(anyhow!("no provider is found by \"{words}\"")));
    }
    Ok(ExitCode::SUCCESS)
}

/// Returns the provider with this slug, else an error that names those that may be meant.
fn find(config: &Config, slug: &str) -> Result<Arc<Provider>, Failure> {
    let all = config.providers().all();
    catalog::find(&all, slug).cloned().ok_or_else(|| {
        let near = near(config, slug);
        let near: Vec<_> = near.iter().map(|found| format!("\"{}\"", found.provider.slug)).collect();
        let hint = match near.is_empty() {
            true => "`midwatch catalog search WORDS` finds by other names".to_owned(),
            false => format!("did you mean {}?", near.join(" or ")),
        };
        Failure::Usage(anyhow!("there is no provider \"{slug}\"; {hint}"))
    })
}

/// Returns the providers that are called so, or so but for a slip of the pen: what a search finds beyond that was not meant.
fn near(config: &Config, slug: &str) -> Vec<Found> {
    let is_near =
        |known: &str| nearest(slug, [known]).is_some() || slug_of(known).split('-').any(|it| it == slug);
    let mut found = config.providers().search(slug, MOST_FOUND);
    found.retain(|Found { provider, .. }| {
        let names = [&provider.slug, &provider.name].into_iter().chain(&provider.also);
        names.into_iter().any(|name| is_near(name))
    });
    found.truncate(MOST_SUGGESTED);
    found
}

/// Returns a provider as JSON; what is not there is null.
fn json(provider: &Provider) -> Value {
    json!({
        "slug": provider.slug,
        "name": provider.name,
        "category": provider.category,
        "homepage": provider.homepage,
        "status_page": provider.status_page,
        "platform": provider.platform.map(domain::Platform::word),
        "feed": provider.feed,
        "interval": words(provider.interval),
        "also": provider.also,
        "services": provider.services,
        "upstreams": provider.upstreams,
        "path": provider.path(),
    })
}

fn export(config: &Config, file: Option<&Path>) -> Result<ExitCode, Failure> {
    let all = config.providers().all();
    let providers = all.iter().map(AsRef::as_ref);
    let is_csv = file.and_then(Path::extension).is_some_and(|ending| ending.eq_ignore_ascii_case("csv"));
    let text = if is_csv { catalog::to_csv(providers) } else { providers_to_toml(providers) };
    match file {
        Some(file) => {
            fs::write(file, text).with_context(|| format!("{} can't be written", file.display()))?;
            print_line(&format!("{} providers written to {}", all.len(), file.display()))?;
        }
        None => print(&text)?,
    }
    Ok(ExitCode::SUCCESS)
}
