//! What the machine says in public, as values: an occasion, and its facts by the names that they have when it is said.
//!
//! A [`Word`] is put in every language at once, and what comes of it, [`Said`], is kept: what readers were told stays as it was,
//! whatever is renamed or worded differently later. What people say has one text, which stands in every language.

use std::collections::BTreeMap;

use jiff::Timestamp;

use crate::{Language, Phase, Severity, Status};

/// The longest title of a provider's incident that is quoted, in characters.
const LONGEST_QUOTE: usize = 200;

/// The longest address that is linked, in bytes.
const LONGEST_LINK: usize = 500;

macro_rules! occasions {
    ($($(#[$doc:meta])* $variant:ident = $word:literal: $names:expr,)*) => {
        /// When the machine says something to readers.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Occasion { $($(#[$doc])* $variant,)* }

        impl Occasion {
            /// Every occasion.
            pub const ALL: &'static [Occasion] = &[$(Occasion::$variant,)*];

            /// Returns its word in configurations.
            #[must_use]
            pub const fn word(self) -> &'static str {
                match self { $(Occasion::$variant => $word,)* }
            }

            /// Returns the names that a template for it may use.
            #[must_use]
            pub const fn names(self) -> &'static [&'static str] {
                match self { $(Occasion::$variant => $names,)* }
            }
        }
    };
}

/// What is known of an incident that has a provider behind it.
const CAUSED: &[&str] =
    &["text", "services", "status", "state", "provider", "provider_incident", "link", "report"];
/// What is known of an incident.
const TOUCHED: &[&str] = &["text", "services", "status", "state"];
/// What is known of an end.
const ENDED: &[&str] = &["text", "services", "provider"];
/// What is known of work.
const WORK: &[&str] = &["text", "services", "title", "from", "until"];

occasions! {
    /// An incident is named.
    Title = "title": &["text", "services", "status", "provider"],
    /// An incident has begun.
    Opened = "opened": CAUSED,
    /// Its services are different from before.
    Changed = "changed": CAUSED,
    /// The provider has found the cause.
    Identified = "identified": CAUSED,
    /// The provider watches a fix.
    Monitoring = "monitoring": CAUSED,
    /// The provider looks for the cause again.
    Investigating = "investigating": CAUSED,
    /// The trouble is back after its end.
    Back = "back": CAUSED,
    /// The time of a promised word has come, and nothing is new.
    Still = "still": TOUCHED,
    /// The same, while a fix is watched.
    StillMonitoring = "still_monitoring": TOUCHED,
    /// Trouble that keeps coming back is gone for now.
    Calm = "calm": TOUCHED,
    /// Trouble is out of sight, and nothing shows yet that it is over.
    Awaited = "awaited": ENDED,
    /// It is over, and everything works.
    Resolved = "resolved": ENDED,
    /// It is over, and something else goes on with the same services.
    Over = "over": ENDED,
    /// The trouble goes on, and none of the services is built on that any more.
    NoLongerOurs = "no_longer_ours": ENDED,
    /// A person has opened an incident and said nothing more.
    Noticed = "noticed": TOUCHED,
    /// A person says that the cause is found.
    CauseFound = "cause_found": TOUCHED,
    /// A person says that a fix is in place.
    FixInPlace = "fix_in_place": TOUCHED,
    /// A person says that the cause is looked for again.
    LookingAgain = "looking_again": TOUCHED,
    /// A person has opened an incident again.
    Reopened = "reopened": TOUCHED,
    /// A person has ended an incident.
    Ended = "ended": TOUCHED,
    /// A person has recorded an incident that was over.
    AddedAfterwards = "added_afterwards": TOUCHED,
    /// An incident has become part of another.
    GoesOnAs = "goes_on_as": &["text", "title"],
    /// Another incident has become part of it.
    PartOfIt = "part_of_it": &["text", "title"],
    /// Work is announced.
    WorkPlanned = "work_planned": WORK,
    /// It is announced for another time.
    WorkMoved = "work_moved": WORK,
    /// It has begun.
    WorkBegun = "work_begun": WORK,
    /// It ends at another time.
    WorkExtended = "work_extended": WORK,
    /// Its time is over, and not everything is well.
    WorkOverrun = "work_overrun": WORK,
    /// It is done.
    WorkDone = "work_done": WORK,
    /// It will not take place.
    WorkCancelled = "work_cancelled": WORK,
    /// It goes on as an incident.
    WorkFailed = "work_failed": WORK,
}

/// Something that the machine says to readers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Word {
    /// When.
    pub occasion: Occasion,
    /// The services by what they are, the worst first.
    pub services: Vec<(Status, Names)>,
    /// The providers behind it.
    pub providers: Names,
    /// What they report.
    pub quotes: Vec<Quote>,
    /// When the work is.
    pub times: Option<(Timestamp, Timestamp)>,
    /// The title of the work, or of another incident.
    pub title: Option<String>,
}

/// Names in a sentence, which says how many more there are.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Names {
    /// Those that are named.
    pub named: Vec<String>,
    /// How many are not.
    pub more: usize,
}

