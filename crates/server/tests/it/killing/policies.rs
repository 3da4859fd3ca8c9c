//! Whom the installation pages, and when: as its configuration, and as the table that the audit holds it to.

use std::{path::Path, time::Duration};

use super::fakes::World;

/// Status pages that are watched.
pub(super) const PROVIDERS: usize = 40;

/// One step of a policy: its due time from the first page, and the messages it makes with their waits.
pub(super) struct Step {
    pub(super) after: Duration,
    /// Contact, and wait from the step.
    pub(super) messages: &'static [(&'static str, Duration)],
}

const fn seconds(n: u64) -> Duration {
    Duration::from_secs(n)
}

const fn step(after: u64, messages: &'static [(&'static str, Duration)]) -> Step {
    Step { after: seconds(after), messages }
}

/// The steps of each policy. No contact is in two of them, so that a message tells which policy it is of.
pub(super) const POLICIES: [(&str, &[Step]); 2] = [
    (
        "default",
        &[
            step(0, &[("ana-hook", seconds(0)), ("ana-mail", seconds(1))]),
            step(2, &[("bo-hook", seconds(0)), ("bo-other", seconds(1))]),
            step(4, &[("cy-mail", seconds(0)), ("ops", seconds(0))]),
        ],
    ),
    ("shared", &[step(0, &[("dee-hook", seconds(0))]), step(3, &[("dee2-mail", seconds(0))])]),
];

/// Returns the configuration: a service for each provider, and a few that depend on two.
pub(super) fn configuration(world: &World, ports: [u16; 2], folder: &Path, database_url: &str) -> String {
    let web = world.web_port;
    let providers = (0..PROVIDERS).map(|n| provider(n, web));
    let shared = (0..PROVIDERS - 1).step_by(6).map(shared);
    let parts = [installation(world.mail_port, ports, folder, database_url), people(web)];
    parts.into_iter().chain(providers).chain(shared).collect()
}

fn installation(mail: u16, [public, admin]: [u16; 2], folder: &Path, database_url: &str) -> String {
    let folder = folder.display();
    format!(
        r#"
        [server]
        listen = "127.0.0.1:{public}"
        admin_listen = "127.0.0.1:{admin}"
        public_url = "http://127.0.0.1:{public}"
        data_dir = "{folder}/data"
        [database]
        url = "{database_url}"
        [egress]
        allow = ["127.0.0.0/8"]
        anchors = []
        [catalog]
        builtin = false
        [mail]
        host = "127.0.0.1"
        port = {mail}
        security = "none"
        from = "midwatch@acme.test"
        [organization]
        slug = "acme"
        name = "Acme"
        "#
    )
}

fn people(web: u16) -> String {
    format!(
        r#"
        [[user]]
        email = "ana@acme.test"
        name = "Ana"
        role = "owner"
        contact = [
            {{ id = "ana-hook", kind = "webhook", url = "http://127.0.0.1:{web}/ana" }},
            {{ id = "ana-mail", kind = "email", address = "ana@acme.test" }},
        ]
        notify = [ {{ after = "0s", contact = "ana-hook" }}, {{ after = "1s", contact = "ana-mail" }} ]
        [[user]]
        email = "bo@acme.test"
        name = "Bo"
        contact = [
            {{ id = "bo-hook", kind = "webhook", url = "http://127.0.0.1:{web}/bo" }},
            {{ id = "bo-other", kind = "webhook", url = "http://127.0.0.1:{web}/bo-other" }},
        ]
        notify = [ {{ after = "0s", contact = "bo-hook" }}, {{ after = "1s", contact = "bo-other" }} ]
        [[user]]
        email = "cy@acme.test"
        name = "Cy"
        contact = [ {{ id = "cy-mail", kind = "email", address = "cy@acme.test" }} ]
        notify = [ {{ after = "0s", contact = "cy-mail" }} ]
        [[user]]
        email = "dee@acme.test"
        name = "Dee"
        contact = [ {{ id = "dee-hook", kind = "webhook", url = "http://127.0.0.1:{web}/dee" }} ]
        notify = [ {{ after = "0s", contact = "dee-hook" }} ]
        [[user]]
        email = "dee2@acme.test"
        name = "Dee the second"
        contact = [ {{ id = "dee2-mail", kind = "email", address = "dee2@acme.test" }} ]
        notify = [ {{ after = "0s", contact = "dee2-mail" }} ]
        [[channel]]
        slug = "ops"
        kind = "webhook"
        url = "http://127.0.0.1:{web}/ops"
        [[schedule]]
        slug = "primary"
        layer = [ {{ participants = ["ana@acme.test"] }} ]
        [[escalation_policy]]
        slug = "default"
        step = [
            {{ after = "0s", notify = ["schedule:primary"] }},
            {{ after = "2s", notify = ["user:bo@acme.test"] }},
            {{ after = "4s", notify = ["user:cy@acme.test", "channel:ops"] }},
        ]
        [[escalation_policy]]
        slug = "shared"
        step = [ {{ after = "0s", notify = ["user:dee@acme.test"] }}, {{ after = "3s", notify = ["user:dee2@acme.test"] }} ]
        "#
    )
}

fn provider(n: usize, web: u16) -> String {
    format!(
        r#"
        [[provider]]
        slug = "p{n}"
        name = "Provider {n}"
        category = "Simulated"
        platform = "statuspage"
        feed = "http://127.0.0.1:{web}/p{n}/api/v2/summary.json"
        status_page = "http://127.0.0.1:{web}/p{n}"
        interval = "10s"
        [[service]]
        slug = "s{n}"
        name = "Service {n}"
        escalation_policy = "default"
        depends_on = [ {{ provider = "p{n}", components = ["API"] }} ]
        "#
    )
}

/// A service that depends on two providers.
fn shared(n: usize) -> String {
    let next = n + 1;
    format!(
        r#"
        [[service]]
        slug = "shared-{n}"
        name = "Shared {n}"
        escalation_policy = "shared"
        depends_on = [ {{ provider = "p{n}", components = ["API"] }}, {{ provider = "p{next}", components = ["API"] }} ]
        "#
    )
}
