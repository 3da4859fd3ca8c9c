//! Post-mortems: drafted from the record, reviewed, published to the page and its readers, and what is done after them.

use std::time::Duration;

use domain::{
    Phase, Role, Status,
    incident::Actor,
    postmortem::{Action, HEADINGS, Postmortem, Stage, Standing},
};
use engine::{
    CommandError,
    commands::{
        self, Ground, IncidentEdit, NewIncident, NewUpdate,
        postmortem::{self, NewAction, Saved},
    },
};
use jiff::{SignedDuration, Timestamp, civil::date, tz::TimeZone};
use store::{Scope, postmortems};
use testkit::{TestApp, app::minutes};

use crate::{
    http::{Answer, Scene},
    incident_records::{every_file, open, refused, wanted},
    outage::team,
};

const TEXT: &str = "## Summary\n\nCards were refused for an hour.\n\n## Root Cause\n\nA switch.";

/// An incident that paged Ana, was taken, told and resolved, 65 minutes long.
fn over() -> TestApp {
    let mut app = TestApp::start(&team(""), &["commerce"]);
    open(&mut app, wanted("Cards are refused", "checkout", Status::PartialOutage)).unwrap();
    app.expect("Ana", "page");
    app.advance(minutes(4));
    app.acknowledge("Ana", 1);
    app.advance(minutes(16));
    let said = NewUpdate {
        template: None,
        body: "A **switch** is broken.".to_owned(),
        is_public: true,
        phase: Some(Phase::Identified),
        next: None,
    };
    let told =
        app.act("Bo", 1, move |scope, ground, now, by, id| commands::say(scope, ground, now, by, id, &said));
    told.unwrap();
    app.advance(minutes(45));
    app.act("Ana", 1, commands::resolve).unwrap();
    app
}

fn act<T: Send + 'static>(
    app: &mut TestApp,
    name: &str,
    mut command: impl FnMut(
        &mut Scope<'_>,
        &Ground,
        Timestamp,
        Actor,
        domain::IncidentId,
    ) -> Result<T, CommandError>
    + Send
    + 'static,
) -> Result<T, CommandError> {
    let (by, id, ground) = (Actor::User(app.user(name)), app.incident(1).id, app.shell().ground());
    let done = app.world().act(move |scope, now| command(scope, &ground, now, by, id));
    app.advance(Duration::ZERO);
    done
}

fn save(app: &mut TestApp, name: &str, base: i64, body: &str) -> Result<Saved, CommandError> {
    let body = body.to_owned();
    act(app, name, move |scope, ground, now, by, id| {
        postmortem::save(scope, ground, now, by, id, base, &body)
    })
}

fn submit(app: &mut TestApp, name: &str, to: &'static str) -> Result<Postmortem, CommandError> {
    act(app, name, move |scope, ground, now, by, id| postmortem::submit(scope, ground, now, by, id, to))
}

fn approve(app: &mut TestApp, name: &str) -> Result<Postmortem, CommandError> {
    act(app, name, |scope, ground, now, by, id| {
        postmortem::approve(scope, ground, now, by, id, None, "well told")
    })
}

fn publish(app: &mut TestApp, name: &str, unreviewed: bool) -> Result<Postmortem, CommandError> {
    act(app, name, move |scope, ground, now, by, id| {
        postmortem::publish(scope, ground, now, by, id, unreviewed)
    })
}

fn body(app: &TestApp, version: i64) -> String {
    let id = app.incident(1).id;
    app.world().read(move |scope| postmortems::find_version(scope, id, version)).unwrap().body
}

fn page(app: &TestApp) -> String {
    app.page(&format!("/status/acme/incidents/{}", app.incident(1).id))
}

