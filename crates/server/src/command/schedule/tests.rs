//! Warnings of gaps.

use super::*;

fn setup(rest: &str) -> Setup {
    struct Nothing;
    impl formats::setup::Secrets for Nothing {
        fn env(&self, _: &str) -> Option<String> {
            None
        }
        fn file(&self, _: &std::path::Path) -> std::io::Result<String> {
            Err(std::io::ErrorKind::NotFound.into())
        }
    }
    let text =
        format!("user = [{{ email = \"ana@acme.example\" }}]\n[[schedule]]\nslug = \"primary\"\n{rest}");
    formats::setup::from_toml(&text, &Nothing).unwrap().setup
}

#[test]
fn a_schedule_with_gaps_is_warned_of_and_says_who_is_called_then() {
    let now = "2026-01-05T08:00:00Z".parse().unwrap();
    let always = "layer = [{ participants = [\"ana@acme.example\"] }]";
    assert_eq!(warnings(&setup(always), now), [""; 0]);
    let ending =
        "layer = [{ participants = [\"ana@acme.example\"], start = \"2025-01-06\", end = \"2026-12-31\" }]";
    let gap = "schedule primary has nobody on call once in the coming year, 119h in all, first from \
               2026-12-31T09:00:00Z to 2027-01-05T08:00:00Z";
    assert_eq!(warnings(&setup(ending), now), [format!("{gap}; add a layer, an override or a `fallback`")]);
    let called = format!("fallback = \"ana@acme.example\"\n{ending}");
    assert_eq!(
        warnings(&setup(&called), now),
        [format!("{gap}; ana@acme.example is called then, as the fallback")]
    );
}

#[test]
fn lengths_are_in_hours_and_minutes() {
    let words = [45, 60, 61, 450, 100 * 60].map(|minutes| length(SignedDuration::from_mins(minutes)));
    assert_eq!(words, ["45m", "1h", "1h1m", "7h30m", "100h"]);
}
