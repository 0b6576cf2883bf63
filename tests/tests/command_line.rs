//! Tests of starts that fail: `wasmcp` prints one line, and ends with an exit code that scripts notice.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test may fail loudly")]

use std::fs;
use std::net::TcpListener;
use std::process::{Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use wasmcp_tests::{Server, Setup, Shell, component, program, scratch};

/// A file that a test makes.
fn file(name: &str, bytes: &[u8]) -> String {
    let path = scratch(name).unwrap();
    fs::write(&path, bytes).unwrap();
    path.display().to_string()
}

/// A component that exports the name of a provider's interface, with a `describe` of the wrong type. `imports` and `module` are added to it.
fn provider(name: &str, imports: &str, module: &str) -> String {
    let text = format!(
        r#"(component {imports}
            (core module $module (func (export "describe")) {module})
            (core instance $instance (instantiate $module))
            (func $describe (canon lift (core func $instance "describe")))
            (instance $provider (export "describe" (func $describe)))
            (export "wasmcp:mcp/provider@0.1.0" (instance $provider)))"#
    );
    file(name, &wat::parse_str(text).unwrap())
}

/// The lines on standard error of a start that fails.
fn fails(arguments: &[&str]) -> Vec<String> {
    let mut command = Command::new(program("wasmcp").unwrap());
    let mut wasmcp = command.args(arguments).stdout(Stdio::null()).stderr(Stdio::piped()).spawn().unwrap();
    // The program may have to compile first, on a machine that is busy.
    let deadline = Instant::now() + Duration::from_secs(180);
    while wasmcp.try_wait().unwrap().is_none() {
        if Instant::now() > deadline {
            wasmcp.kill().unwrap();
            panic!("wasmcp {} goes on", arguments.join(" "));
        }
        thread::yield_now();
    }
    let output = wasmcp.wait_with_output().unwrap();
    assert_eq!(output.status.code(), Some(1), "wasmcp {}", arguments.join(" "));
    let said = String::from_utf8(output.stderr).unwrap();
    // A line announces a long compilation; whether there is one depends on what was compiled before.
    said.lines().filter(|line| !line.starts_with("wasmcp: compiling ")).map(str::to_owned).collect()
}

fn fails_with(arguments: &[&str], line: &str) {
    assert_eq!(fails(arguments), [format!("wasmcp: {line}")], "wasmcp {}", arguments.join(" "));
}

/// Neither `serve` nor `compose` takes these providers, for the same reason.
fn neither_serves_nor_composes(providers: &[&str], line: &str) {
    fails_with(&[&["serve", "--addr", "127.0.0.1:0"], providers].concat(), line);
    let made = scratch("never.wasm").unwrap();
    fails_with(&[&["compose", "-o", &made.display().to_string()], providers].concat(), line);
    assert!(!made.exists(), "`{}` was made of {providers:?}", made.display());
}

#[test]
fn a_file_that_does_not_exist() {
    neither_serves_nor_composes(
        &["missing.wasm"],
        "cannot read `missing.wasm`: No such file or directory (os error 2)",
    );
}

#[test]
fn a_file_that_is_not_webassembly() {
    let text = file("text.wasm", b"hello");
    let said = "is not WebAssembly: `wasmcp build` makes a component of a project, and `wasmcp new` begins one";
    neither_serves_nor_composes(&[&text], &format!("`{text}` {said}"));
}

#[test]
fn a_folder() {
    let folder = scratch("project").unwrap();
    fs::create_dir_all(&folder).unwrap();
    let folder = folder.display().to_string();
    let said =
        "is a folder: give the component in it, which `wasmcp build` makes of a project, or run `wasmcp dev` there";
    neither_serves_nor_composes(&[&folder], &format!("`{folder}` {said}"));
}

#[test]
fn a_limit_of_memory_without_a_unit() {
    let said = "`--limit-memory` of 256 bytes is less than a page of memory: give a unit, such as `256MiB`";
    fails_with(&["serve", "--limit-memory", "256", "weather.wasm"], said);
}

