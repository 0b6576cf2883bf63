//! Many clients that choose the same ids (T4, CVE-2026-25536): each gets its own answer and nobody else's.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test may fail loudly")]

use std::sync::Barrier;
use std::thread;

use serde_json::json;
use wasmcp_tests::{Request, Server, Setup, Shell};

const CLIENTS: usize = 200;

/// wasmtime's pool has room for 1000 core instances, and answers 500 where that is not enough.
const ROOM: [&str; 1] = ["-Opooling-total-core-instances=10000,pooling-total-memories=4000,pooling-total-tables=8000"];

#[test]
fn two_hundred_clients_with_the_same_id_get_their_own_answers() {
    for shell in Shell::ALL {
        let setup = Setup::of(&["calculator", "weather"]).wasmtime(&ROOM);
        let server = Server::start(shell, &setup).unwrap();
        let start = Barrier::new(CLIENTS);
        thread::scope(|scope| {
            for client in 0..CLIENTS {
                let (server, start) = (&server, &start);
                scope.spawn(move || {
                    // Long answers among short ones, so that they would mix if they could.
                    let nonce = format!("client {client} {}", "x".repeat((client % 7) * 10_000));
                    let request = Request::call("echo", &json!({ "message": nonce }).to_string());
                    start.wait();
                    let answer = server.send(&request).unwrap().json().unwrap();
                    assert_eq!(answer.pointer("/result/content/0/text"), Some(&json!(nonce)), "{shell}");
                });
            }
        });
    }
}
