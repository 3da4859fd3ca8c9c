//! What people answer by link and by API: what acts, what only looks, and what the second is told.

use axum::http::StatusCode;
use domain::Role;
use testkit::app::minutes;

use crate::http::{Answer, Scene};

/// Sends the form of the acknowledge page.
fn form(scene: &Scene, body: &str) -> Answer {
    scene.send("POST", &scene.link(), None, body)
}

fn post(scene: &Scene, what: &str, body: &str) -> Answer {
    scene.send("POST", &format!("/api/v1/incidents/1/{what}"), Some("secret"), body)
}

fn response(scene: &Scene) -> &'static str {
    scene.app.incident(1).response.word()
}

#[test]
fn scanners_that_look_at_a_link_change_nothing() {
    let scene = Scene::outage();
    for method in ["GET", "HEAD", "OPTIONS"] {
        let path = format!("{}?act=acknowledge", scene.link());
        scene.send(method, &path, None, "act=acknowledge");
        assert_eq!(response(&scene), "open", "{method}");
    }
    assert_eq!(scene.app.journal(1), ["opened", "step"]);
}

#[test]
fn the_page_of_a_link_tells_the_whole_story() {
    let mut scene = Scene::outage();
    scene.app.advance(minutes(5));
    scene.app.expect("Bo", "page");
    let shown = scene.get(&scene.link()).body;
    for part in [
        "Acknowledge</button>",
        "Page to Ana",
        "by hook (webhook): HTTP status 204 · schedule primary, layer 1",
        "Page to Bo",
        "Escalate now",
        "Snooze 30 min",
    ] {
        assert!(shown.contains(part), "{part}: {shown}");
    }
    assert!(!shown.contains("phone.test"), "no addresses: {shown}");
}

#[test]
fn a_link_that_is_used_again_changes_nothing_and_says_who_has_it() {
    let mut scene = Scene::outage();
    scene.app.acknowledge("Bo", 1);
    scene.app.expect("Ana", "acknowledged");
    let before = scene.app.incident(1);
    let late = form(&scene, "act=acknowledge&generation=1");
    assert_eq!(late.status, StatusCode::CONFLICT);
    assert_eq!(scene.app.incident(1), before);
    assert!(late.body.contains("Bo was first") && late.body.contains("Bo has it"), "{}", late.body);
    let snooze = form(&scene, "act=snooze&generation=1");
    assert_eq!(snooze.status, StatusCode::CONFLICT);
    assert!(snooze.body.contains("Bo has this incident since 2026-03-02"), "{}", snooze.body);
    // What was sent by a generation that another has followed is no answer to this one.
    scene.app.act("Bo", 1, engine::commands::unacknowledge).unwrap();
    scene.app.expect("Ana", "page");
    for stale in ["act=acknowledge&generation=1", "act=resolve&generation=1", "act=acknowledge"] {
        let answer = form(&scene, stale);
        assert_eq!(answer.status, StatusCode::CONFLICT, "{stale:?}");
        assert!(answer.body.contains("paging has begun anew since"), "{}", answer.body);
    }
    assert_eq!(response(&scene), "open");
    assert_eq!(form(&scene, "act=acknowledge&generation=2").status, StatusCode::SEE_OTHER);
    assert_eq!(response(&scene), "acknowledged");
    assert_eq!(form(&scene, "act=dance&generation=2").status, StatusCode::BAD_REQUEST);
}

#[test]
fn one_tap_snoozes_calls_the_next_or_ends_it() {
    let mut scene = Scene::outage();
    assert_eq!(form(&scene, "act=snooze&generation=1").status, StatusCode::SEE_OTHER);
    let shown = scene.get(&scene.link()).body;
    assert!(shown.contains("Snoozed until") && shown.contains("Wake it now"), "{shown}");
    scene.app.advance(minutes(29));
    scene.app.expect_silence();
    scene.app.advance(minutes(1));
    scene.app.expect("Ana", "page");
    assert_eq!(form(&scene, "act=escalate&generation=2").status, StatusCode::SEE_OTHER);
    scene.app.advance(minutes(0));
    scene.app.expect("Bo", "page");
    assert_eq!(form(&scene, "act=resolve&generation=2").status, StatusCode::SEE_OTHER);
    scene.app.advance(minutes(0));
    scene.app.expect("Bo", "resolved");
    let shown = scene.get(&scene.link()).body;
    assert!(shown.contains("There is nothing left to do") && !shown.contains("<form"), "{shown}");
}

