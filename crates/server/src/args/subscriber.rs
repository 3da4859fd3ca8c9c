//! `subscriber …`: who is told of what a status page shows.

use std::path::PathBuf;

use clap::{Args as ClapArgs, Subcommand};

#[derive(Debug, Subcommand)]
pub(crate) enum Subscriber {
    /// List the subscribers of a status page.
    List {
        /// The slug of the status page.
        page: String,
        /// As JSON.
        #[arg(long)]
        json: bool,
    },
    /// Write the subscribers of a status page as CSV, which `import` reads.
    Export {
        /// The slug of the status page.
        page: String,
    },
    /// Add people who agreed elsewhere. Nobody is added while a line has a mistake.
    Import(Import),
    /// Forget everything about an address, for good: no import brings it back.
    Remove {
        /// The slug of the status page.
        page: String,
        /// The e-mail address, or the address of the webhook.
        address: String,
    },
}

#[derive(Debug, ClapArgs)]
pub(crate) struct Import {
    /// The slug of the status page.
    pub(crate) page: String,
    /// CSV whose first line names its columns: address, and if need be services, kinds, confirmed_at, language.
    pub(crate) file: PathBuf,
    /// What people agreed to, when and where; kept with each of them.
    #[arg(long, value_name = "TEXT")]
    pub(crate) consent: String,
    /// Add the lines without mistakes all the same.
    #[arg(long)]
    pub(crate) skip_bad: bool,
    /// Who imports, by e-mail address [default: whoever is at this shell].
    #[arg(long, value_name = "EMAIL")]
    pub(crate) by: Option<String>,
    /// As JSON.
    #[arg(long)]
    pub(crate) json: bool,
}
