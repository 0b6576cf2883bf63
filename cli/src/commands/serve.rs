//! `wasmcp serve`.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;

use anyhow::{Context as _, anyhow, bail};
use catalog::{Catalog, Member, gather};
use server::Engine;

use super::announce::{announce, nobody};
use super::cache::cache;
use crate::host::{Compiled, Egress, Grant, Loader, Rule, Sandbox};
use crate::http::{Listener, Native, System};
use crate::options::{
    Bytes, Scoped, Settings, Source, Time, check_prefixes, check_scopes, for_provider, listening_address,
};

/// Serves provider components, each call in a sandbox of its own, or one composed file
#[derive(clap::Args)]
pub(crate) struct Serve {
    /// Provider components, or one composed file; a provider is called what its file is called, or NAME
    #[arg(required = true, value_name = "[NAME=]FILE")]
    files: Vec<Source>,
    /// Where to listen; port 0 is any free one
    #[arg(long, default_value = "127.0.0.1:8080", value_name = "ADDRESS:PORT", value_parser = listening_address)]
    addr: SocketAddr,
    /// Sets a key for a provider; `transport.KEY` is for the server itself
    #[arg(long, value_name = "[PROVIDER.]KEY=VALUE")]
    set: Vec<String>,
    /// A TOML file with a table of keys for each provider, and one called `transport`
    #[arg(long, value_name = "FILE")]
    settings: Option<PathBuf>,
    /// Puts PREFIX before the names of a provider's tools and prompts
    #[arg(long, value_name = "PROVIDER=PREFIX")]
    prefix: Vec<Scoped<String>>,
    /// Lets a provider send HTTP requests to a place; without it, to none. Private addresses must be named themselves
    #[arg(long, value_name = "[PROVIDER=]HOST[:PORT]")]
    egress: Vec<Scoped<Rule>>,
    /// How long a call may take; of a composed file, how long it may compute [default: 30s]
    #[arg(long, value_name = "[PROVIDER=]TIME")]
    limit_time: Vec<Scoped<Time>>,
    /// How much memory a call may have [default: 256MiB]
    #[arg(long, value_name = "[PROVIDER=]SIZE")]
    limit_memory: Vec<Scoped<Bytes>>,
    /// How large the answer of a call may be [default: 8MiB]
    #[arg(long, value_name = "[PROVIDER=]SIZE")]
    limit_result: Vec<Scoped<Bytes>>,
    /// How many calls of each provider run at once; more wait a little
    #[arg(long, default_value_t = 256, value_name = "CALLS", value_parser = clap::value_parser!(u32).range(1..=10_000))]
    max_concurrent: u32,
    /// How many clients are connected at once; more wait until one leaves
    #[arg(long, default_value_t = 1024, value_name = "CONNECTIONS", value_parser = clap::value_parser!(u32).range(1..=1_000_000))]
    max_connections: u32,
    /// Where compiled components are kept [default: in the user's cache]
    #[arg(long, value_name = "DIRECTORY")]
    cache_dir: Option<PathBuf>,
}

impl Serve {
    /// Runs the command until it is told to stop.
    pub(crate) fn run(self) -> anyhow::Result<()> {
        self.check_names()?;
        tokio::runtime::Builder::new_multi_thread()
            .enable_all()
            // Components that compute give way every few milliseconds; so often connections are looked at in between.
            .event_interval(16)
            .build()
            .context("cannot start the runtime")?
            .block_on(self.serve())
    }

