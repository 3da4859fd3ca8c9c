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
    /// When the resolver can't be made or an extra root is no certificate.
    pub fn new(options: Options) -> io::Result<Self> {
        let client = Client::new(Guard::new(options.allow), &options.roots)?;
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
}
