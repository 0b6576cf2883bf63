//! The standard output and error of a component, as lines of the host's log.

use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll};

use bytes::Bytes;
use tokio::io::AsyncWrite;
use wasmtime_wasi::async_trait;
use wasmtime_wasi::cli::{IsTerminal, StdoutStream};
use wasmtime_wasi::p2::{OutputStream, Pollable, StreamResult};

use super::grant::Grant;
use super::instance::Size;
use crate::log::MAX_LINE;

/// How many bytes of output of one call are logged.
const OUTPUT_LIMIT: usize = 16 << 10;
/// The start of the line that Rust prints after the message of every panic.
const RUST_BACKTRACE_NOTE: &str = "note: run with `RUST_BACKTRACE";

/// The output stream of one call. Its clones write to the same stream.
#[derive(Clone)]
pub(crate) struct Stdio(Arc<Mutex<Lines>>);

struct Lines {
    grant: Arc<Grant>,
    /// The id of the request that the call is for, where it is known.
    request: Option<Arc<str>>,
    /// The line that has no end yet.
    line: Vec<u8>,
    /// The last line that was logged.
    last: String,
    /// How many bytes may still be printed.
    budget: usize,
}

impl Stdio {
    pub(crate) fn new(grant: Arc<Grant>, request: Option<Arc<str>>) -> Self {
        let (line, last) = (Vec::new(), String::new());
        Self(Arc::new(Mutex::new(Lines { grant, request, line, last, budget: OUTPUT_LIMIT })))
    }

    /// What is printed from now on is of this request.
    pub(crate) fn serve(&self, request: Arc<str>) {
        self.lock().request = Some(request);
    }

    /// The last line that was printed and says something.
    pub(crate) fn last_line(&self) -> Option<String> {
        let mut lines = self.lock();
        if !lines.line.is_empty() {
            lines.end_line();
        }
        Some(std::mem::take(&mut lines.last)).filter(|last| !last.is_empty())
    }

    fn print(&self, bytes: &[u8]) {
        self.lock().print(bytes);
    }

    fn lock(&self) -> MutexGuard<'_, Lines> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Lines {
    fn print(&mut self, bytes: &[u8]) {
        if self.budget == 0 {
            return;
        }
        for byte in bytes.get(..self.budget).unwrap_or(bytes) {
            if *byte == b'\n' {
                self.end_line();
            } else {
                self.line.push(*byte);
                // A longer line is split.
                if self.line.len() >= MAX_LINE {
                    self.end_line();
                }
            }
        }
        self.budget = self.budget.saturating_sub(bytes.len());
        if self.budget == 0 {
            self.end_line();
            let limit = Size(OUTPUT_LIMIT);
            self.grant
                .log
                .print(self.request.as_deref(), format_args!("printed {limit} in one call: the rest is not logged"));
        }
    }

    fn end_line(&mut self) {
        let line = String::from_utf8_lossy(&self.line);
        let line = line.trim_end();
        self.grant.log.print(self.request.as_deref(), line);
        if !line.is_empty() && !line.starts_with(RUST_BACKTRACE_NOTE) {
            line.clone_into(&mut self.last);
        }
        self.line.clear();
    }
}

impl Drop for Lines {
    fn drop(&mut self) {
        if !self.line.is_empty() {
            self.end_line();
        }
    }
}

impl IsTerminal for Stdio {
    fn is_terminal(&self) -> bool {
        false
    }
}

impl StdoutStream for Stdio {
    fn p2_stream(&self) -> Box<dyn OutputStream> {
        Box::new(self.clone())
    }

    fn async_stream(&self) -> Box<dyn AsyncWrite + Send + Sync> {
        Box::new(self.clone())
    }
}

#[async_trait]
impl Pollable for Stdio {
    async fn ready(&mut self) {}
}

impl OutputStream for Stdio {
    fn write(&mut self, bytes: Bytes) -> StreamResult<()> {
        self.print(&bytes);
        Ok(())
    }

    fn flush(&mut self) -> StreamResult<()> {
        Ok(())
    }

    fn check_write(&mut self) -> StreamResult<usize> {
        Ok(OUTPUT_LIMIT)
    }
}

impl AsyncWrite for Stdio {
    fn poll_write(self: Pin<&mut Self>, _: &mut Context<'_>, bytes: &[u8]) -> Poll<std::io::Result<usize>> {
        self.print(bytes);
        Poll::Ready(Ok(bytes.len()))
    }

    fn poll_flush(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<std::io::Result<()>> {
        Poll::Ready(Ok(()))
    }

    fn poll_shutdown(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<std::io::Result<()>> {
        Poll::Ready(Ok(()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_output_of_a_call_is_limited() {
        let output = Stdio::new(Arc::new(Grant::nothing("test")), None);
        for _ in 0..10 {
            output.print(&[b'x'; OUTPUT_LIMIT]);
        }
        let lines = output.0.lock().expect("lock");
        assert_eq!(lines.budget, 0);
        assert!(lines.line.is_empty());
    }

    #[test]
    fn the_last_line_is_the_last_one_that_says_something() {
        for (printed, last) in [
            ("", None),
            ("one\ntwo\n", Some("two")),
            ("one\nhalf", Some("half")),
            ("one\n\n \n", Some("one")),
            ("boom\nnote: run with `RUST_BACKTRACE=1` environment variable to display a backtrace\n", Some("boom")),
        ] {
            let output = Stdio::new(Arc::new(Grant::nothing("test")), None);
            output.print(printed.as_bytes());
            assert_eq!(output.last_line().as_deref(), last, "{printed}");
        }
    }
}
