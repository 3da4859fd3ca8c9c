//! Providers in the syntax of the file, to be read back from there.

use domain::provider::Provider;
use serde_json::Value;

use super::write::provider;

/// Writes providers as `[[provider]]` tables that read back as the same.
#[must_use]
pub fn providers_to_toml<'a>(providers: impl IntoIterator<Item = &'a Provider>) -> String {
    let tables = providers.into_iter().map(|of| format!("[[provider]]\n{}", lines(&provider(of))));
    tables.collect::<Vec<_>>().join("\n")
}

fn lines(table: &Value) -> String {
    let fields = table.as_object().into_iter().flatten();
    fields.map(|(key, value)| format!("{} = {}\n", bare_or_quoted(key), inline(value))).collect()
}

/// Writes a value on one line. The texts, numbers and flags of JSON are those of TOML.
fn inline(value: &Value) -> String {
    match value {
        Value::Array(items) => {
            let items: Vec<String> = items.iter().map(inline).collect();
            format!("[{}]", items.join(", "))
        }
        Value::Object(fields) => {
            let fields: Vec<String> = fields
                .iter()
                .map(|(key, value)| format!("{} = {}", bare_or_quoted(key), inline(value)))
                .collect();
            format!("{{ {} }}", fields.join(", "))
        }
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => value.to_string(),
    }
}

fn bare_or_quoted(key: &str) -> String {
    let is_bare =
        !key.is_empty() && key.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'-'));
    if is_bare { key.to_owned() } else { Value::from(key).to_string() }
}
