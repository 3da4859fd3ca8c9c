//! The house rules that neither the compiler nor clippy can hold: the floor plan, sizes, words, places of SQL.
//!
//! Each rule is a row of a table: `text::RULES` for what any one file shows, `manifests::FLOORS` for the arrows between
//! crates. A finding says what would be right. Nothing here changes a file.

mod manifests;
#[cfg(test)]
mod tests;
mod text;

use std::{
    fmt, fs,
    path::{Path, PathBuf},
};

use anyhow::{Context, Result};

/// Folders that hold what others made.
const FOREIGN: &[&str] = &[".git", "data", "node_modules", "snapshots", "target", "test_data", "vendor"];

/// Files without one of these endings are not ours to judge, except the scripts in `.ci`.
const TEXT: &[&str] = &["css", "html", "js", "json", "md", "mjs", "rs", "sh", "sql", "toml", "txt", "yml"];

/// A broken rule and where.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Finding {
    path: String,
    line: usize,
    /// What would be right.
    right: String,
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}: {}", self.path, self.line, self.right)
    }
}

/// A file of ours: its path from the root, with `/`, and its text.
struct Source {
    path: String,
    text: String,
}

/// Reads the whole checkout and returns every broken rule, in the order of paths.
///
/// # Errors
/// Fails when a file cannot be read.
pub(crate) fn check(root: &Path) -> Result<Vec<Finding>> {
    let mut paths = Vec::new();
    walk(root, &mut paths)?;
    let mut sources = Vec::new();
    for path in paths {
        let text = fs::read_to_string(&path).with_context(|| format!("reading {}", path.display()))?;
        let path = path.strip_prefix(root).expect("found below the root").to_string_lossy().into_owned();
        sources.push(Source { path, text });
    }
    let mut findings: Vec<Finding> = sources.iter().flat_map(text::findings).collect();
    findings.extend(sources.iter().flat_map(manifests::findings));
    findings.extend(manifests::unreleased(&sources));
    findings.sort();
    Ok(findings)
}

fn walk(folder: &Path, paths: &mut Vec<PathBuf>) -> Result<()> {
    let entries = fs::read_dir(folder).with_context(|| format!("reading {}", folder.display()))?;
    for entry in entries {
        let entry = entry?;
        let (path, name) = (entry.path(), entry.file_name());
        let name = name.to_string_lossy();
        if entry.file_type()?.is_dir() {
            if !FOREIGN.contains(&name.as_ref()) {
                walk(&path, paths)?;
            }
        } else if name.rsplit_once('.').is_some_and(|(_, ending)| TEXT.contains(&ending))
            || folder.file_name().is_some_and(|name| name == ".ci")
        {
            paths.push(path);
        }
    }
    Ok(())
}
