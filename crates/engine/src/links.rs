//! Signed links and webhook secrets, all derived from one key of the installation.
//!
//! An acknowledge link names the notification it was sent with, so that it says who follows it; nothing about it is
//! stored, and nobody without the key can make one.

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use domain::NotificationId;
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;
use subtle::ConstantTimeEq;
use uuid::Uuid;

/// Bytes of the signature that stand in a link: 128 bits can't be guessed and keep a text message short.
const SIGNATURE_BYTES: usize = 16;

/// Signs links and webhooks.
#[derive(Clone, PartialEq, Eq)]
pub struct SigningKey([u8; 32]);

impl SigningKey {
    /// Takes the installation's key.
    #[must_use]
    pub const fn new(key: [u8; 32]) -> Self {
        Self(key)
    }

    /// Returns the token of the link by which the receiver of this notification acknowledges.
    #[must_use]
    pub fn ack_token(&self, notification: NotificationId) -> String {
        let id = notification.0.as_bytes();
        let mut bytes = id.to_vec();
        bytes.extend_from_slice(&self.mac("ack", id)[..SIGNATURE_BYTES]);
        URL_SAFE_NO_PAD.encode(bytes)
    }

    /// Returns the notification that a token was made for; `None` when we did not make it.
    #[must_use]
    pub fn read_ack_token(&self, token: &str) -> Option<NotificationId> {
        let bytes = URL_SAFE_NO_PAD.decode(token).ok()?;
        let (id, signature) = bytes.split_at_checked(16)?;
        let expected = self.mac("ack", id);
        let is_ours: bool = expected[..SIGNATURE_BYTES].ct_eq(signature).into();
        is_ours.then(|| Uuid::from_slice(id).ok().map(NotificationId)).flatten()
    }

    /// Returns the secret, in the form of Standard Webhooks, that signs messages to a destination without one of its own.
    #[must_use]
    pub fn webhook_secret(&self, owner: Uuid, contact: &str) -> String {
        let name = format!("{owner}/{contact}");
        let secret = self.mac("webhook", name.as_bytes());
        format!("whsec_{}", base64::engine::general_purpose::STANDARD.encode(secret))
    }

    fn mac(&self, purpose: &str, message: &[u8]) -> [u8; 32] {
        let mut mac = Hmac::<Sha256>::new_from_slice(&self.0).expect("HMAC takes a key of any length");
        mac.update(purpose.as_bytes());
        mac.update(&[0]);
        mac.update(message);
        mac.finalize().into_bytes().into()
    }
}

impl std::fmt::Debug for SigningKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("***")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_names_its_notification_and_a_forged_one_names_none() {
        let key = SigningKey::new([7; 32]);
        let id = NotificationId(Uuid::from_u128(42));
        let token = key.ack_token(id);
        assert_eq!(key.read_ack_token(&token), Some(id));
        assert_eq!(SigningKey::new([8; 32]).read_ack_token(&token), None);
        for forged in ["", "x", &token[1..], &token[..token.len() - 1], &format!("{token}A")] {
            assert_eq!(key.read_ack_token(forged), None, "{forged}");
        }
        let mut other = token.into_bytes();
        other[3] ^= 1;
        assert_eq!(key.read_ack_token(&String::from_utf8_lossy(&other)), None);
    }

    #[test]
    fn each_destination_has_a_secret_of_its_own() {
        let key = SigningKey::new([7; 32]);
        let secret = key.webhook_secret(Uuid::from_u128(1), "hook");
        assert!(secret.starts_with("whsec_"));
        assert_ne!(secret, key.webhook_secret(Uuid::from_u128(2), "hook"));
        assert_ne!(secret, key.webhook_secret(Uuid::from_u128(1), "mail"));
    }
}
