//! What bad configurations are told: the marked text, the path, what is wrong, what would be right.

use super::{read, shown};

#[track_caller]
pub(super) fn check(text: &str, expected: &str) {
    let problems = read(text).expect_err("it must be refused");
    assert_eq!(shown(&problems, text).trim(), expected.trim());
}

#[test]
fn providers_need_what_a_catalog_would_know_and_sane_values() {
    check(
        r##"provider = [{ slug = "p" }]"##,
        r##"
{ slug = "p" } | provider[0]: a provider needs `name`, `category`, `feed` or `status_page` | only a shipped provider may leave them out, and no shipped providers are there
"##,
    );
    check(
        r##"provider = [{ slug = "p", name = "P", category = "&", feed = "ftp://p.example", platform = "statuspag", interval = "1s" }]"##,
        r##"
"&" | provider[0].category: expected a category with a letter in it, such as "E-commerce & Marketplaces", found "&"
"ftp://p.example" | provider[0].feed: "ftp://p.example" is an address of kind `ftp`; only http and https are read | write it like "https://status.acme.example"
"statuspag" | provider[0].platform: "statuspag" is not one of "statuspage", "incidentio", "instatus", "betterstack", "statusio", "statuspal", "hund", "sorry", "statuscast", "cachet", "uptimekuma", "gatus", "upptime", "cstate", "freshstatus", "uptimerobot", "pagerduty", "statusiq", "google", "aws", "azure", "microsoft365", "slack", "heroku", "salesforce", "apple", "zendesk", "adobe", "algolia", "flashduty", "feed", "html" | did you mean "statuspage"?
"1s" | provider[0].interval: "1s" is too short: at least 10s
"##,
    );
    check(
        r##"provider = [{ slug = "p", name = "", category = "C", feed = "p.example/feed", interval = 60 }]"##,
        r##"
"" | provider[0].name: this is empty; expected a text such as "Checkout"
"p.example/feed" | provider[0].feed: "p.example/feed" is no address: relative URL without a base | write it like "https://status.acme.example"
60 | provider[0].interval: expected a duration such as "30s", "5m" or "1h30m", found 60
"##,
    );
    check(
        r##"provider = [{ slug = "events", name = "Events", category = "Other", feed = "https://p.example" }]"##,
        r##"
"events" | provider[0].slug: "events" is reserved: /api/v1/providers/events is an address of ours | write "events-status"
"##,
    );
    check(
        r##"provider = [{ slug = "P_1", name = "a\nb", category = "C", feed = "https://", interval = "9999d" }]"##,
        r##"
"P_1" | provider[0].slug: "P_1" is no slug: lower-case letters, digits and hyphens between them, at most 80 | write "p-1"
"a\nb" | provider[0].name: this holds a line break or another control character
"https://" | provider[0].feed: "https://" is no address: empty host | write it like "https://status.acme.example"
"9999d" | provider[0].interval: "9999d" is too long: at most 366d
"##,
    );
}

#[test]
fn objects_stand_in_the_brackets_they_belong_in() {
    check(
        r##"[provider]
slug = "p""##,
        r##"
[provider] | provider: there can be several; write `[[provider]]`, not `[provider]`
"##,
    );
    check(
        r##"[[organization]]
slug = "p""##,
        r##"
[[organization]] | organization: there is only one `organization`; write `[organization]`, not `[[organization]]`
"##,
    );
    check(
        r##"organization = 3"##,
        r##"
3 | organization: expected a table such as { key = "value" }, found 3
"##,
    );
}

#[test]
fn what_this_version_can_not_do_is_never_silently_ignored() {
    check(
        r##"[[check]]
slug = "checkout-home"
kind = "http"
[[integration]]
key = "${X}""##,
        r##"
"checkout-home" | check[0].slug: checks are not supported by this version | remove [[check]] "checkout-home"
[[integration]] | integration: integrations are not supported by this version | remove [[integration]]
"##,
    );
}

