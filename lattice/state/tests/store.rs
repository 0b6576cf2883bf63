//! The program on a real NATS server: a host's words on its standard input, and calls over wRPC as hosts send them.
#![cfg(test)]

use std::io::Write as _;
use std::net::TcpListener;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use async_nats::{Client, HeaderMap};
use bytes::Bytes;
use contract::model::McpError;
use data_encoding::BASE64;
use serde_json::json;
use tempfile::TempDir;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::task::JoinSet;
use wire::{decode_all, encode_all};
use wrpc_transport::Invoke;

const INTERFACE: &str = "wasmcp:mcp/state@0.1.0";
/// How long something may take that depends on other processes.
const DEADLINE: Duration = Duration::from_secs(60);

/// An entry: its value and its revision.
type Entry = (Vec<u8>, String);

/// A NATS server and the program. Both end with this.
struct Lattice {
    nats: Child,
    provider: Child,
    address: String,
    client: Client,
    wrpc: wrpc_transport_nats::Client,
    _folder: TempDir,
}

impl Drop for Lattice {
    fn drop(&mut self) {
        for process in [&mut self.provider, &mut self.nats] {
            let _ = process.kill();
            let _ = process.wait();
        }
    }
}

fn nats_server(port: u16, folder: &TempDir, has_store: bool) -> Child {
    let Some(binaries) = std::env::var_os("WASMCP_LATTICE_BINARIES") else {
        panic!("this test needs a NATS server: set WASMCP_LATTICE_BINARIES to \"$(tools/install lattice)/bin\"");
    };
    let mut nats = Command::new(PathBuf::from(binaries).join("nats-server"));
    nats.args(["-a", "127.0.0.1", "-p", &port.to_string()]).stderr(Stdio::null());
    if has_store {
        nats.arg("-js").arg("-sd").arg(folder.path());
    }
    nats.spawn().expect("a NATS server")
}

fn link(source: &str) -> serde_json::Value {
    json!({
        "source_id": source, "target": "wasmcp-state", "name": "default", "wit_namespace": "wasmcp", "wit_package": "mcp",
        "interfaces": ["state"], "source_config": {}, "target_config": {},
    })
}

impl Lattice {
    async fn start(has_store: bool) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let nats = nats_server(port, &folder, has_store);
        let address = format!("127.0.0.1:{port}");
        let begun = Instant::now();
        let client = loop {
            match async_nats::connect(&address).await {
                Ok(client) => break client,
                Err(error) => assert!(begun.elapsed() < DEADLINE, "{error}"),
            }
        };
        // At run time, as the shell that runs the lints passes on no variable with `-` in its name.
        let program = std::env::var_os("CARGO_BIN_EXE_wasmcp-state-provider").expect("a program");
        let mut provider = Command::new(program).stdin(Stdio::piped()).env_clear().spawn().expect("the program");
        let data = json!({
            "host_id": "NHOST", "lattice_rpc_prefix": "default", "lattice_rpc_user_jwt": "", "lattice_rpc_user_seed": "",
            "lattice_rpc_url": format!("nats://{address}"), "provider_key": "wasmcp-state",
            "link_definitions": [link("one"), link("two")],
        });
        let line = format!("{}\r\n", BASE64.encode(data.to_string().as_bytes()));
        provider.stdin.take().unwrap().write_all(line.as_bytes()).unwrap();
        let wrpc = wrpc_transport_nats::Client::new(client.clone(), "default.wasmcp-state", None).await.unwrap();
        let lattice = Self { nats, provider, address, client, wrpc, _folder: folder };
        lattice.until_healthy_is(has_store).await;
        lattice
    }

    /// Waits until the program answers a check of its health, and says this.
    async fn until_healthy_is(&self, expected: bool) {
        let begun = Instant::now();
        loop {
            let answer = self.client.request("wasmbus.rpc.default.wasmcp-state.health", Bytes::new()).await;
            let said = answer.ok().and_then(|answer| serde_json::from_slice::<serde_json::Value>(&answer.payload).ok());
            if said.as_ref().is_some_and(|said| said["healthy"] == expected) {
                return;
            }
            assert!(begun.elapsed() < DEADLINE, "{said:?}");
        }
    }

    /// The bytes of an answer; none if there is no answer.
    async fn call(&self, component: &str, function: &str, parameters: Vec<u8>) -> Vec<u8> {
        let mut head = HeaderMap::new();
        head.insert("source-id", component);
        let paths: [[Option<usize>; 0]; 0] = [];
        let (mut outgoing, mut incoming) =
            self.wrpc.invoke(Some(head), INTERFACE, function, parameters.into(), paths).await.expect("a call");
        let mut bytes = Vec::new();
        // Parameters that do not fit one message are sent while this is flushed.
        let both = async { tokio::join!(outgoing.flush(), incoming.read_to_end(&mut bytes)) };
        tokio::time::timeout(DEADLINE, both).await.expect("an end").1.unwrap();
        bytes
    }

    async fn get(&self, component: &str, key: &str) -> Result<Option<Entry>, McpError> {
        decode_all(&self.call(component, "get", encode_all(key)).await).unwrap()
    }

    async fn set(&self, component: &str, key: &str, value: &[u8], ttl_s: Option<u32>) -> Result<(), McpError> {
        unit(&self.call(component, "set", encode_all(&(key, (value.to_vec(), ttl_s)))).await)
    }

    async fn swap(&self, component: &str, key: &str, expected: Option<&str>, value: &str) -> Result<bool, McpError> {
        let parameters = encode_all(&((key, expected), (value.as_bytes().to_vec(), None::<u32>)));
        decode_all(&self.call(component, "compare-and-set", parameters).await).unwrap()
    }

    async fn delete(&self, component: &str, key: &str) -> Result<(), McpError> {
        unit(&self.call(component, "delete", encode_all(key)).await)
    }

    async fn value(&self, component: &str, key: &str) -> Option<String> {
        self.get(component, key).await.unwrap().map(|(value, _)| String::from_utf8(value).unwrap())
    }
}

