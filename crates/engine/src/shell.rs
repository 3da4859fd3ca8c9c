//! The shell around the rules: everything that comes from outside, in one value that every command and worker is given.

use std::sync::Arc;

use domain::OrgId;
use formats::channels::telephony::Telephony;
use jiff::Timestamp;
use outbound::Outbound;
use store::{Db, Lane, Scope, Tx};

use crate::{
    catalog::Catalog,
    commands::Ground,
    error::CommandError,
    links::SigningKey,
    live::Live,
    memory::Memory,
    meters::Meters,
    pulse::{self, Pulse},
    seams::{Bell, Clock, Doorbell, Mint},
    setups::Setups,
    shelf::Shelf,
    visits::Visits,
};

/// Everything that comes from outside.
#[derive(Clone)]
pub struct Shell {
    /// The time of day.
    pub clock: Arc<dyn Clock>,
    /// Chance and identity.
    pub mint: Arc<dyn Mint>,
    /// The network.
    pub outbound: Arc<dyn Outbound>,
    /// What must not be lost.
    pub ledger: Arc<dyn Db>,
    /// What may be: the log of polls and the bodies they read.
    pub history: Arc<dyn Db>,
    /// Wakes workers.
    pub doorbell: Arc<dyn Doorbell>,
    /// The providers that can be watched.
    pub catalog: Arc<Catalog>,
    /// Configurations by version.
    pub setups: Arc<Setups>,
    /// What is known of the providers that judging looks at.
    pub memory: Arc<Memory>,
    /// The rendered pages.
    pub shelf: Arc<Shelf>,
    /// Which providers people look at.
    pub visits: Arc<Visits>,
    /// What is counted.
    pub meters: Arc<Meters>,
    /// Signs of life of the workers.
    pub pulse: Arc<Pulse>,
    /// What is known of every provider, as the API tells it.
    pub live: Arc<Live>,
    /// Signs links and webhooks.
    pub key: SigningKey,
    /// What this installation is called.
    pub identity: Arc<Identity>,
}

/// What this installation is called.
#[derive(Clone, Debug)]
pub struct Identity {
    /// This process among several.
    pub node: String,
    /// The address people reach it at, without a trailing slash.
    pub public_url: String,
    /// The sender of mail; `None` when no mail server is configured.
    pub mail_from: Option<String>,
    /// Hosts that are practically never down together: when providers fall silent they tell whether it is us.
    pub anchors: Vec<String>,
    /// The phone lines, which texts and calls take.
    pub telephony: Telephony,
}

impl Shell {
    /// Returns what commands stand on besides the ledger.
    #[must_use]
    pub fn ground(&self) -> Ground {
        Ground {
            catalog: Arc::clone(&self.catalog),
            setups: Arc::clone(&self.setups),
            memory: Arc::clone(&self.memory),
        }
    }

    /// Wakes those who carry news out of the ledger.
    pub fn ring_tellers(&self) {
        for bell in [Bell::Escalate, Bell::Notify, Bell::Publish, Bell::Announce] {
            self.doorbell.ring(bell);
        }
    }

    /// Runs `job` as one transaction of the ledger, with the present instant. The job may run more than once.
    ///
    /// # Errors
    /// What the job answers, or the ledger's own trouble; then nothing was written.
    pub async fn write<T: Send + 'static>(
        &self,
        lane: Lane,
        mut job: impl FnMut(&mut Tx<'_>, Timestamp) -> Result<T, CommandError> + Send + 'static,
    ) -> Result<T, CommandError> {
        let _awaiting = self.pulse.awaiting(&*self.clock);
        let now = self.clock.now();
        store::write(&*self.ledger, lane, move |tx| job(tx, now)).await
    }

    /// As [`write`](Self::write), within one organisation, in the paging lane; when the clock was set, by times that have
    /// followed it.
    ///
    /// # Errors
    /// As [`write`](Self::write).
    pub async fn act<T: Send + 'static>(
        &self,
        org: OrgId,
        mut job: impl FnMut(&mut Scope<'_>, Timestamp) -> Result<T, CommandError> + Send + 'static,
    ) -> Result<T, CommandError> {
        pulse::follow(self).await?;
        self.write(Lane::Paging, move |tx, now| job(&mut Scope::new(tx, org), now)).await
    }

    /// Reads the ledger as it was committed last.
    ///
    /// # Errors
    /// As [`write`](Self::write).
    pub async fn read<T: Send + 'static>(
        &self,
        job: impl FnMut(&mut Tx<'_>) -> Result<T, CommandError> + Send + 'static,
    ) -> Result<T, CommandError> {
        let _awaiting = self.pulse.awaiting(&*self.clock);
        store::read(&*self.ledger, job).await
    }
}
