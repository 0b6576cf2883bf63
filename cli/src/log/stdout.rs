//! What commands print to standard output about what they have done. It is no part of their work: that it cannot be written ends nothing.

use std::io::{self, Write as _};
use std::thread;

/// Prints lines.
pub(crate) fn report(lines: &str) {
    let _ = writeln!(io::stdout(), "{lines}");
}

/// Prints lines, and does not wait for a reader that is slow.
pub(crate) fn report_in_background(lines: String) {
    let _ = thread::Builder::new().name("report".to_owned()).spawn(move || report(&lines));
}
