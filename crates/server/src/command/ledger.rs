//! The ledger as a file: opening, copying, restoring, migrating.

use std::{path::Path, process::ExitCode, sync::Arc};

use anyhow::{Context, anyhow};
use indicatif::ProgressBar;
use store::Database;

use super::output::{print_line, progress};
use crate::{args::Failure, config::Config, runtime};

/// Opens the ledger, made where there is none, with its schema up to date.
pub(super) fn open(config: &Config) -> anyhow::Result<Arc<Database>> {
    let ledger = Database::open(config.database_url.expose(), &store::Options::default())
        .context("the ledger can't be opened")?;
    ledger.migrate(&store::LEDGER).context("the ledger can't be brought up to date")?;
    Ok(Arc::new(ledger))
}

/// Opens the ledger if there is one.
pub(super) fn existing(config: &Config) -> anyhow::Result<Option<Arc<Database>>> {
    match sqlite_path(config) {
        Some(path) if !Path::new(path).exists() => Ok(None),
        Some(_) | None => open(config).map(Some),
    }
}

/// Opens the ledger that has to be there.
pub(super) fn required(config: &Config) -> anyhow::Result<Arc<Database>> {
    existing(config)?.ok_or_else(|| {
        let path = sqlite_path(config).unwrap_or_default();
        anyhow!("there is no ledger at {path}: start `midwatch serve` first, or name its configuration with --config")
    })
}

/// Copies the ledger to a file while it runs.
pub(super) fn backup(config: &Config, to: &Path) -> Result<ExitCode, Failure> {
    let ledger = required(config)?;
    let bar = progress(0, "copying");
    ledger
        .backup(to, &mut |done, total| report(&bar, done, total))
        .with_context(|| format!("{} can't be written", to.display()))?;
    bar.finish_and_clear();
    let bytes = std::fs::metadata(to).context("the copy can't be looked at")?.len();
    print_line(&format!("{}: {bytes} bytes, checked", to.display()))?;
    Ok(ExitCode::SUCCESS)
}

/// Puts a backup in the place of the ledger.
pub(super) fn restore(config: &Config, from: &Path, force: bool) -> Result<ExitCode, Failure> {
    if !from.is_file() {
        Err(anyhow!("{} is not there: right would be a file that `midwatch backup` wrote", from.display()))?;
    }
    if let Some(folder) = sqlite_path(config).and_then(|path| Path::new(path).parent()) {
        std::fs::create_dir_all(folder).with_context(|| format!("{} can't be made", folder.display()))?;
    }
    let bar = progress(0, "restoring");
    let url = config.database_url.expose();
    let report = &mut |done, total| report(&bar, done, total);
    Database::restore(from, url, &[&store::LEDGER], force, report)
        .with_context(|| format!("{} can't be restored", from.display()))?;
    bar.finish_and_clear();
    print_line(&format!("{} restored from {}", sqlite_path(config).unwrap_or_default(), from.display()))?;
    Ok(ExitCode::SUCCESS)
}

/// Brings both schemas up to date.
pub(super) fn migrate(config: &Config) -> Result<ExitCode, Failure> {
    let ledger = Database::open(config.database_url.expose(), &store::Options::default())
        .context("the ledger can't be opened")?;
    let ran = ledger.migrate(&store::LEDGER).context("the ledger can't be brought up to date")?;
    for name in &ran {
        print_line(&format!("ran {name}"))?;
    }
    runtime::open_stores(config)?;
    print_line(if ran.is_empty() { "the schema was up to date" } else { "the schema is up to date" })?;
    Ok(ExitCode::SUCCESS)
}

fn report(bar: &ProgressBar, done: u64, total: u64) {
    bar.set_length(total);
    bar.set_position(done);
}

fn sqlite_path(config: &Config) -> Option<&str> {
    config.database_url.expose().strip_prefix("sqlite://")
}
