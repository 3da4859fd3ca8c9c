//! The commands: each turns its arguments into one act and says what came of it.
//!
//! Results go to standard output and nothing else does; logs, notes and complaints go to standard error. Who closes our
//! output early (`| head`) has what they wanted: that is success.

mod callbacks;
mod catalog;
mod config;
mod feed;
mod incident;
mod ledger;
mod output;
mod replay;
mod show;
mod token;
mod who;

use std::{
    env,
    io::{self, IsTerminal, Write},
    path::Path,
    process::ExitCode,
};

use anyhow::{Context, anyhow};
use tracing_subscriber::EnvFilter;

use crate::{
    args::{Args, Command, Failure, LogFormat},
    config::{Config, load},
    runtime,
};

#[cfg(test)]
pub(crate) use replay::stand_in;

/// The variable that says what is logged.
const LOG: &str = "MIDWATCH_LOG";

/// Does what the command line asks for.
///
/// # Errors
/// Why it was not done.
pub(crate) fn run(args: Args) -> Result<ExitCode, Failure> {
    start_log(&args)?;
    match dispatch(args) {
        Err(Failure::Failed(error)) if is_closed_pipe(&error) => Ok(ExitCode::SUCCESS),
        result => result,
    }
}

/// Tells a person what went wrong. Where even that can't be said, the exit status has to do.
pub(crate) fn complain(text: &str) {
    let _ = writeln!(io::stderr().lock(), "error: {text}");
}

/// Tells a person something beside the result.
fn note(text: &str) {
    let _ = writeln!(io::stderr().lock(), "note: {text}");
}

fn dispatch(args: Args) -> Result<ExitCode, Failure> {
    let file = args.config.as_deref();
    match args.command {
        Command::Demo(options) => demo(options),
        Command::Serve => serve(load_config(file)?),
        Command::Config(command) => config::run(file, &command),
        Command::Catalog(command) => catalog::run(&load_config(file)?, command),
        Command::Feed(command) => feed::run(&command),
        Command::Replay(options) => replay::run(load_config(file)?, &options),
        Command::Who(options) => who::run(&load_config(file)?, &options),
        Command::Ack(act) => incident::acknowledge(&load_config(file)?, &act),
        Command::Incident(command) => incident::run(&load_config(file)?, command),
        Command::Backup { file: to } => ledger::backup(&load_config(file)?, &to),
        Command::Restore { file: from, force } => ledger::restore(&load_config(file)?, &from, force),
        Command::Migrate => ledger::migrate(&load_config(file)?),
        Command::Token(command) => token::run(&load_config(file)?, command),
        Command::Callbacks { json } => callbacks::run(&load_config(file)?, json),
    }
}

/// Loads the configuration; one that can't be used is wrong usage.
fn load_config(file: Option<&Path>) -> Result<Config, Failure> {
    let text = |(name, value): (std::ffi::OsString, std::ffi::OsString)| {
        Some((name.into_string().ok()?, value.into_string().ok()?))
    };
    load(file, env::vars_os().filter_map(text)).map_err(|error| Failure::Usage(error.into()))
}

fn serve(config: Config) -> Result<ExitCode, Failure> {
    take_cryptography();
    runtime()?.block_on(runtime::serve(config))?;
    Ok(ExitCode::SUCCESS)
}

fn demo(options: crate::args::Demo) -> Result<ExitCode, Failure> {
    take_cryptography();
    let happened = runtime()?.block_on(crate::demo::run(options))?;
    Ok(if happened { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

fn runtime() -> anyhow::Result<tokio::runtime::Runtime> {
    let built = tokio::runtime::Builder::new_multi_thread().enable_all().build();
    built.context("the threads can't be started")
}

/// Every TLS connection of the process uses the same cryptography, whichever library opens it.
fn take_cryptography() {
    // It fails only where a choice was made already, and there is only one to make.
    let _ = rustls::crypto::ring::default_provider().install_default();
}

/// Starts the log on standard error.
fn start_log(args: &Args) -> Result<(), Failure> {
    let default = if matches!(args.command, Command::Serve) { "info" } else { "warn" };
    let wanted = env::var(LOG).ok().filter(|text| !text.trim().is_empty());
    let filter = EnvFilter::try_new(wanted.as_deref().unwrap_or(default)).map_err(|error| {
        Failure::Usage(anyhow!(
            "{LOG} can't be understood: {error}; right would be `info` or `engine=debug,warn`"
        ))
    })?;
    let log = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(io::stderr)
        .with_ansi(io::stderr().is_terminal());
    match args.log_format {
        LogFormat::Text => log.init(),
        LogFormat::Json => log.json().init(),
    }
    Ok(())
}

fn is_closed_pipe(error: &anyhow::Error) -> bool {
    error.chain().any(|cause| {
        cause.downcast_ref::<io::Error>().is_some_and(|error| error.kind() == io::ErrorKind::BrokenPipe)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_closed_pipe_is_found_behind_what_was_said_of_it() {
        let closed = io::Error::from(io::ErrorKind::BrokenPipe);
        assert!(is_closed_pipe(&anyhow::Error::from(closed).context("the table can't be printed")));
        assert!(!is_closed_pipe(&anyhow!("something else")));
    }
}
