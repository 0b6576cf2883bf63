//! The commands of `wit-bindgen` and `wasm-tools` that a Go author needs, built on their libraries with the same arguments: to install these
//! programs takes twenty minutes. It takes exactly the commands of `docs/providers.md`.

use std::{env, fs, path::Path};

use anyhow::{Context, Result, bail};
use wasi_preview1_component_adapter_provider::{
    WASI_SNAPSHOT_PREVIEW1_ADAPTER_NAME, WASI_SNAPSHOT_PREVIEW1_REACTOR_ADAPTER,
};
use wit_bindgen_core::{Files, wit_parser as bindings_parser};
use wit_component::{ComponentEncoder, StringEncoding, embed_component_metadata};
use wit_parser::Resolve;

fn main() -> Result<()> {
    let arguments: Vec<_> = env::args().skip(1).collect();
    match arguments.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        ["go", "--world", world, "--out-dir", folder, wit] => bindings(wit, world, Path::new(folder)),
        ["component", "embed", "--world", world, wit, module, "-o", out] => embed(wit, world, module, out),
        // The adapter comes from its crate, which has the file of wasmtime's release.
        ["component", "new", module, "--adapt", _, "-o", out] => component(module, out),
        _ => bail!("not a command of docs/providers.md: {}", arguments.join(" ")),
    }
}

/// `wit-bindgen go --world WORLD --out-dir FOLDER WIT`.
fn bindings(wit: &str, world: &str, folder: &Path) -> Result<()> {
    let mut resolve = bindings_parser::Resolve::default();
    let (package, _) = resolve.push_path(wit)?;
    let world = resolve.select_world(&[package], Some(world))?;
    let mut files = Files::default();
    wit_bindgen_go::Opts::default().build().generate(&mut resolve, world, &mut files)?;
    for (name, bytes) in files.iter() {
        let path = folder.join(name);
        fs::create_dir_all(path.parent().context("no folder")?)?;
        fs::write(path, bytes)?;
    }
    Ok(())
}

/// `wasm-tools component embed --world WORLD WIT MODULE -o OUT`.
fn embed(wit: &str, world: &str, module: &str, out: &str) -> Result<()> {
    let mut resolve = Resolve::default();
    let (package, _) = resolve.push_path(wit)?;
    let world = resolve.select_world(&[package], Some(world))?;
    let mut module = fs::read(module).with_context(|| format!("`{module}` cannot be read"))?;
    embed_component_metadata(&mut module, &resolve, world, StringEncoding::UTF8)?;
    Ok(fs::write(out, module)?)
}

/// `wasm-tools component new MODULE --adapt ADAPTER -o OUT`.
fn component(module: &str, out: &str) -> Result<()> {
    let module = fs::read(module).with_context(|| format!("`{module}` cannot be read"))?;
    let mut encoder = ComponentEncoder::default()
        .module(&module)?
        .adapter(WASI_SNAPSHOT_PREVIEW1_ADAPTER_NAME, WASI_SNAPSHOT_PREVIEW1_REACTOR_ADAPTER)?
        .validate(true);
    Ok(fs::write(out, encoder.encode()?)?)
}
