//! The phones of the team: a receiver of webhooks that keeps what comes in and checks its signature.

use std::sync::{Arc, Mutex, PoisonError};

use axum::{
    Router,
    body::Bytes,
    extract::{Path, State},
    http::{HeaderMap, StatusCode},
    routing::post,
};
use engine::seams::{Clock, Mint};
use formats::messages::verify;
use jiff::Timestamp;
use serde_json::Value;

use crate::seams::{SystemClock, SystemMint};

/// A message that rang a phone.
#[derive(Clone, Debug)]
pub(super) struct Message {
    pub(super) whose: String,
    pub(super) body: Value,
}

impl Message {
    /// Returns the text at a JSON pointer; empty where there is none.
    pub(super) fn text(&self, pointer: &str) -> &str {
        self.body.pointer(pointer).and_then(Value::as_str).unwrap_or_default()
    }
}

/// All phones.
#[derive(Debug)]
pub(super) struct Phones {
    /// What messages must be signed with.
    pub(super) secret: String,
    received: Mutex<Vec<Message>>,
}

impl Phones {
    /// Makes silent phones with a new secret.
    pub(super) fn new() -> Self {
        // Hexadecimal digits are base64 too, which is the form that a secret has.
        let secret = format!("whsec_{}", SystemMint::new().id().simple());
        Self { secret, received: Mutex::default() }
    }

    /// Returns the first message of a kind on someone's phone.
    pub(super) fn first(&self, whose: &str, kind: &str) -> Option<Message> {
        let received = self.received.lock().unwrap_or_else(PoisonError::into_inner);
        received.iter().find(|message| message.whose == whose && message.text("/type") == kind).cloned()
    }

    /// Returns what has come in, for those who expected something else.
    pub(super) fn heard(&self) -> String {
        let received = self.received.lock().unwrap_or_else(PoisonError::into_inner);
        let told: Vec<String> = received
            .iter()
            .map(|message| format!("{} to {}", message.text("/type"), message.whose))
            .collect();
        if told.is_empty() {
            "no phone has rung".to_owned()
        } else {
            format!("phones heard {}", told.join(", "))
        }
    }

    fn keep(&self, whose: String, headers: &HeaderMap, body: &[u8]) -> Option<()> {
        let header = |name: &str| headers.get(name)?.to_str().ok();
        let sent_at = Timestamp::from_second(header("webhook-timestamp")?.parse().ok()?).ok()?;
        let (id, signature, now) = (header("webhook-id")?, header("webhook-signature")?, SystemClock.now());
        verify(&self.secret, id, sent_at, body, signature, now).ok()?;
        let body = serde_json::from_slice(body).ok()?;
        let message = Message { whose, body };
        self.received.lock().unwrap_or_else(PoisonError::into_inner).push(message);
        Some(())
    }
}

/// One address for each phone.
pub(super) fn routes(phones: Arc<Phones>) -> Router {
    Router::new().route("/{whose}", post(ring)).with_state(phones)
}

/// Takes a message in, if it is signed as it must be.
async fn ring(
    State(phones): State<Arc<Phones>>,
    Path(whose): Path<String>,
    headers: HeaderMap,
    body: Bytes,
) -> StatusCode {
    match phones.keep(whose, &headers, &body) {
        Some(()) => StatusCode::NO_CONTENT,
        None => StatusCode::UNAUTHORIZED,
    }
}
