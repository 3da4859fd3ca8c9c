//! Signatures of webhooks by the Standard Webhooks specification: `v1,` and an HMAC-SHA256 over id, time and body.

use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use hmac::{Hmac, KeyInit, Mac};
use jiff::Timestamp;
use sha2::Sha256;
use subtle::ConstantTimeEq;
use thiserror::Error;

/// How far the time of a message may be from ours, either way. Keeps a captured message from being replayed later.
pub const TOLERANCE: Duration = Duration::from_secs(5 * 60);

/// The most signatures looked at in one header; a sender has two while it changes its secret.
const MOST_SIGNATURES: usize = 10;

/// Why a message has no valid signature.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum SignatureError {
    /// Our own configuration is wrong.
    #[error("webhook secret is not base64, with or without whsec_ before it")]
    Secret,
    /// The message is too old, or comes from the future.
    #[error("webhook time is more than five minutes off")]
    Time,
    /// None of the signatures is ours.
    #[error("no webhook signature matches")]
    Mismatch,
}

/// Returns the value of `webhook-signature` for a body sent as `id` at `timestamp`, which travels in whole seconds.
///
/// # Errors
/// When the secret is not `whsec_` and base64.
pub fn sign(secret: &str, id: &str, timestamp: Timestamp, body: &[u8]) -> Result<String, SignatureError> {
    Ok(format!("v1,{}", STANDARD.encode(mac(secret, id, timestamp, body)?)))
}

/// Checks `signatures`, the value of `webhook-signature`, of which any one may match.
///
/// # Errors
/// When the secret is unusable, the time is off by more than [`TOLERANCE`], or nothing matches.
pub fn verify(
    secret: &str,
    id: &str,
    timestamp: Timestamp,
    body: &[u8],
    signatures: &str,
    now: Timestamp,
) -> Result<(), SignatureError> {
    let expected = mac(secret, id, timestamp, body)?;
    if now.duration_since(timestamp).unsigned_abs() > TOLERANCE {
        return Err(SignatureError::Time);
    }
    let matches = signatures
        .split_ascii_whitespace()
        .take(MOST_SIGNATURES)
        .filter_map(|signature| STANDARD.decode(signature.strip_prefix("v1,")?).ok())
        .any(|given| bool::from(given.as_slice().ct_eq(&expected)));
    if matches { Ok(()) } else { Err(SignatureError::Mismatch) }
}

fn mac(secret: &str, id: &str, timestamp: Timestamp, body: &[u8]) -> Result<[u8; 32], SignatureError> {
    let key = STANDARD
        .decode(secret.strip_prefix("whsec_").unwrap_or(secret))
        .map_err(|_| SignatureError::Secret)?;
    if key.is_empty() {
        return Err(SignatureError::Secret);
    }
    let mut mac = Hmac::<Sha256>::new_from_slice(&key).map_err(|_| SignatureError::Secret)?;
    mac.update(format!("{id}.{}.", timestamp.as_second()).as_bytes());
    mac.update(body);
    Ok(mac.finalize().into_bytes().into())
}
