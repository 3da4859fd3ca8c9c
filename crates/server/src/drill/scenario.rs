//! The named scenarios: what a provider says, minute by minute.

use domain::{Phase, Severity, Status, setup::Setup};
use jiff::{SignedDuration, Timestamp, tz::TimeZone};

/// A story that a team should be able to sleep on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub(crate) enum Scenario {
    /// One provider is down for seventy minutes and says so.
    SingleProvider,
    /// Everything that the team depends on fails within minutes, for one shared upstream.
    MassOutage,
    /// One provider goes up and down every two minutes, for forty minutes.
    Flapping,
    /// One provider is in trouble for three days, better and worse by turns.
    Saga,
    /// Everything fails in the night in which the clock of the team changes.
    ClockChange,
}

/// How bad it is at the provider; what that is as a status depends on the severity of the drill.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Bad {
    /// Nothing is wrong.
    Well,
    /// One step better than the worst.
    Less,
    /// The worst.
    Worst,
}

/// What a provider says from an instant on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Beat {
    pub(super) at: Timestamp,
    pub(super) status: Status,
    /// What is said in its incident; `None` says nothing.
    pub(super) says: Option<(Phase, &'static str)>,
}

/// Minute, how bad, phase and words.
type Line = (i64, Bad, Option<(Phase, &'static str)>);

/// Calm is shown for this long before trouble begins.
const CALM_MINUTES: i64 = 10;

const SINGLE: [Line; 4] = [
    (0, Bad::Worst, Some((Phase::Investigating, "We are investigating failing requests in all regions."))),
    (
        12,
        Bad::Worst,
        Some((
            Phase::Identified,
            "A faulty deployment of our load balancers is the cause. We are rolling it back.",
        )),
    ),
    (
        45,
        Bad::Less,
        Some((
            Phase::Monitoring,
            "The deployment is rolled back and most requests succeed. We are watching the recovery.",
        )),
    ),
    (70, Bad::Well, Some((Phase::Resolved, "All requests succeed again. We are sorry for the trouble."))),
];

const SHARED: [Line; 4] = [
    (
        0,
        Bad::Worst,
        Some((Phase::Investigating, "Our infrastructure provider has an outage. Most requests fail.")),
    ),
    (
        25,
        Bad::Worst,
        Some((
            Phase::Identified,
            "Our infrastructure provider has found a network fault and is repairing it.",
        )),
    ),
    (80, Bad::Less, Some((Phase::Monitoring, "The network is back and our services are catching up."))),
    (110, Bad::Well, Some((Phase::Resolved, "Everything works again."))),
];

const SAGA: [Line; 10] = [
    (
        0,
        Bad::Less,
        Some((Phase::Investigating, "Some requests are slower than usual. We are looking into it.")),
    ),
    (
        180,
        Bad::Worst,
        Some((Phase::Investigating, "A part of the requests fails. More engineers have joined.")),
    ),
    (
        540,
        Bad::Worst,
        Some((
            Phase::Identified,
            "A storage cluster has lost its quorum. We are restoring it from replicas.",
        )),
    ),
    (1200, Bad::Less, Some((Phase::Monitoring, "Reads are back. Writes are slow while replicas catch up."))),
    (1800, Bad::Worst, Some((Phase::Investigating, "The storage cluster has failed again under load."))),
    (
        2100,
        Bad::Worst,
        Some((Phase::Identified, "We are moving all data to a new cluster. This will take a day.")),
    ),
    (2880, Bad::Less, Some((Phase::Identified, "Half of the data is on the new cluster."))),
    (3600, Bad::Less, Some((Phase::Monitoring, "All data is on the new cluster. We are watching it."))),
    (4200, Bad::Well, Some((Phase::Monitoring, "Everything works. We keep watching until tomorrow."))),
    (
        4320,
        Bad::Well,
        Some((Phase::Resolved, "The new cluster has been stable for two hours. This incident is over.")),
    ),
];

impl Scenario {
    /// Returns the name, as on the command line.
    pub(crate) const fn word(self) -> &'static str {
        match self {
            Scenario::SingleProvider => "single-provider",
            Scenario::MassOutage => "mass-outage",
            Scenario::Flapping => "flapping",
            Scenario::Saga => "saga",
            Scenario::ClockChange => "clock-change",
        }
    }

    /// Returns the story in a sentence.
    pub(crate) const fn story(self) -> &'static str {
        match self {
            Scenario::SingleProvider => "One provider is down for seventy minutes and says so.",
            Scenario::MassOutage => {
                "Everything the team depends on fails within minutes, for one shared upstream."
            }
            Scenario::Flapping => "One provider goes up and down every two minutes, for forty minutes.",
            Scenario::Saga => "One provider is in trouble for three days, better and worse by turns.",
            Scenario::ClockChange => "Everything fails in the night in which the team's clock changes.",
        }
    }

    /// Whether every provider takes part, and a shared upstream.
    pub(super) const fn is_mass(self) -> bool {
        match self {
            Scenario::MassOutage | Scenario::ClockChange => true,
            Scenario::SingleProvider | Scenario::Flapping | Scenario::Saga => false,
        }
    }

    /// Returns when the trouble begins, given the instant that was asked for: that instant; or, where the clock is to
    /// change, ten minutes before it next does. A zone whose clock never changes has the next three in the morning.
    pub(crate) fn begins(self, asked: Timestamp, zone: &TimeZone) -> Timestamp {
        match self {
            Scenario::SingleProvider | Scenario::MassOutage | Scenario::Flapping | Scenario::Saga => asked,
            Scenario::ClockChange => {
                let offset = zone.to_offset(asked);
                let change = zone.following(asked).map(|change| (change.timestamp(), change.offset()));
                let change = change.take(8).find(|(_, after)| *after != offset).map(|(at, _)| at);
                change.map_or_else(|| next_three(asked, zone), |at| minutes(at, -10))
            }
        }
    }

    /// Returns what a provider says, from calm on. The `place` of a provider moves its trouble by a few minutes where
    /// several fail.
    pub(super) fn beats(self, begins: Timestamp, worst: Status, place: i64) -> Vec<Beat> {
        let delay = if self.is_mass() { place % 5 } else { 0 };
        let lines: Vec<Line> = match self {
            Scenario::SingleProvider => SINGLE.to_vec(),
            Scenario::MassOutage | Scenario::ClockChange => SHARED.to_vec(),
            Scenario::Flapping => (0..=20)
                .map(|turn| (2 * turn, if turn % 2 == 0 && turn < 20 { Bad::Worst } else { Bad::Well }, None))
                .collect(),
            Scenario::Saga => SAGA.to_vec(),
        };
        let beat = |(minute, bad, says): Line| Beat {
            at: minutes(begins, minute + delay),
            status: status(bad, worst),
            says,
        };
        let calm = Beat { at: minutes(begins, -CALM_MINUTES), status: Status::Operational, says: None };
        std::iter::once(calm).chain(lines.into_iter().map(beat)).collect()
    }
}

