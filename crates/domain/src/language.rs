//! The languages in which public pages speak.

use std::fmt;

/// A language in which public pages speak.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Language {
    /// English, which is spoken where nothing is said.
    English,
    /// Italian.
    Italian,
    /// German.
    German,
    /// Arabic, which is written from right to left.
    Arabic,
}

impl Language {
    /// Every language.
    pub const ALL: [Language; 4] = [Language::English, Language::Italian, Language::German, Language::Arabic];

    /// Returns its tag (BCP 47), which is also its word in configuration and addresses.
    #[must_use]
    pub const fn tag(self) -> &'static str {
        match self {
            Language::English => "en",
            Language::Italian => "it",
            Language::German => "de",
            Language::Arabic => "ar",
        }
    }

    /// Returns its name in itself, which its readers recognise whatever the page around it says.
    #[must_use]
    pub const fn own_name(self) -> &'static str {
        match self {
            Language::English => "English",
            Language::Italian => "Italiano",
            Language::German => "Deutsch",
            Language::Arabic => "العربية",
        }
    }

    /// Whether it is written from right to left.
    #[must_use]
    pub const fn is_right_to_left(self) -> bool {
        match self {
            Language::English | Language::Italian | Language::German => false,
            Language::Arabic => true,
        }
    }

    /// Returns the value of the `dir` attribute of what is written in it.
    #[must_use]
    pub const fn direction(self) -> &'static str {
        if self.is_right_to_left() { "rtl" } else { "ltr" }
    }
}

impl fmt::Display for Language {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.tag())
    }
}
