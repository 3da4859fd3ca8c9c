//! Lists of subscribers as CSV (RFC 4180): read with every mistake by its line and column, written so that no cell is a formula
//! to the program that opens it.

use domain::{
    Impact, Language,
    subscription::{Choice, Target},
};
use jiff::{Timestamp, civil::Date, tz::TimeZone};

/// The columns that are known; only the first has to be there.
pub const COLUMNS: [&str; 6] = ["address", "services", "kinds", "least", "confirmed_at", "language"];

/// Most lines of one list.
pub const MOST_LINES: usize = 100_000;

/// Most mistakes that are told; a list with more is of another kind altogether.
const MOST_MISTAKES: usize = 1_000;

/// The words for kinds of news.
const KINDS: [&str; 3] = ["incidents", "maintenances", "postmortems"];

/// What can be the least impact that somebody is told of.
const LEAST: [Impact; 4] = [Impact::None, Impact::Minor, Impact::Major, Impact::Critical];

/// What a spreadsheet takes for the beginning of a formula (OWASP, "CSV Injection").
const FORMULA: [char; 6] = ['=', '+', '-', '@', '\t', '\r'];

/// A line that can be added.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    /// Where it stands, from 1, the heading included.
    pub number: u64,
    /// Where to.
    pub target: Target,
    /// What of it; components are the slugs of services.
    pub choice: Choice,
    /// In which language, where it says.
    pub language: Option<Language>,
    /// When they agreed, where it says.
    pub confirmed_at: Option<Timestamp>,
}

/// Something that is wrong with a line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mistake {
    /// Where it stands, from 1, the heading included.
    pub line: u64,
    /// In which column; empty where it is the whole line.
    pub column: &'static str,
    /// What, and what would be right.
    pub reason: String,
}

/// A list with its mistakes.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct List {
    /// The lines without mistakes.
    pub lines: Vec<Line>,
    /// The mistakes.
    pub mistakes: Vec<Mistake>,
}

/// Reads a list; `services` are the slugs that may be named, `languages` those in which messages can be written.
#[must_use]
pub fn read(bytes: &[u8], services: &[&str], languages: &[Language], now: Timestamp) -> List {
    let mut list = List::default();
    // The reader counts lines by their `\n`, and takes a record to begin behind the `\r` before it.
    let bytes: Vec<u8> = bytes.iter().copied().filter(|byte| *byte != b'\r').collect();
    let mut reader =
        csv::ReaderBuilder::new().flexible(true).trim(csv::Trim::All).from_reader(bytes.as_slice());
    let headings = match reader.headers() {
        Ok(headings) => headings.clone(),
        Err(error) => {
            list.note(1, "", format!("the list can't be read: {error}"));
            return list;
        }
    };
    let headings: Vec<String> =
        headings.iter().map(|name| name.trim_start_matches('\u{feff}').to_lowercase()).collect();
    if let Some(other) = headings.iter().find(|name| !COLUMNS.contains(&name.as_str())) {
        list.note(1, "", format!("there is no column {other:?}; there are {}", COLUMNS.join(", ")));
    }
    if !headings.iter().any(|name| name == "address") {
        list.note(1, "address", "the first line has to name the columns, `address` among them".to_owned());
    }
    if !list.mistakes.is_empty() {
        return list;
    }
    let desk = Desk { services, languages, now };
    for record in reader.records() {
        if list.lines.len() >= MOST_LINES || list.mistakes.len() >= MOST_MISTAKES {
            let reason = format!("the rest was not read: a list has at most {MOST_LINES} lines");
            list.note(list.lines.last().map_or(1, |line| line.number), "", reason);
            break;
        }
        match record {
            Err(error) => {
                let line = error.position().map_or(1, csv::Position::line);
                list.note(line, "", format!("the line can't be read: {error}"));
            }
            Ok(record) => {
                let number = record.position().map_or(1, csv::Position::line);
                let cell = |column: &str| {
                    let at = headings.iter().position(|name| name == column)?;
                    record.get(at).map(unguarded).filter(|cell| !cell.is_empty())
                };
                if record.iter().all(str::is_empty) {
                    continue;
                }
                if record.len() > headings.len() {
                    let reason = format!("there are {} cells and {} columns", record.len(), headings.len());
                    list.note(number, "", reason);
                    continue;
                }
                match desk.line(number, cell) {
                    Ok(line) => list.lines.push(line),
                    Err((column, reason)) => list.note(number, column, reason),
                }
            }
        }
    }
    list
}

