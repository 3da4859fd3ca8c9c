//! The rows of a CSV file with named columns.

use csv::{ReaderBuilder, StringRecord};

use super::Mistake;

/// A row with as many values as there are columns.
pub(super) struct Row {
    pub(super) file: &'static str,
    pub(super) line: u64,
    columns: &'static [&'static str],
    record: StringRecord,
}

/// Reads the rows of a file that begins with exactly these columns; rows of another length are noted and left out.
pub(super) fn read(
    file: &'static str,
    columns: &'static [&'static str],
    text: &str,
    mistakes: &mut Vec<Mistake>,
) -> Vec<Row> {
    let mut reader = ReaderBuilder::new().has_headers(false).flexible(true).from_reader(text.as_bytes());
    let mut rows = Vec::new();
    for record in reader.records() {
        let mut note = |line, message: String| mistakes.push(Mistake { file, line, column: "", message });
        let record = match record {
            Ok(record) => record,
            Err(error) => {
                note(error.position().map_or(1, csv::Position::line), format!("this is not CSV: {error}"));
                break;
            }
        };
        let line = record.position().map_or(1, csv::Position::line);
        if line == 1 {
            if record != *columns {
                note(line, format!("the columns have to be {}", columns.join(",")));
                return Vec::new();
            }
        } else if record.len() == columns.len() {
            rows.push(Row { file, line, columns, record });
        } else {
            note(
                line,
                format!("{} values where {} are due: quote what holds a comma", record.len(), columns.len()),
            );
        }
    }
    if reader.position().line() <= 1 {
        let message = format!("the file is empty; it begins with {}", columns.join(","));
        mistakes.push(Mistake { file, line: 1, column: "", message });
    }
    rows
}

impl Row {
    /// Returns the value in a column.
    pub(super) fn get(&self, column: &str) -> &str {
        let at = self.columns.iter().position(|known| *known == column);
        at.and_then(|at| self.record.get(at)).unwrap_or_default()
    }

    /// Returns the value in a column that may be empty.
    pub(super) fn optional(&self, column: &str) -> Option<String> {
        Some(self.get(column).to_owned()).filter(|value| !value.is_empty())
    }

    /// Returns the values between the semicolons of a column.
    pub(super) fn list(&self, column: &str) -> Vec<String> {
        self.items(column).map(str::to_owned).collect()
    }

    pub(super) fn items(&self, column: &str) -> impl Iterator<Item = &str> {
        let value = self.get(column);
        value.split(';').map(str::trim).filter(move |_| !value.is_empty())
    }

    /// Returns a mistake in one of the columns.
    pub(super) fn mistake(&self, column: &'static str, message: String) -> Mistake {
        Mistake { file: self.file, line: self.line, column, message }
    }
}
