//! The servers that are compared, and how each is started.

use std::fs;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use anyhow::{Context, bail, ensure};
use clap::ValueEnum;
use wasmcp_bench::policy_files;

use crate::load;
use crate::process::Process;
use crate::requests::{Request, Workload};
use crate::start;
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

/// How long a server may take until its first answer, with what it compiles.
const START_TIMEOUT: Duration = Duration::from_secs(60);

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
    /// A file composed of the same provider and four others, an instance per request.
    FreshOfFive,
    /// The composed file with instances that serve many requests.
    Reuse,
    /// `wasmcp serve` with tokens by ES256.
    HostEs256,
    /// `wasmcp serve` with tokens by RS256.
    HostRs256,
    /// `wasmcp serve` with tokens by EdDSA.
    HostEddsa,
    /// Native rmcp with tokens by ES256 and a policy.
    RmcpSecured,
    /// `wasmcp serve` with tokens by ES256 and the same policy.
    HostSecured,
    /// The composed file that asks for tokens, by ES256, an instance per request.
    FreshEs256,
    /// The same by RS256.
    FreshRs256,
    /// The same by EdDSA.
    FreshEddsa,
    /// The composed file with tokens by ES256 and a policy, an instance per request.
    FreshSecured,
    /// The same with instances that serve many requests.
    ReuseSecured,
}

