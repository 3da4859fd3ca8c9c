//! Texts in return: of which contact they prove that it works, which alert they answer, and who sees it.

use std::sync::{
    Arc,
    atomic::{AtomicU32, Ordering},
};

use axum::{
    body::{Body, to_bytes},
    http::{Request, StatusCode},
};
use domain::{
    NotificationState, OrgId, Role, TokenId,
    account::Account,
    contact::Standing,
    incident::{Actor, Response as Taken},
    setup::Organization,
};
use engine::{commands, commands::whom, setups::token_hash, workers::Notifier};
use futures_util::StreamExt;
use serde_json::Value;
use store::{BoxFuture, Db, Dialect, Error, Job, Lane, Scope, configurations, organizations, tokens};
use testkit::{TestApp, app::minutes};
use tokio::runtime::Runtime;
use tokio_util::sync::CancellationToken;
use tower::ServiceExt;
use uuid::Uuid;

use crate::phones::{ANA, Scene, TEAM};

fn standing(app: &TestApp, contact: &str) -> Option<Standing> {
    let all = app.world().read(store::contacts::list);
    all.iter().find(|known| known.contact == contact).map(|known| known.standing())
}

#[test]
fn a_reply_that_names_an_incident_proves_the_phone_and_not_what_was_sent_elsewhere() {
    let mut scene = Scene::outage();
    // Nobody reports the text as arrived, so the next contact follows.
    scene.app.advance(minutes(1));
    scene.app.expect("Ana", "page");
    scene.texts(ANA, "4 #1", "You have #1: ");
    assert_eq!(scene.state("phone"), NotificationState::Delivered);
    assert_eq!(scene.state("hook"), NotificationState::Sent, "nobody answered that one");
    assert_eq!(standing(&scene.app, "phone"), Some(Standing::Good));
    assert_ne!(standing(&scene.app, "hook"), Some(Standing::Good));
    scene.app.advance(minutes(1));
}

#[test]
fn a_reply_about_what_came_another_way_acts_and_proves_nothing() {
    let by_hook = r#"notify = [ { after = "0s", contact = "hook" }, { after = "30m", contact = "phone" } ]"#;
    let by_phone = r#"notify = [ { after = "0s", contact = "phone" }, { after = "30m", contact = "hook" } ]"#;
    let mut scene = Scene::of(&TEAM.replace(by_phone, by_hook), &["commerce"]);
    scene.app.provider_sets("commerce", "Checkout", "major_outage");
    scene.app.advance(minutes(2));
    scene.app.expect("Ana", "page");
    scene.texts(ANA, "4", "No page was sent to this number");
    scene.texts(ANA, "4 #1", "You have #1: ");
    assert_eq!(scene.taken_by(), Some(Actor::User(scene.app.user("Ana"))));
    assert_eq!(scene.state("hook"), NotificationState::Sent);
    for contact in ["hook", "phone"] {
        assert_ne!(standing(&scene.app, contact), Some(Standing::Good), "{contact}");
    }
    scene.app.advance(minutes(1));
}

