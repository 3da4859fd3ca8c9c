//! The directory of providers.

use std::collections::BTreeMap;

use domain::{SourceHealth, Status, provider::Provider};
use jiff::Timestamp;
use render::view::{CategoryView, DirectoryView, ProviderLine};
use store::{Tx, providers};

use super::{place, provider::verdict};
use crate::{catalog::Catalog, error::CommandError};

/// Builds the directory: categories in alphabetical order, providers likewise.
///
/// # Errors
/// When the ledger fails.
pub fn directory(
    tx: &mut Tx<'_>,
    catalog: &Catalog,
    public_url: &str,
    now: Timestamp,
) -> Result<DirectoryView, CommandError> {
    let mut categories: BTreeMap<String, CategoryView> = BTreeMap::new();
    let mut all = catalog.all();
    all.sort_by_key(|provider| provider.name.to_lowercase());
    for provider in &all {
        let line = line(tx, provider)?;
        let fresh = || CategoryView {
            name: provider.category.clone(),
            slug: provider.category_slug(),
            providers: Vec::new(),
        };
        categories.entry(provider.category_slug()).or_insert_with(fresh).providers.push(line);
    }
    Ok(DirectoryView {
        place: place(public_url, "/directory".to_owned()),
        categories: categories.into_values().collect(),
        as_of: now,
    })
}

/// Builds a provider's line in a list.
pub(super) fn line(tx: &mut Tx<'_>, of: &Provider) -> Result<ProviderLine, CommandError> {
    let stored = providers::get(tx, of.id())?;
    let (status, since) =
        stored.as_ref().map_or((Status::Unknown, None), |stored| verdict(&stored.knowledge));
    Ok(ProviderLine {
        name: of.name.clone(),
        path: of.path(),
        status,
        health: stored.map_or(SourceHealth::NeverRead, |stored| stored.health),
        since,
    })
}
