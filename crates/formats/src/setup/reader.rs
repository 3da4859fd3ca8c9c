//! The cursor that readers walk a document with: it checks types, takes in secrets, and notes every problem with its
//! place instead of stopping at the first.
//!
//! A reader function returns `None` exactly when it has noted a problem, so a whole document is read to its end and
//! refused once. Keys that nobody asked a [`Section`] for are unknown keys, which keeps the list of known keys in one
//! place: the code that reads them.

use std::{cell::RefCell, ops::Range};

use base64::{Engine, engine::general_purpose::STANDARD};

use super::{
    Document, Problem, Secrets,
    near::nearest,
    tree::{Entry, Node, Value},
};

/// Begins a picture as it is stored; of which kind it is its bytes say.
pub(super) const PICTURE: &str = "data:image;base64,";

/// Where one reading of a document keeps its problems.
struct Notes<'a> {
    /// `None` takes every text as it stands.
    secrets: Option<&'a dyn Secrets>,
    problems: RefCell<Vec<Problem>>,
}

/// A value in a document.
#[derive(Clone)]
pub struct Field<'a> {
    notes: &'a Notes<'a>,
    node: &'a Node,
    path: String,
}

/// A table in a document.
pub struct Section<'a> {
    field: Field<'a>,
    entries: &'a [Entry],
    asked: RefCell<Vec<&'static str>>,
}

