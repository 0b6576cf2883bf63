//! What is published is enough to begin with: in an empty folder wkg fetches the contract and the components, wac puts them together, and the file
//! serves. `make test-package` names the registry's program and the command of `make publish`.

mod registry;
mod server;

use std::collections::BTreeSet;
use std::env;
use std::fs;
use std::path::Path;
use std::process::Command;

use futures_util::TryStreamExt;
use wac_graph::types::Package;
use wac_graph::{CompositionGraph, EncodeOptions};
use wasm_pkg_client::caching::{CachingClient, FileCache};
use wasm_pkg_client::{Client, Config, PackageRef};
use wasm_pkg_core::lock::LockFile;
use wasm_pkg_core::manifest::Manifest;
use wasm_pkg_core::wit::{OutputType, fetch_dependencies};
use wit_parser::Resolve;

use registry::{LOGIN, Registry};
use server::Server;

const REPOSITORY: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../..");
/// The version of everything that is published.
const VERSION: &str = "0.1.0";
/// The world of an author who has nothing but the name of the contract.
const WORLD: &str = "package my:server; world server { include wasmcp:mcp/tools-provider@0.1.0; }";
/// What the transport imports and the calculator does not export, as in docs/composing.md.
const FILLED: [&str; 5] = ["resources", "prompts", "completion", "settings", "catalogue"];