#[test]
fn a_draft_says_when_what_happened_and_names_nobody() {
    let mut app = over();
    let begun = act(&mut app, "Ana", postmortem::draft).unwrap();
    assert_eq!((begun.version, begun.stage), (1, Stage::Draft));
    let draft = body(&app, 1);
    let headings: Vec<&str> = draft.lines().filter_map(|line| line.strip_prefix("## ")).collect();
    assert_eq!(headings, HEADINGS);
    for part in [
        "Our checkout had a partial outage. It lasted 1 h 5 min, from 2026-03-02 08:00 UTC until 2026-03-02 09:05 UTC.",
        "- Our checkout: partial outage at worst; partial outage for 65 min",
        "- Detected: 2026-03-02 08:00 UTC, 0 s after the start",
        "- First page: 2026-03-02 08:00 UTC, 0 s after detection",
        "- Acknowledged: 2026-03-02 08:04 UTC, 4 min after the first page",
        "- First public word: 2026-03-02 08:00 UTC, 0 s after the start",
        "- Resolved: 2026-03-02 09:05 UTC, 1 h 5 min after the start",
        "- 2026-03-02 08:20 UTC: Identified: “A switch is broken.”",
        "- 2026-03-02 08:04 UTC: Somebody took it on.",
    ] {
        assert!(draft.contains(part), "{part}\n---\n{draft}");
    }
    assert!(!draft.contains("Ana") && !draft.contains("Bo"), "{draft}");
    let facts = act(&mut app, "Ana", |scope, ground, _, _, id| postmortem::facts(scope, ground, id)).unwrap();
    let (ana, bo) = (Actor::User(app.user("Ana")), Actor::User(app.user("Bo")));
    assert_eq!(facts.people.iter().map(|person| person.who).collect::<Vec<_>>(), [ana, bo]);
    // Once more changes nothing.
    assert_eq!(act(&mut app, "Bo", postmortem::draft).unwrap(), begun);
}

#[test]
fn readers_see_what_somebody_else_has_approved_and_nobody_is_paged() {
    let mut app = over();
    act(&mut app, "Ana", postmortem::draft).unwrap();
    refused(submit(&mut app, "Ana", "bo@acme.test"), "still to be written: Summary, Leadup");
    save(&mut app, "Ana", 1, TEXT).unwrap();
    refused(submit(&mut app, "Ana", "ana@acme.test"), "ask somebody else");
    refused(submit(&mut app, "Ana", "bob@acme.test"), "is bo@acme.test meant?");
    refused(publish(&mut app, "Ana", false), "nobody else has approved version 2");
    submit(&mut app, "Ana", "bo@acme.test").unwrap();
    let asked = app.expect("Bo", "notice");
    assert!(asked.contains("asked to review the post-mortem of incident 1"), "{asked}");
    submit(&mut app, "Ana", "bo@acme.test").unwrap();
    app.expect_silence();
    refused(approve(&mut app, "Ana"), "who wrote a version does not review it");
    let back = act(&mut app, "Bo", |scope, ground, now, by, id| {
        postmortem::send_back(scope, ground, now, by, id, "say which switch")
    });
    assert_eq!(back.unwrap().stage, Stage::Draft);
    assert!(app.expect("Ana", "notice").contains("came back: say which switch"));
    let text = format!("{TEXT} The red one.");
    save(&mut app, "Ana", 2, &text).unwrap();
    submit(&mut app, "Ana", "bo@acme.test").unwrap();
    app.expect("Bo", "notice");
    approve(&mut app, "Bo").unwrap();
    assert!(app.expect("Ana", "notice").contains("is approved: well told"));
    assert!(!every_file(&app).contains("The red one."), "not yet");
    let out = publish(&mut app, "Ana", false).unwrap();
    assert_eq!((out.stage, out.published.map(|it| it.version)), (Stage::Published, Some(3)));
    app.advance(minutes(120));
    app.expect_silence();
    let incident = app.incident(1);
    assert!(incident.is_resolved() && incident.phase == Phase::Postmortem);
    let shown = page(&app);
    assert!(shown.contains("<h2 id=\"post\">Post-mortem</h2>"), "{shown}");
    assert!(shown.contains("<h3>Root Cause</h3>") && shown.contains("A switch. The red one."), "{shown}");
    assert!(app.page("/status/acme/history.atom").contains("The red one."));
    let twin = app.page("/status/acme/index.md");
    assert!(twin.contains(&format!("/status/acme/incidents/{}#post", incident.id)), "{twin}");
    let json = app.page("/status/acme/api/v2/incidents.json");
    let json: serde_json::Value = serde_json::from_str(&json).unwrap();
    let update = &json["incidents"][0]["incident_updates"][0];
    assert_eq!((&update["status"], &update["body"]), (&"postmortem".into(), &text.clone().into()));
}

