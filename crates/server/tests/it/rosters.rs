//! Schedules seen from outside: rosters by secret address, the API, and the metrics of gaps.

use std::collections::BTreeMap;

use axum::{
    Router,
    body::{Body, to_bytes},
    http::{Request, StatusCode},
};
use domain::{
    AmendmentId, CalendarId, Role, ScheduleId, TokenId, UserId, incident::Actor, schedule::Subject,
};
use engine::{
    commands::{self, NewShift},
    setups::token_hash,
};
use jiff::SignedDuration;
use serde_json::Value;
use store::{Lane, Scope, calendars, tokens};
use testkit::{TestApp, app::minutes};
use tokio::runtime::Runtime;
use tokio_util::sync::CancellationToken;
use tower::ServiceExt;
use uuid::Uuid;

use crate::outage::team;

const MOST_BYTES: usize = 1 << 20;

struct Scene {
    app: TestApp,
    runtime: Runtime,
}

impl Scene {
    fn start() -> Self {
        let backup = "\n[[schedule]]\nslug = \"backup\"\nname = \"Back, up\"\nfallback = \"bo@acme.test\"\n\
                      layer = [{ participants = [\"ana@acme.test\"], restrict = [{ days = \"Mon\" }] }]\n";
        let app = TestApp::start(&(team("") + backup), &["commerce"]);
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        Self { app, runtime }
    }

    fn get(&self, router: Router, path: &str, token: Option<&str>) -> (StatusCode, String) {
        let mut request = Request::get(path);
        if let Some(token) = token {
            request = request.header("authorization", format!("Bearer {token}"));
        }
        self.runtime.block_on(async {
            let response = router.oneshot(request.body(Body::empty()).unwrap()).await.unwrap();
            let status = response.status();
            let body = to_bytes(response.into_body(), MOST_BYTES).await.unwrap();
            (status, String::from_utf8(body.to_vec()).unwrap())
        })
    }

    fn public(&self, path: &str) -> (StatusCode, String) {
        self.get(web::public(self.app.shell(), CancellationToken::new()), path, None)
    }

    fn api(&self, path: &str) -> (StatusCode, Value) {
        let router = web::public(self.app.shell(), CancellationToken::new());
        let (status, body) = self.get(router, path, Some("reader"));
        (status, serde_json::from_str(&body).unwrap_or_else(|error| panic!("{error}: {body}")))
    }

    /// Makes a calendar whose secret is its name.
    fn calendar(&self, secret: &'static str, subject: Subject) -> CalendarId {
        let (id, org) = (CalendarId::named(Uuid::nil(), secret), self.app.org());
        let made = self.app.shell().write(Lane::Bulk, move |tx, now| {
            let mut scope = Scope::new(tx, org);
            Ok(calendars::insert(&mut scope, id, subject, secret, &token_hash(secret), now)?)
        });
        self.runtime.block_on(made).unwrap();
        id
    }
}