#[test]
fn users_have_unique_addresses_and_known_zones() {
    check(
        r##"[[user]]
email = "ana"
role = "ower"
time_zone = "Rome""##,
        r##"
"ana" | user[0].email: expected an e-mail address such as "ana@acme.example", found "ana"
"ower" | user[0].role: "ower" is not one of "viewer", "responder", "admin", "owner" | did you mean "owner"?
"Rome" | user[0].time_zone: there is no time zone "Rome" | did you mean "Europe/Rome"?
"##,
    );
    check(
        r##"[[user]]
name = "Ana"
time_zone = "Europe/Roma""##,
        r##"
[[user]] | user[0]: `email` is missing
"Europe/Roma" | user[0].time_zone: there is no time zone "Europe/Roma" | did you mean "Europe/Rome"?
"##,
    );
    check(
        r##"[[user]]
email = "ana@acme.example"
[[user]]
email = "Ana@acme.example"
time_zone = "Mars""##,
        r##"
"Ana@acme.example" | user[1].email: there is already a user "Ana@acme.example"
"Mars" | user[1].time_zone: there is no time zone "Mars" | write an IANA name such as "Europe/Rome" or "UTC"
"##,
    );
}

#[test]
fn contacts_are_reachable_and_ladders_name_them() {
    check(
        r##"[[user]]
email = "ana@acme.example"
contact = [{ id = "hook", kind = "webhook", url = "${HOOK}" }, { kind = "email", address = "x" }]
notify = [{ contact = "hok" }, { after = "soon" }]"##,
        r##"
"${HOOK}" | user[0].contact[0].url: the environment variable `HOOK` is not set
"x" | user[0].contact[1].address: expected an e-mail address such as "ana@acme.example", found "x"
"hok" | user[0].notify[0].contact: "hok" is not one of "hook" | did you mean "hook"?
{ after = "soon" } | user[0].notify[1]: `contact` is missing
"soon" | user[0].notify[1].after: expected a duration such as "30s", "5m" or "1h30m", found "soon"
"##,
    );
    check(
        r##"[[user]]
email = "ana@acme.example"
contact = [{ kind = "email", address = "a@b.c" }, { kind = "email", id = "email", address = "a@b.d" }]
notify = [{ contact = "mail" }]"##,
        r##"
{ kind = "email", id = "email", address = "a@b.d" } | user[0].contact[1]: there is already a contact "email" | give each its own id
"mail" | user[0].notify[0].contact: "mail" is not one of "email" | did you mean "email"?
"##,
    );
    check(
        r##"channel = [{ slug = "b", kind = "webhook", url = "file:none" }, { slug = "c", kind = "webhook", url = "https://a.b/${", secret = "s3cret" }]"##,
        r##"
"file:none" | channel[0].url: the file `none` can't be read: entity not found
"https://a.b/${" | channel[1].url: `${` without `}`; write `${NAME}`
"s3cret" | channel[1].secret: this is no signing secret | write `whsec_` and 24 random bytes in base64, or leave it out to have one derived
"##,
    );
}