#[test]
fn what_is_edited_after_it_was_published_shows_so_once_it_is_published_again() {
    let mut app = over();
    assert!(matches!(save(&mut app, "Ana", 0, TEXT), Ok(Saved::Stored(_))));
    publish(&mut app, "Ana", true).unwrap();
    assert!(app.timeline(1).last().unwrap().ends_with("without a review"));
    app.advance(minutes(10));
    let once = page(&app);
    assert!(once.contains("A switch.") && !once.contains("edited, first seen so"), "{once}");
    let mine = TEXT.replace("A switch", "A relay");
    save(&mut app, "Bo", 1, &mine).unwrap();
    assert!(page(&app).contains("A switch."), "readers see what was published");
    let number = postmortems_of(&app).published.unwrap().update;
    let edit = app.act("Bo", 1, move |scope, ground, now, by, id| {
        commands::edit_update(scope, ground, now, by, id, number, "past the review")
    });
    refused(edit, "is the post-mortem: edit that");
    publish(&mut app, "Ana", true).unwrap();
    let again = page(&app);
    assert!(again.contains("A relay.") && again.contains("edited, first seen so"), "{again}");
    assert!(again.contains("<del>switch.</del>") && again.contains("-edit\"><summary>"), "{again}");
    // Publishing what is published changes nothing.
    let turn = postmortems_of(&app).turn;
    publish(&mut app, "Bo", false).unwrap();
    assert_eq!(postmortems_of(&app).turn, turn);
}

fn postmortems_of(app: &TestApp) -> Postmortem {
    let id = app.incident(1).id;
    app.world().read(move |scope| postmortems::find(scope, id)).unwrap()
}

#[test]
fn what_is_said_after_it_stands_beside_it() {
    let mut app = over();
    save(&mut app, "Ana", 0, TEXT).unwrap();
    publish(&mut app, "Ana", true).unwrap();
    let word = |app: &mut TestApp, phase| {
        let said = NewUpdate {
            body: "Refunds are on their way.".to_owned(),
            is_public: true,
            template: None,
            phase,
            next: None,
        };
        app.act("Ana", 1, move |scope, ground, now, by, id| commands::say(scope, ground, now, by, id, &said))
    };
    refused(word(&mut app, Some(Phase::Postmortem)), "has a post-mortem: edit that");
    word(&mut app, None).unwrap();
    let edit = IncidentEdit { text: "All refunds are made.".to_owned(), ..IncidentEdit::default() };
    let edited = app
        .act("Ana", 1, move |scope, ground, now, by, id| commands::edit(scope, ground, now, by, id, &edit));
    edited.unwrap();
    let shown = page(&app);
    let (post, updates) = shown.split_at(shown.find("id=\"updates\"").unwrap());
    assert!(post.contains("A switch.") && !post.contains("efunds are"), "{post}");
    assert!(updates.contains("Refunds are on their way.") && updates.contains("All refunds are made."));
    assert_eq!(app.incident(1).phase, Phase::Postmortem);
}

#[test]
fn who_saves_on_the_ground_of_an_old_version_is_shown_the_newest() {
    let mut app = over();
    act(&mut app, "Ana", postmortem::draft).unwrap();
    save(&mut app, "Ana", 1, "Ana's").unwrap();
    let Ok(Saved::Conflict(newest)) = save(&mut app, "Bo", 1, "Bo's") else { panic!("a conflict") };
    assert_eq!((newest.number, newest.body.as_str()), (2, "Ana's"));
    // Who says the same has nothing to put together.
    assert!(matches!(save(&mut app, "Bo", 1, "Ana's\r\n"), Ok(Saved::Stored(of)) if of.version == 2));
    assert!(matches!(save(&mut app, "Bo", 2, "Both"), Ok(Saved::Stored(of)) if of.version == 3));
    refused(save(&mut app, "Bo", 3, "a\u{7}b"), "control character U+0007");
    refused(save(&mut app, "Bo", 3, &"x".repeat(70_000)), "at most 65536 bytes");
    refused(save(&mut app, "Bo", 3, " "), "needs words");
    assert_eq!(body(&app, 3), "Both");
}

