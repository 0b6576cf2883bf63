//! The server of a web page: it serves the page, and takes what the page reports.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::thread;
use std::time::Duration;

use serde_json::Value;

const PAGE: &str = include_str!("../../clients/browser/page.html");

/// How long a page may take. A browser that cannot load it says nothing.
const WAIT: Duration = Duration::from_secs(120);

/// Serves the page on every path and under every name. It ends with the test.
pub(crate) struct PageServer {
    address: SocketAddr,
    reports: Receiver<Value>,
}

impl PageServer {
    pub(crate) fn start() -> PageServer {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let (to_test, reports) = channel();
        thread::spawn(move || {
            for stream in listener.incoming().map_while(Result::ok) {
                let to_test = to_test.clone();
                // A browser opens connections that it may not use.
                thread::spawn(move || serve(&stream, &to_test));
            }
        });
        PageServer { address, reports }
    }

    /// The origin of the page under a name of this machine.
    pub(crate) fn origin(&self, name: &str) -> String {
        format!("http://{name}:{}", self.address.port())
    }

    /// Waits for the report of a page.
    pub(crate) fn report(&self) -> Value {
        self.reports.recv_timeout(WAIT).expect("the page reports nothing")
    }
}

fn serve(mut stream: &TcpStream, reports: &Sender<Value>) {
    let mut from = BufReader::new(stream);
    let mut head = String::new();
    while !head.ends_with("\r\n\r\n") {
        if from.read_line(&mut head).unwrap_or_default() == 0 {
            return;
        }
    }
    let length = head.lines().find_map(|line| line.to_ascii_lowercase().strip_prefix("content-length: ")?.parse().ok());
    let mut body = vec![0; length.unwrap_or_default()];
    from.read_exact(&mut body).unwrap();
    let page = if head.starts_with("GET ") { PAGE } else { "" };
    let answer = format!(
        "HTTP/1.1 200 OK\r\ncontent-type: text/html\r\ncontent-length: {}\r\nconnection: close\r\n\r\n{page}",
        page.len()
    );
    let _ = stream.write_all(answer.as_bytes());
    if head.starts_with("POST /report ") {
        let _ = reports.send(serde_json::from_slice(&body).unwrap());
    }
}
