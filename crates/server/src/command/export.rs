//! `export`: a status page as a folder of files that any server of files hands out.
//!
//! Files of an earlier export that are no longer part of the page are removed, and nothing else ever is: what was written
//! stands in a list beside them, and a file in the way that is not in it is refused.

use std::{
    collections::BTreeSet,
    fs,
    path::{Component, Path},
    process::ExitCode,
};

use anyhow::{Context, anyhow};
use domain::setup::StatusPage;
use engine::{CommandError, seams::Clock, setups::Setups, views};
use render::{ExportedFile, exported};
use store::Scope;

use super::{ledger, output::print_line};
use crate::{
    args::{Export, Failure},
    config::Config,
    seams::SystemClock,
};

/// The list of what an export wrote, in its folder.
const LIST: &str = ".midwatch-export";

/// Writes a status page into a folder.
pub(super) fn run(config: &Config, options: &Export) -> Result<ExitCode, Failure> {
    let base = options.base_url.as_deref();
    if let Some(base) = base.filter(|base| render::web(base).is_none()) {
        Err(Failure::Usage(anyhow!(
            "--base-url {base} is no address: right would be https://status.acme.example"
        )))?;
    }
    let ledger = ledger::required(config)?;
    let (org, slug, url) =
        (config.objects.setup.organization.id, options.page.clone(), config.server.public_url.clone());
    let is_meant = options.protected;
    let (catalog, now) = (config.providers(), options.at.unwrap_or_else(|| SystemClock.now()));
    let view = ledger.read_blocking(move |tx| {
        let (_, setup) = Setups::default().current(&mut Scope::new(tx, org))?;
        let Some(page) = setup.status_pages.iter().find(|page| page.slug == slug) else { return Ok(None) };
        refuse_protected(page, is_meant)?;
        views::status_page(tx, &catalog, &url, org, &setup, page, now).map(Some)
    });
    let view = view.map_err(|error: CommandError| anyhow!(error))?.ok_or_else(|| {
        let pages = &config.objects.setup.status_pages;
        let slugs: Vec<&str> = pages.iter().map(|page| page.slug.as_str()).collect();
        Failure::Usage(anyhow!("there is no status page {}; there are: {}", options.page, slugs.join(", ")))
    })?;
    let files = exported(&view, &config.server.public_url, base);
    let removed = write_site(&options.folder, &files)?;
    print_line(&format!("{}: {} files written, {removed} removed", options.folder.display(), files.len()))?;
    Ok(ExitCode::SUCCESS)
}

/// Refuses to write what not everybody may read where nothing asks who reads it, unless that is meant.
fn refuse_protected(page: &StatusPage, is_meant: bool) -> Result<(), CommandError> {
    if page.protection.is_none() || is_meant {
        return Ok(());
    }
    Err(CommandError::Rejected(format!(
        "status page {} is protected, and whoever gets the folder could read it: say --protected if that is meant",
        page.slug
    )))
}

/// Puts the files in the place of those of the export before; returns how many of those are gone.
fn write_site(folder: &Path, files: &[ExportedFile]) -> anyhow::Result<usize> {
    fs::create_dir_all(folder).with_context(|| format!("{} can't be made", folder.display()))?;
    let before = listed(folder)?;
    let now: BTreeSet<String> = files.iter().map(|file| file.path.clone()).collect();
    for path in now.difference(&before) {
        if folder.join(path).exists() {
            anyhow::bail!(
                "{} is in the way and of no earlier export: remove it or name another folder",
                folder.join(path).display()
            );
        }
    }
    // Named before they are written: what a crash leaves behind is known to the next export.
    list(folder, before.union(&now))?;
    for file in files {
        let path = folder.join(&file.path);
        write(&path, &file.body).with_context(|| format!("{} can't be written", path.display()))?;
    }
    let gone: Vec<&String> = before.difference(&now).collect();
    for path in &gone {
        remove(folder, path)?;
    }
    list(folder, now.iter())?;
    Ok(gone.len())
}

