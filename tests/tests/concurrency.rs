//! Many clients at once. Those that choose the same ids (CVE-2026-25536) get their own answers and no other client's, and those that wait for
//! each other are all served.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test may fail loudly"
)]

use std::sync::Barrier;
use std::thread;
use std::time::Duration;

use serde_json::json;
use wasmcp_tests::upstream::{Options, Upstream};
use wasmcp_tests::{Request, Server, Setup, Shell};

const CLIENTS: usize = 200;
const CITIES: [&str; 5] = ["Berlin", "Lisbon", "Nairobi", "Oslo", "Tokyo"];

/// wasmtime's pool has room for 1000 core instances, and answers 500 where that is not enough.
const ROOM: [&str; 1] = ["-Opooling-total-core-instances=10000,pooling-total-memories=4000,pooling-total-tables=8000"];

#[test]
fn two_hundred_clients_with_the_same_id_get_their_own_answers() {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let slow = Options { delay: Duration::from_millis(20), ..Options::default() };
    let upstream = runtime.block_on(Upstream::start(slow)).unwrap();
    for shell in Shell::ALL {
        let setup = Setup::of(&["calculator", "weather"]).weather_of(&upstream).wasmtime(&ROOM);
        let server = Server::start(shell, &setup).unwrap();
        let start = Barrier::new(CLIENTS);
        thread::scope(|scope| {
            for client in 0..CLIENTS {
                let (server, start) = (&server, &start);
                scope.spawn(move || {
                    let (request, own) = ask(client);
                    start.wait();
                    let answer = server.send(&request).unwrap().json().unwrap();
                    let text = answer.pointer("/result/content/0/text").and_then(|text| text.as_str());
                    assert!(
                        text.is_some_and(|text| text.contains(&own)),
                        "{shell}: client {client}, not {own}: {answer}"
                    );
                });
            }
        });
    }
}

/// The request of a client, and a text that only its answer has: slow calls are among fast ones, long answers among short ones.
fn ask(client: usize) -> (Request, String) {
    match client % 4 {
        0 => {
            let city = CITIES[client / 4 % CITIES.len()];
            (Request::call("get_weather", &json!({ "location": city }).to_string()), city.to_owned())
        }
        _ => {
            let nonce = format!("client {client} {}.", "x".repeat((client % 7) * 10_000));
            (Request::call("echo", &json!({ "message": nonce }).to_string()), nonce)
        }
    }
}

/// Instances that wait for a call are beside those that calls may have, so that no call is refused for them.
#[test]
fn calls_that_wait_for_each_other_are_all_served_whatever_is_prepared() {
    for prepared in ["0", "1", "16"] {
        let flags = ["--max-concurrent", "1", "--prepared", prepared, "--max-memory", "4MiB"];
        let server = Server::start(Shell::Native, &Setup::of(&["calculator", "weather"]).flags(&flags)).unwrap();
        thread::scope(|scope| {
            for client in 0..16 {
                let server = &server;
                scope.spawn(move || {
                    for call in 0..20 {
                        let sum = server.call("add", &json!({ "a": client, "b": call }).to_string()).unwrap();
                        assert_eq!(sum, format!("{{\"result\":{}}}", client + call), "{prepared} prepared");
                        let said = server.call("echo", r#"{"message":"hello"}"#).unwrap();
                        assert_eq!(said, "hello", "{prepared} prepared");
                    }
                });
            }
        });
    }
}