#[test]
fn every_act_has_an_address_and_a_repeat_is_harmless() {
    let mut scene = Scene::outage();
    scene.token("secret", Role::Responder);
    let taken = post(&scene, "acknowledge", "{\"for\":\"30m\"}").json();
    assert_eq!((&taken["response"], &taken["snoozed"]), (&"acknowledged".into(), &false.into()));
    assert_eq!(taken["responded_until"], "2026-03-02T08:32:00Z");
    assert_eq!(post(&scene, "acknowledge", "{\"for\":\"30m\"}").json(), taken);
    let open = post(&scene, "unacknowledge", "").json();
    assert_eq!(post(&scene, "unacknowledge", "").json(), open);
    scene.app.advance(minutes(0));
    scene.app.expect("Ana", "page");
    let handed = post(&scene, "reassign", "{\"to\":\"bo@acme.test\"}").json();
    assert_eq!((&handed["response"], &handed["assigned_to"]), (&"open".into(), &"Bo".into()));
    assert_eq!(post(&scene, "reassign", "{\"to\":\"bo@acme.test\"}").json(), handed);
    scene.app.advance(minutes(0));
    scene.app.expect("Bo", "page");
    assert!(scene.app.expect("Ana", "reassigned").contains("\"assigned_to\":\"Bo\""));
    let snoozed = post(&scene, "snooze", "{\"until\":\"2026-03-02T09:00:00Z\"}").json();
    assert_eq!(snoozed["snoozed"], true);
    scene.app.advance(minutes(1));
    for whom in ["Ana", "Bo"] {
        let told = scene.app.expect(whom, "acknowledged");
        assert!(told.contains("\"snoozed_until\":\"2026-03-02T09:00:00Z\""), "{told}");
    }
    post(&scene, "responders", "{\"target\":\"schedule:primary\"}");
    post(&scene, "responders", "{\"target\":\"schedule:primary\"}");
    scene.app.advance(minutes(0));
    assert!(scene.app.expect("Ana", "page").contains("added by api token secret"));
    let over = post(&scene, "resolve", "").json();
    assert_eq!((&over["response"], &over["responded_by"]), (&"resolved".into(), &"api token secret".into()));
    assert_eq!(post(&scene, "resolve", "").json(), over);
    scene.app.advance(minutes(0));
    for whom in ["Ana", "Bo"] {
        scene.app.expect(whom, "resolved");
    }
    let late = post(&scene, "escalate", "");
    assert_eq!((late.status, late.kind.as_str()), (StatusCode::CONFLICT, "application/problem+json"));
    assert!(late.body.contains("api token secret resolved this incident at 2026-03-02"), "{}", late.body);
}

#[test]
fn acts_that_make_no_sense_are_refused_with_what_would() {
    let scene = Scene::outage();
    scene.token("secret", Role::Responder);
    scene.token("viewer", Role::Viewer);
    let check = |what: &str, body: &str, status: StatusCode, part: &str| {
        let answer = post(&scene, what, body);
        assert_eq!(answer.status, status, "{what} {body}: {}", answer.body);
        assert!(answer.body.contains(part), "{what} {body}: {}", answer.body);
        let forbidden = scene.send("POST", &format!("/api/v1/incidents/1/{what}"), Some("viewer"), body);
        assert!([403, 400, 422].contains(&forbidden.status.as_u16()), "{what}: {}", forbidden.body);
    };
    let (bad, conflict, odd) =
        (StatusCode::BAD_REQUEST, StatusCode::CONFLICT, StatusCode::UNPROCESSABLE_ENTITY);
    check("snooze", "{\"for\":", bad, "is no JSON");
    check("snooze", "30m", bad, "is no JSON");
    check("snooze", "{\"for\":30}", odd, "invalid type");
    check("snooze", "{}", odd, "say how long");
    check("snooze", "{\"for\":\"soon\"}", odd, "no length of time");
    check("snooze", "{\"for\":\"25h\"}", odd, "\"field\":\"for\"");
    check("snooze", "{\"until\":\"2026-03-09T09:00:00Z\"}", odd, "within 24 hours\",\"field\":\"until\"");
    check("snooze", "{\"until\":\"tomorrow\"}", odd, "no instant such as");
    check("snooze", "{\"until\":\"9999-01-01T00:00:00Z\"}", odd, "the year 9999 can't be meant");
    check("acknowledge", "{\"for\":\"0s\"}", odd, "\"field\":\"for\"");
    check("acknowledge", "{\"fro\":\"1h\"}", odd, "\"field\":\"fro\"");
    check("reassign", "{}", odd, "\"field\":\"to\"");
    check("updates", "{\"body\":\" \"}", odd, "\"field\":\"body\"");
    check("reassign", "{\"to\":\"user:cy@acme.test\"}", odd, "there is no user cy@acme.test");
    check("responders", "{\"target\":\"policy:default\"}", odd, "names nobody");
    check("unacknowledge", "", conflict, "incident 1 is not acknowledged");
    let refused = post(&scene, "responders", "{\"target\":\"channel:ops\"}").json();
    assert_eq!((&refused["field"], &refused["status"]), (&"target".into(), &422.into()));
    assert_eq!(refused["reason"], "there is no channel ops; the configuration has no channel");
    let nowhere = scene.send("POST", "/api/v1/incidents/9/reassign", Some("secret"), "{\"to\":\"nobody\"}");
    assert_eq!(nowhere.status, StatusCode::NOT_FOUND, "{}", nowhere.body);
    assert_eq!(response(&scene), "open");
    assert_eq!(scene.app.journal(1), ["opened", "step"]);
}

