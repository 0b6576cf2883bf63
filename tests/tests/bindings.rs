//! Tests of the contract's bindings for Rust and Go. `languages/check.sh` checks the bindings for Python and JavaScript.

use std::{fs, path::Path, process::Command};

use anyhow::{Context, Result, ensure};
use wit_bindgen_core::{
    Files,
    wit_parser::{Resolve, TypeDefKind},
};

const WIT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../wit");
const LANGUAGES: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/languages");

/// The bindings that an author's `generate!` makes for the world that has every interface. The test is that they compile.
#[allow(missing_docs, unreachable_pub, unsafe_code, clippy::all, reason = "generated")]
mod rust {
    wit_bindgen::generate!({ path: "../wit", world: "full-provider-with-services" });
}

#[test]
fn rust_has_every_export_and_service() {
    use rust::{exports::wasmcp::mcp, wasmcp::mcp as imports};

    struct Nothing;
    impl mcp::changes::Guest for Nothing {
        fn list_changes(
            _: mcp::changes::Context,
            _: Option<String>,
        ) -> Result<mcp::changes::ChangePage, mcp::changes::McpError> {
            Err(imports::model::McpError::NotOffered)
        }
    }
    let _settings: fn(&str) -> _ = imports::settings::get;
    let _state: fn(&str) -> _ = imports::state::get;
    let _live: fn(&str, &_) -> _ = imports::live::emit;
    let leg = mcp::tools::ToolLeg {
        events: vec![],
        outcome: imports::model::ToolOutcome::More(imports::model::More { saved: vec![1], after_ms: 0 }),
    };
    assert!(matches!(leg.outcome, imports::model::ToolOutcome::More(more) if more.saved == [1]));
}

#[test]
fn go_has_every_type_and_compiles() -> Result<()> {
    let mut resolve = Resolve::default();
    let (package, _) = resolve.push_path(WIT)?;
    let world = resolve.select_world(&[package], Some("full-provider-with-services"))?;
    let mut files = Files::default();
    let options = wit_bindgen_go::Opts { generate_stubs: true, ..Default::default() };
    options.build().generate(&mut resolve, world, &mut files)?;

    let text = |name: &str| {
        let (_, bytes) = files.iter().find(|(file, _)| *file == name).with_context(|| format!("no `{name}`"))?;
        Ok::<_, anyhow::Error>(String::from_utf8_lossy(bytes).into_owned())
    };
    let types = text("wasmcp_mcp_model/wit_bindings.go")?;
    for name in model_types(&resolve)? {
        ensure!(types.contains(&format!("type {} ", camel(&name))), "Go lacks `{name}`");
    }
    ensure!(text("wit_exports.go")?.contains("//go:wasmexport wasmcp:mcp/tools@0.1.0#call-tool"), "no `call-tool`");

    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("bindings-go");
    if folder.exists() {
        fs::remove_dir_all(&folder)?;
    }
    for (name, bytes) in files.iter() {
        let path = folder.join(name);
        fs::create_dir_all(path.parent().context("no folder")?)?;
        fs::write(path, bytes)?;
    }
    for name in ["go.mod", "go.sum"] {
        fs::copy(Path::new(LANGUAGES).join(name), folder.join(name))?;
    }
    compile(&folder)
}

/// Vets the package for the target of a component, which type-checks all of it.
fn compile(folder: &Path) -> Result<()> {
    let vet = ["vet", "-unsafeptr=false", "-composites=false", "./..."];
    let run = Command::new("go").args(vet).current_dir(folder).env("GOOS", "wasip1").env("GOARCH", "wasm").output();
    let output = run.context("go, which `make test` asks for, does not run")?;
    ensure!(output.status.success(), "go vet: {}", String::from_utf8_lossy(&output.stderr));
    Ok(())
}

/// The names of the records, variants, enums and flags of the interface `model`.
fn model_types(resolve: &Resolve) -> Result<Vec<String>> {
    let (_, model) =
        resolve.interfaces.iter().find(|(_, i)| i.name.as_deref() == Some("model")).context("no `model`")?;
    let types = model.types.iter().filter(|(_, id)| !matches!(resolve.types[**id].kind, TypeDefKind::Type(_)));
    let names: Vec<_> = types.map(|(name, _)| name.clone()).collect();
    ensure!(names.len() > 70, "only {} types were read", names.len());
    Ok(names)
}

fn camel(name: &str) -> String {
    name.split('-').map(|word| word[..1].to_uppercase() + &word[1..]).collect()
}