/// A result without a value.
fn unit(bytes: &[u8]) -> Result<(), McpError> {
    match bytes {
        [0] => Ok(()),
        error => decode_all::<Result<u32, _>>(error).unwrap().map(|_| ()),
    }
}

#[tokio::test]
async fn what_one_call_stores_the_next_one_finds_and_no_other_component_does() {
    let lattice = Lattice::start(true).await;
    for key in ["a", "", "a.b.>", "*", "ä\0 €"] {
        assert_eq!(lattice.get("one", key).await, Ok(None), "{key:?}");
        assert_eq!(lattice.delete("one", key).await, Ok(()), "a key without an entry");
        assert_eq!(lattice.set("one", key, b"1", None).await, Ok(()), "{key:?}");
        assert_eq!(lattice.value("one", key).await.as_deref(), Some("1"), "{key:?}");
        assert_eq!(lattice.get("two", key).await, Ok(None), "the same key of another component");
        assert_eq!(lattice.delete("two", key).await, Ok(()));
        assert_eq!(lattice.set("one", key, b"", None).await, Ok(()), "{key:?}");
        assert_eq!(lattice.value("one", key).await.as_deref(), Some(""), "no value is one");
        assert_eq!(lattice.delete("one", key).await, Ok(()));
        assert_eq!(lattice.get("one", key).await, Ok(None), "{key:?}");
    }
}

#[tokio::test]
async fn only_who_knows_the_revision_replaces_an_entry() {
    let lattice = Lattice::start(true).await;
    let revision = async || lattice.get("one", "a").await.unwrap().map(|(_, revision)| revision);
    for expected in ["", "0", "1", "x", "-1", "18446744073709551616"] {
        assert_eq!(lattice.swap("one", "a", Some(expected), "1").await, Ok(false), "{expected}: there is no entry");
    }
    assert_eq!(lattice.swap("one", "a", None, "1").await, Ok(true));
    assert_eq!(lattice.swap("one", "a", None, "2").await, Ok(false));
    let first = revision().await;
    assert_eq!(lattice.swap("one", "a", first.as_deref(), "2").await, Ok(true));
    assert_eq!(lattice.swap("one", "a", first.as_deref(), "3").await, Ok(false));
    assert_eq!(lattice.value("one", "a").await.as_deref(), Some("2"));
    let second = revision().await;
    assert_eq!(lattice.delete("one", "a").await, Ok(()));
    assert_eq!(lattice.swap("one", "a", second.as_deref(), "3").await, Ok(false), "an entry that was deleted");
    assert_eq!(lattice.swap("one", "a", None, "4").await, Ok(true));
    assert_ne!(revision().await, second);
}

