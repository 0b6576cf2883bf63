//! The servers that are compared, and how each is started.

use std::fs;
use std::net::{SocketAddr, TcpListener};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};

use anyhow::{Context, bail, ensure};
use clap::ValueEnum;

use crate::load;
use crate::process::Process;
use crate::requests::{Request, Workload};
use crate::tokens::{self, Algorithm};

/// The options that make fresh instances cheap: nothing is unmapped between requests, and `PAGEMAP_SCAN` finds the pages that a
/// request wrote, which are reset. The totals allow more requests at once than the load has connections.
const POOL: [&str; 10] = [
    "-O",
    "pooling-total-core-instances=10000,pooling-total-memories=4000,pooling-total-tables=8000",
    "-O",
    "pooling-pagemap-scan=y",
    "-O",
    "pooling-memory-keep-resident=2097152",
    "-O",
    "pooling-table-keep-resident=65536",
    "-O",
    "pooling-async-stack-keep-resident=65536",
];

/// One row of the tables.
#[derive(Clone, Copy, PartialEq, Eq, Debug, ValueEnum)]
pub(crate) enum Server {
    /// Bare axum: the floor.
    Axum,
    /// Native rmcp: the ratios are relative to it.
    Rmcp,
    /// `wasmcp serve`.
    Host,
    /// The composed file under `wasmtime serve`, an instance per request.
    Fresh,
    /// The same with instances that serve many requests.
    Reuse,
    /// `wasmcp serve` with tokens by ES256.
    HostEs256,
    /// `wasmcp serve` with tokens by RS256.
    HostRs256,
    /// `wasmcp serve` with tokens by EdDSA.
    HostEddsa,
    /// The composed file that asks for tokens, by ES256, an instance per request.
    FreshEs256,
    /// The same by RS256.
    FreshRs256,
    /// The same by EdDSA.
    FreshEddsa,
}

impl Server {
    /// Its name in the tables.
    pub(crate) fn title(self) -> &'static str {
        match self {
            Self::Axum => "axum, bare JSON echo",
            Self::Rmcp => "rmcp, native, stateless JSON",
            Self::Host => "**`wasmcp serve`, a fresh sandbox per call**",
            Self::Fresh => "composed file, `wasmtime serve`, fresh",
            Self::Reuse => "composed file, `wasmtime serve`, reused",
            Self::HostEs256 => "`wasmcp serve`, tokens by ES256",
            Self::HostRs256 => "`wasmcp serve`, tokens by RS256",
            Self::HostEddsa => "`wasmcp serve`, tokens by EdDSA",
            Self::FreshEs256 => "composed file `--auth`, fresh, tokens by ES256",
            Self::FreshRs256 => "composed file `--auth`, fresh, tokens by RS256",
            Self::FreshEddsa => "composed file `--auth`, fresh, tokens by EdDSA",
        }
    }

    /// The algorithm of the tokens that it asks for; none on a server that asks for none.
    pub(crate) fn algorithm(self) -> Option<Algorithm> {
        match self {
            Self::HostEs256 | Self::FreshEs256 => Some(Algorithm::Es256),
            Self::HostRs256 | Self::FreshRs256 => Some(Algorithm::Rs256),
            Self::HostEddsa | Self::FreshEddsa => Some(Algorithm::Eddsa),
            Self::Axum | Self::Rmcp | Self::Host | Self::Fresh | Self::Reuse => None,
        }
    }

    /// The same server without tokens.
    pub(crate) fn open(self) -> Self {
        match self {
            Self::HostEs256 | Self::HostRs256 | Self::HostEddsa => Self::Host,
            Self::FreshEs256 | Self::FreshRs256 | Self::FreshEddsa => Self::Fresh,
            Self::Axum | Self::Rmcp | Self::Host | Self::Fresh | Self::Reuse => self,
        }
    }

    /// Whether it speaks MCP, and so distinguishes the eras.
    pub(crate) fn speaks_mcp(self) -> bool {
        self != Self::Axum
    }

    /// Whether it is one of the programs beside this one.
    pub(crate) fn is_native(self) -> bool {
        matches!(self, Self::Axum | Self::Rmcp)
    }

    /// Whether it is the composed file under the reference `wasmtime serve`.
    pub(crate) fn under_wasmtime(self) -> bool {
        matches!(self.open(), Self::Fresh | Self::Reuse)
    }

    fn command(self, places: &Places, address: SocketAddr) -> Command {
        let (address, upstream) = (address.to_string(), format!("http://{}", places.upstream));
        let mut command = Command::new(places.program(self));
        let settings = self.algorithm().map(|_| tokens::settings()).unwrap_or_default();
        match self.open() {
            Self::Axum | Self::Rmcp => {
                command.args([&address, &upstream]);
            }
            Self::Host => {
                command.arg("serve").arg(places.provider()).args(["--addr", &address]);
                command.args(["--egress", &places.upstream.to_string()]);
                for key in ["geocoding-url", "forecast-url"] {
                    command.args(["--set", &format!("weather.{key}={upstream}")]);
                }
                for (name, value) in settings {
                    command.args(["--set", &format!("auth.{name}={value}")]);
                }
            }
            // Any other is one of these with tokens.
            _ => {
                command.args(["serve", "-Scli", "--addr", &address]).args(POOL);
                if self == Self::Reuse {
                    command.args(["--max-instance-reuse-count", "10000"]);
                }
                for key in ["GEOCODING_URL", "FORECAST_URL"] {
                    command.args(["--env", &format!("WASMCP__WEATHER__{key}={upstream}")]);
                }
                for (name, value) in settings {
                    command.args(["--env", &format!("WASMCP__AUTH__{}={value}", name.to_uppercase())]);
                }
                command.arg(places.composed(self));
            }
        }
        // Compiled components are cached here and not in the user's own cache.
        command.env("XDG_CACHE_HOME", places.cache());
        command
    }
}