/// Returns a list as CSV: a row of headings, then these rows.
///
/// # Panics
/// Never: it is written into memory.
#[must_use]
pub fn write(headings: &[&str], rows: impl IntoIterator<Item = Vec<String>>) -> String {
    let mut writer = csv::WriterBuilder::new().terminator(csv::Terminator::CRLF).from_writer(Vec::new());
    writer.write_record(headings).expect("it is written into memory");
    for row in rows {
        writer.write_record(row.iter().map(|cell| guarded(cell))).expect("it is written into memory");
    }
    let bytes = writer.into_inner().expect("it is written into memory");
    String::from_utf8(bytes).expect("what is written is text")
}

/// Returns a cell that is no formula: an apostrophe before it, which spreadsheets take for "this is text".
fn guarded(cell: &str) -> String {
    if cell.starts_with(FORMULA) || cell.starts_with('\'') { format!("'{cell}") } else { cell.to_owned() }
}

/// The cell behind the apostrophe that [`guarded`] puts before it.
fn unguarded(cell: &str) -> &str {
    match cell.strip_prefix('\'') {
        Some(rest) if rest.starts_with(FORMULA) || rest.starts_with('\'') => rest,
        Some(_) | None => cell,
    }
}

impl List {
    fn note(&mut self, line: u64, column: &'static str, reason: String) {
        self.mistakes.push(Mistake { line, column, reason });
    }
}

/// What lines are held against.
struct Desk<'a> {
    services: &'a [&'a str],
    languages: &'a [Language],
    now: Timestamp,
}

/// The column, and what is wrong there.
type Wrong = (&'static str, String);

impl Desk<'_> {
    fn line<'a>(&self, number: u64, cell: impl Fn(&str) -> Option<&'a str>) -> Result<Line, Wrong> {
        let address = cell("address").ok_or(("address", "the address is missing".to_owned()))?;
        let target = Target::any(address).ok_or_else(|| {
            let reason = "this is neither an e-mail address nor an address of the web, such as https://example.com/hook";
            ("address", reason.to_owned())
        })?;
        let components = cell("services").map(|text| self.services(text)).transpose()?.unwrap_or_default();
        let kinds = cell("kinds").map(kinds).transpose()?.unwrap_or_else(|| KINDS.to_vec());
        let choice = Choice {
            components,
            incidents: kinds.contains(&"incidents"),
            maintenances: kinds.contains(&"maintenances"),
            postmortems: kinds.contains(&"postmortems"),
            least: cell("least").map(least).transpose()?.unwrap_or(Impact::None),
            ..Choice::all()
        };
        let confirmed_at = cell("confirmed_at").map(|text| self.instant(text)).transpose()?;
        let language = cell("language").map(|text| self.language(text)).transpose()?;
        Ok(Line { number, target, choice, language, confirmed_at })
    }

    fn services(&self, text: &str) -> Result<Vec<String>, Wrong> {
        let mut found: Vec<String> = Vec::new();
        for slug in parts(text) {
            if !self.services.contains(&slug) {
                let known = self.services.join(" ");
                return Err(("services", format!("the page shows no service {slug:?}; it shows {known}")));
            }
            if !found.iter().any(|known| known == slug) {
                found.push(slug.to_owned());
            }
        }
        Ok(found)
    }

    fn instant(&self, text: &str) -> Result<Timestamp, Wrong> {
        let wrong = |reason: String| ("confirmed_at", reason);
        let day = || text.parse::<Date>().ok()?.to_zoned(TimeZone::UTC).ok().map(|zoned| zoned.timestamp());
        let at = text.parse().ok().or_else(day).ok_or_else(|| {
            wrong(format!(
                "{text:?} is no instant such as 2026-03-02T09:00:00Z, and no day such as 2026-03-02"
            ))
        })?;
        if at > self.now { Err(wrong(format!("{text:?} is ahead of us"))) } else { Ok(at) }
    }

    fn language(&self, text: &str) -> Result<Language, Wrong> {
        let found = self.languages.iter().find(|language| language.tag() == text);
        found.copied().ok_or_else(|| {
            let known: Vec<&str> = self.languages.iter().map(|language| language.tag()).collect();
            ("language", format!("the page does not speak {text:?}; it speaks {}", known.join(" ")))
        })
    }
}