#[test]
fn what_is_open_internal_or_part_of_another_has_none() {
    let mut app = TestApp::start(&team(""), &["commerce"]);
    let quiet = |title: &str, is_public| NewIncident {
        pages: false,
        is_public,
        ..wanted(title, "checkout", Status::PartialOutage)
    };
    open(&mut app, quiet("Inside", false)).unwrap();
    refused(act(&mut app, "Ana", postmortem::draft), "is not over");
    app.act("Ana", 1, commands::resolve).unwrap();
    save(&mut app, "Ana", 0, TEXT).unwrap();
    refused(publish(&mut app, "Ana", true), "readers don't see incident 1");
    app.publish("Ana", 1);
    publish(&mut app, "Ana", true).unwrap();
    let edit = IncidentEdit { phase: Some(Phase::Resolved), ..IncidentEdit::default() };
    let moved = app
        .act("Ana", 1, move |scope, ground, now, by, id| commands::edit(scope, ground, now, by, id, &edit));
    moved.unwrap();
    open(&mut app, quiet("Whole", true)).unwrap();
    let into = app.incident(2).id;
    let merged = app
        .act("Ana", 1, move |scope, ground, now, by, id| commands::merge(scope, ground, now, by, id, into));
    merged.unwrap();
    save(&mut app, "Ana", 1, "New").unwrap();
    refused(publish(&mut app, "Ana", true), "has become part of incident 2");
}

#[test]
fn owners_are_reminded_on_the_day_and_readers_see_what_is_public() {
    let mut app = over();
    // In the middle of our day it is nine in the morning there.
    let away = "name = \"Bo\"\ntime_zone = \"America/Sao_Paulo\"";
    app.configure(&team("").replacen("name = \"Bo\"", away, 1));
    let add = |app: &mut TestApp, text: &str, is_public| {
        let wanted = NewAction {
            text: text.to_owned(),
            owner: "bo@acme.test".to_owned(),
            due_on: date(2026, 3, 2),
            is_public,
        };
        act(app, "Ana", move |scope, ground, now, by, id| {
            postmortem::add_action(scope, ground, now, by, id, &wanted)
        })
    };
    assert!(matches!(add(&mut app, "x", true), Err(CommandError::NotFound(_))));
    save(&mut app, "Ana", 0, TEXT).unwrap();
    let first: Action = add(&mut app, "Test the <b>switch</b>", true).unwrap();
    assert_eq!(add(&mut app, "Test the <b>switch</b>", true).unwrap(), first, "the same is one");
    assert_eq!(add(&mut app, "Tell the vendor off", false).unwrap().number, 2);
    refused(add(&mut app, "two\nlines", false), "in one line");
    publish(&mut app, "Ana", true).unwrap();
    let shown = page(&app);
    assert!(shown.contains("Test the &#60;b&#62;switch&#60;/b&#62;"), "{shown}");
    assert!(shown.contains("by Mar 2, 2026") && !every_file(&app).contains("Tell the vendor"), "{shown}");
    app.advance(minutes(60 * 2));
    app.expect_silence();
    let done = act(&mut app, "Bo", |scope, ground, now, by, id| {
        postmortem::finish_action(scope, ground, now, by, id, 2)
    });
    assert!(done.unwrap().done.is_some());
    app.advance(minutes(60));
    let told = app.expect("Bo", "notice");
    assert!(told.contains("action 1 after incident 1 is due on 2026-03-02"), "{told}");
    app.advance(minutes(60));
    app.expect_silence();
    let open = app.world().read(postmortems::list_open_actions);
    let tomorrow = app.now() + SignedDuration::from_hours(24);
    let standing: Vec<_> = open.iter().map(|(_, _, it)| it.standing(&TimeZone::UTC, tomorrow)).collect();
    assert_eq!(standing, [Standing::Overdue]);
    let done = act(&mut app, "Bo", |scope, ground, now, by, id| {
        postmortem::finish_action(scope, ground, now, by, id, 1)
    });
    done.unwrap();
    assert!(page(&app).contains("· done"), "{}", page(&app));
}

