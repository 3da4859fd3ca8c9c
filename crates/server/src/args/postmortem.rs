//! `postmortem …`: what is learnt from an incident, from the draft to what readers see.

use clap::{ArgGroup, Args as ClapArgs, Subcommand};
use jiff::civil::Date;

use super::acts::Act;

#[derive(Debug, Subcommand)]
pub(crate) enum Postmortem {
    /// List the incidents that are over and lack one, the most urgent first.
    List {
        /// Those that have one, too.
        #[arg(long)]
        all: bool,
        /// As JSON.
        #[arg(long)]
        json: bool,
    },
    /// Begin one with what the record says, or with a text of yours.
    Draft {
        #[command(flatten)]
        act: Act,
        #[command(flatten)]
        text: Text,
    },
    /// Show one: the newest text, what the record says, who was there, what is to be done.
    #[command(disable_version_flag = true)]
    Show {
        /// The incident, by its number or id.
        incident: String,
        /// An earlier version, by its number: its text alone.
        #[arg(long, value_name = "NUMBER")]
        version: Option<i64>,
        /// The newest text alone.
        #[arg(long, conflicts_with = "version")]
        text: bool,
        /// As JSON.
        #[arg(long, conflicts_with_all = ["version", "text"])]
        json: bool,
    },
    /// Save a new text.
    #[command(group = ArgGroup::new("new").required(true).args(["editor", "file"]))]
    Edit {
        #[command(flatten)]
        act: Act,
        #[command(flatten)]
        text: Text,
        /// The version that the text is based on; needed with --file. Where there is a newer one, both are shown.
        #[arg(long, value_name = "NUMBER", required_unless_present = "editor", conflicts_with = "editor")]
        base: Option<i64>,
    },
    /// Ask somebody to review the newest version; they are told.
    Submit {
        #[command(flatten)]
        act: Act,
        /// Whom, by e-mail address: anybody but who wrote it.
        #[arg(long, value_name = "EMAIL")]
        to: String,
    },
    /// Say that the newest version is right; whoever asked is told.
    #[command(disable_version_flag = true)]
    Approve {
        #[command(flatten)]
        act: Act,
        /// The version that you have read [default: the newest].
        #[arg(long, value_name = "NUMBER")]
        version: Option<i64>,
        /// A word with it.
        #[arg(long, default_value = "", hide_default_value = true)]
        comment: String,
    },
    /// Give it back with what should be different; whoever asked is told.
    Return {
        #[command(flatten)]
        act: Act,
        /// What should be different.
        #[arg(long)]
        comment: String,
    },
    /// Let readers see the newest version below its incident; subscribers are told of the first.
    Publish {
        #[command(flatten)]
        act: Act,
        /// Although nobody else has approved it.
        #[arg(long)]
        without_review: bool,
    },
    /// What is to be done so that it does not happen again.
    #[command(subcommand)]
    Action(Action),
}

#[derive(Debug, Subcommand)]
pub(crate) enum Action {
    /// List what is to be done, the first due first.
    List {
        /// As JSON.
        #[arg(long)]
        json: bool,
    },
    /// Add something to do; its owner is reminded on its day.
    Add {
        #[command(flatten)]
        act: Act,
        /// What, in one line.
        #[arg(long)]
        text: String,
        /// Who sees to it, by e-mail address.
        #[arg(long, value_name = "EMAIL")]
        owner: String,
        /// By the end of which day, such as 2026-03-31.
        #[arg(long, value_name = "DATE", value_parser = day)]
        due: Date,
        /// Let readers see it below the post-mortem.
        #[arg(long)]
        public: bool,
    },
    /// Say that something is done.
    Done {
        #[command(flatten)]
        act: Act,
        /// Its number.
        number: i64,
    },
}

/// Where a text comes from.
#[derive(Debug, ClapArgs)]
pub(crate) struct Text {
    /// Open the newest text in $VISUAL or $EDITOR, and save what comes of it.
    #[arg(long, conflicts_with = "file")]
    pub(crate) editor: bool,
    /// A file with the whole text as Markdown; - is standard input.
    #[arg(long, value_name = "FILE")]
    pub(crate) file: Option<String>,
}

fn day(text: &str) -> Result<Date, String> {
    text.parse().map_err(|_| "right would be a day such as 2026-03-31".to_owned())
}
