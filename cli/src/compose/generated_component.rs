//! Makes a component of a core module that `compose` generated and the WIT of its world.

use std::num::TryFromIntError;

use wit_component::{ComponentEncoder, StringEncoding, embed_component_metadata};
use wit_parser::{PackageId, Resolve, SourceMap};

/// The files of `wit/`, as pairs of name and text. The build script lists them.
pub(crate) const CONTRACT: &[(&str, &str)] = include!(concat!(env!("OUT_DIR"), "/contract_files.rs"));

/// The interfaces of our own components, beside those of the contract.
const COMPOSITION: &str = include_str!("../../../components/wit/composition.wit");

/// Why a component cannot be generated. All but the first two are errors of this program.
#[derive(Debug, thiserror::Error)]
pub(crate) enum GenerateError {
    /// No filler has this interface.
    #[error("no filler has the interface `{interface}`: there are {}", .fillable.join(", "))]
    UnknownInterface { interface: String, fillable: Vec<String> },
    /// The texts or the providers are too many for a component.
    #[error("the composition is too large for one component")]
    TooLarge(#[from] TryFromIntError),
    /// A function of the contract has an answer that cannot say `not-offered`.
    #[error("a filler cannot answer `{0}`")]
    Unfillable(String),
    /// The transport is not a component as `components/transport` is.
    #[error("the built-in transport cannot be rewritten: {0}")]
    Transport(String),
    /// The WIT is not valid.
    #[error("the WIT of a generated component cannot be read")]
    Wit(#[source] anyhow::Error),
    /// The module does not fit its WIT.
    #[error("a generated component cannot be encoded")]
    Encode(#[source] anyhow::Error),
}

/// The WIT of the contract and of our own interfaces.
#[derive(Clone)]
pub(crate) struct Wit {
    pub(crate) resolve: Resolve,
    /// The package `wasmcp:mcp`.
    pub(crate) contract: PackageId,
    /// The package `wasmcp:composition`.
    pub(crate) composition: PackageId,
}

impl Wit {
    /// Reads the files that this program carries.
    pub(crate) fn read() -> Result<Self, GenerateError> {
        let mut files = SourceMap::new();
        for (name, text) in CONTRACT {
            files.push(name.as_ref(), *text);
        }
        let group = files.parse().map_err(|(_, error)| GenerateError::Wit(error.into()))?;
        let mut resolve = Resolve::default();
        let contract = resolve.push_group(group).map_err(|error| GenerateError::Wit(error.into()))?;
        let composition = resolve.push_source("composition.wit", COMPOSITION).map_err(GenerateError::Wit)?;
        Ok(Self { resolve, contract, composition })
    }
}

/// A component of this core module. The text is a WIT package that has one world, which is the component's.
pub(crate) fn encode(resolve: &mut Resolve, mut module: Vec<u8>, world: &str) -> Result<Vec<u8>, GenerateError> {
    let package = resolve.push_source("generated.wit", world).map_err(GenerateError::Wit)?;
    let world = resolve.select_world(&[package], None).map_err(GenerateError::Wit)?;
    embed_component_metadata(&mut module, resolve, world, StringEncoding::UTF8)
        .and_then(|()| ComponentEncoder::default().module(&module)?.validate(true).encode())
        .map_err(GenerateError::Encode)
}
