//! The geometry of the picture: where every bar, shape and word stands. Units are those of the SVG's view box.

use domain::Status;
use jiff::{SignedDuration, Timestamp, Zoned};

use super::{Lane, MarkKind, Report};

/// Whole width, the gutter of names, and the margin at the right.
const WIDTH: f64 = 1100.0;
const GUTTER: f64 = 190.0;
const MARGIN: f64 = 26.0;

/// The axis of times stands above the lanes.
const AXIS: f64 = 44.0;
const LANE: f64 = 38.0;

/// The deepest bar.
const BAR: f64 = 20.0;

/// Marks closer than this are drawn as one with their count.
const CLOSE: f64 = 22.0;

/// The longest name in the gutter, in characters.
const LONGEST: usize = 25;

/// Steps of the axis in minutes; the first is taken with which there are few enough ticks.
const STEPS: [i64; 13] = [1, 2, 5, 10, 15, 30, 60, 120, 180, 360, 720, 1440, 10_080];
const MOST_TICKS: i64 = 12;

/// The picture.
pub(super) struct Picture {
    pub(super) width: f64,
    pub(super) height: f64,
    pub(super) ticks: Vec<Tick>,
    pub(super) lanes: Vec<Drawn>,
}

pub(super) struct Tick {
    pub(super) x: f64,
    pub(super) label: String,
    /// The day, where it is another than at the tick before.
    pub(super) day: Option<String>,
}

pub(super) struct Drawn {
    pub(super) name: String,
    pub(super) kind: &'static str,
    pub(super) top: f64,
    pub(super) middle: f64,
    pub(super) height: f64,
    pub(super) bars: Vec<Bar>,
    pub(super) marks: Vec<Shape>,
    pub(super) nights: Vec<(f64, f64)>,
}

pub(super) struct Bar {
    pub(super) x: f64,
    pub(super) y: f64,
    pub(super) width: f64,
    pub(super) height: f64,
    pub(super) class: &'static str,
    pub(super) title: String,
}

pub(super) struct Shape {
    pub(super) x: f64,
    pub(super) y: f64,
    pub(super) kind: MarkKind,
    pub(super) count: usize,
    pub(super) title: String,
}

impl Picture {
    pub(super) fn of(report: &Report) -> Self {
        let scale = Scale { from: report.from, to: report.to };
        let lanes: Vec<_> = report
            .lanes
            .iter()
            .scan(AXIS, |top, lane| {
                let drawn = drawn(lane, *top, &scale, report);
                *top += LANE;
                Some(drawn)
            })
            .collect();
        Self {
            width: WIDTH,
            height: AXIS + f64::from(u32::try_from(lanes.len()).unwrap_or(u32::MAX)) * LANE + 8.0,
            ticks: ticks(report, &scale),
            lanes,
        }
    }
}

/// From instants to places.
struct Scale {
    from: Timestamp,
    to: Timestamp,
}

impl Scale {
    fn x(&self, at: Timestamp) -> f64 {
        let whole = self.to.duration_since(self.from).as_secs_f64().max(1.0);
        let part = at.duration_since(self.from).as_secs_f64() / whole;
        round(GUTTER + part.clamp(0.0, 1.0) * (WIDTH - MARGIN - GUTTER))
    }
}

/// A place to a tenth, so that the file is short and the same on every machine.
fn round(x: f64) -> f64 {
    (x * 10.0).round() / 10.0
}

fn drawn(lane: &Lane, top: f64, scale: &Scale, report: &Report) -> Drawn {
    let middle = top + LANE / 2.0;
    let bars = lane.segments.iter().map(|segment| {
        let (x, end) = (scale.x(segment.from), scale.x(segment.to));
        let (height, class) = look(segment.status);
        Bar {
            x,
            y: middle + BAR / 2.0 - height,
            width: round((end - x).max(1.0)),
            height,
            class,
            title: format!(
                "{}: {} from {}",
                lane.name,
                segment.status.word().replace('_', " "),
                report.times.minute(segment.from)
            ),
        }
    });
    let nights = lane.nights.iter().map(|(from, to)| (scale.x(*from), scale.x(*to)));
    Drawn {
        name: short(&lane.name),
        kind: lane.kind,
        top,
        middle,
        height: LANE,
        bars: bars.collect(),
        marks: shapes(lane, middle, scale, report),
        nights: nights.map(|(x, end)| (x, round(end - x))).filter(|(_, width)| *width > 0.0).collect(),
    }
}

/// The depth of a status and the name of its colour.
const fn look(status: Status) -> (f64, &'static str) {
    match status {
        Status::Operational => (3.0, "ok"),
        Status::UnderMaintenance => (6.0, "work"),
        Status::Unknown => (3.0, "unknown"),
        Status::DegradedPerformance => (8.0, "degraded"),
        Status::PartialOutage => (14.0, "partial"),
        Status::MajorOutage => (BAR, "major"),
    }
}

/// The marks of a lane; those of a kind that lie close together are one with their count.
fn shapes(lane: &Lane, middle: f64, scale: &Scale, report: &Report) -> Vec<Shape> {
    let mut shapes: Vec<Shape> = Vec::new();
    let mut marks: Vec<_> = lane.marks.iter().collect();
    marks.sort_by_key(|mark| (mark.kind, mark.at));
    for mark in marks {
        let x = scale.x(mark.at);
        let time = report.times.minute(mark.at);
        let title = format!("{time} {} {}", mark.kind.word(), mark.label);
        match shapes.last_mut().filter(|last| last.kind == mark.kind && x - last.x < CLOSE) {
            Some(last) => {
                last.count += 1;
                last.title = format!("{}; {title}", last.title);
            }
            None => {
                // Each kind at a height of its own, so that none hides another.
                let y = match mark.kind {
                    MarkKind::Page => middle - 6.0,
                    MarkKind::Acknowledged => middle + 6.0,
                    MarkKind::Notice => middle + 11.0,
                };
                shapes.push(Shape { x, y, kind: mark.kind, count: 1, title });
            }
        }
    }
    shapes
}

fn ticks(report: &Report, scale: &Scale) -> Vec<Tick> {
    let span = report.to.duration_since(report.from).as_mins().max(1);
    let step = STEPS.into_iter().find(|step| span / step < MOST_TICKS).unwrap_or(10_080) * 60;
    // On whole hours of the wall clock, by the offset at the beginning.
    let offset = i64::from(report.times.here(report.from).offset().seconds());
    let shown = report.from.as_second() + offset;
    let mut at = Timestamp::from_second((shown.div_euclid(step) + 1) * step - offset).unwrap_or(report.to);
    let mut ticks = Vec::new();
    let mut before: Option<Zoned> = None;
    while at <= report.to {
        let here = report.times.here(at);
        let is_new = before.as_ref().is_none_or(|before| before.date() != here.date());
        let is_set = before.as_ref().is_some_and(|before| before.offset() != here.offset());
        let label = here.strftime("%H:%M").to_string();
        let day = is_new.then(|| report.times.day(at));
        // Where the clock was set between two marks, the second says to what.
        let set = is_set.then(|| here.strftime("UTC%:z").to_string());
        ticks.push(Tick { x: scale.x(at), label, day: day.or(set) });
        before = Some(here);
        let Ok(next) = at.checked_add(SignedDuration::from_secs(step)) else { break };
        at = next;
    }
    ticks
}

/// A name that fits into the gutter.
fn short(name: &str) -> String {
    if name.chars().count() <= LONGEST {
        return name.to_owned();
    }
    name.chars().take(LONGEST - 1).chain(['…']).collect()
}