fn least(word: &str) -> Result<Impact, Wrong> {
    let impact = Impact::from_word(word).filter(|impact| LEAST.contains(impact));
    impact.ok_or_else(|| {
        let known = LEAST.map(Impact::word).join(" ");
        ("least", format!("there is no impact {word:?}; there are {known}"))
    })
}

fn kinds(text: &str) -> Result<Vec<&'static str>, Wrong> {
    let kind = |word: &str| {
        let known = KINDS.into_iter().find(|kind| *kind == word || kind.strip_suffix('s') == Some(word));
        known.ok_or_else(|| ("kinds", format!("there is no kind {word:?}; there are {}", KINDS.join(" "))))
    };
    parts(text).map(kind).collect()
}

/// Several words in one cell.
fn parts(text: &str) -> impl Iterator<Item = &str> {
    text.split([' ', ';', '|', ',']).filter(|part| !part.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(text: &str) -> List {
        let now = "2026-03-02T08:00:00Z".parse().unwrap();
        read(text.as_bytes(), &["checkout", "orders"], &[Language::English, Language::Italian], now)
    }

    #[test]
    fn a_list_is_read_with_what_each_line_says_and_the_rest_is_everything() {
        let list = of("\u{feff}Address,services,kinds,least,confirmed_at,language\r\n\
             ana@a.test,checkout; orders,incident,major,2026-01-05,it\r\n\
             \r\n\
             https://hooks.slack.com/services/T/B/x,,,,2026-03-01T10:00:00+01:00,\r\n\
             '+bo@a.test\r\n");
        assert_eq!(list.mistakes, []);
        let [ana, slack, bo] = list.lines.as_slice() else { panic!("{list:?}") };
        assert_eq!(ana.choice.components, ["checkout", "orders"]);
        assert!(ana.choice.incidents && !ana.choice.maintenances && !ana.choice.postmortems);
        assert_eq!((ana.language, ana.number, ana.choice.least), (Some(Language::Italian), 2, Impact::Major));
        assert_eq!(ana.confirmed_at.unwrap().to_string(), "2026-01-05T00:00:00Z");
        assert_eq!((slack.target.word(), &slack.choice), ("slack", &Choice::all()));
        assert_eq!((bo.target.address(), bo.confirmed_at), ("+bo@a.test", None));
    }

    #[test]
    fn each_mistake_is_told_by_line_and_column_and_with_what_would_be_right() {
        let list = of("address,services,kinds,confirmed_at,language,least\n\
             nonsense,,,,\n\
             ana@a.test,ledger,,,\n\
             ana@a.test,,gossip,,\n\
             ana@a.test,,,soon,\n\
             ana@a.test,,,2027-01-01,\n\
             ana@a.test,,,,de\n\
             ,checkout,,,\n\
             ana@a.test,,,,,,more\n\
             ana@a.test\n\
             ana@a.test,,,,,maintenance\n");
        let places: Vec<(u64, &str)> =
            list.mistakes.iter().map(|mistake| (mistake.line, mistake.column)).collect();
        let expected = [
            (2, "address"),
            (3, "services"),
            (4, "kinds"),
            (5, "confirmed_at"),
            (6, "confirmed_at"),
            (7, "language"),
            (8, "address"),
            (9, ""),
            (11, "least"),
        ];
        assert_eq!(places, expected, "{:?}", list.mistakes);
        assert_eq!(list.lines.len(), 1);
        assert!(list.mistakes[1].reason.contains("it shows checkout orders"));
        for (text, says) in [("email,services\n", "no column \"email\""), ("", "has to name the columns")] {
            let list = of(text);
            assert!(list.lines.is_empty() && list.mistakes[0].reason.contains(says), "{list:?}");
        }
    }

    #[test]
    fn no_cell_is_a_formula_and_what_was_written_is_read_again() {
        let cells = ["=cmd|' /C calc'!A0", "+a@b.test", "-1", "@x", "'quoted", "plain, \"so\""];
        let text = write(&["address"], cells.map(|cell| vec![cell.to_owned()]));
        for line in text.lines().skip(1) {
            assert!(!line.trim_start_matches('"').starts_with(FORMULA), "{line}");
        }
        let mut reader = csv::Reader::from_reader(text.as_bytes());
        let read: Vec<String> =
            reader.records().map(|record| unguarded(&record.unwrap()[0]).to_owned()).collect();
        assert_eq!(read, cells);
    }
}
