//! What a policy means is what OPA says: every starter and random policies, over random inputs, and the tools of OPA over the starters.
#![allow(clippy::expect_used, clippy::indexing_slicing, clippy::panic, reason = "tests fail loudly")]

mod files;
mod random;

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use files::{POLICIES, TextFile, borrowed, folder, root};
use policy::{Bundle, Document, EntryPoint, Phase};
use serde_json::{Value, json};

const INPUTS: usize = 400;
const RANDOM_POLICIES: u64 = 60;

fn opa() -> PathBuf {
    files::opa().join("bin/opa")
}

fn succeeds(command: &mut Command) -> Output {
    let output = command.output().expect("opa starts");
    let (stdout, stderr) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert!(output.status.success(), "{command:?}\n{stdout}{stderr}");
    output
}

fn inputs(seed: u64) -> Vec<Document> {
    let random = &mut random::generator(seed);
    let one = |_| {
        let (thing, caller, arguments) = (random::thing(random), random::caller(random), random::arguments(random));
        let phase = if rand::RngExt::random_bool(random, 0.5) { Phase::Call } else { Phase::List };
        random::with_input(phase, &thing, caller.as_ref(), arguments, |input| input.document().expect("a document"))
    };
    (0..INPUTS).map(one).collect()
}

/// The values of all entry points for all inputs, by one process of OPA. An entry point without a value has none of it.
fn by_opa(packages: &[(String, Vec<TextFile>)], inputs: &[Document], directory: &Path) -> Value {
    std::fs::create_dir_all(directory).expect("a directory");
    let documents: Vec<Value> =
        inputs.iter().map(|input| serde_json::from_str(&input.to_json().expect("JSON")).expect("JSON")).collect();
    std::fs::write(directory.join("inputs.json"), json!({ "inputs": documents }).to_string()).expect("written");
    let mut queries = String::from("package compare\n\n");
    for (package, files) in packages {
        for file in files {
            let place = directory.join(package);
            std::fs::create_dir_all(&place).expect("a directory");
            std::fs::write(place.join(&file.path), &file.text).expect("written");
            let declares = |rule: &str| {
                file.text.lines().any(|line| {
                    line.split([' ', '(']).next() == Some(rule) || line.starts_with(&format!("default {rule} "))
                })
            };
            for entry in
                ["allow", "visible", "deny"].into_iter().filter(|entry| file.path.ends_with(".rego") && declares(entry))
            {
                writeln!(
                    queries,
                    "results[\"{package}\"].{entry} := [[v | v := data.{package}.{entry} with input as i] | some i in data.inputs]\n"
                )
                .expect("a text");
            }
        }
    }
    std::fs::write(directory.join("compare.rego"), queries).expect("written");
    let output = succeeds(
        Command::new(opa()).args(["eval", "--format=raw", "--data"]).arg(directory).arg("data.compare.results"),
    );
    serde_json::from_slice(&output.stdout).expect("JSON")
}

/// Compares the values of OPA with those of the bundle. The answer is how many there were.
fn compare(bundle: &Bundle, name: &str, results: &Value, inputs: &[Document]) -> usize {
    let mut compared = 0;
    for (entry, rule) in [(EntryPoint::Allow, "allow"), (EntryPoint::Visible, "visible"), (EntryPoint::Deny, "deny")] {
        let Some(expected) = results[name][rule].as_array() else {
            assert_eq!(bundle.value(entry, &inputs[0]), Ok(None), "{name} {rule}");
            continue;
        };
        assert_eq!(expected.len(), inputs.len());
        for (input, expected) in inputs.iter().zip(expected) {
            let found = bundle.value(entry, input).unwrap_or_else(|error| panic!("{name}: {error}"));
            let found = found.map(|json| serde_json::from_str::<Value>(&json).expect("JSON"));
            assert_eq!(found.as_ref(), expected.get(0), "{name} {rule}: {}", input.to_json().expect("JSON"));
            compared += 1;
        }
    }
    compared
}

