//! What a component prints, as lines of the host's log.

use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll};

use bytes::Bytes;
use tokio::io::AsyncWrite;
use wasmtime_wasi::async_trait;
use wasmtime_wasi::cli::{IsTerminal, StdoutStream};
use wasmtime_wasi::p2::{OutputStream, Pollable, StreamResult};

use super::grant::Grant;

/// How much one call may print.
const BUDGET: usize = 16 << 10;
/// A longer line is broken.
const LINE: usize = 1 << 10;

/// Everything that one call prints. Its clones are the same output.
#[derive(Clone)]
pub(crate) struct Output(Arc<Mutex<Lines>>);

struct Lines {
    grant: Arc<Grant>,
    started: Vec<u8>,
    budget: usize,
}

impl Output {
    pub(crate) fn new(grant: Arc<Grant>) -> Self {
        Self(Arc::new(Mutex::new(Lines { grant, started: Vec::new(), budget: BUDGET })))
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
                self.started.push(*byte);
                if self.started.len() >= LINE {
                    self.end_line();
                }
            }
        }
        self.budget = self.budget.saturating_sub(bytes.len());
        if self.budget == 0 {
            self.end_line();
            self.grant.log.write("prints more than is logged of one call");
        }
    }

    fn end_line(&mut self) {
        self.grant.log.print(String::from_utf8_lossy(&self.started).trim_end());
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
    fn what_a_call_prints_is_bounded() {
        let output = Output::new(Arc::new(Grant::nothing("test")));
        for _ in 0..10 {
            output.print(&[b'x'; BUDGET]);
        }
        let lines = output.0.lock().expect("lock");
        assert_eq!(lines.budget, 0);
        assert!(lines.started.is_empty());
    }
}
