//! The server of a web page: it serves the page and files beside it, and takes what the page reports.

use std::fs;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::thread;
use std::time::Duration;

use serde_json::Value;

use crate::client;

/// How long a page may take. A browser that cannot load it says nothing.
const WAIT: Duration = Duration::from_secs(120);

/// Serves a page under every name. It ends with the test.
pub(crate) struct PageServer {
    address: SocketAddr,
    reports: Receiver<Value>,
}

impl PageServer {
    /// Serves a page of `tests/clients/browser` on the path `/`, and the files of a folder if there is one.
    pub(crate) fn start(page: &str, folder: Option<&Path>) -> PageServer {
        let files = Arc::new(Files { page: client(&format!("browser/{page}")), folder: folder.map(Path::to_path_buf) });
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let (to_test, reports) = channel();
        thread::spawn(move || {
            for stream in listener.incoming().map_while(Result::ok) {
                let (files, to_test) = (Arc::clone(&files), to_test.clone());
                // A browser opens connections that it may not use.
                thread::spawn(move || serve(&stream, &files, &to_test));
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

struct Files {
    page: PathBuf,
    folder: Option<PathBuf>,
}

impl Files {
    /// The file on a path, and its media type.
    fn get(&self, path: &str) -> Option<(&'static str, Vec<u8>)> {
        let file = match path.trim_start_matches('/') {
            "" => self.page.clone(),
            name => self.folder.as_ref()?.join(name),
        };
        let media_type = match file.extension()?.to_str()? {
            "html" => "text/html",
            "js" | "mjs" => "text/javascript",
            "wasm" => "application/wasm",
            _ => return None,
        };
        Some((media_type, fs::read(file).ok()?))
    }
}

fn serve(mut stream: &TcpStream, files: &Files, reports: &Sender<Value>) {
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
    if head.starts_with("POST /report ") {
        let _ = reports.send(serde_json::from_slice(&body).unwrap());
    }
    let path = head.strip_prefix("GET ").and_then(|rest| rest.split([' ', '?']).next());
    let (status, (media_type, body)) = match path.map(|path| files.get(path)) {
        Some(Some(file)) => ("200 OK", file),
        Some(None) => ("404 Not Found", ("text/plain", Vec::new())),
        None => ("200 OK", ("text/plain", Vec::new())),
    };
    let answer = format!(
        "HTTP/1.1 {status}\r\ncontent-type: {media_type}\r\ncontent-length: {}\r\nconnection: close\r\n\r\n",
        body.len()
    );
    let _ = stream.write_all(answer.as_bytes()).and_then(|()| stream.write_all(&body));
}
