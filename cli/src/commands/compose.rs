//! `wasmcp compose`.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, bail};
use catalog::{Catalog, Member, gather};
use server::Known;

use super::announce::nobody;
use super::cache::cache;
use crate::compose::{Part, Target, compose, lattice};
use crate::host::{Grant, Loader, Sandbox};
use crate::options::{Scoped, Source, check_prefixes, for_provider};

/// How many calls of a provider may run at once while it is asked what it has.
const CALLS: u32 = 16;

/// Makes one file of a server and its providers, which runs on any host of `wasi:http`
#[derive(clap::Args)]
pub(crate) struct Compose {
    /// Provider components; a provider is called what its file is called, or NAME
    #[arg(required = true, value_name = "[NAME=]FILE")]
    files: Vec<Source>,
    /// Where to write: a file, `mcp-http-server.wasm` if nothing is said; for a lattice a folder, `mcp-lattice`
    #[arg(short, long, value_name = "PATH")]
    output: Option<PathBuf>,
    /// The host that will run it: where settings come from
    #[arg(long = "for", value_enum, default_value_t, value_name = "HOST")]
    target: Target,
    /// Puts PREFIX before the names of a provider's tools and prompts
    #[arg(long, value_name = "PROVIDER=PREFIX")]
    prefix: Vec<Scoped<String>>,
}

impl Compose {
    /// Runs the command.
    pub(crate) fn run(self) -> anyhow::Result<()> {
        let output = self.output.clone().unwrap_or_else(|| self.target.default_output().into());
        self.check(&output)?;
        let (catalog, known) = tokio::runtime::Builder::new_multi_thread() // the host moves a component that computes out of the way of others
            .enable_all()
            .build()
            .context("cannot start the runtime")?
            .block_on(self.gather())?;
        let mut parts = Vec::with_capacity(self.files.len());
        for Source { name, path } in &self.files {
            let component = fs::read(path).with_context(|| format!("cannot read `{}`", path.display()))?;
            parts.push(Part { name: name.clone(), component });
        }
        let bytes = match self.target {
            Target::Lattice => {
                fs::create_dir_all(&output)
                    .with_context(|| format!("cannot make the folder `{}`", output.display()))?;
                let mut bytes = 0;
                for piece in lattice(&parts, &catalog.routes(), known.as_ref())? {
                    bytes += write(&output.join(&piece.name).with_extension("wasm"), &piece.component)?;
                }
                bytes
            }
            _ => write(&output, &compose(&parts, &catalog.routes(), known.as_ref(), self.target)?)?,
        };
        let output = output.display();
        println!(
            "wasmcp: wrote `{output}` ({} kB), {} tools of {}: run it with {}",
            bytes.div_ceil(1000),
            catalog.tool_count(),
            self.files.iter().map(|source| source.name.as_str()).collect::<Vec<_>>().join(", "),
            self.target.how_to_run(&output.to_string(), &self.router_providers()),
        );
        Ok(())
    }

    /// Asks the providers what they have, as a server does that starts: each in a sandbox without any grant.
    async fn gather(&self) -> anyhow::Result<(Catalog<Sandbox>, Option<Known>)> {
        let loader = Loader::new(self.files.len(), CALLS, cache(None)?)?;
        let mut members = Vec::with_capacity(self.files.len());
        for Source { name, path } in &self.files {
            let provider = loader.provider(loader.compile(path)?, Grant::nothing(name)).await?;
            let prefix = for_provider(&self.prefix, name).last().cloned();
            members.push(Member { name: name.clone(), prefix, provider });
        }
        let catalog = gather(members, &nobody()).await?;
        let known = Known::ask(&catalog, &nobody()).await;
        Ok((catalog, known))
    }

    /// What the router of a lattice has to be told: there, prefixes are said where it is deployed.
    fn router_providers(&self) -> String {
        let declared = self.files.iter().map(|Source { name, .. }| match for_provider(&self.prefix, name).last() {
            Some(prefix) if !prefix.is_empty() => format!("{name}={prefix}"),
            _ => name.clone(),
        });
        declared.collect::<Vec<_>>().join(",")
    }

    fn check(&self, output: &Path) -> anyhow::Result<()> {
        let names: Vec<&str> = self.files.iter().map(|source| source.name.as_str()).collect();
        check_prefixes(&self.prefix, &names)?;
        // Of an output that is not there yet, the path cannot be one of these.
        let Ok(found) = fs::canonicalize(output) else { return Ok(()) };
        let is_written =
            |path: PathBuf| path == found || (self.target == Target::Lattice && path.parent() == Some(&found));
        match self.files.iter().any(|source| fs::canonicalize(&source.path).is_ok_and(is_written)) {
            true => bail!("a provider stands where `{}` would be written: write somewhere else", output.display()),
            false => Ok(()),
        }
    }
}

/// Writes a component, and says how large it is. The file is there at once and whole: a server may have the one before it in its memory.
fn write(path: &Path, component: &[u8]) -> anyhow::Result<usize> {
    let mut partial = path.as_os_str().to_owned();
    partial.push(format!(".{}", std::process::id()));
    fs::write(&partial, component).and_then(|()| fs::rename(&partial, path)).or_else(|error| {
        // Of what was not written there is nothing to remove.
        let _ = fs::remove_file(&partial);
        Err(error).with_context(|| format!("cannot write `{}`", path.display()))
    })?;
    Ok(component.len())
}
