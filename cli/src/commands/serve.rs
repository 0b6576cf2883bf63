//! `wasmcp serve`: its options, and how it starts and stops.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context as _, anyhow, bail};
use auth::{AuthConfig, KeyStorage, TokenAuthenticator};
use catalog::{BuildOptions, Catalog, NamedProvider};
use policy::{DecisionLog, PolicyAuthorizer, PolicyOptions, RecordOptions};
use server::{Authenticator as _, Authorizer, Config, Engine, Ports};
use state::{MemoryStore, Room};

use super::banner::{Maximum, print_banner};
use super::cache::cache;
use super::egress::egress_of_server;
use super::{startup_context, startup_timer, warn};
use crate::compose::{TransportKind, transport_kind};
use crate::host::{
    Compiled, ConnectionLimits, Egress, Grant, LoadError, Loader, MemoryBudget, Rule, Sandbox, fit_clients,
    machine_memory, raise_descriptor_limit,
};
use crate::http::{ComposedService, Listener, ListenerLimits, NativeService, install_signatures, system_ports};
use crate::log::{DecisionFile, LogOptions};
use crate::options::{
    Bytes, ComponentArg, PerProvider, Settings, Time, check_prefixes, check_providers, for_provider, listen_address,
};
use crate::policy::{Fingerprint, findings, load, reload};

/// Serves provider components, each call in a sandbox of its own, or one composed file
#[derive(clap::Args)]
pub(crate) struct Serve {
    /// Provider components, or one composed file; a provider has the name of its file, or NAME
    #[arg(required = true, value_name = "[NAME=]FILE")]
    files: Vec<ComponentArg>,
    /// The address to listen on; port 0 is any free port
    #[arg(long, default_value = "127.0.0.1:8080", value_name = "ADDRESS:PORT", value_parser = listen_address)]
    addr: SocketAddr,
    /// Sets a key of a provider; `transport.KEY` is a setting of the server itself
    #[arg(long, value_name = "[PROVIDER.]KEY=VALUE")]
    set: Vec<String>,
    /// A TOML file with a table of keys for each provider, and one called `transport`
    #[arg(long, value_name = "FILE")]
    settings: Option<PathBuf>,
    /// Puts PREFIX before the names of a provider's tools and prompts
    #[arg(long, value_name = "PROVIDER=PREFIX")]
    prefix: Vec<PerProvider<String>>,
    /// Allows a provider HTTP requests to a place; without this, it can send none. A private address needs a rule of its own, also one of an authorization server: `transport=10.0.0.5:8443`
    #[arg(long, value_name = "[PROVIDER=]HOST[:PORT]")]
    egress: Vec<PerProvider<Rule>>,
    /// How long a call may take; for a composed file, how long it may compute [default: 30s]
    #[arg(long, value_name = "[PROVIDER=]TIME")]
    limit_time: Vec<PerProvider<Time>>,
    /// How much memory a call may use [default: 256MiB]
    #[arg(long, value_name = "[PROVIDER=]SIZE")]
    limit_memory: Vec<PerProvider<Bytes>>,
    /// How much a call may pass to the host at once: its result, or the requests that it sends [default: 8MiB]
    #[arg(long, value_name = "[PROVIDER=]SIZE")]
    limit_result: Vec<PerProvider<Bytes>>,
    /// How much a provider may keep by the service `state`, until the server stops [default: 16MiB]
    #[arg(long, value_name = "[PROVIDER=]SIZE")]
    limit_state: Vec<PerProvider<Bytes>>,
    /// How many calls of each provider run at once; further calls wait for up to 5 seconds
    #[arg(long, default_value_t = 256, value_name = "CALLS", value_parser = clap::value_parser!(u32).range(1..=10_000))]
    max_concurrent: u32,
    /// How much memory all calls use together; a call that finds none waits for up to 5 seconds before it starts, and fails after that [default: half of the machine's]
    #[arg(long, value_name = "SIZE")]
    max_memory: Option<Bytes>,
    /// How many clients are connected at once; for a further client the connection that is idle for the longest time is closed
    #[arg(long, default_value_t = 1024, value_name = "CONNECTIONS", value_parser = clap::value_parser!(u32).range(1..=1_000_000))]
    max_connections: u32,
    /// How long a connection may be idle
    #[arg(long, default_value = "75s", value_name = "TIME")]
    keep_alive: Time,
    /// How long calls may continue after the signal to stop; then each is answered with an error
    #[arg(long, default_value = "30s", value_name = "TIME")]
    drain_timeout: Time,
    /// The directory for compiled components [default: in the user's cache]
    #[arg(long, value_name = "DIRECTORY")]
    cache_dir: Option<PathBuf>,
    /// A policy in Rego, a folder or a file, which decides about every call and list; it is read again when it changes
    #[arg(long, value_name = "PATH")]
    policy: Option<PathBuf>,
    /// A policy that only says in the log of decisions what it would have done
    #[arg(long, value_name = "PATH", requires = "decision_log", requires = "policy")]
    policy_dry_run: Option<PathBuf>,
    /// The file to which a line of JSON is added for each decision of a policy about a call
    #[arg(long, value_name = "FILE", requires = "policy")]
    decision_log: Option<PathBuf>,
    #[command(flatten)]
    pub(crate) log: LogOptions,
}

