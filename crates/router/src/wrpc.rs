//! Names and errors of wRPC, as the hosts of wasmCloud 1.9 have them.

use contract::FunctionName;

use crate::rpc::RpcError;

/// The interface of a function as links name it: without the version of the contract.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LinkTarget<'a> {
    /// For example `wasmcp`.
    pub namespace: &'a str,
    /// For example `mcp`.
    pub package: &'a str,
    /// For example `tools`.
    pub interface: &'a str,
}

impl LinkTarget<'static> {
    /// The parts of `NAMESPACE:PACKAGE/INTERFACE@VERSION`.
    pub fn of(function: FunctionName) -> Self {
        let name = function.interface;
        let name = name.split_once('@').map_or(name, |(name, _)| name);
        let (package, interface) = name.split_once('/').unwrap_or_default();
        let (namespace, package) = package.split_once(':').unwrap_or_default();
        Self { namespace, package, interface }
    }
}

impl RpcError {
    /// The error of an invocation, told apart by its wording. `None` where the wording is not known: it belongs in the log of the host
    /// and not in an answer, since it may tell how the lattice is built.
    ///
    /// `wrpc:rpc/error` has no cases, only a text for people. These are the wordings of the NATS client of wasmCloud 1.9's hosts
    /// (`docs/decisions-2026-11.md`), and tests on lattices pin them too.
    pub fn from_wording(text: &str) -> Option<Self> {
        if text.contains("not connected") {
            // NATS answers "no responders" where no component subscribes to the function.
            Some(Self::NoInstance)
        } else if text.contains("unexpected end of file") {
            Some(Self::ConnectionClosed)
        } else {
            None
        }
    }
}

#[cfg(test)]
mod tests {
    use contract::functions::CallTool;
    use contract::{Function, FunctionName};

    use super::LinkTarget;
    use crate::rpc::RpcError;

    #[test]
    fn a_link_names_an_interface_without_its_version() {
        let expected = LinkTarget { namespace: "wasmcp", package: "mcp", interface: "tools" };
        assert_eq!(LinkTarget::of(CallTool::NAME), expected);
        for function in FunctionName::ALL {
            let LinkTarget { namespace, package, interface } = LinkTarget::of(*function);
            let name = format!("{namespace}:{package}/{interface}@");
            assert!(function.interface.starts_with(&name) && !interface.is_empty(), "{function:?}: {name}");
        }
    }

    #[test]
    fn errors_of_the_host_are_told_apart_by_their_wording() {
        let cases = [
            ("transport error: not connected", Some(RpcError::NoInstance)),
            ("failed to read: unexpected end of file", Some(RpcError::ConnectionClosed)),
            ("permissions violation for publish to `secret.subject`", None),
            ("", None),
        ];
        for (text, expected) in cases {
            assert_eq!(RpcError::from_wording(text), expected, "{text}");
        }
    }
}
