//! Rules that one file breaks by what is written in it.

use super::{Finding, Source};

/// A rule: which files it covers, which lines break it, what would be right.
struct Rule {
    covers: fn(&str) -> bool,
    broken_at: fn(&str) -> Vec<usize>,
    right: &'static str,
}

const MOST_LINES: usize = 500;

const RULES: &[Rule] = &[
    Rule {
        covers: |path| path.ends_with(".rs"),
        broken_at: |text| if text.starts_with("//! ") { vec![] } else { vec![1] },
        right: "open the file with `//!`: what it is, what it refuses, where it sits",
    },
    Rule {
        covers: |path| has_ending(path, &[".rs", ".html", ".css", ".mjs"]),
        broken_at: |text| if text.lines().count() > MOST_LINES { vec![MOST_LINES + 1] } else { vec![] },
        right: "at most 500 lines: split the file where its subjects part",
    },
    Rule {
        covers: |path| is_code(path) && !states_the_rules(path),
        broken_at: |text| lines_with(text, |line| WORDS.iter().any(|word| has_word(line, word))),
        right: "finish it, or open an issue and leave the code without the note",
    },
    Rule {
        covers: |path| is_code(path) && !states_the_rules(path),
        broken_at: |text| lines_with(text, |line| MARKS.iter().any(|mark| line.contains(mark))),
        right: "write the code or the test, or take it out: nothing here is a stub or skipped",
    },
    Rule {
        covers: |path| !states_the_rules(path),
        broken_at: |text| {
            lines_with(text, |line| ["/work/", "/root/"].iter().any(|path| has_path(line, path)))
        },
        right: "name no place of one machine: take the path from the configuration or from the root of the checkout",
    },
    Rule {
        covers: |path| is_code(path) && !is_test(path) && !states_the_rules(path),
        broken_at: |text| lines_with(text, |line| has_path(line, "/tmp/")),
        right: "no fixed temporary path outside tests: take the folder from the configuration",
    },
    Rule {
        covers: |path| path.ends_with(".rs") && !path.starts_with("crates/store/") && !states_the_rules(path),
        broken_at: sql_literals,
        right: "SQL text lives in crates/store: add a function there, named by the question it answers",
    },
    Rule {
        covers: |path| path == "build.rs" || path.ends_with("/build.rs"),
        broken_at: |_| vec![1],
        right: "no build scripts: generate with xtask and commit the result, or compute at start",
    },
    Rule {
        covers: |_| true,
        broken_at: |text| lines_with(text, |line| line.ends_with([' ', '\t', '\r'])),
        right: "no blanks at the end of a line",
    },
    Rule {
        covers: |_| true,
        broken_at: |text| {
            if text.is_empty() || text.ends_with('\n') { vec![] } else { vec![text.lines().count()] }
        },
        right: "end the file with a newline",
    },
];

const WORDS: &[&str] = &["TODO", "FIXME", "XXX"];

const MARKS: &[&str] = &["todo!", "unimplemented!", "#[ignore"];

/// How a statement begins, after the opening quote of a literal.
const SQL: &[&str] =
    &["SELECT", "INSERT INTO", "UPDATE", "DELETE FROM", "WITH", "CREATE TABLE", "ALTER TABLE", "DROP TABLE"];

/// Returns every rule that the file breaks, with the line.
pub(super) fn findings(source: &Source) -> Vec<Finding> {
    let covering = RULES.iter().filter(|rule| (rule.covers)(&source.path));
    let at =
        |rule: &'static Rule| (rule.broken_at)(&source.text).into_iter().map(move |line| (line, rule.right));
    covering
        .flat_map(at)
        .map(|(line, right)| Finding { path: source.path.clone(), line, right: right.to_owned() })
        .collect()
}

/// The files that must quote what they forbid.
fn states_the_rules(path: &str) -> bool {
    path.starts_with("xtask/src/tidy/")
}

fn is_code(path: &str) -> bool {
    has_ending(path, &[".rs", ".html", ".css", ".js", ".mjs", ".sh", ".sql", ".toml"])
        || path.starts_with(".ci/")
}

fn is_test(path: &str) -> bool {
    path.ends_with("tests.rs")
        || path.contains("/tests/")
        || path.starts_with("tests/")
        || path.contains("/testkit/")
}

fn has_ending(path: &str, endings: &[&str]) -> bool {
    endings.iter().any(|ending| path.ends_with(ending))
}

fn lines_with(text: &str, breaks: impl Fn(&str) -> bool) -> Vec<usize> {
    text.split('\n').enumerate().filter(|(_, line)| breaks(line)).map(|(at, _)| at + 1).collect()
}

/// Tells whether the word stands there, not as a part of another.
fn has_word(line: &str, word: &str) -> bool {
    let is_part = |char: char| char.is_alphanumeric() || char == '_';
    line.match_indices(word)
        .any(|(at, _)| !line[..at].ends_with(is_part) && !line[at + word.len()..].starts_with(is_part))
}

/// Tells whether an absolute path begins there: `a/work/b`, `./work/` and `https://host/work/` are none.
fn has_path(line: &str, path: &str) -> bool {
    let continues = |char: char| char.is_alphanumeric() || "._-/~}$".contains(char);
    line.match_indices(path).any(|(at, _)| !line[..at].ends_with(continues))
}

/// Returns the lines on which a string literal begins that is a statement, on its own line or the next.
fn sql_literals(text: &str) -> Vec<usize> {
    let begins_statement = |at: usize| {
        let literal = text[at + 1..].trim_start_matches('\\').trim_start();
        SQL.iter()
            .any(|verb| literal.strip_prefix(verb).is_some_and(|rest| rest.starts_with(char::is_whitespace)))
    };
    let starts = text.match_indices('"').map(|(at, _)| at).filter(|at| begins_statement(*at));
    starts.map(|at| text[..at].matches('\n').count() + 1).collect()
}
