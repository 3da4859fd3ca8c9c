//! What a dependency lets the machine say in public: a word, or how far it may go by itself.

use std::time::Duration;

use domain::{
    Status,
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
{ up_to = "partial", above = "auto", befor = 1 } | service[0].depends_on[0].publish: unknown key `befor` | the keys here are up_to, above, after
"partial" | service[0].depends_on[0].publish.up_to: "partial" is not one of "degraded_performance", "partial_outage"
"auto" | service[0].depends_on[0].publish.above: "auto" is not one of "draft", "never"
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
