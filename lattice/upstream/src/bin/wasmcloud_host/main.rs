//! The stock host: `wasmcloud-host` with the options and variables of the official program, as far as `wash up` and operators
//! set them. Telemetry and profiling are left out.

mod nats;
mod options;

use std::time::Duration;

use anyhow::Context as _;
use clap::Parser as _;
use tokio::signal::unix::{SignalKind, signal};
use tokio::time::{Instant, timeout_at};
use wasmcloud_host::WasmbusHost;

use options::Options;

/// For a host that a signal stops. One that is stopped over the lattice gets a deadline from there.
const TO_STOP: Duration = Duration::from_secs(10);

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let options = Options::parse();
    // What is logged is written by a thread that ends with this value.
    let _log = options.start_log()?;
    let (host, shutdown) = WasmbusHost::new(options.into_config()?).await.context("the host cannot start")?;

    let mut terminate = signal(SignalKind::terminate())?;
    let deadline = tokio::select! {
        _ = terminate.recv() => None,
        interrupted = tokio::signal::ctrl_c() => interrupted.map(|()| None)?,
        stopped = host.stopped() => stopped?,
    };
    drop(host);
    timeout_at(deadline.unwrap_or_else(|| Instant::now() + TO_STOP), shutdown)
        .await
        .context("the host did not stop in time")?
}
