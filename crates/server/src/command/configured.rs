//! The configuration that was in force at an instant.

use domain::setup::Setup;
use engine::setups::decode;
use jiff::Timestamp;
use store::{Scope, configurations, organizations};

use super::ledger;
use crate::config::Config;

/// A configuration, and in words where it comes from.
pub(super) struct Configured {
    pub(super) setup: Setup,
    pub(super) source: String,
}

/// Returns what the ledger says was in force at an instant of the past; the file where the instant is not past, there is
/// no ledger, or the ledger knows of nothing that old.
///
/// # Errors
/// When the ledger can't be read.
pub(super) fn configured_at(config: &Config, at: Timestamp, now: Timestamp) -> anyhow::Result<Configured> {
    let file = |why: &str| {
        let name =
            config.source.as_ref().map_or_else(|| "defaults".to_owned(), |it| it.display().to_string());
        Configured { setup: config.objects.setup.clone(), source: format!("{name}{why}") }
    };
    if at >= now {
        return Ok(file(""));
    }
    let Some(ledger) = ledger::existing(config)? else {
        return Ok(file(" as it is now, since there is no ledger"));
    };
    let slug = config.objects.setup.organization.slug.clone();
    let found = ledger.read_blocking(move |tx| {
        let Some(organization) = organizations::find_by_slug(tx, &slug)? else { return Ok(None) };
        let mut scope = Scope::new(tx, organization.id);
        let Some((version, body)) = configurations::find_at(&mut scope, at)? else { return Ok(None) };
        Ok::<_, engine::CommandError>(Some((version, decode(&body)?.setup)))
    })?;
    Ok(match found {
        Some((version, setup)) => Configured { setup, source: format!("version {version} of the ledger") },
        None => file(" as it is now, since the ledger knows none that old"),
    })
}
