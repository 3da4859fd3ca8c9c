//! The commands: each turns its arguments into one act and says what came of it.
//!
//! Results go to standard output and nothing else does; logs, notes and complaints go to standard error. Who closes our
//! output early (`| head`) has what they wanted: that is success.

mod audit;
mod callbacks;
mod catalog;
mod config;
mod configured;
mod contact;
mod drill;
mod export;
mod feed;
mod happened;
mod incident;
mod incident_record;
mod ledger;
mod maintenance;
mod output;
mod pages;
mod postmortem;
mod prove;
mod replay;
mod schedule;
mod show;
mod silence;
mod status;
mod subscriber;
mod template;
mod token;
mod uptime;
mod who;

use std::{
    env,
    io::{self, IsTerminal, Write},
    path::Path,
    process::ExitCode,
};

use anyhow::{Context, anyhow};
use engine::seams::Clock;
use tracing_subscriber::{EnvFilter, fmt::writer::BoxMakeWriter};

use crate::{
    args::{Args, Command, Failure, LogFormat},
    config::{Config, load},
    log::Log,
    runtime,
    seams::SystemClock,
    standby,
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
    let log = start_log(&args)?;
    let result = match dispatch(args, log.as_ref()) {
        Err(Failure::Failed(error)) if is_closed_pipe(&error) => Ok(ExitCode::SUCCESS),
        result => result,
    };
    if let Some(log) = log {
        log.flush();
    }
    result
}

/// Tells a person what went wrong. Where even that can't be said, the exit status has to do.
pub(crate) fn complain(text: &str) {
    let _ = writeln!(io::stderr().lock(), "error: {text}");
}

/// Tells a person something beside the result.
fn note(text: &str) {
    let _ = writeln!(io::stderr().lock(), "note: {text}");
}

