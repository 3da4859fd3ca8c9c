//! A configuration document as a tree with places: TOML and JSON become the same thing here.
//!
//! The tree knows syntax only; which keys there are and what they mean is the readers' business. It is walked by hand
//! instead of through serde because serde stops at the first error and forgets where the others are.

use std::ops::Range;

use toml::{
    Spanned,
    de::{DeTable, DeValue},
};

use super::Problem;

/// A parsed configuration document, not yet understood.
#[derive(Clone, Debug)]
pub struct Document(Node);

/// A value and where it stands.
#[derive(Clone, Debug)]
pub(super) struct Node {
    /// Bytes in the text; `None` for what did not come from a text.
    pub(super) span: Option<Range<usize>>,
    pub(super) value: Value,
}

/// What TOML and JSON have in common.
#[derive(Clone, Debug)]
pub(super) enum Value {
    /// Also dates and times that stand without quotes.
    Text(String),
    Integer(i64),
    Flag(bool),
    List(Vec<Node>),
    Table(Vec<Entry>),
    /// What no key takes, in words.
    Other(&'static str),
}

/// A key with its value.
#[derive(Clone, Debug)]
pub(super) struct Entry {
    pub(super) key: String,
    pub(super) span: Option<Range<usize>>,
    pub(super) node: Node,
}

impl Document {
    /// Parses TOML.
    ///
    /// # Errors
    /// Every place where the text is not TOML.
    pub fn from_toml(text: &str) -> Result<Self, Vec<Problem>> {
        let (table, errors) = DeTable::parse_recoverable(text);
        if errors.is_empty() {
            return Ok(Self(Node { span: Some(0..0), value: toml_table(table.get_ref()) }));
        }
        let problem = |error: &toml::de::Error| Problem {
            span: error.span(),
            path: String::new(),
            message: format!("this is not TOML: {}", error.message()),
            hint: None,
        };
        let mut problems: Vec<_> = errors.iter().map(problem).collect();
        problems.sort_by_key(|problem| problem.span.as_ref().map(|span| span.start));
        Err(problems)
    }

    /// Takes JSON; a `null` is the same as an absent key.
    #[must_use]
    pub fn from_json(value: &serde_json::Value) -> Self {
        Self(Node::from_json(value))
    }

    /// Sets `section.key`, which then has no place in the text. A section that is no table is left as it is, to be
    /// refused when it is read.
    pub fn set(&mut self, section: &str, key: &str, value: &serde_json::Value) {
        let table = self.0.entry(section, || Node { span: None, value: Value::Table(Vec::new()) });
        if let Some(table) = table
            && let Some(node) = table.entry(key, || Node { span: None, value: Value::Other("nothing") })
        {
            *node = Node::from_json(value);
        }
    }

    pub(super) fn root(&self) -> &Node {
        &self.0
    }
}

impl Node {
    fn from_json(value: &serde_json::Value) -> Self {
        let value = match value {
            serde_json::Value::Null => Value::Other("null"),
            serde_json::Value::Bool(flag) => Value::Flag(*flag),
            serde_json::Value::Number(number) => {
                number.as_i64().map_or(Value::Other("a number with a fraction"), Value::Integer)
            }
            serde_json::Value::String(text) => Value::Text(text.clone()),
            serde_json::Value::Array(items) => Value::List(items.iter().map(Node::from_json).collect()),
            serde_json::Value::Object(fields) => Value::Table(
                fields
                    .iter()
                    .filter(|(_, value)| !value.is_null())
                    .map(|(key, value)| Entry { key: key.clone(), span: None, node: Node::from_json(value) })
                    .collect(),
            ),
        };
        Self { span: None, value }
    }

    /// Returns the value under a key, made by `new` where there is none; `None` for what is no table.
    fn entry(&mut self, key: &str, new: impl FnOnce() -> Node) -> Option<&mut Node> {
        let Value::Table(entries) = &mut self.value else { return None };
        let index = entries.iter().position(|entry| entry.key == key).unwrap_or_else(|| {
            entries.push(Entry { key: key.to_owned(), span: None, node: new() });
            entries.len() - 1
        });
        Some(&mut entries[index].node)
    }

    /// Returns the value under a key of a table.
    pub(super) fn get(&self, key: &str) -> Option<&Node> {
        let Value::Table(entries) = &self.value else { return None };
        entries.iter().find(|entry| entry.key == key).map(|entry| &entry.node)
    }
}

impl Value {
    /// Returns what this is, in words.
    pub(super) fn kind(&self) -> &'static str {
        match self {
            Value::Text(_) => "a text",
            Value::Integer(_) => "a whole number",
            Value::Flag(_) => "true or false",
            Value::List(items) if items.is_empty() => "an empty list",
            Value::List(_) => "a list",
            Value::Table(_) => "a table",
            Value::Other(kind) => kind,
        }
    }
}

fn toml_table(table: &DeTable<'_>) -> Value {
    let entry = |(key, value): (&Spanned<_>, &Spanned<_>)| {
        let key: &Spanned<toml::de::DeString<'_>> = key;
        Entry { key: key.get_ref().to_string(), span: Some(key.span()), node: toml_node(value) }
    };
    Value::Table(table.iter().map(entry).collect())
}

fn toml_node(node: &Spanned<DeValue<'_>>) -> Node {
    let value = match node.get_ref() {
        DeValue::String(text) => Value::Text(text.to_string()),
        DeValue::Integer(number) => i64::from_str_radix(number.as_str(), number.radix())
            .map_or(Value::Other("a number out of range"), Value::Integer),
        DeValue::Float(_) => Value::Other("a number with a fraction"),
        DeValue::Boolean(flag) => Value::Flag(*flag),
        DeValue::Datetime(time) => Value::Text(time.to_string()),
        DeValue::Array(items) => Value::List(items.iter().map(toml_node).collect()),
        DeValue::Table(table) => toml_table(table),
    };
    Node { span: Some(node.span()), value }
}
