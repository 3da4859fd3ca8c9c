//! A report with something of everything, one of foreign words.

use super::*;

fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

fn report() -> Report {
    let mark = |at_text: &str, kind| Mark { at: at(at_text), kind, label: "by hook (webhook)".to_owned() };
    Report {
        title: "Single provider".to_owned(),
        story: "One provider is down.".to_owned(),
        facts: vec!["configuration midwatch.toml".to_owned()],
        time_zone: TimeZone::get("Europe/Rome").unwrap(),
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
    assert_eq!(picture.ticks[0].day.as_deref(), Some("Sun 29 Mar"));
    assert!(picture.ticks[1..].iter().all(|tick| tick.day.is_none()));
}

#[test]
fn the_worse_it_is_the_deeper_the_bar() {
    let html = report().html();
    assert!(html.contains(r#"height="20"><title>lumen"#), "a major outage is a bar of full depth");
    assert!(html.contains("3 further changes"));
    assert!(html.contains("<small>at most 5m</small>"), "what a figure is compared with stands below it");
}