#[test]
fn schedules_leave_nobody_out_and_their_dates_are_exact() {
    check(
        r##"user = [{ email = "ana@acme.example" }]
[[schedule]]
slug = "primary""##,
        r##"
[[schedule]] | schedule[0]: a schedule without a layer never has anyone on call | add [[schedule.layer]]
"##,
    );
    check(
        r##"user = [{ email = "ana@acme.example" }]
[[schedule]]
slug = "primary"
layer = [{}, { participants = [] }, { participants = ["anna@acme.example"], handoff = "Mo 9", start = "5.1.2026", rotation = "fortnightly" }]"##,
        r##"
{} | schedule[0].layer[0]: `participants` is missing
[] | schedule[0].layer[1].participants: expected at least one user such as ["ana@acme.example"], found an empty list
"anna@acme.example" | schedule[0].layer[2].participants[0]: there is no user "anna@acme.example" | did you mean "ana@acme.example"?
"Mo 9" | schedule[0].layer[2].handoff: expected a hand-off such as "Mon 09:00" or "09:00", found "Mo 9"
"5.1.2026" | schedule[0].layer[2].start: expected a day such as "2026-01-05", found "5.1.2026"
"fortnightly" | schedule[0].layer[2].rotation: expected a rotation such as "daily", "weekly" or "12h", found "fortnightly"
"##,
    );
    check(
        r##"user = [{ email = "ana@acme.example" }]
[[schedule]]
slug = "primary"
[[schedule.layer]]
participants = ["ana@acme.example"]
rotation = "daily"
handoff = "Mon 09:00"
restrict = [{ days = "Mon-Fri,Fri", from = "9" }]
[[schedule.override]]
user = "ana@acme.example"
from = "2026-12-24T09:00:00"
to = "2026-12-24T09:00:00Z"
[[schedule.override]]
user = "ana@acme.example"
from = "2026-12-24T09:00:00Z"
to = "2026-12-24T09:00:00Z""##,
        r##"
"Mon 09:00" | schedule[0].layer[0].handoff: only turns of whole weeks hand off on a day of the week | write "09:00"; `start` is the day of the first
"Mon-Fri,Fri" | schedule[0].layer[0].restrict[0].days: "Mon-Fri,Fri" names a day twice
"9" | schedule[0].layer[0].restrict[0].from: expected a time of day such as "09:00", found "9"
"2026-12-24T09:00:00" | schedule[0].override[0].from: expected an instant with its offset from UTC such as "2026-12-24T09:00:00+01:00", found "2026-12-24T09:00:00"
"2026-12-24T09:00:00Z" | schedule[0].override[1].to: an override must end after it begins
"##,
    );
    check(
        r##"user = [{ email = "ana@acme.example" }]
[[schedule]]
slug = "primary"
layer = [{ participants = ["ana@acme.example"], rotation = "90s" }]"##,
        r##"
"90s" | schedule[0].layer[0].rotation: expected turns of whole minutes such as "12h", found "90s"
"##,
    );
}

#[test]
fn schedules_do_not_contradict_themselves() {
    check(
        r##"user = [{ email = "ana@acme.example" }, { email = "bo@acme.example" }]
[[schedule]]
slug = "primary"
fallback = "anna@acme.example"
layer = [
  { participants = ["ana@acme.example"], start = "2026-01-05", end = "2026-01-05" },
  { participants = ["ana@acme.example"], start = "2026-01-05", end = "2026-02-30" },
  { participants = ["ana@acme.example"], start = "2026-01-05", end = "2026-01-08", handoff = "Fri 09:00" },
]
[[schedule.override]]
user = "ana@acme.example"
from = "2026-12-24T09:00:00Z"
to = "2026-12-26T09:00:00Z"
[[schedule.override]]
user = "Ana@acme.example"
from = "2026-12-25T09:00:00Z"
to = "2026-12-27T09:00:00Z"
[[schedule.override]]
user = "bo@acme.example"
from = "2026-12-26T20:00:00Z"
to = "2026-12-28T09:00:00Z"
[[schedule.override]]
user = "ana@acme.example"
from = "2026-12-28T09:00:00Z"
to = "2026-12-29T09:00:00Z""##,
        r##"
"anna@acme.example" | schedule[0].fallback: there is no user "anna@acme.example" | did you mean "ana@acme.example"?
"2026-01-05" | schedule[0].layer[0].end: a layer must end after it starts, which is on 2026-01-05 | write the day on which another takes over
"2026-02-30" | schedule[0].layer[1].end: expected a day such as "2026-01-05", found "2026-02-30"
{ participants = ["ana@acme.example"], start = "2026-01-05", end = "2026-01-08", handoff = "Fri 09:00" } | schedule[0].layer[2]: this layer ends before its first hand-off, so it is never anybody's turn | it starts on the first hand-off day on or after `start`; write a later `end`
[[schedule.override]] | schedule[0].override[2]: bo@acme.example and Ana@acme.example would both have the time from 2026-12-26T20:00:00Z to 2026-12-27T09:00:00Z | let one override end where the other begins, or remove one
"##,
    );
}

