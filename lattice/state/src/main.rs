//! The state provider of a lattice: serves `wasmcp:mcp/state` for the components that are linked to it, and stores in NATS JetStream. A
//! wasmCloud host starts it, and tells it on standard input where it is and which components are linked.
//!
//! # Design
//! - Each component has a bucket of its own, which is named after the component's id. The id is that of the link, which the host of the
//!   component puts into the head of every call; nothing that a component says has a part in it.
//! - NATS enforces what a bucket may have and when an entry expires, so that several of these programs can serve one lattice.
//! - The parameters of calls come from any process that may publish on the lattice. They are read by `wire`, which trusts no length in
//!   them; the decoder of wRPC does.

mod buckets;
mod host;
mod links;
mod names;
mod service;

use std::sync::Arc;

use anyhow::Context as _;

use buckets::Buckets;
use host::Host;
use links::Links;

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    tracing_subscriber::fmt().with_writer(std::io::stderr).with_ansi(false).with_max_level(tracing::Level::WARN).init();
    let host = Host::read(std::io::stdin().lock())?;
    let links = Arc::new(Links::new(&host.provider_key, &host.link_definitions));
    let calls = Arc::new(host.connect("_INBOX").await?);
    // Answers of the store have an inbox of their own, to which no host of components can listen.
    let buckets = Arc::new(Buckets::new(host.connect("_INBOX_wasmcp_state").await?));
    let prefix: Arc<str> = format!("{}.{}", host.lattice, host.provider_key).into();
    // All programs of this provider share the calls.
    let wrpc = wrpc_transport_nats::Client::new(Arc::clone(&calls), Arc::clone(&prefix), Some(prefix));
    let wrpc = wrpc.await.context("cannot receive calls")?;
    let served = service::serve(&wrpc, Arc::clone(&links), Arc::clone(&buckets)).await?;
    tokio::select! {
        () = served => {}
        ended = host.obey(&calls, &links, &buckets) => ended?,
        () = host::orphaned() => {}
    }
    calls.flush().await.context("the last answers were not sent")
}
