//! Tests of whole compositions: their imports, and, on wasmtime, the answers of their generated components.

use catalog::{Catalog, CatalogueSnapshot, NamedProvider, SnapshotParts, check_names};
use contract::Provider;
use contract::model::{Context, Implementation, McpError, Offers, ProviderInfo};
use wasmtime::component::{Component, Func, Instance as WasmInstance, Linker, Type, Val};
use wasmtime::{Engine, Store};
use wit_component::{ComponentEncoder, StringEncoding, embed_component_metadata};
use wit_parser::{ManglingAndAbi, Resolve};

use super::*;
use crate::compose::builtin_components::TRANSPORT;
use crate::compose::{Authorization, compose, lattice};

/// Interfaces that a provider might ask for, beside those of the contract.
const OTHERS: &str = "
    package wasmcp:test;
    package wasi:cli@0.2.3 { interface environment { get-environment: func() -> list<tuple<string, string>>; } }
    package wasi:config@0.2.0-rc.1 { interface store { get-all: func() -> list<string>; } }
    package wasi:random@0.2.6 { interface random { get-random-u64: func() -> u64; } }
    package wasi:keyvalue@0.2.0-draft { interface store { get: func() -> string; } }
    package wasi:filesystem@0.2.6 {
        interface types { resource descriptor; }
        interface preopens { use types.{descriptor}; get-directories: func() -> list<tuple<descriptor, string>>; }
    }
    package wasi:cli@0.2.12 { interface exit { exit-with-code: func(status-code: u8); } }
    package wasi:clocks@0.3.0 { interface system-clock { get-resolution: func() -> u64; } }
    package wasi:sockets@0.2.0 { interface instance-network { instance-network: func() -> string; } }
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

/// A provider that has nothing.
struct Described;

impl Provider for Described {
    async fn describe(&self, _: &Context) -> Result<ProviderInfo, McpError> {
        Ok(ProviderInfo {
            implementation: Implementation {
                name: "test".to_owned(),
                version: "1".to_owned(),
                title: None,
                description: None,
                website_url: None,
                icons: Vec::new(),
                extra: None,
            },
            instructions: None,
            offers: Offers::empty(),
            extensions: Vec::new(),
            experimental: Vec::new(),
            cache: None,
            catalogue_revision: "1".to_owned(),
            catalogue_static: true,
            extra: None,
        })
    }
}

/// The snapshot of providers with these names.
fn snapshot(names: &[&str], prefix: Option<&str>) -> CatalogueSnapshot {
    let named = names.iter().map(|name| NamedProvider {
        name: (*name).to_owned(),
        prefix: prefix.map(str::to_owned),
        provider: Described,
    });
    let runtime = tokio::runtime::Builder::new_current_thread().build().expect("runtime");
    let catalog = runtime.block_on(Catalog::build(named.collect(), &Context::internal("test".to_owned(), 1000)));
    catalog.expect("catalogue").snapshot().expect("snapshot").clone()
}

fn compose_all(providers: &[(&str, &str)], prefix: Option<&str>, target: Target) -> Result<Vec<u8>, ComposeError> {
    compose_allowing(&[], providers, prefix, target)
}

fn compose_allowing(
    imports: &[String],
    providers: &[(&str, &str)],
    prefix: Option<&str>,
    target: Target,
) -> Result<Vec<u8>, ComposeError> {
    // Names that cannot be composed have no catalogue either; what is composed is then refused before the snapshot is read.
    let names: Vec<&str> = providers.iter().map(|(name, _)| *name).collect();
    let names = if check_names(names.iter().copied()).is_ok() { names.as_slice() } else { &["a"] };
    let snapshot = snapshot(names, prefix);
    let providers: Vec<ProviderComponent> = providers
        .iter()
        .map(|(name, world)| ProviderComponent { name: (*name).to_owned(), component: provider(world) })
        .collect();
    compose(&providers, &snapshot, target, &Authorization::default(), imports)
}

