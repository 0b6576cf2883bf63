//! Panics, which are bugs: a line of the log about each, in place of what the standard library writes by itself.

use std::backtrace::{Backtrace, BacktraceStatus};
use std::panic;

/// Makes every panic a message of the log. The standard library would write to standard error, and wait for a reader that is slow.
pub(super) fn log_panics() {
    panic::set_hook(Box::new(|info| {
        let place = info.location().map(ToString::to_string).unwrap_or_default();
        // The evaluator of policies works on what callers send, which its messages quote.
        let is_of_policy = info.location().is_some_and(|location| location.file().contains("regorus"));
        let message =
            if is_of_policy { "while a policy was evaluated" } else { info.payload_as_str().unwrap_or("no message") };
        // It is captured where `RUST_BACKTRACE` asks for it.
        let backtrace = Backtrace::capture();
        match backtrace.status() {
            BacktraceStatus::Captured => tracing::error!("a bug: panicked at {place}: {message}\n{backtrace}"),
            _ => tracing::error!("a bug: panicked at {place}: {message}"),
        }
    }));
}
