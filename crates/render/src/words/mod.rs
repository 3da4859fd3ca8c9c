//! What pages say, in the language and the zone of the page.
//!
//! Every word that readers of a status page meet is a message in `lang/*.ftl`, by a key. Tests hold the files together:
//! each language has every key with the same arguments, each key is used, and each key that is asked for is there.
//! The directory speaks English and takes what it shares with status pages from the same place.

mod catalogue;
mod clock;
mod labels;
mod text;

#[cfg(test)]
mod tests;

use std::borrow::Cow;

use domain::{Language, public::Said};
use fluent_bundle::{FluentArgs, FluentValue};
use jiff::tz::TimeZone;

use crate::{page::is_banned, view::UpdateView};
use catalogue::Catalogue;

pub(crate) use clock::{iso, millis, rfc2822};
pub(crate) use text::{Form, Text};

/// How a page speaks.
#[derive(Clone, Copy)]
pub(crate) struct Words<'a> {
    pub(crate) language: Language,
    /// The language in which people write what the page carries.
    written: Language,
    /// The zone of its clock.
    zone: &'a TimeZone,
    catalogue: &'static Catalogue,
}

static UTC: TimeZone = TimeZone::UTC;

/// What stands for something in a message.
pub(crate) enum Arg {
    /// A number, which chooses the form of what is counted.
    Count(usize),
    /// A word that chooses among forms and is not shown.
    Choice(&'static str),
    /// A text.
    Text(Text),
}

/// Where an argument goes that is more than characters: a mark that no text of ours holds and its number follow.
const MARK: char = '\u{fdd2}';

impl<'a> Words<'a> {
    /// Returns the words of a page in this language, whose people write in that one, on the clock of this zone.
    pub(crate) fn new(language: Language, written: Language, zone: &'a TimeZone) -> Self {
        Self { language, written, zone, catalogue: Catalogue::of(language) }
    }

    /// Returns the words of pages that speak English only, on the clock of UTC.
    pub(crate) fn english() -> Words<'static> {
        Self::of(Language::English)
    }

    /// Returns the words of a language, on the clock of UTC.
    pub(crate) fn of(language: Language) -> Words<'static> {
        Words::new(language, language, &UTC)
    }

    /// Returns the message of this key, which has no arguments.
    pub(crate) fn t(&self, key: &'static str) -> &'static str {
        self.catalogue.plain(key)
    }

    /// Returns the message of this key with its arguments.
    pub(crate) fn say<const N: usize>(&self, key: &'static str, args: [(&'static str, Arg); N]) -> Text {
        let mut values = FluentArgs::with_capacity(N);
        let mut texts = Vec::new();
        for (name, arg) in args {
            let value: FluentValue<'_> = match arg {
                Arg::Count(count) => count.into(),
                Arg::Choice(word) => word.into(),
                Arg::Text(text) => {
                    texts.push(text);
                    // One digit: no message has ten texts in it.
                    format!("{MARK}{}", texts.len() - 1).into()
                }
            };
            values.set(name, value);
        }
        let written = self.catalogue.format(key, &values);
        let mut parts = written.split(MARK);
        let mut whole = Text::ours(parts.next().unwrap_or_default().to_owned());
        for part in parts {
            let (number, rest) = part.split_at_checked(1).unwrap_or(("", part));
            let text = number.parse().ok().and_then(|number: usize| texts.get(number));
            whole.push(text.cloned().unwrap_or_default());
            if !rest.is_empty() {
                whole.push(Text::ours(rest.to_owned()));
            }
        }
        whole
    }

    /// Returns the message of this key about what others named.
    pub(crate) fn named(&self, key: &'static str, name: &str) -> Text {
        self.say(key, [("name", self.theirs(name).into())])
    }

    /// Returns the message of this key about an instant.
    pub(crate) fn at(&self, key: &'static str, time: &Text) -> Text {
        self.say(key, [("time", time.clone().into())])
    }

    /// Returns the message of this key about a number.
    pub(crate) fn count(&self, key: &'static str, count: usize) -> Text {
        self.say(key, [("count", Arg::Count(count))])
    }

    /// Whether the page speaks the language in which its people write.
    pub(crate) fn is_of_page(&self) -> bool {
        self.written == self.language
    }

    /// Returns what others wrote, set apart where it may run the other way or is in another language.
    pub(crate) fn theirs(&self, text: &str) -> Text {
        let other = (self.written != self.language).then_some(self.written);
        let may_turn = self.language.is_right_to_left() || text.chars().any(is_right_to_left);
        if other.is_some() || may_turn {
            Text::theirs(text, other, may_turn)
        } else {
            Text::ours(text.to_owned())
        }
    }

    /// Returns the attributes of an element that holds what others wrote at length.
    pub(crate) fn written(&self) -> &'static str {
        match (self.written == self.language, self.written) {
            (true, _) => " dir=\"auto\"",
            (false, Language::English) => " lang=\"en\" dir=\"auto\"",
            (false, Language::Italian) => " lang=\"it\" dir=\"auto\"",
            (false, Language::German) => " lang=\"de\" dir=\"auto\"",
            (false, Language::Arabic) => " lang=\"ar\" dir=\"auto\"",
        }
    }

    /// Returns the attributes of an element that holds what an update says: the machine speaks the language of the page.
    pub(crate) fn attributes(&self, update: &UpdateView) -> &'static str {
        if update.tongues.is_empty() || update.edited.is_some() { self.written() } else { "" }
    }

    /// Returns a title as a board in this language has it: one of ours, or what others wrote.
    pub(crate) fn titled(&self, title: &Said) -> Text {
        if title.tongues.is_empty() { self.theirs(&title.text) } else { Text::ours(title.text.clone()) }
    }

    /// Returns the texts as a list within a line.
    pub(crate) fn list(&self, texts: impl IntoIterator<Item = Text>) -> Text {
        Text::joined(texts, self.t("list-comma"))
    }
}

/// Whether the letter is of a script that is written from right to left.
fn is_right_to_left(c: char) -> bool {
    !is_banned(c)
        && matches!(c, '\u{590}'..='\u{8ff}' | '\u{fb1d}'..='\u{fdff}' | '\u{fe70}'..='\u{feff}'
        | '\u{10800}'..='\u{10fff}' | '\u{1e800}'..='\u{1efff}')
}

impl From<Text> for Arg {
    fn from(text: Text) -> Self {
        Self::Text(text)
    }
}

impl From<&'static str> for Arg {
    fn from(text: &'static str) -> Self {
        Self::Text(Text::ours(text))
    }
}

impl From<String> for Arg {
    fn from(text: String) -> Self {
        Self::Text(Text::ours(text))
    }
}

impl From<usize> for Arg {
    fn from(count: usize) -> Self {
        Self::Count(count)
    }
}

impl From<Cow<'static, str>> for Arg {
    fn from(text: Cow<'static, str>) -> Self {
        Self::Text(Text::ours(text))
    }
}
