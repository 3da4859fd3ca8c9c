//! Readers of providers' documents, one module for each platform, and what they share.
//!
//! [`feed`](crate::feed) is the door; nothing outside it names a platform's own words. A new platform is a module here, its
//! line in [`READERS`], its name in [`domain::Platform`] and its fixtures in `test_data`.

pub(crate) mod blank;
pub(crate) mod body;
pub(crate) mod document;
pub(crate) mod embedded;
pub(crate) mod facts;
pub(crate) mod future;
pub(crate) mod order;
pub(crate) mod reader;
pub(crate) mod rows;
pub(crate) mod silence;
#[cfg(test)]
pub(crate) mod testing;
pub(crate) mod times;
pub(crate) mod tree;
pub(crate) mod warnings;
pub(crate) mod wire;

mod adobe;
mod algolia;
mod apple;
mod aws;
mod azure;
mod betterstack;
mod cachet;
mod cstate;
pub(crate) mod feed;
mod flashduty;
mod freshstatus;
mod gatus;
mod google;
mod heroku;
mod html;
mod hund;
mod incidentio;
mod instatus;
mod microsoft365;
mod pagerduty;
mod salesforce;
mod slack;
mod sorry;
mod statuscast;
mod statusio;
mod statusiq;
pub(crate) mod statuspage;
mod statuspal;
mod upptime;
mod uptimekuma;
mod uptimerobot;
mod zendesk;

use domain::Platform;

use self::reader::Reader;

/// Every reader, in the order they are asked about a document of which nothing is known: the particular before those who
/// are content with less.
pub(crate) const READERS: &[&dyn Reader] = &[
    &flashduty::Flashduty,
    &incidentio::IncidentIo,
    &statuspage::Statuspage,
    &betterstack::BetterStack,
    &cstate::CState,
    &instatus::Instatus,
    &statuscast::StatusCast,
    &sorry::Sorry,
    &statuspal::Statuspal,
    &cachet::Cachet,
    &uptimekuma::UptimeKuma,
    &gatus::Gatus,
    &upptime::Upptime,
    &statusio::StatusIo,
    &freshstatus::Freshstatus,
    &uptimerobot::UptimeRobot,
    &pagerduty::PagerDuty,
    &statusiq::StatusIq,
    &google::Google,
    &aws::Aws,
    &azure::Azure,
    &microsoft365::Microsoft365,
    &slack::Slack,
    &heroku::Heroku,
    &salesforce::Salesforce,
    &apple::Apple,
    &zendesk::Zendesk,
    &adobe::Adobe,
    &algolia::Algolia,
    &hund::Hund,
    &feed::Feed,
    &html::Html,
];

/// Returns the reader of a platform.
pub(crate) fn reader(platform: Platform) -> &'static dyn Reader {
    READERS.iter().copied().find(|reader| reader.platform() == platform).expect("every platform has a reader")
}
