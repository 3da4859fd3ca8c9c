//! Configurations by version: applied from a file, kept in the ledger, decoded once, with the amendments that stand.

pub mod amendments;

use std::{
    collections::{BTreeSet, HashMap, HashSet},
    sync::{Arc, Mutex, PoisonError},
};

use domain::{
    OrgId, Platform, ProviderId,
    provider::{Provider, Selectors, provider_id},
    setup::Setup,
};
use formats::setup::Objects;
use jiff::Timestamp;
use sha2::{Digest, Sha256};
use store::{
    Scope, Tx, amendments as rows, configurations, judgements, organizations, page_domains, providers,
    stale_pages, watches,
};
use tracing::error;

use crate::{error::CommandError, means::Means};

/// Providers that those of one organisation run on: the shipped catalog knows a dozen.
const MOST_UPSTREAMS: usize = 200;

/// The decoded configuration of each organisation, by its version and that of its amendments.
#[derive(Debug, Default)]
pub struct Setups {
    decoded: Mutex<HashMap<OrgId, (Versions, Arc<Setup>)>>,
    means: Option<Means>,
}

/// The version of a configuration and that of its amendments.
type Versions = (i64, i64);

impl Setups {
    /// Has what these means can hand nothing to marked in every current configuration, so that paging passes over it. Without
    /// means nothing is marked.
    #[must_use]
    pub fn with(means: Means) -> Self {
        Self { decoded: Mutex::default(), means: Some(means) }
    }

    /// Returns the configuration that this transaction sees, with the amendments that stand, and its version.
    ///
    /// A transaction that amends it asks before it does.
    ///
    /// # Errors
    /// When there is none, or it can't be read.
    pub fn current(&self, scope: &mut Scope<'_>) -> Result<(i64, Arc<Setup>), CommandError> {
        let versions = organizations::versions(scope)?;
        let org = scope.org();
        let known = self.decoded.lock().unwrap_or_else(PoisonError::into_inner).get(&org).cloned();
        if let Some(((version, _), setup)) = known.filter(|(of, _)| *of == versions) {
            return Ok((version, setup));
        }
        let (version, body) = configurations::current(scope)?
            .ok_or_else(|| CommandError::NotFound(format!("a configuration of organization {org}")))?;
        let setup = amended(decode(&body)?.setup, &rows::list_standing(scope)?);
        let setup = Arc::new(match &self.means {
            Some(means) => means.mark(setup),
            None => setup,
        });
        self.decoded
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .insert(org, ((version, versions.1), Arc::clone(&setup)));
        Ok((version, setup))
    }

    /// As [`current`](Self::current), for those who serve all organisations: one whose configuration can't be read must not hold
    /// up the others. `None` for such a one, with a line in the log.
    ///
    /// # Errors
    /// When the ledger fails.
    pub fn readable(&self, scope: &mut Scope<'_>) -> Result<Option<Arc<Setup>>, CommandError> {
        match self.current(scope) {
            Ok((_, setup)) => Ok(Some(setup)),
            Err(
                error
                @ (CommandError::Rejected(_) | CommandError::NotFound(_) | CommandError::Invalid { .. }),
            ) => {
                let org = scope.org();
                error!(organization.id = %org, %error, "an organisation was passed over: its configuration can't be read");
                Ok(None)
            }
            Err(error @ CommandError::Store(_)) => Err(error),
        }
    }

    /// Returns the configuration as it was at an instant: the version of the file that was in force, and the amendments as
    /// they then stood. An instant to come has what is in force now. Nothing is marked: what the server could reach then is
    /// not known.
    ///
    /// # Errors
    /// When there was none yet, or it can't be read.
    pub fn at(&self, scope: &mut Scope<'_>, at: Timestamp) -> Result<(i64, Setup), CommandError> {
        let (version, body) = configurations::find_at(scope, at)?
            .ok_or_else(|| CommandError::NotFound(format!("a configuration at {at}")))?;
        Ok((version, amended(decode(&body)?.setup, &rows::list_at(scope, at)?)))
    }
}

/// Returns a configuration with the amendments that stand in the ledger.
///
/// # Errors
/// When the ledger fails.
pub fn with_amendments(scope: &mut Scope<'_>, setup: Setup) -> Result<Setup, CommandError> {
    Ok(amended(setup, &rows::list_standing(scope)?))
}

fn amended(setup: Setup, rows: &[rows::Amendment]) -> Setup {
    let standing: Vec<_> = rows.iter().filter_map(amendments::read).collect();
    setup.amended(standing.iter().map(|amendment| &amendment.change))
}

/// Reads a stored configuration.
///
/// # Errors
/// When this version of the program can't read it.
pub fn decode(body: &str) -> Result<Objects, CommandError> {
    let unreadable =
        |why: String| CommandError::Rejected(format!("the stored configuration can't be read: {why}"));
    let value = serde_json::from_str(body).map_err(|error| unreadable(error.to_string()))?;
    formats::setup::from_json(&value).map_err(|problems| {
        unreadable(problems.first().map(|problem| problem.message.clone()).unwrap_or_default())
    })
}

