//! The providers of a server: what each may do, whichever build of it is served.

use std::sync::Arc;

use anyhow::{Context as _, bail};
use catalog::{BuildOptions, Catalog, NamedProvider};
use state::MemoryStore;

use super::engine::OwnSettings;
use super::host::{Host, compile};
use super::options::ServerOptions;
use crate::commands::{startup_context, startup_timer, warn};
use crate::host::{Compiled, Grant, Loader, Sandbox};
use crate::options::{ComponentArg, Settings, for_provider};

/// The providers of a server. What a provider keeps, and what bounds it, outlives its builds.
pub(crate) struct Providers {
    loader: Arc<Loader>,
    all: Arc<[ServedProvider]>,
}

struct ServedProvider {
    source: ComponentArg,
    prefix: Option<String>,
    grant: Arc<Grant>,
}

impl ServerOptions {
    /// The providers with what the options grant them, and the settings of the server itself.
    pub(in crate::commands) fn providers(
        &self,
        files: &[ComponentArg],
        host: &Host,
    ) -> anyhow::Result<(Providers, OwnSettings)> {
        let names: Vec<&str> = files.iter().map(|source| source.name.as_str()).collect();
        let mut settings = Settings::read(self.settings.as_deref(), &self.set, &names)?;
        // Before any provider takes its own: none can take these.
        let own = OwnSettings::of(&settings)?;
        let is_local = own.is_local(self.address());
        let served = |source: &ComponentArg| {
            let mut grant = self.grant(source, settings.take(&source.name), Vec::new(), &host.shared);
            grant.tells_last_line = is_local;
            grant.state = Some(Arc::new(MemoryStore::new(self.state_room(&source.name))));
            let prefix = for_provider(&self.prefix, &source.name).last().cloned();
            ServedProvider { source: source.clone(), prefix, grant: Arc::new(grant) }
        };
        let all = files.iter().map(served).collect();
        Ok((Providers { loader: Arc::clone(&host.loader), all }, own))
    }
}

impl Providers {
    /// Compiles what the files are now, while other tasks go on.
    pub(in crate::commands) async fn compile(&self) -> anyhow::Result<Vec<Compiled>> {
        self.compile_files(self.all.iter().map(|served| served.source.clone()).collect()).await
    }

    async fn compile_files(&self, files: Vec<ComponentArg>) -> anyhow::Result<Vec<Compiled>> {
        let loader = Arc::clone(&self.loader);
        let compiled = tokio::task::spawn_blocking(move || compile(&loader, &files)).await;
        compiled.context("it could not be compiled: the log has the reason")?
    }

    /// Compiles and starts some of the providers alone, to know early whether they can be served.
    pub(in crate::commands) async fn check(&self, files: &[ComponentArg]) -> anyhow::Result<()> {
        let compiled = self.compile_files(files.to_vec()).await?;
        for (component, source) in compiled.into_iter().zip(files) {
            if component.is_composed() {
                bail!("`{}` is a composed file, which is a whole server and no provider", source.path.display());
            }
            if let Some(served) = self.all.iter().find(|served| served.source == *source) {
                self.loader.provider(component, Arc::clone(&served.grant)).await?;
            }
        }
        Ok(())
    }

    /// The catalogue of the compiled providers, which are asked what they have.
    pub(in crate::commands) async fn catalog(&self, compiled: Vec<Compiled>) -> anyhow::Result<Catalog<Sandbox>> {
        let mut providers = Vec::with_capacity(compiled.len());
        for (component, ServedProvider { source, prefix, grant }) in compiled.into_iter().zip(self.all.iter()) {
            let provider = self.loader.provider(component, Arc::clone(grant)).await?;
            providers.push(NamedProvider { name: source.name.clone(), prefix: prefix.clone(), provider });
        }
        let options = BuildOptions { absence_allowed: true, timer: Some(startup_timer), ..BuildOptions::default() };
        let (catalog, warnings) = Catalog::build_with(providers, &startup_context(), &options).await?;
        warn(&warnings);
        Ok(catalog)
    }

    /// What is served, in words.
    pub(in crate::commands) fn describe(&self, catalog: &Catalog<Sandbox>) -> String {
        let (tools, names) = (catalog.tool_count(), self.all.iter().map(|served| served.source.name.as_str()));
        let names = names.collect::<Vec<_>>().join(", ");
        format!("{tools} tool{} of {names}", if tools == 1 { "" } else { "s" })
    }
}
