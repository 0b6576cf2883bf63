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
    println!("cargo::rerun-if-env-changed=CARGO_TARGET_DIR");
    let target = std::env::var_os("CARGO_TARGET_DIR").map_or_else(default_target, PathBuf::from);
    for (name, triple) in COMPONENTS {
        let file = target.join(triple).join("component").join(format!("{name}.wasm"));
        println!("cargo::rerun-if-changed={}", file.display());
        match file.exists() {
            true => println!("cargo::rustc-env=WASMCP_{}={}", name.to_uppercase(), file.display()),
            false => println!("cargo::error={} is missing: run `make components` first", file.display()),
        }
    }
}

fn default_target() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../target")
}
