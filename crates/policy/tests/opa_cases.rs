//! OPA's own published test cases, run by regorus as this crate builds it: what it answers otherwise is in a table, and nothing else is.
#![allow(clippy::expect_used, clippy::indexing_slicing, clippy::panic, reason = "tests fail loudly")]

mod files;

use std::collections::{BTreeMap, BTreeSet};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::LazyLock;

use policy::{Bundle, File, MISSING_FUNCTIONS, Problem};
use regorus::{Engine, QueryResult, Value};
use serde_json::{Value as Json, json};

/// The cases that are answered otherwise than by OPA, but for those of functions that are not here and of long lines.
#[rustfmt::skip]
const DIFFERENCES: &[(&str, &str)] = &[
    ("ir/no call-dynamic with mixed partial rules", BELOW),
    ("ir/no call-dynamic with mixed partial rules, ref heads", BELOW),
    ("ir/call-dynamic with ref heads and unrelated rule (issue 7399)", BELOW),
    ("refheads/general, overlapping rule, no conflict", BELOW),
    ("refheads/general, overlapping rule, different dynamic depths, no conflict", BELOW),
    ("refheads/general, set leaf (shallow ref)", BELOW),
    ("refheads/general, set leaf (other rule defines dynamic ref portion)", BELOW),
    ("refheads/general, set leaf", BELOW),
    ("refheads/general, set leaf, deep query", BELOW),
    ("refheads/single-value, with var", BELOW),
    ("regression/virtual-cache key scope", BELOW),
    ("regression/partial-object override, different key type, query", BELOW),
    ("regression/partial-object override, different key type, referenced in other rule", BELOW),
    ("regression/dynamic object to static object comparison (https://github.com/open-policy-agent/opa/issues/6138)", BELOW),
    ("data/toplevel integer", "`data[2]` counts as a reference to every rule, so that the bundle is refused"),
    ("jsonbuiltins/json is_valid not string", "`json.is_valid` fails for what is no text, and OPA says false"),
    ("reachable_paths/cycle_1022_3", "paths through a circle: OPA does not define them"),
    ("strings/sprintf: float too big", "a number is larger than a double: the bundle is refused"),
    ("rand.intn/consistent values for same arguments", REFUSED),
    ("withkeyword/builtin: http.send example", REFUSED),
    ("withkeyword/builtin-builtin: arity 0", REFUSED),
    ("withkeyword/builtin-builtin: arity 1, replacement is compound", REPLACED),
    ("withkeyword/builtin-builtin: arity 1, replacement is simple", REPLACED),
    ("withkeyword/function: direct call, built-in replacement, arity 1", REPLACED),
    ("withkeyword/function: direct call, built-in replacement, arity 1, result captured", REPLACED),
];
const BELOW: &str = "a rule is below another: the bundle is refused, since regorus would ask one of them alone";
const REFUSED: &str = "the function is not for policies: the bundle is refused";
const REPLACED: &str =
    "`with` puts a built-in function in the place of another: regorus cannot, and no decision is made";

/// Functions of the cases that OPA has for its own tests alone.
const OF_OPAS_TESTS: &str = "test.sleep";

/// What a case came to.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Outcome {
    /// The answer of OPA.
    Same,
    /// The bundle is refused since it calls this function, which is not in this build.
    Lacks(String),
    /// The bundle is refused since a line is too long for regorus, or brackets nest too deep.
    OutOfBounds,
    /// Another answer than that of OPA: this one.
    Differs(String),
}

/// The cases, each with its folder.
static CASES: LazyLock<Vec<Json>> = LazyLock::new(read_cases);

/// Has OPA read the cases, as its own tests read them.
fn read_cases() -> Vec<Json> {
    let folder = files::opa();
    let mut paths: Vec<_> = std::fs::read_dir(folder.join("cases"))
        .expect("the cases")
        .flat_map(|family| std::fs::read_dir(family.expect("an entry").path()).expect("a family"))
        .map(|file| file.expect("a file").path())
        .filter(|path| path.extension().is_some_and(|extension| extension == "yaml"))
        .collect();
    paths.sort();
    let name = |path: &Path| path.parent().and_then(Path::file_name).expect("a family").to_string_lossy().into_owned();
    let texts: Vec<_> = paths
        .iter()
        .map(|path| json!({"family": name(path), "text": std::fs::read_to_string(path).expect("a text")}))
        .collect();
    let input = Path::new(env!("CARGO_TARGET_TMPDIR")).join("opa-cases.json");
    std::fs::write(&input, json!(texts).to_string()).expect("written");
    let query = "[object.union(case, {\"family\": file.family}) | some file in input; some case in yaml.unmarshal(file.text).cases]";
    let output = Command::new(folder.join("bin/opa"))
        .args(["eval", "--format=raw", "--input"])
        .arg(&input)
        .arg(query)
        .stderr(Stdio::inherit())
        .output()
        .expect("opa starts");
    serde_json::from_slice(&output.stdout).expect("the cases as JSON")
}

