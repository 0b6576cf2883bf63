//! Tests of the interfaces that components import, and of one file that `wac plug` alone makes.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test may fail loudly")]

use std::fs;
use std::path::PathBuf;
use std::process::Command;
use std::time::{Duration, Instant};

use wac_graph::types::Package;
use wac_graph::{CompositionGraph, EncodeOptions};
use wasmcp_tests::upstream::{Options, Upstream};
use wasmcp_tests::{Request, Server, Setup, Shell, component, program, scratch};
use wit_component::DecodedWasm;

/// The interface has types only, so that no component has to fill it.
const MODEL: &str = "wasmcp:mcp/model@0.1.0";

/// The interfaces that a component imports and exports.
fn world(wasm: &[u8]) -> (Vec<String>, Vec<String>) {
    let DecodedWasm::Component(resolve, id) = wit_component::decode(wasm).unwrap() else { panic!("not a component") };
    let names = |items: &wit_parser::IndexMap<wit_parser::WorldKey, wit_parser::WorldItem>| {
        items.keys().map(|key| resolve.name_world_key(key)).filter(|name| name != MODEL).collect()
    };
    let world = resolve.worlds.get(id).unwrap();
    (names(&world.imports), names(&world.exports))
}

#[test]
fn the_calculator_needs_nothing() {
    let (imports, exports) = world(&fs::read(component("calculator").unwrap()).unwrap());
    assert!(imports.is_empty(), "{imports:?}");
    assert_eq!(exports, ["wasmcp:mcp/provider@0.1.0", "wasmcp:mcp/tools@0.1.0"]);
}

#[test]
fn one_file_needs_what_every_host_of_http_has() {
    let file = Setup::of(&["calculator", "weather"]).compose().unwrap();
    let (imports, exports) = world(&fs::read(file).unwrap());
    let allowed = ["wasi:cli/", "wasi:clocks/", "wasi:http/", "wasi:io/", "wasi:random/"];
    for import in imports {
        assert!(allowed.iter().any(|prefix| import.starts_with(prefix)), "{import}");
        // wasmCloud 1.9 has WASI up to 0.2.6.
        let patch = import.rsplit_once("@0.2.").and_then(|(_, patch)| patch.parse::<u32>().ok());
        assert!(patch.is_some_and(|patch| patch <= 6), "{import}");
    }
    assert!(exports.iter().any(|export| export.starts_with("wasi:http/incoming-handler@0.2.")), "{exports:?}");
}

