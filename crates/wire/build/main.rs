//! Lists the records of `wit/` as calls of macros, which `src/` has. So the bytes cannot drift from the contract, and what the macros
//! become is plain code.
#![allow(clippy::indexing_slicing, reason = "what the parser points to is there")]

mod names;
mod records;

use std::path::PathBuf;

use anyhow::{Context as _, Result};
use wit_parser::Resolve;

/// From the directory of this package, where cargo runs this.
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
