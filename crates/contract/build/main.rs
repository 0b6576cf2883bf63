//! Lists the functions of `wit/capabilities.wit` as one macro, `for_each_function!`, from which `src/` makes a type for each of them, the
//! trait `Provider`, and the code by which components import and export them. So none of these can drift from the contract.
#![allow(clippy::indexing_slicing, reason = "what the parser points to is there")]
#![allow(clippy::print_stdout, reason = "so a build script talks to cargo")]

mod functions;

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
    std::fs::write(out.join("functions.rs"), functions::list(&resolve, package)?)?;
    Ok(())
}
