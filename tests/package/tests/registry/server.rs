//! `wasmcp serve` with a composed file, on a free port.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::path::Path;
use std::process::{Child, Command, Stdio};

use serde_json::Value;

use crate::REPOSITORY;

/// It ends with the test.
pub(crate) struct Server {
    child: Child,
    authority: String,
}

impl Server {
    pub(crate) fn start(file: &Path) -> Server {
        let mut command = Command::new(Path::new(REPOSITORY).join("target/release/wasmcp"));
        command.args(["serve", "--addr", "127.0.0.1:0"]).arg(file).stdin(Stdio::null()).stdout(Stdio::piped());
        let mut child = command.spawn().expect("`make build` has made wasmcp");
        let mut said = BufReader::new(child.stdout.take().expect("its output")).lines().map_while(Result::ok);
        let url = said.find_map(|line| {
            let block: Value = serde_json::from_str(&line).ok()?;
            Some(block["mcpServers"].as_object()?.values().next()?["url"].as_str()?.to_owned())
        });
        let url = url.expect("it serves");
        std::thread::spawn(move || said.for_each(drop));
        let authority = url.trim_start_matches("http://").trim_end_matches("/mcp").to_owned();
        Server { child, authority }
    }

    /// The answer to a call of a tool, with the head.
    pub(crate) fn call(&self, params: &str) -> String {
        let body = format!(r#"{{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{params}}}"#);
        let mut stream = TcpStream::connect(&self.authority).expect("a connection");
        let head = format!(
            "POST /mcp HTTP/1.1\r\nhost: {}\r\ncontent-type: application/json\r\ncontent-length: {}\r\nconnection: close\r\n\r\n",
            self.authority,
            body.len()
        );
        stream.write_all((head + &body).as_bytes()).expect("a request");
        let mut answer = String::new();
        stream.read_to_string(&mut answer).expect("an answer");
        answer
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // Both calls fail only if the process has ended already.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
