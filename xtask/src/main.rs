//! `cargo xtask`: everything the project asks of itself, one named step at a time.
//!
//! `ci` runs the steps of [`steps::STEPS`] in order and stops at the first that fails; each step also runs
//! alone under its own name. It builds nothing that ships and knows no rule of the product.
#![expect(clippy::print_stdout, clippy::print_stderr, reason = "a command-line tool talks to its terminal")]

mod packages;
mod postgres;
mod report;
mod run;
mod steps;
mod tidy;
mod tree;

use std::{env, process::ExitCode};

use anyhow::{Context, Result, bail};
use run::Workspace;
use steps::STEPS;

fn main() -> ExitCode {
    match dispatch() {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(error) => {
            eprintln!("xtask: {error:#}");
            ExitCode::from(2)
        }
    }
}

/// Runs what the arguments name. `Ok(false)` says that it ran and something failed.
fn dispatch() -> Result<bool> {
    let workspace = Workspace::find()?;
    let arguments: Vec<String> = env::args().skip(1).collect();
    match arguments.iter().map(String::as_str).collect::<Vec<_>>().as_slice() {
        ["ci"] => Ok(report::run(STEPS, &workspace)),
        ["with-postgres", program, rest @ ..] => with_postgres(&workspace, program, rest),
        [name] => match STEPS.iter().position(|step| step.name == *name) {
            Some(at) => Ok(report::run(&STEPS[at..=at], &workspace)),
            None => bail!("no step is called {name:?}\n{}", usage()),
        },
        _ => bail!("{}", usage()),
    }
}

/// Runs one command beside a fresh PostgreSQL server, for single tests: `with-postgres cargo test -p store`.
fn with_postgres(workspace: &Workspace, program: &str, rest: &[&str]) -> Result<bool> {
    packages::install_missing()?;
    let server = postgres::Server::start()?;
    let status = workspace
        .command(program)
        .args(rest)
        .env(postgres::VARIABLE, server.url())
        .status()
        .with_context(|| format!("{program} could not be started"))?;
    Ok(status.success())
}

fn usage() -> String {
    let mut text = String::from("usage: cargo xtask ci | STEP | with-postgres COMMAND [ARGUMENTS]\nsteps:");
    for step in STEPS {
        text += &format!("\n  {:<14} {}", step.name, step.about);
    }
    text
}
