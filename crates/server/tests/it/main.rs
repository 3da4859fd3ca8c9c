//! The product from outside: stories in its own words, random stories with crashes, and the binary.

mod cli;
mod outage;
mod simulation;
