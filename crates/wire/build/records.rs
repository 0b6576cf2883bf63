//! The list of the types of the interface `model`.

use std::fmt::Write as _;

use anyhow::{Context as _, Result, bail, ensure};
use wit_parser::{PackageId, Resolve, TypeDef, TypeDefKind};

use crate::names::{field, shouty, upper_camel};

/// A call of `record!`, `variant!` or `flags!` for each type. An enum is a variant without payloads, in Rust and in bytes.
pub(crate) fn list(resolve: &Resolve, package: PackageId) -> Result<String> {
    let mut out = String::new();
    for (name, of) in types(resolve, package)? {
        let name = upper_camel(name);
        match &of.kind {
            TypeDefKind::Record(record) => {
                let fields: Vec<_> = record.fields.iter().map(|one| field(&one.name)).collect();
                writeln!(out, "record! {{ {name} {{ {} }} }}", fields.join(", "))?;
            }
            TypeDefKind::Variant(variant) => {
                let cases = variant.cases.iter().map(|case| (case.name.as_str(), case.ty.is_some()));
                writeln!(out, "variant! {{ {name} {{ {} }} }}", numbered(cases)?)?;
            }
            TypeDefKind::Enum(of) => {
                let cases = of.cases.iter().map(|case| (case.name.as_str(), false));
                writeln!(out, "variant! {{ {name} {{ {} }} }}", numbered(cases)?)?;
            }
            TypeDefKind::Flags(flags) => {
                let names: Vec<_> = flags.flags.iter().map(|flag| shouty(&flag.name)).collect();
                // Flags have as many bytes as they need. Three bytes and more are not implemented.
                let bits = match names.len() {
                    1..=8 => "u8",
                    9..=16 => "u16",
                    count => bail!("`{name}` has {count} flags, 1 to 16 can be encoded"),
                };
                writeln!(out, "flags! {{ {name}: {bits} {{ {} }} }}", names.join(", "))?;
            }
            // A second name of a type is an alias in Rust, with the same bytes.
            _ => {}
        }
    }
    Ok(out)
}

/// The same types as one call of `types!`, so that the tests leave none out.
pub(crate) fn names(resolve: &Resolve, package: PackageId) -> Result<String> {
    let mut out = "types! {\n".to_owned();
    for (name, of) in types(resolve, package)? {
        use TypeDefKind::{Enum, Flags, Record, Variant};
        if matches!(of.kind, Record(_) | Variant(_) | Enum(_) | Flags(_)) {
            writeln!(out, "{},", upper_camel(name))?;
        }
    }
    Ok(out + "}\n")
}

fn types(resolve: &Resolve, package: PackageId) -> Result<impl Iterator<Item = (&String, &TypeDef)>> {
    let model = resolve.packages[package].interfaces.get("model").context("the contract has no interface `model`")?;
    Ok(resolve.interfaces[*model].types.iter().map(|(name, id)| (name, &resolve.types[*id])))
}

/// `0 Text(value), 1 Image(value), 2 None`
fn numbered<'a>(cases: impl ExactSizeIterator<Item = (&'a str, bool)>) -> Result<String> {
    ensure!(cases.len() <= 128, "a discriminant of more than one byte is not implemented");
    let case = |(index, (name, payload)): (usize, (&str, bool))| {
        format!("{index} {}{}", upper_camel(name), if payload { "(value)" } else { "" })
    };
    Ok(cases.enumerate().map(case).collect::<Vec<_>>().join(", "))
}
