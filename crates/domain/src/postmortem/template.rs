//! What a draft is made of: `{name}` stands for facts of the record, everything else for itself.

use super::{Facts, PROMPT};

/// The longest template in bytes: what it stands for comes on top of it.
pub const MOST_TEMPLATE_BYTES: usize = 16 * 1024;

/// The headings of a post-mortem where an organisation has none of its own.
pub const HEADINGS: [&str; 7] = [
    "Summary",
    "Leadup",
    "Fault",
    "Detection",
    "Root Cause",
    "Mitigation and resolution",
    "Corrective and Preventative Measures",
];

/// What stands below each heading: what the record gives, and what it leaves to people.
const BELOW: [(&str, &str); 7] = [
    ("{summary}", "what readers noticed, in words that need no knowledge of our systems."),
    ("", "what was changed, planned or different before it began."),
    ("{impact}\n\n{providers}", "what failed, and how."),
    ("{times}", "how we came to know of it, and whether that could have been sooner."),
    ("", "why it could happen."),
    ("{timeline}", "what ended it, and how we know that it is over."),
    ("", "what we do so that it does not happen again."),
];

/// Every name that a template may use.
pub(super) const NAMES: [&str; 10] = [
    "title",
    "number",
    "severity",
    "services",
    "duration",
    "summary",
    "times",
    "impact",
    "providers",
    "timeline",
];

/// What drafts are made of; all of its names are known.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Template(String);

/// What is wrong with a template.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mistake {
    /// Where, from 1.
    pub line: usize,
    /// What, and what would be right.
    pub problem: String,
}

impl Default for Template {
    fn default() -> Self {
        let section = |(heading, (facts, prompt)): (&str, (&str, &str))| {
            let facts = if facts.is_empty() { String::new() } else { format!("{facts}\n\n") };
            format!("## {heading}\n\n{facts}{PROMPT}: {prompt}*\n")
        };
        let sections: Vec<String> = HEADINGS.into_iter().zip(BELOW).map(section).collect();
        Self(sections.join("\n"))
    }
}

impl Template {
    /// Reads a template.
    ///
    /// # Errors
    /// When it is too long, or names what there is not.
    pub fn read(text: &str) -> Result<Self, Mistake> {
        if text.len() > MOST_TEMPLATE_BYTES {
            let problem =
                format!("a template has at most {MOST_TEMPLATE_BYTES} bytes; this has {}", text.len());
            return Err(Mistake { line: 1, problem });
        }
        for (place, line) in text.lines().enumerate() {
            let unknown = pieces(line).find_map(|piece| match piece {
                Piece::Name(name) if !NAMES.contains(&name) => Some(name),
                Piece::Name(_) | Piece::Text(_) => None,
            });
            if let Some(name) = unknown {
                let problem = format!("there is no `{{{name}}}`; the names are {}", NAMES.join(", "));
                return Err(Mistake { line: place + 1, problem });
            }
        }
        Ok(Self(text.to_owned()))
    }

    /// Returns it as it was written.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Returns the draft. Where the record says nothing there is no gap.
    #[must_use]
    pub fn fill(&self, facts: &Facts) -> String {
        let mut filled = String::with_capacity(self.0.len() * 2);
        for piece in pieces(&self.0) {
            match piece {
                Piece::Text(text) => filled.push_str(text),
                Piece::Name(name) => filled.push_str(&facts.named(name)),
            }
        }
        let mut draft = String::with_capacity(filled.len());
        let mut blanks = 0;
        for line in filled.lines() {
            blanks = if line.trim().is_empty() { blanks + 1 } else { 0 };
            if blanks < 2 {
                draft.push_str(line.trim_end());
                draft.push('\n');
            }
        }
        draft.trim().to_owned()
    }
}

enum Piece<'a> {
    Text(&'a str),
    Name(&'a str),
}

/// A brace before anything but lower-case letters and `_` up to the next brace is a brace.
fn pieces(template: &str) -> impl Iterator<Item = Piece<'_>> {
    let mut rest = template;
    std::iter::from_fn(move || {
        if rest.is_empty() {
            return None;
        }
        if let Some(name) = name_at(rest) {
            rest = &rest[name.len() + 2..];
            return Some(Piece::Name(name));
        }
        let mut braces = rest.match_indices('{').map(|(place, _)| place);
        let end = braces.find(|place| name_at(&rest[*place..]).is_some()).unwrap_or(rest.len());
        let (text, after) = rest.split_at(end);
        rest = after;
        Some(Piece::Text(text))
    })
}

fn name_at(text: &str) -> Option<&str> {
    let (name, _) = text.strip_prefix('{')?.split_once('}')?;
    let is_name = !name.is_empty() && name.bytes().all(|b| b.is_ascii_lowercase() || b == b'_');
    is_name.then_some(name)
}
