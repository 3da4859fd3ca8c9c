//! What is wrong with statements about paging.

use super::{good, refusals::check};

#[test]
fn assertions_state_one_thing_about_what_is_there() {
    check(
        r##"[[assert]]
name = "nothing"
[[assert]]
name = "two things"
reaches = "human"
on_call_at_most = "7d"
[[assert]]
name = "nobody"
reaches = "user:gone@acme.example"
by = ["pigeon"]
[[assert]]
name = "nobody"
reaches = "somebody"
at_least = 0
for = "1m""##,
        r##"
[[assert]] | assert[0]: the assertion states nothing | add reaches = "human", or on_call_at_most = "7d"
"7d" | assert[1].on_call_at_most: an assertion states one thing | write a second [[assert]]
"user:gone@acme.example" | assert[2].reaches: there is no user "gone@acme.example" | add [[user]] with email = "gone@acme.example", or name one of those that are there
"pigeon" | assert[2].by[0]: "pigeon" is not one of "webhook", "email", "sms", "voice", "web_push", "slack", "teams", "discord", "telegram", "mattermost", "google_chat", "matrix", "ntfy", "gotify", "pushover", "pagerduty", "opsgenie", "alertmanager"
"nobody" | assert[3].name: there is already an assertion "nobody"
"somebody" | assert[3].reaches: expected who has to be reached, such as "human", "user:ana@acme.example", "team:payments", "role:admin" or "channel:ops", found "somebody"
0 | assert[3].at_least: expected a whole number between 1 and 1000 such as 1, found 0
"1m" | assert[3].for: "1m" is too short: at least 1d
"##,
    );
}

#[test]
fn what_says_when_means_people() {
    let stated = |keys: &str| good(&format!("[[assert]]\nname = \"a\"\n{keys}")).setup.assertions;
    assert_eq!(stated("within = \"10m\""), stated("within = \"10m\"\nreaches = \"human\""));
}
