//! `status-page list`, `status-page verify` and `status-page link`.

use std::process::ExitCode;

use anyhow::anyhow;
use domain::StatusPageId;
use engine::{
    CommandError,
    seams::Clock,
    setups::Setups,
    views::{self, OwnPage},
};
use serde_json::json;
use store::{Lane, Scope, page_domains};

use super::{
    ledger, note,
    output::{print, print_json, print_line},
};
use crate::{
    args::{Failure, StatusPage},
    config::Config,
    runtime,
    seams::SystemClock,
    table::table,
};

/// Looks at status pages.
pub(super) fn run(config: &Config, command: StatusPage) -> Result<ExitCode, Failure> {
    match command {
        StatusPage::List { json } => list(&pages(config)?, json)?,
        StatusPage::Verify { slug } => verify(config, &named(config, &slug)?)?,
        StatusPage::Link { slug } => print_line(&named(config, &slug)?.address)?,
    }
    Ok(ExitCode::SUCCESS)
}

fn pages(config: &Config) -> anyhow::Result<Vec<OwnPage>> {
    let ledger = ledger::required(config)?;
    let key = runtime::stored_key(&ledger)?
        .ok_or_else(|| anyhow!("this ledger has no key yet: start `midwatch serve` first"))?;
    let (org, url) = (config.objects.setup.organization.id, config.server.public_url.clone());
    let pages = ledger.read_blocking(move |tx| {
        let mut scope = Scope::new(tx, org);
        let (_, setup) = Setups::default().current(&mut scope)?;
        views::own_pages(&mut scope, &setup, &key, &url)
    });
    pages.map_err(|error: CommandError| anyhow!(error))
}

fn named(config: &Config, slug: &str) -> Result<OwnPage, Failure> {
    let pages = pages(config)?;
    let slugs: Vec<&str> = pages.iter().map(|page| page.slug.as_str()).collect();
    let unknown = anyhow!("there is no status page {slug}; there are: {}", slugs.join(", "));
    pages.into_iter().find(|page| page.slug == slug).ok_or(Failure::Usage(unknown))
}

fn list(pages: &[OwnPage], as_json: bool) -> anyhow::Result<()> {
    if as_json {
        let pages = pages.iter().map(|page| {
            json!({
                "slug": page.slug, "title": page.title, "is_protected": page.is_protected,
                "domain": page.domain.as_ref().map(|(domain, _)| json!({
                    "name": domain.domain, "state": domain.state.word(), "reason": domain.reason,
                })),
                "theme_flaws": page.flaws,
            })
        });
        return Ok(print_json(&pages.collect::<Vec<_>>())?);
    }
    let rows = pages.iter().map(|page| {
        let domain = page.domain.as_ref().map(|(domain, _)| domain);
        [
            page.slug.clone(),
            if page.is_protected { "protected" } else { "public" }.to_owned(),
            domain.map_or_else(|| "-".to_owned(), |it| it.domain.clone()),
            domain.map_or_else(|| "-".to_owned(), |it| it.state.word().to_owned()),
            domain.map(|it| it.reason.clone()).unwrap_or_default(),
        ]
    });
    print(&table(["PAGE", "READ BY", "HOST NAME", "PROOF", "REASON"], &rows.collect::<Vec<_>>()))?;
    for page in pages {
        page.flaws.iter().for_each(|flaw| note(&format!("the theme of {}: {flaw}", page.slug)));
    }
    Ok(())
}

fn verify(config: &Config, page: &OwnPage) -> Result<(), Failure> {
    let Some((domain, proof)) = &page.domain else {
        let fix = "give it `domain = \"status.acme.example\"` and apply the configuration";
        return Err(Failure::Usage(anyhow!(
            "the status page {} has no host name of its own: {fix}",
            page.slug
        )));
    };
    let (ledger, now) = (ledger::required(config)?, SystemClock.now());
    let (org, id): (_, StatusPageId) = (domain.org, domain.page);
    ledger
        .write_blocking(Lane::Bulk, move |tx| page_domains::hasten(&mut Scope::new(tx, org), id, now))
        .map_err(anyhow::Error::from)?;
    print(&format!(
        "{}: {}{}{}\n\nEither of these proves that it is yours; a running server looks for them now, and says what it \
         found in `midwatch status-page list`:\n\n  DNS   {} TXT \"{}\"\n  HTTP  {} answers {}\n",
        domain.domain,
        domain.state.word(),
        if domain.reason.is_empty() { "" } else { ": " },
        domain.reason,
        proof.dns,
        proof.text,
        proof.url,
        proof.text,
    ))?;
    Ok(())
}
