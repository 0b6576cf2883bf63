//! Starts the processes of a lattice, in the background and for longer than the driver runs.

use std::collections::HashMap;
use std::net::{Ipv4Addr, SocketAddr, TcpListener};
use std::os::unix::fs::symlink;
use std::path::Path;
use std::process::Stdio;
use std::time::Duration;

use anyhow::{Context as _, Result};
use nkeys::KeyPair;
use rustix::stdio::{dup2_stdout, stdout};
use wash_lib::common::CommandGroupUsage;
use wash_lib::start::{NatsConfig, nats_pid_path, start_nats_server, start_wasmcloud_host};

use crate::credentials::{Issuer, Role};
use crate::private::append;
use crate::process::{Kind, Process};
use crate::reach::Reach;
use crate::state::{LATTICE, Run, State};
use crate::tools::Tools;

/// How long wadm waits for a sign of life of a host before it places elsewhere what ran there. Its own default is 70 s: a lost host
/// would be missed for more than a minute.
const CLEANUP_SECONDS: &str = "15";
/// How often a host gives one. Its own default is 30 s.
const HEARTBEAT_SECONDS: &str = "5";
/// For how much longer than it may take a call is left to run, in milliseconds. After that the host ends it: one that a host takes late,
/// when its caller has given up, waits for its parameters until then, and takes one of the calls at once that a component may have.
/// The host's own default is ten minutes for everything.
const GRACE_MS: u32 = 5000;

/// A port of the loopback interface that nobody listens on.
pub fn free_port() -> Result<u16> {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).context("no port of 127.0.0.1 is free")?;
    Ok(listener.local_addr().context("no port of 127.0.0.1 is free")?.port())
}

/// Whether somebody could listen there.
pub fn is_free(address: SocketAddr) -> bool {
    TcpListener::bind(address).is_ok()
}

/// NATS with JetStream. `trust` is whom it trusts, a piece of its configuration.
pub async fn nats(run: &Run, tools: &Tools, port: u16, trust: &str) -> Result<Process> {
    let folder = run.path("nats");
    crate::private::write(&folder.join("trust.conf"), trust)?;
    let config = folder.join("nats.conf");
    let store = folder.join("jetstream");
    // A relative folder would be one of wherever the driver was started.
    let text = include_str!("../../nats/nats.conf").replace("./jetstream", &quoted(&store));
    crate::private::write(&config, &text)?;
    // wash-lib writes a file beside the program, which is many lattices' program.
    let program = folder.join("nats-server");
    let _ = std::fs::remove_file(&program);
    symlink(tools.nats(), &program).with_context(|| format!("cannot make {}", program.display()))?;

    let log = run.log("nats");
    let standalone = NatsConfig::new_standalone(&Ipv4Addr::LOCALHOST.to_string(), port, None);
    let config = NatsConfig { store_dir: store, config_path: Some(config), ..standalone };
    let started = {
        let _aside = StdoutAside::new(&log)?;
        start_nats_server(&program, append(&log)?, config, CommandGroupUsage::CreateNew).await
    };
    match started {
        Ok(child) => Process::note("nats", Kind::Nats, child.id(), log),
        Err(error) => {
            // wash-lib lets go of one that does not listen in time, running or not.
            let pid = std::fs::read_to_string(nats_pid_path(&folder)).ok().and_then(|pid| pid.trim().parse().ok());
            if let Ok(lost) = Process::note("nats", Kind::Nats, pid, log.clone()) {
                lost.stop(Duration::from_secs(5)).await?;
            }
            Err(error).with_context(|| format!("NATS does not start: see {}", log.display()))
        }
    }
}

/// wadm. Not by wash-lib, which cannot tell it how soon a host is lost.
pub fn wadm(run: &Run, tools: &Tools, state: &State, credentials: &Path) -> Result<Process> {
    let log = run.log("wadm");
    let child = tokio::process::Command::new(tools.wadm())
        .arg("--nats-server")
        .arg(&state.nats)
        .arg("--nats-creds-file")
        .arg(credentials)
        .args(["--cleanup-interval", CLEANUP_SECONDS])
        .stdin(Stdio::null())
        .stdout(append(&log)?)
        .stderr(append(&log)?)
        .process_group(0)
        .spawn()
        .context("wadm does not start")?;
    Process::note("wadm", Kind::Wadm, child.id(), log)
}

