//! Conditions of a step: for which incidents and at which times of the week it is taken.
//!
//! They are judged when the step is taken, by what is then known of the incident. A step that doesn't apply is passed over
//! and the times of the others stay as they are.

use std::fmt;

use jiff::{Timestamp, civil, tz::TimeZone};

use super::{Policy, Step, hours};
use crate::{Severity, incident::Incident, schedule::Restriction};

/// What a step needs to know of the incident that it is taken for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct About {
    /// What people call the incident; round robins go by it.
    pub number: i64,
    /// How urgent it is at this moment.
    pub severity: Severity,
}

/// How much of a hurry there is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Urgency {
    /// Critical and error.
    High,
    /// Warning and info.
    Low,
}

/// Something that may hold for an incident at an instant; what is not said always holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Condition {
    /// The incident is at least this urgent.
    pub severity: Option<Severity>,
    /// The time of the week.
    pub hours: Option<Restriction>,
    /// The zone that the hours are in.
    pub time_zone: TimeZone,
}

impl About {
    /// Returns what is known of an incident now.
    #[must_use]
    pub const fn of(incident: &Incident) -> Self {
        Self { number: incident.number, severity: incident.severity }
    }

    /// Returns how much of a hurry there is.
    #[must_use]
    pub const fn urgency(self) -> Urgency {
        match self.severity {
            Severity::Critical | Severity::Error => Urgency::High,
            Severity::Warning | Severity::Info => Urgency::Low,
        }
    }

    /// Whether quiet hours let it pass.
    pub(crate) const fn wakes(self) -> bool {
        match self.severity {
            Severity::Critical => true,
            Severity::Error | Severity::Warning | Severity::Info => false,
        }
    }
}

impl Condition {
    /// Whether it holds.
    #[must_use]
    pub fn holds(&self, about: About, at: Timestamp) -> bool {
        self.severity.is_none_or(|least| about.severity >= least)
            && self
                .hours
                .as_ref()
                .is_none_or(|hours| hours::hold(std::slice::from_ref(hours), &self.time_zone, at))
    }

    /// Whether it can hold at all.
    pub(super) fn can_hold(&self) -> bool {
        self.hours.as_ref().is_none_or(|hours| !hours.days.is_empty())
    }
}

impl Step {
    /// Returns why the step is passed over, in words; `None` where it is taken.
    #[must_use]
    pub fn passed_over(&self, about: About, at: Timestamp) -> Option<String> {
        if !self.when.is_empty() && !self.when.iter().any(|condition| condition.holds(about, at)) {
            let words: Vec<_> = self.when.iter().map(Condition::to_string).collect();
            return Some(format!("only when {}", words.join(" or ")));
        }
        let against = self.unless.iter().find(|condition| condition.holds(about, at))?;
        Some(format!("not when {against}"))
    }

    /// Whether there is any incident of one of these severities and any time of the week for which the step is taken.
    pub(super) fn can_apply(&self, severities: &[Severity]) -> bool {
        let conditions = || self.when.iter().chain(&self.unless);
        // What holds changes only where hours begin or end. Zones move against each other between winter and summer.
        let weeks = [civil::date(2024, 1, 10), civil::date(2024, 7, 10)];
        let edges = weeks.into_iter().flat_map(|date| {
            conditions().flat_map(move |condition| {
                let hours = condition.hours.iter();
                hours.flat_map(move |hours| hours::edges(hours, &condition.time_zone, date))
            })
        });
        edges.chain([Timestamp::UNIX_EPOCH]).any(|at| {
            severities.iter().any(|&severity| self.passed_over(About { number: 0, severity }, at).is_none())
        })
    }
}

impl Policy {
    /// Returns the first step that may be taken for an incident of this severity.
    #[must_use]
    pub fn first_step(&self, severity: Severity) -> Option<&Step> {
        self.steps.iter().find(|step| step.can_apply(&[severity]))
    }
}

impl fmt::Display for Condition {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(least) = self.severity {
            write!(f, "severity is at least {least}")?;
        }
        if let Some(hours) = &self.hours {
            let joint = if self.severity.is_some() { " and it is " } else { "it is " };
            let zone = self.time_zone.iana_name().unwrap_or("UTC");
            write!(f, "{joint}{} in {zone}", hours::Words(hours))?;
        }
        match (self.severity, &self.hours) {
            (None, None) => f.write_str("anything happens"),
            (Some(_), _) | (_, Some(_)) => Ok(()),
        }
    }
}
