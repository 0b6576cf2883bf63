//! The `spin.toml` of each example: it names what the example's Makefile makes, and the hosts that `make run` allows; or the dependencies that
//! make a server of the transport. No Spin reads it here.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test may fail loudly")]

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use toml::{Table, Value};
use wac_graph::types::Package;
use wac_graph::{CompositionGraph, EncodeOptions, PackageId};
use wasmcp_tests::{Server, component, program, scratch};

/// A file of an example.
fn read(example: &str, file: &str) -> String {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("../examples").join(example).join(file);
    fs::read_to_string(&file).unwrap_or_else(|error| panic!("{}: {error}", file.display()))
}

#[test]
fn each_example_is_an_application_of_spin() {
    for language in ["rs", "py", "go", "ts", "js"] {
        let name = format!("weather-{language}");
        let (manifest, makefile): (Table, _) = (read(&name, "spin.toml").parse().unwrap(), read(&name, "Makefile"));

        assert_eq!(manifest["spin_manifest_version"].as_integer(), Some(2), "{name}");
        assert_eq!(manifest["application"]["name"].as_str(), Some(name.as_str()));
        let triggers = manifest["trigger"]["http"].as_array().unwrap();
        let [trigger] = triggers.as_slice() else { panic!("{name}: not one trigger") };
        assert_eq!(trigger["route"].as_str(), Some("/..."), "{name}: the transport has paths beside `/mcp`");

        let component = &manifest["component"][trigger["component"].as_str().unwrap()];
        let source = component["source"].as_str().unwrap();
        assert!(makefile.contains(&format!(" -o {source}\n")), "{name}: `make build` does not make `{source}`");
        assert_eq!(component["build"]["command"].as_str(), Some("make setup build"), "{name}");
        let allowed = makefile.split("--egress weather=").skip(1).filter_map(|rest| rest.split_whitespace().next());
        let allowed: BTreeSet<_> = allowed.map(|host| format!("https://{host}")).collect();
        assert_eq!(texts(&component["allowed_outbound_hosts"]), allowed, "{name}");
    }
}

fn texts(list: &Value) -> BTreeSet<String> {
    list.as_array().unwrap().iter().map(|text| text.as_str().unwrap().to_owned()).collect()
}

/// Spin gives each import the export of its name, of the dependency that names the interface's package (`crates/compose` of Spin 4.0).
#[test]
fn the_dependencies_of_a_manifest_make_a_server_of_the_transport() {
    let manifest: Table = read("spin-dependencies", "spin.toml").parse().unwrap();
    let transport = &manifest["component"]["transport"];
    assert_eq!(transport["source"].as_str(), Some("transport.wasm"));
    let mut graph = CompositionGraph::new();
    let socket = registered(&mut graph, "transport", &filled_transport());
    let instance = graph.instantiate(socket);
    for (name, dependency) in transport["dependencies"].as_table().unwrap() {
        let (package, version) = name.split_once('@').unwrap();
        let file = dependency["path"].as_str().unwrap().strip_suffix(".wasm").unwrap();
        let plug = registered(&mut graph, package, &component(file).unwrap());
        let plug = graph.instantiate(plug);
        let imports: Vec<_> = graph.types()[graph[socket].ty()].imports.keys().cloned().collect();
        let matched =
            |import: &&String| import.starts_with(&format!("{package}/")) && import.ends_with(&format!("@{version}"));
        assert!(imports.iter().filter(matched).count() > 1, "{imports:?}");
        for import in imports.iter().filter(matched) {
            let export = graph.alias_instance_export(plug, import).unwrap_or_else(|error| panic!("{import}: {error}"));
            graph.set_instantiation_argument(instance, import, export).unwrap();
        }
    }
    let handler = graph.types()[graph[socket].ty()].exports.keys().next().cloned().unwrap();
    let export = graph.alias_instance_export(instance, &handler).unwrap();
    graph.export(export, handler).unwrap();
    let file = scratch("spin-dependencies.wasm").unwrap();
    fs::write(&file, graph.encode(EncodeOptions::default()).unwrap()).unwrap();

    let mut wasmtime = Command::new(program("wasmtime").unwrap());
    let server = Server::spawn(wasmtime.args(["serve", "-Scli", "--addr", "127.0.0.1:0"]).arg(file)).unwrap();
    assert_eq!(server.call("add", r#"{"a":2,"b":3}"#).unwrap(), r#"{"result":5}"#);
}

/// What `make build` of the example makes of the transport: the line of the Makefile, and `wac plug` by the library of `wac`.
fn filled_transport() -> PathBuf {
    let makefile = read("spin-dependencies", "Makefile");
    let interfaces = makefile.split_once("$(WASMCP) filler ").unwrap().1.split_once(" -o filler.wasm").unwrap().0;
    let filler = scratch("spin-filler.wasm").unwrap();
    let mut command = Command::new(program("wasmcp").unwrap());
    let ran = command.arg("filler").args(interfaces.split(' ')).arg("-o").arg(&filler).output().unwrap();
    assert!(ran.status.success(), "{}", String::from_utf8_lossy(&ran.stderr));

    let mut graph = CompositionGraph::new();
    let transport = registered(&mut graph, "transport", &component("transport").unwrap());
    let filler = registered(&mut graph, "filler", &filler);
    wac_graph::plug(&mut graph, vec![filler], transport).unwrap();
    let file = scratch("spin-transport.wasm").unwrap();
    fs::write(&file, graph.encode(EncodeOptions::default()).unwrap()).unwrap();
    file
}

fn registered(graph: &mut CompositionGraph, name: &str, file: &Path) -> PackageId {
    let package = Package::from_bytes(name, None, fs::read(file).unwrap(), graph.types_mut()).unwrap();
    graph.register_package(package).unwrap()
}
