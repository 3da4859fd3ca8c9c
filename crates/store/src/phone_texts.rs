//! Texts from phones that were acted on, so that none is acted on twice.

use jiff::Timestamp;

use crate::error::Error;
use crate::params;
use crate::tx::Tx;

/// Remembers a text by the carrier's name for it; returns whether it is new.
pub fn remember(tx: &mut Tx<'_>, name: &str, at: Timestamp) -> Result<bool, Error> {
    let sql = "INSERT INTO phone_text (name, at) VALUES ($1, $2) ON CONFLICT (name) DO NOTHING";
    Ok(tx.execute(sql, params![name, at])? == 1)
}
