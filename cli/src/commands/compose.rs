//! `wasmcp compose`: its options, and how it writes files.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, bail};
use catalog::{BuildError, BuildOptions, Catalog, NamedProvider};

use super::cache::cache;
use super::write_file::write_file;
use super::{MAX_MEMORY, startup_context, startup_timer, warn};
use crate::compose::{Authorization, ProviderComponent, Target, compose, lattice};
use crate::host::{Egress, Grant, InstanceLimits, Loader, MemoryBudget, Rule, Sandbox};
use crate::log::{LogOptions, report};
use crate::options::{ComponentArg, PerProvider, SECTIONS, Settings, check_prefixes, check_providers, for_provider};
use crate::policy::policy_text;

/// How many calls of a provider may run at once while its catalogue is read.
const MAX_CALLS: u32 = 16;

/// Composes a server and its providers into one file, which runs on any host of `wasi:http`
#[derive(clap::Args)]
pub(crate) struct Compose {
    /// Provider components; a provider has the name of its file, or NAME
    #[arg(required = true, value_name = "[NAME=]FILE")]
    files: Vec<ComponentArg>,
    /// The file to write [default: mcp-http-server.wasm]; for a lattice, the directory [default: mcp-lattice]
    #[arg(short, long, value_name = "PATH")]
    output: Option<PathBuf>,
    /// The host that will run it, which decides where settings come from
    #[arg(long = "for", value_enum, default_value_t, value_name = "HOST")]
    target: Target,
    /// Puts PREFIX before the names of a provider's tools and prompts
    #[arg(long, value_name = "PROVIDER=PREFIX")]
    prefix: Vec<PerProvider<String>>,
    /// Sets a key of a provider while it is asked what it has; the file does not keep it
    #[arg(long, value_name = "[PROVIDER.]KEY=VALUE")]
    set: Vec<String>,
    /// Allows a provider HTTP requests to a place while it is asked what it has
    #[arg(long, value_name = "[PROVIDER=]HOST[:PORT]")]
    egress: Vec<PerProvider<Rule>>,
    /// Does not ask a provider now: a server asks it for every list
    #[arg(long, value_name = "PROVIDER")]
    ask_later: Vec<String>,
    /// Puts the transport in that asks clients for tokens, by the settings `auth.*` of the host that runs the file
    #[arg(long)]
    auth: bool,
    /// Puts a policy in Rego in, a folder or a file, which decides about every call and list
    #[arg(long, value_name = "PATH")]
    policy: Option<PathBuf>,
    /// Leaves an import to the host that neither `wasmtime serve` nor Spin is known to offer
    #[arg(long, value_name = "INTERFACE")]
    allow_import: Vec<String>,
    #[command(flatten)]
    pub(crate) log: LogOptions,
}

impl Compose {
    /// Runs the command.
    pub(crate) fn run(self) -> anyhow::Result<()> {
        let output = self.output.clone().unwrap_or_else(|| self.target.default_output().into());
        self.check(&output)?;
        let policy = self.policy.as_deref().map(policy_text).transpose()?;
        let authorization = Authorization { asks_for_tokens: self.auth, policy };
        let catalog = tokio::runtime::Builder::new_multi_thread() // the host moves a component that computes to another thread
            .enable_all()
            .build()
            .context("cannot start the runtime")?
            .block_on(self.read_catalogues())?;
        let mut providers = Vec::with_capacity(self.files.len());
        for ComponentArg { name, path } in &self.files {
            let component = fs::read(path).with_context(|| format!("cannot read `{}`", path.display()))?;
            providers.push(ProviderComponent { name: name.clone(), component });
        }
        let snapshot = catalog.snapshot().context("there is no snapshot of the catalogue")?;
        let bytes = match self.target {
            Target::Lattice => {
                fs::create_dir_all(&output)
                    .with_context(|| format!("cannot create the directory `{}`", output.display()))?;
                let mut bytes = 0;
                for file in lattice(&providers, snapshot, &authorization)? {
                    bytes += write_file(&output.join(&file.name).with_extension("wasm"), &file.component)?;
                }
                bytes
            }
            _ => {
                let file = compose(&providers, snapshot, self.target, &authorization, &self.allow_import)?;
                write_file(&output, &file)?
            }
        };
        let (output, tools) = (output.display(), catalog.tool_count());
        report(&format!(
            "wasmcp: wrote `{output}` ({} kB), {tools} tool{} of {}: run it with {}",
            bytes.div_ceil(1000),
            if tools == 1 { "" } else { "s" },
            self.names().join(", "),
            self.target.how_to_run(&output.to_string(), &self.router_providers()),
        ));
        Ok(())
    }

