//! Many calls by several clients at once, with the outcome of each.

use std::net::SocketAddr;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::Result;
use serde_json::Value;

use crate::{Connection, Request};

/// The outcome of one call.
#[derive(Debug)]
pub struct CallOutcome {
    /// The number of the call, from 0.
    pub number: usize,
    /// How long it took.
    pub took: Duration,
    /// The answer, or the error of the connection.
    pub message: Result<Value>,
}

impl CallOutcome {
    /// The error's text. `None` if a tool returned a result that is no error.
    pub fn failure(&self) -> Option<String> {
        match &self.message {
            Err(error) => Some(format!("no answer: {error:#}")),
            Ok(message)
                if message.pointer("/result/isError").is_none_or(|is_error| is_error == false)
                    && message.get("result").is_some() =>
            {
                None
            }
            Ok(message) => {
                let text = message.pointer("/error/message").or_else(|| message.pointer("/result/content/0/text"));
                Some(text.and_then(Value::as_str).map_or_else(|| message.to_string(), str::to_owned))
            }
        }
    }
}

/// Makes `calls` calls by several clients at once, each with a connection of its own. After each answer `done` gets the number of answers so
/// far.
pub fn load(
    server: SocketAddr,
    clients: usize,
    calls: usize,
    request: impl Fn(usize) -> Request + Sync,
    done: impl Fn(usize) + Sync,
) -> Vec<CallOutcome> {
    let (next, answered) = (AtomicUsize::new(0), AtomicUsize::new(0));
    let client = || {
        let mut connection = None;
        let mut all = Vec::new();
        loop {
            let number = next.fetch_add(1, Ordering::Relaxed);
            if number >= calls {
                return all;
            }
            let begun = Instant::now();
            let message = call(&mut connection, server, &request(number));
            all.push(CallOutcome { number, took: begun.elapsed(), message });
            done(answered.fetch_add(1, Ordering::Relaxed) + 1);
        }
    };
    thread::scope(|scope| {
        let clients: Vec<_> = (0..clients).map(|_| scope.spawn(client)).collect();
        clients.into_iter().flat_map(|client| client.join().unwrap_or_default()).collect()
    })
}

/// Sends the request on the open connection, or on a new one.
fn call(connection: &mut Option<Connection>, server: SocketAddr, request: &Request) -> Result<Value> {
    let mut open = match connection.take() {
        Some(open) => open,
        None => Connection::open(server)?,
    };
    let message = open.send(request)?.json()?;
    *connection = Some(open);
    Ok(message)
}
