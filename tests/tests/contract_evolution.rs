//! Tests of compatibility: a provider that was built against one state of the contract meets a transport of another state.
//!
//! The components are empty, with the real types: linking looks at types only. `wit/README.md` has the rules that these
//! tests check, and describes the same with real components.

use anyhow::{Context, Result};
use wac_graph::{CompositionGraph, EncodeOptions, plug, types::Package};
use wit_component::{ComponentEncoder, StringEncoding, dummy_module, embed_component_metadata};
use wit_parser::{LiftLowerAbi, ManglingAndAbi, Resolve};

const PROVIDER: &str = "tools-provider";
/// A transport that knows no interface but those of a tools provider.
const TRANSPORT: &str = "world transport { import provider; import tools; }";
/// An interface that a later contract may add, and a transport that imports it.
const GAINED: &str =
    "interface hints { use model.{context, mcp-error}; hint: func(ctx: context) -> result<string, mcp-error>; }
                      world hinting-transport { import provider; import tools; import hints; }
                      world hinting-provider { include tools-provider; export hints; }";

/// A state of the contract: today's, changed by replacing texts that must be there, and with more at its end.
struct Contract(String);

impl Contract {
    fn today() -> Self {
        let files = [
            include_str!("../../wit/model.wit"),
            include_str!("../../wit/capabilities.wit"),
            include_str!("../../wit/services.wit"),
            include_str!("../../wit/worlds.wit"),
        ];
        let bodies = files.map(|file| file.replacen("package wasmcp:mcp@0.1.0;", "", 1)).concat();
        Self(format!("package wasmcp:mcp@0.1.0;\n{bodies}\n{TRANSPORT}"))
    }

    fn with(self, more: &str) -> Self {
        Self(format!("{}\n{more}", self.0))
    }

    fn changed(self, from: &str, to: &str) -> Self {
        assert_eq!(self.0.matches(from).count(), 1, "`{from}` is in the contract once");
        Self(self.0.replace(from, to))
    }

    fn version(self, version: &str) -> Self {
        self.changed("package wasmcp:mcp@0.1.0;", &format!("package wasmcp:mcp@{version};"))
    }

    /// A component of one of the worlds, which does nothing.
    fn component(&self, world: &str) -> Result<Vec<u8>> {
        let mut resolve = Resolve::default();
        let package = resolve.push_str("contract.wit", &self.0)?;
        let world = resolve.select_world(&[package], Some(world))?;
        let mut module = dummy_module(&resolve, world, ManglingAndAbi::Legacy(LiftLowerAbi::Sync));
        embed_component_metadata(&mut module, &resolve, world, StringEncoding::UTF8)?;
        ComponentEncoder::default().module(&module)?.validate(true).encode()
    }
}

/// What is still imported when a provider has been plugged into a transport, as `wac plug` does it.
fn left_open(transport: Vec<u8>, provider: Vec<u8>) -> Result<Vec<String>> {
    let mut graph = CompositionGraph::new();
    let provider = Package::from_bytes("provider", None, provider, graph.types_mut())?;
    let provider = graph.register_package(provider)?;
    let transport = Package::from_bytes("transport", None, transport, graph.types_mut())?;
    let transport = graph.register_package(transport)?;
    plug(&mut graph, vec![provider], transport)?;
    let composed = graph.encode(EncodeOptions::default())?;
    let mut check = CompositionGraph::new();
    let package = Package::from_bytes("composed", None, composed, check.types_mut())?;
    let imports = check.types()[package.ty()].imports.keys();
    // The records' interface stays an import: it has types only, so that no component has to fill it.
    Ok(imports.filter(|name| !name.starts_with("wasmcp:mcp/model@")).cloned().collect())
}

/// The error of linking one interface of a provider explicitly, as `wasmcp compose` does.
fn refusal(transport: Vec<u8>, provider: Vec<u8>, interface: &str) -> Result<String> {
    let mut graph = CompositionGraph::new();
    let provider = Package::from_bytes("provider", None, provider, graph.types_mut())?;
    let provider = graph.register_package(provider)?;
    let transport = Package::from_bytes("transport", None, transport, graph.types_mut())?;
    let transport = graph.register_package(transport)?;
    let provider = graph.instantiate(provider);
    let transport = graph.instantiate(transport);
    let export = graph.alias_instance_export(provider, interface)?;
    let error = graph.set_instantiation_argument(transport, interface, export).err().context("it was linked")?;
    Ok(format!("{:#}", anyhow::Error::from(error)))
}

#[test]
fn a_provider_of_today_serves_what_the_contract_becomes() -> Result<()> {
    let none: &[&str] = &[];
    let cases = [
        ("the contract as it is", Contract::today(), "transport", none),
        ("an interface more", Contract::today().with(GAINED), "hinting-transport", &["wasmcp:mcp/hints@0.1.0"]),
        ("a patch version", Contract::today().version("0.1.1"), "transport", none),
        (
            "a patch version with an interface more",
            Contract::today().with(GAINED).version("0.1.1"),
            "hinting-transport",
            &["wasmcp:mcp/hints@0.1.1"],
        ),
    ];
    let provider = Contract::today().component(PROVIDER)?;
    for (name, later, transport, open) in cases {
        assert_eq!(left_open(later.component(transport)?, provider.clone())?, open, "{name}");
    }
    Ok(())
}

#[test]
fn a_provider_of_a_later_contract_serves_a_transport_of_today() -> Result<()> {
    let cases = [
        ("an interface more", Contract::today().with(GAINED)),
        ("a patch version with an interface more", Contract::today().with(GAINED).version("0.1.1")),
    ];
    let transport = Contract::today().component("transport")?;
    for (name, later) in cases {
        let provider = later.component("hinting-provider")?;
        assert_eq!(left_open(transport.clone(), provider)?, [] as [&str; 0], "{name}");
    }
    Ok(())
}

/// Why a record or a variant never changes once it is published.
#[test]
fn a_changed_shape_is_another_type() -> Result<()> {
    let cases = [
        (
            "an optional field more",
            "task-support: option<task-support>,",
            "task-support: option<task-support>, cost: option<f64>,",
            "mismatched type for export `tool-page`: mismatched type for record field `tools`: mismatched type for list \
             element: expected a record field count of 10, found a count of 9",
            "conflicting types: mismatched type for export `tool`: expected a record field count of 9, found a count of 10",
        ),
        (
            "an error more",
            "/// No such tool or prompt.",
            "busy, /// No such tool or prompt.",
            "mismatched type for export `mcp-error`: expected a variant case count of 14, found a count of 13",
            "no matching imports",
        ),
    ];
    let provider = Contract::today().component(PROVIDER)?;
    for (name, from, to, linked, plugged) in cases {
        let transport = Contract::today().changed(from, to).component("transport")?;
        let error = refusal(transport.clone(), provider.clone(), "wasmcp:mcp/tools@0.1.0")?;
        assert!(error.contains(linked), "{name}: {error}");
        let error = left_open(transport, provider.clone()).expect_err("they were plugged");
        assert!(format!("{error:#}").contains(plugged), "{name}: {error:#}");
    }
    Ok(())
}

#[test]
fn another_minor_version_before_1_0_is_another_contract() -> Result<()> {
    let transport = Contract::today().version("0.2.0").component("transport")?;
    let error = left_open(transport, Contract::today().component(PROVIDER)?).expect_err("they were linked");
    assert!(error.to_string().contains("no matching imports"), "{error:#}");
    Ok(())
}