/// The name of the server itself in options for providers.
const SERVER: &str = "transport";

/// What the components of a server share.
struct SharedLimits {
    memory: Arc<MemoryBudget>,
    /// The connections of each component, which are its part of what clients leave.
    connections: ConnectionLimits,
}

impl Serve {
    /// Runs the command until a signal stops it.
    pub(crate) fn run(self) -> anyhow::Result<()> {
        self.check_names()?;
        tokio::runtime::Builder::new_multi_thread()
            .enable_all()
            // Components that compute yield every few milliseconds, so the runtime checks its connections this often in between.
            .event_interval(16)
            .build()
            .context("cannot start the runtime")?
            .block_on(self.serve())
    }

    async fn serve(self) -> anyhow::Result<()> {
        let (Time(keep_alive), Time(drain)) = (self.keep_alive, self.drain_timeout);
        let descriptors = raise_descriptor_limit();
        let clients = self.clients(descriptors);
        let limits = ListenerLimits { connections: clients, keep_alive, drain };
        let listener = Listener::bind(self.addr, limits).await.map_err(|error| {
            anyhow!("cannot listen on {}: {error}; choose another address with `--addr`", self.addr)
        })?;
        let address = listener.address().context("cannot listen")?;
        let cache = cache(self.cache_dir.as_deref())?;
        let max_memory = self.max_memory.map_or_else(default_max_memory, |Bytes(bytes)| bytes);
        let shared = SharedLimits {
            memory: MemoryBudget::new(max_memory, self.files.len()),
            connections: ConnectionLimits::of_each(self.files.len(), clients, descriptors),
        };
        let maximum = Maximum { calls: self.max_concurrent, memory: max_memory };
        let loader = Loader::new(self.files.len(), self.max_concurrent, max_memory, cache)?;
        let mut compiled = Vec::with_capacity(self.files.len());
        for source in &self.files {
            compiled.push(loader.compile(&source.path).map_err(|error| match error {
                LoadError::TooLarge { .. } => anyhow!("{error}; raise `--max-concurrent`"),
                error => error.into(),
            })?);
        }
        match (self.files.as_slice(), compiled.iter().any(Compiled::is_composed)) {
            ([source], true) => {
                let Some(component) = compiled.pop() else { bail!("no component") };
                let (grant, config) = self.grant_to_composed(source, &shared)?;
                let server = loader.composed(component, grant)?;
                let stop = stop_signal(drain)?;
                print_banner(&format!("`{}`", source.path.display()), address, &maximum);
                let server = ComposedService::new(server, config, listener.end_of_calls());
                listener.serve(server, stop).await;
            }
            (_, true) => bail!("a composed file is a whole server: serve it alone, without other files"),
            (_, false) => {
                let (engine, served) = self.engine(&loader, compiled, &shared).await?;
                let stop = stop_signal(drain)?;
                print_banner(&served, address, &maximum);
                let engine = engine.with_end_of_calls(listener.end_of_calls());
                listener.serve(NativeService::new(engine), stop).await;
            }
        }
        Ok(())
    }

