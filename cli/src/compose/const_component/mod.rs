//! A component whose functions answer with constants and do nothing. In a composed file there is one: it fills what providers and the host
//! lack, and tells the other components what only `compose` knows, since a component has no arguments.
//!
//! # Design
//! - It has no more exports than are needed. A composition needs one such component, since an instance costs each request more than an export
//!   does. `wac plug` takes every export that fits and refuses two for one import, so that there a filler must have no more than is missing.
//! - A function that fills answers `not-offered`, as the contract says of a host that lacks a service. A setting is not set, there is no
//!   snapshot of the catalogue, no provider to select and no policy, and callers need a token. `provider` has no filler, since a component without it is no provider.

mod filler;
mod module;

use catalog::SnapshotParts;
use wit_parser::abi::{AbiVariant, WasmType};
use wit_parser::{InterfaceId, Resolve, SizeAlign};

use super::authorization::Authorization;
use super::generated_component::{GenerateError, Wit, encode};
use module::{Answer, ConstFunction, ValType};

/// The environment of providers is empty: in one file they would otherwise share that of the process, and could read each other's
/// settings there.
const ENVIRONMENT: &str = "wasi:cli/environment@0.2.0";
const ENVIRONMENT_WIT: &str = "package wasi:cli@0.2.0 { interface environment {
    get-environment: func() -> list<tuple<string, string>>;
    get-arguments: func() -> list<string>;
    initial-cwd: func() -> option<string>;
} }";
/// The bytes of an empty list and of an absent value in memory, the larger of the two: all of them are zero.
const EMPTY: usize = 12;

/// The interfaces of the package `wasmcp:composition` that a transport imports.
const COMPOSITION_INTERFACES: [&str; 2] = ["catalogue", "authorization"];

/// What a component is told, by the interface through which the component gets it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Constant {
    /// `wasmcp:composition/catalogue`, for the transport and the router.
    Snapshot(SnapshotParts),
    /// `wasmcp:composition/authorization`, for the transport.
    Authorization(Authorization),
    /// `wasmcp:composition/provider-name`, for a settings adapter.
    ProviderName(String),
}

/// A component that is being made.
pub(crate) struct ConstComponent {
    wit: Wit,
    sizes: SizeAlign,
    functions: Vec<ConstFunction>,
    constants: Vec<Constant>,
    /// The exports in WIT.
    exports: Vec<String>,
}

impl ConstComponent {
    /// A component without any function.
    pub(crate) fn new() -> Result<Self, GenerateError> {
        let wit = Wit::read()?;
        let mut sizes = SizeAlign::default();
        sizes.fill(&wit.resolve);
        Ok(Self { wit, sizes, functions: Vec::new(), constants: Vec::new(), exports: Vec::new() })
    }

    /// Every interface that can be filled, by its full name, for example `wasmcp:mcp/tools@0.1.0`.
    pub(crate) fn fillable(&self) -> Vec<String> {
        self.interfaces().map(|(name, _)| name).collect()
    }

    /// Exports an interface whose functions answer that they are not offered. It is given by its full name, or by its own name alone.
    pub(crate) fn fill(&mut self, interface: &str) -> Result<(), GenerateError> {
        let is_given = |name: &str| name == interface || name.split(['/', '@']).nth(1) == Some(interface);
        let Some((interface, id)) = self.interfaces().find(|(name, _)| is_given(name)) else {
            return Err(GenerateError::UnknownInterface { interface: interface.to_owned(), fillable: self.fillable() });
        };
        let export = format!("export {interface};");
        if self.exports.contains(&export) {
            return Ok(());
        }
        let resolve = &self.wit.resolve;
        for function in resolve.interfaces.get(id).into_iter().flat_map(|interface| interface.functions.values()) {
            let name = format!("{interface}#{}", function.name);
            let answer = filler::answer(resolve, &self.sizes, id, function);
            let answer = answer.ok_or_else(|| GenerateError::Unfillable(name.clone()))?;
            self.functions.push(ConstFunction { name, params: params(resolve, function), answer });
        }
        self.exports.push(export);
        Ok(())
    }