#[test]
fn nothing_that_a_post_mortem_says_does_anything_on_a_page() {
    let mut app = over();
    let hostile = "# A\n\nSee <script>alert(1)</script> <img src=x onerror=alert(1)> [x](javascript:alert(1)) \
                   [y](data:text/html,z) ![z](https://evil.test/p.png) \u{202e}gnp.exe\u{2066}\n\n\
                   <!-- hidden --> <a href=\"https://x.test\" onclick=\"x()\">link</a>\n\n```\n</div></section>\n```\n";
    save(&mut app, "Ana", 0, hostile).unwrap();
    publish(&mut app, "Ana", true).unwrap();
    let shown = page(&app);
    let post = &shown[shown.find("id=\"post\"").unwrap()..shown.find("id=\"updates\"").unwrap()];
    for banned in [
        "<script",
        "<img",
        "onerror=",
        "onclick=",
        "javascript:",
        "data:text",
        "evil.test",
        "\u{202e}",
        "\u{2066}",
    ] {
        assert!(!post.contains(banned), "{banned}: {post}");
    }
    assert_eq!((post.matches("</section>").count(), post.matches("<section").count()), (1, 1), "{post}");
}

#[test]
fn a_team_writes_by_a_template_of_its_own() {
    let config = format!("{}\n[postmortem]\ntemplate = \"# {{title}}\\n\\n{{times}}\"\n", team(""));
    let mut app = TestApp::start(&config, &["commerce"]);
    open(&mut app, NewIncident { pages: false, ..wanted("Cards_fail", "checkout", Status::MajorOutage) })
        .unwrap();
    app.advance(minutes(3));
    app.act("Ana", 1, commands::resolve).unwrap();
    act(&mut app, "Ana", postmortem::draft).unwrap();
    let draft = body(&app, 1);
    assert!(draft.starts_with("# Cards\\_fail\n\n- Started: 2026-03-02 08:00 UTC\n"), "{draft}");
    assert!(draft.contains("- First page: not on record\n- Acknowledged: not on record\n"), "{draft}");
}

/// An outage of the machine's own that is over, with tokens.
fn scene() -> Scene {
    let mut scene = Scene::outage();
    scene.app.provider_sets("commerce", "Checkout", "operational");
    scene.app.advance(minutes(20));
    scene.app.expect("Ana", "resolved");
    scene.token("writer", Role::Responder);
    scene.token("reader", Role::Responder);
    scene.token("guest", Role::Viewer);
    scene
}

fn call(scene: &Scene, method: &str, path: &str, token: &str, tag: Option<&str>, body: &str) -> Answer {
    scene.send_if(method, &format!("/api/v1/postmortems{path}"), token, tag, body)
}

/// Sends each with its token and body, and expects its status.
fn answers(scene: &Scene, all: &[(&str, &str, &str, &str, u16)]) {
    for (method, path, token, sent, status) in all {
        let answer = call(scene, method, path, token, Some("\"2\""), sent);
        assert_eq!(answer.status.as_u16(), *status, "{method} {path} {sent}: {}", answer.body);
    }
}