#[test]
fn policies_page_someone_at_rising_times() {
    check(
        r##"[[escalation_policy]]
slug = "a"
[[escalation_policy]]
slug = "b"
repeat = 1000
step = []"##,
        r##"
[[escalation_policy]] | escalation_policy[0]: an escalation policy without a step pages nobody | add step = [ { after = "0s", notify = ["schedule:primary"] } ]
[[escalation_policy]] | escalation_policy[1]: an escalation policy without a step pages nobody | add step = [ { after = "0s", notify = ["schedule:primary"] } ]
1000 | escalation_policy[1].repeat: expected a whole number between 0 and 100 such as 0, found 1000
"##,
    );
    check(
        r##"user = [{ email = "ana@acme.example" }]
[[escalation_policy]]
slug = "a"
repeat = "2"
step = [{ notify = [] }, { after = "5m", notify = ["schedule:primary", "ana", "user:anna@acme.example"] }, { after = "5m" }]"##,
        r##"
"2" | escalation_policy[0].repeat: expected a whole number between 0 and 100 such as 0, found "2"
[] | escalation_policy[0].step[0].notify: expected at least one target such as ["schedule:primary"], found an empty list
"schedule:primary" | escalation_policy[0].step[1].notify[0]: there is no schedule "primary" | add [[schedule]] with slug = "primary", or name one of those that are there
"ana" | escalation_policy[0].step[1].notify[1]: expected a target such as "schedule:primary", "user:ana@acme.example", "team:payments" or "channel:ops", found "ana"
"user:anna@acme.example" | escalation_policy[0].step[1].notify[2]: there is no user "anna@acme.example" | did you mean "ana@acme.example"?
{ after = "5m" } | escalation_policy[0].step[2]: a step must come later than the one before it | times count from the start of the round, not from the step before
{ after = "5m" } | escalation_policy[0].step[2]: `notify` is missing
"##,
    );
}

#[test]
fn teams_have_members_each_once() {
    check(
        r##"user = [{ email = "ana@acme.example" }]
team = [{ slug = "a" }, { slug = "b", members = [] }, { slug = "c", members = ["ana@acme.example", "ANA@acme.example", "bo@acme.example"] }]
[[escalation_policy]]
slug = "p"
step = [{ notify = ["team:d", "policy:p"] }]"##,
        r##"
{ slug = "a" } | team[0]: `members` is missing
[] | team[1].members: expected at least one user such as ["ana@acme.example"], found an empty list
"ANA@acme.example" | team[2].members[1]: "ANA@acme.example" is in the team already
"bo@acme.example" | team[2].members[2]: there is no user "bo@acme.example" | add [[user]] with email = "bo@acme.example", or name one of those that are there
"team:d" | escalation_policy[0].step[0].notify[0]: there is no team "d" | add [[team]] with slug = "d", or name one of those that are there
"policy:p" | escalation_policy[0].step[0].notify[1]: escalation policies hand over to each other in a circle: p -> p | remove one of these steps
"##,
    );
}

