//! All SQL of Midwatch: migrations, the Db facade on SQLite and PostgreSQL, one module per aggregate.
