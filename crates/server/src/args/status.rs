//! `status …`: what readers see of a service, by a person's word.

use std::str::FromStr;

use clap::{Args as ClapArgs, Subcommand};
use jiff::Timestamp;

use super::time::{Span, time};

#[derive(Debug, Subcommand)]
pub(crate) enum Status {
    /// Lock what readers see of a service, whatever is judged meanwhile.
    Lock(Lock),
    /// Release a lock: readers see what is judged again.
    Release {
        /// The service, by slug.
        service: String,
        /// Who says so, by e-mail address [default: whoever is at this shell].
        #[arg(long, value_name = "EMAIL")]
        by: Option<String>,
    },
    /// Show what each service is judged to be, what readers see, and who has locked it.
    Show {
        /// As JSON.
        #[arg(long)]
        json: bool,
    },
}

#[derive(Debug, ClapArgs)]
pub(crate) struct Lock {
    /// The service, by slug.
    pub(crate) service: String,
    /// What readers see, such as operational or degraded_performance.
    pub(crate) status: Word,
    /// For this time [default: until it is released].
    #[arg(long, value_name = "SPAN", conflicts_with = "until")]
    pub(crate) r#for: Option<Span>,
    /// Until this instant.
    #[arg(long, value_name = "TIME", value_parser = time)]
    pub(crate) until: Option<Timestamp>,
    /// Why, for the team.
    #[arg(long, default_value = "")]
    pub(crate) note: String,
    /// Do so although it hides trouble from readers.
    #[arg(long)]
    pub(crate) force: bool,
    /// Who says so, by e-mail address [default: whoever is at this shell].
    #[arg(long, value_name = "EMAIL")]
    pub(crate) by: Option<String>,
    /// As JSON.
    #[arg(long)]
    pub(crate) json: bool,
}

/// A status by its word.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Word(pub(crate) domain::Status);

impl FromStr for Word {
    type Err = String;

    fn from_str(word: &str) -> Result<Self, String> {
        domain::Status::from_word(word).map(Self).ok_or_else(|| {
            let known: Vec<&str> = domain::Status::ALL.iter().skip(1).map(|status| status.word()).collect();
            format!("one of {}", known.join(", "))
        })
    }
}