#[tokio::test]
async fn an_empty_folder_is_enough_once_it_is_published() {
    let registry = Registry::start();
    let (published, said) = published(&registry.authority, &[]);
    let published = published.unwrap_or_else(|| panic!("{said}"));
    let documented = documented();
    assert!(documented.len() > 10 && documented.is_subset(&published), "{documented:?} is not all in {published:?}");

    let folder = tempfile::tempdir().expect("a temporary folder");
    let client = Client::new(Config::from_toml(&config(&registry.authority)).expect("the configuration of the page"));
    fetch_contract(folder.path(), &client).await;

    let mut graph = CompositionGraph::new();
    let transport = graph_package(&mut graph, "transport", &get(&client, "transport").await);
    let mut plugs = vec![graph_package(&mut graph, "calculator", &get(&client, "calculator").await)];
    for interface in FILLED {
        let name = format!("filler-{interface}");
        let filler = get(&client, &name).await;
        plugs.push(graph_package(&mut graph, &name, &filler));
    }
    wac_graph::plug(&mut graph, plugs, transport).expect("`wac plug` fits them together");
    let file = folder.path().join("mcp-http-server.wasm");
    fs::write(&file, graph.encode(EncodeOptions::default()).expect("a component")).expect("a file");

    let server = Server::start(&file);
    let answer = server.call(r#"{"name":"add","arguments":{"a":1,"b":2}}"#);
    assert!(answer.contains(r#""structuredContent":{"result":3}"#), "{answer}");

    // `make test-package` publishes the examples of two languages.
    for name in ["weather-rs", "weather-js"] {
        let file = folder.path().join(format!("{name}.wasm"));
        fs::write(&file, get(&client, name).await).expect("a file");
        let answer = Server::start(&file).call(r#"{"name":"echo","arguments":{"message":"hello"}}"#);
        assert!(answer.contains(r#""text":"hello""#), "{name}: {answer}");
    }
}

#[test]
fn a_registry_that_asks_for_a_login_gets_the_one_of_the_environment() {
    let registry = Registry::start_with_login();
    let (user, password) = LOGIN;
    let (with_user, with_password) = (("REGISTRY_USER", user), ("REGISTRY_PASSWORD", password));
    for (login, error) in [
        (vec![], "without a login: set `REGISTRY_USER` and `REGISTRY_PASSWORD`"),
        (vec![with_user], "set `REGISTRY_PASSWORD`"),
        (vec![with_password], "set `REGISTRY_USER`"),
        (vec![with_user, ("REGISTRY_PASSWORD", "another")], "with the login of `REGISTRY_USER`"),
    ] {
        let (published, said) = published(&registry.authority, &login);
        assert!(published.is_none() && said.contains(error), "{said}");
        assert!(!said.contains("another"), "{said}");
    }
    let (published, said) = published(&registry.authority, &[with_user, with_password]);
    assert!(published.is_some_and(|names| names.contains("wasmcp:transport")), "{said}");
}

/// Runs the command of `make publish` with these variables, which prints a line for each artifact. Returns the names of those that are packages,
/// if it succeeds, and all that it says.
fn published(authority: &str, login: &[(&str, &str)]) -> (Option<BTreeSet<String>>, String) {
    let command = env::var("WASMCP_PUBLISH").expect("run `make test-package`");
    let output = tempfile::NamedTempFile::new().expect("a temporary file");
    let mut arguments = command.split_whitespace();
    let mut publish = Command::new(arguments.next().expect("a program"));
    publish.current_dir(REPOSITORY).args(arguments).args(["--insecure", "--registry", authority]);
    publish.env_remove("REGISTRY_USER").env_remove("REGISTRY_PASSWORD").envs(login.iter().copied());
    let ran = publish.arg("--output").arg(output.path()).output().expect("the driver runs");
    let said = format!("{}{}", String::from_utf8_lossy(&ran.stdout), String::from_utf8_lossy(&ran.stderr));
    let names = said.lines().filter_map(|line| line.split_once(' '));
    let names = names.filter(|(name, _)| name.starts_with("wasmcp:")).map(|(name, _)| name.to_owned()).collect();
    (ran.status.success().then_some(names), said)
}

/// The section of the page that says what is published.
fn section() -> String {
    let page = fs::read_to_string(Path::new(REPOSITORY).join("docs/composing.md")).expect("the page");
    let (_, rest) = page.split_once("## From a registry").expect("the section");
    rest.split("\n## ").next().unwrap_or_default().to_owned()
}

/// The packages that the page names.
fn documented() -> BTreeSet<String> {
    let section = section();
    let quoted = section.split('`').skip(1).step_by(2);
    quoted
        .filter_map(|text| text.strip_suffix("@0.1.0"))
        .filter(|name| !name.contains('/'))
        .map(str::to_owned)
        .collect()
}

/// The configuration of wkg that the page shows, for this registry.
fn config(authority: &str) -> String {
    let section = section();
    let (_, rest) = section.split_once("```toml\n").expect("a configuration");
    rest.split("```").next().unwrap_or_default().replace("localhost:5000", authority)
}

/// `wkg fetch`: afterwards the world can be resolved from the folder alone.
async fn fetch_contract(folder: &Path, client: &Client) {
    let wit = folder.join("wit");
    fs::create_dir(&wit).and_then(|()| fs::write(wit.join("world.wit"), WORLD)).expect("the author's world");
    let cache = FileCache::new(folder.join("cache")).await.expect("a cache");
    let client = CachingClient::new(Some(client.clone()), cache);
    let mut lock = LockFile::new_with_path([], folder.join("wkg.lock")).await.expect("a lock file");
    fetch_dependencies(&Manifest::default(), &wit, &mut lock, client, OutputType::Wit).await.expect("the contract");
    let mut resolve = Resolve::default();
    let (package, _) = resolve.push_dir(&wit).expect("the world and the contract");
    let world = resolve.select_world(&[package], Some("server")).expect("the world");
    let exports = resolve.worlds[world].exports.keys().map(|key| resolve.name_world_key(key)).collect::<Vec<_>>();
    assert!(exports.contains(&"wasmcp:mcp/tools@0.1.0".to_owned()), "{exports:?}");
}

/// `wkg get wasmcp:NAME@VERSION`.
async fn get(client: &Client, name: &str) -> Vec<u8> {
    let package: PackageRef = format!("wasmcp:{name}").parse().expect("a name");
    let version = VERSION.parse().expect("a version");
    let release = client.get_release(&package, &version).await.unwrap_or_else(|error| panic!("{package}: {error}"));
    let content = client.stream_content(&package, &release).await.unwrap_or_else(|error| panic!("{package}: {error}"));
    content
        .try_fold(Vec::new(), |mut bytes, chunk| async move {
            bytes.extend_from_slice(&chunk);
            Ok(bytes)
        })
        .await
        .unwrap_or_else(|error| panic!("{package}: {error}"))
}

fn graph_package(graph: &mut CompositionGraph, name: &str, component: &[u8]) -> wac_graph::PackageId {
    let package = Package::from_bytes(name, None, component, graph.types_mut()).expect(name);
    graph.register_package(package).expect(name)
}