/// An engine with all that the case has.
fn engine(case: &Json, is_strict: bool) -> Result<Engine, String> {
    let text = |error: &dyn std::fmt::Display| error.to_string();
    let mut engine = Engine::new();
    engine.set_strict_builtin_errors(is_strict);
    for (at, module) in case["modules"].as_array().into_iter().flatten().enumerate() {
        let module = module.as_str().expect("a module").to_owned();
        engine.add_policy(format!("{at}.rego"), module).map_err(|error| text(&error))?;
    }
    if case["data"].is_object() {
        engine.add_data_json(&case["data"].to_string()).map_err(|error| text(&error))?;
    }
    if let Some(term) = case["input_term"].as_str() {
        let results = engine.eval_query(term.to_owned(), false).map_err(|error| text(&error))?;
        engine.set_input(results.result[0].expressions[0].value.clone());
    } else if let Some(input) = case.get("input") {
        engine.set_input_json(&input.to_string()).map_err(|error| text(&error))?;
    }
    Ok(engine)
}

/// The rule that a query asks for, and the name that its value gets: `data.a.b = x`.
fn asked_rule(query: &str) -> Option<(&str, &str)> {
    let (rule, name) = query.split_once(" = ")?;
    let is_path =
        rule.starts_with("data.") && rule.chars().all(|letter| letter.is_alphanumeric() || "._".contains(letter));
    (is_path && name.chars().all(char::is_alphanumeric)).then_some((rule, name))
}

/// Why the modules of a case are no bundle. None if they are one, beside an `allow`.
fn problems(case: &Json) -> Vec<Problem> {
    let modules = case["modules"].as_array().into_iter().flatten().map(|module| module.as_str().expect("a module"));
    let paths: Vec<_> = (0..modules.clone().count()).map(|at| format!("{at}.rego")).collect();
    let allow = File { path: "allow.rego", text: "package wasmcp\n\nallow := true\n" };
    let files: Vec<_> = paths.iter().zip(modules).map(|(path, text)| File { path, text }).chain([allow]).collect();
    Bundle::compile(&files).err().map(|error| error.problems).unwrap_or_default()
}

/// The results of the query, each an object of the names that it binds. A rule is asked as decisions ask it.
fn results(case: &Json, is_strict: bool) -> Result<Vec<Json>, String> {
    let query = case["query"].as_str().expect("a query").trim();
    let mut engine = engine(case, is_strict)?;
    let as_json =
        |value: &Value| serde_json::from_str::<Json>(&value.to_string()).map_err(|error| format!("{error}: {value}"));
    if let Some((rule, name)) = asked_rule(query) {
        match engine.eval_rule(rule.to_owned()) {
            Ok(Value::Undefined) => return Ok(Vec::new()),
            Ok(value) => return Ok(vec![json!({ name: as_json(&value)? })]),
            Err(error) if error.to_string().contains("not a valid rule path") => {}
            Err(error) => return Err(error.to_string()),
        }
    }
    let found = engine.eval_query(query.to_owned(), false).map_err(|error| error.to_string())?;
    let holds = |result: &&QueryResult| {
        result.expressions.iter().all(|expression| !matches!(expression.value, Value::Undefined | Value::Bool(false)))
    };
    found.result.iter().filter(holds).map(|result| as_json(&result.bindings)).collect()
}

/// The same with the order of OPA's test: of the results none, and of the entries of an array none where the case says so.
fn sorted(case: &Json, results: &[Json]) -> BTreeSet<String> {
    let mut results = results.to_vec();
    if case["sort_bindings"] == Json::Bool(true) {
        for value in results.iter_mut().filter_map(Json::as_object_mut).flat_map(|names| names.values_mut()) {
            if let Some(entries) = value.as_array_mut() {
                entries.sort_by_cached_key(Json::to_string);
            }
        }
    }
    results.iter().map(numbers).map(|result| result.to_string()).collect()
}

/// The same value with one spelling of each number.
fn numbers(value: &Json) -> Json {
    match value {
        Json::Array(items) => items.iter().map(numbers).collect(),
        Json::Object(members) => members.iter().map(|(name, value)| (name.clone(), numbers(value))).collect(),
        Json::Number(number) => match (number.as_i64(), number.as_f64()) {
            (None, Some(float)) if float.fract() == 0.0 && float.abs() < 9e15 => json!(float as i64),
            _ => value.clone(),
        },
        other => other.clone(),
    }
}

/// Evaluates a case. A panic is an answer too.
fn evaluate(case: &Json, is_strict: bool) -> Result<Vec<Json>, String> {
    catch_unwind(AssertUnwindSafe(|| results(case, is_strict))).unwrap_or_else(|_| Err(PANIC.to_owned()))
}

const PANIC: &str = "it panicked";

