//! Standard output, and progress on standard error.

use std::io::{self, Write};

use domain::escalation::Responder;
use domain::setup::Setup;
use indicatif::{ProgressBar, ProgressStyle};
use jiff::Timestamp;
use serde::Serialize;

/// Prints a text as it stands.
///
/// # Errors
/// When standard output takes nothing any more.
pub(crate) fn print(text: &str) -> io::Result<()> {
    let mut out = io::stdout().lock();
    out.write_all(text.as_bytes())?;
    out.flush()
}

/// Prints a line.
pub(super) fn print_line(text: &str) -> io::Result<()> {
    let mut out = io::stdout().lock();
    writeln!(out, "{text}")?;
    out.flush()
}

/// Prints a value as indented JSON.
pub(super) fn print_json(value: &impl Serialize) -> io::Result<()> {
    print_line(&serde_json::to_string_pretty(value)?)
}

/// Returns a progress bar on standard error, which shows nothing where that is no terminal.
pub(super) fn progress(total: u64, what: &'static str) -> ProgressBar {
    let bar = ProgressBar::new(total).with_message(what);
    let style = ProgressStyle::with_template("{msg} {wide_bar} {pos}/{len} {eta}");
    match style {
        Ok(style) => bar.with_style(style),
        Err(_) => bar,
    }
}

/// Returns an instant to the second, as it stands on the wire.
pub(super) fn second(at: Timestamp) -> String {
    at.strftime("%Y-%m-%dT%H:%M:%SZ").to_string()
}

/// Returns what people call whoever is told.
pub(super) fn responder(setup: &Setup, responder: Responder) -> String {
    match responder {
        Responder::User(id) => {
            setup.user(id).map_or_else(|| format!("former member {id}"), |user| user.email.clone())
        }
        Responder::Channel(id) => setup
            .channel(id)
            .map_or_else(|| format!("former channel {id}"), |channel| format!("channel:{}", channel.slug)),
    }
}

/// Returns the kind of an address, by its contact id or channel.
pub(super) fn kind(setup: &Setup, responder: Responder, contact: &str) -> &'static str {
    let destination = match responder {
        Responder::User(id) => {
            setup.user(id).and_then(|user| user.contact(contact)).map(|contact| &contact.destination)
        }
        Responder::Channel(id) => setup.channel(id).map(|channel| &channel.destination),
    };
    destination.map_or("gone", |destination| destination.kind().word())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn instants_have_no_fractions() {
        assert_eq!(second("2026-05-23T05:50:00.25Z".parse().unwrap()), "2026-05-23T05:50:00Z");
    }
}
