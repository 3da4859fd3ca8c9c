//! Mail to the configured server, by SMTP.

use jiff::Timestamp;
use thiserror::Error;

/// A mail.
#[derive(Clone, Debug)]
pub struct Mail {
    /// What makes it the same mail when it is sent again; becomes its `Message-ID`.
    pub id: String,
    /// The sender's address.
    pub from: String,
    /// The receiver's address.
    pub to: String,
    /// The subject.
    pub subject: String,
    /// The body as plain text.
    pub text: String,
    /// The body as HTML.
    pub html: Option<String>,
    /// Further headers.
    pub headers: Vec<(String, String)>,
    /// When it is sent.
    pub date: Timestamp,
}

/// What the server said when it took a mail.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Receipt {
    /// Its answer.
    pub response: String,
}

/// Why a mail was not taken.
#[derive(Clone, Debug, Error)]
pub enum MailError {
    /// It never will be: a bad address, a lasting refusal (5xx).
    #[error("{0}")]
    Refused(String),
    /// It was not taken now (4xx, no connection).
    #[error("{0}")]
    NotNow(String),
    /// The connection broke after the mail had begun to leave.
    #[error("{0}")]
    BrokenOff(String),
}

impl MailError {
    /// Whether trying again is pointless.
    #[must_use]
    pub fn is_permanent(&self) -> bool {
        matches!(self, Self::Refused(_))
    }

    /// Whether the server may have taken the mail all the same.
    #[must_use]
    pub fn may_have_arrived(&self) -> bool {
        matches!(self, Self::BrokenOff(_))
    }
}

/// How the connection to a mail server is kept private.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MailSecurity {
    /// Plain at first, then upgraded; refused when the server can't.
    StartTls,
    /// TLS from the first byte.
    Tls,
    /// Not at all: for a server on the same machine.
    None,
}

/// The server that takes our mail. Shows no password.
#[derive(Clone)]
pub struct MailServer {
    /// Its name or address.
    pub host: String,
    /// Its port.
    pub port: u16,
    /// How the connection is kept private.
    pub security: MailSecurity,
    /// Name and password, where it wants them.
    pub credentials: Option<(String, String)>,
}

impl std::fmt::Debug for MailServer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("MailServer")
            .field("host", &self.host)
            .field("port", &self.port)
            .finish_non_exhaustive()
    }
}
