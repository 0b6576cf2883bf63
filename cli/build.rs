//! Finds the components that the binary carries. Cargo cannot build them for another target from here, so they are there
//! before: `make components`.

use std::path::{Path, PathBuf};

/// Each component, with the target that it is built for.
const COMPONENTS: [(&str, &str); 5] = [
    ("transport", "wasm32-wasip2"),
    ("mux", "wasm32-unknown-unknown"),
    ("absent", "wasm32-unknown-unknown"),
    ("adapter_environment", "wasm32-wasip2"),
    ("adapter_wasmcloud", "wasm32-wasip2"),
];

fn main() {
    let target = target_directory();
    for (name, triple) in COMPONENTS {
        let file = target.join(triple).join("component").join(format!("{name}.wasm"));
        println!("cargo::rerun-if-changed={}", file.display());
        match file.exists() {
            true => println!("cargo::rustc-env=WASMCP_{}={}", name.to_uppercase(), file.display()),
            false => println!("cargo::error={} is missing: run `make components` first", file.display()),
        }
    }
}

/// Cargo says only where in it this script may write, some levels below.
fn target_directory() -> PathBuf {
    let out = std::env::var_os("OUT_DIR").map(PathBuf::from).unwrap_or_default();
    let has_components = |directory: &&Path| directory.join("wasm32-wasip2").join("component").is_dir();
    out.ancestors().find(has_components).map_or_else(|| Path::new("target").into(), Path::to_owned)
}