#[test]
fn a_roster_is_read_by_its_secret_until_that_is_revoked() {
    let mut scene = Scene::start();
    let org = scene.app.org();
    let id = scene.calendar("all", Subject::Schedule(ScheduleId::named(org.0, "backup")));
    scene.calendar("mine", Subject::User(UserId::named(org.0, "ana@acme.test")));
    scene.calendar("gone", Subject::User(UserId::named(org.0, "cy@acme.test")));

    let (status, page) = scene.public("/calendar/all");
    assert_eq!(status, StatusCode::OK);
    assert!(page.contains("<h1>Back, up</h1>") && page.contains("/calendar/all.ics"), "{page}");
    let (status, feed) = scene.public("/calendar/all.ics");
    assert_eq!(status, StatusCode::OK);
    assert!(feed.contains("SUMMARY:Ana on call: Back\\, up\r\n"), "{feed}");
    assert!(feed.contains("SUMMARY:Bo on call: Back\\, up\r\n"), "{feed}");
    assert!(feed.contains("fallback: nobody on call"), "{feed}");
    let (_, mine) = scene.public("/calendar/mine.ics");
    assert!(
        mine.contains("SUMMARY:On call: primary\r\n") && mine.contains("SUMMARY:On call: Back\\, up\r\n")
    );
    // One event of a shift, whichever calendar it stands in; the same when read again.
    let uids = |text: &str| -> Vec<String> {
        text.lines().filter(|line| line.starts_with("UID:")).skip(1).map(str::to_owned).collect()
    };
    assert!(uids(&mine).iter().any(|uid| uids(&feed).contains(uid)));
    scene.app.advance(minutes(3));
    assert_eq!(scene.public("/calendar/all.ics").1, feed);

    let nothing = scene.public("/calendar/unknown");
    assert_eq!(nothing.0, StatusCode::NOT_FOUND);
    let revoked = scene
        .app
        .shell()
        .write(Lane::Bulk, move |tx, now| Ok(calendars::revoke(&mut Scope::new(tx, org), id, now)?));
    scene.runtime.block_on(revoked).unwrap();
    for path in
        ["/calendar/all", "/calendar/all.ics", "/calendar/gone", "/calendar/x.ics", "/calendar/%ff.ics.ics"]
    {
        let answer = scene.public(path);
        if path.contains('%') {
            assert!(answer.0.is_client_error(), "{path}");
        } else {
            assert_eq!(answer, nothing, "{path}");
        }
    }
}

/// The sequence of each event by its UID, and when they were last modified.
fn sequences(feed: &str) -> (BTreeMap<String, u64>, String) {
    let value = |event: &str, key: &str| {
        let line = event.lines().find_map(|line| line.strip_prefix(key));
        line.unwrap_or_else(|| panic!("{key} in {event}")).to_owned()
    };
    let events: Vec<&str> = feed.split("BEGIN:VEVENT").skip(1).collect();
    let sequence = |event: &&str| (value(event, "UID:"), value(event, "SEQUENCE:").parse().unwrap());
    (events.iter().map(sequence).collect(), value(events[0], "LAST-MODIFIED:"))
}

#[test]
fn sequences_rise_with_every_change_of_a_roster_and_never_fall() {
    let mut scene = Scene::start();
    let org = scene.app.org();
    scene.calendar("all", Subject::Schedule(ScheduleId::named(org.0, "primary")));
    let read = |scene: &Scene| {
        let (status, feed) = scene.public("/calendar/all.ics");
        assert_eq!(status, StatusCode::OK);
        sequences(&feed)
    };
    let mut seen = vec![read(&scene)];
    scene.app.advance(minutes(3));
    assert_eq!(read(&scene), seen[0]);

    let now = scene.app.now();
    let hour = |hours| now + SignedDuration::from_hours(hours);
    let (schedule, user) = ("primary".to_owned(), "bo@acme.test".to_owned());
    let wanted = NewShift { schedule, user, from: hour(24), to: hour(26), note: String::new() };
    let (ground, by, id) =
        (scene.app.shell().ground(), Actor::Operator, AmendmentId::named(Uuid::nil(), "1"));
    let taken =
        scene.app.world().act(move |scope, now| commands::take_shift(scope, &ground, now, by, id, &wanted));
    taken.unwrap();
    seen.push(read(&scene));
    scene.app.advance(minutes(3));
    scene.app.world().act(move |scope, now| commands::give_back(scope, now, by, id)).unwrap();
    seen.push(read(&scene));

    for pair in seen.windows(2) {
        let ((before, modified), (after, modified_after)) = (&pair[0], &pair[1]);
        assert!(modified < modified_after, "{modified_after}");
        for (uid, sequence) in before {
            assert!(after.get(uid).is_none_or(|later| later > sequence), "{uid}");
        }
    }
    let uids = |seen: &(BTreeMap<String, u64>, String)| seen.0.keys().cloned().collect::<Vec<_>>();
    assert_eq!(uids(&seen[0]), uids(&seen[2]), "an event that comes back is the same");
    // A clock that is set back, past the beginning of a month too, makes nothing of it old.
    scene.app.world().clock.jump(SignedDuration::from_hours(-24 * 40));
    let (after, modified) = read(&scene);
    assert_eq!(modified, seen[2].1);
    assert!(after.values().min() >= seen[2].0.values().max());
}