fn listed(folder: &Path) -> anyhow::Result<BTreeSet<String>> {
    let file = folder.join(LIST);
    if !file.exists() {
        return Ok(BTreeSet::new());
    }
    let text = fs::read_to_string(&file).with_context(|| format!("{} can't be read", file.display()))?;
    let is_within = |line: &&str| {
        !line.is_empty() && Path::new(line).components().all(|part| matches!(part, Component::Normal(_)))
    };
    Ok(text.lines().filter(is_within).map(str::to_owned).collect())
}

fn list<'a>(folder: &Path, paths: impl Iterator<Item = &'a String>) -> anyhow::Result<()> {
    let text: String = paths.map(|path| format!("{path}\n")).collect();
    write(&folder.join(LIST), text.as_bytes())
        .with_context(|| format!("{} can't be written", folder.display()))
}

/// Writes a file in one step; one that says the same already is left as it is.
fn write(path: &Path, body: &[u8]) -> std::io::Result<()> {
    if fs::read(path).is_ok_and(|there| there == body) {
        return Ok(());
    }
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder)?;
    }
    let mut fresh = path.as_os_str().to_owned();
    fresh.push(".new");
    fs::write(&fresh, body)?;
    fs::rename(&fresh, path)
}

/// Removes a file, and the folders that are empty without it.
fn remove(folder: &Path, path: &str) -> anyhow::Result<()> {
    let file = folder.join(path);
    match fs::remove_file(&file) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
            Err(error).with_context(|| format!("{} can't be removed", file.display()))
        }
        Ok(()) | Err(_) => {
            let mut above = file.parent();
            while let Some(parent) =
                above.filter(|parent| *parent != folder && fs::remove_dir(parent).is_ok())
            {
                above = parent.parent();
            }
            Ok(())
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn file(path: &str, body: &str) -> ExportedFile {
        ExportedFile { path: path.to_owned(), body: body.as_bytes().to_vec() }
    }

    #[test]
    fn a_protected_page_is_exported_only_where_that_is_meant() {
        let text = |lines: &str| {
            format!(
                "[organization]\nslug = \"acme\"\n[[service]]\nslug = \"shop\"\nname = \"Shop\"\n\
                 [[status_page]]\nslug = \"acme\"\ntitle = \"Acme\"\n{lines}\n\
                 group = [{{ name = \"All\", services = [\"shop\"] }}]\n"
            )
        };
        let page = |lines: &str| testkit::world::read_config(&text(lines)).setup.status_pages.remove(0);
        let closed = page("protection = { password = \"correct horse\" }");
        let refused = refuse_protected(&closed, false).unwrap_err();
        assert!(refused.to_string().contains("--protected"), "{refused}");
        assert!(refuse_protected(&closed, true).is_ok() && refuse_protected(&page(""), false).is_ok());
    }

    #[test]
    fn an_export_removes_what_an_earlier_one_wrote_and_nothing_else() {
        let folder = std::env::temp_dir().join(format!("midwatch-export-{}", std::process::id()));
        let _ = fs::remove_dir_all(&folder);
        write_site(&folder, &[file("index.html", "a"), file("incidents/1/index.html", "b")]).unwrap();
        fs::write(folder.join("CNAME"), "status.acme.example").unwrap();
        let removed = write_site(&folder, &[file("index.html", "c")]).unwrap();
        assert_eq!(removed, 1);
        assert_eq!(fs::read_to_string(folder.join("index.html")).unwrap(), "c");
        assert!(!folder.join("incidents").exists() && folder.join("CNAME").exists());
        let refused = write_site(&folder, &[file("CNAME", "x")]).unwrap_err();
        assert!(refused.to_string().contains("is in the way"), "{refused}");
        assert_eq!(fs::read_to_string(folder.join("CNAME")).unwrap(), "status.acme.example");
        fs::write(folder.join(LIST), "../outside\n/etc/passwd\nindex.html\n").unwrap();
        assert_eq!(listed(&folder).unwrap().len(), 1, "what leads out of the folder is not ours");
        fs::remove_dir_all(&folder).unwrap();
    }
}
