//! A server that counts how often each call has run, as the provider `run-counter` reports it.

use std::collections::HashMap;
use std::io::{BufRead, BufReader, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::thread;

use anyhow::Result;

/// Counts the runs that the provider `run-counter` reports, `GET /FUNCTION/ID/ATTEMPT`. Serves as long as the test runs.
pub struct Counter {
    addr: SocketAddr,
    runs: Arc<Mutex<HashMap<String, usize>>>,
}

impl Counter {
    /// Listens on a free port of 127.0.0.1.
    pub fn start() -> Result<Counter> {
        let listener = TcpListener::bind(("127.0.0.1", 0))?;
        let counter = Counter { addr: listener.local_addr()?, runs: Arc::default() };
        let runs = Arc::clone(&counter.runs);
        thread::spawn(move || {
            for stream in listener.incoming().map_while(Result::ok) {
                let runs = Arc::clone(&runs);
                thread::spawn(move || serve(&stream, &runs));
            }
        });
        Ok(counter)
    }

    /// The value for the provider's setting `url`.
    pub fn url(&self) -> String {
        format!("http://{}", self.addr)
    }

    /// How often the call of this id has run.
    pub fn runs(&self, id: &str) -> usize {
        self.runs.lock().map(|runs| runs.get(id).copied().unwrap_or_default()).unwrap_or_default()
    }
}

fn serve(stream: &TcpStream, runs: &Mutex<HashMap<String, usize>>) {
    let mut to = stream;
    let mut path = None;
    for line in BufReader::new(stream).lines().map_while(Result::ok) {
        if let Some(rest) = line.strip_prefix("GET ") {
            path = rest.split(' ').next().map(str::to_owned);
        } else if line.is_empty() {
            let id = path.take().and_then(|path| path.split('/').nth(2).map(str::to_owned));
            if let (Some(id), Ok(mut runs)) = (id, runs.lock()) {
                *runs.entry(id).or_default() += 1;
            }
            if to.write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n").is_err() {
                return;
            }
        }
    }
}