/// Reads a document from its root; without `secrets` every text is taken as it stands.
///
/// # Errors
/// Every problem of the document, in the order of the text.
pub fn read<T>(
    document: &Document,
    secrets: Option<&dyn Secrets>,
    read: impl FnOnce(&Section<'_>) -> Option<T>,
) -> Result<T, Vec<Problem>> {
    let notes = Notes { secrets, problems: RefCell::default() };
    let value = Field { notes: &notes, node: document.root(), path: String::new() }.section(read);
    let mut problems = notes.problems.into_inner();
    // What has no place in the text stands before what has.
    problems.sort_by_key(|problem| problem.span.as_ref().map(|span| span.start));
    match value {
        Some(value) if problems.is_empty() => Ok(value),
        Some(_) | None => Err(problems),
    }
}

impl<'a> Field<'a> {
    /// Notes what is wrong with this value, and what would be right where `message` does not say so.
    pub fn problem(&self, message: impl Into<String>, hint: Option<String>) {
        self.note(self.node.span.clone(), self.path.clone(), message.into(), hint);
    }

    /// Returns where the value stands in the text and in the document.
    pub(super) fn place(&self) -> (Option<Range<usize>>, String) {
        (self.node.span.clone(), self.path.clone())
    }

    /// Notes that this value is not what its key takes. Returns `None`, to end a reader with.
    pub fn expected<T>(&self, what: &str, example: &str) -> Option<T> {
        // The text as it stands in the file: what a variable or a file held may be secret.
        let found = match &self.node.value {
            Value::Text(text) => format!("\"{text}\""),
            Value::Integer(number) => number.to_string(),
            Value::Flag(flag) => flag.to_string(),
            Value::List(_) | Value::Table(_) | Value::Other(_) => self.node.value.kind().to_owned(),
        };
        self.problem(format!("expected {what} such as {example}, found {found}"), None);
        None
    }

    /// Returns the text, with `${NAME}` and `file:PATH` taken in. It is not empty and has no control characters.
    pub fn text(&self) -> Option<String> {
        self.text_like("a text", "\"Checkout\"")
    }

    /// Like [`Field::text`], with an example of what the key takes.
    pub fn text_like(&self, what: &str, example: &str) -> Option<String> {
        let text = self.lines_like(what, example)?;
        if text.chars().any(char::is_control) {
            self.problem("this holds a line break or another control character", None);
            return None;
        }
        Some(text)
    }

    /// Like [`Field::text_like`], but the text may have several lines.
    pub fn lines_like(&self, what: &str, example: &str) -> Option<String> {
        let Value::Text(written) = &self.node.value else { return self.expected(what, example) };
        let text = match resolve(written, self.notes.secrets) {
            Ok(text) => text,
            Err(reason) => {
                self.problem(reason, None);
                return None;
            }
        };
        if text.trim().is_empty() {
            self.problem(format!("this is empty; expected {what} such as {example}"), None);
            return None;
        }
        if text.chars().any(|c| c.is_control() && c != '\n' && c != '\t') {
            self.problem("this holds a control character", None);
            return None;
        }
        Some(text)
    }

    /// Returns the bytes of a picture: a `file:PATH`, or a `data:` address, which is what is stored.
    pub fn picture(&self) -> Option<Vec<u8>> {
        let (what, example) = ("a picture", "\"file:logo.svg\"");
        let Value::Text(written) = &self.node.value else { return self.expected(what, example) };
        if let (Some(path), Some(secrets)) = (written.strip_prefix("file:"), self.notes.secrets) {
            let read = secrets.bytes(path.as_ref());
            return read
                .map_err(|error| self.problem(format!("the file `{path}` can't be read: {error}"), None))
                .ok();
        }
        let data = written.strip_prefix(PICTURE).and_then(|data| STANDARD.decode(data).ok());
        data.or_else(|| self.expected(what, example))
    }

    /// Whether this is the text `""`, which some keys take to mean "there is none".
    #[must_use]
    pub fn is_empty_text(&self) -> bool {
        matches!(&self.node.value, Value::Text(text) if text.is_empty())
    }

    /// Whether this is a table.
    #[must_use]
    pub const fn is_table(&self) -> bool {
        matches!(&self.node.value, Value::Table(_))
    }

    /// Whether this is a list without items.
    #[must_use]
    pub fn is_empty_list(&self) -> bool {
        matches!(&self.node.value, Value::List(items) if items.is_empty())
    }

    /// Returns a whole number between `least` and `most`.
    pub fn integer(&self, least: i64, most: i64) -> Option<i64> {
        match &self.node.value {
            Value::Integer(number) if (least..=most).contains(number) => Some(*number),
            Value::Integer(_)
            | Value::Text(_)
            | Value::Flag(_)
            | Value::List(_)
            | Value::Table(_)
            | Value::Other(_) => {
                self.expected(&format!("a whole number between {least} and {most}"), &least.to_string())
            }
        }
    }

    /// Returns true or false.
    pub fn flag(&self) -> Option<bool> {
        let Value::Flag(flag) = self.node.value else { return self.expected("true or false", "true") };
        Some(flag)
    }

    /// Returns the value that one of some words stands for.
    pub fn choice<T: Clone>(&self, choices: &[(&str, T)]) -> Option<T> {
        let words = || choices.iter().map(|(word, _)| *word);
        let word = self.text_like("a word", &format!("\"{}\"", words().next().unwrap_or_default()))?;
        if let Some((_, value)) = choices.iter().find(|(choice, _)| *choice == word) {
            return Some(value.clone());
        }
        let hint = nearest(&word, words()).map(|near| format!("did you mean \"{near}\"?"));
        let all = words().map(|word| format!("\"{word}\"")).collect::<Vec<_>>().join(", ");
        self.problem(format!("{} is not one of {all}", self.written()), hint);
        None
    }

    /// Returns the value as it stands in the file, in quotes, for a message.
    #[must_use]
    pub fn written(&self) -> String {
        match &self.node.value {
            Value::Text(text) => format!("\"{text}\""),
            Value::Integer(_) | Value::Flag(_) | Value::List(_) | Value::Table(_) | Value::Other(_) => {
                self.node.value.kind().to_owned()
            }
        }
    }

    /// Reads each item of a list; those with problems are left out.
    pub fn each<T>(&self, mut read: impl FnMut(&Field<'a>) -> Option<T>) -> Option<Vec<T>> {
        let Value::List(items) = &self.node.value else {
            return self.expected("a list", "[\"…\", \"…\"]");
        };
        let item =
            |(index, node)| read(&Field { notes: self.notes, node, path: format!("{}[{index}]", self.path) });
        Some(items.iter().enumerate().filter_map(item).collect())
    }

    /// Reads each value of a table whose keys are the writer's own; those with problems are left out.
    pub fn entries<T>(&self, mut read: impl FnMut(&str, &Field<'a>) -> Option<T>) -> Option<Vec<T>> {
        let Value::Table(entries) = &self.node.value else {
            return self.expected("a table", "{ word = \"value\" }");
        };
        let value = |entry: &'a Entry| {
            let path = format!("{}.{}", self.path, entry.key);
            read(&entry.key, &Field { notes: self.notes, node: &entry.node, path })
        };
        Some(entries.iter().filter_map(value).collect())
    }

    /// Reads a table; keys that `read` does not ask for are noted as unknown.
    pub fn section<T>(&self, read: impl FnOnce(&Section<'a>) -> Option<T>) -> Option<T> {
        let Value::Table(entries) = &self.node.value else {
            if matches!(self.node.value, Value::List(_)) && !self.path.ends_with(']') {
                self.problem(
                    format!("there is only one `{0}`; write `[{0}]`, not `[[{0}]]`", self.path),
                    None,
                );
                return None;
            }
            return self.expected("a table", "{ key = \"value\" }");
        };
        let section = Section { field: self.clone(), entries, asked: RefCell::default() };
        let value = read(&section);
        section.refuse_unknown_keys();
        value
    }

    fn note(&self, span: Option<Range<usize>>, path: String, message: String, hint: Option<String>) {
        self.notes.problems.borrow_mut().push(Problem { span, path, message, hint });
    }
}

impl<'a> Section<'a> {
    /// Reads the value of a key that may be absent.
    pub fn optional<T>(&self, key: &'static str, read: impl FnOnce(&Field<'a>) -> Option<T>) -> Option<T> {
        self.field(key).and_then(|field| read(&field))
    }

    /// Reads the value of a key that must be there.
    pub fn required<T>(&self, key: &'static str, read: impl FnOnce(&Field<'a>) -> Option<T>) -> Option<T> {
        let field = self.field(key);
        if field.is_none() {
            self.problem(format!("`{key}` is missing"), None);
        }
        field.and_then(|field| read(&field))
    }

    /// Reads each item of a list that may be absent; those with problems are left out.
    pub fn list<T>(&self, key: &'static str, read: impl FnMut(&Field<'a>) -> Option<T>) -> Vec<T> {
        self.optional(key, |field| field.each(read)).unwrap_or_default()
    }

    /// Reads each table of a list `[[key]]` that may be absent; those with problems are left out.
    pub fn sections<T>(&self, key: &'static str, mut read: impl FnMut(&Section<'a>) -> Option<T>) -> Vec<T> {
        let Some(field) = self.field(key) else { return Vec::new() };
        if matches!(field.node.value, Value::Table(_)) {
            field.problem(
                format!("there can be several; write `[[{0}]]`, not `[{0}]`", unindexed(&field.path)),
                None,
            );
            return Vec::new();
        }
        field.each(|item| item.section(&mut read)).unwrap_or_default()
    }

    /// Reads a table or a list of tables that may be absent; those with problems are left out.
    pub(super) fn one_or_more<T>(
        &self,
        key: &'static str,
        mut read: impl FnMut(&Section<'a>) -> Option<T>,
    ) -> Vec<T> {
        let Some(field) = self.field(key) else { return Vec::new() };
        if matches!(field.node.value, Value::Table(_)) {
            return field.section(read).into_iter().collect();
        }
        field.each(|item| item.section(&mut read)).unwrap_or_default()
    }

    /// Returns the value of a key, which is known from then on.
    #[must_use]
    pub fn field(&self, key: &'static str) -> Option<Field<'a>> {
        if !self.asked.borrow().contains(&key) {
            self.asked.borrow_mut().push(key);
        }
        let entry = self.entries.iter().find(|entry| entry.key == key)?;
        Some(Field { notes: self.field.notes, node: &entry.node, path: self.path_to(key) })
    }

    /// Returns the texts under `key` in each table of a list, noting nothing: what is wrong with them is noted when the
    /// tables are read.
    pub(super) fn peek(&self, list: &str, key: &str) -> Vec<(String, Field<'a>)> {
        let Some(Value::List(items)) = self.field.node.get(list).map(|node| &node.value) else {
            return Vec::new();
        };
        let text = |(index, item): (usize, &'a Node)| {
            let node = item.get(key)?;
            let Value::Text(written) = &node.value else { return None };
            let path = format!("{}[{index}].{key}", self.path_to(list));
            let text = resolve(written, self.field.notes.secrets).ok()?;
            Some((text, Field { notes: self.field.notes, node, path }))
        };
        items.iter().enumerate().filter_map(text).collect()
    }

    /// Whether no problem has been noted in the whole document so far.
    pub(super) fn is_clean(&self) -> bool {
        self.field.notes.problems.borrow().is_empty()
    }

    /// Notes what is wrong with the table as a whole.
    pub fn problem(&self, message: impl Into<String>, hint: Option<String>) {
        self.field.problem(message, hint);
    }

    fn path_to(&self, key: &str) -> String {
        if self.field.path.is_empty() { key.to_owned() } else { format!("{}.{key}", self.field.path) }
    }

    fn refuse_unknown_keys(&self) {
        let asked = self.asked.borrow();
        for entry in self.entries.iter().filter(|entry| !asked.contains(&entry.key.as_str())) {
            let hint = match nearest(&entry.key, asked.iter().copied()) {
                Some(near) => format!("did you mean `{near}`?"),
                None => format!("the keys here are {}", asked.join(", ")),
            };
            let message = format!("unknown key `{}`", entry.key);
            self.field.note(entry.span.clone(), self.path_to(&entry.key), message, Some(hint));
        }
    }
}

/// Takes in what the text names: `file:PATH` is the file's content without the line break at its end, `${NAME}` an
/// environment variable. What is taken in is not looked at again, so that a password may hold `${`.
fn resolve(written: &str, secrets: Option<&dyn Secrets>) -> Result<String, String> {
    let Some(secrets) = secrets else { return Ok(written.to_owned()) };
    if let Some(path) = written.strip_prefix("file:") {
        return match secrets.file(path.as_ref()) {
            Ok(content) => Ok(content.trim_end_matches(['\r', '\n']).to_owned()),
            Err(error) => Err(format!("the file `{path}` can't be read: {error}")),
        };
    }
    let mut text = String::with_capacity(written.len());
    let mut rest = written;
    while let Some((before, after)) = rest.split_once("${") {
        let (name, after) = after.split_once('}').ok_or("`${` without `}`; write `${NAME}`")?;
        let value =
            secrets.env(name).ok_or_else(|| format!("the environment variable `{name}` is not set"))?;
        text.push_str(before);
        text.push_str(&value);
        rest = after;
    }
    text.push_str(rest);
    Ok(text)
}

/// Returns a path without the numbers of list items: what stands in the brackets of a TOML header.
fn unindexed(path: &str) -> String {
    path.split('.').map(|part| part.split('[').next().unwrap_or(part)).collect::<Vec<_>>().join(".")
}
