//! Who we are to push services (RFC 8292): one key of the installation, and a token for each push service.

use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD as BASE64};
use jiff::Timestamp;
use p256::{
    SecretKey,
    ecdsa::{Signature, SigningKey, signature::Signer},
};
use serde_json::json;

use super::encrypt::{mac, uncompressed};

/// How long a token is good; push services take at most a day.
const GOOD_FOR_S: i64 = 12 * 3_600;

/// The installation's key to push services, derived from a seed that only it has.
///
/// Everything secret about a message comes from the seed and the message, so that the same message is the same bytes and no
/// two messages share a key.
#[derive(Clone)]
pub struct PushKey {
    seed: [u8; 32],
    secret: SecretKey,
}

impl PushKey {
    /// Derives the key.
    #[must_use]
    pub fn new(seed: [u8; 32]) -> Self {
        Self { seed, secret: scalar(&seed, b"vapid") }
    }

    /// Returns the public half, as browsers take it as `applicationServerKey`.
    #[must_use]
    pub fn public(&self) -> String {
        BASE64.encode(uncompressed(&self.secret.public_key()))
    }

    /// Returns the value of `authorization` for a push service, known by its origin.
    pub(super) fn authorization(&self, origin: &str, subject: &str, now: Timestamp) -> String {
        let head = BASE64.encode(json!({ "typ": "JWT", "alg": "ES256" }).to_string());
        let claims = json!({ "aud": origin, "exp": now.as_second() + GOOD_FOR_S, "sub": subject });
        let signed = format!("{head}.{}", BASE64.encode(claims.to_string()));
        // Deterministic (RFC 6979): no randomness that could be bad.
        let signature: Signature = SigningKey::from(&self.secret).sign(signed.as_bytes());
        format!("vapid t={signed}.{}, k={}", BASE64.encode(signature.to_bytes()), self.public())
    }

    /// Returns a key pair and 16 bytes that belong to these words alone.
    pub(super) fn of_message(&self, words: &[u8]) -> (SecretKey, [u8; 16]) {
        let own = mac(&self.seed, words);
        (scalar(&own, b"pair"), super::encrypt::first(&mac(&own, b"salt")))
    }
}

impl std::fmt::Debug for PushKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("***")
    }
}

/// Nearly every 32 bytes are a scalar of P-256; the few that are not are passed over.
fn scalar(seed: &[u8; 32], purpose: &[u8]) -> SecretKey {
    let mut bytes = mac(seed, purpose);
    loop {
        match SecretKey::from_slice(&bytes) {
            Ok(secret) => return secret,
            Err(_) => bytes = mac(seed, &bytes),
        }
    }
}

#[cfg(test)]
mod tests {
    use p256::ecdsa::{VerifyingKey, signature::Verifier};
    use serde_json::Value;

    use super::*;

    #[test]
    fn a_push_service_can_verify_the_token_by_the_key_that_comes_along() {
        let key = PushKey::new([7; 32]);
        let now: Timestamp = "2026-05-23T22:51:00Z".parse().unwrap();
        let header = key.authorization("https://push.test", "https://midwatch.test", now);
        let (token, public) = header.strip_prefix("vapid t=").unwrap().split_once(", k=").unwrap();
        assert_eq!(public, key.public());
        let (signed, signature) = token.rsplit_once('.').unwrap();
        let verifying = VerifyingKey::from_sec1_bytes(&BASE64.decode(public).unwrap()).unwrap();
        let signature = Signature::from_slice(&BASE64.decode(signature).unwrap()).unwrap();
        verifying.verify(signed.as_bytes(), &signature).unwrap();
        let claims = BASE64.decode(signed.split_once('.').unwrap().1).unwrap();
        let claims: Value = serde_json::from_slice(&claims).unwrap();
        assert_eq!(claims["aud"], "https://push.test");
        assert_eq!(claims["sub"], "https://midwatch.test");
        assert_eq!(claims["exp"], now.as_second() + 43_200);
    }

    #[test]
    fn no_two_messages_share_a_key_and_the_same_message_has_the_same() {
        let key = PushKey::new([7; 32]);
        let (one, same, other) = (key.of_message(b"a"), key.of_message(b"a"), key.of_message(b"b"));
        assert!(one.0 == same.0 && one.1 == same.1);
        assert!(one.0 != other.0 && one.1 != other.1);
        assert!(PushKey::new([8; 32]).of_message(b"a").0 != one.0);
        assert_ne!(PushKey::new([8; 32]).public(), key.public());
        assert_eq!(format!("{key:?}"), "***");
    }
}
