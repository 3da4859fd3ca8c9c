//! What is known of the providers that judging looks at, kept between judgements.
//!
//! The ledger counts the changes of each provider's knowledge. What was read at one count is still true at the same, so a
//! judgement of an organisation with hundreds of providers reads the one that changed. Only what was committed may be kept:
//! whoever has written a provider's knowledge in the same transaction reads it from the ledger.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
};

use domain::{ProviderId, SourceHealth, knowledge::Knowledge};
use store::{Tx, providers};

use crate::error::CommandError;

/// Providers kept at most, more than any catalog has; beyond it all are forgotten and read anew, which costs what it cost
/// before there was a memory.
const KEPT: usize = 10_000;

/// The count of changes to a provider's knowledge, and how well the provider can be read.
pub type Version = (i64, SourceHealth);

/// What is known of providers, by the count of changes at which it was read.
#[derive(Debug, Default)]
pub struct Memory {
    known: Mutex<HashMap<ProviderId, (i64, Arc<Knowledge>)>>,
}

impl Memory {
    /// Returns what is known of a provider and how well it can be read; `None` when the ledger has never heard of it.
    /// `version` is the one that this transaction has seen, where it has asked already. `written` are the providers whose
    /// knowledge this transaction has written, which is not kept.
    ///
    /// # Errors
    /// When the ledger fails.
    pub fn recall(
        &self,
        tx: &mut Tx<'_>,
        id: ProviderId,
        version: Option<Version>,
        written: &[ProviderId],
    ) -> Result<Option<(Arc<Knowledge>, SourceHealth)>, CommandError> {
        let asked = version.map_or_else(|| providers::version(tx, id), |version| Ok(Some(version)))?;
        let Some((version, health)) = asked else { return Ok(None) };
        let is_written = written.contains(&id);
        let is_kept = |(at, known): &(i64, Arc<Knowledge>)| (*at == version).then(|| Arc::clone(known));
        let kept = self.known.lock().unwrap_or_else(PoisonError::into_inner).get(&id).and_then(is_kept);
        if let Some(known) = kept.filter(|_| !is_written) {
            return Ok(Some((known, health)));
        }
        let Some(stored) = providers::get(tx, id)? else { return Ok(None) };
        let known = Arc::new(stored.knowledge);
        if !is_written {
            let mut all = self.known.lock().unwrap_or_else(PoisonError::into_inner);
            if all.len() >= KEPT {
                all.clear();
            }
            all.insert(id, (version, Arc::clone(&known)));
        }
        Ok(Some((known, health)))
    }
}
