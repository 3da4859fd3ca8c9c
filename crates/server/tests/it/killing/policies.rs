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

/// The steps of the policy of each service's own people: nobody there is paged for anything else, so nothing is held.
const OWN: &[Step] = &[
    step(0, &[("ana-hook", seconds(0)), ("ana-mail", seconds(1))]),
    step(2, &[("bo-hook", seconds(0)), ("bo-other", seconds(1))]),
    step(4, &[("cy-mail", seconds(0)), ("ops", seconds(0))]),
];

/// The steps of the policy of two people who are paged for everything: what is for them is folded, and held in a storm.
const SHARED: &[Step] = &[step(0, &[("dee-hook", seconds(0))]), step(3, &[("fay-mail", seconds(0))])];

/// The policy of everything that depends on several providers.
pub(super) const SHARED_POLICY: &str = "shared";

/// Returns the steps of a policy. No contact is in two policies, but for the room `ops`, where nothing is folded.
pub(super) fn steps(policy: &str) -> &'static [Step] {
    if policy == SHARED_POLICY { SHARED } else { OWN }
}

/// Returns what a contact of a table is called in a policy, which is also how it is addressed.
pub(super) fn contact(policy: &str, contact: &str) -> String {
    match policy.strip_prefix("own-") {
        Some(number) if contact != "ops" => format!("{contact}-{number}"),
        Some(_) | None => contact.to_owned(),
    }
}

/// Returns the configuration: a service with people of its own for each provider, and a few that depend on two.
pub(super) fn configuration(world: &World, ports: [u16; 2], folder: &Path, database_url: &str) -> String {
    let web = world.web_port;
    let providers = (0..PROVIDERS).flat_map(|n| [people(n, web), provider(n, web)]);
    let shared = (0..PROVIDERS - 1).step_by(6).map(shared);
    let parts = [installation(world.mail_port, ports, folder, database_url), everybody(web)];
    parts.into_iter().chain(providers).chain(shared).collect()
}

pub(super) fn installation(
    mail: u16,
    [public, admin]: [u16; 2],
    folder: &Path,
    database_url: &str,
) -> String {
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

/// Those who are paged for everything, and the room.
fn everybody(web: u16) -> String {
    format!(
        r#"
        [[user]]
        email = "owner@acme.test"
        name = "Owner"
        role = "owner"
        contact = [ {{ id = "owner-mail", kind = "email", address = "owner-mail@acme.test" }} ]
        [[user]]
        email = "dee@acme.test"
        name = "Dee"
        contact = [ {{ id = "dee-hook", kind = "webhook", url = "http://127.0.0.1:{web}/dee-hook" }} ]
        [[user]]
        email = "fay@acme.test"
        name = "Fay"
        contact = [ {{ id = "fay-mail", kind = "email", address = "fay-mail@acme.test" }} ]
        [[channel]]
        slug = "ops"
        kind = "webhook"
        url = "http://127.0.0.1:{web}/ops"
        [[escalation_policy]]
        slug = "{SHARED_POLICY}"
        step = [ {{ after = "0s", notify = ["user:dee@acme.test"] }}, {{ after = "3s", notify = ["user:fay@acme.test"] }} ]
        "#
    )
}

/// The people of a service, and who of them is called when.
fn people(n: usize, web: u16) -> String {
    let hook = |name: &str| {
        format!(r#"{{ id = "{name}-{n}", kind = "webhook", url = "http://127.0.0.1:{web}/{name}-{n}" }}"#)
    };
    let mail =
        |name: &str| format!(r#"{{ id = "{name}-{n}", kind = "email", address = "{name}-{n}@acme.test" }}"#);
    let [ana_hook, bo_hook, bo_other] = ["ana-hook", "bo-hook", "bo-other"].map(hook);
    let [ana_mail, cy_mail] = ["ana-mail", "cy-mail"].map(mail);
    format!(
        r#"
        [[user]]
        email = "ana-{n}@acme.test"
        name = "Ana {n}"
        contact = [ {ana_hook}, {ana_mail} ]
        notify = [ {{ after = "0s", contact = "ana-hook-{n}" }}, {{ after = "1s", contact = "ana-mail-{n}" }} ]
        [[user]]
        email = "bo-{n}@acme.test"
        name = "Bo {n}"
        contact = [ {bo_hook}, {bo_other} ]
        notify = [ {{ after = "0s", contact = "bo-hook-{n}" }}, {{ after = "1s", contact = "bo-other-{n}" }} ]
        [[user]]
        email = "cy-{n}@acme.test"
        name = "Cy {n}"
        contact = [ {cy_mail} ]
        [[schedule]]
        slug = "primary-{n}"
        layer = [ {{ participants = ["ana-{n}@acme.test"] }} ]
        [[escalation_policy]]
        slug = "own-{n}"
        step = [
            {{ after = "0s", notify = ["schedule:primary-{n}"] }},
            {{ after = "2s", notify = ["user:bo-{n}@acme.test"] }},
            {{ after = "4s", notify = ["user:cy-{n}@acme.test", "channel:ops"] }},
        ]
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
        escalation_policy = "own-{n}"
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
        escalation_policy = "{SHARED_POLICY}"
        depends_on = [ {{ provider = "p{n}", components = ["API"] }}, {{ provider = "p{next}", components = ["API"] }} ]
        "#
    )
}