/// Makes a configuration the current one: stores it as a new version if it differs, and asks for everything it touches to
/// be polled, judged and drawn. Returns the version.
///
/// # Errors
/// When the ledger fails.
pub fn apply(tx: &mut Tx<'_>, now: Timestamp, objects: &Objects, source: &str) -> Result<i64, CommandError> {
    let setup = &objects.setup;
    organizations::insert_if_absent(tx, &setup.organization, now)?;
    let body = formats::setup::to_json(setup, &objects.providers).to_string();
    let mut scope = Scope::new(tx, setup.organization.id);
    let version = configurations::append(&mut scope, &body, source, now)?;
    let upstreams = upstreams(objects);
    let above = upstreams.iter().map(|slug| provider_id(slug));
    watches::replace(&mut scope, &setup.providers().into_iter().chain(above).collect::<Vec<_>>())?;
    let named = setup.status_pages.iter().filter_map(|page| Some((page.id, page.domain.as_deref()?)));
    page_domains::replace(&mut scope, &named.collect::<Vec<_>>(), now)?;
    let own = objects.providers.iter().map(|provider| provider.slug.as_str());
    for slug in own.chain(upstreams) {
        register(tx, slug, now)?;
    }
    for page in &setup.status_pages {
        stale_pages::mark(tx, stale_pages::PageKind::StatusPage, page.id.0, now)?;
    }
    stale_pages::mark(tx, stale_pages::PageKind::Directory, uuid::Uuid::nil(), now)?;
    judgements::request(tx, setup.organization.id, now)?;
    Ok(version)
}

/// Makes every one of these providers one that is read, whoever depends on it.
///
/// # Errors
/// When the ledger fails.
pub fn register_all(
    tx: &mut Tx<'_>,
    now: Timestamp,
    providers: &[Arc<Provider>],
) -> Result<(), CommandError> {
    providers.iter().try_for_each(|provider| register(tx, &provider.slug, now))
}

/// Returns the slugs of what the providers that a service depends on run on, in ascending order. They are read too, so that what
/// they take with them is known to have one cause.
fn upstreams(objects: &Objects) -> Vec<&str> {
    let used: HashSet<ProviderId> = objects.setup.providers().into_iter().collect();
    let used = objects.providers.iter().filter(|provider| used.contains(&provider.id()));
    let slugs: BTreeSet<&str> = used.flat_map(|provider| &provider.upstreams).map(String::as_str).collect();
    slugs.into_iter().take(MOST_UPSTREAMS).collect()
}

/// Has those of these providers that are declared to be read otherwise than before read anew, and at once. A process does
/// this when it begins to read by a configuration, so that none that still runs by the old one learns its place again.
///
/// # Errors
/// When the ledger fails.
pub fn redeclare(tx: &mut Tx<'_>, now: Timestamp, providers: &[Arc<Provider>]) -> Result<(), CommandError> {
    let known: HashMap<_, _> = providers::list_declarations(tx)?.into_iter().collect();
    for provider in providers {
        let digest = declaration(provider);
        if known.get(&provider.id()).is_some_and(|before| *before != digest) {
            providers::redeclare(tx, provider.id(), &digest, now)?;
        }
    }
    Ok(())
}

/// Returns a digest of what says where, and as what, a provider is read.
fn declaration(provider: &Provider) -> Vec<u8> {
    let mut parts = vec![
        provider.platform.map(Platform::word),
        provider.feed.as_deref(),
        provider.status_page.as_deref(),
    ];
    if let Some(selectors) = &provider.selectors {
        let Selectors { component, name, status, words, headline } = selectors;
        parts.extend([Some(component.as_str()), name.as_deref(), Some(status), headline.as_deref()]);
        parts.extend(words.iter().flat_map(|(word, status)| [Some(word.as_str()), Some(status.word())]));
    }
    let mut digest = Sha256::new();
    for part in parts {
        // No text holds these bytes, so that no two lists of parts are written alike.
        digest.update([if part.is_some() { 0xfe } else { 0xff }]);
        digest.update(part.unwrap_or_default());
    }
    digest.finalize().to_vec()
}

fn register(tx: &mut Tx<'_>, slug: &str, now: Timestamp) -> Result<(), CommandError> {
    providers::register(tx, provider_id(slug), slug, now)?;
    stale_pages::mark(tx, stale_pages::PageKind::Provider, provider_id(slug).0, now)?;
    Ok(())
}

/// Returns what is stored of an API token: its hash. A token is 256 bits of chance, so a plain hash can't be searched.
#[must_use]
pub fn token_hash(token: &str) -> Vec<u8> {
    Sha256::digest(token.as_bytes()).to_vec()
}
