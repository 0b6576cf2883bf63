//! Connects the components of one file: imports of providers and of our own components with what fills them.

use std::collections::BTreeMap;

use wac_graph::PackageId;

use super::assembly::{Assembly, Instance, compatible};
use super::authorization::Authorization;
use super::builtin_components::ROUTER;
use super::const_component::{ConstComponent, Constant};
use super::error::ComposeError;
use super::target::{Service, Source, Target};
use super::transport::{provider_import, transport};

/// A provider to be composed.
pub(crate) struct ProviderComponent {
    /// The name by which it has settings.
    pub(crate) name: String,
    /// The component.
    pub(crate) component: Vec<u8>,
}

/// The interface by which a component gets the snapshot of the catalogue.
const CATALOGUE: &str = "wasmcp:composition/catalogue";
/// The interface by which a transport that is not open gets what it asks of callers.
const AUTHORIZATION: &str = "wasmcp:composition/authorization";
/// The interface by which a settings adapter gets the name of its provider.
const PROVIDER_NAME: &str = "wasmcp:composition/provider-name";
/// The name by which the transport has settings.
const TRANSPORT_NAME: &str = "transport";

/// One file that is being composed.
pub(crate) struct Wiring {
    pub(super) assembly: Assembly,
    target: Target,
    authorization: Authorization,
    adapters: BTreeMap<Service, PackageId>,
    constants: ConstComponent,
    from_constants: Vec<FromConstants>,
}

/// What a transport serves.
pub(super) enum Backend {
    /// Providers, in the order of the snapshot.
    Providers(Vec<Instance>),
    /// A router, behind which they are.
    Router(Instance),
}

impl Backend {
    fn providers(&self) -> &[Instance] {
        match self {
            Self::Providers(providers) => providers,
            Self::Router(_) => &[],
        }
    }
}

/// An import that the component of constants fills. It is connected at the end, when all that it exports is known.
struct FromConstants {
    to: Instance,
    import: String,
    export: String,
    /// The provider whose import it is, if it is a provider's.
    provider: Option<String>,
}

impl Wiring {
    /// Begins a file for this host, whose transport, if it has one, asks this of callers.
    pub(super) fn new(target: Target, authorization: &Authorization) -> Result<Self, ComposeError> {
        Ok(Self {
            assembly: Assembly::default(),
            target,
            authorization: authorization.clone(),
            adapters: BTreeMap::new(),
            constants: ConstComponent::new()?,
            from_constants: Vec::new(),
        })
    }

    /// Adds the router of a lattice.
    pub(super) fn router(&mut self, snapshot: &Constant) -> Result<Instance, ComposeError> {
        let router = self.assembly.add("router", ROUTER)?;
        for import in self.assembly.imports(router).iter().filter(|import| import.starts_with(CATALOGUE)) {
            self.tell(router, import, snapshot);
        }
        Ok(router)
    }

    /// Adds the transport, which serves these providers, in the order of the snapshot, or what stands for them all.
    pub(super) fn transport(&mut self, backend: &Backend, snapshot: &Constant) -> Result<Instance, ComposeError> {
        let exported = backend.providers().iter().map(|provider| {
            let has = |interface: &&&str| self.assembly.find(*provider, interface).is_some();
            contract::INTERFACES.iter().filter(has).copied().collect()
        });
        let component = transport(self.authorization.is_open(), &exported.collect::<Vec<_>>())?;
        let transport = self.assembly.add(TRANSPORT_NAME, &component)?;
        for import in self.assembly.imports(transport) {
            if let Some((provider, interface)) = provider_import(&import) {
                let Some(provider) = backend.providers().get(provider) else { continue };
                let Some(export) = self.assembly.find(*provider, interface) else { continue };
                self.assembly.connect(transport, &import, *provider, &export)?;
            } else if let Backend::Router(router) = backend
                && (Service::of(&import) == Some(Service::State) || contract::INTERFACES.contains(&import.as_str()))
            {
                // `state` too: a plain import of it would trap where no state provider answers.
                self.take_or_fill(transport, &import, *router)?;
            } else if let Some(service) = Service::of(&import) {
                self.service(service, transport, &import, TRANSPORT_NAME)?;
            } else if import.starts_with(CATALOGUE) {
                self.tell(transport, &import, snapshot);
            } else if import.starts_with(AUTHORIZATION) {
                self.tell(transport, &import, &Constant::Authorization(self.authorization.clone()));
            }
        }
        Ok(transport)
    }

