//! Instants, spans, lengths and figures, by language and zone.

use std::time::Duration;

use domain::Language;
use jiff::tz::TimeZone;

use crate::{story::at, view::Uptime, words::Words};

fn english() -> Words<'static> {
    Words::english()
}

/// Returns what each language says.
fn each(say: impl Fn(Words<'_>) -> String) -> [String; 4] {
    Language::ALL.map(|language| say(Words::new(language, language, &TimeZone::UTC)))
}

#[test]
fn dates_have_the_year_at_both_ends_only_when_it_differs() {
    let dates = |from: &str, until: Option<&str>| english().dates(at(from), until.map(at)).plain();
    let start = "2025-05-23T05:50:00Z";
    assert_eq!(dates(start, Some("2025-05-23T07:03:00Z")), "May 23, 2025 · resolved May 23");
    assert_eq!(dates(start, None), "May 23, 2025");
    let new_year = dates("2025-12-31T23:00:00Z", Some("2026-01-01T01:00:00Z"));
    assert_eq!(new_year, "Dec 31, 2025 · resolved Jan 1, 2026");
}

#[test]
fn spans_name_the_day_where_there_are_two() {
    let span = |from: &str, until: &str| english().span(at(from), at(until)).plain();
    assert_eq!(span("2025-05-23T05:50:00Z", "2025-05-23T07:03:00Z"), "05:50–07:03 UTC");
    assert_eq!(span("2025-11-18T22:10:00Z", "2025-11-19T01:30:00Z"), "Nov 18, 22:10 – Nov 19, 01:30 UTC");
    assert_eq!(
        span("2025-12-31T22:10:00Z", "2026-01-01T01:30:00Z"),
        "Dec 31, 2025, 22:10 – Jan 1, 2026, 01:30 UTC"
    );
}

#[test]
fn instants_say_the_day_when_it_is_not_today() {
    let near = |when: &str| english().near(at(when), at("2025-12-02T09:22:26Z")).plain();
    assert_eq!(near("2025-12-02T09:04:00Z"), "09:04 UTC");
    assert_eq!(near("2025-11-18T09:04:00Z"), "Nov 18, 09:04 UTC");
    assert_eq!(near("2024-11-18T09:04:00Z"), "Nov 18, 2024, 09:04 UTC");
}

#[test]
fn each_language_has_its_own_order_months_units_and_comma() {
    let instant = at("2025-05-03T05:50:09Z");
    assert_eq!(
        each(|words| words.full(instant).plain()),
        [
            "May 3, 2025, 05:50 UTC",
            "3 mag 2025, 05:50 UTC",
            "3. Mai 2025, 05:50 UTC",
            "3 مايو 2025، 05:50 UTC"
        ]
    );
    let soon = at("2025-06-01T00:00:00Z");
    assert_eq!(
        each(|words| words.seconds(instant, soon).plain()),
        ["May 3, 05:50:09 UTC", "3 mag, 05:50:09 UTC", "3. Mai, 05:50:09 UTC", "3 مايو، 05:50:09 UTC"]
    );
    assert_eq!(each(|words| words.month(instant)), ["May 2025", "Maggio 2025", "Mai 2025", "مايو 2025"]);
    let length = Duration::from_secs(51 * 3600);
    assert_eq!(each(|words| words.duration(length)), ["2 d 3 h", "2 g 3 h", "2 Tg. 3 Std.", "2 ي 3 س"]);
    let length = Duration::from_secs(73 * 60);
    assert_eq!(
        each(|words| words.duration(length)),
        ["1 h 13 min", "1 h 13 min", "1 Std. 13 Min.", "1 س 13 د"]
    );
    let hours = |hours: u64| Duration::from_secs(hours * 3600);
    let figure = Uptime { window: hours(2160), down: hours(1), maintenance: hours(0), unknown: hours(0) };
    assert_eq!(each(|words| words.share(&figure).unwrap()), ["99.953 %", "99,953%", "99,953 %", "99.953%"]);
}

#[test]
fn each_month_has_a_name() {
    for month in 1..=12 {
        let when = at(&format!("2025-{month:02}-03T00:00:00Z"));
        let named =
            each(|words| format!("{} {}", words.month(when), words.date(jiff::civil::date(2025, month, 3))));
        for text in named {
            assert!(text.chars().any(char::is_alphabetic), "{text}");
        }
    }
}

#[test]
fn the_clock_is_that_of_the_page_and_names_its_zone() {
    let named = |zone: &str, when: &str| {
        let zone = TimeZone::get(zone).unwrap();
        Words::new(Language::English, Language::English, &zone)
            .near(at(when), at("2025-07-02T22:30:00Z"))
            .plain()
    };
    assert_eq!(named("Europe/Rome", "2025-07-02T22:10:00Z"), "00:10 CEST");
    assert_eq!(
        named("Europe/Rome", "2025-07-02T21:10:00Z"),
        "Jul 2, 23:10 CEST",
        "the day is that of the zone"
    );
    assert_eq!(named("Europe/Rome", "2025-01-02T22:10:00Z"), "Jan 2, 23:10 CET");
    assert_eq!(named("Asia/Riyadh", "2025-07-02T22:10:00Z"), "01:10 UTC+3");
    assert_eq!(named("America/Sao_Paulo", "2025-07-02T22:10:00Z"), "19:10 UTC-3");
    assert_eq!(named("Asia/Kathmandu", "2025-07-02T22:10:00Z"), "03:55 UTC+5:45");
}

#[test]
fn lengths_are_in_the_two_largest_units() {
    for (seconds, expect) in [
        (0, "0 s"),
        (59, "59 s"),
        (18 * 60 + 59, "18 min"),
        (3600, "1 h"),
        (73 * 60, "1 h 13 min"),
        (51 * 3600, "2 d 3 h"),
        (48 * 3600, "2 d"),
    ] {
        assert_eq!(english().duration(Duration::from_secs(seconds)), expect);
    }
    assert_eq!(english().lag(Duration::from_secs(66 * 60)), "66 min");
    assert_eq!(english().lag(Duration::from_secs(180 * 60)), "3 h");
}

#[test]
fn figures_are_rounded_down_and_leave_out_what_is_not_known() {
    let hours = |hours: u64| Duration::from_secs(hours * 3600);
    let figure = |window, down, maintenance, unknown| {
        english().share(&Uptime {
            window: hours(window),
            down: hours(down),
            maintenance: hours(maintenance),
            unknown: hours(unknown),
        })
    };
    assert_eq!(figure(2160, 0, 0, 0).as_deref(), Some("100.000 %"));
    assert_eq!(figure(2160, 1, 0, 0).as_deref(), Some("99.953 %"));
    assert_eq!(figure(2160, 1, 60, 2000).as_deref(), Some("99.000 %"));
    assert_eq!(figure(24, 0, 0, 24), None, "no data is not 100 %");
    assert_eq!(figure(24, 0, 20, 20), None, "contradictory parts give no figure");
}
