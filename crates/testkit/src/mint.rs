//! Identity and chance from a seed.

use std::sync::{Mutex, MutexGuard, PoisonError};

use engine::seams::Mint;
use uuid::Uuid;

use crate::rng::Rng;

/// Identity and chance from a seed.
#[derive(Debug)]
pub struct SeededMint(Mutex<Rng>);

impl SeededMint {
    /// Starts from a seed.
    #[must_use]
    pub const fn new(seed: u64) -> Self {
        Self(Mutex::new(Rng::new(seed)))
    }

    fn rng(&self) -> MutexGuard<'_, Rng> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Mint for SeededMint {
    fn jitter(&self) -> f64 {
        self.rng().unit()
    }

    fn id(&self) -> Uuid {
        let mut rng = self.rng();
        Uuid::from_u64_pair(rng.bits(), rng.bits())
    }

    fn secret(&self) -> [u8; 32] {
        let mut rng = self.rng();
        let mut secret = [0; 32];
        for chunk in secret.chunks_mut(8) {
            chunk.copy_from_slice(&rng.bits().to_be_bytes());
        }
        secret
    }
}
