//! What the listeners answer: the API, live views, health and metrics. Acknowledge links are in `ack`.

use axum::{
    Router,
    body::{Body, to_bytes},
    http::{Request, StatusCode},
};
use domain::{Role, TokenId, contact::Heard};
use engine::{commands, setups::token_hash};
use futures_util::StreamExt;
use serde_json::Value;
use store::{Lane, Scope, tokens};
use testkit::{TestApp, app::minutes};
use tokio::runtime::Runtime;
use tokio_util::sync::CancellationToken;
use tower::ServiceExt;
use uuid::Uuid;

use crate::outage::team;

const MOST_BYTES: usize = 1 << 20;

/// An outage that Ana has been paged for, and the listeners.
pub(crate) struct Scene {
    pub(crate) app: TestApp,
    pub(crate) runtime: Runtime,
    page: Value,
}

pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) kind: String,
    pub(crate) body: String,
}

impl Answer {
    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap_or_else(|error| panic!("{error}: {}", self.body))
    }
}

impl Scene {
    pub(crate) fn outage() -> Self {
        let mut app = TestApp::start(&team(""), &["commerce"]);
        app.provider_sets("commerce", "Checkout", "major_outage");
        app.advance(minutes(2));
        let page = serde_json::from_str(&app.expect("Ana", "page")).unwrap();
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        Self { app, runtime, page }
    }

    pub(crate) fn public(&self) -> Router {
        web::public(self.app.shell(), CancellationToken::new())
    }

    pub(crate) fn ask(&self, router: Router, request: Request<Body>) -> Answer {
        self.runtime.block_on(async {
            let response = router.oneshot(request).await.unwrap();
            let header =
                |name: &str| response.headers().get(name).map(|value| value.to_str().unwrap().to_owned());
            let (status, kind) = (response.status(), header("content-type").unwrap_or_default());
            let body = to_bytes(response.into_body(), MOST_BYTES).await.unwrap();
            Answer { status, kind, body: String::from_utf8(body.to_vec()).unwrap() }
        })
    }

    pub(crate) fn get(&self, path: &str) -> Answer {
        self.ask(self.public(), Request::get(path).body(Body::empty()).unwrap())
    }

    pub(crate) fn call(&self, method: &str, path: &str, token: Option<&str>) -> Answer {
        self.send(method, path, token, "{}")
    }

    pub(crate) fn send(&self, method: &str, path: &str, token: Option<&str>, body: &str) -> Answer {
        let mut request =
            Request::builder().method(method).uri(path).header("content-type", "application/json");
        if let Some(token) = token {
            request = request.header("authorization", format!("Bearer {token}"));
        }
        self.ask(self.public(), request.body(Body::from(body.to_owned())).unwrap())
    }

    /// Sends a body on the ground of what has this tag.
    pub(crate) fn send_if(
        &self,
        method: &str,
        path: &str,
        token: &str,
        tag: Option<&str>,
        body: &str,
    ) -> Answer {
        let request = Request::builder().method(method).uri(path).header("content-type", "application/json");
        let request = request.header("authorization", format!("Bearer {token}"));
        let request = match tag {
            Some(tag) => request.header("if-match", tag),
            None => request,
        };
        self.ask(self.public(), request.body(Body::from(body.to_owned())).unwrap())
    }

    pub(crate) fn metrics(&self) -> String {
        self.ask(web::admin(self.app.shell()), Request::get("/metrics").body(Body::empty()).unwrap()).body
    }

    /// The path of the acknowledge link in Ana's page.
    pub(crate) fn link(&self) -> String {
        let url = self.page["ack_url"].as_str().unwrap();
        url[url.find("/ack/").unwrap()..].to_owned()
    }

    pub(crate) fn token(&self, secret: &'static str, role: Role) -> TokenId {
        let (id, org, now) = (TokenId::named(Uuid::nil(), secret), self.app.org(), self.app.now());
        let shell = self.app.shell();
        let made = shell.write(Lane::Bulk, move |tx, _| {
            Ok(tokens::insert(&mut Scope::new(tx, org), id, secret, role, &token_hash(secret), now)?)
        });
        self.runtime.block_on(made).unwrap();
        id
    }
}

#[test]
fn the_api_shows_how_a_person_is_reached_and_whether_that_is_known_to_work() {
    let scene = Scene::outage();
    scene.token("viewer-secret", Role::Viewer);
    let path = "/api/v1/users/ana@acme.test/contacts";
    assert_eq!(scene.call("GET", path, None).status, StatusCode::UNAUTHORIZED);
    let shown = scene.call("GET", path, Some("viewer-secret")).json();
    assert_eq!(shown["out_of_reach"], "hook is not verified, mail is not verified");
    assert_eq!(shown["data"][0]["standing"], "unverified");

    let (user, setup) = (scene.app.user("Ana"), scene.app.world().setup.clone());
    let hear = scene.app.world().act(move |scope, now| {
        let hook = ("hook", &setup.users[0].contacts[0].destination);
        commands::record_result(scope, user, hook, Heard::Confirmed, "acknowledged", now)
    });
    hear.unwrap();
    let shown = scene.call("GET", path, Some("viewer-secret")).json();
    assert_eq!((&shown["out_of_reach"], &shown["data"][0]["kind"]), (&Value::Null, &"webhook".into()));
    assert_eq!(
        (&shown["data"][0]["standing"], &shown["data"][0]["last_answer"]),
        (&"good".into(), &"acknowledged".into())
    );
    assert_eq!(shown["data"][1]["standing"], "unverified");
    let gone = scene.call("GET", "/api/v1/users/bob@acme.test/contacts", Some("viewer-secret"));
    assert_eq!(gone.status, StatusCode::NOT_FOUND);
    assert!(scene.metrics().contains("unreachable_on_call 0"), "{}", scene.metrics());
}

