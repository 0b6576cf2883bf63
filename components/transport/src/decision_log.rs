//! The log of decisions on a host of WASI: lines on the standard error of the component.

use std::sync::atomic::{AtomicUsize, Ordering};

use policy::DecisionLog;
use wasi::cli::stderr::get_stderr;

/// The standard error. What the host does not take at once is lost and counted, so that no call waits for a slow reader.
pub(crate) struct StandardError;

/// How many lines were lost since one was last written.
static LOST: AtomicUsize = AtomicUsize::new(0);

impl DecisionLog for StandardError {
    fn write(&self, line: String) {
        let lost = LOST.load(Ordering::Relaxed);
        let told = if lost > 0 { format!("{{\"lost_decisions\":{lost}}}\n") } else { String::new() };
        let text = format!("{told}{line}\n");
        let stream = get_stderr();
        let room = stream.check_write().unwrap_or(0);
        let is_written = usize::try_from(room).is_ok_and(|room| room >= text.len())
            && stream.write(text.as_bytes()).is_ok()
            && stream.flush().is_ok();
        match is_written {
            true => LOST.store(0, Ordering::Relaxed),
            false => LOST.store(lost.saturating_add(1), Ordering::Relaxed),
        }
    }
}
