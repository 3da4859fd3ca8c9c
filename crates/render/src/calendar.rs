//! iCalendar (RFC 5545, RFC 7986): the lines of a file, and the calendars of on-call shifts.

use jiff::Timestamp;

use crate::{
    page::{CALENDAR, Page},
    view::{CalendarView, EventView},
};

/// Returns the shifts of a schedule or of a person as a calendar that programs subscribe to.
///
/// An event keeps its UID as long as its shift begins when it does, and the sequence rises with what it may say. Being on
/// call makes nobody busy: one can meet others meanwhile.
#[must_use]
pub fn roster_calendar(view: &CalendarView) -> Page {
    let name = text(&view.name);
    let mut lines: Vec<String> =
        ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//Midwatch//On call//EN", "CALSCALE:GREGORIAN"]
            .map(str::to_owned)
            .into();
    lines.extend([
        format!("UID:{}", view.uid),
        format!("LAST-MODIFIED:{}", time(view.changed_at)),
        format!("NAME:{name}"),
        format!("X-WR-CALNAME:{name}"),
        "REFRESH-INTERVAL;VALUE=DURATION:PT1H".to_owned(),
        "X-PUBLISHED-TTL:PT1H".to_owned(),
    ]);
    for event in &view.events {
        lines.extend(lines_of(event, view));
    }
    lines.push("END:VCALENDAR".to_owned());
    Page::text("", CALENDAR, written(&lines))
}

fn lines_of(event: &EventView, view: &CalendarView) -> [String; 12] {
    [
        "BEGIN:VEVENT".to_owned(),
        format!("UID:{}", event.uid),
        format!("SEQUENCE:{}", view.sequence),
        format!("DTSTAMP:{}", time(view.changed_at)),
        format!("LAST-MODIFIED:{}", time(view.changed_at)),
        format!("DTSTART:{}", time(event.from)),
        format!("DTEND:{}", time(event.to)),
        format!("SUMMARY:{}", text(&event.summary)),
        format!("DESCRIPTION:{}", text(&event.description)),
        "STATUS:CONFIRMED".to_owned(),
        "TRANSP:TRANSPARENT".to_owned(),
        "END:VEVENT".to_owned(),
    ]
}

/// Writes the lines of a file. They end with CR and LF, which the grammar demands, and are folded at 70 bytes.
pub(crate) fn written(lines: &[String]) -> String {
    lines.iter().map(|line| folded(line)).collect()
}

/// Writes an instant.
pub(crate) fn time(at: Timestamp) -> String {
    at.strftime("%Y%m%dT%H%M%SZ").to_string()
}

/// Writes a text on one line.
pub(crate) fn text(text: &str) -> String {
    let one_line = text.split_whitespace().collect::<Vec<_>>().join(" ");
    one_line.replace('\\', "\\\\").replace(';', "\\;").replace(',', "\\,").replace('<', "‹")
}

fn folded(line: &str) -> String {
    let mut out = String::with_capacity(line.len() + 8);
    let mut length = 0;
    for c in line.chars() {
        if length + c.len_utf8() > 70 {
            out.push_str("\r\n ");
            length = 1;
        }
        out.push(c);
        length += c.len_utf8();
    }
    out.push_str("\r\n");
    out
}