/// The imports of a component, without versions.
fn imports(component: &[u8]) -> Vec<String> {
    let mut assembly = Assembly::default();
    let instance = assembly.add("composed", component).expect("component");
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
    const OF_TRANSPORT: [&str; 8] = [
        "wasi:clocks/monotonic-clock",
        "wasi:clocks/wall-clock",
        "wasi:http/types",
        "wasi:io/error",
        "wasi:io/poll",
        "wasi:io/streams",
        "wasi:random/random",
        "wasmcp:mcp/model", // types only
    ];
    for (providers, prefix, target, settings) in [
        (vec![("a", TOOLS)], None, Target::Wasmtime, "wasi:cli/environment"),
        (vec![("a", TOOLS)], Some("a."), Target::Spin, "wasi:cli/environment"),
        // The environment is an empty one: otherwise it would be an import on this host.
        (vec![("a", EVERYTHING)], None, Target::Wasmcloud, "wasi:config/store"),
        (vec![("a", TOOLS), ("b", EVERYTHING)], None, Target::Wasmcloud, "wasi:config/store"),
        (vec![("a", EVERYTHING), ("b", TOOLS), ("c", RANDOM)], Some("x."), Target::Wasmcloud, "wasi:config/store"),
        (vec![("a", RANDOM), ("b", TOOLS), ("c", RANDOM), ("d", TOOLS)], None, Target::Spin, "wasi:cli/environment"),
    ] {
        let composed = compose_all(&providers, prefix, target).unwrap_or_else(|error| panic!("{providers:?}: {error}"));
        let mut expected = OF_TRANSPORT.map(str::to_owned).to_vec();
        expected.push(settings.to_owned());
        if providers.iter().any(|(_, wit)| *wit == EVERYTHING) {
            // By `adapter-http`, for the service `http`.
            expected.push("wasi:http/outgoing-handler".to_owned());
        }
        expected.sort();
        assert_eq!(imports(&composed), expected, "{providers:?}");
    }
}

#[test]
fn on_a_lattice_a_provider_imports_the_state_that_it_includes_and_the_transport_has_it_of_its_router() {
    for asks_for_tokens in [false, true] {
        let authorization = Authorization { asks_for_tokens, policy: None };
        let providers = [("a", EVERYTHING), ("b", TOOLS)]
            .map(|(name, world)| ProviderComponent { name: name.to_owned(), component: provider(world) });
        let parts = lattice(&providers, &snapshot(&["a", "b"], None), &authorization).expect("composed");
        for (part, expected) in parts.iter().zip([false, true, false]) {
            let imports = imports(&part.component);
            assert_eq!(imports.iter().any(|name| name == "wasmcp:mcp/state"), expected, "{}: {imports:?}", part.name);
            assert!(!imports.iter().any(|name| name == "wasmcp:mcp/live"), "{}: {imports:?}", part.name);
        }
    }
}

#[test]
fn what_cannot_be_composed_is_one_line_that_says_why() {
    let with = |import: &str| format!("{TOOLS} import {import};");
    for (providers, message) in [
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
        (vec![("a", "export wasmcp:mcp/tools@0.1.0;".to_owned())], "`a` does not export `wasmcp:mcp/provider`"),
        (vec![("transport", TOOLS.to_owned())], "cannot be called `transport`"),
        (vec![("a--b", TOOLS.to_owned())], "cannot be called `a--b`"),
        (vec![("a.b", TOOLS.to_owned())], "cannot be called `a.b`"),
        (vec![("-a", TOOLS.to_owned())], "cannot be called `-a`"),
        (vec![("a", TOOLS.to_owned()), ("A", TOOLS.to_owned())], "providers `a` and `A` would have the same settings"),
    ] {
        let borrowed: Vec<_> = providers.iter().map(|(name, world)| (*name, world.as_str())).collect();
        let error = compose_all(&borrowed, None, Target::Wasmtime).expect_err(message).to_string();
        assert!(error.contains(message) && !error.contains('\n'), "{error}");
    }
}

/// A component on wasmtime. It may leave types to the host, and nothing else.
fn run(component: &[u8]) -> (Store<()>, WasmInstance) {
    start(&Component::new(&Engine::default(), component).expect("component"))
}