    async fn serve(self) -> anyhow::Result<()> {
        let listener = Listener::bind(self.addr, self.max_connections).await.map_err(|error| {
            anyhow!("cannot listen on {}: {error}; choose another address with `--addr`", self.addr)
        })?;
        let address = listener.address().context("cannot listen")?;
        let cache = cache(self.cache_dir.as_deref())?;
        let loader = Loader::new(self.files.len(), self.max_concurrent, cache)?;
        let mut compiled = Vec::with_capacity(self.files.len());
        for source in &self.files {
            compiled.push(loader.compile(&source.path)?);
        }
        match (self.files.as_slice(), compiled.iter().any(Compiled::is_composed)) {
            ([source], true) => {
                let Some(component) = compiled.pop() else { bail!("no component") };
                let server = loader.composed(component, self.grant_to_composed(source)?)?;
                let stop = stopped()?;
                announce(&format!("`{}`", source.path.display()), address);
                listener.serve(Arc::new(server), stop).await;
            }
            (_, true) => bail!("a composed file is a whole server: serve it alone, without other files"),
            (_, false) => {
                let (engine, served) = self.engine(&loader, compiled).await?;
                let stop = stopped()?;
                announce(&served, address);
                listener.serve(Native::new(engine), stop).await;
            }
        }
        Ok(())
    }

    /// The engine over all providers, and what it serves in words.
    async fn engine(
        &self,
        loader: &Loader,
        compiled: Vec<Compiled>,
    ) -> anyhow::Result<(Engine<Catalog<Sandbox>, System>, String)> {
        let names: Vec<&str> = self.files.iter().map(|source| source.name.as_str()).collect();
        let mut settings = Settings::read(self.settings.as_deref(), &self.set, &names)?;
        let config = settings.config()?;
        let mut members = Vec::with_capacity(compiled.len());
        for (component, source) in compiled.into_iter().zip(&self.files) {
            let grant = self.grant(source, settings.take(&source.name), Vec::new());
            let provider = loader.provider(component, grant).await?;
            let prefix = for_provider(&self.prefix, &source.name).last().cloned();
            members.push(Member { name: source.name.clone(), prefix, provider });
        }
        let catalog = gather(members, &nobody()).await?;
        let served = format!("{} tools of {}", catalog.tool_count(), names.join(", "));
        Ok((Engine::new(catalog, config, System::new()), served))
    }

    fn grant_to_composed(&self, source: &Source) -> anyhow::Result<Grant> {
        if !self.prefix.is_empty() {
            bail!("`--prefix` is for providers: that of a composed file is given when it is composed");
        }
        let settings = Settings::read_for_composed(self.settings.as_deref(), &self.set)?;
        // The file has no start of its own at which it could say that these are wrong.
        settings.config()?;
        Ok(self.grant(source, BTreeMap::new(), settings.into_environment()?))
    }

    fn grant(&self, source: &Source, settings: BTreeMap<String, String>, environment: Vec<(String, String)>) -> Grant {
        let mut grant = Grant { settings, environment, ..Grant::nothing(&source.name) };
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
        grant
    }

    /// Names are unique, and those in options are of providers that are served.
    fn check_names(&self) -> anyhow::Result<()> {
        let mut names: Vec<&str> = self.files.iter().map(|source| source.name.as_str()).collect();
        names.sort_unstable();
        if let Some([name, _]) = names.array_windows().find(|[one, next]| one == next) {
            bail!("two components are called `{name}`: write NAME=FILE for one of them");
        }
        check_scopes("--egress", &self.egress, &names)?;
        check_scopes("--limit-time", &self.limit_time, &names)?;
        check_scopes("--limit-memory", &self.limit_memory, &names)?;
        check_scopes("--limit-result", &self.limit_result, &names)?;
        check_prefixes(&self.prefix, &names)?;
        Ok(())
    }
}

/// Done at the first signal to stop. A second one ends the process at once, as does any before this is called.
fn stopped() -> anyhow::Result<impl Future<Output = ()>> {
    use tokio::signal::unix::{SignalKind, signal};
    let mut interrupt = signal(SignalKind::interrupt()).context("cannot listen for signals")?;
    let mut terminate = signal(SignalKind::terminate()).context("cannot listen for signals")?;
    Ok(async move {
        tokio::select! { _ = interrupt.recv() => {}, _ = terminate.recv() => {} }
        eprintln!("wasmcp: stopping");
        tokio::spawn(async move {
            tokio::select! { _ = interrupt.recv() => {}, _ = terminate.recv() => {} }
            std::process::exit(130);
        });
    })
}
