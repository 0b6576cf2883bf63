//! A server of this machine that answers as a case says: what a provider or the server itself asks over HTTP.

use std::io::{self, BufRead, BufReader, Read};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::Arc;
use std::thread;

/// A server that answers each request as a function does, and then closes the connection. It answers as long as the test runs.
pub(crate) struct Answering(SocketAddr);

impl Answering {
    /// Listens on a free port. The function has the body of the request.
    pub(crate) fn start(answer: impl Fn(&str, &mut TcpStream) -> io::Result<()> + Send + Sync + 'static) -> Self {
        let listener = TcpListener::bind(("127.0.0.1", 0)).unwrap();
        let addr = listener.local_addr().unwrap();
        let answer = Arc::new(answer);
        thread::spawn(move || {
            for mut stream in listener.incoming().map_while(Result::ok) {
                let answer = Arc::clone(&answer);
                // A client that disconnects is no error of the server.
                thread::spawn(move || body_of(&stream).and_then(|body| answer(&body, &mut stream)));
            }
        });
        Self(addr)
    }

    /// The same with one response to whatever is asked.
    pub(crate) fn always(response: Vec<u8>) -> Self {
        Self::start(move |_, stream| io::Write::write_all(stream, &response))
    }

    /// Host and port.
    pub(crate) fn authority(&self) -> String {
        self.0.to_string()
    }

    /// The URL of a path.
    pub(crate) fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.0)
    }
}

/// Reads a request, and returns its body.
fn body_of(stream: &TcpStream) -> io::Result<String> {
    let mut reader = BufReader::new(stream);
    let mut line = String::new();
    reader.read_line(&mut line)?;
    let mut length: usize = 0;
    while !line.trim_end().is_empty() {
        line.clear();
        reader.read_line(&mut line)?;
        let header = line.split_once(':').filter(|(name, _)| name.eq_ignore_ascii_case("content-length"));
        length = header.and_then(|(_, value)| value.trim().parse().ok()).unwrap_or(length);
    }
    let mut body = vec![0; length];
    reader.read_exact(&mut body)?;
    Ok(String::from_utf8_lossy(&body).into_owned())
}

/// A response with further headers, each with its line ending.
pub(crate) fn response(status: &str, headers: &str, body: &str) -> Vec<u8> {
    let length = body.len();
    format!("HTTP/1.1 {status}\r\n{headers}content-length: {length}\r\nconnection: close\r\n\r\n{body}").into_bytes()
}

/// A response that is JSON.
pub(crate) fn json_response(body: &str) -> Vec<u8> {
    response("200 OK", "content-type: application/json\r\n", body)
}
