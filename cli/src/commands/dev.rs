//! `wasmcp dev`: builds the provider of a project, serves it, and does both again when its sources change.
//!
//! # Design
//! - The options and the parts of the server are those of `wasmcp serve`. A build replaces the catalogue alone: limits, state and who may
//!   call outlive it.
//! - A request ends with the build with which it began. Nothing is replaced before the new build has been compiled and has said what it has.
//! - Sources that change during a build are built after it, once.

use std::path::{Path, PathBuf};
use std::pin::pin;
use std::time::{Duration, Instant};

use anyhow::{Context as _, bail};
use catalog::Catalog;
use tokio::time::timeout;

use super::serve::{Providers, SHUTDOWN_TIMEOUT, ServerOptions, runtime, stop};
use crate::host::Sandbox;
use crate::http::NativeService;
use crate::log::one_line;
use crate::options::{ComponentArg, PerProvider, Time, listen_address};
use crate::project::{Change, Manifest, ProjectError, Sources, ToolError, build};

/// How many builds of the provider have calls at once: those of the last one end while the next one has its first.
const BUILDS: usize = 2;
/// How long the follower may take to end once it is told to. It ends where it next waits for something.
const FOLLOWER_END: Duration = Duration::from_secs(2);

/// Builds the provider in a folder with `wasmcp.toml`, serves it, and does both again when its sources change
#[derive(clap::Args)]
pub(crate) struct Dev {
    /// The folder of the project
    #[arg(default_value = ".", value_name = "FOLDER")]
    folder: PathBuf,
    /// Another provider, which is served beside the project; a build of the project does not touch its calls
    #[arg(long = "with", value_name = "[NAME=]PROVIDER.wasm")]
    others: Vec<ComponentArg>,
    #[command(flatten)]
    pub(crate) options: ServerOptions,
}

/// A project that is built again and again.
struct Project {
    folder: PathBuf,
    /// The manifest as it was at the start.
    manifest: Manifest,
    providers: Providers,
    sources: Sources,
}

impl Dev {
    /// Runs the command until a signal stops it.
    pub(crate) fn run(self) -> anyhow::Result<()> {
        let runtime = runtime(self.options.max_connections)?;
        let result = runtime.block_on(self.dev());
        // A component that is being compiled is not waited for.
        runtime.shutdown_timeout(SHUTDOWN_TIMEOUT);
        result
    }

    async fn dev(self) -> anyhow::Result<()> {
        let Self { folder, others, options } = self;
        let manifest = Manifest::read(&folder)?;
        let options = with_table(options, &manifest, &folder).context("in `[dev]` of wasmcp.toml")?;
        let mut files = vec![ComponentArg { name: manifest.name.clone(), path: manifest.component(&folder) }];
        files.extend_from_slice(&others);
        options.check_names(&files)?;
        let Time(drain) = options.drain_timeout;
        let mut stop = pin!(stop(drain)?);
        let host = options.host(files.len(), BUILDS).await?;
        let (providers, own) = options.providers(&files, &host)?;
        // No change of the project mends the others, so what is wrong with them ends the command.
        tokio::select! {
            () = stop.as_mut() => return Ok(()),
            checked = providers.check(&others) => checked?,
        }
        let sources = Sources::watch(&folder, &manifest.dev.ignore)?;
        let mut project = Project { folder, manifest, providers, sources };
        let catalog = tokio::select! {
            () = stop.as_mut() => return Ok(()),
            first = project.first() => first?,
        };
        let (served, protection) = (project.providers.describe(&catalog), options.protection(&own));
        let engine = options.engine(catalog, own)?.with_end_of_calls(host.listener.end_of_calls());
        tracing::info!("watching `{}`: what changes there is built and served", project.folder.display());
        host.print_banner(&served, protection.as_deref());
        let service = NativeService::new(engine);
        let follower = tokio::spawn(project.follow(service.clone()));
        let following = follower.abort_handle();
        let stop = async {
            stop.await;
            following.abort();
        };
        host.listener.serve(service, stop).await;
        // The tool of a build ends with the follower. A component that is being compiled is not waited for.
        let _ = timeout(FOLLOWER_END, follower).await;
        Ok(())
    }
}

