//! `wasmcp serve`: what it serves, and how it starts and stops. `wasmcp dev` has the same options, and serves by the same parts.

mod composed;
mod engine;
mod host;
mod options;
mod providers;
mod stop_signals;

use std::time::Duration;

use anyhow::{Context as _, bail};
use tokio::runtime::Runtime;

use crate::host::Compiled;
use crate::http::{ComposedService, NativeService};
use crate::options::{ComponentArg, Time};

pub(crate) use options::ServerOptions;
pub(super) use providers::Providers;
pub(super) use stop_signals::{interruption, stop};

/// How long the tasks of a server may take to end after its last call.
pub(super) const SHUTDOWN_TIMEOUT: Duration = Duration::from_secs(2);

/// Serves provider components, each call in a sandbox of its own, or one composed file
#[derive(clap::Args)]
pub(crate) struct Serve {
    /// Provider components, or one composed file; a provider has the name of its file, or NAME
    #[arg(required = true, value_name = "[NAME=]FILE")]
    files: Vec<ComponentArg>,
    #[command(flatten)]
    pub(crate) options: ServerOptions,
}

impl Serve {
    /// Runs the command until a signal stops it.
    pub(crate) fn run(self) -> anyhow::Result<()> {
        self.options.check_names(&self.files)?;
        let runtime = runtime(self.options.max_connections)?;
        let result = runtime.block_on(self.serve());
        // The last lines of a decision log are written meanwhile. What blocks a thread for longer, such as a name server, is not waited for.
        runtime.shutdown_timeout(SHUTDOWN_TIMEOUT);
        result
    }

    async fn serve(self) -> anyhow::Result<()> {
        let Self { files, options } = self;
        let Time(drain) = options.drain_timeout;
        let host = options.host(files.len(), 1).await?;
        let mut compiled = host::compile(&host.loader, &files)?;
        match (files.as_slice(), compiled.iter().any(Compiled::is_composed)) {
            ([source], true) => {
                let Some(component) = compiled.pop() else { bail!("no component") };
                let (grant, config) = options.grant_to_composed(source, &host.shared)?;
                let server = host.loader.composed(component, grant)?;
                let stop = stop(drain)?;
                host.print_banner(&format!("`{}`", source.path.display()), None);
                let server = ComposedService::new(server, config, host.listener.end_of_calls());
                host.listener.serve(server, stop).await;
            }
            (_, true) => bail!("a composed file is a whole server: serve it alone, without other files"),
            (_, false) => {
                let (providers, own) = options.providers(&files, &host)?;
                let catalog = providers.catalog(compiled).await?;
                let (served, protection) = (providers.describe(&catalog), options.protection(&own));
                let engine = options.engine(catalog, own)?;
                let stop = stop(drain)?;
                host.print_banner(&served, protection.as_deref());
                let engine = engine.with_end_of_calls(host.listener.end_of_calls());
                host.listener.serve(NativeService::new(engine), stop).await;
            }
        }
        Ok(())
    }
}

/// How many threads there may be besides those for calls: each looks up a name, or reads a file.
const OTHER_THREADS: u32 = 512;

/// The runtime of a server that has at most so many connections. Each may have a call that computes, on a thread that the runtime does without: if
/// there were fewer, nothing would be answered until one of these calls yields.
pub(super) fn runtime(connections: u32) -> anyhow::Result<Runtime> {
    let threads = usize::try_from(connections.saturating_add(OTHER_THREADS)).unwrap_or(usize::MAX);
    tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        // Components that compute yield every few milliseconds, so the runtime checks its connections this often in between.
        .event_interval(16)
        .max_blocking_threads(threads)
        .build()
        .context("cannot start the runtime")
}
