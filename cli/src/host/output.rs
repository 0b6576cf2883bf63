//! What a component prints, as lines of the host's log.

use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};

use bytes::Bytes;
use tokio::io::AsyncWrite;
use wasmtime_wasi::async_trait;
use wasmtime_wasi::cli::{IsTerminal, StdoutStream};
use wasmtime_wasi::p2::{OutputStream, Pollable, StreamResult};

/// How much one call may print.
const BUDGET: usize = 16 << 10;
/// A longer line is broken.
const LINE: usize = 1 << 10;

/// Lines of the host's log, about a component. What came from it cannot pass for a line of the host or colour a terminal: every
/// line has the component's name, and control characters are written out.
pub(crate) fn log(name: &str, text: impl std::fmt::Display) {
    let lines = text
        .to_string()
        .lines()
        .fold(String::new(), |lines, line| lines + "wasmcp: " + name + ": " + &printable(line) + "\n");
    eprint!("{lines}");
}

/// Everything that one call prints. Its clones are the same output.
#[derive(Clone)]
pub(crate) struct Output(Arc<Mutex<Lines>>);

struct Lines {
    name: String,
    started: Vec<u8>,
    budget: usize,
}

impl Output {
    pub(crate) fn new(name: &str) -> Self {
        Self(Arc::new(Mutex::new(Lines { name: name.to_owned(), started: Vec::new(), budget: BUDGET })))
    }

    fn print(&self, bytes: &[u8]) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).print(bytes);
    }
}

impl Lines {
    fn print(&mut self, bytes: &[u8]) {
        if self.budget == 0 {
            return;
        }
        let within = bytes.get(..self.budget).unwrap_or(bytes);
        for byte in within {
            if *byte == b'\n' {
                self.end_line();
            } else {
                self.started.push(*byte);
                if self.started.len() >= LINE {
                    self.end_line();
                }
            }
        }
        self.budget = self.budget.saturating_sub(bytes.len());
        if self.budget == 0 {
            self.end_line();
            log(&self.name, "prints more than is logged of one call");
        }
    }

    fn end_line(&mut self) {
        log(&self.name, String::from_utf8_lossy(&self.started).trim_end());
        self.started.clear();
    }
}

impl Drop for Lines {
    fn drop(&mut self) {
        if !self.started.is_empty() {
            self.end_line();
        }
    }
}

/// The text with its control characters written out.
fn printable(text: &str) -> String {
    text.chars().fold(String::with_capacity(text.len()), |mut line, character| {
        if character.is_control() && character != '\t' {
            line.extend(character.escape_unicode());
        } else {
            line.push(character);
        }
        line
    })
}

impl IsTerminal for Output {
    fn is_terminal(&self) -> bool {
        false
    }
}

impl StdoutStream for Output {
    fn p2_stream(&self) -> Box<dyn OutputStream> {
        Box::new(self.clone())
    }

    fn async_stream(&self) -> Box<dyn AsyncWrite + Send + Sync> {
        Box::new(self.clone())
    }
}

#[async_trait]
impl Pollable for Output {
    async fn ready(&mut self) {}
}

impl OutputStream for Output {
    fn write(&mut self, bytes: Bytes) -> StreamResult<()> {
        self.print(&bytes);
        Ok(())
    }

    fn flush(&mut self) -> StreamResult<()> {
        Ok(())
    }

    fn check_write(&mut self) -> StreamResult<usize> {
        Ok(BUDGET)
    }
}

impl AsyncWrite for Output {
    fn poll_write(
        self: Pin<&mut Self>,
        _: &mut std::task::Context<'_>,
        bytes: &[u8],
    ) -> std::task::Poll<std::io::Result<usize>> {
        self.print(bytes);
        std::task::Poll::Ready(Ok(bytes.len()))
    }

    fn poll_flush(self: Pin<&mut Self>, _: &mut std::task::Context<'_>) -> std::task::Poll<std::io::Result<()>> {
        std::task::Poll::Ready(Ok(()))
    }

    fn poll_shutdown(self: Pin<&mut Self>, _: &mut std::task::Context<'_>) -> std::task::Poll<std::io::Result<()>> {
        std::task::Poll::Ready(Ok(()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_component_cannot_forge_a_line_or_colour_a_terminal() {
        assert_eq!(printable("a\tb\x1b[31m\r\nwasmcp: x"), "a\tb\\u{1b}[31m\\u{d}\\u{a}wasmcp: x");
    }

    #[test]
    fn what_a_call_prints_is_bounded() {
        let output = Output::new("test");
        for _ in 0..10 {
            output.print(&[b'x'; BUDGET]);
        }
        let lines = output.0.lock().expect("lock");
        assert_eq!(lines.budget, 0);
        assert!(lines.started.is_empty());
    }
}
