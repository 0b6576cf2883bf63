use anyhow::Context;
use wac_graph::types::{Package, are_semver_compatible};
use wac_graph::{CompositionGraph, EncodeOptions, NodeId, PackageId, Processor};

/// Components that are being put together. A thin layer over `wac`, which looks interfaces up by name.
#[derive(Default)]
pub(crate) struct Assembly(CompositionGraph);

/// One instance of a component. Several instances of one component are in the file once.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) struct Instance {
    node: NodeId,
    package: PackageId,
}

impl Assembly {
    /// Takes a component in.
    pub(crate) fn register(&mut self, name: &str, component: &[u8]) -> anyhow::Result<PackageId> {
        let package = Package::from_bytes(&format!("wasmcp:{name}"), None, component, self.0.types_mut())?;
        Ok(self.0.register_package(package)?)
    }

    /// Makes an instance, which as yet leaves all its imports to the host.
    pub(crate) fn instantiate(&mut self, package: PackageId) -> Instance {
        Instance { node: self.0.instantiate(package), package }
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
        let exports = self.exports(instance);
        let exact = exports.iter().find(|export| *export == interface);
        exact.or_else(|| exports.iter().find(|export| are_semver_compatible(export, interface))).cloned()
    }

    /// Fills an import of one instance with an export of another.
    pub(crate) fn connect(&mut self, to: Instance, import: &str, from: Instance, export: &str) -> anyhow::Result<()> {
        let alias = self.0.alias_instance_export(from.node, export)?;
        self.0.set_instantiation_argument(to.node, import, alias).with_context(|| format!("`{export}` into `{import}`"))
    }

    /// Exports from the whole all that an instance exports.
    pub(crate) fn export_all(&mut self, instance: Instance) -> anyhow::Result<()> {
        for name in self.exports(instance) {
            let alias = self.0.alias_instance_export(instance.node, &name)?;
            self.0.export(alias, name)?;
        }
        Ok(())
    }

    /// The whole, validated.
    pub(crate) fn encode(&self) -> anyhow::Result<Vec<u8>> {
        let processor = Some(Processor { name: env!("CARGO_PKG_NAME"), version: env!("CARGO_PKG_VERSION") });
        Ok(self.0.encode(EncodeOptions { define_components: true, validate: true, processor })?)
    }
}
