//! Handing a mail to the operator's server, by SMTP.
//!
//! The egress guard does not apply here: the server is named in the configuration file by the operator, often stands on
//! the same machine, and no user can choose it. The steps are taken one by one, rather than by lettre's transport, since
//! it matters how far an exchange got: a mail whose text had begun to leave may have arrived, any other has not.

use std::{
    io,
    sync::atomic::{AtomicBool, Ordering},
    time::{Duration, SystemTime},
};

use lettre::{
    Address, Message,
    message::{
        Mailbox, MultiPart, SinglePart,
        header::{HeaderName, HeaderValue},
    },
    transport::smtp::{
        Error,
        authentication::{Credentials, Mechanism},
        client::{AsyncSmtpConnection, Certificate, TlsParameters},
        commands,
        extension::{ClientId, Extension, MailParameter},
    },
};
use rustls::pki_types::CertificateDer;
use tokio::time::timeout;

use crate::{Mail, MailError, MailSecurity, MailServer, Receipt, connection::chain};

/// How long a mail may take, from the name of the server to its receipt.
const TOTAL: Duration = Duration::from_secs(30);

/// How long the server's address may take to accept.
const ACCEPT: Duration = Duration::from_secs(10);

/// How long the server may take to say goodbye after its receipt, which already counts.
const GOODBYE: Duration = Duration::from_secs(1);

/// Permanent answers that are about us and not about the mail; the operator can mend them while it waits.
const ABOUT_US: [&str; 5] = ["521", "530", "534", "535", "538"];

/// Sends mails through one server.
pub(crate) struct Mailer {
    server: MailServer,
    tls: TlsParameters,
}

