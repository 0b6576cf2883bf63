//! Starts the processes of a lattice in the background. They continue to run when the driver ends.

use std::collections::HashMap;
use std::net::{Ipv4Addr, SocketAddr, TcpListener};
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::Duration;

use anyhow::{Context as _, Result};
use nkeys::KeyPair;
use rustix::stdio::{dup2_stdout, stdout};
use wash_lib::common::CommandGroupUsage;
use wash_lib::start::{NatsConfig, nats_pid_path, start_nats_server, start_wasmcloud_host};

use super::binaries::Binaries;
use super::run_dir::{RunDir, State, calls_user};
use super::{Kind, Process};
use crate::nats::LATTICE;
use crate::nats::credentials::{Issuer, Role};
use crate::nats::scope::Scope;
use crate::private_files::{self, append};

/// How long wadm waits for a heartbeat of a host before it places the host's components elsewhere. wadm's default is 70 s: a lost
/// host would be missing for more than a minute.
const CLEANUP_SECONDS: &str = "15";
/// The interval of a host's heartbeats. The host's default is 30 s.
const HEARTBEAT_SECONDS: &str = "5";
/// How much longer than the transport's timeout the host lets a call run, in milliseconds, before it ends the call. A call that a host
/// accepts after its caller has given up waits for its parameters until then, and occupies one of the component's concurrent calls.
/// The host's default is ten minutes for all calls.
const CALL_GRACE_MS: u32 = 5000;
/// How long a NATS server that does not listen in time may take to end.
const NATS_STOP_TIMEOUT: Duration = Duration::from_secs(5);

/// A port of the loopback interface on which no process listens.
pub fn free_port() -> Result<u16> {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).context("no port of 127.0.0.1 is free")?;
    Ok(listener.local_addr().context("no port of 127.0.0.1 is free")?.port())
}

/// Whether an address can be listened on.
pub fn is_free(address: SocketAddr) -> bool {
    TcpListener::bind(address).is_ok()
}

/// Writes the configuration of NATS with JetStream, and returns its file. `trust` is the part with the operator and the accounts that it
/// trusts.
pub fn nats_config(run_dir: &RunDir, trust: &str) -> Result<PathBuf> {
    let folder = run_dir.path("nats");
    private_files::write(&folder.join("trust.conf"), trust)?;
    let config = folder.join("nats.conf");
    // A relative folder would be relative to the driver's working directory.
    let text = include_str!("../../../nats/nats.conf").replace("./jetstream", &quoted(&folder.join("jetstream")));
    private_files::write(&config, &text)?;
    Ok(config)
}

/// Starts NATS with the configuration of [`nats_config`].
pub async fn nats(run_dir: &RunDir, binaries: &Binaries, port: u16, trust: &str) -> Result<Process> {
    let config = nats_config(run_dir, trust)?;
    let folder = run_dir.path("nats");
    let store = folder.join("jetstream");
    // wash-lib writes a file beside the program, and several lattices may share the program: the link has a folder of its own.
    let program = folder.join("nats-server");
    let _ = std::fs::remove_file(&program);
    symlink(binaries.nats(), &program).with_context(|| format!("cannot create {}", program.display()))?;

    let log = run_dir.log("nats");
    let standalone = NatsConfig::new_standalone(&Ipv4Addr::LOCALHOST.to_string(), port, None);
    let config = NatsConfig { store_dir: store, config_path: Some(config), ..standalone };
    let started = {
        let _redirect = StdoutRedirect::to(&log)?;
        start_nats_server(&program, append(&log)?, config, CommandGroupUsage::CreateNew).await
    };
    match started {
        Ok(child) => Process::register("nats", Kind::Nats, child.id(), log),
        Err(error) => {
            // wash-lib leaves a server running that does not listen in time.
            let pid = std::fs::read_to_string(nats_pid_path(&folder)).ok().and_then(|pid| pid.trim().parse().ok());
            if let Ok(left) = Process::register("nats", Kind::Nats, pid, log.clone()) {
                left.stop(NATS_STOP_TIMEOUT).await?;
            }
            Err(error).with_context(|| format!("NATS does not start: see {}", log.display()))
        }
    }
}

/// Starts wadm. wash-lib could start it, too, but without the option for how soon a host is lost.
pub fn wadm(run_dir: &RunDir, binaries: &Binaries, state: &State, credentials: &Path) -> Result<Process> {
    let log = run_dir.log("wadm");
    let child = tokio::process::Command::new(binaries.wadm())
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
    Process::register("wadm", Kind::Wadm, child.id(), log)
}

/// Starts a wasmCloud host with NATS users of its own, one for control and one for calls. `scope` is that of hosts for providers.
pub async fn host(
    run_dir: &RunDir,
    binaries: &Binaries,
    state: &State,
    issuer: &Issuer,
    kind: Kind,
    name: &str,
    scope: &Scope,
) -> Result<Process> {
    let log = run_dir.log(name);
    let key = KeyPair::new_server();
    let (address, port) =
        state.nats.split_once(':').with_context(|| format!("`{}` is not ADDRESS:PORT", state.nats))?;
    // A component with `rpc-interface` can end hosts with a few bytes, and the flag is one of the whole host: hosts for providers do
    // not have it. The edge has the HTTP client for manifests without roles, which have no other host.
    let timeouts = state.timeouts;
    let (label, roles, features, longest_ms) = match kind {
        Kind::EdgeHost => (
            "edge",
            (Role::EdgeHost, Role::EdgeCalls),
            "builtin-http-server,builtin-http-client,rpc-interface",
            timeouts.request_ms,
        ),
        _ => ("provider", (Role::ProviderHost, Role::ProviderCalls), "builtin-http-client", timeouts.call_ms),
    };
    let longest_ms = longest_ms.saturating_add(CALL_GRACE_MS);
    let scope = scope.for_host(&key.public_key());
    let control = issuer.user(name, roles.0, &scope)?;
    control.save(&run_dir.credentials(), name)?;
    let calls_name = calls_user(name);
    let calls = issuer.user(&calls_name, roles.1, &scope)?;
    calls.save(&run_dir.credentials(), &calls_name)?;
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
    for (link, user) in [("RPC", &calls), ("CTL", &control)] {
        for (key, value) in [("HOST", address), ("PORT", port), ("JWT", &user.jwt), ("SEED", &user.seed)] {
            environment.insert(format!("WASMCLOUD_{link}_{key}"), value.to_owned());
        }
    }
    let child = start_wasmcloud_host(binaries.host(), append(&log)?, append(&log)?, environment)
        .await
        .with_context(|| format!("the host {name} does not start"))?;
    Ok(Process { host_id: Some(key.public_key()), ..Process::register(name, kind, child.id(), log)? })
}

/// A path as a string of NATS' configuration.
fn quoted(path: &Path) -> String {
    format!("\"{}\"", path.display().to_string().replace('\\', "\\\\").replace('"', "\\\""))
}

/// Redirects standard output to a log until it is dropped: a process that wash-lib starts inherits standard output, and a program
/// that reads the driver's output would wait for the end of the lattice.
struct StdoutRedirect {
    real: std::os::fd::OwnedFd,
}

impl StdoutRedirect {
    fn to(log: &Path) -> Result<Self> {
        let real = rustix::io::fcntl_dupfd_cloexec(stdout(), 3).context("cannot duplicate standard output")?;
        dup2_stdout(append(log)?).context("cannot redirect standard output")?;
        Ok(Self { real })
    }
}

impl Drop for StdoutRedirect {
    fn drop(&mut self) {
        // After a failure the driver can only continue without standard output.
        let _ = dup2_stdout(&self.real);
    }
}
