//! The log of this program, and what it prints. Neither ends a call or the process: what cannot be written is lost, and the log counts it.
//!
//! Messages are events of `tracing`. One [subscriber](subscriber) makes lines of them, and puts the lines into one bounded
//! [queue](queue), from which one thread [writes](writer) to standard error.

mod component;
mod decisions;
mod format;
mod options;
mod panics;
mod printable;
mod queue;
mod rate_limit;
mod stdout;
mod subscriber;
mod writer;

use std::fs::File;
use std::os::fd::AsFd;
use std::sync::{Arc, OnceLock};
use std::thread;
use std::time::Duration;

pub(crate) use component::{ComponentLog, MAX_LINE};
pub(crate) use decisions::DecisionFile;
pub(crate) use options::LogOptions;
pub(crate) use printable::one_line;
pub(crate) use stdout::{report, report_in_background};

use format::Format;
use queue::Queue;
use subscriber::LogSubscriber;
use writer::Writer;

/// How long the end of the process waits for lines that are not written yet.
const LAST_LINES_TIMEOUT: Duration = Duration::from_secs(1);

/// The log while the process runs. Dropping it writes what is left, for at most a second.
pub(crate) struct Log(Arc<Queue>);

/// The format, once the log has started.
static FORMAT: OnceLock<Format> = OnceLock::new();

/// Whether the log is text for people, beside which a command may draw its progress.
pub(crate) fn is_text() -> bool {
    FORMAT.get().is_none_or(|format| *format == Format::Text)
}

/// Starts the log. Messages before this are dropped.
pub(crate) fn start(options: LogOptions) -> Log {
    let _ = FORMAT.set(options.format);
    let queue = Arc::new(Queue::default());
    // The standard library's `stderr` has a lock, which a write to a pipe that is full would hold.
    if let Ok(stderr) = std::io::stderr().as_fd().try_clone_to_owned() {
        let (writer, waiting) = (Writer::new(File::from(stderr), options.format), Arc::clone(&queue));
        // A system that has no thread left cannot run anything else of this program either.
        let _ = thread::Builder::new().name("log".to_owned()).spawn(move || writer.run(&waiting));
    }
    // There is no other subscriber.
    let _ = tracing::subscriber::set_global_default(LogSubscriber::new(options, Arc::clone(&queue)));
    panics::log_panics();
    Log(queue)
}

impl Drop for Log {
    fn drop(&mut self) {
        self.0.close(LAST_LINES_TIMEOUT);
    }
}