#[test]
fn conditions_say_something_that_can_hold() {
    check(
        r##"user = [{ email = "ana@acme.example" }]
[[escalation_policy]]
slug = "p"
step = [{ notify = ["user:ana@acme.example"], when = {}, unless = [{ severity = "fatal" }, { time_zone = "Europe/Rome" }, { hours = 3 }], round_robin = 1 }]"##,
        r##"
{} | escalation_policy[0].step[0].when: this condition says nothing | write severity = "critical", or days = "Mon-Fri", from = "09:00", to = "18:00"
"fatal" | escalation_policy[0].step[0].unless[0].severity: "fatal" is not one of "info", "warning", "error", "critical"
"Europe/Rome" | escalation_policy[0].step[0].unless[1].time_zone: a time zone says nothing without a time | add days = "Mon-Fri", from = "09:00" or to = "18:00", or remove it
{ hours = 3 } | escalation_policy[0].step[0].unless[2]: this condition says nothing | write severity = "critical", or days = "Mon-Fri", from = "09:00", to = "18:00"
hours | escalation_policy[0].step[0].unless[2].hours: unknown key `hours` | the keys here are severity, days, from, to, time_zone
1 | escalation_policy[0].step[0].round_robin: expected true or false such as true, found 1
"##,
    );
    check(
        r##"[[user]]
email = "ana@acme.example"
quiet = [{}]
notify_low = [{ contact = "emial" }]
[[escalation_policy]]
slug = "p""##,
        r##"
"emial" | user[0].notify_low[0].contact: "emial" is not one of "email" | did you mean "email"?
[[escalation_policy]] | escalation_policy[0]: an escalation policy without a step pages nobody | add step = [ { after = "0s", notify = ["schedule:primary"] } ]
"##,
    );
}

#[test]
fn what_reads_well_and_reaches_nobody_is_refused_as_well() {
    let text = r##"[[user]]
email = "ana@acme.example"
quiet = [{}]
[[escalation_policy]]
slug = "p"
[[escalation_policy.step]]
notify = ["user:ana@acme.example"]
when = { severity = "error", from = "09:00", to = "12:00" }
unless = [{ severity = "warning", from = "08:00", to = "13:00" }]"##;
    check(
        text,
        r##"
"ana@acme.example" | user[0].email: quiet hours fill the whole week, so nothing short of critical would ever arrive: leave some time free
"p" | escalation_policy[0].slug: step 1: its conditions never hold, so it is always passed over: change `when` or `unless`
"##,
    );
    // What an older version has stored is read all the same.
    let stored = r##"{"user":[{"email":"ana@acme.example","quiet":[{}]}]}"##;
    assert!(super::super::from_json(&serde_json::from_str(stored).unwrap()).is_ok());
}

#[test]
fn services_refer_to_what_is_there_and_never_to_themselves() {
    check(
        r##"[[service]]
slug = "a"
escalation_policy = "x"
[[service]]
slug = "a""##,
        r##"
"x" | service[0].escalation_policy: there is no escalation policy "x" | add [[escalation_policy]] with slug = "x", or name one of those that are there
"a" | service[1].slug: there is already a service "a"
"##,
    );
    check(
        r##"service = [{ slug = "checkout", depends_on = [{ provider = "comerce", page = "operational", effect = "mirrored" }, { service = "chekout", components = ["x"] }, { provider = "commerce", service = "checkout" }, {}] }]
provider = [{ slug = "commerce", name = "C", category = "C", feed = "https://c.example" }]"##,
        r##"
"comerce" | service[0].depends_on[0].provider: there is no provider "comerce" | did you mean "commerce"?
"operational" | service[0].depends_on[0].page: "operational" is not one of "degraded_performance", "partial_outage", "major_outage", "never"
"mirrored" | service[0].depends_on[0].effect: "mirrored" is not one of "mirror", "soften", "annotate", "ignore" | did you mean "mirror"?
"chekout" | service[0].depends_on[1].service: there is no service "chekout" | did you mean "checkout"?
"checkout" | service[0].depends_on[2].service: a dependency has a provider or a service, not both
{} | service[0].depends_on[3]: it is missing what this depends on | add provider = "SLUG" or service = "SLUG"
"##,
    );
    check(
        r##"service = [{ slug = "lead", depends_on = [{ service = "a" }] }, { slug = "a", depends_on = [{ service = "b" }] }, { slug = "b", depends_on = [{ service = "end" }, { service = "a" }] }, { slug = "end" }]"##,
        r##"
"a" | service[2].depends_on[1].service: services depend on each other in a circle: a -> b -> a | remove one of these dependencies
"##,
    );
    check(
        r##"service = [{ slug = "a", depends_on = [{ service = "a", components = ["x"] }] }]"##,
        r##"
"a" | service[0].depends_on[0].service: services depend on each other in a circle: a -> a | remove one of these dependencies
["x"] | service[0].depends_on[0].components: only providers have components; a service is taken as a whole
"##,
    );
}

