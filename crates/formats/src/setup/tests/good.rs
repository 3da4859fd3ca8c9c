//! What good configurations mean.

use std::time::Duration;

use domain::{
    Language, OrgId, Platform, Role, ScheduleId, ServiceId, Severity, Status, TeamId, UserId,
    escalation::Target,
    provider::provider_id,
    schedule::Rotation,
    setup::{Destination, Effect, Publish, Upstream},
};
use jiff::civil::{self, Weekday};
use uuid::Uuid;

use super::{Given, from_toml, good};

/// Every object and key of the contract that this version supports.
pub(super) const FULL: &str = r#"
[[provider]]
slug = "commerce-layer"
name = "Commerce Layer"
category = "E-commerce & Marketplaces"
platform = "statuspage"
feed = "https://status.commercelayer.io/api/v2/summary.json"
status_page = "https://status.commercelayer.io"
interval = "60s"

[organization]
slug = "acme"
name = "Acme"

[paging]
ack_timeout = "30m"

[[user]]
email = "ana@acme.example"
name = "Ana"
role = "owner"
time_zone = "Europe/Rome"
contact = [ { id = "hook", kind = "webhook", url = "http://127.0.0.1:9200/ana" }, { id = "mail", kind = "email", address = "ana@acme.example" } ]
notify = [ { after = "0s", contact = "hook" }, { after = "3m", contact = "mail" } ]

[[user]]
email = "Bo@acme.example"
notify_low = [ { after = "10m", contact = "email" } ]
quiet = [ { days = "Sun-Thu", from = "22:00", to = "07:00" }, { days = "Fri,Sat", from = "23:00", to = "09:00" } ]

[[team]]
slug = "payments"
name = "Payments"
members = ["ana@acme.example", "bo@acme.example"]

[[schedule]]
slug = "primary"
name = "Primary"
time_zone = "Europe/Rome"
fallback = "ana@acme.example"
[[schedule.layer]]
rotation = "weekly"
handoff = "Mon 09:00"
start = "2026-01-05"
end = "2031-01-06"
participants = ["ana@acme.example", "bo@acme.example"]
restrict = [{ days = "Mon-Fri", from = "09:00", to = "18:00" }]
[[schedule.override]]
user = "bo@acme.example"
from = "2026-12-24T09:00:00+01:00"
to = 2026-12-27T09:00:00+01:00

[[escalation_policy]]
slug = "default"
repeat = 2
repeat_after = "10m"
step = [ { after = "0s", notify = ["schedule:primary"] }, { after = "5m", notify = ["user:bo@acme.example"] }, { after = "15m", notify = ["channel:ops"] } ]

[[escalation_policy]]
slug = "office"
[[escalation_policy.step]]
notify = ["team:payments"]
round_robin = true
when = [ { severity = "critical" }, { severity = "error", days = "Mon-Fri", from = "09:00", to = "18:00", time_zone = "Europe/Rome" } ]
[[escalation_policy.step]]
after = "5m"
notify = ["user:ana@acme.example", "channel:ops"]
unless = { from = "22:00", to = "07:00" }

[[channel]]
slug = "ops"
kind = "webhook"
url = "https://chat.acme.example/hooks/1"
secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"

[[service]]
slug = "payments"
internal = true

[[service]]
slug = "checkout"
name = "Checkout"
description = "Carts and orders."
labels = { team = "pay", tier = "1" }
escalation_policy = "default"
[[service.depends_on]]
provider = "commerce-layer"
components = ["Checkout", "Commerce API"]
effect = "soften"
page = "never"
publish = "draft"
hold = "1h30m"
maintenance = "ignore"
[[service.depends_on]]
service = "payments"

[[status_page]]
slug = "acme"
title = "Acme Status"
domain = "Status.acme.example"
language = "it"
languages = ["en", "ar"]
time_zone = "Europe/Rome"
show_uptime = false
noindex = true
protection = { password = "correct horse" }
theme = { accent = { light = "purple", dark = "violet" }, text = "red", css = "h1 { padding: 0 }", logo = "data:image;base64,PHN2Zy8+" }
links = { site = "https://acme.example", support = "https://acme.example/help", legal = "https://acme.example/legal" }
group = [ { name = "Shop", description = "What customers see.", services = [{ service = "checkout", name = "Ordering", description = "All orders." }] } ]
"#;

