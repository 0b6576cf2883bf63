//! Puts components together: a thin layer over `wac`, which finds interfaces by their names.

use wac_graph::types::{Package, are_semver_compatible};
use wac_graph::{
    AliasError, CompositionGraph, EncodeError, EncodeOptions, ExportError, InstantiationArgumentError, NodeId,
    PackageId, Processor, RegisterPackageError,
};

/// Why components cannot be put together.
#[derive(Debug, thiserror::Error)]
pub(crate) enum AssemblyError {
    /// The bytes are no component that can be composed.
    #[error("`{name}` cannot be read as a component")]
    Component { name: String, source: anyhow::Error },
    #[error(transparent)]
    Register(#[from] RegisterPackageError),
    #[error(transparent)]
    Alias(#[from] AliasError),
    /// The export does not have the type of the import.
    #[error("`{export}` does not fit `{import}`")]
    Connect { export: String, import: String, source: InstantiationArgumentError },
    #[error(transparent)]
    Export(#[from] ExportError),
    #[error(transparent)]
    Encode(#[from] EncodeError),
}

/// Components that are being put together.
#[derive(Default)]
pub(crate) struct Assembly(CompositionGraph);

/// One instance of a component. Several instances of one component are in the file once.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) struct Instance {
    node: NodeId,
    package: PackageId,
}

impl Assembly {
    /// Adds a component.
    pub(crate) fn register(&mut self, name: &str, component: &[u8]) -> Result<PackageId, AssemblyError> {
        let package = Package::from_bytes(&format!("wasmcp:{name}"), None, component, self.0.types_mut())
            .map_err(|source| AssemblyError::Component { name: name.to_owned(), source })?;
        Ok(self.0.register_package(package)?)
    }

    /// Makes an instance. All its imports are left to the host until they are connected.
    pub(crate) fn instantiate(&mut self, package: PackageId) -> Instance {
        Instance { node: self.0.instantiate(package), package }
    }

    /// Adds a component and makes an instance of it.
    pub(crate) fn add(&mut self, name: &str, component: &[u8]) -> Result<Instance, AssemblyError> {
        let package = self.register(name, component)?;
        Ok(self.instantiate(package))
    }

    /// The names of its imports.
    pub(crate) fn imports(&self, instance: Instance) -> Vec<String> {
        self.0.types()[self.0[instance.package].ty()].imports.keys().cloned().collect()
    }

    /// The names of its exports.
    pub(crate) fn exports(&self, instance: Instance) -> Vec<String> {
        self.0.types()[self.0[instance.package].ty()].exports.keys().cloned().collect()
    }

    /// The name under which it exports an interface: of the same version or of a compatible one.
    pub(crate) fn find(&self, instance: Instance, interface: &str) -> Option<String> {
        compatible(&self.exports(instance), interface).cloned()
    }

    /// Fills an import of one instance with an export of another.
    pub(crate) fn connect(
        &mut self,
        to: Instance,
        import: &str,
        from: Instance,
        export: &str,
    ) -> Result<(), AssemblyError> {
        let alias = self.0.alias_instance_export(from.node, export)?;
        self.0.set_instantiation_argument(to.node, import, alias).map_err(|source| AssemblyError::Connect {
            export: export.to_owned(),
            import: import.to_owned(),
            source,
        })
    }

    /// Exports from the whole all that an instance exports.
    pub(crate) fn export_all(&mut self, instance: Instance) -> Result<(), AssemblyError> {
        for name in self.exports(instance) {
            let alias = self.0.alias_instance_export(instance.node, &name)?;
            self.0.export(alias, name)?;
        }
        Ok(())
    }

    /// The whole, validated.
    pub(crate) fn encode(&self) -> Result<Vec<u8>, AssemblyError> {
        let processor = Some(Processor { name: env!("CARGO_PKG_NAME"), version: env!("CARGO_PKG_VERSION") });
        Ok(self.0.encode(EncodeOptions { define_components: true, validate: true, processor })?)
    }
}

/// Of these names the one that is the interface, or else one of a compatible version.
pub(crate) fn compatible<'a>(names: &'a [String], interface: &str) -> Option<&'a String> {
    let exact = names.iter().find(|name| *name == interface);
    exact.or_else(|| names.iter().find(|name| are_semver_compatible(name, interface)))
}
