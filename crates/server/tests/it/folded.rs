//! A message that tells of several incidents: no end of one of them takes away what the others need.

use std::fmt::Write as _;

use domain::{ButtonAct, NotificationId};
use engine::commands::{self, Press};
use serde_json::Value;
use store::notifications::Notification;
use testkit::app::minutes;

use crate::phones::Scene;

const CHANNEL: &str = r#"
    [[channel]]
    slug = "ops"
    kind = "slack"
    token = "xoxb-1"
    channel = "C0123456789"
    signing_secret = "s3"
    api = "https://slack.carrier.test"
"#;

const PUSHOVER: &str = r#"
    [[channel]]
    slug = "ops"
    kind = "pushover"
    token = "azGDORePK8gMaC0QOYAMyEEuzJnyUi"
    user = "uQiRzpo4DXghDmr9QzzfQu27cmVRsG"
    api = "https://pushover.carrier.test"
"#;

/// Services, each by a provider of its own, that page one channel.
fn config(channel: &str) -> String {
    let mut toml = format!(
        r#"
    [organization]
    slug = "acme"
    [[user]]
    email = "ana@acme.test"
    name = "Ana"
    role = "owner"
    contact = [ {{ id = "hook", kind = "webhook", url = "https://phone.test/ana" }} ]
    notify = [ {{ after = "0s", contact = "hook" }} ]
    {channel}
    [[escalation_policy]]
    slug = "default"
    step = [ {{ after = "0s", notify = ["channel:ops"] }}, {{ after = "60m", notify = ["user:ana@acme.test"] }} ]
"#
    );
    for name in PROVIDERS {
        write!(
            toml,
            r#"
    [[provider]]
    slug = "{name}"
    name = "Provider {name}"
    category = "Shops"
    feed = "https://{name}.status.test/api/v2/summary.json"
    interval = "60s"
    [[service]]
    slug = "{name}"
    name = "Service {name}"
    escalation_policy = "default"
    depends_on = [ {{ provider = "{name}", components = ["Checkout"] }} ]
"#
        )
        .unwrap();
    }
    toml
}

const PROVIDERS: [&str; 5] = ["one", "two", "three", "four", "five"];

/// A channel that has been told of several incidents in one message.
struct Storm {
    scene: Scene,
    message: NotificationId,
    /// The providers behind them, that of the incident in front last.
    names: Vec<String>,
}

fn storm(channel: &str) -> Storm {
    let mut scene = Scene::of(&config(channel), &PROVIDERS);
    for name in PROVIDERS {
        scene.app.provider_sets(name, "Checkout", "major_outage");
    }
    scene.app.advance(minutes(2));
    assert_eq!(scene.app.incidents().len(), PROVIDERS.len());
    let inside = scene.app.world().read(|scope| {
        let mut most = Vec::new();
        for incident in store::incidents::list_recent(scope, None, 9)? {
            for owed in store::notifications::list(scope, incident.id, 9)? {
                let inside = store::notifications::list_inside(scope, owed.id)?;
                most = if inside.len() > most.len() { inside } else { most };
            }
        }
        Ok(most)
    });
    let (setup, incidents) = (&scene.app.world().setup, scene.app.incidents());
    let name = |owed: &Notification| {
        let incident = incidents.iter().find(|it| it.id == owed.incident).unwrap();
        setup.service(incident.services[0].service).unwrap().slug.clone()
    };
    let names: Vec<String> = inside.iter().rev().map(name).collect();
    assert!(names.len() > 2, "{names:?}");
    Storm { message: inside[0].id, names, scene }
}

/// What the chat was told so far, by method.
fn calls(scene: &Scene) -> Vec<(String, Value)> {
    let heard = scene.carriers.heard.lock().unwrap();
    let method = |url: &str| url.rsplit('/').next().unwrap().to_owned();
    heard.iter().map(|(url, body)| (method(url), serde_json::from_str(body).unwrap())).collect()
}

fn ends(scene: &mut Scene, name: &str) {
    scene.app.provider_sets(name, "Checkout", "operational");
    scene.app.advance(minutes(5));
}

#[test]
fn the_end_of_one_leaves_the_list_and_the_buttons_of_the_others() {
    let Storm { mut scene, names, .. } = storm(CHANNEL);
    let more = format!("and {} more", names.len() - 1);
    for (place, ended) in names.iter().enumerate() {
        let before = calls(&scene).len();
        ends(&mut scene, ended);
        let told = &calls(&scene)[before..];
        let is_last = place + 1 == names.len();
        let methods: Vec<&str> = told.iter().map(|(method, _)| method.as_str()).collect();
        let expected: &[&str] =
            if is_last { &["chat.postMessage", "chat.update"] } else { &["chat.postMessage"] };
        assert_eq!(methods, expected, "{ended}");
        assert!(told[0].1["thread_ts"].is_string(), "it is said below: {}", told[0].1);
        if is_last {
            let text = told[1].1.to_string();
            assert!(text.contains("Resolved: ") && text.contains(&more), "{text}");
            assert!(!text.contains("\"actions\""), "nothing is left to take: {text}");
        }
    }
}

#[test]
fn a_button_takes_what_is_left_when_the_incident_in_front_is_over() {
    let Storm { mut scene, names, message } = storm(CHANNEL);
    let before = calls(&scene).len();
    ends(&mut scene, names.last().unwrap());
    assert_eq!(calls(&scene).len(), before + 1, "the card stays as it is");
    let ground = scene.app.shell().ground();
    let press = Press {
        notification: message,
        act: Some(ButtonAct::Acknowledge),
        names: vec!["ana".to_owned()],
        chat: "Slack",
    };
    let presses = || {
        let (ground, press) = (ground.clone(), press.clone());
        scene.app.world().act(move |scope, now| commands::press(scope, &ground, now, &press)).unwrap()
    };
    let (left, first) = (names.len() - 1, presses());
    let more = format!(" and {} more", left - 1);
    assert!(first.starts_with("Acknowledged: #") && first.ends_with(&more), "{first}");
    let again = presses();
    assert!(again.contains(" is over: "), "a second press changes nothing: {again}");
    let incidents = scene.app.incidents();
    let taken = incidents.iter().filter(|it| it.response.word() == "acknowledged");
    assert_eq!(taken.count(), left);
    scene.app.advance(minutes(1));
}

#[test]
fn what_rings_for_several_stops_with_the_last_of_them() {
    let Storm { mut scene, names, message } = storm(PUSHOVER);
    let tag = |name: &str| format!("{name}.json");
    let is_tagged = |(_, body): &(String, Value)| body["tags"] == message.to_string().as_str();
    assert_eq!(calls(&scene).iter().filter(|call| is_tagged(call)).count(), 1);
    // What is in front is over first.
    for (place, ended) in names.iter().rev().enumerate() {
        ends(&mut scene, ended);
        let is_stopped = calls(&scene).iter().any(|(method, _)| *method == tag(&message.to_string()));
        assert_eq!(is_stopped, place + 1 == names.len(), "{ended}");
    }
}
