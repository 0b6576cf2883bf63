//! Tests of the rewriting: a small module that imports what the transport does, run with providers that are functions of the test.

use contract::FunctionName;
use wasmtime::{Caller, Engine, Linker, Module, Store};

use super::*;

/// A module that imports two functions of the contract and the three that are rewritten, and gives each an export.
const MODULE: &str = r#"(module
    (import "wasmcp:mcp/tools@0.1.0" "call-tool" (func $call (param i32) (result i32)))
    (import "wasmcp:composition/catalogue@0.1.0" "provider-count" (func $count (result i32)))
    (import "wasmcp:composition/catalogue@0.1.0" "select-provider" (func $select (param i32)))
    (import "other" "add-one" (func $add-one (param i32) (result i32)))
    (import "wasmcp:mcp/prompts@0.1.0" "get-prompt" (func $get (param i32) (result i32)))
    (import "wasmcp:composition/catalogue@0.1.0" "exports-function" (func $exports (param i32 i32) (result i32)))
    (global (mut i32) (i32.const 0))
    (func $next (param i32) (result i32) local.get 0 call $add-one)
    (func (export "count") (result i32) call $count)
    (func (export "exports") (param i32 i32) (result i32) local.get 0 local.get 1 call $exports)
    (func (export "call") (param i32 i32) (result i32) local.get 0 call $select local.get 1 call $call call $next)
    (func (export "get") (param i32 i32) (result i32) local.get 0 call $select local.get 1 call $get call $next)
)"#;

const TOOLS: &str = "wasmcp:mcp/tools@0.1.0";
const PROMPTS: &str = "wasmcp:mcp/prompts@0.1.0";

/// The exports of [`MODULE`] with these providers, as one function of the export's name and its arguments. A function of the contract
/// answers with 100 times the place of its provider, or with 1000 where it is the import of the contract itself, and what it was given.
fn run(providers: &[ExportedInterfaces]) -> impl FnMut(&str, &[i32]) -> Option<i32> + use<> {
    let module = rewrite(&wat::parse_str(MODULE).expect("text"), providers).expect("rewritten");
    let engine = Engine::default();
    let module = Module::new(&engine, module).expect("module");
    let mut linker: Linker<()> = Linker::new(&engine);
    let mut store = Store::new(&engine, ());
    for import in module.imports() {
        let base = match import.module() {
            "other" => 1,
            TOOLS | PROMPTS => 1000,
            of_provider => {
                let place = of_provider.strip_prefix("wasmcp:transport/provider").expect(of_provider);
                100 * place.split('-').next().and_then(|place| place.parse::<i32>().ok()).expect(of_provider)
            }
        };
        let function = move |_: Caller<'_, ()>, given: i32| given + base;
        linker.func_wrap(import.module(), import.name(), function).expect("function");
    }
    let instance = linker.instantiate(&mut store, &module).expect("instance");
    move |export, arguments| match arguments {
        [] => instance.get_typed_func::<(), i32>(&mut store, export).expect(export).call(&mut store, ()).ok(),
        [one, two, ..] => {
            let function = instance.get_typed_func::<(i32, i32), i32>(&mut store, export).expect(export);
            function.call(&mut store, (*one, *two)).ok()
        }
        [_] => None,
    }
}

fn index(interface: &str, function: &str) -> i32 {
    let is_meant = |name: &FunctionName| (name.interface, name.function) == (interface, function);
    let index = FunctionName::ALL.iter().position(is_meant).expect(function);
    i32::try_from(index).expect("small")
}

#[test]
fn a_call_reaches_the_selected_provider_and_no_provider_without_the_function_is_called() {
    let providers = [vec![TOOLS], vec![PROMPTS], vec![TOOLS, PROMPTS], vec![], vec![TOOLS]];
    let mut call = run(&providers);
    assert_eq!(call("count", &[]), Some(5));
    for (export, interface, function) in [("call", TOOLS, "call-tool"), ("get", PROMPTS, "get-prompt")] {
        for (place, exported) in (0..).zip(&providers) {
            let is_exported = exported.contains(&interface);
            assert_eq!(call("exports", &[place, index(interface, function)]), Some(is_exported.into()), "{place}");
            let answer = is_exported.then_some(100 * place + 7 + 1);
            assert_eq!(call(export, &[place, 7]), answer, "{export} of {place}");
        }
        assert_eq!(call(export, &[5, 7]), None, "there is no sixth provider");
    }
}

#[test]
fn one_provider_is_called_as_several_are() {
    let mut call = run(&[vec![TOOLS]]);
    assert_eq!(call("count", &[]), Some(1));
    assert_eq!(call("call", &[0, 3]), Some(4));
    assert_eq!(call("get", &[0, 3]), None);
}

#[test]
fn without_providers_the_imports_of_the_contract_stay() {
    let mut call = run(&[]);
    assert_eq!(call("count", &[]), Some(0));
    assert_eq!(call("call", &[0, 3]), Some(1004));
    assert_eq!(call("get", &[0, 3]), Some(1004));
}

#[test]
fn a_module_that_is_no_transport_is_an_error() {
    for text in [
        "(module (global (mut i32) (i32.const 0)))",
        r#"(module (import "wasmcp:mcp/tools@0.1.0" "call-tool" (func)))"#,
        r#"(module (import "m" "memory" (memory 1)) (global (mut i32) (i32.const 0)))"#,
    ] {
        let module = wat::parse_str(text).expect(text);
        assert!(rewrite(&module, &[]).is_err(), "{text}");
    }
}
