//! Rosters: what the page says, and that the calendar is one that programs read.

use domain::schedule::Duty;
use jiff::Timestamp;

use super::{holds, visible};
use crate::{
    assets::STYLE,
    roster_calendar, roster_page, roster_window, story,
    view::{CalendarView, EventView, RosterKind, RosterView},
};

fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

fn html(view: &RosterView) -> String {
    String::from_utf8(roster_page(view).body).unwrap()
}

#[test]
fn a_roster_says_who_is_on_call_who_follows_and_where_nobody_is() {
    let view = story::roster();
    let page = html(&view);
    let text = visible(&page);
    for words in [
        "Ana Ruiz is on call",
        "Until Mon 30 Nov, 09:00, by layer 1.",
        "Next: Bo &#60;b&#62;Lind from Mon 30 Nov, 09:00.",
        "times in Europe/Rome",
        "2 gaps in the coming year, 40 h in all",
        "Nobody is on call then; add a layer, an override or a fallback.",
        "23 Nov – 29 Nov 2026",
    ] {
        holds(&text, words);
    }
    // A name stays text, also in the pictures.
    assert!(!page.contains("<b>Lind"), "{page}");
    assert!(page.contains(r#"<b class="major">Nobody</b>"#));
    assert!(page.contains(r#"<meta name="robots" content="noindex">"#) && !page.contains("canonical"));
    assert!(!page.contains("style="), "the policy for content forbids it");
}

#[test]
fn nobody_on_call_is_said_in_words_and_a_fallback_by_name() {
    let mut view = story::roster();
    view.as_of = at("2026-12-05T12:00:00Z");
    assert!(visible(&html(&view)).contains("Nobody is on call"));
    for shift in view.shifts.iter_mut().filter(|shift| shift.by.is_none()) {
        (shift.row, shift.by) = (Some("Cy".to_owned()), Some(Duty::Fallback));
    }
    view.gaps.as_mut().unwrap().fallback = Some("Cy".to_owned());
    let text = visible(&html(&view));
    assert!(text.contains("Cy is called, since nobody is on call"), "{text}");
    assert!(text.contains("Cy is called then, as the fallback."), "{text}");
    let idle =
        RosterView { kind: RosterKind::Person, shifts: Vec::new(), loads: Vec::new(), gaps: None, ..view };
    let text = visible(&html(&idle));
    assert!(text.contains("is not on call") && text.contains("No shift in this week."), "{text}");
}

#[test]
fn weeks_begin_on_monday_by_the_clock_of_the_roster() {
    let zone = jiff::tz::TimeZone::get("Europe/Rome").unwrap();
    let window = roster_window(&zone, at("2026-10-25T23:30:00Z"));
    assert_eq!(window, (at("2026-10-25T23:00:00Z"), at("2026-11-22T23:00:00Z")));
    let window = roster_window(&zone, at("2026-10-25T22:30:00Z"));
    assert_eq!(window, (at("2026-10-18T22:00:00Z"), at("2026-11-15T23:00:00Z")));
}

#[test]
fn every_class_of_a_roster_is_in_the_sheet() {
    let page = html(&story::roster());
    for class in page.split("class=\"").skip(1).flat_map(|rest| rest.split('"').next().unwrap().split(' ')) {
        assert!(STYLE.contains(&format!(".{class}")), "{class}");
    }
}

#[test]
fn a_calendar_is_what_rfc_5545_asks_for() {
    let event = EventView {
        uid: "5c0e".to_owned(),
        from: at("2026-11-23T08:00:00Z"),
        to: at("2026-11-30T08:00:00Z"),
        summary: "Ána, on call; \\ primary".to_owned(),
        description: "schedule primary, layer 1 ".repeat(6),
    };
    let page = roster_calendar(&CalendarView {
        uid: "cal".to_owned(),
        name: "On call: Primary".to_owned(),
        sequence: 4099,
        changed_at: at("2026-11-01T00:00:00Z"),
        events: vec![event],
    });
    assert_eq!(page.content_type, "text/calendar; charset=utf-8");
    let text = String::from_utf8(page.body).unwrap();
    assert!(text.ends_with("END:VCALENDAR\r\n"));
    assert!(text.split("\r\n").all(|line| line.len() <= 75 && !line.contains('\n')), "{text}");
    let unfolded = text.replace("\r\n ", "");
    let lines: Vec<&str> = unfolded.split("\r\n").collect();
    assert_eq!(lines[..2], ["BEGIN:VCALENDAR", "VERSION:2.0"]);
    for line in [
        "PRODID:-//Midwatch//On call//EN",
        "NAME:On call: Primary",
        "REFRESH-INTERVAL;VALUE=DURATION:PT1H",
        "UID:5c0e",
        "SEQUENCE:4099",
        "DTSTAMP:20261101T000000Z",
        "DTSTART:20261123T080000Z",
        "DTEND:20261130T080000Z",
        r"SUMMARY:Ána\, on call\; \\ primary",
        "STATUS:CONFIRMED",
    ] {
        assert!(lines.contains(&line), "{line}\n{unfolded}");
    }
    assert!(unfolded.contains(r"DESCRIPTION:schedule primary\, layer 1 schedule primary\,"), "{unfolded}");
}