#[test]
fn every_object_of_the_contract_is_read() {
    let objects = good(FULL);
    let org = OrgId::named(Uuid::nil(), "acme");
    let setup = &objects.setup;
    assert_eq!(objects.providers[0].platform, Some(Platform::Statuspage));
    assert_eq!(setup.organization.id, org);
    let ana = &setup.users[0];
    assert_eq!((ana.id, ana.role), (UserId::named(org.0, "ana@acme.example"), Role::Owner));
    assert_eq!(ana.time_zone.iana_name(), Some("Europe/Rome"));
    assert_eq!(ana.ladder[1].after, Duration::from_secs(180));
    let layer = &setup.schedules[0].layers[0];
    assert_eq!(layer.rotation, Rotation::Weekly);
    assert_eq!((layer.handoff_day, layer.handoff_time), (Some(Weekday::Monday), civil::time(9, 0, 0, 0)));
    assert_eq!(layer.end, Some(civil::date(2031, 1, 6)));
    assert_eq!(setup.schedules[0].fallback, Some(ana.id));
    assert_eq!(layer.participants, [ana.id, UserId::named(org.0, "bo@acme.example")]);
    assert_eq!(layer.restrictions[0].days.len(), 5);
    assert_eq!(setup.schedules[0].overrides[0].to.to_string(), "2026-12-27T08:00:00Z");
    let policy = &setup.policies[0];
    assert_eq!((policy.repeat, policy.repeat_after), (2, Some(Duration::from_secs(600))));
    assert_eq!(policy.steps[0].targets, [Target::Schedule(ScheduleId::named(org.0, "primary"))]);
    let bo = &setup.users[1];
    assert_eq!(
        (bo.ladder_low[0].after, bo.ladder_low[0].contact.as_str()),
        (Duration::from_secs(600), "email")
    );
    assert_eq!((bo.quiet.len(), bo.quiet[0].to), (2, civil::time(7, 0, 0, 0)));
    assert_eq!(setup.teams[0].members, [ana.id, bo.id]);
    let [first, second] = setup.policies[1].steps.as_slice() else { panic!("{:?}", setup.policies[1]) };
    assert_eq!(first.targets, [Target::Team(TeamId::named(org.0, "payments"))]);
    assert!(first.round_robin && !second.round_robin && second.when.is_empty());
    assert_eq!(first.when[0].severity, Some(Severity::Critical));
    assert_eq!(first.when[1].hours.as_ref().map(|hours| hours.days.len()), Some(5));
    assert_eq!(first.when[1].time_zone.iana_name(), Some("Europe/Rome"));
    assert_eq!(second.unless[0].hours.as_ref().map(|hours| hours.days.len()), Some(7));
    assert!(matches!(&setup.channels[0].destination, Destination::Webhook { secret: Some(_), .. }));
    let checkout = &setup.services[1];
    assert_eq!(checkout.policy, Some(policy.id));
    assert_eq!(checkout.labels["team"], "pay");
    assert_eq!(setup.paging.ack_timeout, Some(Duration::from_secs(1800)));
    let upstream = &checkout.depends_on[0];
    assert_eq!(upstream.upstream, Upstream::Provider(provider_id("commerce-layer")));
    assert_eq!(
        (upstream.effect, upstream.page, upstream.publish),
        (Effect::Soften, None, Publish::Draft.into())
    );
    assert_eq!((upstream.hold, upstream.show_maintenance), (Duration::from_secs(5400), false));
    assert_eq!(checkout.depends_on[1].upstream, Upstream::Service(ServiceId::named(org.0, "payments")));
    let page = &setup.status_pages[0];
    assert_eq!(page.domain.as_deref(), Some("status.acme.example"));
    assert_eq!(page.language, Language::Italian);
    assert_eq!(page.other_languages, [Language::English, Language::Arabic]);
    assert_eq!(page.time_zone.iana_name(), Some("Europe/Rome"));
    assert_eq!(page.groups[0].services, [checkout.id]);
}

#[test]
fn an_empty_file_is_an_empty_setup() {
    let objects = good("");
    assert_eq!(objects.setup.organization.slug, "default");
    assert_eq!(objects.setup.organization.name, "Midwatch");
    assert!(objects.providers.is_empty() && objects.setup.users.is_empty());
}

