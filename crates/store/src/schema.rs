//! The two schemas: the ledger, and the poll log that SQLite keeps in a second file.

use crate::migrate::{Migration, MigrationSet};

macro_rules! migrations {
    ($folder:literal: $($number:literal $file:literal $name:literal,)*) => {
        &[$(Migration {
            number: $number,
            name: $name,
            sql: include_str!(concat!("../migrations/", $folder, "/", $file, "_", $name, ".sql")),
        },)*]
    };
}

/// Everything that must survive.
pub static LEDGER: MigrationSet = MigrationSet {
    name: "ledger",
    migrations: migrations! { "ledger":
        1 "0001" "organizations",
        2 "0002" "providers",
        3 "0003" "services",
        4 "0004" "incidents",
        5 "0005" "paging",
        6 "0006" "stale_pages",
        7 "0007" "overall_trouble",
        8 "0008" "upkeep",
        9 "0009" "directory",
        10 "0010" "subscribers",
        11 "0011" "declarations",
        12 "0012" "receipts",
        13 "0013" "calendars",
        15 "0015" "contacts",
        16 "0016" "acts",
        17 "0017" "confirmations",
        18 "0018" "texts",
        19 "0019" "clocks",
        20 "0020" "also_told",
        24 "0024" "paging_paths",
        33 "0033" "maintenances",
        41 "0041" "public",
        42 "0042" "incident_records",
        43 "0043" "postmortems",
        44 "0044" "page_subscribers",
        45 "0045" "page_domains",
        46 "0046" "languages",
        48 "0048" "readers",
    },
};

/// Polls and the documents they brought: evidence, of which the last moments may be lost.
pub static HISTORY: MigrationSet =
    MigrationSet { name: "history", migrations: migrations! { "history": 1 "0001" "polls", } };