fn directory(name: &str) -> PathBuf {
    let directory = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
    let _ = std::fs::remove_dir_all(&directory);
    directory
}

#[test]
fn a_starter_has_the_same_answers_from_opa_for_random_inputs() {
    for (at, name) in (0..).zip(POLICIES) {
        let files: Vec<_> = folder(name).into_iter().filter(|file| !file.path.ends_with("_test.rego")).collect();
        let bundle = Bundle::compile(&borrowed(&files)).unwrap_or_else(|error| panic!("{name}: {error}"));
        let inputs = inputs(at);
        let place = directory(&format!("opa-{name}"));
        // The data of the starter is at the top, and its rules in `wasmcp`.
        std::fs::create_dir_all(&place).expect("a directory");
        let (data, rules): (Vec<_>, Vec<_>) = files.into_iter().partition(|file| file.path == "data.json");
        for file in data {
            std::fs::write(place.join("data.json"), file.text).expect("written");
        }
        let results = by_opa(&[("wasmcp".to_owned(), rules)], &inputs, &place);
        assert!(compare(&bundle, "wasmcp", &results, &inputs) >= INPUTS, "{name}");
    }
}

#[test]
fn random_policies_have_the_same_answers_from_opa() {
    let inputs = inputs(1000);
    let policy = |seed, package: &str| TextFile {
        path: "policy.rego".to_owned(),
        text: random::policy(&mut random::generator(seed)).rego(package),
    };
    let packages: Vec<_> = (0..RANDOM_POLICIES).map(|seed| (format!("p{seed}"), seed)).collect();
    let for_opa: Vec<_> =
        packages.iter().map(|(package, seed)| (package.clone(), vec![policy(*seed, package)])).collect();
    let results = by_opa(&for_opa, &inputs, &directory("opa-random"));
    let mut compared = 0;
    for (package, seed) in &packages {
        let bundle =
            Bundle::compile(&borrowed(&[policy(*seed, "wasmcp")])).unwrap_or_else(|error| panic!("{package}: {error}"));
        compared += compare(&bundle, package, &results, &inputs);
    }
    assert!(compared > 24_000, "only {compared} answers were compared");
}

#[test]
fn the_tools_of_opa_accept_every_starter() {
    let (opa, policies) = (opa(), root().join("policies"));
    for name in POLICIES {
        // OPA misplaces the data of a bundle that is named by an absolute path.
        let run = |arguments: &[&str]| succeeds(Command::new(&opa).args(arguments).arg(name).current_dir(&policies));
        run(&["fmt", "--fail", "--list"]);
        run(&["check", "--strict", "--schema", "input.schema.json", "--bundle"]);
        run(&["test", "--bundle"]);
    }
}

#[test]
fn a_misspelt_member_of_the_input_is_an_error_of_opa() {
    let schema = root().join("policies/input.schema.json");
    for (member, is_known) in [
        ("tool.name", true),
        ("tool.annotations.readOnlyHint", true),
        ("identity.claims.anything.at.all", true),
        ("arguments.anything", true),
        ("request.headers[\"x-tenant\"]", true),
        ("resource.template", true),
        ("tools.name", false),
        ("tool.nam", false),
        ("tool.annotations.readonly", false),
        ("identity.role", false),
        ("request.ip", false),
    ] {
        let place = directory("opa-schema");
        std::fs::create_dir_all(&place).expect("a directory");
        std::fs::write(place.join("policy.rego"), format!("package wasmcp\n\nallow if input.{member}\n"))
            .expect("written");
        let output = Command::new(opa())
            .args(["check", "--strict", "--schema"])
            .arg(&schema)
            .arg(&place)
            .output()
            .expect("opa starts");
        assert_eq!(output.status.success(), is_known, "{member}: {}", String::from_utf8_lossy(&output.stderr));
    }
}
