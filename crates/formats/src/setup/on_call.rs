//! Schedules.

use domain::schedule::{Layer, Override, Restriction, Rotation, Schedule};
use jiff::{civil, tz::TimeZone};

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
    let overrides = section.sections("override", |section| exception(section, names));
    if section.field("layer").is_none_or(|field| field.is_empty_list()) {
        section.problem(
            "a schedule without a layer never has anyone on call",
            Some("add [[schedule.layer]]".to_owned()),
        );
    }
    let slug = slug?;
    let name = name.unwrap_or_else(|| slug.clone());
    Some(Schedule { id: names.schedule_id(&slug), slug, name, time_zone, layers, overrides })
}

fn layer(section: &Section<'_>, names: &Names<'_>) -> Option<Layer> {
    let rotation = section.optional("rotation", rotation).unwrap_or(Rotation::Weekly);
    let handoff = section.optional("handoff", |field| {
        let (day, time) = field.handoff()?;
        if day.is_some() && rotation != Rotation::Weekly {
            let hint = format!("write \"{}\"", time.strftime("%H:%M"));
            field.problem("only a weekly rotation hands off on a day of the week", Some(hint));
        }
        Some((day, time))
    });
    let start = section.optional("start", Field::date).unwrap_or(DEFAULT_START);
    let participants = section.required("participants", |field| {
        let participants = field.each(|field| names.user(field))?;
        if field.is_empty_list() {
            field.expected("at least one user", "[\"ana@acme.example\"]")?;
        }
        Some(participants)
    });
    let restrictions = section.sections("restrict", restriction);
    let (handoff_day, handoff_time) = handoff.unwrap_or((None, DEFAULT_HANDOFF));
    Some(Layer { rotation, handoff_day, handoff_time, start, participants: participants?, restrictions })
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

/// Reads a time of the week; what is left out is every day, or the day from or to midnight.
pub(super) fn restriction(section: &Section<'_>) -> Option<Restriction> {
    let days = section.optional("days", Field::days);
    let from = section.optional("from", Field::time_of_day).unwrap_or(civil::Time::midnight());
    let to = section.optional("to", Field::time_of_day).unwrap_or(civil::Time::midnight());
    let every_day = || civil::Weekday::Monday.cycle_forward().take(7).collect();
    Some(Restriction { days: days.unwrap_or_else(every_day), from, to })
}

fn exception(section: &Section<'_>, names: &Names<'_>) -> Option<Override> {
    let user = section.required("user", |field| names.user(field));
    let from = section.required("from", Field::instant);
    let to = section.required("to", |field| {
        let to = field.instant()?;
        if from.is_some_and(|from| to <= from) {
            field.problem("an override must end after it begins", None);
        }
        Some(to)
    });
    Some(Override { user: user?, from: from?, to: to? })
}