fn dispatch(args: Args, log: Option<&Log>) -> Result<ExitCode, Failure> {
    let file = args.config.as_deref();
    match args.command {
        Command::Demo(options) => demo(options),
        Command::Serve => serve(load_config(file)?, log),
        Command::Config(command) => config::run(file, &command),
        Command::Catalog(command) => catalog::run(&load_config(file)?, command),
        Command::Feed(command) => feed::run(&command),
        Command::Replay(options) => replay::run(load_config(file)?, &options),
        Command::Drill(options) => drill::run(&load_config(file)?, &options),
        Command::Who(options) => who::run(&load_config(file)?, &options),
        Command::Schedule(command) => schedule::run(&load_config(file)?, command),
        Command::Ack(ack) => incident::acknowledge(&load_config(file)?, &ack),
        Command::Incident(command) => incident::run(&load_config(file)?, command),
        Command::Postmortem(command) => postmortem::run(&load_config(file)?, command),
        Command::Contact(command) => contact::run(&load_config(file)?, command),
        Command::Silence(command) => silence::run(&load_config(file)?, command),
        Command::Maintenance(command) => maintenance::run(&load_config(file)?, command),
        Command::Status(command) => status::run(&load_config(file)?, command),
        Command::Template(command) => template::run(&load_config(file)?, &command),
        Command::Subscriber(command) => subscriber::run(&load_config(file)?, command),
        Command::OnCall(command) => silence::on_call(&load_config(file)?, command),
        Command::StatusPage(command) => pages::run(&load_config(file)?, command),
        Command::Export(options) => export::run(&load_config(file)?, &options),
        Command::Uptime { service, json } => uptime::run(&load_config(file)?, &service, json),
        Command::Backup { file: to } => ledger::backup(&load_config(file)?, &to),
        Command::Restore { file: from, force } => ledger::restore(&load_config(file)?, &from, force),
        Command::Audit { json } => audit::run(&load_config(file)?, json),
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

fn serve(config: Config, log: Option<&Log>) -> Result<ExitCode, Failure> {
    match admit(&config) {
        // Asked again once the ledger is open.
        Err(Failure::Failed(failure)) if standby::passes(&failure) => {}
        admitted => admitted?,
    }
    for warning in config.unreached() {
        tracing::warn!("{warning}");
    }
    let now = SystemClock.now();
    for warning in schedule::warnings(&config.objects.setup, now).into_iter().chain(config.remarks(now)) {
        tracing::warn!("{warning}");
    }
    take_cryptography();
    runtime()?.block_on(runtime::serve(config, log))?;
    Ok(ExitCode::SUCCESS)
}

/// Refuses to begin with a configuration that leaves somebody out of reach. One that is stored already goes on: it pages by
/// what remains, and that is better than not at all.
pub(crate) fn admit(config: &Config) -> Result<(), Failure> {
    let Err(dead_ends) = config.admit() else { return Ok(()) };
    let stored = match ledger::existing(config)? {
        Some(ledger) => configured::stored(config, &ledger)?,
        None => None,
    };
    if stored.is_none_or(|stored| config.means().mark(stored) != config.objects.setup) {
        return Err(Failure::Usage(dead_ends.into()));
    }
    tracing::error!("somebody can't be reached any more, paging goes on by what remains: {dead_ends}");
    Ok(())
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

/// Starts the log on standard error. A process that serves gets one that nobody waits for.
fn start_log(args: &Args) -> Result<Option<Log>, Failure> {
    let serves = matches!(args.command, Command::Serve);
    let default = logged(&args.command);
    let wanted = env::var(LOG).ok().filter(|text| !text.trim().is_empty());
    let filter = EnvFilter::try_new(wanted.as_deref().unwrap_or(default)).map_err(|error| {
        Failure::Usage(anyhow!(
            "{LOG} can't be understood: {error}; right would be `info` or `engine=debug,warn`"
        ))
    })?;
    let log = match serves {
        true => Some(Log::start(io::stderr()).context("the thread that writes the log can't be started")?),
        false => None,
    };
    let writer = match log.clone() {
        Some(log) => BoxMakeWriter::new(log),
        None => BoxMakeWriter::new(io::stderr),
    };
    let lines = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(writer)
        .with_ansi(io::stderr().is_terminal());
    match args.log_format {
        LogFormat::Text => lines.init(),
        LogFormat::Json => lines.json().init(),
    }
    Ok(log)
}

/// What is logged where nobody says what: a report is not to be read between warnings about what was only played.
const fn logged(command: &Command) -> &'static str {
    if matches!(command, Command::Serve) {
        return "info";
    }
    if matches!(command, Command::Drill(_) | Command::Replay(_)) { "error" } else { "warn" }
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
    fn a_report_is_not_read_between_warnings() {
        let of = |line: &[&str]| logged(&<Args as clap::Parser>::try_parse_from(line).unwrap().command);
        assert_eq!(of(&["midwatch", "serve"]), "info");
        assert_eq!(of(&["midwatch", "drill", "--scenario", "saga"]), "error");
        assert_eq!(of(&["midwatch", "schedule", "list"]), "warn");
    }

    #[test]
    fn a_closed_pipe_is_found_behind_what_was_said_of_it() {
        let closed = io::Error::from(io::ErrorKind::BrokenPipe);
        assert!(is_closed_pipe(&anyhow::Error::from(closed).context("the table can't be printed")));
        assert!(!is_closed_pipe(&anyhow!("something else")));
    }

    #[test]
    fn what_is_stored_goes_on_when_somebody_cant_be_reached_any_more() {
        let folder = env::temp_dir().join(format!("midwatch-admit-{}", std::process::id()));
        std::fs::create_dir_all(&folder).unwrap();
        let file = folder.join("midwatch.toml");
        let config = |more: &str| {
            let data = folder.display();
            let text = format!(
                "[server]\ndata_dir = \"{data}\"\n{more}[[user]]\nemail = \"ana@acme.example\"\n\
                 [[escalation_policy]]\nslug = \"p\"\nstep = [{{ notify = [\"user:ana@acme.example\"] }}]\n"
            );
            std::fs::write(&file, text).unwrap();
            load(Some(&file), std::iter::empty()).unwrap()
        };
        let mail = "[mail]\nhost = \"localhost\"\nfrom = \"pager@acme.example\"\n";
        assert!(admit(&config("")).is_err(), "nothing is stored yet");
        let with_mail = config(mail);
        admit(&with_mail).unwrap_or_else(|_| panic!("everybody can be reached"));
        let ledger = ledger::open(&with_mail).unwrap();
        let objects = with_mail.objects.clone();
        let now = SystemClock.now();
        ledger
            .write_blocking(store::Lane::Paging, move |tx| engine::setups::apply(tx, now, &objects, "test"))
            .unwrap();
        admit(&config("")).unwrap_or_else(|_| panic!("the mail server is gone and the rest is as it was"));
        assert!(admit(&config("[paging]\nack_timeout = \"30m\"\n")).is_err(), "another one is saved");
        ledger.close().unwrap();
        std::fs::remove_dir_all(&folder).unwrap();
    }
}
