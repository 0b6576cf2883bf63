//! Tests of the package that `wkg build` makes of `wit/`: any tool reads the same text back.

use wasm_pkg_client::caching::{CachingClient, FileCache};
use wasm_pkg_core::{lock::LockFile, manifest::Manifest, wit::build_package};
use wit_component::{DecodedWasm, WitPrinter};
use wit_parser::Resolve;

const CONTRACT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../wit");

/// The text of a package with everything that the binary form has, which includes documentation comments.
fn printed(resolve: &Resolve, package: wit_parser::PackageId) -> String {
    let mut printer = WitPrinter::default();
    printer.print(resolve, package, &[]).expect("a resolved package prints");
    printer.output.to_string()
}

#[tokio::test]
async fn the_contract_packs_without_a_registry_and_reads_back_the_same() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    // The resolver has no client, so that any dependency is an error: the contract must have none.
    let cache = FileCache::new(folder.path().join("cache")).await.expect("a cache");
    let offline = CachingClient::new(None, cache);
    let mut lock = LockFile::new_with_path([], folder.path().join("wkg.lock")).await.expect("a lock file");

    let (name, version, wasm) =
        build_package(&Manifest::default(), CONTRACT, &mut lock, offline).await.expect("the contract packs");
    assert_eq!((name.to_string(), version.map(|v| v.to_string())), ("wasmcp:mcp".into(), Some("0.1.0".into())));
    assert!(lock.packages.is_empty(), "the contract depends on {:?}", lock.packages);

    let DecodedWasm::WitPackage(packed, id) = wit_component::decode(&wasm).expect("the package decodes") else {
        panic!("not a WIT package");
    };
    let mut source = Resolve::default();
    let (source_id, _) = source.push_path(CONTRACT).expect("the contract parses");
    assert_eq!(printed(&packed, id), printed(&source, source_id));
    assert!(packed.packages[id].worlds.contains_key("full-provider"));
}
