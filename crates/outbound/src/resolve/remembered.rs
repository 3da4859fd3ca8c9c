//! The last addresses of the hosts that pages go to: a name server that is down or silent stops no page.
//!
//! Polls have a resolver of their own, so that no page waits behind what they ask for. A name that can't be resolved, or not
//! soon, is dialled at the addresses that it had within the last hour; each is checked again, as if it had just been found.

use std::{
    collections::HashMap,
    net::IpAddr,
    sync::{Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use tokio::time::{Instant, timeout};
use tracing::warn;
use url::Host;

use super::Resolver;
use crate::FetchError;

/// How long the addresses of a name are good for where it can't be resolved.
const KEPT: Duration = Duration::from_secs(60 * 60);

/// How long a name may take whose last addresses are known.
const SOON: Duration = Duration::from_secs(2);

/// Names whose addresses are kept; of more the oldest are forgotten.
const MOST: usize = 10_000;

/// Looks names up, and remembers what came of it.
pub(crate) struct Remembered {
    resolver: Resolver,
    last: Mutex<HashMap<String, (Instant, Vec<IpAddr>)>>,
}

impl Remembered {
    /// Remembers what this resolver finds.
    pub(crate) fn new(resolver: Resolver) -> Self {
        Self { resolver, last: Mutex::default() }
    }

    /// Returns the addresses of `host`, all of them checked, at least one: where they can't be found now, the last ones.
    pub(crate) async fn resolve(&self, host: &Host<String>) -> Result<Vec<IpAddr>, FetchError> {
        let Host::Domain(name) = host else { return self.resolver.resolve(host).await };
        let Some(last) = self.recall(name) else {
            let found = self.resolver.resolve(host).await?;
            self.remember(name, &found);
            return Ok(found);
        };
        let reason = match timeout(SOON, self.resolver.resolve(host)).await {
            Ok(Ok(found)) => {
                self.remember(name, &found);
                return Ok(found);
            }
            Ok(Err(FetchError::Unresolved { reason, .. })) => reason,
            Ok(Err(other)) => return Err(other),
            Err(_) => format!("no answer within {} s", SOON.as_secs()),
        };
        for &address in &last {
            self.resolver.check(address)?;
        }
        warn!(host = name, reason, "name could not be resolved; its last addresses are used");
        Ok(last)
    }

    fn recall(&self, name: &str) -> Option<Vec<IpAddr>> {
        let last = self.last();
        let (at, addresses) = last.get(name)?;
        (at.elapsed() < KEPT).then(|| addresses.clone())
    }

    pub(super) fn remember(&self, name: &str, addresses: &[IpAddr]) {
        let mut last = self.last();
        if last.len() >= MOST && !last.contains_key(name) {
            last.retain(|_, (at, _)| at.elapsed() < KEPT);
            if last.len() >= MOST
                && let Some(oldest) = last.iter().min_by_key(|(_, (at, _))| *at).map(|(name, _)| name.clone())
            {
                last.remove(&oldest);
            }
        }
        last.insert(name.to_owned(), (Instant::now(), addresses.to_vec()));
    }

    /// Forgets what name servers have answered so far, but not what came of it.
    #[cfg(test)]
    pub(super) fn forget_answers(&self) {
        self.resolver.names.clear_cache();
    }

    fn last(&self) -> MutexGuard<'_, HashMap<String, (Instant, Vec<IpAddr>)>> {
        self.last.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
