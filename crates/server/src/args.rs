//! The command line, as section 2 of the contract has it.

mod acts;
mod incident;
mod maintenance;
mod pages;
mod postmortem;
mod schedule;
mod status;
mod subscriber;
mod template;
mod time;

use std::{path::PathBuf, str::FromStr};

use clap::{Args as ClapArgs, Parser, Subcommand, ValueEnum};
use jiff::Timestamp;

pub(crate) use acts::{Ack, Act, Incident, Label, OnCall, Silence};
pub(crate) use incident::{Change, LinkTo, Open, Record, Wave};
pub(crate) use maintenance::{Expected, Maintenance, Plan, Work};
pub(crate) use pages::StatusPage;
pub(crate) use postmortem::{Action as PostmortemAction, Postmortem, Text};
pub(crate) use schedule::{Calendar, Of, Schedule, Window};
pub(crate) use status::{Lock, Status};
pub(crate) use subscriber::{Import, Subscriber};
pub(crate) use template::Template;
pub(crate) use time::Span;
use time::time;

use crate::drill::Scenario;

/// The options of every command stand below its own.
const EVERYWHERE: &str = "Options of every command";

/// Read the status pages of the providers you depend on, page whoever is on call, and keep a status page of your own.
#[derive(Debug, Parser)]
#[command(name = "midwatch", version, propagate_version = true)]
pub(crate) struct Args {
    /// The configuration file [default: midwatch.toml in the working directory, if there].
    #[arg(long, global = true, value_name = "FILE", env = "MIDWATCH_CONFIG", hide_env_values = true)]
    #[arg(help_heading = EVERYWHERE)]
    pub(crate) config: Option<PathBuf>,
    /// How log lines look: for people, or one JSON object a line.
    #[arg(long, global = true, value_name = "FORMAT", value_enum, default_value_t = LogFormat::Text)]
    #[arg(help_heading = EVERYWHERE)]
    pub(crate) log_format: LogFormat,
    #[command(subcommand)]
    pub(crate) command: Command,
}

/// How log lines look.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum LogFormat {
    Text,
    Json,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Show the whole product in one minute, with no account and no network.
    Demo(Demo),
    /// Run everything: poller, paging, pages.
    Serve,
    /// Look at the configuration, or make it the one that runs.
    #[command(subcommand)]
    Config(Config),
    /// Look at the providers that can be watched, or at one of their pages.
    #[command(subcommand)]
    Catalog(Catalog),
    /// Read captured provider feeds.
    #[command(subcommand)]
    Feed(Feed),
    /// Run a recorded sequence of captures through the configuration on a simulated clock.
    Replay(Replay),
    /// Play an outage against the configuration: who is paged, when, and what readers are told.
    Drill(Drill),
    /// Say exactly who would be paged, how, in which minute, and why.
    Who(Who),
    /// Look at schedules: who is on call, when nobody is, what people carry, calendars.
    #[command(subcommand)]
    Schedule(Schedule),
    /// Acknowledge an incident.
    Ack(Ack),
    /// List incidents, or act on one.
    #[command(subcommand)]
    Incident(Incident),
    /// Write down what was learnt from an incident, have it reviewed, publish it.
    #[command(subcommand)]
    Postmortem(Postmortem),
    /// Look at how people are reached, and verify it.
    #[command(subcommand)]
    Contact(Contact),
    /// Keep incidents from paging for a time.
    #[command(subcommand)]
    Silence(Silence),
    /// Announce work on our own services, and carry it out.
    #[command(subcommand)]
    Maintenance(Maintenance),
    /// Lock what readers see of a service, and look at what they see.
    #[command(subcommand)]
    Status(Status),
    /// Review what readers are told, in each language.
    #[command(subcommand)]
    Template(Template),
    /// Look at who subscribes to a status page, add those who agreed elsewhere, remove.
    #[command(subcommand)]
    Subscriber(Subscriber),
    /// Take a shift of a schedule, or give it back.
    #[command(subcommand, name = "oncall")]
    OnCall(OnCall),
    /// Look at status pages: addresses, own host names, what of a theme can't be used.
    #[command(subcommand)]
    StatusPage(StatusPage),
    /// Write a status page as a folder of files that any web server hands out.
    Export(Export),
    /// Show the uptime of a service as readers were told it, and whose trouble its down time came from.
    Uptime {
        /// The service by its slug.
        service: String,
        /// With all parts, months and intervals, as JSON.
        #[arg(long)]
        json: bool,
    },
    /// Copy the ledger to a file while it runs.
    Backup {
        /// The file to write.
        file: PathBuf,
    },
    /// Put a backup in the place of the ledger. Nothing may be running.
    Restore {
        /// The backup.
        file: PathBuf,
        /// Replace a ledger that is there.
        #[arg(long)]
        force: bool,
    },
    /// Check that every open escalation is on time and every due notification was attempted.
    Audit {
        /// As JSON.
        #[arg(long)]
        json: bool,
    },
    /// Bring the schema of the ledger up to date.
    Migrate,
    /// Manage API tokens.
    #[command(subcommand)]
    Token(Token),
    /// Say which addresses chats have to be told, so that the buttons below pages act.
    Callbacks {
        /// As JSON.
        #[arg(long)]
        json: bool,
    },
}

