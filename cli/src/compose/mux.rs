//! The mux for a number of providers, made of the built-in one.
//!
//! # Design
//! A component imports an interface once, and the number of providers is known only when they are composed. So `components/mux` imports the
//! contract once and calls `select` with a provider's number before each call. Its core module is rewritten here:
//! ```text
//! (import "wasmcp:mcp/tools@0.1.0" "call-tool")         (import "wasmcp:mux/provider0-tools" "call-tool")
//!                                                  ->   (import "wasmcp:mux/provider1-tools" "call-tool")
//!                                                       (func: by the global, call the one or the other)
//! (import "$root" "select")                        ->   (func: set the global)
//! (import "$root" "exports-function")              ->   (func: by a table, whether the provider has the function)
//! ```
//! Then it is made a component again, of a world with the interfaces that each provider exports under names of their own. Every provider is
//! one hop away, and costs a request its own instance and an import of the one mux for each function that it exports. The alternative, muxes of a fixed size that are nested,
//! copies a call once for each level.

mod dispatch;

use std::fmt::Write as _;

use wasmparser::{Parser, Payload};
use wit_component::WitPrinter;

use super::builtin_components::MUX;
use super::generated_component::{GenerateError, Wit};

/// The package of the imports of the providers.
const PACKAGE: &str = "wasmcp:mux";

/// The interfaces of the contract that one provider exports, by their full names.
pub(crate) type ExportedInterfaces = Vec<&'static str>;

/// A mux of several providers. It imports `wasmcp:mux/providerN-INTERFACE` for each of them and each interface that it exports, and
/// `wasmcp:composition/catalogue`, and exports all interfaces of a provider.
pub(crate) fn mux(providers: &[ExportedInterfaces]) -> Result<Vec<u8>, GenerateError> {
    let module = dispatch::rewrite(core_module(MUX)?, providers)?;
    let mut wit = Wit::read()?;
    let world = world(&wit, providers)?;
    wit.encode(module, &world)
}

/// The provider and the interface of the contract that an import of a mux stands for, if it stands for any.
pub(crate) fn provider_import(import: &str) -> Option<(usize, &'static str)> {
    let (provider, interface) = import.strip_prefix(PACKAGE)?.strip_prefix("/provider")?.split_once('-')?;
    let interface = contract::INTERFACES.iter().find(|full| short(full) == interface)?;
    Some((provider.parse().ok()?, interface))
}

/// The name of an imported interface in the mux's package.
fn import_name(provider: usize, interface: &str) -> String {
    format!("provider{provider}-{}", short(interface))
}

/// The name of an interface of the contract without package and version.
fn short(interface: &str) -> &str {
    let name = interface.split_once('/').map_or(interface, |(_, name)| name);
    name.split_once('@').map_or(name, |(name, _)| name)
}

/// The WIT of the mux's world.
fn world(wit: &Wit, providers: &[ExportedInterfaces]) -> Result<String, GenerateError> {
    // The interfaces are printed as members of the mux's package: what they use of the contract is then spelt with its package.
    let mut resolve = wit.resolve.clone();
    let package = resolve.push_source("mux.wit", &format!("package {PACKAGE};")).map_err(GenerateError::Wit)?;
    let (mut interfaces, mut imports, mut exports) = (String::new(), String::new(), String::new());
    for name in contract::INTERFACES {
        let id = resolve.packages.get(wit.contract).and_then(|contract| contract.interfaces.get(short(name)).copied());
        let interface = id.and_then(|id| resolve.interfaces.get(id));
        let mut copy =
            interface.cloned().ok_or_else(|| GenerateError::Mux(format!("`{name}` is not in the contract")))?;
        copy.package = Some(package);
        let copy = resolve.interfaces.alloc(copy);
        let mut printer = WitPrinter::default();
        printer.emit_docs(false).print_interface(&resolve, copy).map_err(GenerateError::Wit)?;
        let body = printer.output.to_string();
        for (provider, _) in providers.iter().enumerate().filter(|(_, exported)| exported.contains(name)) {
            let import = import_name(provider, name);
            let _ = writeln!(interfaces, "interface {import} {{ {body} }}");
            let _ = writeln!(imports, "import {import};");
        }
        let _ = writeln!(exports, "export {name};");
    }
    Ok(format!(
        "package {PACKAGE};\n{interfaces}\nworld mux {{ import wasmcp:composition/catalogue@0.1.0;\n{imports}{exports} }}"
    ))
}

/// The core module of a component, which is the first of its modules; those after it belong to the component's own plumbing.
fn core_module(component: &[u8]) -> Result<&[u8], GenerateError> {
    for payload in Parser::new(0).parse_all(component) {
        let payload = payload.map_err(|error| GenerateError::Mux(error.to_string()))?;
        if let Payload::ModuleSection { unchecked_range, .. } = payload {
            return component.get(unchecked_range).ok_or_else(|| GenerateError::Mux("it is cut short".to_owned()));
        }
    }
    Err(GenerateError::Mux("it has no module".to_owned()))
}
