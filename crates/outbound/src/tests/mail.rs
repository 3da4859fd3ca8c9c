//! Mails to a small mail server.

use std::{
    sync::{Arc, Mutex},
    time::Duration,
};

use tokio::{
    io::{AsyncBufReadExt, AsyncWriteExt, BufReader},
    net::{TcpListener, TcpStream},
    task::JoinSet,
};
use tokio_rustls::TlsAcceptor;

use super::{Stream, certificate, closed_port, here, skip, until};
use crate::{Mail, MailError, MailSecurity, MailServer, Network, Options, Outbound, Receipt};

/// Said by a server that keeps the line and says nothing.
const SILENCE: &str = "...";

/// What the server does at a command instead of agreeing; `end` is the end of the text. Nothing said: it hangs up.
#[derive(Clone, Copy, Default)]
struct Plan {
    at: &'static str,
    says: &'static str,
    starttls: bool,
}

struct Smtp {
    port: u16,
    heard: Arc<Mutex<String>>,
    _tasks: JoinSet<()>,
}

impl Smtp {
    async fn start(plan: Plan, tls: Option<TlsAcceptor>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let heard = Arc::new(Mutex::new(String::new()));
        let ear = Arc::clone(&heard);
        let mut tasks = JoinSet::new();
        tasks.spawn(async move {
            loop {
                let (stream, _) = listener.accept().await.unwrap();
                let _ = serve(stream, plan, tls.as_ref(), &ear).await;
            }
        });
        Self { port, heard, _tasks: tasks }
    }

    async fn send(&self, security: MailSecurity, mail: Mail, options: Options) -> Result<Receipt, MailError> {
        let credentials = Some(("me".to_owned(), "password".to_owned()));
        let server = MailServer { host: "127.0.0.1".to_owned(), port: self.port, security, credentials };
        Network::new(Options { mail: Some(server), ..options }).unwrap().mail(mail).await
    }

    async fn plain(plan: Plan) -> (Result<Receipt, MailError>, String) {
        let server = Self::start(plan, None).await;
        let result = server.send(MailSecurity::None, mail(), Options::default()).await;
        let heard = server.heard.lock().unwrap().clone();
        (result, heard)
    }
}

async fn serve(
    stream: TcpStream,
    plan: Plan,
    tls: Option<&TlsAcceptor>,
    heard: &Mutex<String>,
) -> std::io::Result<()> {
    let mut stream: BufReader<Box<dyn Stream>> = match tls {
        Some(tls) if !plan.starttls => BufReader::new(Box::new(tls.accept(stream).await?)),
        _ => BufReader::new(Box::new(stream)),
    };
    stream.write_all(b"220 hello\r\n").await?;
    let mut in_text = false;
    loop {
        let mut line = String::new();
        if stream.read_line(&mut line).await? == 0 {
            return Ok(());
        }
        heard.lock().unwrap().push_str(&line);
        let command = match line.trim_end() {
            "." if in_text => "end",
            _ if in_text => continue,
            line => line.split(' ').next().unwrap_or_default(),
        };
        if command == plan.at && plan.says.is_empty() {
            return Ok(());
        }
        if command == plan.at && plan.says == SILENCE {
            std::future::pending::<()>().await;
        }
        let says = match command {
            at if at == plan.at => plan.says,
            "EHLO" if plan.starttls => "250-me\r\n250-AUTH PLAIN\r\n250 STARTTLS",
            "EHLO" => "250-me\r\n250 AUTH PLAIN",
            "DATA" => "354 go on",
            "STARTTLS" => "220 go on",
            "AUTH" => "235 known",
            "QUIT" => "221 bye",
            "end" => "250 queued as 42",
            _ => "250 ok",
        };
        in_text = says.starts_with("354");
        stream.write_all(format!("{says}\r\n").as_bytes()).await?;
        if command == "STARTTLS" {
            let tls = tls.expect("a plan with STARTTLS has a certificate");
            stream = BufReader::new(Box::new(tls.accept(stream.into_inner()).await?));
        }
    }
}

fn mail() -> Mail {
    Mail {
        id: "page 7".to_owned(),
        from: "Midwatch <night@watch.example>".to_owned(),
        to: "ana@team.example".to_owned(),
        subject: "Störung\r\nBcc: eve@evil.example".to_owned(),
        text: "disk full".to_owned(),
        html: Some("<p>disk full</p>".to_owned()),
        headers: vec![("List-Id".to_owned(), "<pages.watch.example>".to_owned())],
        date: "2026-01-02T03:04:05Z".parse().unwrap(),
    }
}

#[tokio::test]
async fn a_mail_is_taken_with_all_it_has() {
    let (result, heard) = Smtp::plain(Plan::default()).await;
    assert_eq!(result.unwrap().response, "250 queued as 42");
    for line in [
        "AUTH PLAIN ",
        "MAIL FROM:<night@watch.example>\r\n",
        "RCPT TO:<ana@team.example>\r\n",
        "Message-ID: <page-7@watch.example>\r\n",
        "Date: Fri, 02 Jan 2026 03:04:05 +0000\r\n",
        "Auto-Submitted: auto-generated\r\n",
        "List-Id: <pages.watch.example>\r\n",
        "Content-Type: multipart/alternative;",
        "\r\n\r\ndisk full\r\n",
        "\r\n\r\n<p>disk full</p>\r\n",
    ] {
        assert!(heard.contains(line), "{line} in {heard}");
    }
    assert!(!heard.contains("\nBcc:"), "{heard}");
}

