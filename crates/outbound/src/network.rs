//! The real network.

use std::io;

use ipnet::IpNet;
use rustls::pki_types::CertificateDer;

use crate::{
    BoxFuture, FetchError, Guard, Mail, MailError, MailServer, Outbound, Receipt, Request, Response,
    client::Client, smtp::Mailer,
};

/// What the network may do.
#[derive(Clone, Debug, Default)]
pub struct Options {
    /// Networks that the guard lets through although they are not public.
    pub allow: Vec<IpNet>,
    /// The server that takes our mail; without one, none is sent.
    pub mail: Option<MailServer>,
    /// Certificates that are trusted besides the public roots.
    pub roots: Vec<CertificateDer<'static>>,
    /// Where those who are asked find out who asks: an address of the installation.
    pub contact: Option<String>,
}

/// What HTTP connections there were, for the operator's metrics.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Connections {
    pub(crate) opened: u64,
    pub(crate) reused: u64,
    pub(crate) idle: usize,
}

impl Connections {
    /// Returns how many were opened since the start, for polls and pages.
    #[must_use]
    pub fn opened(&self) -> u64 {
        self.opened
    }

    /// Returns how many requests since the start were answered over a kept connection.
    #[must_use]
    pub fn reused(&self) -> u64 {
        self.reused
    }

    /// Returns how many are kept now and wait for their next request.
    #[must_use]
    pub fn idle(&self) -> usize {
        self.idle
    }
}

/// The real network.
pub struct Network {
    client: Client,
    mailer: Option<Mailer>,
}

impl Network {
    /// Makes the network.
    ///
    /// # Errors
    /// When the resolver can't be made or an extra root is no certificate, or the contact can't stand in a header.
    pub fn new(options: Options) -> io::Result<Self> {
        let client = Client::new(Guard::new(options.allow), &options.roots, options.contact.as_deref())?;
        let mailer = options.mail.map(|server| Mailer::new(server, &options.roots)).transpose()?;
        Ok(Self { client, mailer })
    }
}

impl std::fmt::Debug for Network {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Network").finish_non_exhaustive()
    }
}

impl Outbound for Network {
    fn fetch(&self, request: Request) -> BoxFuture<'_, Result<Response, FetchError>> {
        Box::pin(self.client.fetch(request))
    }

    fn mail(&self, mail: Mail) -> BoxFuture<'_, Result<Receipt, MailError>> {
        Box::pin(async move {
            match &self.mailer {
                Some(mailer) => mailer.send(&mail).await,
                None => Err(MailError::Refused("no mail server is configured".to_owned())),
            }
        })
    }

    fn texts(&self, name: String) -> BoxFuture<'_, Result<Vec<String>, String>> {
        Box::pin(async move { self.client.texts(&name).await })
    }

    fn connections(&self) -> Connections {
        self.client.connections()
    }
}
