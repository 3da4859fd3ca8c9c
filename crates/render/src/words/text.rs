//! A sentence on its way to a reader: words of ours around what is no word of ours.
//!
//! In HTML an instant is a `<time>`, a link a link, and what others wrote is set apart by `<bdi>` where it may run the other
//! way or is in another language. Everything is escaped here. Where there is no markup the same text is plain, and what
//! may run the other way stands between the isolates of Unicode.

use std::{
    borrow::Cow,
    fmt::{self, Write},
};

use askama::filters::HtmlSafe;
use domain::Language;
use jiff::Timestamp;

use crate::page::{CLOSE, OPEN, is_banned};

/// A sentence or a part of one.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Text(Vec<Piece>);

/// A run of a text.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Piece {
    /// Words of ours.
    Ours(Cow<'static, str>),
    /// Words of others, to be set apart.
    Theirs { text: String, language: Option<Language>, may_turn: bool },
    /// An instant or a span of time, as it is put for those whose zone we don't learn.
    Time { text: String, from: String, to: Option<String>, form: Form },
    /// A length of time that still grows.
    Growing { text: String, since: String },
    /// A link around a text.
    Link { to: String, text: Text },
}

/// How an instant is put, for the script that puts it in the reader's zone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Form {
    /// The hour; the day too if it is another than today.
    Near,
    /// The same to the second.
    Seconds,
    /// Day and hour.
    Full,
    /// The day with its year.
    Day,
    /// The day alone.
    ShortDay,
    /// From one instant to another.
    Span,
}

impl Form {
    const fn word(self) -> &'static str {
        match self {
            Form::Near => "near",
            Form::Seconds => "seconds",
            Form::Full => "full",
            Form::Day => "day",
            Form::ShortDay => "short-day",
            Form::Span => "span",
        }
    }
}

impl Text {
    /// Returns words of ours.
    pub(crate) fn ours(text: impl Into<Cow<'static, str>>) -> Self {
        Self(vec![Piece::Ours(text.into())])
    }

    /// Returns words of others, to be set apart from what is around them; `language` is theirs if it is another,
    /// and `may_turn` whether they may run the other way.
    pub(crate) fn theirs(text: &str, language: Option<Language>, may_turn: bool) -> Self {
        Self(vec![Piece::Theirs { text: text.to_owned(), language, may_turn }])
    }

    /// Returns an instant, put like this.
    pub(crate) fn time(text: String, at: Timestamp, form: Form) -> Self {
        Self(vec![Piece::Time { text, from: super::iso(at), to: None, form }])
    }

    /// Returns a span of time, put like this.
    pub(crate) fn span(text: String, from: Timestamp, to: Timestamp) -> Self {
        let (from, to) = (super::iso(from), Some(super::iso(to)));
        Self(vec![Piece::Time { text, from, to, form: Form::Span }])
    }

    /// Returns a length that still grows since an instant.
    pub(crate) fn growing(text: String, since: Timestamp) -> Self {
        Self(vec![Piece::Growing { text, since: super::iso(since) }])
    }

    /// Returns the text as a link.
    pub(crate) fn linked(self, to: Option<&str>) -> Self {
        match to {
            Some(to) => Self(vec![Piece::Link { to: to.to_owned(), text: self }]),
            None => self,
        }
    }

    /// Returns the texts one behind the other.
    pub(crate) fn joined(texts: impl IntoIterator<Item = Text>, between: &'static str) -> Self {
        let mut whole = Self::default();
        for text in texts {
            if !whole.0.is_empty() {
                whole.0.push(Piece::Ours(between.into()));
            }
            whole.0.extend(text.0);
        }
        whole
    }

    pub(super) fn push(&mut self, other: Self) {
        self.0.extend(other.0);
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.0.iter().all(|piece| matches!(piece, Piece::Ours(text) if text.is_empty()))
    }

    /// Returns the text without markup.
    pub(crate) fn plain(&self) -> String {
        let mut out = String::new();
        for piece in &self.0 {
            match piece {
                Piece::Ours(text) => out.push_str(text),
                Piece::Time { text, .. } | Piece::Growing { text, .. } => out.push_str(text),
                Piece::Theirs { text, may_turn: false, .. } => out.push_str(text),
                Piece::Theirs { text, may_turn: true, .. } => {
                    out.push(OPEN);
                    out.extend(text.chars().filter(|c| !is_banned(*c)));
                    out.push(CLOSE);
                }
                Piece::Link { text, .. } => out.push_str(&text.plain()),
            }
        }
        out
    }
}

/// Writes the text as HTML.
impl fmt::Display for Text {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for piece in &self.0 {
            match piece {
                Piece::Ours(text) => escape(f, text)?,
                Piece::Theirs { text, language, .. } => {
                    f.write_str("<bdi")?;
                    if let Some(language) = language {
                        write!(f, " lang=\"{language}\"")?;
                    }
                    f.write_str(">")?;
                    escape(f, text)?;
                    f.write_str("</bdi>")?;
                }
                Piece::Time { text, from, to, form } => {
                    write!(f, "<time datetime=\"{from}\" data-form=\"{}\"", form.word())?;
                    if let Some(to) = to {
                        write!(f, " data-to=\"{to}\"")?;
                    }
                    f.write_str(">")?;
                    escape(f, text)?;
                    f.write_str("</time>")?;
                }
                Piece::Growing { text, since } => {
                    write!(f, "<span data-since=\"{since}\">")?;
                    escape(f, text)?;
                    f.write_str("</span>")?;
                }
                Piece::Link { to, text } => {
                    f.write_str("<a href=\"")?;
                    escape(f, to)?;
                    write!(f, "\">{text}</a>")?;
                }
            }
        }
        Ok(())
    }
}

impl HtmlSafe for Text {}

fn escape(f: &mut fmt::Formatter<'_>, text: &str) -> fmt::Result {
    for c in text.chars() {
        match c {
            '&' => f.write_str("&#38;")?,
            '<' => f.write_str("&#60;")?,
            '>' => f.write_str("&#62;")?,
            '"' => f.write_str("&#34;")?,
            '\'' => f.write_str("&#39;")?,
            c => f.write_char(c)?,
        }
    }
    Ok(())
}
