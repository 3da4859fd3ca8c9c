//! The arguments of what people do: to incidents, to the roster, and to keep things quiet.

use std::str::FromStr;

use clap::{Args as ClapArgs, Subcommand};
use jiff::Timestamp;

use super::time::{Span, time};

#[derive(Debug, ClapArgs)]
pub(crate) struct Act {
    /// The incident, by its number or id.
    pub(crate) incident: String,
    /// Who does it, by e-mail address [default: whoever is at this shell].
    #[arg(long, value_name = "EMAIL")]
    pub(crate) by: Option<String>,
    /// The incident afterwards, as JSON.
    #[arg(long)]
    pub(crate) json: bool,
}

#[derive(Debug, ClapArgs)]
pub(crate) struct Ack {
    #[command(flatten)]
    pub(crate) act: Act,
    /// For how long: when it is over, paging begins anew [default: as the configuration says].
    #[arg(long, value_name = "SPAN")]
    pub(crate) r#for: Option<Span>,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Incident {
    /// List the newest incidents.
    List {
        /// As JSON.
        #[arg(long)]
        json: bool,
    },
    /// Show one incident: timeline, updates, every message and every attempt.
    Show {
        /// The incident, by its number or id.
        incident: String,
        /// As JSON.
        #[arg(long, conflicts_with = "markdown")]
        json: bool,
        /// As Markdown, in the order in which everything happened.
        #[arg(long)]
        markdown: bool,
    },
    /// Acknowledge an incident.
    Ack(Ack),
    /// Take an acknowledgement or a snooze back: paging begins anew.
    Unack(Act),
    /// Keep an incident silent for a time, a day at the most.
    Snooze {
        #[command(flatten)]
        act: Act,
        #[command(flatten)]
        end: End,
    },
    /// Hand an incident to somebody, who is paged at once.
    Reassign {
        #[command(flatten)]
        act: Act,
        /// To whom: an address, `schedule:SLUG` or `policy:SLUG`.
        #[arg(long, value_name = "WHOM")]
        to: String,
    },
    /// Take the next step of the escalation policy at once.
    Escalate(Act),
    /// Page somebody at once in addition.
    Add {
        #[command(flatten)]
        act: Act,
        /// Whom: an address, `schedule:SLUG` or `channel:SLUG`.
        #[arg(long, value_name = "WHOM")]
        who: String,
    },
    /// Resolve an incident.
    Resolve(Act),
    /// Let readers be told of an incident as it is now.
    Publish(Act),
    /// Keep from readers what waits for a person's word, until it gets worse.
    Reject(Act),
    /// Add words that readers see.
    #[command(visible_alias = "say")]
    Update {
        #[command(flatten)]
        act: Act,
        /// The words, as Markdown.
        #[arg(long, required_unless_present = "template")]
        message: Option<String>,
        /// Say what this template of the configuration says; what is given besides takes its place.
        #[arg(long, value_name = "NAME")]
        template: Option<String>,
        /// Keep them inside.
        #[arg(long)]
        internal: bool,
        /// After how long readers are promised the next [default: as the configuration says].
        #[arg(long, value_name = "SPAN", conflicts_with = "internal")]
        next: Option<Span>,
        /// Move the incident to this phase with them.
        #[arg(long, value_name = "PHASE", value_parser = super::incident::phase)]
        phase: Option<domain::Phase>,
    },
    #[command(flatten)]
    Record(super::incident::Record),
}

/// When something ends.
#[derive(Clone, Copy, Debug, ClapArgs)]
#[group(id = "end", required = true, multiple = false)]
pub(crate) struct End {
    /// How long it lasts, such as 30m, 2h or 1d.
    #[arg(long, value_name = "SPAN")]
    pub(crate) r#for: Option<Span>,
    /// When it ends, such as 2026-12-24T09:00:00+01:00.
    #[arg(long, alias = "to", value_name = "TIME", value_parser = time)]
    pub(crate) until: Option<Timestamp>,
}

impl End {
    /// Returns the instant, for what begins at `from`.
    pub(crate) fn after(self, from: Timestamp) -> Timestamp {
        let by_span = || self.r#for.and_then(|Span(span)| from.checked_add(span).ok());
        self.until.or_else(by_span).unwrap_or(Timestamp::MAX)
    }
}

#[derive(Debug, Subcommand)]
pub(crate) enum Silence {
    /// Keep incidents from paging for a time; everything that is named has to match.
    Add {
        /// One of these services, by slug.
        #[arg(long = "service", value_name = "SLUG")]
        services: Vec<String>,
        /// With all causes at these providers, by slug.
        #[arg(long = "provider", value_name = "SLUG")]
        providers: Vec<String>,
        /// With this label, as KEY=VALUE.
        #[arg(long = "label", value_name = "KEY=VALUE")]
        labels: Vec<Label>,
        /// When it begins [default: now].
        #[arg(long, value_name = "TIME", value_parser = time)]
        from: Option<Timestamp>,
        #[command(flatten)]
        end: End,
        /// Why, for whoever wonders.
        #[arg(long)]
        reason: String,
        /// Who says so, by e-mail address [default: whoever is at this shell].
        #[arg(long, value_name = "EMAIL")]
        by: Option<String>,
        /// As JSON.
        #[arg(long)]
        json: bool,
    },
    /// List silences that are in force or planned.
    List {
        /// As JSON.
        #[arg(long)]
        json: bool,
    },
    /// End a silence; incidents that are open page then.
    End {
        /// Its id.
        id: String,
        /// Who says so, by e-mail address [default: whoever is at this shell].
        #[arg(long, value_name = "EMAIL")]
        by: Option<String>,
    },
}

/// A label of a service.
#[derive(Clone, Debug)]
pub(crate) struct Label(pub(crate) String, pub(crate) String);

impl FromStr for Label {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        match text.split_once('=') {
            Some((key, value)) if !key.is_empty() && !value.is_empty() => {
                Ok(Self(key.to_owned(), value.to_owned()))
            }
            Some(_) | None => Err("right would be a label such as team=pay".to_owned()),
        }
    }
}

#[derive(Debug, Subcommand)]
pub(crate) enum OnCall {
    /// Put somebody on call for a time, above all layers of a schedule.
    Take {
        /// The schedule, by slug.
        schedule: String,
        /// When the shift begins [default: now].
        #[arg(long, value_name = "TIME", value_parser = time)]
        from: Option<Timestamp>,
        #[command(flatten)]
        end: End,
        /// Who takes it, by e-mail address [default: whoever --by names].
        #[arg(long, value_name = "EMAIL")]
        user: Option<String>,
        /// Why.
        #[arg(long, default_value = "", hide_default_value = true)]
        note: String,
        /// Who says so, by e-mail address [default: whoever is at this shell].
        #[arg(long, value_name = "EMAIL")]
        by: Option<String>,
        /// As JSON.
        #[arg(long)]
        json: bool,
    },
    /// List the shifts that were taken and are not over.
    Taken {
        /// As JSON.
        #[arg(long)]
        json: bool,
    },
    /// Give a taken shift back.
    GiveBack {
        /// Its id.
        id: String,
        /// Who says so, by e-mail address [default: whoever is at this shell].
        #[arg(long, value_name = "EMAIL")]
        by: Option<String>,
    },
}
