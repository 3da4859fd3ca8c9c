//! Instants in the forms that feeds write them. Text that is no instant is none: nothing here guesses a zone.

use jiff::civil::DateTime;
use jiff::fmt::rfc2822;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};

/// Zone names that mail-style dates carry (RFC 822 section 5.1 and the zones that AWS and Apple use), in hours from UTC.
const NAMED_ZONES: [(&str, &str); 14] = [
    ("UTC", "+0000"),
    ("UT", "+0000"),
    ("GMT", "+0000"),
    ("Z", "+0000"),
    ("EST", "-0500"),
    ("EDT", "-0400"),
    ("CST", "-0600"),
    ("CDT", "-0500"),
    ("MST", "-0700"),
    ("MDT", "-0600"),
    ("PST", "-0800"),
    ("PDT", "-0700"),
    ("CET", "+0100"),
    ("CEST", "+0200"),
];

/// Reads RFC 3339 (also with a blank instead of the `T`), or a mail-style date (RFC 2822) whose zone may be a name of the
/// fixed table. An unknown zone name is no instant.
pub(crate) fn any(text: &str) -> Option<Timestamp> {
    let text = text.trim();
    text.parse().ok().or_else(|| mail(text)).or_else(|| go(text)).filter(is_sane)
}

/// Reads a mail-style date: `Mon, 17 Aug 2026 21:01:19 PDT`.
pub(crate) fn mail(text: &str) -> Option<Timestamp> {
    let (date, zone) = text.trim().rsplit_once(' ')?;
    let named =
        NAMED_ZONES.iter().find(|(name, _)| name.eq_ignore_ascii_case(zone)).map(|(_, offset)| *offset);
    let offset = named.or(Some(zone).filter(|zone| zone.starts_with(['+', '-'])))?;
    rfc2822::DateTimeParser::new()
        .relaxed_weekday(true)
        .parse_timestamp(format!("{date} {offset}"))
        .ok()
        .filter(is_sane)
}

/// Reads the form that Go programs print: `2017-02-02 14:54:00 +0000 UTC`.
pub(crate) fn go(text: &str) -> Option<Timestamp> {
    let mut parts = text.split_ascii_whitespace();
    let (date, time, offset) = (parts.next()?, parts.next()?, parts.next()?);
    jiff::fmt::strtime::parse("%Y-%m-%d %H:%M:%S%.f %z", format!("{date} {time} {offset}"))
        .ok()?
        .to_timestamp()
        .ok()
        .filter(is_sane)
}

/// Reads a date and time without a zone, which the platform says to be in `zone`; also takes a full instant.
pub(crate) fn civil(text: &str, zone: &TimeZone) -> Option<Timestamp> {
    let text = text.trim();
    if let Some(instant) = any(text) {
        return Some(instant);
    }
    let local: DateTime = text.parse().ok()?;
    zone.to_timestamp(local).ok().filter(is_sane)
}

/// Reads seconds since 1970.
pub(crate) fn seconds(seconds: i64) -> Option<Timestamp> {
    Timestamp::from_second(seconds).ok().filter(is_sane)
}

/// Reads milliseconds since 1970.
pub(crate) fn milliseconds(milliseconds: i64) -> Option<Timestamp> {
    Timestamp::from_millisecond(milliseconds).ok().filter(is_sane)
}

/// Reads seconds or milliseconds since 1970, which some documents mix; the size tells them apart.
pub(crate) fn epoch(text: &str) -> Option<Timestamp> {
    let number: i64 = text.trim().parse().ok()?;
    if number < 100_000_000_000 { seconds(number) } else { milliseconds(number) }
}

/// Whether an instant can belong to a status page: not before 2000, not after 2100. Zero values of databases, and seconds
/// taken for milliseconds, are none.
pub(crate) fn is_sane(instant: &Timestamp) -> bool {
    (946_684_800..4_102_444_800).contains(&instant.as_second())
}

/// Returns `at` moved by a number of minutes.
pub(crate) fn plus_minutes(at: Timestamp, minutes: i64) -> Option<Timestamp> {
    let minutes = minutes.clamp(0, 60 * 24 * 365);
    at.checked_add(SignedDuration::from_mins(minutes)).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_form_is_one_instant() {
        let check = |text: &str, expect: Option<&str>| {
            assert_eq!(any(text), expect.map(|it| it.parse().unwrap()), "{text}");
        };
        check("2019-02-21T08:31:24.239-06:00", Some("2019-02-21T14:31:24.239Z"));
        check("2026-08-22 10:00:00Z", Some("2026-08-22T10:00:00Z"));
        check("Mon, 17 Aug 2026 21:01:19 PDT", Some("2026-08-18T04:01:19Z"));
        check("Fri, 31 Jul 2026 00:12:00 Z", Some("2026-07-31T00:12:00Z"));
        check("17 Aug 2026 21:01:19 +0200", Some("2026-08-17T19:01:19Z"));
        check("2017-02-02 14:54:00 +0000 UTC", Some("2017-02-02T14:54:00Z"));
        check("Mon, 17 Aug 2026 21:01:19 XYZ", None);
        check("2026-08-22T10:00:00", None);
        check("0001-01-01T00:00:00Z", None);
        check("1999-12-31T23:59:59Z", None);
        check("2000-01-01T00:00:00Z", Some("2000-01-01T00:00:00Z"));
        check("<no value>", None);
        check("", None);
    }

    #[test]
    fn a_zone_is_applied_only_where_the_text_has_none() {
        let rome = TimeZone::get("Europe/Rome").unwrap();
        let expect = |text: &str| text.parse().ok();
        assert_eq!(civil("2023-11-15T10:03:20", &TimeZone::UTC), expect("2023-11-15T10:03:20Z"));
        assert_eq!(civil("2026-09-30 20:10:16.566", &TimeZone::UTC), expect("2026-09-30T20:10:16.566Z"));
        assert_eq!(civil("2023-11-15 10:03:20", &rome), expect("2023-11-15T09:03:20Z"));
        assert_eq!(civil("2023-11-15T10:03:20Z", &rome), expect("2023-11-15T10:03:20Z"));
        assert_eq!(civil("yesterday", &rome), None);
    }

    #[test]
    fn numbers_out_of_range_are_no_instants() {
        assert_eq!(seconds(1_700_000_000), "2023-11-14T22:13:20Z".parse().ok());
        assert_eq!(milliseconds(1_700_000_000_000), seconds(1_700_000_000));
        for wrong in [0, -1, i64::MAX, i64::MIN, 1_700_000_000_000] {
            assert_eq!(seconds(wrong), None, "{wrong}");
        }
        assert_eq!(milliseconds(1_700_000_000), None);
        assert_eq!(epoch("1700000000"), epoch(" 1700000000000 "));
        assert_eq!(epoch("1700000000"), seconds(1_700_000_000));
        assert_eq!((epoch("0"), epoch("soon"), epoch("-1")), (None, None, None));
    }
}
