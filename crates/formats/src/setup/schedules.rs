//! Schedules: layers, restrictions, overrides and who is on call where nobody is.

use std::cell::RefCell;

use domain::{
    schedule::{LONGEST_SHIFT, Layer, Override, Restriction, Rotation, Schedule},
    years::{unlikely, unlikely_day},
};
use jiff::{Timestamp, civil, tz::TimeZone};

use super::{Field, Section, duration, names::Names};

/// When turns change hands where nothing is said.
const DEFAULT_HANDOFF: civil::Time = civil::time(9, 0, 0, 0);

/// Where turns are counted from where nothing is said: a Monday long past, so that the layer is on duty from the first.
const DEFAULT_START: civil::Date = civil::date(2024, 1, 1);

/// Reads `[[schedule]]`.
pub(super) fn schedule(section: &Section<'_>, names: &Names<'_>) -> Option<Schedule> {
    let slug = section.required("slug", Field::slug);
    let name = section.optional("name", Field::text);
    let time_zone = section.optional("time_zone", Field::zone).unwrap_or(TimeZone::UTC);
    let layers = section.sections("layer", |section| layer(section, names));
    let known = RefCell::default();
    let overrides = section.sections("override", |section| exception(section, &known, names));
    let fallback = section.optional("fallback", |field| names.user(field));
    if section.field("layer").is_none_or(|field| field.is_empty_list()) {
        section.problem(
            "a schedule without a layer never has anyone on call",
            Some("add [[schedule.layer]]".to_owned()),
        );
    }
    let slug = slug?;
    let name = name.unwrap_or_else(|| slug.clone());
    Some(Schedule { id: names.schedule_id(&slug), slug, name, time_zone, layers, overrides, fallback })
}

fn layer(section: &Section<'_>, names: &Names<'_>) -> Option<Layer> {
    let rotation = section.optional("rotation", rotation).unwrap_or(Rotation::Weekly);
    let handoff = section.optional("handoff", |field| {
        let (day, time) = field.handoff()?;
        if day.is_some() && !rotation.is_of_whole_weeks() {
            let hint = format!("write \"{}\"; `start` is the day of the first", time.strftime("%H:%M"));
            field.problem("only turns of whole weeks hand off on a day of the week", Some(hint));
        }
        Some((day, time))
    });
    let start = section.optional("start", |field| day(field, names)).unwrap_or(DEFAULT_START);
    let end = section.optional("end", |field| {
        let end = day(field, names)?;
        if end <= start {
            let message = format!("a layer must end after it starts, which is on {start}");
            field.problem(message, Some("write the day on which another takes over".to_owned()));
        }
        Some(end)
    });
    let participants = section.required("participants", |field| {
        let participants = field.each(|field| names.user(field))?;
        if field.is_empty_list() {
            field.expected("at least one user", "[\"ana@acme.example\"]")?;
        }
        Some(participants)
    });
    let restrictions = section.sections("restrict", |section| restriction(section, names));
    let (handoff_day, handoff_time) = handoff.unwrap_or((None, DEFAULT_HANDOFF));
    let layer =
        Layer { rotation, handoff_day, handoff_time, start, end, participants: participants?, restrictions };
    if layer.end.is_some_and(|end| start < end) && layer.ends_before_its_first_turn() {
        let hint = "it starts on the first hand-off day on or after `start`; write a later `end`".to_owned();
        section
            .problem("this layer ends before its first hand-off, so it is never anybody's turn", Some(hint));
    }
    Some(layer)
}

fn rotation(field: &Field<'_>) -> Option<Rotation> {
    let example = "\"daily\", \"weekly\" or \"12h\"";
    match field.text_like("a rotation", example)?.as_str() {
        "daily" => Some(Rotation::Daily),
        "weekly" => Some(Rotation::Weekly),
        text => {
            if duration::parse(text).is_none() {
                return field.expected("a rotation", example);
            }
            let turn = field.duration()?;
            if turn.is_zero() || !turn.as_millis().is_multiple_of(60_000) {
                return field.expected("turns of whole minutes", "\"12h\"");
            }
            Some(Rotation::Every(turn))
        }
    }
}

/// Reads a day that can be meant; what is stored was accepted once.
fn day(field: &Field<'_>, names: &Names<'_>) -> Option<civil::Date> {
    let day = field.date()?;
    refuse(field, unlikely_day(day).filter(|_| !names.are_stored()));
    Some(day)
}

/// Reads an instant that can be meant; what is stored was accepted once.
fn instant(field: &Field<'_>, names: &Names<'_>) -> Option<Timestamp> {
    let at = field.instant()?;
    refuse(field, unlikely(at).filter(|_| !names.are_stored()));
    Some(at)
}

fn refuse(field: &Field<'_>, why: Option<String>) {
    if let Some(why) = why {
        field.problem(why, None);
    }
}

/// Reads times of the week. Two equal times are refused, since they could mean no time as well as all of it; what is stored
/// means the whole day.
pub(super) fn restriction(section: &Section<'_>, names: &Names<'_>) -> Option<Restriction> {
    let days = section.optional("days", Field::days);
    let from = section.optional("from", Field::time_of_day);
    let to = section.optional("to", |field| {
        let to = field.time_of_day()?;
        if from == Some(to) && !names.are_stored() {
            let hint = "leave out `from` and `to` for the whole day".to_owned();
            field.problem("this ends when it begins", Some(hint));
        }
        Some(to)
    });
    let [from, to] = [from, to].map(|time| time.unwrap_or(civil::Time::midnight()));
    let every_day = || civil::Weekday::Monday.cycle_forward().take(7).collect();
    Some(Restriction { days: days.unwrap_or_else(every_day), from, to })
}

/// Reads an override, which must not put another person on call than one of those `known`, with their addresses, does.
///
/// What is stored was accepted once and is read as it was meant then: the later in the list has the time.
fn exception(
    section: &Section<'_>,
    known: &RefCell<Vec<(String, Override)>>,
    names: &Names<'_>,
) -> Option<Override> {
    let user = section.required("user", |field| Some((field.text()?, names.user(field)?)));
    let from = section.required("from", |field| instant(field, names));
    let to = section.required("to", |field| {
        let to = instant(field, names)?;
        if from.is_some_and(|from| to <= from) {
            field.problem("an override must end after it begins", None);
        }
        let latest = from.filter(|from| unlikely(*from).is_none() && unlikely(to).is_none());
        let latest = latest.and_then(|from| from.checked_add(LONGEST_SHIFT).ok());
        if let Some(latest) = latest.filter(|latest| to > *latest && !names.are_stored()) {
            let message =
                format!("an override lasts at most a year, so this one may end {latest:.0} at the latest");
            field.problem(message, Some("write a layer for who is on call for longer".to_owned()));
        }
        Some(to)
    });
    let ((email, user), from, to) = (user?, from?, to?);
    let exception = Override { user, from, to };
    let mut known = known.borrow_mut();
    if !names.are_stored()
        && let Some((holder, held)) = known.iter().find(|(_, held)| held.contradicts(&exception))
    {
        let (from, to) = (held.from.max(from), held.to.min(to));
        section.problem(
            format!("{email} and {holder} would both have the time from {from} to {to}"),
            Some("let one override end where the other begins, or remove one".to_owned()),
        );
    }
    known.push((email, exception.clone()));
    Some(exception)
}
