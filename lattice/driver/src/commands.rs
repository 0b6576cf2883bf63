//! The commands of `wasmcp-lattice`, one module for each.

pub mod down;
pub mod host;
pub mod publish;
pub mod status;
pub mod up;
pub mod validate;

use std::io::Write as _;

use anyhow::{Context as _, Result};

/// Prints one line or several. A reader that closes the pipe early, as in `status | head`, causes no error.
pub fn print(lines: &str) -> Result<()> {
    match writeln!(std::io::stdout(), "{lines}") {
        Err(error) if error.kind() != std::io::ErrorKind::BrokenPipe => Err(error).context("cannot print"),
        _ => Ok(()),
    }
}
