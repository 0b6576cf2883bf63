use catalog::{Offered, Route};
use wit_component::{ComponentEncoder, StringEncoding, embed_component_metadata};
use wit_parser::{ManglingAndAbi, Resolve};

use super::*;

/// Interfaces that a provider might ask for, beside those of the contract.
const OTHERS: &str = "
    package wasmcp:test;
    package wasi:cli@0.2.3 { interface environment { get-environment: func() -> list<tuple<string, string>>; } }
    package wasi:config@0.2.0-rc.1 { interface store { get-all: func() -> list<string>; } }
    package wasi:random@0.2.6 { interface random { get-random-u64: func() -> u64; } }
    package wasi:keyvalue@0.2.0-draft { interface store { get: func() -> string; } }
    package wasi:filesystem@0.2.6 { interface preopens { get-directories: func() -> list<string>; } }
    package other:things@1.0.0 { interface thing { f: func(); } }
";

/// A component that has this world and traps in every function.
fn provider(world: &str) -> Vec<u8> {
    let mut resolve = Resolve::default();
    resolve.push_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/../wit")).expect("contract");
    let package = resolve.push_str("test.wit", &format!("{OTHERS} world test {{ {world} }}")).expect(world);
    let world = resolve.select_world(&[package], None).expect("one world");
    let mut module = wit_component::dummy_module(&resolve, world, ManglingAndAbi::Standard32);
    embed_component_metadata(&mut module, &resolve, world, StringEncoding::UTF8).expect("metadata");
    ComponentEncoder::default().module(&module).expect("module").validate(true).encode().expect("component")
}

fn route(name: &str, prefix: Option<&str>) -> Route {
    Route {
        name: name.to_owned(),
        prefix: prefix.map(str::to_owned),
        offered: Offered { tools: true, ..Offered::default() },
        dynamic: true,
        ..Route::default()
    }
}

fn compose_all(parts: &[(&str, &str)], prefix: Option<&str>, target: Target) -> Result<Vec<u8>, ComposeError> {
    let routes = Routes { members: parts.iter().map(|(name, _)| route(name, prefix)).collect() };
    let parts: Vec<Part> =
        parts.iter().map(|(name, world)| Part { name: (*name).to_owned(), component: provider(world) }).collect();
    compose(&parts, &routes, None, target)
}

/// What a component imports, without versions.
fn imports(component: &[u8]) -> Vec<String> {
    let mut assembly = Assembly::default();
    let package = assembly.register("composed", component).expect("component");
    let instance = assembly.instantiate(package);
    let mut names: Vec<_> =
        assembly.imports(instance).iter().filter_map(|name| name.split('@').next()).map(str::to_owned).collect();
    names.sort();
    names
}

const TOOLS: &str = "include wasmcp:mcp/tools-provider@0.1.0;";
const EVERYTHING: &str = "include wasmcp:mcp/full-provider-with-services@0.1.0; import wasi:cli/environment@0.2.3;";
const RANDOM: &str = "include wasmcp:mcp/prompts-provider@0.1.0; import wasi:random/random@0.2.6;";

#[test]
fn a_composed_file_imports_what_transport_and_adapter_need_and_the_wasi_of_providers_and_nothing_else() {
    const TRANSPORT: [&str; 7] = [
        "wasi:clocks/monotonic-clock",
        "wasi:http/types",
        "wasi:io/error",
        "wasi:io/poll",
        "wasi:io/streams",
        "wasi:random/random",
        "wasmcp:mcp/model", // types only
    ];
    for (parts, prefix, target, settings) in [
        (vec![("a", TOOLS)], None, Target::Wasmtime, "wasi:cli/environment"),
        (vec![("a", TOOLS)], Some("a."), Target::Spin, "wasi:cli/environment"),
        // Its environment is an empty one: else it would be an import on this host.
        (vec![("a", EVERYTHING)], None, Target::Wasmcloud, "wasi:config/store"),
        (vec![("a", TOOLS), ("b", EVERYTHING)], None, Target::Wasmcloud, "wasi:config/store"),
        (vec![("a", EVERYTHING), ("b", TOOLS), ("c", RANDOM)], Some("x."), Target::Wasmcloud, "wasi:config/store"),
        (vec![("a", RANDOM), ("b", TOOLS), ("c", RANDOM), ("d", TOOLS)], None, Target::Spin, "wasi:cli/environment"),
    ] {
        let composed = compose_all(&parts, prefix, target).unwrap_or_else(|error| panic!("{parts:?}: {error}"));
        let mut expected = TRANSPORT.map(str::to_owned).to_vec();
        expected.push(settings.to_owned());
        expected.sort();
        assert_eq!(imports(&composed), expected, "{parts:?}");
    }
}

