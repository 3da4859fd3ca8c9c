//! A second resolver that shares no code with the first: it walks hand-offs one by one from the start and looks for the
//! end of a gap minute by minute. Slow, and easy to believe.

use jiff::{SignedDuration, tz::AmbiguousOffset};

use super::super::*;

const MINUTE: SignedDuration = SignedDuration::from_mins(1);

/// A schedule with the hand-offs and the hours of duty around a window written out.
pub(super) struct Naive<'a> {
    layers: Vec<Written<'a>>,
    overrides: &'a [Override],
    fallback: Option<UserId>,
}

struct Written<'a> {
    layer: &'a Layer,
    first: Timestamp,
    /// Those that overlap the window: number, beginning, end.
    turns: Vec<(usize, Timestamp, Timestamp)>,
    end: Option<Timestamp>,
    hours: Vec<(Timestamp, Timestamp)>,
}

impl<'a> Naive<'a> {
    pub(super) fn write_out(schedule: &'a Schedule, from: Timestamp, to: Timestamp) -> Self {
        let write_out = |layer| {
            let handoffs = handoffs(&schedule.time_zone, layer, to);
            let turns = handoffs.windows(2).enumerate().map(|(number, pair)| (number, pair[0], pair[1]));
            Written {
                layer,
                first: handoffs[0],
                turns: turns.filter(|&(_, begin, end)| begin <= to && end >= from).collect(),
                end: layer.end.map(|day| instant(&schedule.time_zone, day.to_datetime(layer.handoff_time))),
                hours: hours(&schedule.time_zone, layer, from, to),
            }
        };
        let layers = schedule.layers.iter().map(write_out).collect();
        Self { layers, overrides: &schedule.overrides, fallback: schedule.fallback }
    }

    /// The number of the turn of a layer (from 0) at an instant, which must be in exactly one until the layer ends.
    pub(super) fn turn(&self, layer: usize, at: Timestamp) -> Option<usize> {
        let Written { first, turns, end, .. } = &self.layers[layer];
        if end.is_some_and(|end| end <= at) {
            return None;
        }
        let mut held = turns.iter().filter(|&&(_, begin, end)| begin <= at && at < end);
        let turn = held.next().map(|&(number, _, _)| number);
        assert_eq!(held.count(), 0);
        assert_eq!(turn.is_none(), at < *first);
        turn
    }

    pub(super) fn on_call(&self, at: Timestamp) -> Option<(UserId, Duty)> {
        for exception in self.overrides.iter().rev() {
            if exception.from <= at && at < exception.to {
                return Some((exception.user, Duty::Override));
            }
        }
        for (place, written) in self.layers.iter().enumerate().rev() {
            let on_duty = written.layer.restrictions.is_empty()
                || written.hours.iter().any(|&(from, to)| from <= at && at < to);
            if let Some(turn) = self.turn(place, at).filter(|_| on_duty) {
                let participants = &written.layer.participants;
                return Some((participants[turn % participants.len()], Duty::Layer(place + 1)));
            }
        }
        self.fallback.map(|user| (user, Duty::Fallback))
    }
}

/// The hand-offs of a layer from its start to the first after `to`.
pub(super) fn handoffs(zone: &TimeZone, layer: &Layer, to: Timestamp) -> Vec<Timestamp> {
    let mut day = layer.start;
    if let Some(weekday) = layer.handoff_day {
        while day.weekday() != weekday {
            day = day.tomorrow().unwrap();
        }
    }
    let mut time = day.to_datetime(layer.handoff_time);
    let mut found = Vec::new();
    while found.last().is_none_or(|&last| last <= to) {
        found.push(instant(zone, time));
        time = match layer.rotation {
            Rotation::Daily => time.tomorrow().unwrap(),
            Rotation::Weekly => (0..7).fold(time, |time, _| time.tomorrow().unwrap()),
            Rotation::Every(length) => time + length,
        };
    }
    found
}

fn hours(zone: &TimeZone, layer: &Layer, from: Timestamp, to: Timestamp) -> Vec<(Timestamp, Timestamp)> {
    let mut found = Vec::new();
    let mut day = (from - SignedDuration::from_hours(96)).to_zoned(zone.clone()).date();
    let last = (to + SignedDuration::from_hours(96)).to_zoned(zone.clone()).date();
    while day < last {
        let tomorrow = day.tomorrow().unwrap();
        for restriction in
            layer.restrictions.iter().filter(|restriction| restriction.days.contains(&day.weekday()))
        {
            let ends_on = if restriction.to > restriction.from { day } else { tomorrow };
            let begin = instant(zone, day.to_datetime(restriction.from));
            found.push((begin, instant(zone, ends_on.to_datetime(restriction.to))));
        }
        day = tomorrow;
    }
    found
}

/// The first showing of a time, or of the first whole minute after it that the clock shows at all.
pub(super) fn instant(zone: &TimeZone, mut time: civil::DateTime) -> Timestamp {
    while let AmbiguousOffset::Gap { .. } = zone.to_ambiguous_zoned(time).offset() {
        time += MINUTE;
    }
    zone.to_ambiguous_zoned(time).earlier().unwrap().timestamp()
}
