//! The product from outside: stories in its own words, random stories with crashes, and the binary.
#![expect(clippy::unwrap_used, reason = "what helps a test is part of it, and may stop it where it stands")]

mod ack;
mod acts;
mod acts_cli;
mod alerts;
mod answers;
mod audit;
mod callbacks;
mod catalog;
mod channels;
mod cli;
mod directory;
mod domains;
mod http;
mod killing;
mod maintenance;
mod network;
mod outage;
mod pages;
mod people;
mod phones;
mod polling;
mod protected;
mod providers;
mod push;
mod reader;
mod receivers;
mod rehearsal;
mod replies;
mod retention;
mod rosters;
mod simulation;
mod storms;
mod unreached;
mod upstreams;
mod worse;