/// An incident of a provider, by the provider's words. They are data: nothing in them can be markup.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Quote {
    /// Its title.
    pub title: String,
    /// Where it is in its life.
    pub phase: Phase,
    /// Its page.
    pub link: Option<String>,
}

/// What was said: by the machine in every language, by a person as it stands.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Said {
    /// In English, or as a person wrote it.
    pub text: String,
    /// In the other languages.
    pub tongues: Tongues,
}

/// A text of the machine's in the languages other than English; empty for what people wrote.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Tongues(pub BTreeMap<Language, String>);

/// The texts that an organisation gives, to be said by the machine or by people.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Templates {
    /// What the machine says instead of its own words.
    pub machine: BTreeMap<(Occasion, Language), String>,
    /// What people may begin with.
    pub people: Vec<Template>,
}

/// What people may begin an incident or an update with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Template {
    /// What it is called.
    pub name: String,
    /// The title of the incident.
    pub title: Option<String>,
    /// What is said, Markdown.
    pub text: Option<String>,
    /// How urgent the incident is.
    pub severity: Option<Severity>,
    /// The phase that the incident moves to.
    pub phase: Option<Phase>,
}

impl Occasion {
    /// Returns the occasion of a word of a configuration.
    #[must_use]
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|occasion| occasion.word() == word)
    }
}

impl Word {
    /// Returns what is said on an occasion, without any facts.
    #[must_use]
    pub const fn on(occasion: Occasion) -> Self {
        let providers = Names { named: Vec::new(), more: 0 };
        Self { occasion, services: Vec::new(), providers, quotes: Vec::new(), times: None, title: None }
    }

    /// Returns the worst that a service is.
    #[must_use]
    pub fn worst(&self) -> Status {
        self.services.iter().map(|(status, _)| *status).max().unwrap_or(Status::Unknown)
    }

    /// Returns the names of all its services.
    #[must_use]
    pub fn all_services(&self) -> Names {
        let named = self.services.iter().flat_map(|(_, names)| names.named.iter().cloned()).collect();
        Names { named, more: self.services.iter().map(|(_, names)| names.more).sum() }
    }
}

impl Names {
    /// Returns names of which so many are named; what has no name any more is counted.
    #[must_use]
    pub fn of(names: impl IntoIterator<Item = Option<String>>, most: usize) -> Self {
        let (mut named, mut more) = (Vec::new(), 0);
        for name in names {
            match name {
                Some(name) => named.push(name),
                None => more += 1,
            }
        }
        // To say that there is one more takes as much room as to name it.
        if named.len() > most + 1 {
            more += named.len() - most;
            named.truncate(most);
        }
        Self { named, more }
    }

    /// Returns how many they are.
    #[must_use]
    pub fn count(&self) -> usize {
        self.named.len() + self.more
    }
}

impl Quote {
    /// Returns a quotation of a provider's incident. Only an `https` address is linked, and none that could end the link.
    #[must_use]
    pub fn new(title: &str, phase: Phase, link: Option<&str>) -> Self {
        Self { title: plain(title), phase, link: link.and_then(linked) }
    }
}

/// Returns a title inside our sentence: Markdown and quotation marks would break out of it.
#[must_use]
pub fn plain(title: &str) -> String {
    let is_mark = |c: char| {
        matches!(c, '“' | '”' | '„' | '«' | '»' | '*' | '_' | '`' | '[' | ']' | '\\') || c.is_control()
    };
    let kept = title.chars().filter(|c| !is_mark(*c)).map(|c| match c {
        // What compares goes on doing so, and is no tag.
        '<' => '‹',
        '>' => '›',
        other => other,
    });
    let mut kept: Vec<char> = kept.collect();
    if kept.len() > LONGEST_QUOTE {
        kept.truncate(LONGEST_QUOTE - 1);
        kept.push('…');
    }
    kept.into_iter().collect()
}

/// Returns an address as Markdown links it; `None` for one that is not linked.
fn linked(address: &str) -> Option<String> {
    let is_safe = |c: char| c.is_ascii_graphic() && !"<>[]\"\\`|@".contains(c);
    if !address.starts_with("https://") || address.len() > LONGEST_LINK || !address.chars().all(is_safe) {
        return None;
    }
    // Parentheses would end the link; they say the same in this form.
    Some(address.replace('(', "%28").replace(')', "%29"))
}

impl Said {
    /// Returns what a person said.
    #[must_use]
    pub fn by_a_person(text: impl Into<String>) -> Self {
        Self { text: text.into(), tongues: Tongues::default() }
    }

    /// Returns it as readers of a language are told.
    #[must_use]
    pub fn put(&self, language: Language) -> &str {
        self.tongues.get(language).unwrap_or(&self.text)
    }
}

impl Tongues {
    /// Returns the text in a language; `None` where it is said in English, or as somebody wrote it.
    #[must_use]
    pub fn get(&self, language: Language) -> Option<&str> {
        self.0.get(&language).map(String::as_str)
    }

    /// Whether nobody but a person has put it into words.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl Templates {
    /// Returns what people may begin with, by its name.
    #[must_use]
    pub fn named(&self, name: &str) -> Option<&Template> {
        self.people.iter().find(|template| template.name == name)
    }
}

#[cfg(test)]
mod tests;
