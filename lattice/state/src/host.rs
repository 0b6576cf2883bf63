//! What a wasmCloud 1.9 host tells a provider: where it is at the start, then links, checks of its health and the end.

use std::io::BufRead;
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context as _, Result, ensure};
use async_nats::{Client, ConnectOptions, Message};
use data_encoding::BASE64;
use futures::StreamExt;
use nkeys::KeyPair;
use serde::Deserialize;
use serde_json::json;

use crate::buckets::Buckets;
use crate::links::{Link, Links};

/// How many bytes the host's data may have on standard input.
const MAX_DATA_BYTES: u64 = 16 << 20;
/// How often it is checked whether the host still runs.
const PARENT_INTERVAL: Duration = Duration::from_secs(1);

/// What the host says at the start: what this provider needs of `HostData` in the crate `wasmcloud-core`.
#[derive(Deserialize)]
pub(crate) struct Host {
    host_id: String,
    #[serde(rename = "lattice_rpc_prefix")]
    pub(crate) lattice: String,
    lattice_rpc_user_jwt: String,
    lattice_rpc_user_seed: String,
    lattice_rpc_url: String,
    /// The id of this provider.
    pub(crate) provider_key: String,
    pub(crate) link_definitions: Vec<Link>,
}

impl Host {
    /// Reads the one line that the host writes: JSON as base64.
    pub(crate) fn read(input: impl BufRead) -> Result<Self> {
        let mut line = String::new();
        input.take(MAX_DATA_BYTES).read_line(&mut line).context("cannot read what the host says")?;
        ensure!(!line.trim().is_empty(), "this is a provider of wasmCloud: a host starts it, from an archive (.par)");
        let data = BASE64.decode(line.trim().as_bytes()).context("what the host says is not base64")?;
        // Neither the text nor its error, which may have a part of the text, is shown: there is a key in it.
        serde_json::from_slice(&data).map_err(|error| {
            anyhow::anyhow!("what the host says is not what hosts of wasmCloud 1.9 say: column {}", error.column())
        })
    }

    /// Connects as the host does. Answers come to an inbox with this prefix.
    pub(crate) async fn connect(&self, inbox: &str) -> Result<Client> {
        let (jwt, seed) = (self.lattice_rpc_user_jwt.trim(), self.lattice_rpc_user_seed.trim());
        let options = if jwt.is_empty() {
            ConnectOptions::new()
        } else {
            let key = Arc::new(KeyPair::from_seed(seed).context("the host's key is not one of NATS")?);
            ConnectOptions::with_jwt(jwt.to_owned(), move |nonce| {
                let key = Arc::clone(&key);
                async move { key.sign(&nonce).map_err(async_nats::AuthError::new) }
            })
        };
        let options = options.name("wasmcp-state").custom_inbox_prefix(inbox).event_callback(|event| async move {
            match event {
                async_nats::Event::Connected => {}
                other => tracing::warn!("NATS: {other}"),
            }
        });
        options.connect(self.lattice_rpc_url.as_str()).await.context("cannot connect to NATS")
    }

    /// Follows the host until it says that this is the end.
    pub(crate) async fn obey(&self, nats: &Client, links: &Links, buckets: &Buckets) -> Result<()> {
        let subject = |rest: &str| format!("wasmbus.rpc.{}.{}.{rest}", self.lattice, self.provider_key);
        // A host sends links to a key of each program, which has no other use here: the links have the provider's id in them.
        let mut puts = nats.subscribe(format!("wasmbus.rpc.{}.*.linkdefs.put", self.lattice)).await?;
        let mut deletes = nats.subscribe(subject("linkdefs.del")).await?;
        let mut checks = nats.subscribe(subject("health")).await?;
        let mut ends = nats.subscribe(subject("default.shutdown")).await?;
        loop {
            tokio::select! {
                Some(message) = puts.next() => with_link(&message, |link| links.put(link)),
                Some(message) = deletes.next() => with_link(&message, |link| links.delete(link)),
                Some(message) = checks.next() => answer(nats, message, health(buckets).await).await,
                Some(message) = ends.next() => {
                    if self.is_meant(&message.payload) {
                        answer(nats, message, b"shutting down".to_vec()).await;
                        return Ok(());
                    }
                }
                else => return Ok(()),
            }
        }
    }

    /// The subject is that of all programs of this provider, and each host ends its own.
    fn is_meant(&self, payload: &[u8]) -> bool {
        #[derive(Deserialize)]
        struct Shutdown {
            host_id: String,
        }
        serde_json::from_slice::<Shutdown>(payload).is_ok_and(|shutdown| shutdown.host_id == self.host_id)
    }
}

fn with_link(message: &Message, use_link: impl FnOnce(&Link)) {
    match serde_json::from_slice::<Link>(&message.payload) {
        Ok(link) => use_link(&link),
        Err(error) => tracing::warn!("a link is not one: {error}"),
    }
}

async fn health(buckets: &Buckets) -> Vec<u8> {
    let health = match buckets.check().await {
        Ok(()) => json!({ "healthy": true }),
        Err(error) => json!({ "healthy": false, "message": error.to_string() }),
    };
    health.to_string().into_bytes()
}

async fn answer(nats: &Client, message: Message, payload: Vec<u8>) {
    if let Some(reply) = message.reply
        && let Err(error) = nats.publish(reply, payload.into()).await
    {
        tracing::warn!("an answer to the host was not sent: {error}");
    }
}

/// Completes when the host has ended without a word: a host that was killed leaves its providers behind.
pub(crate) async fn orphaned() {
    let parent = rustix::process::getppid();
    while rustix::process::getppid() == parent {
        tokio::time::sleep(PARENT_INTERVAL).await;
    }
    tracing::warn!("the host has ended, and so does its state provider");
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line(data: &str) -> String {
        format!("{}\r\n", BASE64.encode(data.as_bytes()))
    }

    #[test]
    fn the_host_is_understood_whatever_else_it_says_and_no_error_shows_its_key() {
        let data = json!({
            "host_id": "NHOST", "lattice_rpc_prefix": "default", "lattice_rpc_user_jwt": "", "lattice_rpc_user_seed": "",
            "lattice_rpc_url": "nats://127.0.0.1:4222", "provider_key": "wasmcp-state", "env_values": {}, "new": [1],
            "link_definitions": [{
                "source_id": "wasmcp-weather", "target": "wasmcp-state", "name": "default", "wit_namespace": "wasmcp",
                "wit_package": "mcp", "interfaces": ["state"], "source_config": {}, "target_config": {},
            }],
        });
        let host = Host::read(line(&data.to_string()).as_bytes()).unwrap();
        assert!(Links::new(&host.provider_key, &host.link_definitions).has("wasmcp-weather"));
        assert!(host.is_meant(br#"{"host_id":"NHOST"}"#));
        for other in [r#"{"host_id":"NOTHER"}"#, "{}", "", "NHOST"] {
            assert!(!host.is_meant(other.as_bytes()), "{other}");
        }
        let wrong = r#"{"host_id":"NHOST","lattice_rpc_prefix":"default","lattice_rpc_user_seed":["SECRET"]}"#;
        for (text, expected) in [
            (String::new(), "a host starts it"),
            ("*".to_owned(), "not base64"),
            (line(wrong), "not what hosts of wasmCloud 1.9 say"),
        ] {
            let error = Host::read(text.as_bytes()).err().map(|error| format!("{error:#}")).unwrap_or_default();
            assert!(error.contains(expected) && !error.contains("SECRET"), "{text}: {error}");
        }
    }
}
