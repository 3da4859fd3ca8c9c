//! What is wrong with a configuration, as a person reads it: place, problem, the line itself, what would be right.

use std::{fmt::Write, io, path::Path};

use formats::setup::Problem;
use unicode_width::UnicodeWidthStr;

use super::environment::Overrides;

/// A configuration that nothing may start on; displayed as every problem with its place.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub(crate) struct ConfigError(String);

impl ConfigError {
    /// The file can't be read at all.
    pub(super) fn unreadable(path: &Path, error: &io::Error) -> Self {
        Self(format!("{}: it can't be read: {error}", path.display()))
    }

    /// The file or the environment says what can't be.
    pub(super) fn refused(
        source: Option<&Path>,
        text: &str,
        problems: &[Problem],
        overrides: &Overrides,
    ) -> Self {
        let file = source.map_or_else(|| "configuration".to_owned(), |path| path.display().to_string());
        let reports: Vec<_> =
            problems.iter().map(|problem| report(problem, &file, text, overrides)).collect();
        Self(reports.join("\n"))
    }
}

fn report(problem: &Problem, file: &str, text: &str, overrides: &Overrides) -> String {
    let mut report = match (&problem.span, overrides.variable_at(&problem.path)) {
        (Some(span), _) => {
            let place = Place::of(span.start, span.end, text);
            let excerpt = place.excerpt();
            format!("{file}:{}:{}: {}\n{excerpt}", place.line, place.column, problem.message)
        }
        (None, Some(variable)) => format!("{variable}: {}", problem.message),
        (None, None) if problem.path.is_empty() => format!("{file}: {}", problem.message),
        (None, None) => format!("{file}: {}: {}", problem.path, problem.message),
    };
    if let Some(hint) = &problem.hint {
        // Writing to a string can't fail.
        let _ = write!(report, "\n  hint: {hint}");
    }
    report
}

/// A span of the text as a person finds it.
struct Place<'a> {
    /// From one.
    line: usize,
    /// In characters, from one.
    column: usize,
    /// The line up to the span, the marked part of it, and the rest.
    parts: [&'a str; 3],
}

impl<'a> Place<'a> {
    /// Finds the bytes from `start` to `end`; of a span over several lines the first is marked.
    fn of(start: usize, end: usize, text: &'a str) -> Self {
        let before = text.get(..start).unwrap_or(text);
        let line_start = before.rfind('\n').map_or(0, |newline| newline + 1);
        let line_end = text[before.len()..].find('\n').map_or(text.len(), |length| before.len() + length);
        let marked = text.get(before.len()..end.clamp(before.len(), line_end)).unwrap_or_default();
        let after = &text[before.len() + marked.len()..line_end];
        Self {
            line: before.matches('\n').count() + 1,
            column: before[line_start..].chars().count() + 1,
            parts: [&before[line_start..], marked, after.trim_end()],
        }
    }

    /// Returns the line with carets under what is marked.
    fn excerpt(&self) -> String {
        // A tab or another control character is one blank, so that the carets stand where they should.
        let [before, marked, after] = self.parts.map(|part| part.replace(|c: char| c.is_control(), " "));
        let number = self.line.to_string();
        let margin = " ".repeat(number.len());
        let indent = " ".repeat(before.width());
        let carets = "^".repeat(marked.width().max(1));
        format!("  {number} | {before}{marked}{after}\n  {margin} | {indent}{carets}")
    }
}