impl Server {
    /// Its name in the tables.
    pub(crate) fn title(self) -> &'static str {
        match self {
            Self::Axum => "axum, bare JSON echo",
            Self::Rmcp => "rmcp, native, stateless JSON",
            Self::Host => "**`wasmcp serve`, a fresh sandbox per call**",
            Self::Fresh => "composed file, `wasmtime serve`, fresh",
            Self::FreshOfFive => "composed file of five providers, `wasmtime serve`, fresh",
            Self::Reuse => "composed file, `wasmtime serve`, reused",
            Self::HostEs256 => "`wasmcp serve`, tokens by ES256",
            Self::HostRs256 => "`wasmcp serve`, tokens by RS256",
            Self::HostEddsa => "`wasmcp serve`, tokens by EdDSA",
            Self::RmcpSecured => "rmcp, native, tokens by ES256 and a policy",
            Self::HostSecured => "**`wasmcp serve`, tokens by ES256 and a policy**",
            Self::FreshEs256 => "composed file `--auth`, fresh, tokens by ES256",
            Self::FreshRs256 => "composed file `--auth`, fresh, tokens by RS256",
            Self::FreshEddsa => "composed file `--auth`, fresh, tokens by EdDSA",
            Self::FreshSecured => "composed file `--auth --policy`, fresh, tokens by ES256 and a policy",
            Self::ReuseSecured => "composed file `--auth --policy`, reused, tokens by ES256 and a policy",
        }
    }

    /// The algorithm of the tokens that it asks for; none on a server that asks for none.
    pub(crate) fn algorithm(self) -> Option<Algorithm> {
        match self {
            Self::HostEs256 | Self::FreshEs256 => Some(Algorithm::Es256),
            Self::RmcpSecured | Self::HostSecured | Self::FreshSecured | Self::ReuseSecured => Some(Algorithm::Es256),
            Self::HostRs256 | Self::FreshRs256 => Some(Algorithm::Rs256),
            Self::HostEddsa | Self::FreshEddsa => Some(Algorithm::Eddsa),
            Self::Axum | Self::Rmcp | Self::Host | Self::Fresh | Self::FreshOfFive | Self::Reuse => None,
        }
    }

    /// Whether it verifies a token once, and not for each request. Reused instances do so too, each for itself: where several share the
    /// requests, most tokens are new to the instance that gets them.
    pub(crate) fn remembers_tokens(self) -> bool {
        self.algorithm().is_some() && !self.under_wasmtime()
    }

    /// Whether it asks a policy about each call.
    pub(crate) fn has_policy(self) -> bool {
        matches!(self, Self::RmcpSecured | Self::HostSecured | Self::FreshSecured | Self::ReuseSecured)
    }

    /// The same server without tokens and policy.
    pub(crate) fn open(self) -> Self {
        match self {
            Self::RmcpSecured => Self::Rmcp,
            Self::HostEs256 | Self::HostRs256 | Self::HostEddsa | Self::HostSecured => Self::Host,
            Self::FreshEs256 | Self::FreshRs256 | Self::FreshEddsa | Self::FreshSecured => Self::Fresh,
            Self::ReuseSecured => Self::Reuse,
            Self::Axum | Self::Rmcp | Self::Host | Self::Fresh | Self::FreshOfFive | Self::Reuse => self,
        }
    }

    /// Whether it speaks MCP, and so distinguishes the eras.
    pub(crate) fn speaks_mcp(self) -> bool {
        self != Self::Axum
    }

    /// Whether it is one of the programs beside this one.
    pub(crate) fn is_native(self) -> bool {
        matches!(self.open(), Self::Axum | Self::Rmcp)
    }

    /// Whether it is the composed file under the reference `wasmtime serve`.
    pub(crate) fn under_wasmtime(self) -> bool {
        matches!(self.open(), Self::Fresh | Self::FreshOfFive | Self::Reuse)
    }

    fn command(self, places: &Places, address: SocketAddr) -> Command {
        let (address, upstream) = (address.to_string(), format!("http://{}", places.upstream));
        let mut command = Command::new(places.program(self));
        let settings = self.algorithm().map(|_| tokens::settings()).unwrap_or_default();
        match self.open() {
            Self::Axum | Self::Rmcp => {
                command.args([&address, &upstream]);
                command.args(self.has_policy().then_some(policy_files::SECURED));
                command.args(settings.into_iter().map(|(_, value)| value));
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
                if self.has_policy() {
                    command.args(["--policy", policy_files::SECURED]);
                }
            }
            // Any other is one of these with tokens.
            _ => {
                command.args(["serve", "-Scli", "--addr", &address]).args(POOL);
                if self.open() == Self::Reuse {
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
    /// The profile that this program and the servers are built with, which is a directory in it.
    pub(crate) profile: String,
    /// Where the weather comes from.
    pub(crate) upstream: SocketAddr,
    /// Providers that are composed into the file along with the weather.
    pub(crate) also: Vec<PathBuf>,
}

impl Places {
    /// The program `wasmcp`.
    pub(crate) fn wasmcp(&self) -> PathBuf {
        self.target.join(&self.profile).join("wasmcp")
    }

    fn program(&self, server: Server) -> PathBuf {
        match (server, server.open()) {
            (Server::RmcpSecured, _) => self.peers.join("rmcp_secured"),
            (_, Server::Axum) => self.peers.join("axum_echo"),
            (_, Server::Rmcp) => self.peers.join("rmcp_echo"),
            (_, Server::Host) => self.wasmcp(),
            _ => self.target.join(&self.profile).join("wasmtime"),
        }
    }

    fn provider(&self) -> PathBuf {
        self.target.join("wasm32-unknown-unknown/component/weather.wasm")
    }

    /// The provider that is there besides the one that is called.
    pub(crate) fn calculator(&self) -> PathBuf {
        self.target.join("wasm32-unknown-unknown/component/calculator.wasm")
    }

    /// The directory for files of a run.
    pub(crate) fn scratch(&self) -> PathBuf {
        self.target.join("bench")
    }

    fn composed(&self, server: Server) -> PathBuf {
        self.scratch().join(match (server.has_policy(), server.algorithm()) {
            _ if server == Server::FreshOfFive => "five-providers.wasm",
            (true, _) => "secured-policy.wasm",
            (false, Some(_)) => "secured.wasm",
            (false, None) => "mcp-http-server.wasm",
        })
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
        for server in [Server::Fresh, Server::FreshOfFive, Server::FreshEs256, Server::FreshSecured] {
            let composed = self.composed(server);
            if servers.iter().any(|other| other.under_wasmtime() && self.composed(*other) == composed) {
                self.compose(server)?;
            }
        }
        Ok(())
    }

    fn compose(&self, server: Server) -> anyhow::Result<()> {
        let mut compose = Command::new(self.program(Server::Host));
        compose.arg("compose").arg(self.provider()).args(&self.also).arg("-o").arg(self.composed(server));
        compose.args(server.algorithm().map(|_| "--auth"));
        if server.has_policy() {
            compose.args(["--policy", policy_files::SECURED]);
        }
        if server == Server::FreshOfFive {
            for name in ["first", "second", "third", "fourth"] {
                let copy = self.scratch().join(name).with_extension("wasm");
                fs::copy(self.calculator(), &copy).context("cannot copy the calculator")?;
                compose.arg(copy).args(["--prefix", &format!("{name}={name}_")]);
            }
        }
        self.run_compose(compose)
    }

    /// Composes the components of a lattice that asks for tokens into a folder, and returns it.
    pub(crate) fn compose_secured_lattice(&self) -> anyhow::Result<PathBuf> {
        let folder = self.scratch().join("lattice");
        let mut compose = Command::new(self.program(Server::Host));
        compose.args(["compose", "--for", "lattice", "--auth"]).args(&self.also).arg(self.provider());
        compose.arg("-o").arg(&folder);
        self.run_compose(compose)?;
        Ok(folder)
    }

    fn run_compose(&self, mut compose: Command) -> anyhow::Result<()> {
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
        let address = start::free_address()?;
        let mut request = Request::new(Workload::Echo, &address.to_string());
        if let Some(algorithm) = server.algorithm() {
            request = request.with_tokens(tokens::of_one_principal(algorithm)?);
        }
        let command = server.command(self, address);
        let log = self.scratch().join(format!("{server:?}.log").to_lowercase());
        let (process, first) = start::start(command, core, &log, (address, &request), START_TIMEOUT).await?;
        Ok((process, address, first))
    }
}

/// Checks that a server that asks for tokens refuses a request without one, and what its policy denies. It has answered already.
pub(crate) async fn check_refusals(address: SocketAddr, algorithm: Algorithm, has_policy: bool) -> anyhow::Result<()> {
    let request = Request::new(Workload::Echo, &address.to_string());
    let mut refused = vec![("without a token", request.clone())];
    if has_policy {
        refused.push(("that the policy denies", request.with_tokens(tokens::without_scopes(algorithm)?)));
    }
    for (what, request) in refused {
        match load::once(address, &request).await {
            Ok(()) => bail!("it answers a request {what}"),
            Err(error) if error.downcast_ref::<std::io::Error>().is_some() => return Err(error),
            Err(_) => {}
        }
    }
    Ok(())
}

/// Checks that what `make build` makes is there.
pub(crate) fn exists(path: &Path) -> anyhow::Result<()> {
    ensure!(path.exists(), "`{}` does not exist: run `make build` first", path.display());
    Ok(())
}