#[test]
fn what_cannot_be_composed_is_one_line_that_says_why() {
    let with = |import: &str| format!("{TOOLS} import {import};");
    for (parts, message) in [
        (
            vec![("a", with("other:things/thing@1.0.0"))],
            "provider `a` imports `other:things/thing@1.0.0`, which neither",
        ),
        (
            vec![("a", with("wasmcp:mcp/prompts@0.1.0"))],
            "provider `a` imports `wasmcp:mcp/prompts@0.1.0`, which neither",
        ),
        (
            vec![("a", with("wasi:config/store@0.2.0-rc.1"))],
            "imports `wasi:config/store@0.2.0-rc.1`, where it would see",
        ),
        (
            vec![("a", with("wasi:keyvalue/store@0.2.0-draft"))],
            "provider `a` imports `wasi:keyvalue/store@0.2.0-draft`, which all providers of a composed file would share",
        ),
        (vec![("a", with("f: func()"))], "provider `a` imports `f`, which neither"),
        (vec![("transport", TOOLS.to_owned())], "cannot be called `transport`"),
        (vec![("a--b", TOOLS.to_owned())], "cannot be called `a--b`"),
        (vec![("a.b", TOOLS.to_owned())], "cannot be called `a.b`"),
        (vec![("-a", TOOLS.to_owned())], "cannot be called `-a`"),
        (vec![("a", TOOLS.to_owned()), ("A", TOOLS.to_owned())], "providers `a` and `A` would have the same settings"),
    ] {
        let borrowed: Vec<_> = parts.iter().map(|(name, world)| (*name, world.as_str())).collect();
        let error = compose_all(&borrowed, None, Target::Wasmtime).expect_err(message).to_string();
        assert!(error.contains(message) && !error.contains('\n'), "{error}");
    }
}

#[test]
fn a_baked_text_is_read_as_it_was() {
    use wasmtime::component::{Component, Linker};
    use wasmtime::{Engine, Store};

    let texts = ["".to_owned(), "transport".to_owned(), "Zürich \u{1f30d}".to_owned(), "x".repeat(200_000)];
    let engine = Engine::default();
    let component = Component::new(&engine, baked::baked(&texts).expect("baked")).expect("component");
    for (index, text) in texts.iter().enumerate() {
        let mut store = Store::new(&engine, ());
        let instance = Linker::new(&engine).instantiate(&mut store, &component).expect("instance");
        let read = instance.get_typed_func::<(), (String,)>(&mut store, baked::name(index)).expect("function");
        assert_eq!(read.call(&mut store, ()).expect("text").0, *text);
    }
}

#[test]
fn what_is_known_has_a_key_that_adapters_read_from_what_is_baked() {
    assert!(adapter_config::is_reserved(Known::KEY));
}

#[test]
fn what_standard_libraries_need_can_be_composed_and_what_keeps_data_cannot() {
    let std = compose_all(&[("a", &format!("{TOOLS} import wasi:filesystem/preopens@0.2.6;"))], None, Target::Wasmtime);
    assert!(imports(&std.expect("composed")).contains(&"wasi:filesystem/preopens".to_owned()));
    for name in ["wasi:io/poll", "wasi:http/outgoing-handler", "wasi:cli/stdout", "wasi:cli/terminal-input"] {
        assert!(is_harmless(name), "{name}");
    }
    for name in [
        "wasi:keyvalue/store",
        "wasi:blobstore/container",
        "wasi:messaging/consumer",
        "wasi:sql/readwrite",
        "wasi:cli/environment",
        "wasi:iox/poll",
        "wasi:io",
    ] {
        assert!(!is_harmless(name), "{name}");
    }
}
