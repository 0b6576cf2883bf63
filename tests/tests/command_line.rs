//! What `wasmcp` says when it cannot start: one line, and an exit code that scripts notice.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test may fail loudly")]

use std::fs;
use std::net::TcpListener;
use std::process::Command;

use wasmcp_tests::{Server, Setup, Shell, component, program, scratch};

/// A file that a test makes.
fn file(name: &str, bytes: &[u8]) -> String {
    let path = scratch(name).unwrap();
    fs::write(&path, bytes).unwrap();
    path.display().to_string()
}

fn fails_with(arguments: &[&str], line: &str) {
    let output = Command::new(program("wasmcp").unwrap()).args(arguments).output().unwrap();
    let said = String::from_utf8(output.stderr).unwrap();
    assert_eq!(said, format!("wasmcp: {line}\n"), "wasmcp {}", arguments.join(" "));
    assert_eq!(output.status.code(), Some(1), "wasmcp {}", arguments.join(" "));
}

/// Served and composed alike.
fn neither_serves_nor_composes(providers: &[&str], line: &str) {
    fails_with(&[&["serve", "--addr", "127.0.0.1:0"], providers].concat(), line);
    let made = scratch("never.wasm").unwrap();
    fails_with(&[&["compose", "-o", &made.display().to_string()], providers].concat(), line);
    assert!(!made.exists(), "`{}` was made of {providers:?}", made.display());
}

#[test]
fn a_file_that_is_not_there() {
    neither_serves_nor_composes(
        &["missing.wasm"],
        "cannot read `missing.wasm`: No such file or directory (os error 2)",
    );
}

#[test]
fn a_file_that_is_not_webassembly() {
    let text = file("text.wasm", b"hello");
    neither_serves_nor_composes(&[&text], &format!("`{text}` is not WebAssembly"));
}

#[test]
fn a_core_module() {
    let module = file("module.wasm", b"\0asm\x01\0\0\0");
    neither_serves_nor_composes(
        &[&module],
        &format!(
            "`{module}` is a core module, not a component: build it for `wasm32-wasip2`, or make a component of it with `wasm-tools component new`"
        ),
    );
}

#[test]
fn a_component_of_another_world() {
    let empty = file("empty.wasm", b"\0asm\x0d\0\x01\0");
    let wanted = "a provider exports `wasmcp:mcp/provider@0.1.0`, a composed server `wasi:http/incoming-handler`";
    neither_serves_nor_composes(&[&empty], &format!("`{empty}` has the wrong world: it exports nothing; {wanted}"));
}

#[test]
fn two_providers_with_one_tool_name() {
    let calculator = component("calculator").unwrap().display().to_string();
    let (one, two) = (format!("one={calculator}"), format!("two={calculator}"));
    let line = "providers `one` and `two` both have the tool `add`: give one of them a prefix of its own, such as `--prefix two=two.`";
    neither_serves_nor_composes(&[&one, &two], line);
}

#[test]
fn a_port_in_use() {
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let addr = taken.local_addr().unwrap().to_string();
    let calculator = component("calculator").unwrap().display().to_string();
    let line = format!("cannot listen on {addr}: Address already in use (os error 98)");
    fails_with(&["serve", "--addr", &addr, &calculator], &line);
}

#[test]
fn settings_that_cannot_be_used() {
    let calculator = component("calculator").unwrap().display().to_string();
    let cases = [
        ("transport.body-limit=4MB", "setting `body-limit` is not a whole number from 1 to 2147483647"),
        ("weather.key=value", "the settings name a provider `weather`, which is not served; there is `calculator`"),
    ];
    for (setting, line) in cases {
        fails_with(&["serve", "--addr", "127.0.0.1:0", &calculator, "--set", setting], line);
    }
}

/// The cache deletes what it does not know from its folder, so that must be nobody else's.
#[test]
fn the_cache_is_a_folder_of_its_own() {
    let cache = scratch("cache").unwrap();
    fs::create_dir_all(&cache).unwrap();
    fs::write(cache.join("precious"), "").unwrap();
    let setup = Setup::of(&["calculator"]).flags(&["--cache-dir", &cache.display().to_string()]);
    drop(Server::start(Shell::Native, &setup).unwrap());
    let mut found: Vec<_> = fs::read_dir(&cache).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    found.sort();
    assert_eq!(found, ["compiled", "precious"]);
}
