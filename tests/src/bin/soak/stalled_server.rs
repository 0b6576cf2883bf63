//! A server that accepts connections and never reads.

use std::collections::VecDeque;
use std::io;
use std::net::{SocketAddr, TcpListener};
use std::thread;

/// How many connections are open at once: the oldest one is closed for a new one.
const CONNECTIONS: usize = 64;

/// Listens on a free port of 127.0.0.1 as long as the process runs.
pub(crate) fn start() -> io::Result<SocketAddr> {
    let listener = TcpListener::bind(("127.0.0.1", 0))?;
    let addr = listener.local_addr()?;
    thread::spawn(move || {
        let mut open = VecDeque::new();
        for stream in listener.incoming().map_while(Result::ok) {
            open.push_back(stream);
            if open.len() > CONNECTIONS {
                open.pop_front();
            }
        }
    });
    Ok(addr)
}
