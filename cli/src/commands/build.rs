//! `wasmcp build`: builds the provider of a project, and checks what it has.

use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::{Context as _, bail};
use catalog::{BuildError, BuildOptions, Catalog, NamedProvider};
use tokio::time::timeout;

use super::cache::cache;
use super::serve::interruption;
use super::{MAX_MEMORY, startup_context, startup_timer, warn};
use crate::host::{Grant, InstanceLimits, Loader, MemoryBudget};
use crate::log::{LogOptions, report};
use crate::project::{Manifest, build};

/// How long the work may take to end after a signal. It ends where it next waits for something.
const WORK_END: Duration = Duration::from_secs(1);

/// Builds the provider in a folder with `wasmcp.toml`, by the tool of its language, and checks what it has
#[derive(clap::Args)]
pub(crate) struct Build {
    /// The folder of the project
    #[arg(default_value = ".", value_name = "FOLDER")]
    folder: PathBuf,
    /// Does not ask the provider what it has: it needs settings or hosts to say so
    #[arg(long)]
    no_check: bool,
    #[command(flatten)]
    pub(crate) log: LogOptions,
}

impl Build {
    /// Runs the command.
    pub(crate) fn run(self) -> anyhow::Result<()> {
        let manifest = Manifest::read(&self.folder)?;
        let runtime = tokio::runtime::Builder::new_multi_thread() // the host moves a component that computes to another thread
            .enable_all()
            .build()
            .context("cannot start the runtime")?;
        runtime.block_on(async {
            let interruption = interruption()?;
            let mut work = tokio::spawn(self.build(manifest));
            tokio::select! {
                done = &mut work => done.context("the build has ended without a result")?,
                status = interruption => {
                    work.abort();
                    // The tool ends with the task. A component that is being compiled is not waited for.
                    let _ = timeout(WORK_END, work).await;
                    std::process::exit(status)
                }
            }
        })
    }

    async fn build(self, manifest: Manifest) -> anyhow::Result<()> {
        let component = build(&self.folder, &manifest).await?;
        let size = std::fs::metadata(&component).map_or(0, |metadata| metadata.len());
        let tools = match self.no_check {
            true => String::new(),
            false => check(&manifest.name, &component).await?,
        };
        let component = component.display();
        report(&format!(
            "wasmcp: built `{component}` ({} kB){tools}: serve it with `wasmcp serve {component}`",
            size.div_ceil(1000)
        ));
        Ok(())
    }
}

/// Asks the provider what it has, as a server does at its start, and says how many tools there are.
async fn check(name: &str, component: &Path) -> anyhow::Result<String> {
    let loader = Loader::new(1, InstanceLimits { calls: 1, prepared: 0 }, MAX_MEMORY, cache(None)?, None)?;
    let memory = MemoryBudget::new(MAX_MEMORY, 1);
    let grant = Grant { memory: memory.share(), names_options: false, ..Grant::nothing(name) };
    let provider = loader.provider(loader.compile(component)?, grant).await?;
    let named = NamedProvider { name: name.to_owned(), prefix: None, provider };
    let options = BuildOptions { timer: Some(startup_timer), ..BuildOptions::default() };
    let (catalog, warnings) = match Catalog::build_with(vec![named], &startup_context(), &options).await {
        Ok(built) => built,
        Err(error @ (BuildError::Describe { .. } | BuildError::List { .. } | BuildError::TooLong { .. })) => bail!(
            "the component is built, and {error}: if it needs settings or hosts for that, which only a server gives, add `--no-check`"
        ),
        Err(error) => return Err(error.into()),
    };
    warn(&warnings);
    let count = catalog.tool_count();
    Ok(format!(", with {count} tool{}", if count == 1 { "" } else { "s" }))
}
