//! What crosses between the accounts of a lattice, and what a provider host with an attacker in it tries in vain.

use std::time::Instant;

use async_nats::{Client, Subscriber};
use futures::StreamExt as _;
use serde_json::{Value, json};
use wasmcp_lattice::nats::credentials::Role;

use crate::{DEADLINE, Server};

const LINKS: &str = "LATTICEDATA_default";
const CONFIGURATION: &str = "CONFIGDATA_default";
/// What ends a host: a list of 2^35 elements.
const SIX_BYTES: &[u8] = &[0xff, 0xff, 0xff, 0xff, 0x7f, 1];

/// What a role may ask, so that the server has read what it sent before.
const STORE: &str = "$JS.API.INFO";
const OF_WADM: &str = "wadm.api.default.nothing";

/// Completes when the server knows the subscriptions of a client. Whether there is an answer to the question does not matter.
async fn settled(client: &Client, subject: &'static str) {
    let _ = client.request(subject, "".into()).await;
}

/// Asks JetStream, as hosts do.
async fn ask(client: &Client, subject: String, request: Value) -> Value {
    let answer = client.request(subject, request.to_string().into()).await.expect("an answer");
    serde_json::from_slice(&answer.payload).expect("JSON")
}

/// Makes a bucket as hosts do when they start.
async fn make(client: &Client, bucket: &str) {
    let config = json!({
        "name": format!("KV_{bucket}"), "subjects": [format!("$KV.{bucket}.>")], "max_msgs_per_subject": 1, "allow_direct": true,
    });
    let made = ask(client, format!("$JS.API.STREAM.CREATE.KV_{bucket}"), config).await;
    assert_eq!(made["error"], Value::Null, "{made}");
}

async fn write(client: &Client, bucket: &str, key: &str, value: &[u8]) {
    let stored = client.request(format!("$KV.{bucket}.{key}"), value.to_vec().into()).await.expect("an answer");
    let stored: Value = serde_json::from_slice(&stored.payload).expect("JSON");
    assert_eq!(stored["error"], Value::Null, "{stored}");
}

async fn read(client: &Client, bucket: &str, key: &str) -> Option<Vec<u8>> {
    let subject = format!("$JS.API.DIRECT.GET.KV_{bucket}.$KV.{bucket}.{key}");
    let message = client.request(subject, "".into()).await.expect("an answer");
    message.status.is_none().then(|| message.payload.to_vec())
}

async fn until_it_is(client: &Client, bucket: &str, key: &str, expected: &[u8]) {
    let begun = Instant::now();
    while read(client, bucket, key).await.as_deref() != Some(expected) {
        assert!(begun.elapsed() < DEADLINE, "{bucket} {key}");
    }
}

async fn next(messages: &mut Subscriber) -> Vec<u8> {
    tokio::time::timeout(DEADLINE, messages.next()).await.expect("in time").expect("a message").payload.to_vec()
}

#[tokio::test]
async fn provider_hosts_have_a_copy_of_what_hosts_follow_and_write_only_the_records_of_their_own_components() {
    let server = Server::start("copies").await;
    let (edge, _) = server.connect(Role::EdgeHost).await;
    let (provider, _) = server.connect(Role::ProviderHost).await;
    for bucket in [LINKS, CONFIGURATION] {
        make(&edge, bucket).await;
        make(&provider, bucket).await;
    }
    write(&edge, CONFIGURATION, "weather", b"settings").await;
    until_it_is(&provider, CONFIGURATION, "weather", b"settings").await;
    write(&edge, LINKS, "COMPONENT_wasmcp-weather", b"links").await;
    until_it_is(&provider, LINKS, "COMPONENT_wasmcp-weather", b"links").await;
    // A link that is lost has to be missing for wadm, too.
    write(&provider, LINKS, "COMPONENT_wasmcp-transport", b"forged").await;
    write(&provider, LINKS, "COMPONENT_wasmcp-weather", b"no links").await;
    until_it_is(&edge, LINKS, "COMPONENT_wasmcp-weather", b"no links").await;
    assert_eq!(read(&edge, LINKS, "COMPONENT_wasmcp-transport").await, None);
}