#[derive(Debug, ClapArgs)]
pub(crate) struct Demo {
    /// End after the story, with status 0 only if every step happened.
    #[arg(long)]
    pub(crate) exit: bool,
    /// The address of the web pages; a free port is taken when it is in use.
    #[arg(long, default_value = "127.0.0.1:8080")]
    pub(crate) listen: std::net::SocketAddr,
}

#[derive(Debug, ClapArgs)]
pub(crate) struct Export {
    /// The slug of the status page.
    pub(crate) page: String,
    /// The folder; it is made, and what earlier exports wrote there is replaced.
    pub(crate) folder: PathBuf,
    /// The address that the site will have; without it links are relative.
    #[arg(long, value_name = "URL")]
    pub(crate) base_url: Option<String>,
    /// Export a protected page too: whoever gets the folder can read it.
    #[arg(long)]
    pub(crate) protected: bool,
    /// The instant to draw the page at [default: now]. The same state at the same instant gives the same bytes.
    #[arg(long, value_name = "TIME", value_parser = time)]
    pub(crate) at: Option<Timestamp>,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Config {
    /// Validate a file and print what would run.
    Check {
        /// The file [default: the one that --config names].
        file: Option<PathBuf>,
    },
    /// Show what applying a file would change in the ledger.
    Plan {
        /// The file.
        file: Option<PathBuf>,
    },
    /// Prove what a file states about its own paging, or print a counter-example.
    Prove(Prove),
    /// Make a file's configuration the one that runs.
    Apply {
        /// The file.
        file: Option<PathBuf>,
    },
}

#[derive(Debug, ClapArgs)]
pub(crate) struct Prove {
    /// The file [default: the one that --config names].
    pub(crate) file: Option<PathBuf>,
    /// The instant from which on it has to hold [default: now].
    #[arg(long, value_name = "TIME", value_parser = time)]
    pub(crate) at: Option<Timestamp>,
    /// As JSON.
    #[arg(long)]
    pub(crate) json: bool,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Catalog {
    /// List providers.
    List {
        /// Only those of this category, by its name or as it stands in addresses.
        #[arg(long)]
        category: Option<String>,
        /// Only those of this platform.
        #[arg(long)]
        platform: Option<Platform>,
        /// As JSON.
        #[arg(long)]
        json: bool,
    },
    /// Find providers by name, abbreviation or service, the likeliest first.
    Search {
        /// What people call it.
        #[arg(required = true)]
        words: Vec<String>,
        /// As JSON.
        #[arg(long)]
        json: bool,
    },
    /// Show everything that is known about one provider.
    Show {
        /// The provider.
        slug: String,
        /// As JSON.
        #[arg(long)]
        json: bool,
    },
    /// Write all providers, as provider tables of a configuration or, to a file that ends in .csv, as rows.
    Export {
        /// The file to write [default: standard output].
        file: Option<PathBuf>,
    },
    /// Find out what a status page is, and whether what is declared of it is right.
    Check {
        /// The provider by its slug, or the address of a page.
        subject: String,
        /// As JSON.
        #[arg(long)]
        json: bool,
        /// Every request in a line of its own.
        #[arg(long)]
        verbose: bool,
    },
}

#[derive(Debug, Subcommand)]
pub(crate) enum Feed {
    /// Print what one captured feed says, as JSON.
    Parse {
        /// The capture; `-` is standard input.
        file: PathBuf,
        /// Who hosts the page; recognised when not given.
        #[arg(long)]
        platform: Option<Platform>,
        /// The address it was captured from.
        #[arg(long)]
        url: Option<String>,
        /// When it was captured; without it, when it says that it was made, else now.
        #[arg(long)]
        at: Option<Timestamp>,
    },
    /// Print what changed between two captures, one JSON object a line.
    Diff {
        /// The earlier capture.
        old: PathBuf,
        /// The later capture.
        new: PathBuf,
        /// Who hosts the page; recognised when not given.
        #[arg(long)]
        platform: Option<Platform>,
    },
}

/// A platform by its word.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Platform(pub(crate) domain::Platform);

impl FromStr for Platform {
    type Err = String;

