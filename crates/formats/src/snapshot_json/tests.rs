//! The JSON of a reading, letter by letter.

use crate::feed::{Source, read};
use crate::snapshot_json::to_json;

fn json_of(body: &str) -> String {
    to_json(&read(
        &Source {
            url: None,
            content_type: None,
            status: 200,
            body: body.as_bytes(),
            at: "2026-09-15T12:00:00Z".parse().unwrap(),
            selectors: None,
        },
        None,
    ))
}

#[test]
fn a_snapshot_has_the_keys_of_the_contract_in_their_order() {
    let document = r#"{"page":{"id":"k9y4x3h885d6","name":"C","url":"https://c.example","time_zone":"Etc/UTC"},
        "status":{"indicator":"none","description":"All Systems Operational"},
        "components":[{"id":"a","name":"A","status":"operational","updated_at":"2026-01-02T03:04:05.006+01:00"}],
        "incidents":[{"id":"i","name":"I","status":"investigating","impact":"major","created_at":"2026-01-02T03:04:05Z",
            "incident_updates":[{"id":"u","status":"investigating","body":"B","created_at":"2026-01-02T03:04:05Z"}]}],
        "scheduled_maintenances":[{"id":"m","name":"M","status":"scheduled","scheduled_for":"2026-01-03T00:00:00Z"}]}"#;
    let expect = r#"{"health":"fresh","platform":"statuspage",
        "page":{"id":"k9y4x3h885d6","name":"C","url":"https://c.example","updated_at":null},
        "overall":{"status":"operational","headline":"All Systems Operational","raw":"none"},
        "components":[{"id":"a","name":"A","group":null,"status":"operational","raw_status":"operational","updated_at":"2026-01-02T02:04:05.006Z"}],
        "incidents":[{"id":"i","name":"I","impact":"major","raw_impact":"major","status":"investigating","started_at":null,"created_at":"2026-01-02T03:04:05Z","updated_at":null,"resolved_at":null,"url":"https://c.example/incidents/i","components":[],
            "updates":[{"id":"u","status":"investigating","body":"B","at":"2026-01-02T03:04:05Z"}]}],
        "maintenances":[{"id":"m","name":"M","status":"scheduled","starts_at":"2026-01-03T00:00:00Z","ends_at":null,"components":[],"updates":[]}],
        "warnings":[]}"#;
    // No text in this example holds white space that counts, so both sides compare without any.
    let bare = |text: &str| text.chars().filter(|c| !c.is_whitespace()).collect::<String>();
    assert_eq!(bare(&json_of(document)), bare(expect));
}

#[test]
fn an_unreadable_source_gives_its_reason() {
    assert_eq!(
        json_of("{}"),
        "{\n  \"health\": \"unreadable\",\n  \"reason\": \"JSON of another shape: an empty object\"\n}"
    );
}
