//! The shipped catalog: `catalog/providers.csv` and `catalog/services.csv` to providers, and back to rows.
//!
//! The files are part of the program and are read when first asked for. A row is right or refused: every mistake is told with
//! its file, line and column, so that whoever adds a row learns all of them at once. No row is corrected on the way.

mod checks;
mod rows;

use std::{
    fmt,
    sync::{Arc, LazyLock},
    time::Duration,
};

use domain::{provider::Provider, search::Index};

use self::{checks::Checks, rows::Row};

/// How often a provider is read that does not say.
pub(crate) const DEFAULT_INTERVAL: Duration = Duration::from_secs(60);

const PROVIDERS: &str = "catalog/providers.csv";
const SERVICES: &str = "catalog/services.csv";

/// The columns of `catalog/providers.csv`, in this order.
const COLUMNS: [&str; 9] =
    ["slug", "name", "category", "homepage", "status_page", "platform", "feed", "also", "upstreams"];

/// The columns of `catalog/services.csv`.
const SERVICE_COLUMNS: [&str; 2] = ["provider", "service"];

/// More would be a list to read instead of a question.
const MOST_SUGGESTED: usize = 3;

static BUILTIN: LazyLock<Vec<Arc<Provider>>> = LazyLock::new(|| {
    let providers =
        read(include_str!("../../../catalog/providers.csv"), include_str!("../../../catalog/services.csv"));
    providers.expect("the shipped files are read by a test").into_iter().map(Arc::new).collect()
});

/// A row that can't be right.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mistake {
    /// The file.
    pub file: &'static str,
    /// Its line, from one.
    pub line: u64,
    /// The column, by its name; empty for the whole row.
    pub column: &'static str,
    /// What is wrong, and what would be right.
    pub message: String,
}

impl fmt::Display for Mistake {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}: ", self.file, self.line)?;
        if !self.column.is_empty() {
            write!(f, "{}: ", self.column)?;
        }
        f.write_str(&self.message)
    }
}

/// Returns the shipped providers in ascending order of their slugs.
#[must_use]
pub fn builtin() -> &'static [Arc<Provider>] {
    &BUILTIN
}

/// Returns the shipped provider with this slug.
#[must_use]
pub fn find<'a>(among: &'a [Arc<Provider>], slug: &str) -> Option<&'a Arc<Provider>> {
    let at = among.binary_search_by(|provider| provider.slug.as_str().cmp(slug)).ok()?;
    among.get(at)
}

/// Returns the question whether one of the providers that a wrong slug is near to was meant.
#[must_use]
pub fn suggestion(among: &[Arc<Provider>], slug: &str) -> Option<String> {
    let found = Index::new(among.iter().cloned()).search(slug, MOST_SUGGESTED);
    let slugs: Vec<String> = found.iter().map(|found| format!("\"{}\"", found.provider.slug)).collect();
    (!slugs.is_empty()).then(|| format!("did you mean {}?", slugs.join(" or ")))
}

/// Reads the two files of a catalog.
///
/// # Errors
/// Every mistake, in the order of the files.
pub fn read(providers: &str, services: &str) -> Result<Vec<Provider>, Vec<Mistake>> {
    let mut mistakes = Vec::new();
    let rows = rows::read(PROVIDERS, &COLUMNS, providers, &mut mistakes);
    let service_rows = rows::read(SERVICES, &SERVICE_COLUMNS, services, &mut mistakes);
    let mut checks = Checks::new(&rows, mistakes);
    let mut read: Vec<Provider> = rows.iter().map(|row| provider(row, &mut checks)).collect();
    for row in &service_rows {
        if let Some(at) = checks.service(row) {
            read[at].services.push(row.get("service").to_owned());
        }
    }
    let mistakes = checks.into_mistakes();
    if mistakes.is_empty() { Ok(read) } else { Err(mistakes) }
}

/// Reads a row; what is wrong with it is noted, and then nothing is read.
fn provider(row: &Row, checks: &mut Checks) -> Provider {
    checks.slug(row);
    checks.name(row);
    checks.category(row);
    checks.pages(row);
    let platform = checks.platform(row);
    checks.upstreams(row);
    Provider {
        slug: row.get("slug").to_owned(),
        name: row.get("name").to_owned(),
        category: row.get("category").to_owned(),
        homepage: row.optional("homepage"),
        platform,
        feed: row.optional("feed"),
        status_page: row.optional("status_page"),
        interval: DEFAULT_INTERVAL,
        also: row.list("also"),
        services: Vec::new(),
        upstreams: row.list("upstreams"),
        selectors: None,
    }
}

/// Writes providers in the form of `catalog/providers.csv`.
///
/// # Panics
/// Never: writing to memory can't fail.
#[must_use]
pub fn to_csv<'a>(providers: impl IntoIterator<Item = &'a Provider>) -> String {
    let mut writer = csv::Writer::from_writer(Vec::new());
    let mut write =
        |record: [&str; 9]| writer.write_record(record).expect("memory takes what is written to it");
    write(COLUMNS);
    for provider in providers {
        let text = |value: &'a Option<String>| value.as_deref().unwrap_or_default();
        write([
            &provider.slug,
            &provider.name,
            &provider.category,
            text(&provider.homepage),
            text(&provider.status_page),
            provider.platform.map_or("", domain::Platform::word),
            text(&provider.feed),
            &provider.also.join("; "),
            &provider.upstreams.join("; "),
        ]);
    }
    let bytes = writer.into_inner().expect("memory takes what is written to it");
    String::from_utf8(bytes).expect("texts are written between commas")
}

#[cfg(test)]
mod tests;