#[test]
fn silences_and_taken_shifts_are_made_once_listed_and_ended() {
    let scene = Scene::outage();
    scene.token("secret", Role::Responder);
    let send = |method: &str, path: &str, body: &str| {
        scene.send(method, &format!("/api/v1/{path}"), Some("secret"), body)
    };
    let wanted = "{\"services\":[\"checkout\",\"orders\"],\"for\":\"2h\",\"reason\":\"drill\"}";
    let made = send("POST", "silences", wanted);
    assert_eq!(made.status, StatusCode::CREATED, "{}", made.body);
    let made = made.json();
    assert_eq!((&made["to"], &made["in_force"]), (&"2026-03-02T10:02:00Z".into(), &true.into()));
    assert_eq!(send("GET", "silences", "").json()["data"][0], made);
    let id = made["id"].as_str().unwrap();
    let ended = send("DELETE", &format!("silences/{id}"), "").json();
    assert_eq!((&ended["ended_at"], &ended["in_force"]), (&"2026-03-02T08:02:00Z".into(), &false.into()));
    assert_eq!(send("DELETE", &format!("silences/{id}"), "").json(), ended);
    assert!(send("GET", "silences", "").json()["data"].as_array().unwrap().is_empty());

    let shift = "{\"user\":\"bo@acme.test\",\"to\":\"2026-03-02T12:00:00Z\",\"note\":\"dentist\"}";
    let taken = send("POST", "schedules/primary/overrides", shift).json();
    assert_eq!((&taken["user"], &taken["from"]), (&"bo@acme.test".into(), &"2026-03-02T08:02:00Z".into()));
    assert_eq!(send("GET", "schedules/primary/overrides", "").json()["data"][0], taken);
    let other = shift.replace("bo@", "ana@");
    let refused = send("POST", "schedules/primary/overrides", &other);
    assert_eq!(refused.status, StatusCode::CONFLICT);
    assert!(refused.body.contains("bo@acme.test has an override"), "{}", refused.body);
    assert_eq!(send("POST", "schedules/nope/overrides", shift).status, StatusCode::NOT_FOUND);
    let nobody = send("POST", "schedules/primary/overrides", &shift.replace("bo@", "bob@")).json();
    assert_eq!((&nobody["status"], &nobody["field"]), (&422.into(), &"user".into()));
    let id = taken["id"].as_str().unwrap();
    assert_eq!(send("DELETE", &format!("schedules/backup/overrides/{id}"), "").status, StatusCode::NOT_FOUND);
    let back = send("DELETE", &format!("schedules/primary/overrides/{id}"), "").json();
    assert_eq!(back["withdrawn_at"], "2026-03-02T08:02:00Z");
    assert!(send("GET", "schedules/primary/overrides", "").json()["data"].as_array().unwrap().is_empty());
    assert_eq!(send("GET", "schedules/nope/overrides", "").status, StatusCode::NOT_FOUND);
}

