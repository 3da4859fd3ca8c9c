//! The log of a process that serves: lines are handed to a thread, and nobody waits for it.
//!
//! Whoever reads our standard error may stop reading; the pipe fills, and a write to it takes for ever. Paging must not
//! care. So a line that finds no room is dropped and counted, and the count is told when there is room again.

use std::{
    io::{self, Write},
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
        mpsc::{Receiver, RecvTimeoutError, SyncSender, TrySendError, sync_channel},
    },
    thread,
    time::Duration,
};

use tracing_subscriber::fmt::MakeWriter;

/// Lines that wait to be written: some seconds of a bad day, and no more than some megabytes.
const MOST_LINES: usize = 8_192;

/// How long the last lines have when the process ends.
const LAST_LINES: Duration = Duration::from_secs(1);

/// What is handed to the thread.
enum Message {
    Line(Vec<u8>),
    /// Answered when everything before it is written.
    Flush(SyncSender<()>),
}

/// Where lines are handed in.
#[derive(Clone)]
pub(crate) struct Log {
    lines: SyncSender<Message>,
    lost: Arc<AtomicU64>,
}

impl Log {
    /// Starts the thread that writes.
    ///
    /// # Errors
    /// When there can be no more threads.
    pub(crate) fn start(out: impl Write + Send + 'static) -> io::Result<Self> {
        let (lines, waiting) = sync_channel(MOST_LINES);
        let log = Self { lines, lost: Arc::default() };
        let lost = Arc::clone(&log.lost);
        thread::Builder::new().name("log".to_owned()).spawn(move || write(&waiting, out, &lost))?;
        Ok(log)
    }

    /// Returns how many lines were dropped.
    pub(crate) fn lost(&self) -> u64 {
        self.lost.load(Ordering::Relaxed)
    }

    /// Waits until everything is written, for a moment at most.
    pub(crate) fn flush(&self) {
        let (done, answer) = sync_channel(1);
        if self.lines.try_send(Message::Flush(done)).is_ok() {
            match answer.recv_timeout(LAST_LINES) {
                // Nobody reads, or the thread is gone: there is nobody to tell.
                Ok(()) | Err(RecvTimeoutError::Timeout | RecvTimeoutError::Disconnected) => {}
            }
        }
    }
}

impl Write for Log {
    /// Takes a whole line, as the layer that formats hands it over.
    fn write(&mut self, line: &[u8]) -> io::Result<usize> {
        match self.lines.try_send(Message::Line(line.to_vec())) {
            Ok(()) => {}
            Err(TrySendError::Full(_) | TrySendError::Disconnected(_)) => {
                self.lost.fetch_add(1, Ordering::Relaxed);
            }
        }
        Ok(line.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl<'a> MakeWriter<'a> for Log {
    type Writer = Self;

    fn make_writer(&'a self) -> Self {
        self.clone()
    }
}

fn write(waiting: &Receiver<Message>, mut out: impl Write, lost: &AtomicU64) {
    let mut told = 0;
    while let Ok(message) = waiting.recv() {
        match message {
            // What standard error does not take is gone, as it would be without us.
            Message::Line(line) => drop(out.write_all(&line)),
            Message::Flush(done) => {
                let _ = out.flush();
                let _ = done.try_send(());
            }
        }
        let all = lost.load(Ordering::Relaxed);
        if all > told {
            let _ = writeln!(out, "{} lines of the log were dropped: nobody took them", all - told);
            told = all;
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::{Mutex, PoisonError};

    use super::*;

    /// A sink that takes nothing until it is told to.
    struct Blocked {
        begun: SyncSender<()>,
        go_on: Receiver<()>,
        taken: Arc<Mutex<Vec<u8>>>,
    }

    impl Write for Blocked {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            let _ = self.begun.try_send(());
            // An end of the other side lets everything through.
            let _ = self.go_on.recv();
            self.taken.lock().unwrap_or_else(PoisonError::into_inner).extend_from_slice(bytes);
            Ok(bytes.len())
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    #[test]
    fn a_sink_that_takes_nothing_holds_up_nobody_and_what_was_dropped_is_told() {
        let ((begun, has_begun), (open, go_on)) = (sync_channel(1), sync_channel::<()>(0));
        let taken = Arc::new(Mutex::new(Vec::new()));
        let mut log = Log::start(Blocked { begun, go_on, taken: Arc::clone(&taken) }).unwrap();
        log.write_all(b"first\n").unwrap();
        has_begun.recv().unwrap();
        // The thread holds the first line; these fill the queue, and five find no room.
        for n in 0..MOST_LINES + 5 {
            log.write_all(format!("line {n}\n").as_bytes()).unwrap();
        }
        assert_eq!(log.lost(), 5);
        drop(open);
        let (done, answer) = sync_channel(1);
        log.lines.send(Message::Flush(done)).unwrap();
        answer.recv().unwrap();
        let text = String::from_utf8(taken.lock().unwrap().clone()).unwrap();
        assert!(text.starts_with("first\n5 lines of the log were dropped: nobody took them\nline 0\n"));
        assert!(text.contains(&format!("line {}\n", MOST_LINES - 1)));
        assert!(!text.contains(&format!("line {MOST_LINES}\n")));
        assert_eq!(text.lines().count(), MOST_LINES + 2);
    }
}
