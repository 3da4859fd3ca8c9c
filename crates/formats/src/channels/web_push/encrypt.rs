//! Message encryption for web push (RFC 8291) with the content coding `aes128gcm` (RFC 8188), in one record.

use hmac::{Hmac, KeyInit, Mac};
use p256::{PublicKey, SecretKey, ecdh::diffie_hellman, elliptic_curve::sec1::ToSec1Point};
use ring::aead::{AES_128_GCM, Aad, LessSafeKey, Nonce, UnboundKey};
use sha2::Sha256;

/// What may stand in a message: push services take 4,096 bytes, of which the head takes 86, the delimiter 1, the tag 16.
pub(super) const MOST_BYTES: usize = 4_096 - 86 - 1 - 16;

/// The record size that the head names.
const RECORD: u32 = 4_096;

/// What the browser gave us: its public key, and the secret that only it and we know.
pub(super) struct Receiver {
    pub(super) key: PublicKey,
    pub(super) auth: Vec<u8>,
}

/// Returns the body for the push service. The salt and the key pair must be of this message alone.
pub(super) fn encrypt(
    receiver: &Receiver,
    pair: &SecretKey,
    salt: [u8; 16],
    message: &[u8],
) -> Option<Vec<u8>> {
    let ours = uncompressed(&pair.public_key());
    let secret = diffie_hellman(pair.to_nonzero_scalar(), receiver.key.as_affine());
    let theirs = uncompressed(&receiver.key);
    let (key, nonce) = key_and_nonce(secret.raw_secret_bytes(), &receiver.auth, &theirs, &ours, salt);
    let mut record = message.to_vec();
    record.push(2); // The last record.
    let key = LessSafeKey::new(UnboundKey::new(&AES_128_GCM, &key).ok()?);
    key.seal_in_place_append_tag(Nonce::assume_unique_for_key(nonce), Aad::empty(), &mut record).ok()?;
    let mut body = salt.to_vec();
    body.extend(RECORD.to_be_bytes());
    body.push(65);
    body.extend(ours);
    body.extend(record);
    Some(body)
}

/// RFC 8291, section 3.4.
fn key_and_nonce(
    secret: &[u8],
    auth: &[u8],
    theirs: &[u8; 65],
    ours: &[u8; 65],
    salt: [u8; 16],
) -> ([u8; 16], [u8; 12]) {
    let info = [&b"WebPush: info\0"[..], theirs, ours, &[1]].concat();
    let material = mac(&mac(auth, secret), &info);
    let root = mac(&salt, &material);
    let key = mac(&root, b"Content-Encoding: aes128gcm\0\x01");
    let nonce = mac(&root, b"Content-Encoding: nonce\0\x01");
    (first(&key), first(&nonce))
}

/// Returns a point as browsers write it.
pub(super) fn uncompressed(key: &PublicKey) -> [u8; 65] {
    let mut bytes = [0; 65];
    bytes.copy_from_slice(key.to_sec1_point(false).as_bytes());
    bytes
}

pub(super) fn mac(key: &[u8], message: &[u8]) -> [u8; 32] {
    let mut mac = Hmac::<Sha256>::new_from_slice(key).expect("HMAC takes a key of any length");
    mac.update(message);
    mac.finalize().into_bytes().into()
}

/// Returns the first bytes of 32, of which there are enough.
pub(super) fn first<const N: usize>(bytes: &[u8; 32]) -> [u8; N] {
    std::array::from_fn(|n| bytes[n])
}

#[cfg(test)]
mod tests {
    use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD as BASE64};

    use super::*;

    /// RFC 8291, section 5 and appendix A.
    const TEXT: &str = "When I grow up, I want to be a watermelon";
    const AUTH: &str = "BTBZMqHH6r4Tts7J_aSIgg";
    const THEIR_KEY: &str =
        "BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4";
    const THEIR_SECRET: &str = "q1dXpw3UpT5VOmu_cf_v6ih07Aems3njxI-JWgLcM94";
    const OUR_SECRET: &str = "yfWPiYE-n46HLnH0KqZOF1fJJU3MYrct3AELtAQ-oRw";
    const SALT: &str = "DGv6ra1nlYgDCS1FRnbzlw";
    const BODY: &str = "DGv6ra1nlYgDCS1FRnbzlwAAEABBBP4z9KsN6nGRTbVYI_c7VJSPQTBtkgcy27mlmlMoZIIgDll6e3vCYLocInmYWAmS6TlzAC8wEqKK6PBru3jl7A_yl95bQpu6cVPTpK4Mqgkf1CXztLVBSt2Ks3oZwbuwXPXLWyouBWLVWGNWQexSgSxsj_Qulcy4a-fN";

    fn bytes(text: &str) -> Vec<u8> {
        BASE64.decode(text).unwrap()
    }

    /// What a browser does with what it gets.
    fn decrypt(secret: &SecretKey, auth: &[u8], body: &[u8]) -> Vec<u8> {
        let (head, record) = body.split_at(86);
        assert_eq!((&head[16..20], head[20]), (&[0, 0, 16, 0][..], 65));
        let salt: [u8; 16] = head[..16].try_into().unwrap();
        let ours = PublicKey::from_sec1_bytes(&head[21..]).unwrap();
        let shared = diffie_hellman(secret.to_nonzero_scalar(), ours.as_affine());
        let theirs = uncompressed(&secret.public_key());
        let (key, nonce) =
            key_and_nonce(shared.raw_secret_bytes(), auth, &theirs, &uncompressed(&ours), salt);
        let key = LessSafeKey::new(UnboundKey::new(&AES_128_GCM, &key).unwrap());
        let mut record = record.to_vec();
        let plain =
            key.open_in_place(Nonce::assume_unique_for_key(nonce), Aad::empty(), &mut record).unwrap();
        assert_eq!(plain.last(), Some(&2));
        plain[..plain.len() - 1].to_vec()
    }

    #[test]
    fn the_example_of_the_rfc_comes_out_byte_by_byte() {
        let receiver =
            Receiver { key: PublicKey::from_sec1_bytes(&bytes(THEIR_KEY)).unwrap(), auth: bytes(AUTH) };
        let pair = SecretKey::from_slice(&bytes(OUR_SECRET)).unwrap();
        let salt = bytes(SALT).try_into().unwrap();
        let body = encrypt(&receiver, &pair, salt, TEXT.as_bytes()).unwrap();
        assert_eq!(BASE64.encode(&body), BODY);
        let secret = SecretKey::from_slice(&bytes(THEIR_SECRET)).unwrap();
        assert_eq!(decrypt(&secret, &bytes(AUTH), &body), TEXT.as_bytes());
    }

    #[test]
    fn the_longest_message_makes_the_longest_body_that_push_services_take() {
        let secret = SecretKey::from_slice(&bytes(THEIR_SECRET)).unwrap();
        let receiver = Receiver { key: secret.public_key(), auth: bytes(AUTH) };
        let pair = SecretKey::from_slice(&bytes(OUR_SECRET)).unwrap();
        let message = vec![b'x'; MOST_BYTES];
        let body = encrypt(&receiver, &pair, [7; 16], &message).unwrap();
        assert_eq!(body.len(), 4_096);
        assert_eq!(decrypt(&secret, &bytes(AUTH), &body), message);
    }
}