#[tokio::test]
async fn jetstream_delivers_nothing_of_a_provider_host_to_calls_commands_or_the_inboxes_of_others() {
    let server = Server::start("deliveries").await;
    let (edge, _) = server.connect(Role::EdgeHost).await;
    let (calls, _) = server.connect(Role::EdgeCalls).await;
    let (driver, _) = server.connect(Role::Driver).await;
    let (provider, _) = server.connect(Role::ProviderHost).await;
    make(&edge, LINKS).await;
    make(&provider, LINKS).await;
    let inbox = driver.new_inbox();
    let mut heard = vec![
        (
            edge.subscribe("wasmbus.ctl.v1.default.>").await.unwrap(),
            "wasmbus.ctl.v1.default.host.stop.NEDGE".to_owned(),
        ),
        (driver.subscribe(inbox.clone()).await.unwrap(), inbox),
        (calls.subscribe("default.*.wrpc.>").await.unwrap(), "default.wasmcp-calculator.wrpc.0.0.1.x".to_owned()),
        (
            calls.subscribe("wasmbus.rpc.default.>").await.unwrap(),
            "wasmbus.rpc.default.wasmcp-http_server.default.shutdown".to_owned(),
        ),
    ];
    for (client, subject) in [(&edge, STORE), (&calls, STORE), (&driver, OF_WADM)] {
        settled(client, subject).await;
    }
    write(&provider, LINKS, "forged", SIX_BYTES).await;
    // The last one is delivered: to the host itself.
    let own = provider.new_inbox();
    let mut delivered = provider.subscribe(own.clone()).await.unwrap();
    for (number, subject) in heard.iter().map(|(_, subject)| subject).chain([&own]).enumerate() {
        let config = json!({
            "stream_name": format!("KV_{LINKS}"),
            "config": { "name": format!("c{number}"), "deliver_subject": subject, "ack_policy": "none", "deliver_policy": "all" },
        });
        let made = ask(&provider, format!("$JS.API.CONSUMER.CREATE.KV_{LINKS}.c{number}"), config).await;
        assert_eq!(made["error"], Value::Null, "{subject}: {made}");
    }
    assert_eq!(next(&mut delivered).await, SIX_BYTES);
    // What each hears first is what comes now, from those who may send it.
    let fences = [
        (&driver, "wasmbus.ctl.v1.default.host.ping"),
        (&calls, "default.fence.wrpc.x"),
        (&calls, "wasmbus.rpc.default.fence"),
    ];
    for (client, subject) in fences {
        client.publish(subject, "fence".into()).await.unwrap();
    }
    edge.publish(heard[1].1.clone(), "fence".into()).await.unwrap();
    for (messages, subject) in &mut heard {
        assert_eq!(next(messages).await, b"fence", "{subject}");
    }
}

#[tokio::test]
async fn a_provider_host_answers_commands_and_neither_hears_nor_forges_the_answers_of_others() {
    let server = Server::start("answers").await;
    let (edge, _) = server.connect(Role::EdgeHost).await;
    let (driver, _) = server.connect(Role::Driver).await;
    let (provider, mut refused) = server.connect(Role::ProviderHost).await;
    let mut all = provider.subscribe("_INBOX.>").await.unwrap();
    let ping = "wasmbus.ctl.v1.default.host.ping";
    let (mut of_edge, mut of_provider) = (edge.subscribe(ping).await.unwrap(), provider.subscribe(ping).await.unwrap());
    let inbox = driver.new_inbox();
    let mut answers = driver.subscribe(inbox.clone()).await.unwrap();
    for (client, subject) in [(&edge, STORE), (&driver, OF_WADM), (&provider, STORE)] {
        settled(client, subject).await;
    }
    driver.publish_with_reply(ping, inbox.clone(), "ping".into()).await.unwrap();
    let asked = tokio::time::timeout(DEADLINE, of_provider.next()).await.expect("in time").expect("a command");
    let name = asked.reply.expect("a way for the answer");
    assert!(!name.starts_with("_INBOX."), "the inbox of the driver is not told: {name}");
    provider.publish(inbox.clone(), "forged".into()).await.unwrap();
    let refusal = tokio::time::timeout(DEADLINE, refused.recv()).await.expect("in time").expect("a refusal");
    assert!(refusal.contains(&inbox.to_lowercase()), "{refusal}");
    provider.publish(name, "provider".into()).await.unwrap();
    assert_eq!(next(&mut answers).await, b"provider");
    let asked = tokio::time::timeout(DEADLINE, of_edge.next()).await.expect("in time").expect("a command");
    edge.publish(asked.reply.expect("a way for the answer"), "edge".into()).await.unwrap();
    assert_eq!(next(&mut answers).await, b"edge");
    // It hears answers to itself alone.
    provider.publish_with_reply(STORE, "_INBOX.own", "".into()).await.unwrap();
    loop {
        let heard = tokio::time::timeout(DEADLINE, all.next()).await.expect("in time").expect("a message");
        assert_ne!(heard.subject.as_str(), inbox, "an answer to the driver");
        if heard.subject.as_str() == "_INBOX.own" {
            break;
        }
    }
}
