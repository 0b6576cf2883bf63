//! Finds the components, the contract and the templates that the binary carries. Cargo cannot build components for another target from here, so they are
//! there before: `make components`.

use std::fs;
use std::path::{Path, PathBuf};

/// The target that they are built for: its standard library imports nothing, so they import what they use.
const TRIPLE: &str = "wasm32-unknown-unknown";

const COMPONENTS: [&str; 7] = [
    "transport",
    "secured_transport",
    "router",
    "response_limit",
    "adapter_environment",
    "adapter_http",
    "adapter_wasmcloud",
];

/// The folder of the contract, from the directory of this package, where cargo runs this.
const CONTRACT: &str = "../wit";

/// The folder of the templates. The folder of one is called by this prefix and its language.
const TEMPLATES: (&str, &str) = ("../templates", "wasmcp-");

fn main() -> std::io::Result<()> {
    let components = target_directory().join(TRIPLE).join("component");
    for name in COMPONENTS {
        let file = components.join(format!("{name}.wasm"));
        println!("cargo::rerun-if-changed={}", file.display());
        match file.exists() {
            true => println!("cargo::rustc-env=WASMCP_{}={}", name.to_uppercase(), file.display()),
            false => println!("cargo::error={} is missing: run `make components` first", file.display()),
        }
    }
    println!("cargo::rerun-if-changed={CONTRACT}");
    println!("cargo::rerun-if-changed={}", TEMPLATES.0);
    fs::write(out_directory().join("contract_files.rs"), contract_files()?)?;
    fs::write(out_directory().join("templates.rs"), templates()?)
}

/// A Rust expression: the names and texts of the contract's files.
fn contract_files() -> std::io::Result<String> {
    let mut pairs = String::new();
    for file in
        entries(Path::new(CONTRACT))?.iter().filter(|file| file.extension().is_some_and(|extension| extension == "wit"))
    {
        let name = file.file_name().unwrap_or_default();
        pairs.push_str(&format!("({name:?}, include_str!({:?})), ", fs::canonicalize(file)?));
    }
    Ok(format!("&[{pairs}]"))
}

/// A Rust expression: each language, and the names and texts of the files of its template.
fn templates() -> std::io::Result<String> {
    let mut languages = String::new();
    for folder in entries(Path::new(TEMPLATES.0))? {
        let name = folder.file_name().unwrap_or_default().to_string_lossy();
        let Some(language) = name.strip_prefix(TEMPLATES.1) else { continue };
        let content = folder.join("content");
        let mut pairs = String::new();
        for file in files(&content)? {
            let path = file.strip_prefix(&content).unwrap_or(&file);
            pairs.push_str(&format!("({path:?}, include_str!({:?})), ", fs::canonicalize(&file)?));
        }
        languages.push_str(&format!("({language:?}, &[{pairs}]), "));
    }
    Ok(format!("&[{languages}]"))
}

/// All files below a folder.
fn files(folder: &Path) -> std::io::Result<Vec<PathBuf>> {
    let mut found = Vec::new();
    for path in entries(folder)? {
        match path.is_dir() {
            true => found.extend(files(&path)?),
            false => found.push(path),
        }
    }
    Ok(found)
}

/// What is in a folder, in the order of the names.
fn entries(folder: &Path) -> std::io::Result<Vec<PathBuf>> {
    let mut paths = fs::read_dir(folder)?.map(|entry| Ok(entry?.path())).collect::<std::io::Result<Vec<_>>>()?;
    paths.sort();
    Ok(paths)
}

fn out_directory() -> PathBuf {
    std::env::var_os("OUT_DIR").map(PathBuf::from).unwrap_or_default()
}

/// The target directory. Cargo names only the directory in which this script may write, which lies some levels below it.
fn target_directory() -> PathBuf {
    let out = out_directory();
    let has_components = |directory: &&Path| directory.join(TRIPLE).is_dir();
    out.ancestors().find(has_components).map_or_else(|| Path::new("target").into(), Path::to_owned)
}
