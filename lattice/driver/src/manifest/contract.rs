//! The contract between the router and its providers, as a manifest names it: a package and its interfaces.

use contract::FunctionName;

/// The service that a component reaches by a link: the others are in the component itself.
pub(crate) const STATE: &str = "state";

/// Whether the package of a link is the contract.
pub(crate) fn is_contract_package(namespace: &str, package: &str) -> bool {
    identifiers().any(|(contract, _)| contract.split_once(':') == Some((namespace, package)))
}

/// The interfaces that the router may call. It learns from a provider which of them that one exports.
pub(crate) fn provider_interfaces() -> Vec<&'static str> {
    let mut interfaces: Vec<&str> = identifiers().map(|(_, interface)| interface).collect();
    // The functions of one interface stand beside each other.
    interfaces.dedup();
    interfaces
}

/// The package and the interface of every function, from identifiers such as `wasmcp:mcp/tools@0.1.0`.
fn identifiers() -> impl Iterator<Item = (&'static str, &'static str)> {
    let without_version = |id: &'static str| id.split_once('@').map_or(id, |(id, _)| id);
    FunctionName::ALL.iter().filter_map(move |name| without_version(name.interface).split_once('/'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_package_and_the_interfaces_are_those_of_the_contract() {
        assert_eq!(provider_interfaces(), ["provider", "tools", "resources", "prompts", "completion", "changes"]);
        for (namespace, package, expected) in
            [("wasmcp", "mcp", true), ("wasmcp", "mcp@0.1.0", false), ("wasi", "http", false), ("", "", false)]
        {
            assert_eq!(is_contract_package(namespace, package), expected, "{namespace}:{package}");
        }
    }
}
