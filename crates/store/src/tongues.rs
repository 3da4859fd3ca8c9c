//! What the machine said in other languages, in one column: a JSON object by their tags, or nothing.

use std::collections::BTreeMap;

use domain::Language;
use domain::public::Tongues;

use crate::error::Error;
use crate::row::Row;

/// Returns the value of the column.
pub(crate) fn column(of: &Tongues) -> Option<String> {
    let texts: BTreeMap<&str, &str> = of.0.iter().map(|(language, text)| (language.tag(), &**text)).collect();
    (!of.is_empty()).then(|| serde_json::to_string(&texts).expect("texts by their names are always JSON"))
}

/// Reads the column. A language that is not spoken any more is passed over.
pub(crate) fn read(row: &Row, column: usize) -> Result<Tongues, Error> {
    let texts = row.opt_word(column, |json| serde_json::from_str::<BTreeMap<String, String>>(json).ok())?;
    let known = |(tag, text): (String, String)| {
        let language = Language::ALL.into_iter().find(|language| language.tag() == tag)?;
        Some((language, text))
    };
    Ok(Tongues(texts.unwrap_or_default().into_iter().filter_map(known).collect()))
}