/// A wasmCloud host, of the kind and with a user of its own. `reach` is that of hosts for providers.
pub async fn host(
    run: &Run,
    tools: &Tools,
    state: &State,
    issuer: &Issuer,
    kind: Kind,
    name: &str,
    reach: &Reach,
) -> Result<Process> {
    let log = run.log(name);
    let key = KeyPair::new_server();
    let (address, port) = state.nats.split_once(':').context("NATS has no port")?;
    // A guest that may use `rpc-interface` can end hosts with a few bytes, and the flag is the whole host's: none for providers. The
    // edge has the HTTP client for manifests without roles, which have no other host.
    let timeouts = state.timeouts;
    let (label, role, features, longest_ms) = match kind {
        Kind::EdgeHost => {
            ("edge", Role::EdgeHost, "builtin-http-server,builtin-http-client,rpc-interface", timeouts.request_ms)
        }
        _ => ("provider", Role::ProviderHost, "builtin-http-client", timeouts.call_ms),
    };
    let longest_ms = longest_ms.saturating_add(GRACE_MS);
    let user = issuer.user(name, role, &reach.on(&key.public_key()))?;
    user.save(&run.credentials(), name)?;
    let mut environment = HashMap::from([
        ("WASMCLOUD_LATTICE".to_owned(), LATTICE.to_owned()),
        ("WASMCLOUD_HOST_SEED".to_owned(), key.seed().context("the host has no key")?),
        ("WASMCLOUD_LABEL_role".to_owned(), label.to_owned()),
        ("WASMCLOUD_EXPERIMENTAL_FEATURES".to_owned(), features.to_owned()),
        ("WASMCLOUD_HEARTBEAT_INTERVAL".to_owned(), HEARTBEAT_SECONDS.to_owned()),
        ("WASMCLOUD_MAX_EXECUTION_TIME_MS".to_owned(), longest_ms.to_string()),
        ("WASMCLOUD_ALLOW_FILE_LOAD".to_owned(), state.file_load.to_string()),
    ]);
    if !state.insecure_registries.is_empty() {
        environment.insert("WASMCLOUD_OCI_ALLOWED_INSECURE".to_owned(), state.insecure_registries.join(","));
    }
    for link in ["RPC", "CTL"] {
        for (key, value) in [("HOST", address), ("PORT", port), ("JWT", &user.jwt), ("SEED", &user.seed)] {
            environment.insert(format!("WASMCLOUD_{link}_{key}"), value.to_owned());
        }
    }
    let child = start_wasmcloud_host(tools.host(), append(&log)?, append(&log)?, environment)
        .await
        .with_context(|| format!("the host {name} does not start"))?;
    Ok(Process { host_id: Some(key.public_key()), ..Process::note(name, kind, child.id(), log)? })
}

/// A path as NATS' configuration wants it.
fn quoted(path: &Path) -> String {
    format!("\"{}\"", path.display().to_string().replace('\\', "\\\\").replace('"', "\\\""))
}

/// While it lives, standard output is a log: wash-lib lets what it starts inherit it, and who reads the driver's output would wait
/// for the end of the lattice.
struct StdoutAside {
    real: std::os::fd::OwnedFd,
}

impl StdoutAside {
    fn new(log: &Path) -> Result<Self> {
        let real = rustix::io::fcntl_dupfd_cloexec(stdout(), 3).context("standard output cannot be kept")?;
        dup2_stdout(append(log)?).context("standard output cannot be put aside")?;
        Ok(Self { real })
    }
}

impl Drop for StdoutAside {
    fn drop(&mut self) {
        // Nothing can be done about a failure but to go on without an output.
        let _ = dup2_stdout(&self.real);
    }
}