#[tokio::test]
async fn a_lasting_refusal_is_final() {
    for at in ["MAIL", "RCPT", "end"] {
        let (result, _) = Smtp::plain(Plan { at, says: "550 no such user", ..Plan::default() }).await;
        let error = result.unwrap_err();
        assert!(matches!(&error, MailError::Refused(why) if why.contains("no such user")), "{at}: {error}");
    }
}

#[tokio::test]
async fn a_passing_refusal_is_not_final() {
    for at in ["EHLO", "MAIL", "RCPT", "DATA", "end"] {
        let (result, _) = Smtp::plain(Plan { at, says: "451 later", ..Plan::default() }).await;
        let error = result.unwrap_err();
        assert!(matches!(error, MailError::NotNow(_)), "{at}: {error}");
    }
}

#[tokio::test]
async fn a_wrong_password_can_be_mended() {
    let (result, _) = Smtp::plain(Plan { at: "AUTH", says: "535 wrong", ..Plan::default() }).await;
    let error = result.unwrap_err();
    assert!(matches!(error, MailError::NotNow(_)), "{error}");
    assert!(!error.to_string().contains("password"));
}

#[tokio::test]
async fn it_matters_when_the_connection_breaks() {
    for at in ["EHLO", "MAIL", "RCPT", "DATA"] {
        let (result, _) = Smtp::plain(Plan { at, ..Plan::default() }).await;
        let error = result.unwrap_err();
        assert!(matches!(error, MailError::NotNow(_)), "{at}: {error}");
        assert!(!error.may_have_arrived());
    }
    let (result, _) = Smtp::plain(Plan { at: "end", ..Plan::default() }).await;
    let error = result.unwrap_err();
    assert!(matches!(error, MailError::BrokenOff(_)), "{error}");
    assert!(error.may_have_arrived());
}

#[tokio::test]
async fn a_mail_may_take_thirty_seconds() {
    for (at, heard_last, may_have_arrived) in
        [("EHLO", "EHLO", false), ("RCPT", "RCPT", false), ("DATA", "DATA", false), ("end", "\n.\r\n", true)]
    {
        let server = Smtp::start(Plan { at, says: SILENCE, ..Plan::default() }, None).await;
        let late = async {
            until(|| server.heard.lock().unwrap().contains(heard_last)).await;
            skip(Duration::from_secs(30)).await;
        };
        let sending = server.send(MailSecurity::None, mail(), Options::default());
        let (result, ()) = tokio::join!(sending, late);
        let error = result.unwrap_err();
        assert_eq!(error.to_string(), "the mail server took longer than 30 s", "{at}");
        assert_eq!((error.may_have_arrived(), error.is_permanent()), (may_have_arrived, false), "{at}");
    }
}

#[tokio::test]
async fn a_goodbye_that_fails_does_not_take_the_receipt_back() {
    let (result, _) = Smtp::plain(Plan { at: "QUIT", ..Plan::default() }).await;
    assert!(result.is_ok());
}

#[tokio::test]
async fn nobody_listening_is_not_now() {
    let (_socket, address) = closed_port();
    let port = address.port();
    let server =
        MailServer { host: "127.0.0.1".to_owned(), port, security: MailSecurity::None, credentials: None };
    let network = Network::new(Options { mail: Some(server), ..Options::default() }).unwrap();
    assert!(matches!(network.mail(mail()).await, Err(MailError::NotNow(_))));
}

#[tokio::test]
async fn mail_is_kept_private_from_the_start_or_by_starttls() {
    for (security, starttls) in [(MailSecurity::StartTls, true), (MailSecurity::Tls, false)] {
        let (root, acceptor) = certificate(&["127.0.0.1"], &[]);
        let server = Smtp::start(Plan { starttls, ..Plan::default() }, Some(acceptor)).await;
        let trusting = Options { roots: vec![root], ..here() };
        let receipt = server.send(security, mail(), trusting).await.unwrap();
        assert_eq!(receipt.response, "250 queued as 42");

        server.heard.lock().unwrap().clear();
        let error = server.send(security, mail(), here()).await.unwrap_err();
        assert!(matches!(error, MailError::NotNow(_)), "{error}");
        assert!(!server.heard.lock().unwrap().contains("AUTH"));
    }
}

#[tokio::test]
async fn a_server_without_starttls_is_told_nothing() {
    let server = Smtp::start(Plan::default(), None).await;
    let error = server.send(MailSecurity::StartTls, mail(), here()).await.unwrap_err();
    assert!(matches!(error, MailError::NotNow(_)), "{error}");
    let heard = server.heard.lock().unwrap().clone();
    assert!(!heard.contains("AUTH") && !heard.contains("MAIL"), "{heard}");
}

#[tokio::test]
async fn bad_addresses_and_headers_are_refused() {
    let server = Smtp::start(Plan::default(), None).await;
    for bad in [
        Mail { to: "nobody".to_owned(), ..mail() },
        Mail { from: "@".to_owned(), ..mail() },
        Mail { to: "ü@team.example".to_owned(), ..mail() },
        Mail { headers: vec![("Bad Name".to_owned(), String::new())], ..mail() },
    ] {
        let error = server.send(MailSecurity::None, bad, Options::default()).await.unwrap_err();
        assert!(matches!(error, MailError::Refused(_)), "{error}");
    }
    assert!(!server.heard.lock().unwrap().contains("MAIL"));
}

#[tokio::test]
async fn without_a_server_no_mail_is_sent() {
    let error = Network::new(Options::default()).unwrap().mail(mail()).await.unwrap_err();
    assert!(matches!(error, MailError::Refused(_)), "{error}");
}