#[test]
fn silences_and_shifts_that_cant_be_meant_are_refused_with_the_field() {
    let scene = Scene::outage();
    scene.token("secret", Role::Responder);
    let send = |method: &str, path: &str, body: &str| {
        scene.send(method, &format!("/api/v1/{path}"), Some("secret"), body)
    };
    assert_eq!(send("POST", "silences", "services=checkout").status, StatusCode::BAD_REQUEST);
    for (wrong, field, part) in [
        ("{\"for\":\"2h\",\"reason\":\"x\"}", "services", "names a service"),
        ("{\"services\":[\"checkout\"],\"reason\":\"x\"}", "for", "has an end"),
        ("{\"services\":[\"checkout\"],\"for\":\"91d\",\"reason\":\"x\"}", "for", "at most 90 days"),
        ("{\"services\":[\"checkout\"],\"for\":\"0s\",\"reason\":\"x\"}", "for", "must end after it begins"),
        ("{\"services\":[\"checkout\"],\"to\":\"2026-03-01T00:00:00Z\",\"reason\":\"x\"}", "to", "end"),
        (
            "{\"services\":[\"checkout\"],\"from\":\"0001-01-01T00:00:00Z\",\"for\":\"1h\",\"reason\":\"x\"}",
            "from",
            "the year 1",
        ),
        ("{\"services\":[\"checkout\"],\"for\":\"1h\",\"reason\":\"\"}", "reason", "needs a reason"),
        (
            "{\"labels\":{\"team\":\"x\"},\"for\":\"1h\",\"reason\":\"x\"}",
            "labels",
            "no service has the label team=x",
        ),
        ("{\"providers\":[\"nobody\"],\"for\":\"1h\",\"reason\":\"x\"}", "providers", "no provider nobody"),
    ] {
        let refused = send("POST", "silences", wrong).json();
        assert_eq!(
            (&refused["status"], &refused["field"]),
            (&422.into(), &field.into()),
            "{wrong}: {refused}"
        );
        assert!(refused["reason"].as_str().unwrap().contains(part), "{wrong}: {refused}");
    }
    let shift = "{\"user\":\"bo@acme.test\",\"to\":\"2026-03-02T12:00:00Z\",\"note\":\"dentist\"}";
    for (to, part) in [
        ("2026-03-01T12:00:00Z", "must end after it begins"),
        ("2028-03-02T12:00:00Z", "at most a year"),
        ("9998-03-02T12:00:00Z", "the year 9998 can't be meant"),
        ("noon", "no instant such as"),
    ] {
        let refused = send("POST", "schedules/primary/overrides", &shift.replace("2026-03-02T12:00:00Z", to));
        let refused = refused.json();
        assert_eq!((&refused["status"], &refused["field"]), (&422.into(), &"to".into()), "{refused}");
        assert!(refused["reason"].as_str().unwrap().contains(part), "{to}: {refused}");
    }
}

/// What is done by a token is told by its name, and a second token takes nothing from the first.
#[test]
fn tokens_are_told_apart_and_the_first_one_wins() {
    let mut scene = Scene::outage();
    for name in ["deploy-bot", "other-bot"] {
        scene.token(name, Role::Responder);
    }
    let post = |scene: &Scene, token, what: &str, body: &str| {
        scene.send("POST", &format!("/api/v1/incidents/1/{what}"), Some(token), body)
    };
    let first = post(&scene, "deploy-bot", "acknowledge", "{\"for\":\"1h\"}").json();
    assert_eq!(first["responded_by"], "api token deploy-bot");
    scene.app.advance(minutes(1));
    assert!(scene.app.expect("Ana", "acknowledged").contains("\"by\":\"api token deploy-bot\""));
    assert_eq!(post(&scene, "other-bot", "acknowledge", "{\"for\":\"8h\"}").json(), first);
    let refused = post(&scene, "other-bot", "snooze", "{\"for\":\"8h\"}");
    assert_eq!(refused.status, StatusCode::CONFLICT);
    assert!(refused.body.contains("api token deploy-bot has this incident since"), "{}", refused.body);
    let longer = post(&scene, "deploy-bot", "acknowledge", "{\"for\":\"2h\"}").json();
    assert_eq!(longer["responded_until"], "2026-03-02T10:03:00Z");
    post(&scene, "other-bot", "resolve", "");
    let told = scene.call("GET", "/api/v1/incidents/1", Some("other-bot")).json();
    let who = |kind: &str| {
        let all = told["timeline"].as_array().unwrap();
        let last = all.iter().rfind(|event| event["kind"] == kind).unwrap();
        (last["by"].as_str().unwrap().to_owned(), last["detail"].as_str().unwrap().to_owned())
    };
    assert_eq!(who("resolved"), ("api token other-bot".to_owned(), "by api token other-bot".to_owned()));
    let (by, detail) = who("acknowledged");
    assert_eq!(by, "api token deploy-bot");
    assert!(detail.starts_with("by api token deploy-bot, until 2026-03-02 10:03:00"), "{detail}");
    scene.app.advance(minutes(0));
    scene.app.expect("Ana", "resolved");
}
