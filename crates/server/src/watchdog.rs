//! The watchdog: a thread of its own, which no blocked task and no full pipe can hold up.

use std::{
    io, process,
    sync::mpsc::{RecvTimeoutError, Sender, channel},
    thread,
    time::Duration,
};

use domain::watchdog::Watchdog;
use engine::{Shell, pulse};

use crate::log::Log;

/// How often to look.
const EVERY: Duration = Duration::from_secs(1);

/// Keeps the watchdog awake; dropping it lets the thread end.
pub(crate) struct Leash {
    _hold: Sender<()>,
}

/// Starts the watchdog. It aborts the process when people are no longer woken: whoever started it then starts another,
/// which takes up everything that this one has left in the ledger.
///
/// # Errors
/// When there can be no more threads.
pub(crate) fn start(shell: &Shell, log: Option<Log>) -> io::Result<Leash> {
    let (hold, held) = channel();
    let shell = shell.clone();
    let watch = move || {
        let mut watchdog = Watchdog::default();
        let end = || {
            if let Some(log) = &log {
                log.flush();
            }
            process::abort();
        };
        while held.recv_timeout(EVERY) == Err(RecvTimeoutError::Timeout) {
            shell.meters.lost_lines(log.as_ref().map_or(0, Log::lost));
            pulse::look(&shell, &mut watchdog, &end);
        }
    };
    thread::Builder::new().name("watchdog".to_owned()).spawn(watch)?;
    Ok(Leash { _hold: hold })
}