#[test]
fn answers_stand_for_a_minute_at_least_and_labels_are_texts() {
    check(
        r##"paging = { ack_timeout = "30s", ack = "1h" }
service = [{ slug = "a", labels = { team = 1, tier = "" } }]"##,
        r##"
"30s" | paging.ack_timeout: nobody mends anything in less than a minute | "30m"
ack | paging.ack: unknown key `ack` | the keys here are ack_timeout
1 | service[0].labels.team: expected a text such as "Checkout", found 1
"" | service[0].labels.tier: this is empty; expected a text such as "Checkout"
"##,
    );
}

#[test]
fn status_pages_show_known_services_once() {
    check(
        r##"[[service]]
slug = "a"
[[status_page]]
slug = "acme"
domain = "https://status.acme.example/"
group = [{ services = ["a", "a", "b"] }]"##,
        r##"
"https://status.acme.example/" | status_page[0].domain: expected a host name without scheme and path such as "status.acme.example", found "https://status.acme.example/"
{ services = ["a", "a", "b"] } | status_page[0].group[0]: `name` is missing
"a" | status_page[0].group[0].services[1]: the page shows "a" twice
"b" | status_page[0].group[0].services[2]: there is no service "b" | add [[service]] with slug = "b", or name one of those that are there
"##,
    );
    check(
        r##"[[status_page]]
slug = "a"
domain = "x.example"
[[status_page]]
slug = "b"
domain = "X.example""##,
        r##"
"X.example" | status_page[1].domain: another status page has the domain "X.example"
"##,
    );
}

#[test]
fn an_unknown_language_is_refused_with_the_one_that_was_meant() {
    check(
        r##"[[status_page]]
slug = "a"
language = "de-AT"
languages = ["italian", "Deutch", "de", "de", "en", "fr", 3]"##,
        r##"
"de-AT" | status_page[0].language: "de-AT" is none of the languages "en" (English), "it" (Italiano), "de" (Deutsch), "ar" (العربية) | write "de" for Deutsch
"italian" | status_page[0].languages[0]: "italian" is none of the languages "en" (English), "it" (Italiano), "de" (Deutsch), "ar" (العربية) | write "it" for Italiano
"Deutch" | status_page[0].languages[1]: "Deutch" is none of the languages "en" (English), "it" (Italiano), "de" (Deutsch), "ar" (العربية) | write "de" for Deutsch
"de" | status_page[0].languages[3]: the page speaks "de" twice | `language` is spoken anyhow; `languages` are the others, each once
"en" | status_page[0].languages[4]: the page speaks "en" twice | `language` is spoken anyhow; `languages` are the others, each once
"fr" | status_page[0].languages[5]: "fr" is none of the languages "en" (English), "it" (Italiano), "de" (Deutsch), "ar" (العربية)
3 | status_page[0].languages[6]: expected a language such as "it", found 3
"##,
    );
}

#[test]
fn sections_are_tables_with_known_names() {
    check(
        r##"[service]
slug = "a"
[[servce]]
slug = "b""##,
        r##"
[service] | service: there can be several; write `[[service]]`, not `[service]`
servce | servce: unknown key `servce` | did you mean `service`?
"##,
    );
    check(
        r##"service = [3, [1]]"##,
        r##"
3 | service[0]: expected a table such as { key = "value" }, found 3
[1] | service[1]: expected a table such as { key = "value" }, found a list
"##,
    );
}

#[test]
fn syntax_errors_come_alone_and_in_order() {
    check(
        r##"[organization]
slug =
name = "a
nmae = 1"##,
        r##"
 | : this is not TOML: string values must be quoted, expected literal string
 | : this is not TOML: invalid basic string, expected `"`
"##,
    );
}
