//! A report with something of everything, one of foreign words.

use jiff::tz::TimeZone;

use super::*;

fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

fn rome(from: &str, to: &str) -> Times {
    Times::of(TimeZone::get("Europe/Rome").unwrap(), at(from), at(to))
}

fn report() -> Report {
    let mark = |at_text: &str, kind| Mark { at: at(at_text), kind, label: "by hook (webhook)".to_owned() };
    Report {
        title: "Single provider".to_owned(),
        story: "One provider is down.".to_owned(),
        facts: vec!["configuration midwatch.toml".to_owned()],
        times: rome("2026-03-29T00:40:00Z", "2026-03-29T03:00:00Z"),
        from: at("2026-03-29T00:40:00Z"),
        to: at("2026-03-29T03:00:00Z"),
        figures: vec![Figure {
            name: "First page after".to_owned(),
            value: "0s".to_owned(),
            note: "at most 5m".to_owned(),
        }],
        lanes: vec![
            Lane {
                name: "lumen <script>alert(1)</script>".to_owned(),
                kind: "provider",
                segments: vec![Segment {
                    from: at("2026-03-29T00:50:00Z"),
                    to: at("2026-03-29T02:00:00Z"),
                    status: Status::MajorOutage,
                }],
                marks: Vec::new(),
                nights: Vec::new(),
            },
            Lane {
                name: "ana@acme.example".to_owned(),
                kind: "person",
                segments: Vec::new(),
                marks: vec![
                    mark("2026-03-29T00:50:00Z", MarkKind::Page),
                    mark("2026-03-29T00:51:00Z", MarkKind::Page),
                    mark("2026-03-29T00:54:00Z", MarkKind::Acknowledged),
                    mark("2026-03-29T02:00:00Z", MarkKind::Notice),
                ],
                nights: vec![(at("2026-03-28T21:00:00Z"), at("2026-03-29T05:00:00Z"))],
            },
        ],
        rows: vec![Row {
            at: at("2026-03-29T00:50:00Z"),
            what: "page",
            who: "ana@acme.example".to_owned(),
            detail: "\"><img src=x> https://evil.example".to_owned(),
        }],
        left_out: 3,
    }
}

#[test]
fn a_report_needs_nothing_but_itself() {
    let html = report().html();
    for needle in ["<script", "<img", "<link", "src=", "href=", "url(", "@import", "<iframe", "<object"] {
        let hits = html.match_indices(needle).count();
        // Foreign words may hold anything; they are text, with what would open a tag taken apart.
        let as_text = html.match_indices("&#62;&#60;img src=x").count().min(usize::from(needle == "src="));
        assert_eq!(hits, as_text, "{needle}");
    }
    assert!(html.contains("&#60;script&#62;"), "a name is text");
}

#[test]
fn what_lies_close_is_one_shape_with_its_count_and_times_are_of_the_zone() {
    let report = report();
    let picture = Picture::of(&report);
    let counts: Vec<_> = picture.lanes[1].marks.iter().map(|shape| (shape.kind, shape.count)).collect();
    assert_eq!(counts, [(MarkKind::Page, 2), (MarkKind::Acknowledged, 1), (MarkKind::Notice, 1)]);
    // Rome's clock goes from two to three: there is no tick in between.
    let labels: Vec<_> = picture.ticks.iter().map(|tick| tick.label.as_str()).collect();
    assert_eq!(
        labels,
        ["01:45", "03:00", "03:15", "03:30", "03:45", "04:00", "04:15", "04:30", "04:45", "05:00"]
    );
    let days: Vec<_> = picture.ticks.iter().filter_map(|tick| tick.day.as_deref()).collect();
    assert_eq!(days, ["Sun 29 Mar", "UTC+02:00"]);
}

#[test]
fn the_worse_it_is_the_deeper_the_bar() {
    let html = report().html();
    assert!(html.contains(r#"height="20"><title>lumen"#), "a major outage is a bar of full depth");
    assert!(html.contains("3 further changes"));
    assert!(html.contains("<small>at most 5m</small>"), "what a figure is compared with stands below it");
}

/// In autumn an hour of the wall clock comes twice.
#[test]
fn no_two_instants_of_a_report_look_the_same() {
    let fold = rome("2026-10-25T00:40:00Z", "2026-10-25T03:00:00Z");
    assert_eq!(
        fold.heading(at("2026-10-25T00:40:00Z")),
        "begins Sun 25 Oct 2026, 02:40, times in Europe/Rome with their offset from UTC, since its clock changes"
    );
    assert_eq!(fold.shown(at("2026-10-25T00:59:00Z")), "Sun 25 Oct 02:59:00 +02:00");
    assert_eq!(fold.shown(at("2026-10-25T01:01:00Z")), "Sun 25 Oct 02:01:00 +01:00");
    assert_eq!(fold.minute(at("2026-10-25T01:01:00Z")), "02:01 +01:00");
    let plain = rome("2026-10-26T00:40:00Z", "2026-10-26T03:00:00Z");
    assert_eq!(plain.shown(at("2026-10-26T01:01:00Z")), "Mon 26 Oct 02:01:00");
    assert!(plain.heading(at("2026-10-26T00:40:00Z")).ends_with("times in Europe/Rome (UTC+01:00)"));
    let years = rome("2026-12-31T22:00:00Z", "2027-01-01T02:00:00Z");
    assert_eq!(years.shown(at("2026-12-31T23:00:00Z")), "Fri 01 Jan 2027 00:00:00");

    let mut report = report();
    (report.from, report.to, report.times) = (at("2026-10-25T00:40:00Z"), at("2026-10-25T03:00:00Z"), fold);
    report.rows[0].at = at("2026-10-25T01:01:00Z");
    assert!(report.html().contains(">Sun 25 Oct 02:01:00 +01:00</time>"));
    let set: Vec<_> = Picture::of(&report).ticks.iter().filter_map(|tick| tick.day.clone()).collect();
    assert_eq!(set, ["Sun 25 Oct", "UTC+01:00"]);
}