#[test]
fn a_core_module() {
    let module = file("module.wasm", b"\0asm\x01\0\0\0");
    neither_serves_nor_composes(
        &[&module],
        &format!(
            "`{module}` is a core module, not a component: build it for `wasm32-wasip2`, or turn it into a component with `wasm-tools component new`"
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
fn a_provider_that_this_host_cannot_run() {
    let thing = r#"(import "other:things/thing@1.0.0" (instance (export "f" (func))))"#;
    let shape = "does not have the contract's types: failed to convert function to given type: \
                 type mismatch with parameters: expected 1-tuple, found 0-tuple";
    let cases = [
        ("shape.wasm", "", "", shape),
        ("import.wasm", thing, "", "imports `other:things/thing@1.0.0`, which this host does not provide"),
        (
            "start.wasm",
            "",
            "(func $trap unreachable) (start $trap)",
            "cannot start: trapped: wasm `unreachable` instruction executed",
        ),
    ];
    for (name, imports, module, said) in cases {
        let file = provider(name, imports, module);
        neither_serves_nor_composes(&[&file], &format!("`{file}` {said}"));
    }
    let endless = provider("endless.wasm", "", "(func $spin (loop (br 0))) (start $spin)");
    let serve = ["serve", "--addr", "127.0.0.1:0", "--limit-time", "300ms", &endless];
    fails_with(&serve, &format!("`{endless}` cannot start: exceeded its time limit of 300ms (`--limit-time`)"));
}

/// The host first logs in full why the call failed.
#[test]
fn a_provider_that_does_not_say_what_it_has() {
    let hostile = component("hostile").unwrap().display().to_string();
    let cases = [
        (
            "describe=spin",
            "cannot describe itself: provider `hostile` exceeded its time limit of 300ms (`--limit-time`)",
        ),
        (
            "describe=wait",
            "cannot describe itself: provider `hostile` exceeded its time limit of 300ms (`--limit-time`)",
        ),
        (
            "describe=trap",
            "cannot describe itself: provider `hostile` trapped: wasm `unreachable` instruction executed",
        ),
        (
            "list-tools=spin",
            "cannot list its tools: provider `hostile` exceeded its time limit of 300ms (`--limit-time`)",
        ),
        (
            "list-tools=leave",
            "cannot list its tools: provider `hostile` exited with status 0 instead of returning a result",
        ),
    ];
    for (setting, said) in cases {
        let set = format!("hostile.{setting}");
        let said = format!("wasmcp: provider `hostile` {said}");
        let serve = ["serve", "--addr", "127.0.0.1:0", "--limit-time", "300ms", "--set", &set, &hostile];
        let all = fails(&serve);
        assert_eq!(all.last(), Some(&said), "{setting}: {all:?}");
    }
}

#[test]
fn two_providers_with_one_tool_name() {
    let calculator = component("calculator").unwrap().display().to_string();
    let (one, two) = (format!("one={calculator}"), format!("two={calculator}"));
    let line = "providers `one` and `two` both have the tool `add`: give one of them a prefix of its own, such as `--prefix two=two.`";
    neither_serves_nor_composes(&[&one, &two], line);
}

#[test]
fn a_lattice_is_told_the_prefixes_where_it_is_deployed() {
    let calculator = component("calculator").unwrap().display().to_string();
    let (one, two) = (format!("one={calculator}"), format!("two={calculator}"));
    let folder = scratch("prefixed").unwrap().display().to_string();
    let arguments = ["compose", "--for", "lattice", &one, &two, "--prefix", "two=two.", "-o", &folder];
    let output = Command::new(program("wasmcp").unwrap()).args(arguments).output().unwrap();
    let said = String::from_utf8_lossy(&output.stdout);
    assert!(said.contains(" and `router.providers: one,two=two.` in wadm.yaml"), "{output:?}");
}

#[test]
fn a_project_without_a_language_or_with_a_name_that_is_none() {
    fails_with(&["new", "hello"], "say which language: `wasmcp new hello --lang LANGUAGE`");
    fails_with(&["new", "--lang", "go"], "say what to call it: `wasmcp new NAME --lang go`");
    fails_with(
        &["new", "../hello", "--lang", "go"],
        "a project cannot be called `../hello`: take words of small letters and digits that begin with a letter, with `-` between them, and not `transport`, `auth` or `policy`",
    );
    let there = scratch("new").unwrap();
    fs::create_dir_all(there.join("file")).unwrap();
    let there = there.display().to_string();
    fails_with(
        &["new", "hello", "--lang", "go", "--output", &there],
        &format!("`{there}` is not empty: name another folder by `--output`"),
    );
}

#[test]
fn a_port_in_use() {
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let addr = taken.local_addr().unwrap().to_string();
    let calculator = component("calculator").unwrap().display().to_string();
    let line =
        format!("cannot listen on {addr}: Address already in use (os error 98); choose another address with `--addr`");
    fails_with(&["serve", "--addr", &addr, &calculator], &line);
}

#[test]
fn settings_that_cannot_be_used() {
    let calculator = component("calculator").unwrap().display().to_string();
    let one_file = Setup::of(&["calculator"]).compose().unwrap().display().to_string();
    let limit = "setting `transport.body-limit` is not a whole number from 1 to 2147483647";
    let unknown = "the server has no setting `transport.limit`; it has `allowed-hosts`, `allowed-origins`, `body-limit`, `result-limit`, \
                   `call-timeout-ms`, `total-timeout-ms`, `max-legs`, `views`, `name`, `version`, `title`, `instructions`";
    let not_served = "the settings name a provider `weather`, which is not served; there is `calculator`";
    for (file, setting, line) in [
        (&calculator, "transport.body-limit=4MB", limit),
        (&one_file, "transport.body-limit=4MB", limit),
        (&calculator, "transport.limit=4", unknown),
        (&one_file, "transport.limit=4", unknown),
        (&calculator, "weather.key=value", not_served),
    ] {
        fails_with(&["serve", "--addr", "127.0.0.1:0", file, "--set", setting], line);
    }
}

#[test]
fn options_with_invalid_values() {
    let calculator = component("calculator").unwrap().display().to_string();
    let one_file = Setup::of(&["calculator"]).compose().unwrap().display().to_string();
    let unknown = |option: &str| {
        format!("`{option}` names a provider `other`, which is not among the files; the providers are `calculator`")
    };
    let unnamed = "`--prefix x.` names no provider: write PROVIDER=PREFIX";
    let served: [(&[&str], &str); 9] = [
        (&[&calculator], "two components have the name `calculator`: write NAME=FILE for one of them"),
        (&["--egress", "other=example.com"], &unknown("--egress")),
        (&["--limit-time", "other=1s"], &unknown("--limit-time")),
        (&["--limit-memory", "other=1MiB"], &unknown("--limit-memory")),
        (&["--limit-result", "other=1MiB"], &unknown("--limit-result")),
        (&["--limit-state", "other=1MiB"], &unknown("--limit-state")),
        (&["--prefix", "other=x."], &unknown("--prefix")),
        (&["--prefix", "x."], unnamed),
        (&[&format!("one={one_file}")], "a composed file is a whole server: serve it alone, without other files"),
    ];
    for (arguments, line) in served {
        fails_with(&[&["serve", "--addr", "127.0.0.1:0", &calculator], arguments].concat(), line);
    }
    let stateful = ["serve", "--addr", "127.0.0.1:0", "--limit-state", "1MiB", &format!("one={one_file}")];
    fails_with(&stateful, "`--limit-state` is an option for providers: a composed file keeps no state");
    let prefixed = ["serve", "--addr", "127.0.0.1:0", "--prefix", "one=x.", &format!("one={one_file}")];
    fails_with(
        &prefixed,
        "`--prefix` is an option for providers: pass it to `wasmcp compose` when the file is composed",
    );

    let folder = scratch("composed").unwrap();
    fs::create_dir_all(&folder).unwrap();
    let own = file("composed/own.wasm", &fs::read(&calculator).unwrap());
    let (folder, made) = (folder.display().to_string(), scratch("never.wasm").unwrap().display().to_string());
    let taken = |path: &str| format!("`{path}` would overwrite a provider: choose another path with `--output`");
    let composed: [(&[&str], &str); 4] = [
        (
            &["-o", &made, "--prefix", "other=x."],
            "`--prefix` names a provider `other`, which is not among the files; the providers are `own`",
        ),
        (&["-o", &made, "--prefix", "x."], unnamed),
        (&["-o", &own], &taken(&own)),
        (&["-o", &folder, "--for", "lattice"], &taken(&folder)),
    ];
    for (arguments, line) in composed {
        fails_with(&[&["compose", &own], arguments].concat(), line);
        assert_eq!(fs::read(&own).unwrap(), fs::read(&calculator).unwrap(), "{arguments:?} wrote over a provider");
    }
}

/// The system's default directory for caches may not be writable, as a server may have no home directory. So only a directory that the
/// operator names must be.
#[test]
fn a_cache_that_cannot_be_used_is_an_error_if_it_was_asked_for() {
    let calculator = component("calculator").unwrap().display().to_string();
    let nowhere = format!("{}/cache", file("no-folder", b""));
    let all = fails(&["serve", "--addr", "127.0.0.1:0", "--cache-dir", &nowhere, &calculator]);
    let said = format!(
        "wasmcp: cannot cache compiled components in `{nowhere}` (choose another directory with `--cache-dir` of `serve` or "
    );
    assert!(all.len() == 1 && all.concat().starts_with(&said), "{all:?}");

    let made = scratch("without-cache.wasm").unwrap().display().to_string();
    for (variable, is_made) in [("WASMCP_CACHE_DIR", false), ("XDG_CACHE_HOME", true)] {
        let mut command = Command::new(program("wasmcp").unwrap());
        command.args(["compose", &calculator, "-o", &made]).env_remove("WASMCP_CACHE_DIR").env(variable, &nowhere);
        let output = command.output().unwrap();
        assert_eq!(output.status.success(), is_made, "{variable}: {output:?}");
        let said = String::from_utf8_lossy(&output.stderr);
        assert!(said.contains("cannot cache compiled components in `"), "{variable}: {said}");
    }
}

/// The cache deletes unknown files from its folder, so that no other program may use that folder.
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
