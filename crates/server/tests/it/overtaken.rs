//! What comes while something else is under way: reports before the answer that they are about, an alert anew before the vendor
//! has said that the last one was taken.

use std::sync::Arc;

use domain::{NotificationId, NotificationState, incident::Assignee};
use engine::{Shell, commands, commands::Receipt};
use outbound::{BoxFuture, FetchError, Mail, MailError, Outbound, Request, Response};
use store::{Lane, Scope, incidents, notifications};
use testkit::{TestApp, app::minutes};

use crate::{outage::team, phones::Scene, reader::Reader};

type Job = Arc<dyn Fn(Shell) -> BoxFuture<'static, ()> + Send + Sync>;

/// A network in which something happens between a request and the word that it was answered.
struct Meanwhile {
    network: Arc<dyn Outbound>,
    /// Part of the address that it is about.
    at: &'static str,
    shell: Shell,
    job: Job,
}

impl Outbound for Meanwhile {
    fn fetch(&self, request: Request) -> BoxFuture<'_, Result<Response, FetchError>> {
        let is_it = request.url.contains(self.at);
        Box::pin(async move {
            let answer = self.network.fetch(request).await;
            if is_it {
                (self.job)(self.shell.clone()).await;
            }
            answer
        })
    }

    fn mail(&self, mail: Mail) -> BoxFuture<'_, Result<outbound::Receipt, MailError>> {
        self.network.mail(mail)
    }
}

fn meanwhile(app: &mut TestApp, at: &'static str, job: Job) {
    let shell = app.shell().clone();
    let telephony = shell.identity.telephony.clone();
    app.set_phones(telephony, |network| Arc::new(Meanwhile { network, at, shell, job }));
}

/// The carrier says that the text `SM1` did not arrive.
fn report() -> Job {
    Arc::new(|shell: Shell| {
        Box::pin(async move {
            let ground = shell.ground();
            let job = move |tx: &mut store::Tx<'_>, now| {
                let org = store::organizations::list(tx, 9)?[0].id;
                let mut scope = Scope::new(tx, org);
                let incident = incidents::find_by_number(&mut scope, 1)?.unwrap();
                let owed = notifications::list(&mut scope, incident.id, 9)?;
                let text = owed.iter().find(|owed| owed.contact == "phone").unwrap();
                assert_eq!(text.state, NotificationState::Sending);
                let why = Receipt::Undelivered("error 30003".to_owned());
                commands::receipt(&mut scope, &ground, now, (text.id, "SM1"), &why)
            };
            assert!(shell.write(Lane::Paging, job).await.unwrap(), "it is kept");
        })
    })
}

#[test]
fn a_report_that_a_text_failed_counts_though_it_comes_before_the_carriers_answer() {
    let mut scene = Scene::of(crate::phones::TEAM, &["commerce"]);
    meanwhile(&mut scene.app, "Messages", report());
    scene.app.provider_sets("commerce", "Checkout", "major_outage");
    scene.app.advance(minutes(2));
    assert_eq!(scene.state("phone"), NotificationState::Failed);
    scene.app.expect("Ana", "page");
    let detail = "page by phone was given up: error 30003".to_owned();
    assert!(scene.app.timeline(1).contains(&detail), "{:?}", scene.app.timeline(1));
    scene.app.act("Ana", 1, commands::acknowledge).unwrap();
}

#[test]
fn a_text_that_nobody_reports_is_followed_by_the_next_step_where_there_is_no_other_way() {
    let only = crate::phones::TEAM.replace(", { after = \"30m\", contact = \"hook\" }", "");
    let mut scene = Scene::of(&only, &["commerce"]);
    scene.app.provider_sets("commerce", "Checkout", "major_outage");
    scene.app.advance(minutes(1));
    let calls = |scene: &Scene| {
        let heard = scene.carriers.heard.lock().unwrap();
        heard.iter().filter(|(url, _)| url.contains("Calls")).count()
    };
    assert_eq!(calls(&scene), 0);
    scene.app.advance(minutes(2));
    assert_eq!(calls(&scene), 1, "Bo is called before his five minutes are over");
    scene.app.act("Ana", 1, commands::acknowledge).unwrap();
}

#[test]
fn an_acknowledgement_at_the_vendor_takes_nothing_that_was_alerted_anew_while_it_was_asked() {
    let (token, user, receipt) = (
        "azGDORePK8gMaC0QOYAMyEEuzJnyUi",
        "uQiRzpo4DXghDmr9QzzfQu27cmVRsG",
        "rLqVuqTRh62UzxtmqiaLzQmVcPgiCy",
    );
    let pushover = format!(r#"{{ id = "hook", kind = "pushover", token = "{token}", user = "{user}" }}"#);
    let config =
        team("").replace(r#"{ id = "hook", kind = "webhook", url = "https://phone.test/ana" }"#, &pushover);
    let mut app = TestApp::start(&config, &["commerce"]);
    app.provider_sets("commerce", "Checkout", "major_outage");
    app.advance(minutes(2));
    let sent = app.expect_at("https://api.pushover.net/1/messages.json");
    let body: serde_json::Value = serde_json::from_str(&sent.text).unwrap();
    let path = body["callback"].as_str().unwrap().strip_prefix("https://midwatch.test").unwrap().to_owned();
    let id: NotificationId = app.shell().key.read_ack_token(path.rsplit('/').next().unwrap()).unwrap();
    let org = app.org();
    app.world().write(move |tx| Ok(notifications::set_receipt(&mut Scope::new(tx, org), id, receipt)?));
    let url = format!("https://api.pushover.net/1/receipts/{receipt}.json?token={token}");
    app.world().internet.put_document(&url, 200, "application/json", r#"{"status":1,"acknowledged":1}"#);
    let (bo, incident) = (app.user("Bo"), app.incident(1).id);
    let anew: Job = Arc::new(move |shell: Shell| {
        Box::pin(async move {
            let ground = shell.ground();
            let job = move |scope: &mut Scope<'_>, now| {
                let by = domain::incident::Actor::Operator;
                commands::reassign(scope, &ground, now, by, incident, Assignee::User(bo))
            };
            shell.act(org, job).await.unwrap();
        })
    });
    meanwhile(&mut app, "/receipts/rLq", anew);
    let reader = Reader::of(&app);
    let claims = format!("receipt={receipt}&acknowledged=1&acknowledged_by={user}");
    assert_eq!(reader.send(&path, &claims).status, 204);
    let after = app.incident(1);
    assert_eq!(
        (after.response.word(), after.generation),
        ("open", 2),
        "Bo was called, and nobody else took it"
    );
    app.advance(minutes(0));
    app.expect("Bo", "page");
    app.arrivals_at("https://api.pushover.net/1/messages.json");
    app.act("Bo", 1, commands::acknowledge).unwrap();
    app.arrivals_at("https://api.pushover.net/1/messages.json");
    let stop = format!("https://api.pushover.net/1/receipts/cancel_by_tag/{}.json", app.incident(1).id);
    app.arrivals_at(&stop);
}
