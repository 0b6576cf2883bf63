//! The engine depends on no provider: no name of a provider, of a tool or of a prompt, and no URI of a resource is in `crates/`, outside of
//! its own tests. The names are those that the providers list, so that a new one is checked from its first day.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test may fail loudly")]

use std::fs;
use std::path::{Path, PathBuf};

use serde_json::Value;
use wasmcp_tests::{Server, Setup, Shell};

const CRATES: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../crates");

/// The directories of providers; each provider is in a folder of its name.
const PROVIDERS: [&str; 2] = [
    concat!(env!("CARGO_MANIFEST_DIR"), "/../components/providers"),
    concat!(env!("CARGO_MANIFEST_DIR"), "/providers"),
];

/// A provider that `wasmcp serve` does not run, and a whole server: they list nothing.
const UNSERVED: [&str; 2] = ["rpc-attacker", "broken-server"];

/// Each list, the member of its result, and the member by which its items are named.
const LISTS: [(&str, &str, &str); 4] = [
    ("tools/list", "tools", "name"),
    ("prompts/list", "prompts", "name"),
    ("resources/list", "resources", "uri"),
    ("resources/templates/list", "resourceTemplates", "uriTemplate"),
];

#[test]
fn no_name_of_a_provider_is_in_the_engine() {
    let files = sources(Path::new(CRATES));
    assert!(files.len() > 20, "only {} files under crates/", files.len());
    let folders = PROVIDERS.into_iter().flat_map(|folder| fs::read_dir(folder).unwrap());
    let providers: Vec<String> = folders.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    let listed: Vec<String> = providers.iter().flat_map(|provider| listed(provider)).collect();
    // Only whole literals count, since the names are everyday words. A provider's name also counts at the start of a setting.
    let settings = providers.iter().map(|provider| format!("\"{provider}."));
    let literals = providers.iter().chain(&listed).map(|name| format!("\"{name}\"")).chain(settings);
    let literals: Vec<String> = literals.collect();
    for file in files {
        let text = fs::read_to_string(&file).unwrap();
        // Tests are the last part of a file. Doc comments may show examples, as code cannot depend on them.
        let code = text.split("#[cfg(test)]\nmod tests {").next().unwrap_or_default();
        let lines = code.lines().filter(|line| !line.trim_start().starts_with("//"));
        // It names the functions of Rego, one of which is called as a tool is.
        let is_of_rego = file.ends_with("policy/src/functions.rs");
        for (line, literal) in lines.flat_map(|line| literals.iter().map(move |literal| (line, literal))) {
            assert!(!line.contains(literal) || is_of_rego, "{} has {literal}: {line}", file.display());
        }
    }
}

/// Everything that a provider lists.
fn listed(provider: &str) -> Vec<String> {
    if UNSERVED.contains(&provider) {
        return Vec::new();
    }
    let server = Server::start(Shell::Native, &Setup::of(&[provider])).unwrap();
    let names: Vec<String> =
        LISTS.into_iter().flat_map(|(method, items, name)| names(&server, method, items, name)).collect();
    assert!(!names.is_empty(), "{provider} lists nothing");
    names
}

/// The names on all pages of a list. A provider without such a list has none.
fn names(server: &Server, method: &str, items: &str, name: &str) -> Vec<String> {
    match server.pages("2025-11-25", method) {
        Ok(pages) => {
            let items = pages.iter().flat_map(|page| page.get(items).and_then(Value::as_array).unwrap());
            items.map(|item| item.get(name).and_then(Value::as_str).unwrap().to_owned()).collect()
        }
        Err(error) if error.to_string().contains("-32601") => Vec::new(),
        Err(error) => panic!("{error:#}"),
    }
}

/// Every source file except tests, which are in files and folders called `tests`, or `…_tests`.
fn sources(dir: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(dir).unwrap().map(|entry| entry.unwrap().path());
    let product = entries.filter(|path| !path.file_stem().is_some_and(|stem| stem.to_string_lossy().contains("tests")));
    let files = product.flat_map(|path| if path.is_dir() { sources(&path) } else { vec![path] });
    files.filter(|path| path.extension().is_some_and(|extension| extension == "rs")).collect()
}
