//! `status-page …`: what those who keep status pages may know of them.

use clap::Subcommand;

#[derive(Debug, Subcommand)]
pub(crate) enum StatusPage {
    /// List the status pages, with how far the proofs of their host names are and what of their themes is left away.
    List {
        /// As JSON.
        #[arg(long)]
        json: bool,
    },
    /// Say what proves that the host name of a page is ours, and have it looked for at once.
    Verify {
        /// The page.
        slug: String,
    },
    /// Print the address that opens a page; of one with a secret link it holds the secret.
    Link {
        /// The page.
        slug: String,
    },
}