    /// Makes the engine over all providers, and describes in words what it serves.
    async fn engine(
        &self,
        loader: &Loader,
        compiled: Vec<Compiled>,
        shared: &SharedLimits,
    ) -> anyhow::Result<(Engine<Sandbox>, String)> {
        let names: Vec<&str> = self.files.iter().map(|source| source.name.as_str()).collect();
        let mut settings = Settings::read(self.settings.as_deref(), &self.set, &names)?;
        let config = settings.config()?;
        // A proxy on this machine names its hosts, and may have clients elsewhere.
        let is_local =
            self.addr.ip().is_loopback() && config.allowed_hosts.is_empty() && config.allowed_origins.is_empty();
        let mut providers = Vec::with_capacity(compiled.len());
        for (component, source) in compiled.into_iter().zip(&self.files) {
            let mut grant = self.grant(source, settings.take(&source.name), Vec::new(), shared);
            grant.tells_last_line = is_local;
            grant.state = Some(Arc::new(MemoryStore::new(self.state_room(&source.name))));
            let provider = loader.provider(component, grant).await?;
            let prefix = for_provider(&self.prefix, &source.name).last().cloned();
            providers.push(NamedProvider { name: source.name.clone(), prefix, provider });
        }
        let options = BuildOptions { absence_allowed: true, timer: Some(startup_timer), ..BuildOptions::default() };
        let (catalog, warnings) = Catalog::build_with(providers, &startup_context(), &options).await?;
        warn(&warnings);
        let tools = catalog.tool_count();
        let served = format!("{tools} tool{} of {}", if tools == 1 { "" } else { "s" }, names.join(", "));
        let auth = settings.auth(KeyStorage::Memory)?;
        self.warn_if_open(auth.as_ref());
        let ports = system_ports(self.egress_of_server(auth.as_ref())?);
        let engine = Engine::new(catalog, config, ports.clone());
        let policy = self.policy(settings.policy()?, &ports)?;
        let mut authorizers: Vec<Arc<dyn Authorizer>> = policy.into_iter().collect();
        let Some(auth) = auth else {
            return Ok((engine.with_authorizers(authorizers), served));
        };
        install_signatures();
        authorizers.push(Arc::new(auth.scopes()));
        let authenticator = Arc::new(TokenAuthenticator::new(auth, &ports)?);
        // The keys are there when the first client comes, and the operator learns at once if they cannot be had.
        let first = Arc::clone(&authenticator);
        tokio::spawn(async move {
            if let Err(reason) = first.ready().await {
                tracing::warn!("no caller can be verified, so that the server is not ready: {reason}");
            }
        });
        Ok((engine.with_authenticator(authenticator).with_authorizers(authorizers), served))
    }

    /// The policy that the options name, which follows its files from now on.
    fn policy(&self, settings: ::settings::Policy, ports: &Ports) -> anyhow::Result<Option<Arc<dyn Authorizer>>> {
        let Some(path) = &self.policy else {
            if settings != ::settings::Policy::default() {
                bail!("there are settings `policy.*`, and no policy: name its folder with `--policy`");
            }
            return Ok(None);
        };
        let loaded = Fingerprint::of(path);
        let bundle = load(path)?;
        for finding in findings(&bundle) {
            tracing::warn!("{finding}");
        }
        let log = self.decision_log.as_ref().map(|file| {
            let log = DecisionFile::open(file).with_context(|| format!("cannot write `{}`", file.display()))?;
            Ok::<_, anyhow::Error>(Arc::new(log) as Arc<dyn DecisionLog>)
        });
        let options = PolicyOptions {
            headers: settings.headers.iter().map(|name| name.parse()).collect::<Result<_, _>>()?,
            denials: settings.denials,
            record: RecordOptions { arguments: settings.log_arguments, ..RecordOptions::default() },
            log: log.transpose()?,
        };
        let authorizer = Arc::new(PolicyAuthorizer::new(bundle, options, ports));
        if let Some(path) = &self.policy_dry_run {
            authorizer.set_dry_run(load(path)?);
        }
        tokio::spawn(reload(path.clone(), loaded, Arc::clone(&authorizer)));
        Ok(Some(authorizer))
    }

