//! What the readers make of good and bad configurations.

mod assertions;
mod good;
mod guard;
mod hand_over;
mod pages;
mod refusals;
mod round_trip;
mod shipped;
mod silences;
mod templates;
mod times;

use std::{collections::HashMap, io, path::Path};

use super::{Objects, Problem, Secrets, from_toml};

/// Variables and files of a test.
#[derive(Default)]
pub(crate) struct Given {
    env: HashMap<&'static str, &'static str>,
    files: HashMap<&'static str, &'static str>,
}

impl Secrets for Given {
    fn env(&self, name: &str) -> Option<String> {
        self.env.get(name).map(|value| (*value).to_owned())
    }

    fn file(&self, path: &Path) -> io::Result<String> {
        let content = path.to_str().and_then(|path| self.files.get(path));
        content.map(|content| (*content).to_owned()).ok_or_else(|| io::ErrorKind::NotFound.into())
    }
}

/// Reads a configuration without secrets.
fn read(text: &str) -> Result<Objects, Vec<Problem>> {
    from_toml(text, &Given::default())
}

/// Reads a good configuration.
#[track_caller]
fn good(text: &str) -> Objects {
    read(text).unwrap_or_else(|problems| panic!("refused: {}", shown(&problems, text)))
}

/// Returns problems as `text that is marked | path: message | hint`, one a line.
fn shown(problems: &[Problem], text: &str) -> String {
    let line = |problem: &Problem| {
        let marked = problem.span.clone().map_or("", |span| &text[span]);
        let marked = marked.lines().next().unwrap_or_default();
        let hint = problem.hint.as_deref().map(|hint| format!(" | {hint}")).unwrap_or_default();
        format!("{marked} | {}: {}{hint}", problem.path, problem.message)
    };
    problems.iter().map(line).collect::<Vec<_>>().join("\n")
}
