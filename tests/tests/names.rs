//! The engine knows no provider: no name of a tool or of a provider stands in `crates/`, outside of its own tests.

#![allow(clippy::unwrap_used, reason = "a test may fail loudly")]

use std::fs;
use std::path::{Path, PathBuf};

const CRATES: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../crates");

/// Where providers are, each in a folder of its name.
const PROVIDERS: [&str; 2] = [
    concat!(env!("CARGO_MANIFEST_DIR"), "/../components/providers"),
    concat!(env!("CARGO_MANIFEST_DIR"), "/providers"),
];

/// Their tools by their literals, as their names are everyday words.
const TOOLS: [&str; 27] = [
    "\"add\"",
    "\"subtract\"",
    "\"multiply\"",
    "\"divide\"",
    "\"echo\"",
    "get_weather",
    "multi_weather",
    "\"spin\"",
    "\"grow\"",
    "\"trap\"",
    "\"leave\"",
    "\"flood\"",
    "\"babble\"",
    "\"pry\"",
    "\"fetch\"",
    "\"record\"",
    "\"record_again\"",
    "\"once\"",
    "\"show\"",
    "\"count\"",
    "\"forever\"",
    "\"ask\"",
    "\"refuse\"",
    "\"remember\"",
    "\"wait\"",
    "\"hoard\"",
    "\"garble\"",
];

#[test]
fn no_tool_is_known_by_name() {
    let files = sources(Path::new(CRATES));
    assert!(files.len() > 20, "only {} files under crates/", files.len());
    let providers = PROVIDERS.into_iter().flat_map(|folder| fs::read_dir(folder).unwrap());
    let providers = providers.map(|entry| entry.unwrap().file_name().into_string().unwrap());
    let names: Vec<String> = providers.chain(TOOLS.map(str::to_owned)).collect();
    for file in files {
        let text = fs::read_to_string(&file).unwrap();
        // Tests in the file stand last in it. What a doc comment shows is no knowledge either.
        let code = text.split("#[cfg(test)]\nmod tests {").next().unwrap_or_default();
        let lines = code.lines().filter(|line| !line.trim_start().starts_with("//"));
        for (line, name) in lines.flat_map(|line| names.iter().map(move |name| (line, name))) {
            assert!(!line.contains(name), "{} names `{name}`: {line}", file.display());
        }
    }
}

/// Every source file but those that are tests: files and folders called `tests`, or `…_tests`.
fn sources(dir: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(dir).unwrap().map(|entry| entry.unwrap().path());
    let product = entries.filter(|path| !path.file_stem().is_some_and(|stem| stem.to_string_lossy().contains("tests")));
    let files = product.flat_map(|path| if path.is_dir() { sources(&path) } else { vec![path] });
    files.filter(|path| path.extension().is_some_and(|extension| extension == "rs")).collect()
}
