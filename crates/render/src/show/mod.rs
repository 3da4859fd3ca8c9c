//! How things are put for readers: words, shapes, instants, spans, figures.

mod time;
mod words;

pub(crate) use time::{
    Stamp, beginning, dates, duration, full, iso, lag, millis, month_day, near, rfc2822, span, stamp_full,
    stamp_near, stamp_seconds,
};
pub use words::Mood;
pub(crate) use words::{
    UNSTATED, health_label, impact_class, impact_word, label, phase_label, plural, share, unknown_state,
    work_label,
};