#[test]
fn the_api_writes_reviews_and_publishes() {
    let mut scene = scene();
    let lacking = call(&scene, "GET", "", "guest", None, "");
    assert_eq!(lacking.json()["data"][0]["stage"], serde_json::Value::Null);
    assert_eq!(call(&scene, "POST", "", "guest", None, r#"{"incident":"1"}"#).status, 403);
    assert_eq!(call(&scene, "GET", "/1", "guest", None, "").status, 404);
    let begun = call(&scene, "POST", "", "writer", None, r#"{"incident":"1"}"#);
    assert_eq!((begun.status.as_u16(), begun.json()["version"].as_i64()), (201, Some(1)), "{}", begun.body);
    assert_eq!(begun.json()["unwritten"].as_array().unwrap().len(), 7);
    assert_eq!(begun.json()["facts"]["moments"][0]["name"], "Started");
    let text = r###"{"body":"## Summary\n\nIt broke."}"###;
    assert_eq!(call(&scene, "PUT", "/1", "writer", None, text).status, 428);
    assert_eq!(call(&scene, "PUT", "/1", "writer", Some("\"1\""), text).status, 200);
    let conflict = call(&scene, "PUT", "/1", "reader", Some("\"1\""), r#"{"body":"mine"}"#);
    assert_eq!((conflict.status.as_u16(), conflict.kind.as_str()), (412, "application/problem+json"));
    assert_eq!(conflict.json()["newest"]["body"], "## Summary\n\nIt broke.");
    let all = [
        ("PUT", "/1", "writer", r#"{"body":" "}"#, 422),
        ("POST", "/1/publish", "writer", "{}", 409),
        ("POST", "/1/submit", "writer", r#"{"reviewer":"nobody@acme.test"}"#, 422),
        ("POST", "/1/submit", "writer", r#"{"reviewer":"bo@acme.test"}"#, 200),
        ("POST", "/1/approve", "reader", r#"{"version":1}"#, 409),
        ("POST", "/1/approve", "writer", "{}", 422),
        ("POST", "/1/return", "reader", "{}", 422),
        ("POST", "/1/approve", "reader", r#"{"version":2,"comment":"good"}"#, 200),
        ("POST", "/1/publish", "writer", "{}", 200),
    ];
    answers(&scene, &all);
    let whole = call(&scene, "GET", "/1", "guest", None, "").json();
    assert_eq!((&whole["stage"], &whole["published_version"]), (&"published".into(), &2.into()));
    assert_eq!(whole["versions"].as_array().unwrap().len(), 2);
    assert_eq!(call(&scene, "GET", "/1/versions/1", "guest", None, "").json()["number"], 1);
    assert_eq!(call(&scene, "GET", "", "guest", None, "").json()["data"].as_array().unwrap().len(), 0);
    assert_eq!(call(&scene, "GET", "?all=true", "guest", None, "").json()["data"][0]["stage"], "published");
    let incident = scene.call("GET", "/api/v1/incidents/1", Some("guest")).json();
    assert_eq!(incident["postmortem"], "published");
    scene.app.advance(minutes(5));
    scene.app.expect("Bo", "notice");
}

#[test]
fn the_api_tells_what_is_to_be_done_and_metrics_count_it() {
    let mut scene = scene();
    call(&scene, "POST", "", "writer", None, r#"{"incident":"1"}"#);
    let add = |day: &str| format!(r#"{{"text":"Test","owner":"bo@acme.test","due_on":"{day}"}}"#);
    let all = [
        ("POST", "/1/actions", "guest", &*add("2026-03-01"), 403),
        ("POST", "/1/actions", "writer", &add("tomorrow"), 422),
        ("POST", "/1/actions", "writer", &add("2026-03-01"), 201),
        ("POST", "/1/actions/2/done", "writer", "{}", 404),
    ];
    answers(&scene, &all);
    let open = call(&scene, "GET", "/actions", "guest", None, "").json();
    assert_eq!((&open["data"][0]["state"], &open["data"][0]["incident"]), (&"overdue".into(), &1.into()));
    let metrics = scene.metrics();
    assert!(metrics.contains("midwatch_postmortem_actions{state=\"overdue\"} 1"), "{metrics}");
    let done = call(&scene, "POST", "/1/actions/1/done", "writer", None, "{}").json();
    assert_eq!((&done["state"], &done["done_by"]), (&"done".into(), &"api token writer".into()));
    // Of what is done nobody is reminded.
    scene.app.advance(minutes(60 * 2));
    scene.app.expect_silence();
}
