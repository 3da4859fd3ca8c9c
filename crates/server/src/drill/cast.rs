//! Who takes part: the providers that the configuration depends on, with what they say in the scenario.

use std::{collections::BTreeSet, time::Duration};

use domain::{
    ProviderId, Severity, Status,
    provider::Provider,
    setup::{Setup, Upstream},
};
use formats::setup::Objects;
use jiff::Timestamp;
use thiserror::Error;

use super::{
    feed::documents,
    scenario::{Beat, Scenario, worst},
};
use crate::replay::Recording;

/// The upstream that everything runs on in a mass outage.
const SHARED: &str = "drill-shared-upstream";

/// Providers that fail at most, and others that take part.
const MOST: usize = 500;

/// How often they are read.
const INTERVAL: Duration = Duration::from_secs(60);

/// A scenario laid out over a configuration.
pub(crate) struct Drill {
    /// The configuration, with the providers as they are played.
    pub(crate) objects: Objects,
    /// The providers that take part, with what they say.
    pub(crate) cast: Vec<(Provider, Recording)>,
}

/// Why there is nothing to drill.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub(crate) enum NoCast {
    /// No service depends on a provider.
    #[error(
        "no service depends on a provider, so nothing can fail: add [[service.depends_on]] with a provider"
    )]
    NoProvider,
    /// No outage is merely worth knowing.
    #[error("an outage is never of severity info: right would be warning, error or critical")]
    Info,
}

impl Drill {
    /// Lays a scenario out over a configuration.
    ///
    /// # Errors
    /// When there is nothing that could fail.
    pub(crate) fn lay_out(
        scenario: Scenario,
        objects: &Objects,
        begins: Timestamp,
        severity: Severity,
    ) -> Result<Self, NoCast> {
        let worst = worst(severity).ok_or(NoCast::Info)?;
        let mut objects = objects.clone();
        let mut failing = failing(&objects.setup);
        failing.truncate(if scenario.is_mass() { MOST } else { 1 });
        if failing.is_empty() {
            return Err(NoCast::NoProvider);
        }
        if scenario.is_mass() {
            objects.providers.push(shared());
            failing.insert(0, shared().id());
        }
        let mut cast = Vec::new();
        for provider in &mut objects.providers {
            let Some(place) = failing.iter().position(|id| *id == provider.id()) else { continue };
            if scenario.is_mass() && provider.slug != SHARED {
                provider.upstreams = vec![SHARED.to_owned()];
            }
            let beats = scenario.beats(begins, worst, i64::try_from(place).unwrap_or_default());
            cast.push(played(provider, &objects.setup, &beats));
        }
        Ok(Self::among_the_calm(
            objects,
            cast,
            scenario.beats(begins, worst, 0).first().map_or(begins, |it| it.at),
        ))
    }

    /// Has all others that a service depends on take part as providers whose pages say from an instant on that all is well: so
    /// nothing but what is played is different.
    pub(crate) fn among_the_calm(
        mut objects: Objects,
        mut cast: Vec<(Provider, Recording)>,
        from: Timestamp,
    ) -> Self {
        let taking_part: BTreeSet<ProviderId> = cast.iter().map(|(provider, _)| provider.id()).collect();
        let used: BTreeSet<ProviderId> = objects.setup.providers().into_iter().collect();
        let is_calm = |it: &&mut Provider| used.contains(&it.id()) && !taking_part.contains(&it.id());
        let calm = Beat { at: from, status: Status::Operational, says: None };
        for provider in objects.providers.iter_mut().filter(is_calm).take(MOST) {
            cast.push(played(provider, &objects.setup, std::slice::from_ref(&calm)));
        }
        Self { objects, cast }
    }
}

/// Makes a provider one that is played, with what its page says.
fn played(provider: &mut Provider, setup: &Setup, beats: &[Beat]) -> (Provider, Recording) {
    let components = components(setup, provider.id());
    provider.platform = None;
    provider.selectors = None;
    provider.status_page = None;
    provider.interval = INTERVAL;
    provider.feed = Some(format!("https://{}.recording.invalid/feed", provider.slug));
    (provider.clone(), Recording::of_feed(documents(&provider.name, &components, beats)))
}

/// The providers whose trouble concerns us, those that wake somebody first.
fn failing(setup: &Setup) -> Vec<ProviderId> {
    let mut ids = Vec::new();
    for wakes in [true, false] {
        for service in &setup.services {
            for dependency in &service.depends_on {
                let Upstream::Provider(id) = dependency.upstream else { continue };
                let is_one = (dependency.page.is_some() && service.policy.is_some()) == wakes;
                if is_one && !ids.contains(&id) {
                    ids.push(id);
                }
            }
        }
    }
    ids
}

/// The components that somebody depends on; one where it is the whole page.
fn components(setup: &Setup, provider: ProviderId) -> Vec<String> {
    let dependencies = setup.services.iter().flat_map(|service| &service.depends_on);
    let of_it = dependencies.filter(|dependency| dependency.upstream == Upstream::Provider(provider));
    let named: BTreeSet<_> = of_it.flat_map(|dependency| dependency.components.iter().cloned()).collect();
    if named.is_empty() { vec!["API".to_owned()] } else { named.into_iter().collect() }
}

fn shared() -> Provider {
    Provider {
        slug: SHARED.to_owned(),
        name: "Shared upstream".to_owned(),
        category: "Other".to_owned(),
        homepage: None,
        platform: None,
        feed: None,
        status_page: None,
        interval: INTERVAL,
        also: Vec::new(),
        services: Vec::new(),
        upstreams: Vec::new(),
        selectors: None,
    }
}
