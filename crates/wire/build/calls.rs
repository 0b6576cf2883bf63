//! The functions of a provider: those that the world `consumer` imports.

use std::fmt::Write as _;

use anyhow::{Context as _, Result};
use wit_parser::{PackageId, Resolve, WorldItem};

use crate::names::upper_camel;

/// One `interfaces!`: each interface with its identifier and its functions.
pub(crate) fn list(resolve: &Resolve, package: PackageId) -> Result<String> {
    let consumer = resolve.packages[package].worlds.get("consumer").context("the contract has no world `consumer`")?;
    let mut out = "interfaces! {\n".to_owned();
    for item in resolve.worlds[*consumer].imports.values() {
        let WorldItem::Interface { id, .. } = item else { continue };
        let interface = &resolve.interfaces[*id];
        // That of the records has none.
        if interface.functions.is_empty() {
            continue;
        }
        let id = resolve.id_of(*id).context("an interface without an identifier")?;
        writeln!(out, "    {id:?} {{")?;
        for function in interface.functions.keys() {
            writeln!(out, "        {} {function:?},", upper_camel(function))?;
        }
        writeln!(out, "    }}")?;
    }
    Ok(out + "}\n")
}
