//! `incident open` and the rest of its record: what people state of an incident, correct and join to it.

use clap::{ArgGroup, Args as ClapArgs, Subcommand};
use domain::{Phase, Severity, Status};
use jiff::Timestamp;

use super::{acts::Act, maintenance::Expected, time::time};

#[derive(Debug, Subcommand)]
pub(crate) enum Record {
    /// Open an incident: it pages by the policies of its services, and status pages show it.
    Open(Open),
    /// Change title, severity, phase or what services are now.
    Edit {
        #[command(flatten)]
        act: Act,
        #[command(flatten)]
        edit: Change,
    },
    /// Open an incident that is over again; it pages as at first.
    Reopen {
        #[command(flatten)]
        act: Act,
        /// A service with what it is [default: as it was at the end].
        #[arg(long = "service", value_name = "SLUG=STATUS")]
        services: Vec<Expected>,
        /// What readers are told, Markdown.
        #[arg(long, default_value = "")]
        text: String,
        /// Page nobody.
        #[arg(long)]
        no_page: bool,
    },
    /// Make an incident part of another, which goes on with all of it; it can't be undone.
    Merge {
        #[command(flatten)]
        act: Act,
        /// The other, by its number or id.
        #[arg(long, value_name = "INCIDENT")]
        into: String,
    },
    /// Give an update another text, or take an internal one away.
    EditUpdate {
        #[command(flatten)]
        act: Act,
        /// The number of the update, from 1.
        #[arg(long, value_name = "NUMBER")]
        update: i64,
        /// The new words, as Markdown.
        #[arg(long, required_unless_present = "remove", conflicts_with = "remove")]
        message: Option<String>,
        /// Take it away.
        #[arg(long)]
        remove: bool,
    },
    /// Add, correct or remove a time in which a service was worse by it.
    Impact {
        #[command(flatten)]
        act: Act,
        #[command(flatten)]
        wave: Wave,
    },
    /// Give a role to somebody, or take it away.
    Roles {
        #[command(flatten)]
        act: Act,
        /// A role and who has it, such as commander=ana@acme.example; nobody, without an address.
        #[arg(long = "set", value_name = "ROLE=EMAIL", required = true)]
        roles: Vec<String>,
    },
    /// Link it with a provider's incident, an alert or an address, or take a link away.
    Link {
        #[command(flatten)]
        act: Act,
        #[command(flatten)]
        link: LinkTo,
    },
}

#[derive(Debug, ClapArgs)]
pub(crate) struct Open {
    /// One line; readers see it.
    #[arg(required_unless_present = "template")]
    pub(crate) title: Option<String>,
    /// Begin with this template of the configuration; what is given besides takes its place.
    #[arg(long, value_name = "NAME")]
    pub(crate) template: Option<String>,
    /// A service with what it is, such as checkout=major_outage.
    #[arg(long = "service", value_name = "SLUG=STATUS", required = true)]
    pub(crate) services: Vec<Expected>,
    /// How urgent [default: by the worst service].
    #[arg(long, value_name = "SEVERITY", value_parser = severity)]
    pub(crate) severity: Option<Severity>,
    /// What readers are told first, Markdown.
    #[arg(long, default_value = "")]
    pub(crate) text: String,
    /// Page by the policies of the services, which is the default.
    #[arg(long, conflicts_with = "no_page")]
    pub(crate) page: bool,
    /// Page nobody.
    #[arg(long)]
    pub(crate) no_page: bool,
    /// Let readers see it, which is the default.
    #[arg(long, conflicts_with = "internal")]
    pub(crate) public: bool,
    /// Keep it inside; `incident publish` shows it later.
    #[arg(long)]
    pub(crate) internal: bool,
    /// When the trouble began; what is recorded late pages nobody.
    #[arg(long, value_name = "TIME", conflicts_with = "page", value_parser = time)]
    pub(crate) started_at: Option<Timestamp>,
    /// When it was over, for what is added afterwards.
    #[arg(long, value_name = "TIME", requires = "started_at", value_parser = time)]
    pub(crate) resolved_at: Option<Timestamp>,
    /// Who opens it, by e-mail address [default: whoever is at this shell].
    #[arg(long, value_name = "EMAIL")]
    pub(crate) by: Option<String>,
    /// As JSON.
    #[arg(long)]
    pub(crate) json: bool,
}