#[test]
fn a_reply_to_a_call_acts_and_does_not_prove_that_texts_arrive_or_calls_are_taken() {
    let both = r#"{ id = "phone", kind = "voice", number = "+393331234567" },
        { id = "texts", kind = "sms", number = "+393331234567" },"#;
    let team = TEAM.replace(r#"{ id = "phone", kind = "sms", number = "+393331234567" },"#, both);
    let mut scene = Scene::of(&team, &["commerce"]);
    scene.app.provider_sets("commerce", "Checkout", "major_outage");
    scene.app.advance(minutes(2));
    scene.texts(ANA, "4", "You have #1: ");
    assert_eq!(scene.state("phone"), NotificationState::Sent);
    for contact in ["phone", "texts"] {
        assert_ne!(standing(&scene.app, contact), Some(Standing::Good), "{contact}");
    }
    scene.app.advance(minutes(1));
}

#[test]
fn an_answer_to_an_old_text_neither_ends_nor_escalates_what_was_alerted_anew() {
    let mut scene = Scene::outage();
    let handed = scene.app.act("Bo", 1, |scope, ground, now, by, id| {
        let to = whom::assignee(&ground.setups.current(scope)?.1, "user:bo@acme.test")?;
        commands::reassign(scope, ground, now, by, id, to)
    });
    assert_eq!(handed.unwrap().generation, 2);
    let before = scene.app.incident(1);
    for (text, answer) in [
        ("6", "#1 was alerted anew since that message. Nothing has changed."),
        ("6 #1", "#1 was alerted anew since that message."),
        ("resolve", "#1 was alerted anew since that message."),
        ("resolve #1", "#1 was alerted anew since that message."),
        ("4", "#1 is open."),
    ] {
        scene.texts(ANA, text, answer);
        assert_eq!(scene.app.incident(1), before, "{text}");
    }
    scene.app.act("Bo", 1, commands::acknowledge).unwrap();
}

#[test]
fn a_channel_that_is_a_number_is_answered_by_somebody_in_it() {
    let channel = "[[channel]]\nslug = \"duty\"\nkind = \"sms\"\nnumber = \"+15550001111\"\n";
    let team = TEAM.replace(r#"["user:ana@acme.test"]"#, r#"["channel:duty"]"#);
    let mut scene = Scene::of(&format!("{team}\n{channel}"), &["commerce"]);
    scene.app.provider_sets("commerce", "Checkout", "major_outage");
    scene.app.advance(minutes(2));
    scene.texts("+15550001111", "4", "You have #1: ");
    assert_eq!(scene.taken_by(), Some(Actor::Account(Account::channel("duty"))));
    scene.app.advance(minutes(1));
}

/// A ledger that is unavailable for the one writing transaction whose turn it then is.
struct Failing {
    ledger: Arc<dyn Db>,
    left: AtomicU32,
}

impl Db for Failing {
    fn run(&self, lane: Lane, job: Job) -> BoxFuture<Result<(), Error>> {
        match self.left.fetch_sub(1, Ordering::Relaxed) {
            1 => Box::pin(async { Err(Error::unavailable("the disk is full")) }),
            _ => self.ledger.run(lane, job),
        }
    }

    fn run_read(&self, job: Job) -> BoxFuture<Result<(), Error>> {
        self.ledger.run_read(job)
    }

    fn dialect(&self) -> Dialect {
        self.ledger.dialect()
    }
}

#[test]
fn a_text_that_our_own_trouble_lost_is_acted_on_when_it_is_posted_again() {
    let mut refused = 0;
    for failing in 1..4 {
        let mut scene = Scene::outage();
        let whole = Arc::clone(&scene.app.shell().ledger);
        scene.app.set_ledger(|ledger| Arc::new(Failing { ledger, left: AtomicU32::new(failing) }));
        let (status, _) = scene.try_text(ANA, "4", "SM900");
        scene.app.set_ledger(|_| whole);
        if status != StatusCode::OK {
            refused += 1;
            assert_eq!(scene.taken_by(), None);
            let (_, answer) = scene.try_text(ANA, "4", "SM900");
            assert!(answer.contains("You have #1: "), "write {failing}: {answer}");
        }
        assert_eq!(scene.taken_by(), Some(Actor::User(scene.app.user("Ana"))), "write {failing}");
        let (_, again) = scene.try_text(ANA, "4", "SM900");
        assert!(!again.contains("You have"), "it is acted on once");
        scene.app.advance(minutes(1));
    }
    assert!(refused > 0, "no write was met");
}

#[test]
fn an_organisation_without_a_readable_configuration_holds_up_no_reply_of_another_nor_the_figures() {
    let mut scene = Scene::outage();
    let now = scene.app.now();
    scene.app.world().write(move |tx| {
        let id = OrgId(Uuid::from_u128(1));
        let broken = Organization { id, slug: "aaa".to_owned(), name: "Aaa".to_owned() };
        organizations::insert_if_absent(tx, &broken, now)?;
        configurations::append(&mut Scope::new(tx, id), "{}", "a newer release", now)?;
        Ok(())
    });
    scene.texts(ANA, "4", "You have #1: ");
    let runtime = Runtime::new().unwrap();
    let metrics =
        web::admin(scene.app.shell()).oneshot(Request::get("/metrics").body(Body::empty()).unwrap());
    assert_eq!(runtime.block_on(metrics).unwrap().status(), StatusCode::OK);
    scene.app.advance(minutes(1));
}

/// What the chat was told, by method.
fn chat(scene: &Scene) -> Vec<(String, Value)> {
    let heard = scene.carriers.heard.lock().unwrap();
    let chat = heard.iter().filter(|(url, _)| url.contains("slack"));
    let method = |url: &str| url.rsplit('/').next().unwrap().to_owned();
    chat.map(|(url, body)| (method(url), serde_json::from_str(body).unwrap())).collect()
}

#[test]
fn a_reply_is_seen_in_the_chat_by_the_api_and_on_open_pages_without_waiting() {
    let more = r#"
        [[channel]]
        slug = "ops"
        kind = "slack"
        token = "xoxb-1"
        channel = "C0123456789"
        api = "https://slack.carrier.test"
        [[status_page]]
        slug = "acme"
        title = "Acme"
        group = [ { name = "Shop", services = ["checkout"] } ]
    "#;
    let team = TEAM.replace(r#"["user:ana@acme.test"]"#, r#"["user:ana@acme.test", "channel:ops"]"#);
    let mut scene = Scene::of(&format!("{team}\n{more}"), &["commerce"]);
    scene.app.provider_sets("commerce", "Checkout", "major_outage");
    scene.app.advance(minutes(2));
    assert_eq!(chat(&scene).len(), 1);
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    token(&scene.app, &runtime);

    scene.texts(ANA, "4", "You have #1: ");
    let seen = api(&scene.app, &runtime);
    assert_eq!((&seen["response"], &seen["responded_by"]), (&"acknowledged".into(), &"Ana".into()));
    // The bell has rung: one turn of the notifier, at the same instant, is all that it takes.
    scene.app.world().take(&Notifier::default());
    let told = chat(&scene);
    let methods: Vec<&str> = told.iter().map(|(method, _)| method.as_str()).collect();
    assert_eq!(methods, ["chat.postMessage", "chat.postMessage", "chat.update"]);
    assert!(told[1].1["thread_ts"].is_string(), "{}", told[1].1);
    assert_eq!(told[2].1["ts"], told[1].1["thread_ts"], "the first message is brought up to date");
    let title = told[2].1["text"].as_str().unwrap();
    assert!(title.contains("Acknowledged: ") && told[2].1.to_string().contains("Ana"), "{}", told[2].1);

    let open = Request::get("/events?page=/status/acme").body(Body::empty()).unwrap();
    let router = web::public(scene.app.shell(), CancellationToken::new());
    let mut frames = runtime.block_on(router.oneshot(open)).unwrap().into_body().into_data_stream();
    let mut next = || {
        let frame = runtime.block_on(frames.next()).unwrap().unwrap();
        String::from_utf8(frame.to_vec()).unwrap()
    };
    assert!(next().contains("retry:"));
    scene.texts(ANA, "resolve", "#1 is over.");
    assert_eq!(scene.app.incident(1).response.word(), "resolved");
    scene.app.advance(minutes(0));
    assert!(next().contains("event: changed"));
    assert!(matches!(scene.app.incident(1).response, Taken::Resolved { by: Actor::User(_), .. }));
}

fn token(app: &TestApp, runtime: &Runtime) {
    let (id, org, now) = (TokenId::named(Uuid::nil(), "reader"), app.org(), app.now());
    let made = app.shell().write(Lane::Bulk, move |tx, _| {
        let hash = token_hash("reader");
        Ok(tokens::insert(&mut Scope::new(tx, org), id, "reader", Role::Viewer, &hash, now)?)
    });
    runtime.block_on(made).unwrap();
}

/// What the API tells of the incident.
fn api(app: &TestApp, runtime: &Runtime) -> Value {
    let asked = Request::get("/api/v1/incidents/1").header("authorization", "Bearer reader");
    let router = web::public(app.shell(), CancellationToken::new());
    runtime.block_on(async {
        let answer = router.oneshot(asked.body(Body::empty()).unwrap()).await.unwrap();
        let body = to_bytes(answer.into_body(), 1 << 20).await.unwrap();
        serde_json::from_slice(&body).unwrap()
    })
}