#[tokio::test(flavor = "multi_thread")]
async fn calls_that_count_at_once_lose_nothing() {
    const CALLS: u32 = 16;
    const TIMES: u32 = 25;
    let lattice = std::sync::Arc::new(Lattice::start(true).await);
    let mut calls = JoinSet::new();
    for _ in 0..CALLS {
        let lattice = std::sync::Arc::clone(&lattice);
        calls.spawn(async move {
            let mut counted = 0;
            while counted < TIMES {
                let entry = lattice.get("one", "count").await.unwrap();
                let number =
                    entry.as_ref().map_or(0, |(value, _)| String::from_utf8_lossy(value).parse::<u32>().unwrap());
                let revision = entry.as_ref().map(|(_, revision)| revision.as_str());
                counted += u32::from(lattice.swap("one", "count", revision, &(number + 1).to_string()).await.unwrap());
            }
        });
    }
    while let Some(call) = calls.join_next().await {
        call.unwrap();
    }
    assert_eq!(lattice.value("one", "count").await, Some((CALLS * TIMES).to_string()));
}

#[tokio::test]
async fn an_entry_is_gone_when_its_time_is_over_and_its_neighbour_stays() {
    let lattice = Lattice::start(true).await;
    assert_eq!(lattice.set("one", "short", b"1", Some(1)).await, Ok(()));
    assert_eq!(lattice.set("one", "long", b"1", Some(3600)).await, Ok(()));
    assert_eq!(lattice.set("one", "renewed", b"1", Some(1)).await, Ok(()));
    assert_eq!(lattice.set("one", "renewed", b"2", None).await, Ok(()));
    let begun = Instant::now();
    while lattice.value("one", "short").await.is_some() {
        assert!(begun.elapsed() < DEADLINE, "it does not expire");
    }
    assert_eq!(lattice.swap("one", "short", None, "2").await, Ok(true), "there is no entry");
    assert_eq!(lattice.value("one", "long").await.as_deref(), Some("1"));
    assert_eq!(lattice.value("one", "renewed").await.as_deref(), Some("2"), "it has no time to live any more");
}

#[tokio::test]
async fn a_full_bucket_keeps_what_it_has_and_takes_no_room_of_another() {
    let lattice = Lattice::start(true).await;
    let value = vec![7; state::MAX_VALUE_BYTES];
    let mut stored = 0;
    let error = loop {
        match lattice.set("one", &stored.to_string(), &value, None).await {
            Ok(()) => stored += 1,
            Err(error) => break error,
        }
        assert!(stored <= 32, "16 MiB are full");
    };
    assert!(stored > 29, "{stored}");
    assert!(matches!(&error, McpError::Internal(text) if text.contains("delete entries")), "{error:?}");
    assert_eq!(lattice.get("one", "0").await.unwrap().map(|(value, _)| value.len()), Some(state::MAX_VALUE_BYTES));
    assert_eq!(lattice.set("one", "0", b"small", None).await, Ok(()), "a key that is there");
    assert_eq!(lattice.set("one", "new", b"small", None).await, Ok(()), "what fits into the room that this made");
    assert_eq!(lattice.set("two", "a", &value, None).await, Ok(()), "another component");
}

#[tokio::test]
async fn what_fits_in_no_store_is_refused_with_what_to_do() {
    let lattice = Lattice::start(true).await;
    let long = "k".repeat(state::MAX_KEY_BYTES + 1);
    let said = |result: Result<(), McpError>| match result {
        Err(McpError::InvalidParams(detail)) => detail.message,
        other => panic!("{other:?}"),
    };
    let large = |bytes| vec![0; bytes];
    for (result, expected) in [
        (lattice.get("one", &long).await.map(|_| ()), "may have 512"),
        (lattice.set("one", &long, b"", None).await, "may have 512"),
        (lattice.swap("one", &long, None, "").await.map(|_| ()), "may have 512"),
        (lattice.swap("one", &long, Some("x"), "").await.map(|_| ()), "may have 512"),
        (lattice.delete("one", &long).await, "may have 512"),
        (lattice.set("one", "a", &large(state::MAX_VALUE_BYTES + 1), None).await, "store it in parts"),
        (lattice.set("one", "a", &large(4 * state::MAX_VALUE_BYTES), None).await, "store the value in parts"),
        (lattice.set("one", "a", b"", Some(0)).await, "at least 1 s"),
    ] {
        let said = said(result);
        assert!(said.contains(expected), "{expected}: {said}");
    }
    assert_eq!(lattice.set("one", &long[1..], &large(state::MAX_VALUE_BYTES), Some(u32::MAX)).await, Ok(()));
}