#[test]
fn the_api_asks_for_a_token_and_for_the_role_that_an_act_needs() {
    let scene = Scene::outage();
    scene.token("viewer-secret", Role::Viewer);
    let revoked = scene.token("revoked-secret", Role::Owner);
    let (org, now) = (scene.app.org(), scene.app.now());
    let revoke = scene
        .app
        .shell()
        .write(Lane::Bulk, move |tx, _| Ok(tokens::revoke(&mut Scope::new(tx, org), revoked, now)?));
    scene.runtime.block_on(revoke).unwrap();

    let acknowledge = "/api/v1/incidents/1/acknowledge";
    for (token, method, path, expected) in [
        (None, "GET", "/api/v1/incidents", StatusCode::UNAUTHORIZED),
        (Some("made up"), "GET", "/api/v1/incidents", StatusCode::UNAUTHORIZED),
        (Some("revoked-secret"), "GET", "/api/v1/incidents", StatusCode::UNAUTHORIZED),
        (Some("viewer-secret"), "GET", "/api/v1/incidents/99", StatusCode::NOT_FOUND),
        (Some("viewer-secret"), "POST", acknowledge, StatusCode::FORBIDDEN),
        (Some("viewer-secret"), "POST", "/api/v1/incidents/1/updates", StatusCode::FORBIDDEN),
    ] {
        let answer = scene.call(method, path, token);
        assert_eq!(answer.status, expected, "{token:?} {method} {path}: {}", answer.body);
        assert_eq!(answer.kind, "application/problem+json", "{token:?} {method} {path}");
    }
    assert_eq!(scene.app.incident(1).response.word(), "open");
}

#[test]
fn the_api_tells_a_whole_incident_and_acknowledges_it() {
    let scene = Scene::outage();
    scene.token("secret", Role::Responder);
    let list = scene.call("GET", "/api/v1/incidents", Some("secret")).json();
    assert_eq!(list["data"][0]["number"], 1);
    let incident = scene.call("GET", "/api/v1/incidents/1", Some("secret")).json();
    let told = &incident["notifications"][0];
    assert_eq!((&told["to"], &told["state"]), (&"ana@acme.test".into(), &"sent".into()));
    assert_eq!(told["attempts"][0]["outcome"], "accepted");
    let services = scene.call("GET", "/api/v1/services", Some("secret")).json();
    assert_eq!(services["data"][0]["status"], "major_outage");

    let done = scene.call("POST", "/api/v1/incidents/1/acknowledge", Some("secret"));
    assert_eq!(done.status, StatusCode::OK, "{}", done.body);
    assert_eq!(scene.app.incident(1).response.word(), "acknowledged");
}

#[test]
fn an_open_page_hears_that_it_has_changed() {
    let mut scene = Scene::outage();
    let request = Request::get("/events?page=/status/acme").body(Body::empty()).unwrap();
    let response = scene.runtime.block_on(scene.public().oneshot(request)).unwrap();
    assert_eq!(response.headers()["content-type"], "text/event-stream");
    let mut frames = response.into_body().into_data_stream();
    let mut next = |runtime: &Runtime| {
        let frame = runtime.block_on(frames.next()).unwrap().unwrap();
        String::from_utf8(frame.to_vec()).unwrap()
    };
    assert!(next(&scene.runtime).contains("retry:"));
    scene.app.provider_sets("commerce", "Checkout", "operational");
    scene.app.advance(minutes(2));
    // Browsers hand no event on that has no data.
    assert!(next(&scene.runtime).contains("event: changed\ndata: {}\n"));
    scene.app.expect("Ana", "resolved");
}

#[test]
fn the_admin_listener_tells_health_and_what_is_owed() {
    let scene = Scene::outage();
    let admin = |path: &str| {
        scene.ask(web::admin(scene.app.shell()), Request::get(path).body(Body::empty()).unwrap())
    };
    assert_eq!(admin("/healthz").status, StatusCode::OK);
    assert_eq!(admin("/readyz").status, StatusCode::OK);
    let metrics = admin("/metrics").body;
    assert!(metrics.contains("notifications{state=\"sent\"} 1"), "{metrics}");
    assert!(metrics.contains("unreachable_on_call 1"), "{metrics}");
    assert!(metrics.contains("overdue_seconds{worker=\"notifier\"} 0"), "{metrics}");
    for line in [
        "polls_total{outcome=\"read\"}",
        "poll_lateness_total{within=\"0.1\"}",
        "connections_idle 0",
        "cut_off 0",
    ] {
        assert!(metrics.contains(line), "{line}: {metrics}");
    }
    assert_eq!(scene.get("/metrics").status, StatusCode::NOT_FOUND, "never on the public listener");
}
