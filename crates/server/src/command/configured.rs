//! The configuration that was in force at an instant.

use domain::setup::Setup;
use engine::{
    CommandError,
    setups::{self, Setups},
};
use jiff::Timestamp;
use store::{Database, Scope, configurations, organizations};

use super::ledger;
use crate::config::Config;

/// A configuration, and in words where it comes from.
pub(super) struct Configured {
    pub(super) setup: Setup,
    pub(super) source: String,
}

/// Returns what the ledger says was in force at an instant of the past, amendments included; the file where the instant is
/// not past (with the amendments that stand), there is no ledger, or the ledger knows of nothing that old.
///
/// # Errors
/// When the ledger can't be read.
pub(super) fn configured_at(config: &Config, at: Timestamp, now: Timestamp) -> anyhow::Result<Configured> {
    let file = |why: &str| {
        let name =
            config.source.as_ref().map_or_else(|| "defaults".to_owned(), |it| it.display().to_string());
        Configured { setup: config.objects.setup.clone(), source: format!("{name}{why}") }
    };
    let is_past = at < now;
    let Some(ledger) = ledger::existing(config)? else {
        return Ok(file(if is_past { " as it is now, since there is no ledger" } else { "" }));
    };
    let slug = config.objects.setup.organization.slug.clone();
    if !is_past {
        // The file says what will be; shifts that were taken and silences are in the ledger.
        let setup = config.objects.setup.clone();
        let amended = ledger.read_blocking(move |tx| {
            let Some(organization) = organizations::find_by_slug(tx, &slug)? else { return Ok(None) };
            setups::with_amendments(&mut Scope::new(tx, organization.id), setup.clone()).map(Some)
        });
        let file = file("");
        return Ok(match amended? {
            Some(setup) => Configured { setup: config.means().mark(setup), ..file },
            None => file,
        });
    }
    let found = ledger.read_blocking(move |tx| {
        let Some(organization) = organizations::find_by_slug(tx, &slug)? else { return Ok(None) };
        let mut scope = Scope::new(tx, organization.id);
        if configurations::find_at(&mut scope, at)?.is_none() {
            return Ok(None);
        }
        Ok::<_, CommandError>(Some(Setups::default().at(&mut scope, at)?))
    })?;
    Ok(match found {
        Some((version, setup)) => Configured { setup, source: format!("version {version} of the ledger") },
        None => file(" as it is now, since the ledger knows none that old"),
    })
}

/// Returns the configuration that is stored, without amendments; `None` where there is none that can be read.
///
/// # Errors
/// When the ledger can't be read.
pub(super) fn stored(config: &Config, ledger: &Database) -> anyhow::Result<Option<Setup>> {
    let slug = config.objects.setup.organization.slug.clone();
    let body = ledger.read_blocking(move |tx| {
        let Some(organization) = organizations::find_by_slug(tx, &slug)? else { return Ok(None) };
        configurations::current(&mut Scope::new(tx, organization.id))
    })?;
    Ok(body.and_then(|(_, body)| setups::decode(&body).ok()).map(|objects| objects.setup))
}

#[cfg(test)]
mod tests {
    use std::fs;

    use store::Lane;

    use super::*;

    #[test]
    fn the_past_has_the_configuration_of_its_time() {
        let folder = std::env::temp_dir().join(format!("midwatch-configured-{}", std::process::id()));
        fs::create_dir_all(&folder).unwrap();
        let file = folder.join("midwatch.toml");
        let config = |users: &str| {
            let data = folder.display();
            fs::write(
                &file,
                format!("[server]\ndata_dir = \"{data}\"\n[organization]\nslug = \"acme\"\n{users}"),
            )
            .unwrap();
            crate::config::load(Some(&file), std::iter::empty()).unwrap()
        };
        let at = |text: &str| text.parse::<Timestamp>().unwrap();
        let first = config("[[user]]\nemail = \"ana@acme.example\"\n");
        let now = config("[[user]]\nemail = \"bo@acme.example\"\n");
        let today = at("2026-06-01T00:00:00Z");
        let asked = |instant: &str| {
            let Configured { setup, source } = configured_at(&now, at(instant), today).unwrap();
            (setup.users[0].email.clone(), source)
        };
        assert!(asked("2026-01-15T00:00:00Z").1.ends_with("since there is no ledger"));
        let ledger = ledger::open(&now).unwrap();
        for (config, applied_at) in [(&first, "2026-01-01T00:00:00Z"), (&now, "2026-02-01T00:00:00Z")] {
            let objects = config.objects.clone();
            ledger
                .write_blocking(Lane::Paging, move |tx| setups::apply(tx, at(applied_at), &objects, "test"))
                .unwrap();
        }
        let ana = ("ana@acme.example".to_owned(), "version 1 of the ledger".to_owned());
        assert_eq!(asked("2026-01-01T00:00:00Z"), ana);
        assert_eq!(asked("2026-01-31T23:59:59Z"), ana);
        assert_eq!(asked("2026-02-01T00:00:00Z").1, "version 2 of the ledger");
        let (who, source) = asked("2025-12-31T00:00:00Z");
        assert_eq!(who, "bo@acme.example");
        assert!(source.ends_with("since the ledger knows none that old"), "{source}");
        assert_eq!(asked("2026-06-01T00:00:00Z").1, file.display().to_string(), "now and later is the file");
        ledger.close().unwrap();
        fs::remove_dir_all(&folder).unwrap();
    }
}
