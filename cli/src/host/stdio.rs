//! The standard output and error of a component, as lines of the host's log.

use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll};

use bytes::Bytes;
use tokio::io::AsyncWrite;
use wasmtime_wasi::async_trait;
use wasmtime_wasi::cli::{IsTerminal, StdoutStream};
use wasmtime_wasi::p2::{OutputStream, Pollable, StreamResult};

use super::grant::Grant;

/// How many bytes of output of one call are logged.
const OUTPUT_LIMIT: usize = 16 << 10;
/// How many bytes a line may have; a longer line is split.
const MAX_LINE: usize = 1 << 10;

/// The output stream of one call. Its clones write to the same stream.
#[derive(Clone)]
pub(crate) struct Stdio(Arc<Mutex<Lines>>);

struct Lines {
    grant: Arc<Grant>,
    /// The line that has no end yet.
    line: Vec<u8>,
    /// How many bytes may still be printed.
    budget: usize,
}

impl Stdio {
    pub(crate) fn new(grant: Arc<Grant>) -> Self {
        Self(Arc::new(Mutex::new(Lines { grant, line: Vec::new(), budget: OUTPUT_LIMIT })))
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
        for byte in bytes.get(..self.budget).unwrap_or(bytes) {
            if *byte == b'\n' {
                self.end_line();
            } else {
                self.line.push(*byte);
                if self.line.len() >= MAX_LINE {
                    self.end_line();
                }
            }
        }
        self.budget = self.budget.saturating_sub(bytes.len());
        if self.budget == 0 {
            self.end_line();
            self.grant.log.write("printed more than 16 KiB in one call: the rest is not logged");
        }
    }

    fn end_line(&mut self) {
        self.grant.log.print(String::from_utf8_lossy(&self.line).trim_end());
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
        let output = Stdio::new(Arc::new(Grant::nothing("test")));
        for _ in 0..10 {
            output.print(&[b'x'; OUTPUT_LIMIT]);
        }
        let lines = output.0.lock().expect("lock");
        assert_eq!(lines.budget, 0);
        assert!(lines.line.is_empty());
    }
}