#[test]
fn what_is_left_out_has_the_defaults_of_the_contract() {
    let objects = good(
        r#"
        provider = [{ slug = "p", name = "P", category = "C", feed = "https://status.p.example:8443/api/x.json" }]
        [[user]]
        email = "ana@acme.example"
        [[schedule]]
        slug = "primary"
        layer = [{ participants = ["ana@acme.example"], restrict = [{}] }]
        [[service]]
        slug = "checkout"
        depends_on = [{ provider = "p" }]
        "#,
    );
    let provider = &objects.providers[0];
    assert_eq!(provider.status_page.as_deref(), Some("https://status.p.example:8443"));
    assert_eq!((provider.platform, provider.interval), (None, Duration::from_secs(60)));
    let user = &objects.setup.users[0];
    assert_eq!((user.name.as_str(), user.role), ("ana@acme.example", Role::Responder));
    assert_eq!(user.contacts[0].destination, Destination::Email { address: "ana@acme.example".to_owned() });
    assert_eq!((user.ladder.len(), user.ladder[0].after), (1, Duration::ZERO));
    let layer = &objects.setup.schedules[0].layers[0];
    assert_eq!((layer.rotation, layer.handoff_day), (Rotation::Weekly, None));
    assert_eq!(layer.restrictions[0].days.len(), 7);
    let dependency = &objects.setup.services[0].depends_on[0];
    assert_eq!((dependency.effect, dependency.page), (Effect::Mirror, Some(Status::PartialOutage)));
    assert_eq!((dependency.publish, dependency.hold), (Publish::Auto.into(), Duration::ZERO));
    assert!(dependency.show_maintenance && dependency.components.is_empty());
}

#[test]
fn a_user_without_a_ladder_is_told_on_every_contact_at_once() {
    let objects = good(
        r#"
        [[user]]
        email = "ana@acme.example"
        contact = [{ kind = "webhook", url = "https://a.example" }, { id = "m", kind = "email", address = "a@b.c" }]
        "#,
    );
    let ladder: Vec<_> =
        objects.setup.users[0].ladder.iter().map(|it| (it.after, it.contact.as_str())).collect();
    assert_eq!(ladder, [(Duration::ZERO, "webhook"), (Duration::ZERO, "m")]);
}

#[test]
fn variables_and_files_are_taken_in_once() {
    let text = r#"
        channel = [
            { slug = "a", kind = "webhook", url = "https://${HOST}/${TOKEN}" },
            { slug = "b", kind = "webhook", url = "file:hook.txt" },
        ]
    "#;
    let given = Given {
        env: [("HOST", "chat.example"), ("TOKEN", "${HOST}")].into(),
        files: [("hook.txt", "https://b.example/${x}\n")].into(),
    };
    let objects = from_toml(text, &given).unwrap();
    let urls: Vec<_> = objects.setup.channels.iter().map(|it| it.destination.clone()).collect();
    let expected = ["https://chat.example/${HOST}", "https://b.example/${x}"];
    for (destination, expected) in urls.iter().zip(expected) {
        let Destination::Webhook { url, .. } = destination else { panic!("{destination:?}") };
        assert_eq!(url.expose(), expected);
    }
}

#[test]
fn days_and_times_have_the_forms_people_write() {
    let days = |text: &str| {
        let objects = good(&format!(
            r#"
            user = [{{ email = "a@b.c" }}]
            [[schedule]]
            slug = "s"
            layer = [{{ participants = ["a@b.c"], restrict = [{{ days = "{text}", from = "18:00", to = "24:00" }}] }}]
            "#
        ));
        let restriction = objects.setup.schedules[0].layers[0].restrictions[0].clone();
        assert_eq!(restriction.to, civil::Time::midnight());
        restriction.days
    };
    assert_eq!(days("Mon,Wed"), [Weekday::Monday, Weekday::Wednesday]);
    assert_eq!(days("sat-mon"), [Weekday::Saturday, Weekday::Sunday, Weekday::Monday]);
    assert_eq!(days("Tuesday, Fri-Sat"), [Weekday::Tuesday, Weekday::Friday, Weekday::Saturday]);
}

/// Statements of each kind, over [`FULL`].
pub(super) const ASSERTIONS: &str = r#"
[[assert]]
name = "critical reaches a human in 10 minutes"
severity = "critical"
within = "10m"
reaches = "human"
by = ["sms", "webhook"]
at_least = 2
last_resort = false
for = "30d"

[[assert]]
name = "an administrator hears of everything"
reaches = "role:admin"

[[assert]]
name = "nobody is on call for more than a week"
on_call_at_most = "7d"
"#;
