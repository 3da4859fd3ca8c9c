//! A browser that asked for notifications, and its push service: reads what only it can read (RFC 8291) and checks who sent
//! it (RFC 8292). Written from the RFCs and not from what it checks.

use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD as BASE64};
use jiff::Timestamp;
use p256::{PublicKey, SecretKey, ecdh::diffie_hellman, elliptic_curve::sec1::ToSec1Point};
use ring::{
    aead::{AES_128_GCM, Aad, LessSafeKey, Nonce, UnboundKey},
    hkdf::{HKDF_SHA256, KeyType, Prk, Salt},
    signature::{ECDSA_P256_SHA256_FIXED, UnparsedPublicKey},
};
use serde_json::Value;

use crate::vendor::Heard;

/// The private key of the browser in RFC 8291, section 5.
const SECRET: &str = "q1dXpw3UpT5VOmu_cf_v6ih07Aems3njxI-JWgLcM94";

/// The secret of the same browser that it shares with whoever may write to it.
const AUTH: &str = "BTBZMqHH6r4Tts7J_aSIgg";

/// The length of the head before the only record: salt, size of a record, length of a key, the key.
const HEAD_BYTES: usize = 16 + 4 + 1 + 65;

/// A browser.
#[derive(Debug)]
pub struct Browser {
    secret: SecretKey,
    auth: Vec<u8>,
}

/// How many bytes are derived.
struct Bytes(usize);

impl KeyType for Bytes {
    fn len(&self) -> usize {
        self.0
    }
}

impl Default for Browser {
    fn default() -> Self {
        let secret = BASE64.decode(SECRET).expect("the RFC writes base64url");
        let secret = SecretKey::from_slice(&secret).expect("the RFC has a key of P-256");
        Self { secret, auth: BASE64.decode(AUTH).expect("the RFC writes base64url") }
    }
}

impl Browser {
    /// Returns the keys that it hands out, as a contact has them.
    #[must_use]
    pub fn keys(&self) -> String {
        format!("p256dh = \"{}\", auth = \"{AUTH}\"", BASE64.encode(point(&self.secret.public_key())))
    }

    /// Reads a message; `None` where it is none for this browser.
    #[must_use]
    pub fn read(&self, heard: &Heard) -> Option<Value> {
        let (head, record) = heard.body.split_at_checked(HEAD_BYTES)?;
        let (salt, theirs) = (head.get(..16)?, head.get(21..)?);
        if head.get(20) != Some(&65) || heard.header("content-encoding") != "aes128gcm" {
            return None;
        }
        let key = PublicKey::from_sec1_bytes(theirs).ok()?;
        let shared = diffie_hellman(self.secret.to_nonzero_scalar(), key.as_affine());
        let info = [&b"WebPush: info\0"[..], &point(&self.secret.public_key()), theirs].concat();
        let material = derive(&extract(&self.auth, shared.raw_secret_bytes()), &info, 32)?;
        let root = extract(salt, &material);
        let key = derive(&root, b"Content-Encoding: aes128gcm\0", 16)?;
        let nonce = derive(&root, b"Content-Encoding: nonce\0", 12)?;
        let key = LessSafeKey::new(UnboundKey::new(&AES_128_GCM, &key).ok()?);
        let mut record = record.to_vec();
        let nonce = Nonce::try_assume_unique_for_key(&nonce).ok()?;
        let plain = key.open_in_place(nonce, Aad::empty(), &mut record).ok()?;
        // The delimiter of the last record, and padding after it.
        let end = plain.iter().rposition(|byte| *byte != 0)?;
        let text = plain.get(..end).filter(|_| plain.get(end) == Some(&2))?;
        serde_json::from_slice(text).ok()
    }

    /// Whether the push service at this origin lets a message in that claims to be from the owner of `public`, the installation's
    /// key: signed by it, for this origin, for at most a day.
    #[must_use]
    pub fn is_let_in(heard: &Heard, origin: &str, public: &str, now: Timestamp) -> bool {
        let claimed = heard.header("authorization").strip_prefix("vapid t=");
        let Some((token, key)) = claimed.and_then(|rest| rest.split_once(", k=")) else { return false };
        let Some((signed, signature)) = token.rsplit_once('.') else { return false };
        let (Ok(point), Ok(signature)) = (BASE64.decode(key), BASE64.decode(signature)) else { return false };
        let is_signed = UnparsedPublicKey::new(&ECDSA_P256_SHA256_FIXED, &point)
            .verify(signed.as_bytes(), &signature)
            .is_ok();
        let claims = signed.split_once('.').and_then(|(_, claims)| BASE64.decode(claims).ok());
        let claims: Value =
            claims.and_then(|claims| serde_json::from_slice(&claims).ok()).unwrap_or_default();
        let left_s = claims["exp"].as_i64().unwrap_or_default() - now.as_second();
        let is_contact = claims["sub"]
            .as_str()
            .is_some_and(|sub| ["https:", "mailto:"].iter().any(|start| sub.starts_with(start)));
        is_signed && key == public && claims["aud"] == origin && is_contact && (1..=86_400).contains(&left_s)
    }
}

fn point(key: &PublicKey) -> Vec<u8> {
    key.to_sec1_point(false).as_bytes().to_vec()
}

fn extract(salt: &[u8], material: &[u8]) -> Prk {
    Salt::new(HKDF_SHA256, salt).extract(material)
}

fn derive(root: &Prk, info: &[u8], length: usize) -> Option<Vec<u8>> {
    let mut bytes = vec![0; length];
    root.expand(&[info], Bytes(length)).ok()?.fill(&mut bytes).ok()?;
    Some(bytes)
}
