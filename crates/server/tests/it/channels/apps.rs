//! The rows of phone apps, of browsers, of other incident managers, and of the team's own endpoints.

use testkit::browser::Browser;

use super::{Kind, text};

pub(super) const KINDS: &[Kind] = &[
    Kind {
        word: "webhook",
        keys: |base| format!("kind = \"webhook\", url = \"{base}/webhook\""),
        path: "/webhook",
        well: (204, ""),
        is_wire_form: |heard| {
            heard.header("webhook-signature").starts_with("v1,") && text(heard, "/type") == "page"
        },
        identity: |heard| heard.header("webhook-id").to_owned(),
        ..Kind::NONE
    },
    Kind {
        word: "ntfy",
        keys: |base| format!("kind = \"ntfy\", url = \"{base}/acme-pages\""),
        path: "/",
        well: (200, r#"{"id":"xE73Iyuabi","event":"message"}"#),
        is_wire_form: |heard| {
            text(heard, "/topic") == "acme-pages"
                && text(heard, "/priority") == "5"
                && text(heard, "/actions/0/method") == "POST"
        },
        identity: |heard| text(heard, "/sequence_id"),
        ..Kind::NONE
    },
    Kind {
        word: "gotify",
        keys: |base| format!("kind = \"gotify\", url = \"{base}/gotify\", token = \"A.b\""),
        path: "/gotify/message",
        well: (200, r#"{"id":25}"#),
        is_wire_form: |heard| heard.header("x-gotify-key") == "A.b" && text(heard, "/priority") == "10",
        identity: |heard| text(heard, "/extras/midwatch::page/id"),
        ..Kind::NONE
    },
    Kind {
        word: "pushover",
        keys: |base| {
            let (token, user) = ("azGDORePK8gMaC0QOYAMyEEuzJnyUi", "uQiRzpo4DXghDmr9QzzfQu27cmVRsG");
            format!("kind = \"pushover\", token = \"{token}\", user = \"{user}\", api = \"{base}/pushover\"")
        },
        path: "/pushover/1/messages.json",
        well: (200, r#"{"status":1,"request":"r","receipt":"rLqVuqTRh62UzxtmqiaLzQmVcPgiCy"}"#),
        is_wire_form: |heard| {
            text(heard, "/priority") == "2"
                && text(heard, "/retry") == "60"
                && text(heard, "/callback").starts_with("https://midwatch.test/callbacks/pushover/")
        },
        identity: |heard| text(heard, "/callback"),
        ..Kind::NONE
    },
    Kind {
        word: "pagerduty",
        keys: |base| {
            let key = "R0123456789abcdef0123456789abcde";
            format!("kind = \"pagerduty\", routing_key = \"{key}\", api = \"{base}/pagerduty\"")
        },
        path: "/pagerduty/v2/enqueue",
        well: (202, r#"{"status":"success","message":"Event processed","dedup_key":"x"}"#),
        is_wire_form: |heard| {
            text(heard, "/event_action") == "trigger" && text(heard, "/payload/severity") == "critical"
        },
        identity: |heard| text(heard, "/dedup_key"),
        ..Kind::NONE
    },
    Kind {
        word: "opsgenie",
        keys: |base| format!("kind = \"opsgenie\", key = \"k-1\", api = \"{base}/opsgenie\""),
        path: "/opsgenie/v2/alerts",
        end_path: Some("/opsgenie/v2/alerts/*"),
        well: (202, r#"{"result":"Request will be processed","took":0.3,"requestId":"q"}"#),
        is_wire_form: |heard| {
            heard.header("authorization") == "GenieKey k-1" && text(heard, "/priority") == "P1"
        },
        identity: |heard| text(heard, "/alias"),
        ..Kind::NONE
    },
    Kind {
        word: "alertmanager",
        keys: |base| format!("kind = \"alertmanager\", url = \"{base}/alertmanager\""),
        path: "/alertmanager/api/v2/alerts",
        well: (200, ""),
        is_wire_form: |heard| {
            text(heard, "/3/labels/alertname") == "MidwatchIncident"
                && text(heard, "/3/labels/severity") == "critical"
        },
        identity: |heard| text(heard, "/3/annotations/notification"),
        ..Kind::NONE
    },
    Kind {
        word: "web_push",
        keys: |base| {
            let keys = Browser::default().keys();
            format!("kind = \"web_push\", endpoint = \"{base}/web_push/JzLQ3raZ\", {keys}")
        },
        path: "/web_push/JzLQ3raZ",
        well: (201, ""),
        is_wire_form: |heard| {
            let read = Browser::default().read(heard).unwrap_or_default();
            let says = |name: &str| read[name].as_str().unwrap_or_default();
            heard.header("urgency") == "high"
                && heard.header("ttl") == "86400"
                && heard.header("topic").len() <= 32
                && heard.body.len() <= 4_096
                && says("type") == "page"
                && says("title").starts_with("CRITICAL: ")
                && says("ack_url").starts_with("https://midwatch.test/ack/")
        },
        identity: |heard| {
            let read = Browser::default().read(heard).unwrap_or_default();
            read["id"].as_str().unwrap_or_default().to_owned()
        },
        ..Kind::NONE
    },
];