    /// Reads the catalogues of the providers, as a server does at its start: each runs in a sandbox that is granted only what the options
    /// say.
    async fn read_catalogues(&self) -> anyhow::Result<Catalog<Sandbox>> {
        let mut settings = Settings::read(None, &self.set, &self.names())?;
        if SECTIONS.iter().any(|section| !settings.take(section).is_empty()) {
            bail!("`--set` is for providers here: give a setting of the server to the host that runs the file");
        }
        let loader = Loader::new(
            self.files.len(),
            InstanceLimits { calls: MAX_CALLS, prepared: 0 },
            MAX_MEMORY,
            cache(None)?,
            None,
        )?;
        let memory = MemoryBudget::new(MAX_MEMORY, self.files.len());
        let mut providers = Vec::with_capacity(self.files.len());
        for ComponentArg { name, path } in &self.files {
            let egress = Egress::new(for_provider(&self.egress, name).cloned().collect());
            let (settings, memory) = (settings.take(name), memory.share());
            // `wasmcp serve` has the options that set limits.
            let grant = Grant { settings, egress, memory, names_options: false, ..Grant::nothing(name) };
            let provider = loader.provider(loader.compile(path)?, grant).await?;
            let prefix = for_provider(&self.prefix, name).last().cloned();
            providers.push(NamedProvider { name: name.clone(), prefix, provider });
        }
        let options =
            BuildOptions { ask_later: self.ask_later.clone(), timer: Some(startup_timer), ..BuildOptions::default() };
        match Catalog::build_with(providers, &startup_context(), &options).await {
            Ok((catalog, warnings)) => {
                warn(&warnings);
                Ok(catalog)
            }
            Err(error) => match &error {
                BuildError::Describe { provider, .. }
                | BuildError::List { provider, .. }
                | BuildError::TooLong { provider } => {
                    let advice =
                        format!("grant it what it needs by `--set` and `--egress`, or add `--ask-later {provider}`");
                    bail!("{error}: {advice}")
                }
                _ => Err(error.into()),
            },
        }
    }

    fn names(&self) -> Vec<&str> {
        self.files.iter().map(|source| source.name.as_str()).collect()
    }

    /// The value of `router.providers` for a lattice, where prefixes are set in the manifest.
    fn router_providers(&self) -> String {
        let declared =
            self.files.iter().map(|ComponentArg { name, .. }| match for_provider(&self.prefix, name).last() {
                Some(prefix) if !prefix.is_empty() => format!("{name}={prefix}"),
                _ => name.clone(),
            });
        declared.collect::<Vec<_>>().join(",")
    }

    fn check(&self, output: &Path) -> anyhow::Result<()> {
        let names = self.names();
        check_prefixes(&self.prefix, &names)?;
        check_providers("--egress", &self.egress, &names)?;
        if let Some(name) = self.ask_later.iter().find(|name| !names.contains(&name.as_str())) {
            bail!("`--ask-later {name}` names no provider: there is `{}`", names.join("`, `"));
        }
        // An output that does not exist yet is none of the inputs.
        let Ok(found) = fs::canonicalize(output) else { return Ok(()) };
        let is_written =
            |path: PathBuf| path == found || (self.target == Target::Lattice && path.parent() == Some(&found));
        match self.files.iter().any(|source| fs::canonicalize(&source.path).is_ok_and(is_written)) {
            true => bail!("`{}` would overwrite a provider: choose another path with `--output`", output.display()),
            false => Ok(()),
        }
    }
}
