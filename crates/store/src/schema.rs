//! The two schemas: the ledger, and the poll log that SQLite keeps in a second file.

use crate::migrate::{Migration, MigrationSet};

macro_rules! migrations {
    ($folder:literal: $($number:literal $name:literal,)*) => {
        &[$(Migration {
            number: $number,
            name: $name,
            sql: include_str!(concat!("../migrations/", $folder, "/000", $number, "_", $name, ".sql")),
        },)*]
    };
}

/// Everything that must survive.
pub static LEDGER: MigrationSet = MigrationSet {
    name: "ledger",
    migrations: migrations! { "ledger":
        1 "organizations",
        2 "providers",
        3 "services",
        4 "incidents",
        5 "paging",
        6 "stale_pages",
        7 "overall_trouble",
        9 "subscribers",
    },
};

/// Polls and the documents they brought: evidence, of which the last moments may be lost.
pub static HISTORY: MigrationSet =
    MigrationSet { name: "history", migrations: migrations! { "history": 1 "polls", } };
