//! What a dependency lets the machine say in public: a word, or how far it may go by itself.

use std::time::Duration;

use domain::{
    Severity, Status,
    setup::{Guard, Publish},
};

use super::{good, refusals::check};
use crate::setup::{from_json, to_json};

const HEAD: &str =
    "provider = [{ slug = \"p\", name = \"P\", category = \"C\", feed = \"https://p.example\" }]\n";

fn with(publish: &str) -> String {
    format!(
        "{HEAD}service = [{{ slug = \"checkout\", depends_on = [{{ provider = \"p\", publish = {publish} }}] }}]"
    )
}

#[test]
fn a_guard_is_read_and_written_back_the_same() {
    let auto = Guard::from(Publish::Auto);
    let limited = Guard { up_to: Some(Status::PartialOutage), above: Publish::Draft, ..auto };
    for (text, expected) in [
        ("\"auto\"", auto),
        ("\"draft\"", Publish::Draft.into()),
        ("\"never\"", Publish::Never.into()),
        ("{ }", auto),
        ("{ after = \"2m\" }", Guard { after: Duration::from_secs(120), ..auto }),
        ("{ up_to = \"partial_outage\" }", limited),
        (
            "{ up_to = \"degraded_performance\", above = \"never\", after = \"1h\" }",
            Guard {
                up_to: Some(Status::DegradedPerformance),
                above: Publish::Never,
                after: Duration::from_secs(3600),
                ..auto
            },
        ),
    ] {
        let objects = good(&with(text));
        assert_eq!(objects.setup.services[0].depends_on[0].publish, expected, "{text}");
        let written = to_json(&objects.setup, &objects.providers);
        assert_eq!(from_json(&written).unwrap(), objects, "{text}");
    }
}

#[test]
fn a_guard_that_says_nothing_sensible_is_refused() {
    check(
        &with("{ up_to = \"partial\", above = \"auto\", befor = 1 }"),
        r##"
"partial" | service[0].depends_on[0].publish.up_to: "partial" is not one of "degraded_performance", "partial_outage"
"auto" | service[0].depends_on[0].publish.above: "auto" is not one of "draft", "never"
befor | service[0].depends_on[0].publish.befor: unknown key `befor` | the keys here are up_to, above, after
"##,
    );
    check(
        &with("{ above = \"never\" }"),
        r##"
"never" | service[0].depends_on[0].publish.above: this says who tells what is worse, and not than what | add up_to = "partial_outage"
"##,
    );
    check(
        &with("\"atuo\""),
        r##"
"atuo" | service[0].depends_on[0].publish: "atuo" is not one of "auto", "draft", "never" | did you mean "auto"?
"##,
    );
}

#[test]
fn how_long_readers_wait_is_one_span_or_one_for_each_severity() {
    let minutes = |count: u64| Duration::from_secs(60 * count);
    let objects = good("public = { next_update = \"30m\" }");
    let all = [Severity::Info, Severity::Warning, Severity::Error, Severity::Critical];
    assert!(all.iter().all(|severity| objects.setup.public.next_update(*severity) == Some(minutes(30))));
    let objects = good("public = { next_update = { critical = \"15m\", warning = \"2h\" } }");
    let waits = all.map(|severity| objects.setup.public.next_update(severity));
    assert_eq!(waits, [None, Some(minutes(120)), None, Some(minutes(15))]);
    assert_eq!(from_json(&to_json(&objects.setup, &objects.providers)).unwrap(), objects);
    check(
        "public = { next_update = \"5m\", nxt = 1 }",
        r##"
"5m" | public.next_update: "5m" can't be promised: at least 10m and at most 7d | write it like "30m"
nxt | public.nxt: unknown key `nxt` | the keys here are next_update
"##,
    );
}

#[test]
fn a_template_of_post_mortems_is_checked_and_written_back_the_same() {
    let objects = good("postmortem = { template = \"## Why {title}\\n\\n{times}\" }");
    let template = objects.setup.public.postmortem.clone().unwrap();
    assert_eq!(template.as_str(), "## Why {title}\n\n{times}");
    assert_eq!(from_json(&to_json(&objects.setup, &objects.providers)), Ok(objects));
    assert_eq!(good("postmortem = {}").setup.public.postmortem, None);
    check(
        "postmortem = { template = \"a\\n{reason}\" }",
        r#"
"a\n{reason}" | postmortem.template: line 2: there is no `{reason}`; the names are title, number, severity, services, duration, summary, times, impact, providers, timeline"#,
    );
}
