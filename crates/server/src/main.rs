//! The `midwatch` binary: command line, configuration, roles, lifecycle.

mod args;
mod command;
mod config;
mod demo;
mod drill;
mod log;
mod replay;
mod runtime;
mod seams;
mod standby;
mod table;
mod watchdog;

use std::process::ExitCode;

use clap::Parser;

use crate::args::{Args, Failure};

fn main() -> ExitCode {
    let args = Args::parse();
    match command::run(args) {
        Ok(code) => code,
        Err(failure) => {
            let (code, text) = match failure {
                Failure::Usage(error) => (2, error),
                Failure::Failed(error) => (1, error),
            };
            command::complain(&format!("{text:#}"));
            ExitCode::from(code)
        }
    }
}
