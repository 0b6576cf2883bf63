use adapter_config::AdapterConfig;
use catalog::{NameError, Routes, check_names};
use server::Known;
use wac_graph::PackageId;

use super::assembly::{Assembly, Instance};
use super::{Target, baked, parts};

/// A provider to be composed.
pub(crate) struct Part {
    /// Whose settings it gets.
    pub(crate) name: String,
    /// The component.
    pub(crate) component: Vec<u8>,
}

/// Components that cannot be put together.
#[derive(Debug, thiserror::Error)]
pub(crate) enum ComposeError {
    #[error(transparent)]
    Name(#[from] NameError),
    #[error("provider `{provider}` imports `{import}`, which neither this nor a host of a composed file offers")]
    NotOffered { provider: String, import: String },
    #[error(
        "provider `{provider}` imports `{import}`, where it would see the settings of all: let it use `wasmcp:mcp/settings`"
    )]
    SettingsOfAll { provider: String, import: String },
    #[error(
        "provider `{provider}` imports `{import}`, which all providers of a composed file would share: it cannot be composed"
    )]
    Shared { provider: String, import: String },
    #[error("provider `{provider}` does not have the contract's types: {cause}")]
    Shape { provider: String, cause: String },
    #[error("cannot put the components together: {}", one_line(.0))]
    Assembly(#[from] anyhow::Error),
    #[error("cannot keep the routes: {0}")]
    Routes(#[from] serde_json::Error),
}

/// The contract of this version; a compatible one is found as well.
const CONTRACT: &str = "0.1.0";

/// Puts the providers and all that they need into one component. The routes are those of these providers, in this order, and what
/// is known is of them all.
pub(crate) fn compose(
    providers: &[Part],
    routes: &Routes,
    known: Option<&Known>,
    target: Target,
) -> Result<Vec<u8>, ComposeError> {
    check_names(providers.iter().map(|part| part.name.as_str()))?;
    let muxes = match providers {
        // One provider needs no mux but for its prefix: it then stands on both sides, and the right one is never called.
        [_] if routes.members.iter().any(|route| route.prefix.is_some()) => vec![routes.clone()],
        _ => routes.chain(),
    };
    let mut texts = vec![transport_text(known)];
    texts.extend(providers.iter().map(|part| AdapterConfig::write(&part.name, None)));
    for routes in &muxes {
        texts.push(serde_json::to_string(routes)?);
    }

    let mut wiring = Wiring::new(&texts, target)?;
    let mut instances = Vec::new();
    for (index, part) in providers.iter().enumerate() {
        instances.push(wiring.provider(part, index + 1)?);
    }
    let served = wiring.chain(&instances, muxes.len(), providers.len() + 1)?;
    wiring.transport(served)
}

/// What the adapter of the transport is told: whose settings it may tell, and what is known.
pub(super) fn transport_text(known: Option<&Known>) -> String {
    let known = known.and_then(Known::text);
    AdapterConfig::write("transport", known.as_deref().map(|known| (Known::KEY, known)))
}

/// Whether providers may take this from the host side by side: what holds no data of one that another could see. By default no
/// host gives a composed file folders or raw sockets, but the standard libraries of Rust, Python and Go import them.
fn is_harmless(name: &str) -> bool {
    let (package, interface) = name.split_once('/').unwrap_or_default();
    match package {
        "wasi:io" | "wasi:clocks" | "wasi:random" | "wasi:http" | "wasi:filesystem" | "wasi:sockets" => true,
        "wasi:cli" => matches!(interface, "stdin" | "stdout" | "stderr" | "exit") || interface.starts_with("terminal-"),
        _ => false,
    }
}

pub(crate) struct Wiring {
    pub(super) assembly: Assembly,
    baked: Instance,
    adapter: PackageId,
    absent: PackageId,
    mux: PackageId,
    /// Made when something is missing, and then shared: it keeps nothing.
    filler: Option<Instance>,
}

impl Wiring {
    pub(super) fn new(texts: &[String], target: Target) -> anyhow::Result<Self> {
        let mut assembly = Assembly::default();
        let baked = assembly.register("baked", &baked::baked(texts)?)?;
        Ok(Self {
            baked: assembly.instantiate(baked),
            adapter: assembly.register("adapter", target.adapter())?,
            absent: assembly.register("absent", parts::ABSENT)?,
            mux: assembly.register("mux", parts::MUX)?,
            filler: None,
            assembly,
        })
    }

    pub(super) fn provider(&mut self, part: &Part, text: usize) -> Result<Instance, ComposeError> {
        let package = self.assembly.register(&format!("provider-{}", part.name), &part.component)?;
        let instance = self.assembly.instantiate(package);
        for import in self.assembly.imports(instance) {
            let provider = || part.name.clone();
            let filled = match import.split('@').next().unwrap_or_default() {
                "wasmcp:mcp/settings" => {
                    let adapter = self.adapter(text)?;
                    self.take(instance, &import, adapter)
                }
                "wasmcp:mcp/state" | "wasmcp:mcp/live" => self.fill(instance, &import),
                "wasi:cli/environment" => self.take(instance, &import, self.baked),
                // Types only.
                "wasmcp:mcp/model" => continue,
                name if name.starts_with("wasi:config/") => {
                    return Err(ComposeError::SettingsOfAll { provider: provider(), import });
                }
                name if is_harmless(name) => continue,
                name if name.starts_with("wasi:") => return Err(ComposeError::Shared { provider: provider(), import }),
                _ => Ok(false),
            };
            match filled {
                Ok(true) => {}
                Ok(false) => return Err(ComposeError::NotOffered { provider: provider(), import }),
                Err(error) => return Err(ComposeError::Shape { provider: provider(), cause: one_line(&error) }),
            }
        }
        Ok(instance)
    }

    /// Several providers as one. The second member of a mux is the next mux, and of the last one the last provider.
    fn chain(&mut self, providers: &[Instance], muxes: usize, texts: usize) -> Result<Instance, ComposeError> {
        let mut served = providers.last().copied().ok_or_else(|| anyhow::anyhow!("no provider is given"))?;
        for (index, left) in providers.iter().enumerate().take(muxes).rev() {
            let mux = self.assembly.instantiate(self.mux);
            for import in self.assembly.imports(mux) {
                let name = import.strip_prefix("wasmcp:mux/").unwrap_or_default();
                let (side, capability) = name.split_once('-').unwrap_or_default();
                match side {
                    "left" => self.take_or_fill(mux, &import, *left, capability)?,
                    "right" => self.take_or_fill(mux, &import, served, capability)?,
                    _ if import == "baked" => self.bake(mux, texts + index)?,
                    _ => {}
                }
            }
            served = mux;
        }
        Ok(served)
    }

    pub(super) fn transport(mut self, served: Instance) -> Result<Vec<u8>, ComposeError> {
        let package = self.assembly.register("transport", parts::TRANSPORT)?;
        let transport = self.assembly.instantiate(package);
        for import in self.assembly.imports(transport) {
            let contract = import.strip_prefix("wasmcp:mcp/").unwrap_or_default();
            match contract.split('@').next().unwrap_or_default() {
                "" | "model" => {}
                "settings" => {
                    let adapter = self.adapter(0)?;
                    self.take(transport, &import, adapter)?;
                }
                capability => self.take_or_fill(transport, &import, served, capability)?,
            }
        }
        self.assembly.export_all(transport)?;
        Ok(self.assembly.encode()?)
    }

    /// An adapter that is told whose settings it may tell.
    fn adapter(&mut self, text: usize) -> anyhow::Result<Instance> {
        let adapter = self.assembly.instantiate(self.adapter);
        self.bake(adapter, text)?;
        Ok(adapter)
    }

    pub(super) fn bake(&mut self, instance: Instance, text: usize) -> anyhow::Result<()> {
        self.assembly.connect(instance, "baked", self.baked, &baked::name(text))
    }

    /// Fills an import from what offers it, if it does.
    fn take(&mut self, to: Instance, import: &str, from: Instance) -> anyhow::Result<bool> {
        let Some(export) = self.assembly.find(from, import) else { return Ok(false) };
        self.assembly.connect(to, import, from, &export)?;
        Ok(true)
    }

    fn fill(&mut self, to: Instance, import: &str) -> anyhow::Result<bool> {
        let filler = self.filler();
        self.take(to, import, filler)
    }

    /// Fills an import with a capability, of a provider that has it or else of nobody.
    pub(super) fn take_or_fill(
        &mut self,
        to: Instance,
        import: &str,
        from: Instance,
        capability: &str,
    ) -> anyhow::Result<()> {
        let interface = format!("wasmcp:mcp/{capability}@{CONTRACT}");
        let (from, export) = match self.assembly.find(from, &interface) {
            Some(export) => (from, export),
            None => (self.filler(), interface),
        };
        self.assembly.connect(to, import, from, &export)
    }

    fn filler(&mut self) -> Instance {
        *self.filler.get_or_insert_with(|| self.assembly.instantiate(self.absent))
    }
}

fn one_line(error: &anyhow::Error) -> String {
    format!("{error:#}").replace('\n', " ")
}

#[cfg(test)]
#[path = "wiring_tests.rs"]
mod tests;
