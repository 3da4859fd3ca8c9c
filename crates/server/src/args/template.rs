//! `template …`: what is said in public, to be reviewed before it is.

use clap::Subcommand;

#[derive(Debug, Subcommand)]
pub(crate) enum Template {
    /// List the templates of the configuration.
    List {
        /// As JSON.
        #[arg(long)]
        json: bool,
    },
    /// Show what readers are told on each occasion in each language, with facts of an example.
    Preview {
        /// In this language alone, such as it.
        #[arg(long, value_name = "LANGUAGE", value_parser = language)]
        language: Option<domain::Language>,
        /// On this occasion alone, such as opened.
        #[arg(long, value_name = "OCCASION", value_parser = occasion)]
        occasion: Option<domain::public::Occasion>,
    },
}

fn language(text: &str) -> Result<domain::Language, String> {
    let tags = domain::Language::ALL.map(domain::Language::tag);
    let found = domain::Language::ALL.into_iter().find(|language| language.tag() == text);
    found.ok_or_else(|| format!("the languages are {}", tags.join(", ")))
}

fn occasion(text: &str) -> Result<domain::public::Occasion, String> {
    let words: Vec<&str> = domain::public::Occasion::ALL.iter().map(|occasion| occasion.word()).collect();
    domain::public::Occasion::from_word(text).ok_or_else(|| format!("the occasions are {}", words.join(", ")))
}
