//! Starts a server, and waits for its first right answer.

use std::net::{SocketAddr, TcpListener};
use std::path::Path;
use std::process::Command;
use std::time::{Duration, Instant};

use anyhow::bail;

use crate::load;
use crate::process::Process;
use crate::requests::Request;

/// An address of this machine that nothing listens on.
pub(crate) fn free_address() -> anyhow::Result<SocketAddr> {
    Ok(TcpListener::bind("127.0.0.1:0")?.local_addr()?)
}

/// Starts `command`, which serves at `address`, on `core`, or wherever the calling thread may run; returns once it has given its first
/// right answer, with the time that took. Its output goes to `log`.
pub(crate) async fn start(
    command: Command,
    core: Option<usize>,
    log: &Path,
    (address, request): (SocketAddr, &Request),
    patience: Duration,
) -> anyhow::Result<(Process, Duration)> {
    let begin = Instant::now();
    let mut process = Process::start(command, core, log)?;
    loop {
        match load::once(address, request).await {
            Ok(()) => return Ok((process, begin.elapsed())),
            Err(error) if error.downcast_ref::<std::io::Error>().is_none() => return Err(error),
            Err(_) if begin.elapsed() < patience => process.still_runs()?,
            Err(error) => bail!(error.context(format!("no answer within {} s", patience.as_secs()))),
        }
        // Nothing else runs on this thread yet.
        std::thread::sleep(Duration::from_micros(200));
    }
}
