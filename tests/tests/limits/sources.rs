//! What the code has: the constants of its sources, and the defaults of its options and settings.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value;
use wasmcp_tests::program;

/// Where bounds are.
const FOLDERS: [&str; 9] = [
    "cli/src",
    "crates/server/src",
    "crates/catalog/src",
    "crates/protocol/src",
    "crates/http-service/src",
    "crates/state/src",
    "crates/auth/src",
    "crates/policy/src",
    "crates/settings/src",
];
/// What these folders have besides: generated components have no bounds.
const LEFT_OUT: &str = "cli/src/compose/const_component";

/// A constant that may be a bound.
pub(crate) struct Constant {
    pub(crate) file: String,
    pub(crate) name: String,
    kind: String,
    value: String,
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("the workspace").to_owned()
}

/// A file of the workspace.
pub(crate) fn read(path: &str) -> String {
    fs::read_to_string(root().join(path)).unwrap_or_else(|error| panic!("{path}: {error}"))
}

/// The constants that are numbers or times. One that is another constant's value under a second name is left out.
pub(crate) fn constants() -> Vec<Constant> {
    let mut files = Vec::new();
    for folder in FOLDERS {
        collect(&root().join(folder), &mut files);
    }
    let mut constants = Vec::new();
    for file in files {
        let path = file.strip_prefix(root()).expect("below the root").to_str().expect("a name").to_owned();
        if path.starts_with(LEFT_OUT) || path.contains("tests") {
            continue;
        }
        let source = read(&path);
        let code = source.split("#[cfg(test)]\nmod tests {").next().unwrap_or_default();
        constants.extend(code.lines().filter_map(|line| constant(&path, line)));
    }
    constants
}

fn collect(folder: &Path, files: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap_or_else(|error| panic!("{}: {error}", folder.display())) {
        let path = entry.expect("an entry").path();
        match path.is_dir() {
            true => collect(&path, files),
            false if path.extension().is_some_and(|extension| extension == "rs") => files.push(path),
            false => {}
        }
    }
}

/// The constant that a line defines.
fn constant(file: &str, line: &str) -> Option<Constant> {
    let (_, definition) =
        line.split_once("const ").filter(|(before, _)| before.trim().is_empty() || before.starts_with("pub"))?;
    let (name, rest) = definition.split_once(": ")?;
    let (kind, value) = rest.split_once(" = ")?;
    let value = value.split(';').next()?;
    let is_number = matches!(kind, "usize" | "u16" | "u32" | "u64" | "Duration");
    let is_second_name = value.contains("::") && !value.starts_with("Duration::");
    (is_number && !is_second_name).then(|| Constant {
        file: file.to_owned(),
        name: name.to_owned(),
        kind: kind.to_owned(),
        value: value.to_owned(),
    })
}

/// The ways in which a page may write the value of a constant.
pub(crate) fn of_constant(file: &str, name: &str) -> Vec<String> {
    let found = read(file).lines().filter_map(|line| constant(file, line)).find(|constant| constant.name == name);
    let found = found.unwrap_or_else(|| panic!("{file} has no constant {name}"));
    if found.kind == "Duration" {
        let ms = match found.value.strip_prefix("Duration::").and_then(|call| call.strip_suffix(')')?.split_once('(')) {
            Some(("from_secs", seconds)) => number(seconds) * 1000,
            Some(("from_millis", ms)) => number(ms),
            _ => panic!("{file}: {name} is {}", found.value),
        };
        return of_ms(ms);
    }
    let number = number(&found.value);
    if name.ends_with("_MS") { of_ms(number) } else { of_number(number) }
}

/// The value of a literal, a product or a shift.
fn number(text: &str) -> u64 {
    let literal = |text: &str| text.trim().replace('_', "").parse::<u64>().unwrap_or_else(|_| panic!("`{text}`"));
    match (text.split_once("<<"), text.split_once('*')) {
        (Some((left, right)), _) => literal(left) << literal(right),
        (None, Some((left, right))) => literal(left) * number(right),
        (None, None) => literal(text),
    }
}

fn of_number(number: u64) -> Vec<String> {
    let units = [(1 << 10, "KiB"), (1 << 20, "MiB")];
    let sizes = units
        .iter()
        .filter(|(unit, _)| number.is_multiple_of(*unit))
        .map(|(unit, name)| format!("{} {name}", number / unit));
    std::iter::once(number.to_string()).chain(sizes).collect()
}

fn of_ms(ms: u64) -> Vec<String> {
    let seconds = ms.is_multiple_of(1000).then(|| format!("{} s", ms / 1000));
    std::iter::once(format!("{ms} ms")).chain(seconds).collect()
}

/// Whether two texts differ in spaces alone.
pub(crate) fn same(one: &str, other: &str) -> bool {
    one.replace(' ', "") == other.replace(' ', "")
}

/// The options of `wasmcp serve` and their defaults.
pub(crate) fn options() -> BTreeMap<String, String> {
    let help = output(&["serve", "--help"]);
    let mut options = BTreeMap::new();
    let mut last = String::new();
    let mut words = help.split_whitespace();
    while let Some(word) = words.next() {
        if word.starts_with("--") {
            last = word.to_owned();
            options.insert(last.clone(), String::new());
        }
        if word == "[default:" {
            let default = words.next().unwrap_or_default().trim_end_matches(']');
            options.insert(last.clone(), default.to_owned());
        }
    }
    options
}

/// The settings and the ways in which a page may write their defaults.
pub(crate) fn settings() -> BTreeMap<String, Vec<String>> {
    let table: Value = serde_json::from_str(&output(&["settings", "--json"])).expect("JSON");
    let rows = table.as_array().expect("a list").iter().map(|row| {
        let text = |name: &str| row.get(name).and_then(Value::as_str).unwrap_or_default().to_owned();
        let (key, default) = (text("key"), text("default"));
        let written = match default.parse() {
            Ok(ms) if key.ends_with("-ms") => of_ms(ms),
            Ok(number) => of_number(number),
            Err(_) => vec![default],
        };
        (key, written)
    });
    rows.collect()
}

fn output(arguments: &[&str]) -> String {
    let output = Command::new(program("wasmcp").unwrap()).args(arguments).output().unwrap();
    String::from_utf8(output.stdout).expect("text")
}
