//! The server that the provider `live-events` asks whether its call may end, so that a test decides how long a call takes.

use std::io::{BufRead, BufReader, Write};
use std::net::{TcpListener, TcpStream};

use anyhow::{Result, ensure};

use crate::Setup;

/// Holds calls of the provider `live-events` until the test lets them end.
pub struct Gate(TcpListener);

/// A call that waits. It ends when [`open`](Self::open) is called, and fails when this is dropped.
pub struct WaitingCall(TcpStream);

impl Gate {
    /// Listens on a free port of 127.0.0.1.
    pub fn start() -> Result<Gate> {
        Ok(Gate(TcpListener::bind("127.0.0.1:0")?))
    }

    /// Where it listens, `HOST:PORT`.
    pub fn authority(&self) -> Result<String> {
        Ok(self.0.local_addr()?.to_string())
    }

    /// A server of `live-events` alone, which asks this gate.
    pub fn setup(&self) -> Result<Setup> {
        let authority = self.authority()?;
        let setup = Setup::of(&["live-events"]).set("live-events", "url", &format!("http://{authority}"));
        Ok(setup.egress("live-events", &authority))
    }

    /// Waits until a call wants to end.
    pub fn wait(&self) -> Result<WaitingCall> {
        let (stream, _) = self.0.accept()?;
        let head = BufReader::new(stream.try_clone()?).lines();
        ensure!(head.map_while(Result::ok).any(|line| line.is_empty()), "a request without an end");
        Ok(WaitingCall(stream))
    }
}

impl WaitingCall {
    /// Lets the call end.
    pub fn open(mut self) -> Result<()> {
        Ok(self.0.write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\nconnection: close\r\n\r\n")?)
    }
}