    /// The whole file, which exports what this instance does.
    pub(super) fn finish(mut self, exported: Instance) -> Result<Vec<u8>, ComposeError> {
        if let Some(constants) = self.constants.encode()? {
            let constants = self.assembly.add("constants", &constants)?;
            for FromConstants { to, import, export, provider } in self.from_constants {
                self.assembly.connect(to, &import, constants, &export).map_err(|source| match provider {
                    Some(provider) => ComposeError::Types { provider, source: Box::new(source) },
                    None => source.into(),
                })?;
            }
        }
        self.assembly.export_all(exported)?;
        Ok(self.assembly.encode()?)
    }

    /// Fills an import with a service of this host for the provider of this name. Returns false if the service is of another version of
    /// the contract.
    pub(super) fn service(
        &mut self,
        service: Service,
        to: Instance,
        import: &str,
        name: &str,
    ) -> Result<bool, ComposeError> {
        let component = match self.target.source(service) {
            Source::Filler => return self.fill(to, import, Some(name)),
            Source::Host => return Ok(true),
            Source::Adapter(component) => component,
        };
        let package = match self.adapters.get(&service) {
            Some(package) => *package,
            None => self.assembly.register(&format!("adapter-{}", self.adapters.len()), component)?,
        };
        self.adapters.insert(service, package);
        // Each provider has an instance of its own, so that no two of them share its memory.
        let adapter = self.assembly.instantiate(package);
        for import in self.assembly.imports(adapter) {
            if import.starts_with(PROVIDER_NAME) {
                self.tell(adapter, &import, &Constant::ProviderName(name.to_owned()));
            }
        }
        let Some(export) = self.assembly.find(adapter, import) else { return Ok(false) };
        self.assembly.connect(to, import, adapter, &export)?;
        Ok(true)
    }

    /// Fills an import of a provider with an environment that has no variable.
    pub(super) fn empty_environment(&mut self, to: Instance, import: String, provider: String) {
        let export = self.constants.empty_environment().to_owned();
        self.from_constants.push(FromConstants { to, import, export, provider: Some(provider) });
    }

    /// Fills an import with a text.
    fn tell(&mut self, to: Instance, import: &str, constant: &Constant) {
        let export = self.constants.tell(constant);
        self.from_constants.push(FromConstants { to, import: import.to_owned(), export, provider: None });
    }

    /// Fills an import with the export of another component, or, if that has none, with functions that are not offered.
    pub(super) fn take_or_fill(&mut self, to: Instance, import: &str, from: Instance) -> Result<(), ComposeError> {
        match self.assembly.find(from, import) {
            Some(export) => self.assembly.connect(to, import, from, &export)?,
            None => drop(self.fill(to, import, None)?),
        }
        Ok(())
    }

    /// Fills an import with functions that are not offered. Returns false if no filler has the interface.
    fn fill(&mut self, to: Instance, import: &str, provider: Option<&str>) -> Result<bool, ComposeError> {
        let fillable = self.constants.fillable();
        let Some(interface) = compatible(&fillable, import) else { return Ok(false) };
        self.constants.fill(interface)?;
        let (import, export, provider) = (import.to_owned(), interface.clone(), provider.map(str::to_owned));
        self.from_constants.push(FromConstants { to, import, export, provider });
        Ok(true)
    }
}

#[cfg(test)]
#[path = "wiring_tests.rs"]
mod tests;
