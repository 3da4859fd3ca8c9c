//! `maintenance …`: announced work on our own services.

use std::str::FromStr;

use clap::{Args as ClapArgs, Subcommand};
use domain::Status;
use jiff::Timestamp;

use super::{acts::End, time::time};

#[derive(Debug, Subcommand)]
pub(crate) enum Maintenance {
    /// Announce work: status pages show it, and what was announced pages nobody while it goes on.
    Plan(Plan),
    /// List what is planned or going on.
    List {
        /// As JSON.
        #[arg(long)]
        json: bool,
    },
    /// Begin it now.
    Start(Work),
    /// End it now.
    End(Work),
    /// Call it off.
    Cancel(Work),
    /// Give it another end.
    Extend {
        #[command(flatten)]
        work: Work,
        /// The new end.
        #[arg(long, value_name = "TIME", value_parser = time)]
        to: Timestamp,
    },
    /// Plan it for another time.
    Reschedule {
        #[command(flatten)]
        work: Work,
        /// When it begins.
        #[arg(long, value_name = "TIME", value_parser = time)]
        from: Timestamp,
        #[command(flatten)]
        end: End,
    },
    /// Say something of it; --text says what.
    Update {
        #[command(flatten)]
        work: Work,
        /// Only the team sees it.
        #[arg(long)]
        internal: bool,
    },
    /// Open an incident for work that has run into trouble; it pages as any other.
    ToIncident(Work),
}

#[derive(Debug, ClapArgs)]
pub(crate) struct Plan {
    /// What readers see.
    pub(crate) title: String,
    /// A service with the worst status to expect, such as checkout=degraded_performance.
    #[arg(long = "service", value_name = "SLUG=STATUS", required = true)]
    pub(crate) services: Vec<Expected>,
    /// When it begins.
    #[arg(long, value_name = "TIME", value_parser = time, required_unless_present = "repeat", conflicts_with = "repeat")]
    pub(crate) from: Option<Timestamp>,
    /// When it ends.
    #[arg(long, value_name = "TIME", value_parser = time, required_unless_present = "repeat", conflicts_with = "repeat")]
    pub(crate) to: Option<Timestamp>,
    /// When it comes again, such as "every Sun 02:00 for 2h until 2027-03-31".
    #[arg(long, value_name = "WORDS")]
    pub(crate) repeat: Option<String>,
    /// Whose wall clock --repeat means.
    #[arg(long, value_name = "ZONE", default_value = "UTC")]
    pub(crate) time_zone: String,
    /// What readers are told, Markdown.
    #[arg(long, default_value = "", hide_default_value = true)]
    pub(crate) text: String,
    /// For the team alone.
    #[arg(long, default_value = "", hide_default_value = true)]
    pub(crate) note: String,
    /// A status page that shows it [default: all that show one of its services].
    #[arg(long = "page", value_name = "SLUG")]
    pub(crate) pages: Vec<String>,
    /// It goes on until somebody ends it.
    #[arg(long)]
    pub(crate) manual_end: bool,
    /// Who plans it, by e-mail address [default: whoever is at this shell].
    #[arg(long, value_name = "EMAIL")]
    pub(crate) by: Option<String>,
    /// As JSON.
    #[arg(long)]
    pub(crate) json: bool,
}

#[derive(Debug, ClapArgs)]
pub(crate) struct Work {
    /// Its number or id.
    pub(crate) maintenance: String,
    /// What readers are told, instead of what the machine would say.
    #[arg(long, default_value = "", hide_default_value = true)]
    pub(crate) text: String,
    /// Who does it, by e-mail address [default: whoever is at this shell].
    #[arg(long, value_name = "EMAIL")]
    pub(crate) by: Option<String>,
    /// As JSON.
    #[arg(long)]
    pub(crate) json: bool,
}

/// A service and what is expected of it.
#[derive(Clone, Debug)]
pub(crate) struct Expected(pub(crate) String, pub(crate) Status);

impl FromStr for Expected {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let found = text.split_once('=').filter(|(slug, _)| !slug.is_empty());
        let found = found.and_then(|(slug, word)| Some(Self(slug.to_owned(), Status::from_word(word)?)));
        found.ok_or_else(|| {
            "right would be a service and its worst status, such as checkout=degraded_performance".to_owned()
        })
    }
}