#[test]
fn the_api_tells_who_is_on_call_the_gaps_and_the_load() {
    let scene = Scene::start();
    let (org, id) = (scene.app.org(), TokenId::named(Uuid::nil(), "reader"));
    let made = scene.app.shell().write(Lane::Bulk, move |tx, now| {
        let hash = token_hash("reader");
        Ok(tokens::insert(&mut Scope::new(tx, org), id, "reader", Role::Viewer, &hash, now)?)
    });
    scene.runtime.block_on(made).unwrap();
    let (status, answer) = scene.api("/api/v1/schedules");
    assert_eq!(status, StatusCode::OK, "{answer}");
    let [primary, backup] = answer["data"].as_array().unwrap().as_slice() else { panic!("{answer}") };
    assert_eq!(primary["now"]["user"], "ana@acme.test");
    assert_eq!((&primary["next"], &primary["gaps"]["count"]), (&Value::Null, &Value::from(0)));
    assert_eq!(primary["load"][0]["total_seconds"], 28 * 86_400);
    assert_eq!(primary["load"][0]["night_seconds"], 28 * 8 * 3600);
    assert_eq!(primary["load"][0]["weekend_seconds"], 8 * 86_400);
    assert_eq!(backup["fallback"], "bo@acme.test");
    assert!(backup["gaps"]["total_seconds"].as_i64().unwrap() >= 312 * 86_400, "{backup}");

    let path = "/api/v1/schedules/backup/shifts?from=2026-01-04T00:00:00Z&to=2026-01-07T00:00:00Z";
    let (_, answer) = scene.api(path);
    let shifts = answer["data"].as_array().unwrap().iter();
    let words: Vec<_> = shifts.map(|it| format!("{} {} {}", it["from"], it["user"], it["by"])).collect();
    assert_eq!(
        words,
        [
            r#""2026-01-04T00:00:00Z" "bo@acme.test" "fallback: nobody on call""#,
            r#""2026-01-05T00:00:00Z" "ana@acme.test" "layer 1""#,
            r#""2026-01-06T00:00:00Z" "bo@acme.test" "fallback: nobody on call""#,
        ]
    );
    for (path, status) in [
        ("/api/v1/schedules/other/shifts", StatusCode::NOT_FOUND),
        ("/api/v1/schedules/backup/shifts?from=tomorrow", StatusCode::BAD_REQUEST),
        ("/api/v1/schedules/backup/shifts?since=2026-01-04T00:00:00Z", StatusCode::BAD_REQUEST),
        (
            "/api/v1/schedules/backup/shifts?from=2026-01-04T00:00:00Z&to=2026-01-04T00:00:00Z",
            StatusCode::BAD_REQUEST,
        ),
    ] {
        assert_eq!(scene.api(path).0, status, "{path}");
    }
    let router = web::public(scene.app.shell(), CancellationToken::new());
    assert_eq!(scene.get(router, "/api/v1/schedules", None).0, StatusCode::UNAUTHORIZED);
}

#[test]
fn gaps_are_metrics() {
    let scene = Scene::start();
    let (_, text) = scene.get(web::admin(scene.app.shell()), "/metrics", None);
    let primary = "midwatch_schedule_gap_seconds{organization=\"acme\",schedule=\"primary\"} 0\n";
    assert!(text.contains(primary), "{text}");
    let next = "midwatch_schedule_next_gap_timestamp_seconds{organization=\"acme\",schedule=\"backup\"} ";
    assert!(text.contains(next) && !text.contains(&next.replace("backup", "primary")), "{text}");
}