impl Mailer {
    /// Makes a mailer that trusts the public roots and `roots`.
    pub(crate) fn new(server: MailServer, roots: &[CertificateDer<'static>]) -> io::Result<Self> {
        let mut tls = TlsParameters::builder(server.host.clone());
        for root in roots {
            tls = tls.add_root_certificate(Certificate::from_der(root.to_vec()).map_err(io::Error::other)?);
        }
        Ok(Self { server, tls: tls.build().map_err(io::Error::other)? })
    }

    /// Sends a mail.
    pub(crate) async fn send(&self, mail: &Mail) -> Result<Receipt, MailError> {
        let letter = Letter::write(mail)?;
        let leaving = AtomicBool::new(false);
        match timeout(TOTAL, Box::pin(self.hand_over(&letter, &leaving))).await {
            Ok(result) => result,
            Err(_) => {
                let reason = format!("the mail server took longer than {} s", TOTAL.as_secs());
                let left = leaving.load(Ordering::Relaxed);
                Err(if left { MailError::BrokenOff(reason) } else { MailError::NotNow(reason) })
            }
        }
    }

    async fn hand_over(&self, letter: &Letter, leaving: &AtomicBool) -> Result<Receipt, MailError> {
        // Until there is a session, every trouble is the server's or ours, and another try may fare better.
        let mut session = self.open().await.map_err(|error| MailError::NotNow(chain(&error)))?;
        let parameters = letter.parameters(&session)?;
        address(&mut session, letter, parameters).await.map_err(|error| answered(&error))?;
        leaving.store(true, Ordering::Relaxed);
        let response = match session.message(&letter.bytes).await {
            Ok(response) => response,
            Err(error) if error.status().is_some() => return Err(answered(&error)),
            Err(error) => return Err(MailError::BrokenOff(chain(&error))),
        };
        let _ = timeout(GOODBYE, session.abort()).await;
        let lines: Vec<&str> = response.message().collect();
        Ok(Receipt { response: format!("{} {}", response.code(), lines.join(" ")) })
    }

    async fn open(&self) -> Result<AsyncSmtpConnection, Error> {
        let us = ClientId::default();
        let server = (self.server.host.as_str(), self.server.port);
        let wrapped = match self.server.security {
            MailSecurity::Tls => Some(self.tls.clone()),
            MailSecurity::StartTls | MailSecurity::None => None,
        };
        let mut session =
            AsyncSmtpConnection::connect_tokio1(server, Some(ACCEPT), &us, wrapped, None).await?;
        if self.server.security == MailSecurity::StartTls {
            session.starttls(self.tls.clone(), &us).await?;
        }
        if let Some((name, password)) = &self.server.credentials {
            let credentials = Credentials::new(name.clone(), password.clone());
            session.auth(&[Mechanism::Plain, Mechanism::Login], &credentials).await?;
        }
        Ok(session)
    }
}

async fn address(
    session: &mut AsyncSmtpConnection,
    letter: &Letter,
    parameters: Vec<MailParameter>,
) -> Result<(), Error> {
    session.command(commands::Mail::new(Some(letter.from.clone()), parameters)).await?;
    session.command(commands::Rcpt::new(letter.to.clone(), Vec::new())).await?;
    session.command(commands::Data).await?;
    Ok(())
}

/// What an answer to a mail means.
fn answered(error: &Error) -> MailError {
    let about_us = error.status().is_some_and(|code| ABOUT_US.contains(&code.to_string().as_str()));
    let reason = chain(error);
    if error.is_permanent() && !about_us { MailError::Refused(reason) } else { MailError::NotNow(reason) }
}

/// A mail as bytes, with its envelope.
struct Letter {
    from: Address,
    to: Address,
    bytes: Vec<u8>,
}

impl Letter {
    fn write(mail: &Mail) -> Result<Self, MailError> {
        let from = mailbox("sender", &mail.from)?;
        let to = mailbox("receiver", &mail.to)?;
        let (sender, receiver) = (from.email.clone(), to.email.clone());
        let mut builder = Message::builder()
            .message_id(Some(format!("<{}@{}>", message_id(&mail.id), sender.domain())))
            .date(SystemTime::from(mail.date).max(SystemTime::UNIX_EPOCH))
            .from(from)
            .to(to)
            .subject(one_line(&mail.subject))
            .raw_header(header("Auto-Submitted", "auto-generated")?);
        for (name, value) in &mail.headers {
            builder = builder.raw_header(header(name, value)?);
        }
        let message = match &mail.html {
            Some(html) => {
                builder.multipart(MultiPart::alternative_plain_html(mail.text.clone(), html.clone()))
            }
            None => builder.singlepart(SinglePart::plain(mail.text.clone())),
        };
        let message = message.map_err(|error| MailError::Refused(chain(&error)))?;
        Ok(Self { from: sender, to: receiver, bytes: message.formatted() })
    }

    /// Addresses outside ASCII need a server that knows them (RFC 6531); the text is always sent in ASCII.
    fn parameters(&self, session: &AsyncSmtpConnection) -> Result<Vec<MailParameter>, MailError> {
        let plain =
            [&self.from, &self.to].into_iter().all(|address| AsRef::<str>::as_ref(address).is_ascii());
        if plain {
            return Ok(Vec::new());
        }
        if session.server_info().supports_feature(Extension::SmtpUtfEight) {
            return Ok(vec![MailParameter::SmtpUtfEight]);
        }
        Err(MailError::Refused("the mail server knows only addresses in ASCII".to_owned()))
    }
}

fn mailbox(role: &str, address: &str) -> Result<Mailbox, MailError> {
    address
        .parse()
        .map_err(|error| MailError::Refused(format!("the {role}'s address can't be used: {error}")))
}

fn header(name: &str, value: &str) -> Result<HeaderValue, MailError> {
    let name = HeaderName::new_from_ascii(name.to_owned())
        .map_err(|_| MailError::Refused(format!("there can be no header named {name:?}")))?;
    Ok(HeaderValue::new(name, one_line(value)))
}

/// Control characters become spaces, so that a text can't end its header.
fn one_line(text: &str) -> String {
    text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect()
}

/// What may stand before the `@` of a `Message-ID`.
fn message_id(id: &str) -> String {
    let fits = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '_' | '+');
    id.chars().map(|c| if fits(c) { c } else { '-' }).collect()
}
