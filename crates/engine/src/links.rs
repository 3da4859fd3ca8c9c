//! Signed links and webhook secrets, all derived from one key of the installation.
//!
//! An acknowledge link names the notification it was sent with, so that it says who follows it; nothing about it is
//! stored, and nobody without the key can make one.

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use domain::{NotificationId, OrgId, ProviderId, StatusPageId, SubscriberId, UserId, subscription::Target};
use formats::channels::PushKey;
use hmac::{Hmac, KeyInit, Mac};
use jiff::Timestamp;
use sha2::Sha256;
use store::contacts::Key;
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
        self.token("ack", notification.0)
    }

    /// Returns the notification that a token was made for; `None` when we did not make it.
    #[must_use]
    pub fn read_ack_token(&self, token: &str) -> Option<NotificationId> {
        self.read_token("ack", token).map(NotificationId)
    }

    /// Returns the token of the link by which somebody confirms that it was them who asked for alerts.
    #[must_use]
    pub fn confirm_token(&self, request: SubscriberId) -> String {
        self.token("confirm", request.0)
    }

    /// Returns the request that a token was made for; `None` when we did not make it.
    #[must_use]
    pub fn read_confirm_token(&self, token: &str) -> Option<SubscriberId> {
        self.read_token("confirm", token).map(SubscriberId)
    }

    /// Returns the token of the link by which a subscriber changes their choice or leaves.
    #[must_use]
    pub fn subscription_token(&self, subscriber: SubscriberId) -> String {
        self.token("subscription", subscriber.0)
    }

    /// Returns the subscriber that a token was made for; `None` when we did not make it.
    #[must_use]
    pub fn read_subscription_token(&self, token: &str) -> Option<SubscriberId> {
        self.read_token("subscription", token).map(SubscriberId)
    }

    /// Returns the token in the address that a provider's page may post to when it changes.
    #[must_use]
    pub fn feed_token(&self, provider: ProviderId) -> String {
        self.token("feed", provider.0)
    }

    /// Returns the provider that a token was made for; `None` when we did not make it.
    #[must_use]
    pub fn read_feed_token(&self, token: &str) -> Option<ProviderId> {
        self.read_token("feed", token).map(ProviderId)
    }

    /// Returns the six digits that were sent to a contact when they were asked for at this instant.
    #[must_use]
    pub fn contact_code(&self, place: Key<'_>, asked_at: Timestamp) -> String {
        let name =
            format!("{}/{}/{}/{}", place.user, place.fingerprint, asked_at.as_microsecond(), place.contact);
        let mac = self.mac("contact", name.as_bytes());
        let number = mac[..8].iter().fold(0u64, |number, byte| number << 8 | u64::from(*byte));
        format!("{:06}", number % 1_000_000)
    }

    /// Whether this is the code that was sent, in the same time whatever is given.
    #[must_use]
    pub fn is_contact_code(&self, place: Key<'_>, asked_at: Timestamp, given: &str) -> bool {
        self.contact_code(place, asked_at).as_bytes().ct_eq(given.trim().as_bytes()).into()
    }

    /// Returns what stands for a network where requests are counted: it can't be turned back without the key.
    #[must_use]
    pub fn network(&self, network: &str) -> Vec<u8> {
        self.mac("network", network.as_bytes())[..SIGNATURE_BYTES].to_vec()
    }

    /// Returns what stands for an address that left a page: it can't be turned back without the key, nor compared with that of
    /// another page.
    #[must_use]
    pub fn departed(&self, page: StatusPageId, target: &Target) -> Vec<u8> {
        let name = format!("{page}/{}/{}", target.word(), target.key());
        self.mac("departed", name.as_bytes()).to_vec()
    }

    /// Returns the secret, in the form of Standard Webhooks, that signs messages to a destination without one of its own.
    #[must_use]
    pub fn webhook_secret(&self, owner: Uuid, contact: &str) -> String {
        let name = format!("{owner}/{contact}");
        let secret = self.mac("webhook", name.as_bytes());
        format!("whsec_{}", base64::engine::general_purpose::STANDARD.encode(secret))
    }

    /// Returns the secret that Telegram sends along with what it tells us of the bot behind a channel or a member. It is made
    /// of letters, digits, `_` and `-`, as Telegram asks.
    #[must_use]
    pub fn telegram_secret(&self, org: OrgId, name: &str) -> String {
        URL_SAFE_NO_PAD.encode(self.mac("telegram", format!("{org}/{name}").as_bytes()))
    }

    /// Whether this is what [`telegram_secret`](Self::telegram_secret) returns, found out in the same time for every text.
    #[must_use]
    pub fn is_telegram_secret(&self, org: OrgId, name: &str, given: &[u8]) -> bool {
        self.telegram_secret(org, name).as_bytes().ct_eq(given).into()
    }

    /// Returns the key by which the installation speaks to push services of browsers.
    #[must_use]
    pub fn push_key(&self) -> PushKey {
        PushKey::new(self.mac("push", b""))
    }

    /// Returns the token of the page on which a person of an organisation allows browsers to be paged.
    #[must_use]
    pub fn push_token(&self, org: OrgId, user: UserId) -> String {
        let name = [org.0.as_bytes().as_slice(), user.0.as_bytes()].concat();
        let signature = &self.mac("push-page", &name)[..SIGNATURE_BYTES];
        URL_SAFE_NO_PAD.encode([&name, signature].concat())
    }

    /// Returns the person that a token was made for; `None` when we did not make it.
    #[must_use]
    pub fn read_push_token(&self, token: &str) -> Option<(OrgId, UserId)> {
        let given = URL_SAFE_NO_PAD.decode(token).ok().filter(|given| given.len() == 32 + SIGNATURE_BYTES)?;
        let (name, signature) = given.split_at(32);
        let is_ours: bool = self.mac("push-page", name)[..SIGNATURE_BYTES].ct_eq(signature).into();
        let (org, user) = name.split_at(16);
        is_ours.then_some((OrgId(Uuid::from_slice(org).ok()?), UserId(Uuid::from_slice(user).ok()?)))
    }

    /// Returns what stands for a secret of a status page, or makes one: nobody finds the way back without the key.
    #[must_use]
    pub fn page_secret(&self, purpose: &str, page: StatusPageId, what: &str) -> String {
        let message = [page.0.as_bytes().as_slice(), what.as_bytes()].concat();
        URL_SAFE_NO_PAD.encode(&self.mac(purpose, &message)[..SIGNATURE_BYTES])
    }

    /// An id and its signature. What a token is for is in the signature, so that none opens another door.
    fn token(&self, purpose: &str, id: Uuid) -> String {
        let mut bytes = id.as_bytes().to_vec();
        bytes.extend_from_slice(&self.mac(purpose, id.as_bytes())[..SIGNATURE_BYTES]);
        URL_SAFE_NO_PAD.encode(bytes)
    }

    /// Takes as long for a token that is malformed as for one that is forged.
    fn read_token(&self, purpose: &str, token: &str) -> Option<Uuid> {
        let mut given = [0; 16 + SIGNATURE_BYTES];
        let is_whole =
            URL_SAFE_NO_PAD.decode_slice(token, &mut given).is_ok_and(|length| length == given.len());
        let (id, signature) = given.split_at(16);
        let is_ours: bool = self.mac(purpose, id)[..SIGNATURE_BYTES].ct_eq(signature).into();
        if is_whole && is_ours { Uuid::from_slice(id).ok() } else { None }
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
    use domain::UserId;

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
    fn a_token_opens_one_door_only() {
        let (key, id) = (SigningKey::new([7; 32]), SubscriberId(Uuid::from_u128(42)));
        let (confirm, manage) = (key.confirm_token(id), key.subscription_token(id));
        assert_eq!(key.read_confirm_token(&confirm), Some(id));
        assert_eq!(key.read_subscription_token(&manage), Some(id));
        assert_eq!((key.read_confirm_token(&manage), key.read_subscription_token(&confirm)), (None, None));
        assert_eq!(key.read_ack_token(&confirm), None);
        let provider = domain::provider::provider_id("pay");
        assert_eq!(key.read_feed_token(&key.feed_token(provider)), Some(provider));
        assert_eq!(SigningKey::new([8; 32]).read_feed_token(&key.feed_token(provider)), None);
    }

    #[test]
    fn a_person_has_a_push_page_and_the_installation_one_key_for_push_services() {
        let (key, org, user) =
            (SigningKey::new([7; 32]), OrgId(Uuid::from_u128(1)), UserId(Uuid::from_u128(42)));
        let token = key.push_token(org, user);
        assert_eq!(key.read_push_token(&token), Some((org, user)));
        assert_eq!(SigningKey::new([8; 32]).read_push_token(&token), None);
        assert_eq!((key.read_ack_token(&token), key.read_push_token(&token[1..])), (None, None));
        assert_eq!(key.push_key().public(), key.push_key().public());
        assert_ne!(key.push_key().public(), SigningKey::new([8; 32]).push_key().public());
    }

    #[test]
    fn a_code_is_good_for_one_contact_at_one_place_and_time() {
        let key = SigningKey::new([7; 32]);
        let place =
            Key { user: UserId(Uuid::from_u128(1)), contact: "mail", fingerprint: Uuid::from_u128(2) };
        let at = Timestamp::UNIX_EPOCH;
        let code = key.contact_code(place, at);
        assert!(code.len() == 6 && code.bytes().all(|byte| byte.is_ascii_digit()), "{code}");
        assert!(key.is_contact_code(place, at, &format!(" {code}\n")));
        for given in ["", "0", &code[1..], &format!("{code}0")] {
            assert!(!key.is_contact_code(place, at, given), "{given}");
        }
        let others = [
            key.contact_code(Key { contact: "phone", ..place }, at),
            key.contact_code(Key { fingerprint: Uuid::nil(), ..place }, at),
            key.contact_code(Key { user: UserId(Uuid::nil()), ..place }, at),
            key.contact_code(place, Timestamp::MAX),
            SigningKey::new([8; 32]).contact_code(place, at),
        ];
        assert!(!others.contains(&code), "{others:?}");
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
