//! Fire drill: an outage runs against a configuration, on the stage of `replay`, and what came of it is a record.
//!
//! A scenario only writes what providers say and when, as captures; everything behind it is the production engine. People
//! may answer, or nobody does. The same scenario, configuration and instant give the same record.

mod cast;
mod feed;
mod record;
mod report;
mod rows;
mod scenario;

pub(crate) use self::{
    cast::Drill,
    record::{Record, perform},
    report::{Cover, report},
    scenario::{Scenario, team_zone},
};

#[cfg(test)]
mod tests;