fn outcome(case: &Json) -> Outcome {
    let problems = problems(case);
    let lacking = problems.iter().find_map(|problem| match problem {
        Problem::UnknownFunction { name, .. } => Some(name.clone()),
        _ => None,
    });
    if let Some(function) = lacking {
        return Outcome::Lacks(function);
    }
    let expects_error = case.get("want_error").is_some() || case.get("want_error_code").is_some();
    // What no policy may call is compared all the same.
    let refusal = problems.iter().find(|problem| !matches!(problem, Problem::RefusedFunction { .. }));
    match (refusal, evaluate(case, case["strict_error"] == Json::Bool(true))) {
        (Some(_), _) if expects_error => Outcome::Same,
        (Some(Problem::Policy { message, .. }), _) if message.contains("exceeds maximum column width") => {
            Outcome::OutOfBounds
        }
        (Some(Problem::TooDeep { .. }), _) => Outcome::OutOfBounds,
        (Some(problem), _) => Outcome::Differs(format!("is refused: {problem}")),
        (None, Err(error)) if error == PANIC => Outcome::Differs(error),
        (None, Err(_)) if expects_error => Outcome::Same,
        (None, Err(error)) => Outcome::Differs(format!("fails: {error}")),
        (None, Ok(found)) if expects_error => Outcome::Differs(format!("has a result: {}", json!(found))),
        (None, Ok(found)) => {
            let (wanted, found) =
                (sorted(case, case["want_result"].as_array().expect("a result")), sorted(case, &found));
            if wanted == found { Outcome::Same } else { Outcome::Differs(format!("has {found:?}, not {wanted:?}")) }
        }
    }
}

#[test]
#[allow(clippy::print_stdout, reason = "docs/policy.md says how to see the table")]
fn every_published_case_is_answered_as_by_opa_or_is_in_the_table() {
    let mut families: BTreeMap<String, [usize; 4]> = BTreeMap::new();
    let mut wrong = Vec::new();
    let mut differing = BTreeSet::new();
    for case in CASES.iter() {
        let (family, note) = (case["family"].as_str().expect("a family"), case["note"].as_str().expect("a note"));
        let reason = DIFFERENCES.iter().find(|(listed, _)| *listed == note);
        let at = match outcome(case) {
            Outcome::Same => 0,
            Outcome::Lacks(function) => {
                let starts = |missing: &&str| {
                    function == **missing || (missing.ends_with('.') && function.starts_with(*missing))
                };
                if !MISSING_FUNCTIONS.iter().any(starts) && function != OF_OPAS_TESTS {
                    wrong.push(format!("{note}: `{function}` is not among the functions that are said to be missing"));
                }
                1
            }
            Outcome::OutOfBounds => 2,
            Outcome::Differs(what) => {
                differing.insert(note.to_owned());
                if reason.is_none() {
                    wrong.push(format!("{note}: {what}"));
                }
                3
            }
        };
        families.entry(family.to_owned()).or_default()[at] += 1;
    }
    wrong.extend(
        DIFFERENCES
            .iter()
            .filter(|(note, _)| !differing.contains(*note))
            .map(|(note, reason)| format!("{note}: it does not differ, and the table says: {reason}")),
    );
    assert_eq!(wrong, [""; 0]);

    let sum = families.values().fold([0; 4], |sum, counts| [0, 1, 2, 3].map(|at| sum[at] + counts[at]));
    println!("{:32} {:>6} {:>6} {:>6} {:>6}", "family", "same", "lacks", "bounds", "other");
    for (family, [same, lacks, bounds, other]) in families.iter().chain([(&"all".to_owned(), &sum)]) {
        println!("{family:32} {same:6} {lacks:6} {bounds:6} {other:6}");
    }
    let page = std::fs::read_to_string(files::root().join("docs/policy.md")).expect("the page");
    let rows = [
        "as by OPA",
        "not: the policy is refused for a function that is not here",
        "not: the policy is refused for a line of more than 1,024 columns",
        "otherwise, each listed in the test with its reason",
    ];
    for (what, count) in rows.iter().zip(sum) {
        let row = page.lines().find(|line| line.starts_with(&format!("| {what}")));
        let shown = row.and_then(|row| row.split('|').nth(2)).map(str::trim);
        assert_eq!(shown, Some(thousands(count).as_str()), "docs/policy.md: {what}");
    }
}

/// Strict functions, as every decision has them, change no answer into another: they end the evaluation, which denies.
#[test]
fn a_strict_function_ends_an_evaluation_and_gives_no_other_answer() {
    let mut ended = 0;
    for case in CASES.iter().filter(|case| outcome(case) == Outcome::Same && case.get("want_result").is_some()) {
        match evaluate(case, true) {
            Ok(found) => {
                let wanted = sorted(case, case["want_result"].as_array().expect("a result"));
                assert_eq!(sorted(case, &found), wanted, "{}", case["note"]);
            }
            Err(_) => ended += 1,
        }
    }
    assert_ne!(ended, 0, "no strict function ended an evaluation");
}

fn thousands(number: usize) -> String {
    if number < 1000 { number.to_string() } else { format!("{},{:03}", number / 1000, number % 1000) }
}
