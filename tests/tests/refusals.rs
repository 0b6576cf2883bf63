//! Refusals reach clients that write their whole body before they read.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test may fail loudly")]

use std::io::{Read, Write};
use std::net::TcpStream;
use std::time::Duration;

use wasmcp_tests::{Server, Setup, Shell};

/// More than the server takes.
const SIZE: usize = 5 << 20;

/// `wasmtime serve` closes such connections itself, as the interface of a component has no say in it.
#[test]
fn a_client_that_writes_five_mebibytes_before_it_reads_gets_its_refusal() {
    for shell in [Shell::Native, Shell::Hosted] {
        let server = Server::start(shell, &Setup::of(&["calculator"])).unwrap();
        for (headers, status) in [
            ("content-type: application/json", 413),
            ("content-type: text/plain", 415),
            ("content-type: application/json\r\norigin: https://evil.com", 403),
        ] {
            let mut stream = TcpStream::connect(server.addr).unwrap();
            stream.set_read_timeout(Some(Duration::from_secs(60))).unwrap();
            let address = server.addr;
            let head = format!("POST /mcp HTTP/1.1\r\nhost: {address}\r\n{headers}\r\ncontent-length: {SIZE}\r\n\r\n");
            stream.write_all(head.as_bytes()).unwrap();
            for part in vec![b'x'; SIZE].chunks(64 << 10) {
                stream.write_all(part).expect("the server reads on");
            }
            let mut answer = String::new();
            stream.read_to_string(&mut answer).unwrap();
            assert!(answer.starts_with(&format!("HTTP/1.1 {status} ")), "{shell}: {answer}");
            assert!(answer.contains("connection: close\r\n"), "{shell}: {answer}");
        }
    }
}
