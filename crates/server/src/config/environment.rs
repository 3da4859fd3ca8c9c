//! Options from the environment: `MIDWATCH_SERVER__LISTEN` stands above `listen` of `[server]`.

use std::collections::HashMap;

use formats::setup::{Document, Problem, nearest};
use serde_json::{Value, json};

use super::options::{Kind, OPTIONS};

/// What such variables begin with. Without the two underscores between section and key it is none of ours:
/// `MIDWATCH_CONFIG` is the command line's.
const PREFIX: &str = "MIDWATCH_";

/// The options that the environment sets.
pub(super) struct Overrides(Vec<(&'static str, &'static str, Value)>);

impl Overrides {
    /// Takes what concerns us from the environment, and the problems of what seems to and does not.
    pub(super) fn of(env: &HashMap<String, String>) -> (Self, Vec<Problem>) {
        let is_set = |&(section, key, kind): &(&'static str, &'static str, Kind)| {
            Some((section, key, typed(kind, env.get(&variable(section, key))?)))
        };
        let names: Vec<String> = OPTIONS.iter().map(|(section, key, _)| variable(section, key)).collect();
        let mut unknown: Vec<&String> =
            env.keys().filter(|name| is_option(name) && !names.contains(name)).collect();
        unknown.sort_unstable();
        let problem = |name: &String| Problem {
            span: None,
            path: name.clone(),
            message: "no option has this name".to_owned(),
            hint: nearest(name, names.iter().map(String::as_str)).map(|near| format!("did you mean {near}?")),
        };
        let problems = unknown.into_iter().map(problem).collect();
        (Self(OPTIONS.iter().filter_map(is_set).collect()), problems)
    }

    /// Sets the options in a document, above what the file says.
    pub(super) fn apply(&self, document: &mut Document) {
        for (section, key, value) in &self.0 {
            document.set(section, key, value);
        }
    }

    /// Returns the variable that a problem's path is about, where it is about one.
    pub(super) fn variable_at(&self, path: &str) -> Option<String> {
        if is_option(path) {
            return Some(path.to_owned());
        }
        let path = path.split('[').next().unwrap_or(path);
        let (section, key) = path.split_once('.')?;
        let set = self.0.iter().any(|(set_section, set_key, _)| (*set_section, *set_key) == (section, key));
        set.then(|| variable(section, key))
    }
}

fn variable(section: &str, key: &str) -> String {
    format!("{PREFIX}{}__{}", section.to_ascii_uppercase(), key.to_ascii_uppercase())
}

fn is_option(name: &str) -> bool {
    name.strip_prefix(PREFIX).is_some_and(|rest| rest.contains("__"))
}

/// Returns the value of a variable as its option takes it; what does not fit stays a text, to be refused when read.
fn typed(kind: Kind, text: &str) -> Value {
    match kind {
        Kind::Text => json!(text),
        Kind::Number => text.parse::<i64>().map_or_else(|_| json!(text), |number| json!(number)),
        Kind::Flag => text.parse::<bool>().map_or_else(|_| json!(text), |flag| json!(flag)),
        Kind::List => text.split(',').map(str::trim).filter(|item| !item.is_empty()).collect(),
    }
}