    /// What the server's own requests may reach.
    fn egress_of_server(&self, auth: Option<&AuthConfig>) -> anyhow::Result<Egress> {
        let own = self.egress.iter().filter(|rule| rule.provider.as_deref() == Some(SERVER));
        let rules = own.map(|rule| rule.value.clone());
        auth.map_or_else(|| Ok(Egress::default()), |auth| egress_of_server(auth, rules))
    }

    /// Tells an operator that the server is open to more than this machine.
    fn warn_if_open(&self, auth: Option<&AuthConfig>) {
        if auth.is_none() && self.policy.is_none() && !self.addr.ip().is_loopback() {
            tracing::warn!(
                "every client that reaches {} may call everything: set `auth.issuers` to ask for tokens, or listen on a loopback address",
                self.addr
            );
        }
    }

    /// Checks that a composed file has the transport that the settings need.
    fn check_transport(source: &ComponentArg, auth: Option<&AuthConfig>) -> anyhow::Result<()> {
        let file = source.path.display();
        let bytes = std::fs::read(&source.path).with_context(|| format!("cannot read `{file}`"))?;
        match (transport_kind(&bytes), auth) {
            // A file that does not say which transport it has may have one that knows nothing of authorization.
            (Some(TransportKind::Open) | None, Some(_)) => bail!(
                "there are settings `auth.*`, and `{file}` was composed without authorization, or by another program: compose it with `wasmcp compose --auth`"
            ),
            (Some(TransportKind::Secured), None) => {
                bail!("`{file}` was composed with `--auth`, and no setting `auth.issuers` says whose tokens it accepts")
            }
            _ => Ok(()),
        }
    }

    /// How many clients may be connected at once: no more than the process can have descriptors for.
    fn clients(&self, descriptors: Option<u64>) -> u32 {
        let wanted = self.max_connections;
        let clients = fit_clients(wanted, self.files.len(), descriptors);
        if clients < wanted {
            let descriptors = descriptors.unwrap_or_default();
            tracing::warn!(
                "`--max-connections` is {clients} instead of {wanted}: this process may open {descriptors} files (`ulimit -n`), some for itself and for the requests of providers"
            );
        }
        clients
    }

    fn grant_to_composed(&self, source: &ComponentArg, shared: &SharedLimits) -> anyhow::Result<(Grant, Config)> {
        if !self.prefix.is_empty() {
            bail!("`--prefix` is an option for providers: pass it to `wasmcp compose` when the file is composed");
        }
        if !self.limit_state.is_empty() {
            bail!("`--limit-state` is an option for providers: a composed file keeps no state");
        }
        let mut settings = Settings::read_for_composed(self.settings.as_deref(), &self.set)?;
        if self.policy.is_some() || !settings.take("policy").is_empty() {
            bail!("a composed file obeys no policy: serve its providers with `--policy`");
        }
        // A composed file does not run before its first request, so wrong settings are reported here.
        let config = settings.config()?;
        let auth = settings.auth(KeyStorage::None)?;
        Self::check_transport(source, auth.as_ref())?;
        self.warn_if_open(auth.as_ref());
        Ok((self.grant(source, BTreeMap::new(), settings.into_environment()?, shared), config))
    }

