//! Every socket Midwatch opens, behind one egress guard.
//!
//! One seam, [`Outbound`], and one real implementation of it, [`Network`]. An address is parsed once, its host resolved
//! once, every address that comes back checked by the [guard](Guard), and the checked address is the one dialled; a redirect
//! goes through all of it again. Nothing here parses a body or knows why it was asked, nor is a request repeated, but for a
//! `GET` whose kept connection turned out to be dead.

mod body;
mod client;
mod connection;
mod dial;
mod doors;
mod guard;
mod heard;
mod mail;
mod message;
mod network;
mod pool;
mod resolve;
mod smtp;
mod target;
#[cfg(test)]
mod tests;

pub use guard::{Guard, Refusal};
pub use mail::{Mail, MailError, MailSecurity, MailServer, Receipt};
pub use message::{FetchError, Limits, Request, Response};
pub use network::{Connections, Network, Options};

/// A future behind a pointer, as the seams return it.
pub type BoxFuture<'a, T> = std::pin::Pin<Box<dyn Future<Output = T> + Send + 'a>>;

/// The network, as everything above sees it.
pub trait Outbound: Send + Sync {
    /// Sends a request and reads the answer, whatever its status.
    fn fetch(&self, request: Request) -> BoxFuture<'_, Result<Response, FetchError>>;

    /// Hands a mail to the configured server.
    fn mail(&self, mail: Mail) -> BoxFuture<'_, Result<Receipt, MailError>>;

    /// Returns the texts that the DNS holds under a name; none where there is no such name. An error says why it can't be
    /// asked.
    fn texts(&self, name: String) -> BoxFuture<'_, Result<Vec<String>, String>> {
        Box::pin(async move { Err(format!("{name} can't be looked up here")) })
    }

    /// Returns what HTTP connections there were, and are; none where there is no network below.
    fn connections(&self) -> Connections {
        Connections::default()
    }
}