/// Where the programs, components and scratch files are.
pub(crate) struct Places {
    /// The peers' directory.
    pub(crate) peers: PathBuf,
    /// The target directory of the workspace.
    pub(crate) target: PathBuf,
    /// Where the weather comes from.
    pub(crate) upstream: SocketAddr,
    /// Providers that are composed into the file along with the weather.
    pub(crate) also: Vec<PathBuf>,
}

impl Places {
    fn program(&self, server: Server) -> PathBuf {
        match server.open() {
            Server::Axum => self.peers.join("axum_echo"),
            Server::Rmcp => self.peers.join("rmcp_echo"),
            Server::Host => self.target.join("release/wasmcp"),
            _ => self.target.join("release/wasmtime"),
        }
    }

    fn provider(&self) -> PathBuf {
        self.target.join("wasm32-unknown-unknown/component/weather.wasm")
    }

    /// The directory for files of a run.
    pub(crate) fn scratch(&self) -> PathBuf {
        self.target.join("bench")
    }

    fn composed(&self, server: Server) -> PathBuf {
        self.scratch().join(if server.algorithm().is_some() { "secured.wasm" } else { "mcp-http-server.wasm" })
    }

    fn cache(&self) -> PathBuf {
        self.scratch().join("cache")
    }

    /// Checks that everything is built, empties the scratch directory, and composes the file.
    pub(crate) fn prepare(&self, servers: &[Server]) -> anyhow::Result<()> {
        for &server in servers {
            exists(&self.program(server))?;
        }
        let _ = fs::remove_dir_all(self.scratch());
        fs::create_dir_all(self.cache()).context("cannot make the scratch directory")?;
        if servers.iter().any(|server| !server.is_native()) {
            exists(&self.provider())?;
        }
        for server in [Server::Fresh, Server::FreshEs256] {
            let has_tokens = server.algorithm().is_some();
            if servers.iter().any(|other| other.under_wasmtime() && other.algorithm().is_some() == has_tokens) {
                self.compose(server)?;
            }
        }
        Ok(())
    }

    fn compose(&self, server: Server) -> anyhow::Result<()> {
        let mut compose = Command::new(self.program(Server::Host));
        compose.arg("compose").arg(self.provider()).args(&self.also).arg("-o").arg(self.composed(server));
        compose.args(server.algorithm().map(|_| "--auth"));
        // The first start must not find what this compiles.
        compose.env("XDG_CACHE_HOME", self.scratch().join("compose-cache"));
        let status = compose.status().context("cannot start `wasmcp compose`")?;
        ensure!(status.success(), "`wasmcp compose` ended with {status}");
        Ok(())
    }

    /// Starts `server` on `core`, or wherever the calling thread may run; returns once it has given its first right
    /// answer, with the time that took.
    pub(crate) async fn start(
        &self,
        server: Server,
        core: Option<usize>,
    ) -> anyhow::Result<(Process, SocketAddr, Duration)> {
        let address = TcpListener::bind("127.0.0.1:0")?.local_addr()?;
        let mut request = Request::new(Workload::Echo, &address.to_string());
        if let Some(algorithm) = server.algorithm() {
            request = request.with_tokens(tokens::of_one_principal(algorithm)?);
        }
        let command = server.command(self, address);
        let log = self.scratch().join(format!("{server:?}.log").to_lowercase());
        let begin = Instant::now();
        let mut process = Process::start(command, core, &log)?;
        loop {
            match load::once(address, &request).await {
                Ok(()) => return Ok((process, address, begin.elapsed())),
                Err(error) if error.downcast_ref::<std::io::Error>().is_none() => return Err(error),
                Err(_) if begin.elapsed() < Duration::from_secs(60) => process.still_runs()?,
                Err(error) => bail!(error.context("no answer within 60 s")),
            }
            // Nothing else runs on this thread yet.
            std::thread::sleep(Duration::from_micros(200));
        }
    }
}

fn exists(path: &Path) -> anyhow::Result<()> {
    ensure!(path.exists(), "`{}` does not exist: run `make build` first", path.display());
    Ok(())
}