/// The two commands of docs/composing.md: `wasmcp filler`, and `wac plug` by the library of `wac`.
#[test]
fn a_filler_and_wac_plug_make_one_file_of_one_provider() {
    let filler = scratch("filler.wasm").unwrap();
    let interfaces = ["resources", "prompts", "completion", "settings", "catalogue"];
    let mut command = Command::new(program("wasmcp").unwrap());
    assert!(command.arg("filler").args(interfaces).arg("-o").arg(&filler).output().unwrap().status.success());

    let mut graph = CompositionGraph::new();
    let mut register = |name: &str, file: PathBuf| {
        let package = Package::from_bytes(name, None, fs::read(file).unwrap(), graph.types_mut()).unwrap();
        graph.register_package(package).unwrap()
    };
    let transport = register("transport", component("transport").unwrap());
    let plugs = vec![register("calculator", component("calculator").unwrap()), register("filler", filler)];
    wac_graph::plug(&mut graph, plugs, transport).unwrap();
    let file = scratch("plugged.wasm").unwrap();
    fs::write(&file, graph.encode(EncodeOptions::default()).unwrap()).unwrap();

    let mut wasmtime = Command::new(program("wasmtime").unwrap());
    let server = Server::spawn(wasmtime.args(["serve", "-Scli", "--addr", "127.0.0.1:0"]).arg(file)).unwrap();
    assert_eq!(server.call("add", r#"{"a":2,"b":3}"#).unwrap(), r#"{"result":5}"#);
}

/// The snapshot that `compose` made has reached the transport.
#[test]
fn a_call_of_one_file_does_not_ask_the_provider_who_it_is() {
    let server = Server::start(Shell::Composed, &Setup::of(&["everything"])).unwrap();
    for _ in 0..2 {
        let answer = server.send(&Request::modern("tools/call", Some("show"))).unwrap().text();
        assert!(answer.contains("everything.test/icon.png"), "what it says of itself: {answer}");
    }
    // The lines of one process come in order, but another thread reads them.
    let deadline = Instant::now() + Duration::from_secs(60);
    let printed = loop {
        let log = server.log();
        match log.split("everything called").collect::<Vec<_>>().as_slice() {
            [before, between, _] => break (before.to_string(), between.to_string()),
            _ => assert!(Instant::now() < deadline, "two calls are not in the log: {log}"),
        }
        std::thread::yield_now();
    };
    assert!(!printed.0.contains("everything described"), "`/readyz` or the first call asked: {}", printed.0);
    assert!(!printed.1.contains("everything described"), "the second call asked: {}", printed.1);
    // A host that has no snapshot asks the provider when it starts, and the provider prints that.
    let native = Server::start(Shell::Native, &Setup::of(&["everything"])).unwrap();
    native.wait_for_log("everything described").unwrap();
}

#[test]
fn a_prefix_settles_who_owns_a_name() {
    let calculator = component("calculator").unwrap();
    let [one, two] = ["one", "two"].map(|name| format!("{name}={}", calculator.display()));
    let file = scratch("prefixed.wasm").unwrap();
    let prefixed = |command: &str| {
        let mut wasmcp = Command::new(program("wasmcp").unwrap());
        wasmcp.args([command, &one, &two, "--prefix", "two=two."]);
        wasmcp
    };
    assert!(prefixed("compose").arg("-o").arg(&file).output().unwrap().status.success());
    let mut composed = Command::new(program("wasmtime").unwrap());
    composed.args(["serve", "-Scli"]).arg(file);
    for (shell, mut command) in [(Shell::Native, prefixed("serve")), (Shell::Composed, composed)] {
        let server = Server::spawn(command.args(["--addr", "127.0.0.1:0"])).unwrap();
        for tool in ["add", "two.add"] {
            assert_eq!(server.call(tool, r#"{"a":2,"b":3}"#).unwrap(), r#"{"result":5}"#, "{shell}, {tool}");
        }
    }
}

/// The provider lists its tools by what another server says. `compose` asks it in a sandbox that has what the options grant, keeps what it
/// says and none of the settings, or leaves the question to the server.
#[test]
fn compose_asks_a_provider_with_what_is_granted_or_leaves_it_to_the_server() {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let upstream = runtime.block_on(Upstream::start(Options::default())).unwrap();
    let hostile = component("hostile").unwrap();
    let file = scratch("asked.wasm").unwrap();
    let compose = |options: &[&str]| {
        let mut compose = Command::new(program("wasmcp").unwrap());
        let out = compose.arg("compose").arg(&hostile).arg("-o").arg(&file).args(options).output().unwrap();
        (out.status.success(), String::from_utf8(out.stderr).unwrap())
    };
    let from = format!("hostile.list-from={}", upstream.authority());
    let place = format!("hostile={}", upstream.authority());
    let set = ["--set", from.as_str(), "--set", "hostile.tools=2"];

    let (composed, said) = compose(&set);
    assert!(
        !composed && said.contains("grant it what it needs by `--set` and `--egress`, or add `--ask-later hostile`"),
        "{said}"
    );
    assert_eq!(upstream.requests(), 0, "no egress was granted");

    let listed = |asked_later: bool| {
        let mut wasmtime = Command::new(program("wasmtime").unwrap());
        let server = Server::spawn(wasmtime.args(["serve", "-Scli", "--addr", "127.0.0.1:0"]).arg(&file)).unwrap();
        let answer = server.send(&Request::modern("tools/list", None)).unwrap().text();
        assert_eq!(answer.contains(r#""name":"tool1""#), !asked_later, "{answer}");
        assert!(answer.contains(r#""name":"send_request""#), "{answer}");
    };
    let (composed, said) = compose(&[&set[..], &["--egress", &place]].concat());
    assert!(composed, "{said}");
    assert_eq!(upstream.requests(), 1, "it was asked once");
    listed(false);

    let (composed, said) = compose(&[&set[..], &["--ask-later", "hostile"]].concat());
    assert!(composed, "{said}");
    assert_eq!(upstream.requests(), 1, "it was not asked");
    // The file keeps no setting, so that the list needs no other server there.
    listed(true);
}