/// Returns the status that our services have at worst for a severity to come of it; `None` where no outage does.
pub(super) const fn worst(severity: Severity) -> Option<Status> {
    match severity {
        Severity::Critical => Some(Status::MajorOutage),
        Severity::Error => Some(Status::PartialOutage),
        Severity::Warning => Some(Status::DegradedPerformance),
        Severity::Info => None,
    }
}

/// Returns the zone that the team thinks in: that of its first schedule, else of its first member.
pub(crate) fn team_zone(setup: &Setup) -> TimeZone {
    let schedule = setup.schedules.first().map(|schedule| schedule.time_zone.clone());
    schedule.or_else(|| setup.users.first().map(|user| user.time_zone.clone())).unwrap_or(TimeZone::UTC)
}

fn status(bad: Bad, worst: Status) -> Status {
    match (bad, worst) {
        (Bad::Well, _) => Status::Operational,
        (Bad::Worst, worst) => worst,
        (Bad::Less, Status::MajorOutage) => Status::PartialOutage,
        (
            Bad::Less,
            Status::PartialOutage
            | Status::DegradedPerformance
            | Status::Unknown
            | Status::Operational
            | Status::UnderMaintenance,
        ) => Status::DegradedPerformance,
    }
}

fn next_three(asked: Timestamp, zone: &TimeZone) -> Timestamp {
    let here = asked.to_zoned(zone.clone());
    let today = here.date().at(3, 0, 0, 0).to_zoned(zone.clone()).map(|at| at.timestamp());
    let tomorrow = here.date().tomorrow().and_then(|date| date.at(3, 0, 0, 0).to_zoned(zone.clone()));
    let tomorrow = tomorrow.map_or(asked, |at| at.timestamp());
    today.ok().filter(|&at| at >= asked).unwrap_or(tomorrow)
}

fn minutes(at: Timestamp, count: i64) -> Timestamp {
    at.checked_add(SignedDuration::from_mins(count)).unwrap_or(at)
}