    /// Exports a constant, and says under which name. Hosts of wasmCloud 1.9 refuse a name of which a word begins with a digit.
    pub(crate) fn tell(&mut self, constant: &Constant) -> String {
        let known = self.constants.iter().position(|known| known == constant);
        let index = known.unwrap_or(self.constants.len());
        let export = match constant {
            Constant::Snapshot(_) => format!("snapshot{index}"),
            Constant::Authorization(_) => format!("authorization{index}"),
            Constant::ProviderName(_) => format!("provider-name{index}"),
        };
        if known.is_some() {
            return export;
        }
        self.constants.push(constant.clone());
        let mut function = |name: &str, params, answer| {
            self.functions.push(ConstFunction { name: format!("{export}#{name}"), params, answer });
        };
        let functions = match constant {
            Constant::Snapshot(SnapshotParts { index, records }) => {
                function("snapshot-index", Vec::new(), Answer::SomeText(index.clone()));
                function("snapshot-record", vec![ValType::I32], Answer::NumberedTexts(records.clone()));
                "snapshot-index: func() -> option<string>; snapshot-record: func(number: u32) -> option<string>;"
            }
            Constant::Authorization(Authorization { asks_for_tokens, policy }) => {
                let policy = policy.clone().map_or(Answer::Bytes(vec![0; EMPTY]), Answer::SomeText);
                function("serves-anonymous-callers", Vec::new(), Answer::Number(i32::from(!asks_for_tokens)));
                function("policy", Vec::new(), policy);
                "serves-anonymous-callers: func() -> bool; policy: func() -> option<string>;"
            }
            Constant::ProviderName(text) => {
                function("get", Vec::new(), Answer::Text(text.clone()));
                "get: func() -> string;"
            }
        };
        self.exports.push(format!("export {export}: interface {{ {functions} }}"));
        export
    }

    /// Exports an environment in which there is nothing, and says under which name.
    pub(crate) fn empty_environment(&mut self) -> &'static str {
        let export = format!("export {ENVIRONMENT};");
        if !self.exports.contains(&export) {
            self.exports.push(export);
            for name in ["get-environment", "get-arguments", "initial-cwd"] {
                let name = format!("{ENVIRONMENT}#{name}");
                self.functions.push(ConstFunction { name, params: Vec::new(), answer: Answer::Bytes(vec![0; EMPTY]) });
            }
        }
        ENVIRONMENT
    }

    /// The component, or none if it has no exports.
    pub(crate) fn encode(mut self) -> Result<Option<Vec<u8>>, GenerateError> {
        if self.exports.is_empty() {
            return Ok(None);
        }
        let exports = self.exports.join(" ");
        let world = format!("package wasmcp:constants; world constants {{ {exports} }} {ENVIRONMENT_WIT}");
        encode(&mut self.wit.resolve, module::module(&self.functions)?, &world).map(Some)
    }

    /// The interfaces of the contract that have functions, but for `provider`, and those of `wasmcp:composition` that a transport imports.
    fn interfaces(&self) -> impl Iterator<Item = (String, InterfaceId)> {
        let resolve = &self.wit.resolve;
        let package = |id| resolve.packages.get(id).into_iter().flat_map(|package| &package.interfaces);
        let contract = package(self.wit.contract).filter(|(name, _)| *name != "provider");
        let interfaces = contract
            .chain(package(self.wit.composition).filter(|(name, _)| COMPOSITION_INTERFACES.contains(&name.as_str())));
        interfaces.filter_map(|(_, id)| {
            let has_functions = resolve.interfaces.get(*id).is_some_and(|interface| !interface.functions.is_empty());
            if has_functions { Some((resolve.id_of(*id)?, *id)) } else { None }
        })
    }
}

/// The parameters of a function as the canonical ABI passes them. More than 16 are one address.
fn params(resolve: &Resolve, function: &wit_parser::Function) -> Vec<ValType> {
    let signature = resolve.wasm_signature(AbiVariant::GuestExport, function);
    let core = |of: &WasmType| match of {
        WasmType::I32 | WasmType::Pointer | WasmType::Length => ValType::I32,
        WasmType::I64 | WasmType::PointerOrI64 => ValType::I64,
        WasmType::F32 => ValType::F32,
        WasmType::F64 => ValType::F64,
    };
    signature.params.iter().map(core).collect()
}