impl Project {
    /// Builds until there is a build that can be served. An error is one that no change of a source ends.
    async fn first(&mut self) -> anyhow::Result<Catalog<Sandbox>> {
        tracing::info!("building `{}`", self.manifest.name);
        loop {
            let error = match self.build().await {
                Ok(catalog) => return Ok(catalog),
                Err(error) if wants_tool(&error) => return Err(error),
                Err(error) => error,
            };
            tracing::error!("nothing is served yet, as {}", one_line(&format!("{error:#}")));
            let Change { file, .. } = self.sources.changed().await;
            tracing::info!("`{}` has changed: building", file.display());
        }
    }

    /// Builds whenever the sources change, and serves what was built.
    async fn follow(mut self, service: NativeService<Sandbox>) {
        loop {
            let Change { file, began } = self.sources.changed().await;
            tracing::info!("`{}` has changed: building, and the last build still serves", file.display());
            match self.build().await {
                Ok(catalog) => {
                    let served = self.providers.describe(&catalog);
                    service.replace(service.engine().with_catalog(catalog));
                    tracing::info!("the new build serves {served}, {} after the change", seconds(began));
                }
                Err(error) => {
                    let reason = one_line(&format!("{error:#}"));
                    tracing::error!("the last good build still serves, {} after the change: {reason}", seconds(began));
                }
            }
        }
    }

    /// Builds the sources as they are now, and asks what was built what it has.
    async fn build(&self) -> anyhow::Result<Catalog<Sandbox>> {
        let began = Instant::now();
        let manifest = Manifest::read(&self.folder)?;
        if (&manifest.name, &manifest.dev) != (&self.manifest.name, &self.manifest.dev) {
            bail!(
                "`name` or `[dev]` in wasmcp.toml has changed, which this command reads at its start: start it again"
            );
        }
        build(&self.folder, &manifest).await.context("the build has failed")?;
        tracing::info!("built in {}: compiling", seconds(began));
        let compiled = self.providers.compile().await?;
        self.providers.catalog(compiled).await.context("what was built cannot be served")
    }
}

/// Whether a tool has to be installed first.
fn wants_tool(error: &anyhow::Error) -> bool {
    matches!(error.downcast_ref(), Some(ProjectError::Tool(error)) if !matches!(error, ToolError::Failed(_)))
}

/// The options with those of the manifest, which are for the project's own provider where they name none. What the command line says is the
/// last word.
fn with_table(mut options: ServerOptions, manifest: &Manifest, folder: &Path) -> anyhow::Result<ServerOptions> {
    let Manifest { name, dev: table, .. } = manifest;
    if let Some(addr) = &table.addr {
        let own = listen_address(addr).with_context(|| format!("`addr = \"{addr}\"`"))?;
        options.addr = options.addr.or(Some(own));
    }
    if options.settings.is_none() {
        options.settings = table.settings.as_ref().map(|file| folder.join(file));
    }
    options.set.splice(..0, table.set.iter().map(|setting| of_provider(name, setting)));
    for rule in &table.egress {
        let mut rule: PerProvider<_> = rule.parse().with_context(|| format!("`{rule}` in `egress`"))?;
        rule.provider.get_or_insert_with(|| name.clone());
        options.egress.push(rule);
    }
    Ok(options)
}

/// A setting with the name of a provider before its key, if the key has none.
fn of_provider(name: &str, setting: &str) -> String {
    match setting.split_once('=') {
        Some((key, _)) if !key.is_empty() && !key.contains('.') => format!("{name}.{setting}"),
        _ => setting.to_owned(),
    }
}

/// The time since then, for people.
fn seconds(since: Instant) -> String {
    format!("{:.1} s", since.elapsed().as_secs_f64())
}
