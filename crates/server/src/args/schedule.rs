//! The arguments of `midwatch schedule`.

use clap::{Args, Subcommand};
use jiff::Timestamp;

use super::time::time;

#[derive(Debug, Subcommand)]
pub(crate) enum Schedule {
    /// List schedules: who is on call now, who is next, and how much of the coming year nobody is.
    List {
        /// As JSON.
        #[arg(long)]
        json: bool,
    },
    /// Show the shifts of one schedule.
    Show {
        /// The schedule.
        slug: String,
        #[command(flatten)]
        window: Window,
    },
    /// Show when nobody is on call in the coming year. The exit status is 1 if there is such a time without a fallback.
    Gaps {
        /// One schedule; without it all.
        slug: Option<String>,
        /// As JSON.
        #[arg(long)]
        json: bool,
    },
    /// Show hours, nights and weekends on call of each person.
    Hours {
        /// One schedule; without it all together.
        slug: Option<String>,
        #[command(flatten)]
        window: Window,
    },
    /// Manage calendars that can be read by a secret address.
    #[command(subcommand)]
    Calendar(Calendar),
}

#[derive(Debug, Args)]
pub(crate) struct Window {
    /// From when on [default: now].
    #[arg(long, value_name = "TIME", value_parser = time)]
    pub(crate) from: Option<Timestamp>,
    /// Until when [default: four weeks later].
    #[arg(long, value_name = "TIME", value_parser = time)]
    pub(crate) to: Option<Timestamp>,
    /// As JSON.
    #[arg(long)]
    pub(crate) json: bool,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Calendar {
    /// Make a calendar of a schedule or of one person's shifts, and print its address, once.
    Make {
        #[command(flatten)]
        of: Of,
        /// As JSON.
        #[arg(long)]
        json: bool,
    },
    /// List calendars.
    List {
        /// As JSON.
        #[arg(long)]
        json: bool,
    },
    /// Have the address of a calendar lead nowhere.
    Revoke {
        /// Its id.
        id: String,
        /// As JSON.
        #[arg(long)]
        json: bool,
    },
}

#[derive(Debug, Args)]
#[group(required = true, multiple = false)]
pub(crate) struct Of {
    /// Everybody's shifts in this schedule.
    #[arg(long)]
    pub(crate) schedule: Option<String>,
    /// This person's shifts in all schedules, by their address.
    #[arg(long)]
    pub(crate) user: Option<String>,
}
