//! Finds the components that the binary carries. Cargo cannot build them for another target from here, so they are there
//! before: `make components`.

use std::path::{Path, PathBuf};

/// The target that they are built for: its standard library imports nothing, so they import what they use.
const TRIPLE: &str = "wasm32-unknown-unknown";

const COMPONENTS: [&str; 7] =
    ["transport", "router", "mux", "response_limit", "absent", "adapter_environment", "adapter_wasmcloud"];

fn main() {
    let components = target_directory().join(TRIPLE).join("component");
    for name in COMPONENTS {
        let file = components.join(format!("{name}.wasm"));
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
    let has_components = |directory: &&Path| directory.join(TRIPLE).is_dir();
    out.ancestors().find(has_components).map_or_else(|| Path::new("target").into(), Path::to_owned)
}