    fn from_str(word: &str) -> Result<Self, String> {
        domain::Platform::from_word(word).map(Self).ok_or_else(|| {
            let known: Vec<&str> = domain::Platform::ALL.iter().map(|platform| platform.word()).collect();
            format!("there is no reader for it; known are: {}", known.join(", "))
        })
    }
}

#[derive(Debug, ClapArgs)]
pub(crate) struct Replay {
    /// The folder, with a `manifest.csv` of `file,at`.
    pub(crate) folder: PathBuf,
    /// The provider that the captures are of.
    #[arg(long)]
    pub(crate) provider: String,
    /// One event a line, as JSON.
    #[arg(long)]
    pub(crate) json: bool,
}

#[derive(Debug, ClapArgs)]
pub(crate) struct Drill {
    /// A story to play.
    #[arg(long, value_enum, required_unless_present = "recording", conflicts_with = "recording")]
    pub(crate) scenario: Option<Scenario>,
    /// A recording to play: a folder with a `manifest.csv` of `file,at`.
    #[arg(long, value_name = "FOLDER", requires = "provider")]
    pub(crate) recording: Option<PathBuf>,
    /// The provider that the recording is of.
    #[arg(long, value_name = "SLUG", requires = "recording")]
    pub(crate) provider: Option<String>,
    /// When the trouble begins [default: this minute].
    #[arg(long, value_name = "TIME", value_parser = time, conflicts_with = "recording")]
    pub(crate) at: Option<Timestamp>,
    /// How bad the scenario gets: warning, error or critical [default: critical].
    #[arg(long, conflicts_with = "recording")]
    pub(crate) severity: Option<Severity>,
    /// Nobody answers, which is also what happens where nobody is named.
    #[arg(long, conflicts_with = "answers")]
    pub(crate) nobody_answers: bool,
    /// Who acknowledges how long after their first page, such as "ana@acme.example after 4m".
    #[arg(long, value_name = "WHO after SPAN")]
    pub(crate) answers: Vec<String>,
    /// Also write the report to this file.
    #[arg(long, value_name = "FILE")]
    pub(crate) html: Option<PathBuf>,
    /// As JSON.
    #[arg(long)]
    pub(crate) json: bool,
}

#[derive(Debug, ClapArgs)]
#[group(id = "subject", required = true, multiple = false)]
pub(crate) struct Subject {
    /// A service, by its slug.
    #[arg(long, value_name = "SLUG")]
    pub(crate) service: Option<String>,
    /// An escalation policy, by its slug.
    #[arg(long, value_name = "SLUG")]
    pub(crate) policy: Option<String>,
    /// A schedule, by its slug.
    #[arg(long, value_name = "SLUG")]
    pub(crate) schedule: Option<String>,
    /// An incident that was, by its number or id: what was planned and what really happened.
    #[arg(long, value_name = "NUMBER")]
    pub(crate) incident: Option<String>,
}

#[derive(Debug, ClapArgs)]
pub(crate) struct Who {
    #[command(flatten)]
    pub(crate) subject: Subject,
    /// The instant of the first page [default: now].
    #[arg(long, value_name = "TIME", value_parser = time)]
    pub(crate) at: Option<Timestamp>,
    /// How urgent the incident is: info, warning, error or critical [default: critical].
    #[arg(long)]
    pub(crate) severity: Option<Severity>,
    /// How far to look [default: all rounds of the policy; a week of a schedule].
    #[arg(long, value_name = "TIME", value_parser = time)]
    pub(crate) until: Option<Timestamp>,
    /// As JSON.
    #[arg(long)]
    pub(crate) json: bool,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Contact {
    /// List contacts and what is known of each.
    List {
        /// Only those of this person, by e-mail address.
        #[arg(long, value_name = "EMAIL")]
        user: Option<String>,
        /// As JSON.
        #[arg(long)]
        json: bool,
    },
    /// Send a code to a contact, by the way that a page takes.
    Test {
        /// The person, by e-mail address.
        user: String,
        /// The id of the contact.
        contact: String,
    },
    /// Verify a contact by the code that was sent to it.
    Verify {
        /// The person, by e-mail address.
        user: String,
        /// The id of the contact.
        contact: String,
        /// The six digits.
        code: String,
    },
    /// Print the address at which a person allows their browsers to be paged. It is theirs alone.
    PushLink {
        /// The person, by e-mail address.
        user: String,
    },
}

#[derive(Debug, Subcommand)]
pub(crate) enum Token {
    /// Make a token and print it, once.
    New {
        /// What it is for; what is done by it is told by this name [default: api, then api-2 and so on].
        #[arg(long)]
        name: Option<String>,
        /// What it may do: viewer, responder, admin or owner.
        #[arg(long, default_value = "responder")]
        role: Role,
    },
    /// List tokens.
    List {
        /// As JSON.
        #[arg(long)]
        json: bool,
    },
    /// Make a token worthless.
    Revoke {
        /// Its id.
        id: String,
    },
}

/// A role by its word.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Role(pub(crate) domain::Role);

impl FromStr for Role {
    type Err = String;

    fn from_str(word: &str) -> Result<Self, String> {
        domain::Role::from_word(word)
            .map(Self)
            .ok_or_else(|| "right would be viewer, responder, admin or owner".to_owned())
    }
}

/// A severity by its word.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Severity(pub(crate) domain::Severity);

impl FromStr for Severity {
    type Err = String;

    fn from_str(word: &str) -> Result<Self, String> {
        domain::Severity::from_word(word)
            .map(Self)
            .ok_or_else(|| "right would be info, warning, error or critical".to_owned())
    }
}

/// Why a command ended without success.
#[derive(Debug)]
pub(crate) enum Failure {
    /// Wrong usage or configuration: exit status 2.
    Usage(anyhow::Error),
    /// What was asked for failed or was refused: exit status 1.
    Failed(anyhow::Error),
}

impl<E: Into<anyhow::Error>> From<E> for Failure {
    fn from(error: E) -> Self {
        Failure::Failed(error.into())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_line_of_help_says_what_it_is_for() {
        let about = <Args as clap::CommandFactory>::command().get_about().map(ToString::to_string);
        assert!(about.is_some_and(|about| about.starts_with("Read the status pages of the providers")));
    }
}
