//! What NATS lets each process of a lattice do, tried on a real server with the configuration that `up` writes.
#![cfg(test)]

mod accounts;
mod permissions;

use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use async_nats::{Client, ConnectOptions, Event};
use tokio::sync::mpsc::{UnboundedReceiver, unbounded_channel};
use wasmcp_lattice::manifest::Manifest;
use wasmcp_lattice::nats::credentials::{Issuer, Role, User};
use wasmcp_lattice::nats::scope::Scope;
use wasmcp_lattice::process::run_dir::RunDir;
use wasmcp_lattice::process::start;

/// How long something may take that depends on the server.
const DEADLINE: Duration = Duration::from_secs(30);
/// The id of the provider host whose rights are tried.
const HOST: &str = "NAHOST";

/// A NATS server, with the users of `wadm.hosts.yaml` and a component that keeps state. It ends with this.
struct Server {
    address: String,
    issuer: Issuer,
    scope: Scope,
    process: Child,
    folder: PathBuf,
}

impl Server {
    async fn start(name: &str) -> Self {
        let Some(binaries) = std::env::var_os("WASMCP_LATTICE_BINARIES") else {
            panic!("this test needs a NATS server: set WASMCP_LATTICE_BINARIES to \"$(tools/install lattice)/bin\"");
        };
        let manifest = format!("{}\n{}", include_str!("../../../../wadm.hosts.yaml"), include_str!("../keeper.yaml"));
        let manifest = Manifest::parse(&manifest, Path::new(".")).unwrap();
        let scope = Scope::of(&manifest.application()).for_host(HOST);
        let (issuer, trust) = Issuer::new(&scope).unwrap();
        let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(format!("{name}-{}", std::process::id()));
        let run_dir = RunDir::at(&folder).unwrap();
        run_dir.create().unwrap();
        let port = start::free_port().unwrap();
        let mut nats = Command::new(PathBuf::from(binaries).join("nats-server"));
        nats.args(["-a", "127.0.0.1", "-p", &port.to_string(), "-c"])
            .arg(start::nats_config(&run_dir, &trust).unwrap());
        let process = nats.stderr(Stdio::null()).spawn().expect("a NATS server");
        let address = format!("127.0.0.1:{port}");
        let begun = Instant::now();
        while std::net::TcpStream::connect(&address).is_err() {
            assert!(begun.elapsed() < DEADLINE, "NATS does not listen");
        }
        Self { address, issuer, scope, process, folder }
    }

    /// A client with the rights of a role, and what NATS refuses it.
    async fn connect(&self, role: Role) -> (Client, UnboundedReceiver<String>) {
        let user = self.issuer.user("one", role, &self.scope).unwrap();
        self.connect_as(&user).await.unwrap()
    }

    async fn connect_as(&self, user: &User) -> anyhow::Result<(Client, UnboundedReceiver<String>)> {
        let (sender, events) = unbounded_channel();
        let options = ConnectOptions::with_credentials(&user.text())?.event_callback(move |event| {
            if let Event::ServerError(error) = event {
                let _ = sender.send(error.to_string().to_lowercase());
            }
            std::future::ready(())
        });
        Ok((options.connect(&self.address).await?, events))
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
        let _ = std::fs::remove_dir_all(&self.folder);
    }
}
