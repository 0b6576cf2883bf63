//! The commands of `wasmcp-lattice`, one module for each.

pub mod archive;
pub mod down;
pub mod host;
pub mod publish;
pub mod status;
pub mod up;
pub mod validate;

use std::io::Write as _;

use anyhow::{Context as _, Result};

/// Prints what a command was asked for. A reader that closes the pipe early, as in `status | head`, causes no error.
pub fn print(lines: &str) -> Result<()> {
    match writeln!(std::io::stdout(), "{lines}") {
        Err(error) if error.kind() != std::io::ErrorKind::BrokenPipe => Err(error).context("cannot print"),
        _ => Ok(()),
    }
}

/// Prints what a command has done. It is done, so that an output that cannot be written is no error.
pub fn report(lines: &str) {
    let _ = writeln!(std::io::stdout(), "{lines}");
}

/// Prints a message to standard error, which ends nothing if it cannot be written.
pub fn log(message: &str) {
    let _ = writeln!(std::io::stderr(), "{message}");
}