/// A new instance of a component.
fn start(component: &Component) -> (Store<()>, WasmInstance) {
    let mut store = Store::new(component.engine(), ());
    let instance = Linker::new(component.engine()).instantiate(&mut store, component).expect("instance");
    (store, instance)
}

/// A function of an interface.
fn function(store: &mut Store<()>, instance: &WasmInstance, interface: &str, name: &str) -> Func {
    let interface = instance.get_export_index(&mut *store, None, interface).expect(interface);
    let index = instance.get_export_index(&mut *store, Some(&interface), name).expect(name);
    instance.get_func(store, index).expect(name)
}

/// A value of this type, which is large where it can be: lists have some items, texts are long.
fn sample(of: &Type) -> Val {
    match of {
        Type::Bool => Val::Bool(true),
        Type::U8 => Val::U8(7),
        Type::U16 => Val::U16(7),
        Type::U32 => Val::U32(7),
        Type::U64 => Val::U64(7),
        Type::Float64 => Val::Float64(7.0),
        Type::String => Val::String("x".repeat(50_000)),
        Type::List(list) => Val::List(vec![sample(&list.ty()); 3]),
        Type::Record(record) => {
            Val::Record(record.fields().map(|field| (field.name.to_owned(), sample(&field.ty))).collect())
        }
        Type::Tuple(tuple) => Val::Tuple(tuple.types().map(|of| sample(&of)).collect()),
        Type::Variant(variant) => {
            let case = variant.cases().last().expect("a case");
            Val::Variant(case.name.to_owned(), case.ty.map(|of| Box::new(sample(&of))))
        }
        Type::Enum(cases) => Val::Enum(cases.names().last().expect("a case").to_owned()),
        Type::Option(option) => Val::Option(Some(Box::new(sample(&option.ty())))),
        Type::Flags(flags) => Val::Flags(flags.names().map(str::to_owned).collect()),
        other => panic!("the contract has no {other:?}"),
    }
}

/// Calls a function with samples. Its answer is none if it has no result.
fn call(store: &mut Store<()>, function: Func) -> wasmtime::Result<Option<Val>> {
    let arguments: Vec<Val> = function.ty(&*store).params().map(|(_, of)| sample(&of)).collect();
    call_with(store, function, &arguments)
}

fn call_with(store: &mut Store<()>, function: Func, arguments: &[Val]) -> wasmtime::Result<Option<Val>> {
    let mut answer = vec![Val::Bool(true); function.ty(&*store).results().len()];
    function.call(&mut *store, arguments, &mut answer)?;
    Ok(answer.pop())
}

fn not_offered() -> Val {
    Val::Result(Err(Some(Box::new(Val::Variant("not-offered".to_owned(), None)))))
}

#[test]
fn every_function_that_is_filled_answers_that_it_is_not_offered_as_often_as_it_is_called() {
    let interfaces = ConstComponent::new().expect("contract").fillable();
    let mut filler = ConstComponent::new().expect("contract");
    for interface in &interfaces {
        filler.fill(interface).expect(interface);
    }
    let (mut store, instance) = run(&filler.encode().expect("component").expect("exports"));
    let wit = crate::compose::generated_component::Wit::read().expect("contract").resolve;
    let mut called = Vec::new();
    for (id, interface) in wit.interfaces.iter() {
        let name = wit.id_of(id).expect("name");
        for function_name in interface.functions.keys().filter(|_| interfaces.contains(&name)) {
            let function = function(&mut store, &instance, &name, function_name);
            let expected = match (name.as_str(), function_name.as_str()) {
                ("wasmcp:mcp/settings@0.1.0", _) => Some(Val::Result(Ok(Some(Box::new(Val::Option(None)))))),
                ("wasmcp:composition/catalogue@0.1.0", "snapshot-index" | "snapshot-record") => Some(Val::Option(None)),
                ("wasmcp:composition/catalogue@0.1.0", "provider-count") => Some(Val::U32(0)),
                ("wasmcp:composition/catalogue@0.1.0", "exports-function") => Some(Val::Bool(false)),
                ("wasmcp:composition/catalogue@0.1.0", "select-provider") => None,
                // Without a word about it callers need a token.
                ("wasmcp:composition/authorization@0.1.0", "serves-anonymous-callers") => Some(Val::Bool(false)),
                ("wasmcp:composition/authorization@0.1.0", "policy") => Some(Val::Option(None)),
                ("wasmcp:mcp/http@0.1.0", _) => Some(Val::List(vec![not_offered(); 3])),
                _ => Some(not_offered()),
            };
            for _ in 0..2 {
                assert_eq!(call(&mut store, function).expect(function_name), expected, "{name} {function_name}");
            }
            called.push(name.clone());
        }
    }
    called.dedup();
    assert_eq!(called.len(), interfaces.len(), "{called:?}");
    assert!(interfaces.len() >= 10 && !interfaces.iter().any(|name| name.contains("mcp/provider@")), "{interfaces:?}");
}

