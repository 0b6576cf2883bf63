//! The transport for its providers, made of the built-in one.
//!
//! # Design
//! A component imports an interface once, and the number of providers is known only when they are composed. So `components/transport` imports
//! the contract once and calls `select-provider` with a provider's number before each call. Its core module is rewritten here:
//! ```text
//! (import "wasmcp:mcp/tools@0.1.0" "call-tool")         (import "wasmcp:transport/provider0-tools" "call-tool")
//!                                                  ->   (import "wasmcp:transport/provider1-tools" "call-tool")
//!                                                       (func: by the global, call the one or the other)
//! (import "…/catalogue@0.1.0" "select-provider")   ->   (func: set the global)
//! (import "…/catalogue@0.1.0" "exports-function")  ->   (func: by a table, whether the provider has the function)
//! (import "…/catalogue@0.1.0" "provider-count")    ->   (func: their number)
//! ```
//! Then it is made a component again, of a world with the interfaces that each provider exports under names of their own. So a call goes from
//! the transport straight to its provider, and a request costs no instance and no import but those that it may use.

mod dispatch;

use std::fmt::Write as _;

use wasmparser::{Parser, Payload};
use wit_component::{DecodedWasm, WitPrinter};
use wit_parser::{Resolve, WorldId, WorldItem};

use super::builtin_components::{SECURED_TRANSPORT, TRANSPORT};
use super::generated_component::{GenerateError, encode};

/// The package of the imports of the providers.
const PACKAGE: &str = "wasmcp:transport";

/// The interfaces of the contract that one provider exports, by their full names.
pub(crate) type ExportedInterfaces = Vec<&'static str>;

/// A transport of these providers. In the place of the contract it imports `wasmcp:transport/providerN-INTERFACE` for each of them and each
/// interface that it exports. Without any it keeps the imports of the contract, for a router. One that every client may call is a smaller
/// component.
pub(crate) fn transport(is_open: bool, providers: &[ExportedInterfaces]) -> Result<Vec<u8>, GenerateError> {
    let built = if is_open { TRANSPORT } else { SECURED_TRANSPORT };
    let module = dispatch::rewrite(core_module(built)?, providers)?;
    let decoded = wit_component::decode(built).map_err(GenerateError::Wit)?;
    let DecodedWasm::Component(mut resolve, built) = decoded else {
        return Err(GenerateError::Transport("it is no component".to_owned()));
    };
    let world = world(&resolve, built, providers)?;
    encode(&mut resolve, module, &world)
}

/// The provider and the interface of the contract that an import of a transport stands for, if it stands for any.
pub(crate) fn provider_import(import: &str) -> Option<(usize, &'static str)> {
    let (provider, interface) = import.strip_prefix(PACKAGE)?.strip_prefix("/provider")?.split_once('-')?;
    let interface = contract::INTERFACES.iter().find(|full| short(full) == interface)?;
    Some((provider.parse().ok()?, interface))
}

/// The name of an imported interface in the transport's package.
fn import_name(provider: usize, interface: &str) -> String {
    format!("provider{provider}-{}", short(interface))
}

/// The name of an interface of the contract without package and version.
fn short(interface: &str) -> &str {
    let name = interface.split_once('/').map_or(interface, |(_, name)| name);
    name.split_once('@').map_or(name, |(name, _)| name)
}

/// The WIT of the transport's world: that of the one that was built, with the interfaces of the providers in the place of the contract's.
fn world(resolve: &Resolve, built: WorldId, providers: &[ExportedInterfaces]) -> Result<String, GenerateError> {
    // The interfaces are printed as members of this package: what they use of the contract is then spelt with its package.
    let mut copies = resolve.clone();
    let package = copies.push_source("transport.wit", &format!("package {PACKAGE};")).map_err(GenerateError::Wit)?;
    let (mut interfaces, mut items) = (String::new(), String::new());
    let built = resolve.worlds.get(built).cloned();
    let built = built.ok_or_else(|| GenerateError::Transport("it has no world".to_owned()))?;
    for (key, item) in &built.imports {
        let name = resolve.name_world_key(key);
        let (true, WorldItem::Interface { id, .. }) = (contract::INTERFACES.contains(&name.as_str()), item) else {
            let _ = writeln!(items, "import {name};");
            continue;
        };
        if providers.is_empty() {
            let _ = writeln!(items, "import {name};");
        }
        let interface = resolve.interfaces.get(*id).cloned();
        let mut copy = interface.ok_or_else(|| GenerateError::Transport(format!("it lacks `{name}`")))?;
        copy.package = Some(package);
        let copy = copies.interfaces.alloc(copy);
        let mut printer = WitPrinter::default();
        printer.emit_docs(false).print_interface(&copies, copy).map_err(GenerateError::Wit)?;
        let body = printer.output.to_string();
        for (provider, _) in providers.iter().enumerate().filter(|(_, exported)| exported.contains(&name.as_str())) {
            let import = import_name(provider, &name);
            let _ = writeln!(interfaces, "interface {import} {{ {body} }}");
            let _ = writeln!(items, "import {import};");
        }
    }
    for key in built.exports.keys() {
        let _ = writeln!(items, "export {};", resolve.name_world_key(key));
    }
    Ok(format!("package {PACKAGE};\n{interfaces}\nworld transport {{ {items} }}"))
}

/// The core module of a component, which is the first of its modules; those after it belong to the component's own plumbing.
fn core_module(component: &[u8]) -> Result<&[u8], GenerateError> {
    for payload in Parser::new(0).parse_all(component) {
        let payload = payload.map_err(|error| GenerateError::Transport(error.to_string()))?;
        if let Payload::ModuleSection { unchecked_range, .. } = payload {
            return component
                .get(unchecked_range)
                .ok_or_else(|| GenerateError::Transport("it is cut short".to_owned()));
        }
    }
    Err(GenerateError::Transport("it has no module".to_owned()))
}
