//! Alerts over the real network: sockets, SMTP and the egress guard; and a process that dies between sending and settling.

use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    task::{Context, Poll, Waker},
};

use domain::provider::provider_id;
use engine::{
    Shell,
    workers::{Announcer, Turn, Worker},
};
use outbound::{
    BoxFuture, FetchError, Mail, MailError, MailSecurity, MailServer, Network, Options, Outbound, Receipt,
    Request, Response,
};
use testkit::{TestApp, app::minutes, chaos::Chaos};

use crate::{
    alerts::{ANA, link, outage, start, subscribe},
    receivers::{Listening, unfolded},
};

const FORM: &str = "/directory/payments/pay/subscribe";

/// The shell of an installation whose messages go over real sockets.
fn on_network(app: &TestApp, options: Options) -> Shell {
    Shell { outbound: Arc::new(Network::new(options).unwrap()), ..app.shell().clone() }
}

fn turn(shell: &Shell) {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    while runtime.block_on(Announcer.turn(shell)).unwrap() == Turn::More {}
}

#[test]
fn a_reader_subscribes_by_mail_over_smtp() {
    let (mut app, reader) = start();
    let mail = Listening::mail();
    let server = MailServer {
        host: "127.0.0.1".to_owned(),
        port: mail.port,
        security: MailSecurity::None,
        credentials: None,
    };
    let shell = on_network(&app, Options { mail: Some(server), ..Options::default() });
    assert_eq!(reader.send(FORM, &format!("email={ANA}&incidents=yes&least=none&scope=page")).status, 202);
    turn(&shell);
    let question = unfolded(&mail.next());
    assert!(question.contains("Subject: Confirm alerts about Pay"), "{question}");
    let manage =
        reader.send(&link(&question, "/confirm"), "act=confirm").header("location").unwrap().to_owned();

    // Told through the real worker too: the workers of the story would hand it to the fake internet.
    change(&app);
    turn(&shell);
    let told = unfolded(&mail.next());
    assert!(told.contains("List-Unsubscribe-Post: List-Unsubscribe=One-Click"), "{told}");
    assert!(
        told.contains(&format!("List-Unsubscribe: <https://midwatch.test{manage}/unsubscribe>")),
        "{told}"
    );
    assert!(told.contains("To: ana@readers.test") && told.contains("multipart/alternative"), "{told}");
    app.advance(minutes(0));
    app.expect_silence();
}

/// A reading shows that a component is down; only the announcer has not had its turn.
fn change(app: &TestApp) {
    app.world().internet.on_page("pay", |page, now| page.set("API", "major_outage", now));
    app.world().write(|tx| {
        let now = jiff::Timestamp::from_second(1_800_000_000).unwrap();
        let changes = [domain::change::Change {
            kind: domain::change::ChangeKind::ComponentChanged,
            subject: "api".to_owned(),
            name: "API".to_owned(),
            from: Some("operational".to_owned()),
            to: Some("major_outage".to_owned()),
            update: None,
            at: now,
        }];
        store::providers::push_changes(tx, provider_id("pay"), &changes, now)?;
        Ok(store::announcements::owe(tx, provider_id("pay"), &changes, now)?)
    });
}

#[test]
fn a_webhook_inside_our_own_network_is_never_dialled_unless_it_is_allowed() {
    let (app, reader) = start();
    let web = Listening::web();
    let ask = || {
        let hook = format!("url=http%3A%2F%2F127.0.0.1%3A{}%2Fhook&incidents=yes&least=none", web.port);
        assert_eq!(reader.send(FORM, &hook).status, 202, "it is not told from any other");
    };
    ask();
    turn(&on_network(&app, Options::default()));
    assert!(web.is_quiet(), "refused before a connection");
    assert_eq!(app.world().read(|scope| store::subscribers::requests_due(scope.tx())), None, "for good");
    ask();
    let allow = vec!["127.0.0.0/8".parse().unwrap()];
    turn(&on_network(&app, Options { allow, ..Options::default() }));
    let post = web.next();
    assert!(post.starts_with("POST /hook") && post.contains("webhook-signature: v1,"), "{post}");
    assert_eq!(reader.send(&link(&post, "/confirm"), "act=confirm").status, 303);
}

/// A network on which the process dies right after its first mail has arrived.
struct Dying {
    network: Arc<dyn Outbound>,
    chaos: Arc<Chaos>,
    is_armed: AtomicBool,
}

impl Outbound for Dying {
    fn fetch(&self, request: Request) -> BoxFuture<'_, Result<Response, FetchError>> {
        self.network.fetch(request)
    }

    fn mail(&self, mail: Mail) -> BoxFuture<'_, Result<Receipt, MailError>> {
        Box::pin(async move {
            let receipt = self.network.mail(mail).await;
            if self.is_armed.swap(false, Ordering::SeqCst) {
                self.chaos.die().await;
            }
            receipt
        })
    }
}

#[test]
fn a_message_whose_fate_nobody_knows_is_sent_again_as_the_same_message() {
    let (mut app, reader) = start();
    subscribe(&mut app, &reader, ANA, "");
    change(&app);
    let chaos = Arc::clone(&app.world().chaos);
    let network = Arc::clone(&app.shell().outbound);
    let dying = Dying { network, chaos: Arc::clone(&chaos), is_armed: AtomicBool::new(true) };
    let shell = Shell { outbound: Arc::new(dying), ..app.shell().clone() };
    {
        let mut context = Context::from_waker(Waker::noop());
        let mut ended = false;
        // The turns up to the one in which the process dies.
        while !chaos.has_crashed() && !ended {
            let mut turn = Announcer.turn(&shell);
            while !chaos.has_crashed() {
                match turn.as_mut().poll(&mut context) {
                    Poll::Ready(turn) => {
                        ended = turn.unwrap() != Turn::More;
                        break;
                    }
                    Poll::Pending => {}
                }
            }
        }
    }
    assert!(chaos.has_crashed());
    chaos.begin_turn();
    let first = app.expect_at(ANA);
    assert!(!first.admits_repeat);
    // The next process waits for the lease. What changed meanwhile is another message.
    app.advance(minutes(2));
    let second = app.expect_at(ANA);
    assert_eq!((&first.id, second.admits_repeat), (&second.id, true), "{}", second.text);
    outage(&mut app);
    app.advance(minutes(6));
    let third = app.expect_at(ANA);
    assert!(third.id != first.id && !third.admits_repeat, "{}", third.text);
}

#[test]
fn a_long_list_is_handed_on_part_by_part_and_each_is_told_once() {
    const MANY: u32 = 1_050;
    let (mut app, _) = start();
    app.world().write(|tx| {
        for n in 0..MANY {
            let request = store::subscribers::Request {
                id: domain::SubscriberId::named(uuid::Uuid::nil(), &n.to_string()),
                subject: domain::subscription::Subject::Provider(provider_id("pay")),
                language: domain::Language::English,
                target: domain::subscription::Target::Webhook(format!("https://hooks.readers.test/{n}")),
                choice: domain::subscription::Choice::all(),
                network: Vec::new(),
                created_at: jiff::Timestamp::UNIX_EPOCH,
                expires_at: jiff::Timestamp::MAX,
            };
            store::subscribers::insert_request(tx, &request, true)?;
            store::subscribers::confirm(tx, &request, jiff::Timestamp::UNIX_EPOCH)?;
        }
        Ok(())
    });
    outage(&mut app);
    for n in 0..MANY {
        app.expect_at(&format!("https://hooks.readers.test/{n}"));
    }
}