#[tokio::test]
async fn a_component_stores_only_while_it_is_linked() {
    let lattice = Lattice::start(true).await;
    for stranger in ["three", "", "one.two", "*", "wasmcp-state"] {
        assert_eq!(lattice.get(stranger, "a").await, Err(McpError::Unavailable(Some(1000))), "{stranger}");
    }
    let change = async |verb: &str, component: &str| {
        let payload = link(component).to_string();
        let subject = format!("wasmbus.rpc.default.wasmcp-state.linkdefs.{verb}");
        lattice.client.publish(subject, payload.into()).await.unwrap();
    };
    let until = async |component: &str, linked: bool| {
        let begun = Instant::now();
        while lattice.get(component, "a").await.is_ok() != linked {
            assert!(begun.elapsed() < DEADLINE, "{component} {linked}");
        }
    };
    change("put", "three").await;
    until("three", true).await;
    change("del", "three").await;
    until("three", false).await;
    assert_eq!(lattice.get("one", "a").await, Ok(None), "the others");
}

#[tokio::test]
async fn forged_calls_end_and_the_next_ones_are_answered() {
    let lattice = Lattice::start(true).await;
    for parameters in [vec![0xff, 0xff, 0xff, 0xff, 0x7f], vec![1, 0xff], vec![1, b'a', 0]] {
        assert_eq!(lattice.call("one", "get", parameters.clone()).await, [0; 0], "{parameters:?}");
    }
    assert_eq!(lattice.get("one", "a").await, Ok(None));
}

/// Where there is no store every function says so within its time, and as soon as there is one it is used.
#[tokio::test]
async fn a_store_that_is_away_is_an_error_in_time_until_it_is_back() {
    let mut lattice = Lattice::start(false).await;
    for result in [
        lattice.get("one", "a").await.map(|_| ()),
        lattice.set("one", "a", b"1", None).await,
        lattice.swap("one", "a", None, "1").await.map(|_| ()),
        lattice.delete("one", "a").await,
    ] {
        assert_eq!(result, Err(McpError::Unavailable(Some(1000))));
    }
    let port = lattice.address.rsplit(':').next().unwrap().parse().unwrap();
    for has_store in [true, false, true] {
        lattice.nats.kill().unwrap();
        lattice.nats.wait().unwrap();
        lattice.nats = nats_server(port, &lattice._folder, has_store);
        lattice.until_healthy_is(has_store).await;
        assert_eq!(lattice.set("one", "a", b"1", None).await.is_ok(), has_store);
    }
    assert_eq!(lattice.value("one", "a").await.as_deref(), Some("1"));
}

#[tokio::test]
async fn it_ends_when_its_own_host_says_so_and_not_when_another_does() {
    let mut lattice = Lattice::start(true).await;
    let end = async |lattice: &Lattice, host: &str| {
        let payload = json!({ "host_id": host }).to_string();
        lattice.client.publish("wasmbus.rpc.default.wasmcp-state.default.shutdown", payload.into()).await.unwrap();
        lattice.client.flush().await.unwrap();
    };
    end(&lattice, "NOTHER").await;
    assert_eq!(lattice.get("one", "a").await, Ok(None));
    // An order without a way for the answer is one, too.
    end(&lattice, "NHOST").await;
    let begun = Instant::now();
    let status = loop {
        match lattice.provider.try_wait().unwrap() {
            Some(status) => break status,
            None => assert!(begun.elapsed() < DEADLINE, "it does not end"),
        }
    };
    assert!(status.success(), "{status}");
}
