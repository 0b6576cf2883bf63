//! Lists the records of `wit/` as calls of macros that `src/` defines. So the bytes cannot drift from the contract, and the code that the
//! macros expand to is plain code of this crate.
#![allow(clippy::indexing_slicing, reason = "the indexes come from the parser, which checked them")]
#![allow(clippy::print_stdout, reason = "so a build script talks to cargo")]

mod names;
mod records;

use std::path::PathBuf;

use anyhow::{Context as _, Result};
use wit_parser::Resolve;

/// The folder of the contract, seen from this package, where cargo runs the script.
const CONTRACT: &str = "../../wit";

fn main() -> Result<()> {
    println!("cargo::rerun-if-changed={CONTRACT}");
    println!("cargo::rerun-if-changed=build");
    let mut resolve = Resolve::default();
    let (package, _) = resolve.push_dir(CONTRACT)?;
    let out = PathBuf::from(std::env::var_os("OUT_DIR").context("cargo names no OUT_DIR")?);
    std::fs::write(out.join("records.rs"), records::list(&resolve, package)?)?;
    std::fs::write(out.join("types.rs"), records::names(&resolve, package)?)?;
    Ok(())
}
