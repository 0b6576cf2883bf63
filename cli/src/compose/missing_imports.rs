//! Compares what a composed file imports with the WASI of the hosts that it is for, by type and version.

use std::collections::BTreeMap;

use wac_graph::types::{ItemKind, Package, Type, Types, WorldId, validate_target};
use wit_parser::Resolve;

use super::generated_component::GenerateError;

/// The packages of a version of WASI, each after those that it uses. `cli/wasi/` has them as crates of wasmtime publish them.
macro_rules! wasi {
    ($version:literal) => {
        [
            include_str!(concat!("../../wasi/", $version, "/io.wit")),
            include_str!(concat!("../../wasi/", $version, "/clocks.wit")),
            include_str!(concat!("../../wasi/", $version, "/random.wit")),
            include_str!(concat!("../../wasi/", $version, "/filesystem.wit")),
            include_str!(concat!("../../wasi/", $version, "/sockets.wit")),
            include_str!(concat!("../../wasi/", $version, "/cli.wit")),
            include_str!(concat!("../../wasi/", $version, "/http.wit")),
        ]
    };
}

/// What a host offers to a composed file.
struct Host {
    /// Its name, and the version of WASI, as a message has them.
    name: &'static str,
    wasi: [&'static str; 7],
    /// A package of one world, whose imports are what the host offers.
    world: &'static str,
}

/// The hosts that run a file made for `wasmtime` or `spin`: the file is the same. What both offer beside WASI 0.2 is of different versions.
const HOSTS: [Host; 2] = [
    Host {
        name: "the WASI 0.2.12 of `wasmtime serve -Scli`",
        wasi: wasi!("0.2.12"),
        // `Serve::add_to_linker` of the crate wasmtime-cli 48.0.8.
        world: "package wasmcp:wasmtime;
            world host { include wasi:cli/imports@0.2.12; import wasi:http/outgoing-handler@0.2.12; }",
    },
    Host {
        name: "the WASI 0.2.6 of Spin 4",
        wasi: wasi!("0.2.6"),
        // Of the world `platform` of Spin's package `spin:up@4.0.0`.
        world: "package wasmcp:spin;
            world host { include wasi:cli/imports@0.2.6; import wasi:http/outgoing-handler@0.2.6; }",
    },
];

/// An import that hosts lack.
pub(super) struct MissingImport {
    pub(super) import: String,
    /// Which hosts, as a message has them.
    pub(super) hosts: String,
    /// How the types differ, or that there is no such interface.
    pub(super) reason: String,
}

/// The first import that a host lacks, but for those that the author allows.
pub(super) fn missing_import(file: &[u8], allowed: &[String]) -> Result<Option<MissingImport>, GenerateError> {
    let mut missing: BTreeMap<String, (Vec<&str>, String)> = BTreeMap::new();
    for host in &HOSTS {
        for (import, reason) in host.lacks(file).map_err(GenerateError::Wit)? {
            missing.entry(import).or_insert_with(|| (Vec::new(), reason)).0.push(host.name);
        }
    }
    let mut missing = missing.into_iter().filter(|(import, _)| !allowed.contains(import));
    Ok(missing.next().map(|(import, (hosts, reason))| MissingImport { import, hosts: hosts.join(" nor "), reason }))
}

impl Host {
    /// The imports that this host does not offer, each with the reason.
    fn lacks(&self, file: &[u8]) -> anyhow::Result<BTreeMap<String, String>> {
        let mut types = Types::default();
        let offered = self.world(&mut types)?;
        let file = Package::from_bytes("wasmcp:file", None, file, &mut types)?;
        let Err(report) = validate_target(&types, offered, file.ty()) else { return Ok(BTreeMap::new()) };
        let absent = report.imports_not_in_target().map(|name| (name.to_owned(), "no such interface".to_owned()));
        let other = report.mismatched_types().map(|(name, _, error)| (name.to_owned(), format!("{error:#}")));
        // An interface of types alone needs nothing of a host.
        Ok(absent.chain(other).filter(|(import, _)| !import.starts_with("wasmcp:mcp/model@")).collect())
    }

    /// The world of what it offers.
    fn world(&self, types: &mut Types) -> anyhow::Result<WorldId> {
        let mut resolve = Resolve::default();
        for package in self.wasi {
            resolve.push_source("wasi.wit", package)?;
        }
        let package = resolve.push_source("host.wit", self.world)?;
        let encoded = wit_component::encode(&resolve, package)?;
        let package = Package::from_bytes("wasmcp:host", None, encoded, types)?;
        // A package is encoded as a component that exports a type for each world, in which is the world itself.
        let Some(ItemKind::Type(Type::World(outer))) = types[package.ty()].exports.get("host") else {
            anyhow::bail!("the package has no world `host`");
        };
        match types[*outer].exports.values().next() {
            Some(ItemKind::Component(world)) => Ok(*world),
            _ => anyhow::bail!("the world `host` is not encoded as a component"),
        }
    }
}