#[test]
fn a_file_tells_its_transport_what_it_was_composed_with() {
    for asks_for_tokens in [false, true] {
        for policy in [None, Some(r#"{"policy.rego":"package wasmcp"}"#)] {
            let mut constants = ConstComponent::new().expect("contract");
            let authorization = Authorization { asks_for_tokens, policy: policy.map(str::to_owned) };
            let export = constants.tell(&Constant::Authorization(authorization));
            let (mut store, instance) = run(&constants.encode().expect("component").expect("exports"));
            let anonymous = function(&mut store, &instance, &export, "serves-anonymous-callers");
            assert_eq!(call(&mut store, anonymous).expect("a truth value"), Some(Val::Bool(!asks_for_tokens)));
            let told = function(&mut store, &instance, &export, "policy");
            let text = policy.map(|text| Box::new(Val::String(text.to_owned())));
            assert_eq!(call(&mut store, told).expect("a text"), Some(Val::Option(text)));
        }
    }
}

#[test]
fn a_constant_text_is_read_unchanged() {
    let texts = ["", "transport", "Zürich \u{1f30d}", &"x".repeat(200_000)];
    let mut constants = ConstComponent::new().expect("contract");
    // Each text is an index with all texts as records, and a name.
    let exported = texts.map(|text| {
        let parts = SnapshotParts { index: text.to_owned(), records: texts.map(str::to_owned).to_vec() };
        let [one, two] = [Constant::Snapshot(parts), Constant::ProviderName(text.to_owned())];
        let exports = [&one, &two].map(|constant| constants.tell(constant));
        assert_eq!(constants.tell(&two), exports[1], "the same text is exported once");
        (text, exports)
    });
    let empty = SnapshotParts { index: "{}".to_owned(), records: Vec::new() };
    let empty = constants.tell(&Constant::Snapshot(empty));
    let (mut store, instance) = run(&constants.encode().expect("component").expect("exports"));
    let string = |text: &str| Val::String(text.to_owned());
    let some = |text: &str| Some(Val::Option(Some(Box::new(string(text)))));
    let none = Some(Val::Option(None));
    for (text, [snapshot, provider_name]) in exported {
        let index = function(&mut store, &instance, &snapshot, "snapshot-index");
        assert_eq!(call(&mut store, index).expect("index"), some(text));
        let record = function(&mut store, &instance, &snapshot, "snapshot-record");
        let numbered = (0..).zip(texts.map(some)).chain([4, 5, 1 << 31, u32::MAX].map(|number| (number, none.clone())));
        for (number, expected) in numbered {
            let answer = call_with(&mut store, record, &[Val::U32(number)]);
            assert_eq!(answer.expect("record"), expected, "{number}");
        }
        let provider_name = function(&mut store, &instance, &provider_name, "get");
        assert_eq!(call(&mut store, provider_name).expect("provider name"), Some(string(text)));
    }
    let record = function(&mut store, &instance, &empty, "snapshot-record");
    assert_eq!(call_with(&mut store, record, &[Val::U32(0)]).expect("record"), none);
}

/// How many components a component has directly in it.
fn components(composed: &[u8]) -> usize {
    let (mut depth, mut count) = (0, 0);
    for payload in wasmparser::Parser::new(0).parse_all(composed) {
        match payload.expect("component") {
            wasmparser::Payload::ComponentSection { .. } => {
                count += usize::from(depth == 0);
                depth += 1;
            }
            wasmparser::Payload::ModuleSection { .. } => depth += 1,
            wasmparser::Payload::End(_) => depth -= 1,
            _ => {}
        }
    }
    count
}

#[test]
fn a_file_has_its_providers_and_three_components_of_ours() {
    const OURS: usize = 3; // the transport, its adapter and the constants
    for count in [1, 2, 5] {
        let providers = [("a", TOOLS), ("b", TOOLS), ("c", TOOLS), ("d", TOOLS), ("e", TOOLS)];
        let composed = compose_all(&providers[..count], None, Target::Wasmtime).expect("composed");
        assert_eq!(components(&composed), count + OURS, "{count} providers");
    }
}

#[test]
fn wac_plug_makes_what_compose_makes_of_a_provider_and_a_filler() {
    let mut filler = ConstComponent::new().expect("contract");
    for interface in ["resources", "prompts", "completion", "settings", "catalogue"] {
        filler.fill(interface).expect(interface);
    }
    let filler = filler.encode().expect("filler").expect("exports");
    let mut graph = wac_graph::CompositionGraph::new();
    let mut register = |name: &str, component: Vec<u8>| {
        let package = wac_graph::types::Package::from_bytes(name, None, component, graph.types_mut()).expect(name);
        graph.register_package(package).expect(name)
    };
    let transport = register("transport", TRANSPORT.to_vec());
    let plugs = vec![register("provider", provider(TOOLS)), register("filler", filler)];
    wac_graph::plug(&mut graph, plugs, transport).expect("plugged");
    let plugged = imports(&graph.encode(wac_graph::EncodeOptions::default()).expect("encoded"));
    // The settings of a composed file come from the environment; those of the plugged one are filled.
    let mut composed = imports(&compose_all(&[("a", TOOLS)], None, Target::Wasmtime).expect("composed"));
    composed.retain(|name| name != "wasi:cli/environment");
    assert_eq!(plugged, composed);
}

#[test]
fn an_import_that_a_host_lacks_is_named_with_the_host_and_may_be_allowed() {
    const WASMTIME: &str = "the WASI 0.2.12 of `wasmtime serve -Scli`";
    const SPIN: &str = "the WASI 0.2.6 of Spin 4";
    for (import, hosts) in [
        // No such version, another type, and a function that only the newer version has.
        ("wasi:clocks/system-clock@0.3.0", format!("{WASMTIME} nor {SPIN}")),
        ("wasi:sockets/instance-network@0.2.0", format!("{WASMTIME} nor {SPIN}")),
        ("wasi:cli/exit@0.2.12", SPIN.to_owned()),
    ] {
        let world = format!("{TOOLS} import {import};");
        let providers = [("b", TOOLS), ("a", world.as_str())];
        for target in [Target::Wasmtime, Target::Spin] {
            let error = compose_all(&providers, None, target).expect_err(import).to_string();
            let says = format!("provider `a` imports `{import}`, which is not in {hosts} (");
            assert!(error.starts_with(&says), "{error}");
            assert!(error.contains(&format!("`--allow-import {import}`")) && !error.contains('\n'), "{error}");
            compose_allowing(&[import.to_owned()], &providers, None, target).expect(import);
        }
        // Files for wasmCloud are not compared.
        compose_all(&providers, None, Target::Wasmcloud).expect(import);
    }
}

#[test]
fn what_standard_libraries_need_can_be_composed() {
    let std = compose_all(&[("a", &format!("{TOOLS} import wasi:filesystem/preopens@0.2.6;"))], None, Target::Wasmtime);
    assert!(imports(&std.expect("composed")).contains(&"wasi:filesystem/preopens".to_owned()));
}