#[derive(Debug, ClapArgs)]
#[command(group = ArgGroup::new("what").required(true).multiple(true).args(["title", "severity", "phase", "services"]))]
pub(crate) struct Change {
    /// One line; readers see it.
    #[arg(long)]
    pub(crate) title: Option<String>,
    /// How urgent.
    #[arg(long, value_name = "SEVERITY", value_parser = severity)]
    pub(crate) severity: Option<Severity>,
    /// Where it is in its life.
    #[arg(long, value_name = "PHASE", value_parser = phase)]
    pub(crate) phase: Option<Phase>,
    /// A service with what it is now, such as checkout=operational.
    #[arg(long = "service", value_name = "SLUG=STATUS")]
    pub(crate) services: Vec<Expected>,
    /// What readers are told with it, Markdown.
    #[arg(long, default_value = "")]
    pub(crate) text: String,
}

#[derive(Debug, ClapArgs)]
#[command(group = ArgGroup::new("which").required(true).args(["service", "number"]))]
pub(crate) struct Wave {
    /// A service with how bad it was: adds a time.
    #[arg(long, value_name = "SLUG=STATUS", requires_all = ["from", "to"])]
    pub(crate) service: Option<Expected>,
    /// The number of the time to correct or remove; `incident show` has it.
    #[arg(long, value_name = "NUMBER")]
    pub(crate) number: Option<i64>,
    /// When it began.
    #[arg(long, value_name = "TIME", value_parser = time)]
    pub(crate) from: Option<Timestamp>,
    /// When it was over.
    #[arg(long, value_name = "TIME", value_parser = time)]
    pub(crate) to: Option<Timestamp>,
    /// How bad it was instead.
    #[arg(long, value_name = "STATUS", value_parser = status, requires = "number")]
    pub(crate) status: Option<Status>,
    /// Remove it, for this reason.
    #[arg(long, value_name = "REASON", requires = "number", conflicts_with_all = ["from", "to", "status"])]
    pub(crate) remove: Option<String>,
}

#[derive(Debug, ClapArgs)]
#[command(group = ArgGroup::new("target").required(true).args(["provider", "alert", "url", "remove"]))]
pub(crate) struct LinkTo {
    /// A provider, by slug; --id says which incident.
    #[arg(long, value_name = "SLUG", requires = "id")]
    pub(crate) provider: Option<String>,
    /// The id of the incident at the provider.
    #[arg(long, value_name = "ID", requires = "provider")]
    pub(crate) id: Option<String>,
    /// An alert, by its address or its id where it came from.
    #[arg(long, value_name = "ALERT")]
    pub(crate) alert: Option<String>,
    /// An address: a chat, a ticket.
    #[arg(long, value_name = "URL")]
    pub(crate) url: Option<String>,
    /// What people call it.
    #[arg(long, default_value = "")]
    pub(crate) label: String,
    /// Take the link with this number away.
    #[arg(long, value_name = "NUMBER")]
    pub(crate) remove: Option<i64>,
}

/// Reads a phase.
pub(crate) fn phase(text: &str) -> Result<Phase, String> {
    let found = Phase::from_word(text).filter(|phase| *phase != Phase::Unknown);
    found.ok_or_else(|| {
        "right would be investigating, identified, monitoring, resolved or postmortem".to_owned()
    })
}

fn severity(text: &str) -> Result<Severity, String> {
    let words = || Severity::ALL.iter().map(|one| one.word()).collect::<Vec<_>>().join(", ");
    Severity::from_word(text).ok_or_else(|| format!("right would be one of {}", words()))
}

fn status(text: &str) -> Result<Status, String> {
    let found = Status::from_word(text);
    found.ok_or_else(|| "right would be degraded_performance, partial_outage or major_outage".to_owned())
}