    fn grant(
        &self,
        source: &ComponentArg,
        settings: BTreeMap<String, String>,
        environment: Vec<(String, String)>,
        shared: &SharedLimits,
    ) -> Grant {
        let mut grant = Grant { settings, environment, memory: shared.memory.share(), ..Grant::nothing(&source.name) };
        let name = &source.name;
        if let Some(Time(time)) = for_provider(&self.limit_time, name).last() {
            grant.limits.time = *time;
        }
        if let Some(Bytes(memory)) = for_provider(&self.limit_memory, name).last() {
            grant.limits.memory = *memory;
        }
        if let Some(Bytes(result)) = for_provider(&self.limit_result, name).last() {
            grant.limits.result = *result;
        }
        grant.egress = Egress::new(for_provider(&self.egress, name).cloned().collect());
        grant.limit_connections(shared.connections);
        grant
    }

    /// The room of a provider's state. Each has its own, so that none can take another's.
    fn state_room(&self, provider: &str) -> Room {
        match for_provider(&self.limit_state, provider).last() {
            Some(Bytes(bytes)) => Room { bytes: *bytes, ..Room::OF_PROVIDER },
            None => Room::OF_PROVIDER,
        }
    }

    /// Checks that names are unique, and that the options name providers that are served.
    fn check_names(&self) -> anyhow::Result<()> {
        refuse_environment(std::env::vars_os().map(|(name, _)| name))?;
        let mut names: Vec<&str> = self.files.iter().map(|source| source.name.as_str()).collect();
        names.sort_unstable();
        if let Some([name, _]) = names.array_windows().find(|[one, next]| one == next) {
            bail!("two components have the name `{name}`: write NAME=FILE for one of them");
        }
        let is_of_provider = |rule: &&PerProvider<Rule>| rule.provider.as_deref() != Some(SERVER);
        check_providers("--egress", self.egress.iter().filter(is_of_provider), &names)?;
        check_providers("--limit-time", &self.limit_time, &names)?;
        check_providers("--limit-memory", &self.limit_memory, &names)?;
        check_providers("--limit-result", &self.limit_result, &names)?;
        check_providers("--limit-state", &self.limit_state, &names)?;
        check_prefixes(&self.prefix, &names)?;
        Ok(())
    }
}

/// Refuses to start where the environment has settings of authorization: it is read in composed files on other hosts, and a server that was
/// meant to ask for tokens would be open here.
fn refuse_environment(mut names: impl Iterator<Item = std::ffi::OsString>) -> anyhow::Result<()> {
    let is_own = |name: &str| ["WASMCP__AUTH__", "WASMCP__POLICY__"].iter().any(|prefix| name.starts_with(prefix));
    match names.find(|name| is_own(&name.to_string_lossy())) {
        None => Ok(()),
        Some(name) => bail!(
            "the environment has `{}`, and `wasmcp serve` does not read settings there: give it with `--set auth.KEY=VALUE` or `--settings FILE`",
            name.to_string_lossy()
        ),
    }
}

/// Half of the memory of this machine, in whole mebibytes: the other half is for the host, for what it holds for clients, and for
/// other programs.
fn default_max_memory() -> usize {
    (machine_memory() / 2).max(64 << 20) & !((1 << 20) - 1)
}

/// Completes at the first signal to stop. A second signal ends the process at once, as does any signal before this is called.
fn stop_signal(drain: Duration) -> anyhow::Result<impl Future<Output = ()>> {
    use tokio::signal::unix::{SignalKind, signal};
    let mut interrupt = signal(SignalKind::interrupt()).context("cannot listen for signals")?;
    let mut terminate = signal(SignalKind::terminate()).context("cannot listen for signals")?;
    Ok(async move {
        tokio::select! { _ = interrupt.recv() => {}, _ = terminate.recv() => {} }
        tracing::info!("stopping: calls have {drain:?} to end (`--drain-timeout`)");
        tokio::spawn(async move {
            tokio::select! { _ = interrupt.recv() => {}, _ = terminate.recv() => {} }
            std::process::exit(130);
        });
    })
}
