//! The input documents: docs/policy.md shows the one of each method, and each fits policies/input.schema.json.
#![allow(clippy::expect_used, clippy::indexing_slicing, clippy::panic, reason = "tests fail loudly")]

use policy::{
    Annotations, Document, Identity, IdentityParts, Input, InputError, Item, MAX_VALUES, Phase, Reference, Request,
    RequestParts, Server,
};
use serde_json::{Value, json};

mod files;
mod random;

/// What is wrong with a value, by the part of JSON Schema that the schema uses.
fn faults(schema: &Value, value: &Value, at: &str) -> Vec<String> {
    let mut found = Vec::new();
    let is_of_type = match schema["type"].as_str().expect("a type") {
        "object" => value.is_object(),
        "array" => value.is_array(),
        "string" => value.is_string(),
        "boolean" => value.is_boolean(),
        "integer" => value.is_u64(),
        other => panic!("{other} is not known here"),
    };
    if !is_of_type {
        return vec![format!("{at} is {value}")];
    }
    if let Some(allowed) = schema["enum"].as_array()
        && !allowed.contains(value)
    {
        found.push(format!("{at} is {value}"));
    }
    for name in schema["required"].as_array().into_iter().flatten().filter_map(Value::as_str) {
        if value.get(name).is_none() {
            found.push(format!("{at}.{name} is missing"));
        }
    }
    for (name, member) in value.as_object().into_iter().flatten() {
        let at = format!("{at}.{name}");
        match (schema["properties"].get(name), &schema["additionalProperties"]) {
            (Some(schema), _) => found.extend(faults(schema, member, &at)),
            (None, Value::Bool(true)) => {}
            (None, schema @ Value::Object(_)) => found.extend(faults(schema, member, &at)),
            _ => found.push(format!("{at} is not in the schema")),
        }
    }
    for item in value.as_array().into_iter().flatten() {
        found.extend(faults(&schema["items"], item, at));
    }
    found
}

fn schema() -> Value {
    let text = std::fs::read_to_string(files::root().join("policies/input.schema.json")).expect("the schema");
    serde_json::from_str(&text).expect("JSON")
}

#[test]
fn random_inputs_fit_the_schema_and_a_wrong_one_does_not() {
    let schema = schema();
    let random = &mut random::generator(7);
    for _ in 0..2000 {
        let (thing, caller, arguments) = (random::thing(random), random::caller(random), random::arguments(random));
        for phase in [Phase::Call, Phase::List] {
            let json = random::with_input(phase, &thing, caller.as_ref(), arguments, |input| {
                input.document().expect("a document").to_json()
            });
            let document: Value = serde_json::from_str(&json.expect("JSON")).expect("JSON");
            assert_eq!(faults(&schema, &document, "input"), Vec::<String>::new());
            assert!(Document::from_input(&document.to_string(), 7).is_ok(), "{document}");
            assert!(phase == Phase::Call || document.get("arguments").is_none());
        }
    }
    let wrong = json!({"version": 1, "phase": "calls", "tool": {"nam": "a"}, "path": 1});
    assert_eq!(faults(&schema, &wrong, "input").len(), 7);
}

/// The member at this JSON pointer is set to a value, or taken away. What does not fit the schema is refused with the name of the member.
#[test]
fn an_input_that_a_person_wrote_is_refused_where_it_does_not_fit_the_schema() {
    let schema = schema();
    let right = json!({
        "version": 1, "phase": "call", "method": "tools/call", "path": "/mcp", "time": 1,
        "server": { "name": "files", "version": "1.0.0" },
        "tool": { "name": "a", "annotations": { "readOnlyHint": true } },
        "arguments": { "any": [null, { "thing": 1 }] },
        "identity": { "issuer": "i", "subject": "s", "scopes": ["a"], "roles": [], "groups": [], "claims": { "any": {} } },
        "request": { "headers": { "x-tenant": "acme" }, "client": { "name": "c", "version": "1" } },
    });
    assert_eq!(faults(&schema, &right, "input"), Vec::<String>::new());
    assert_eq!(Document::from_input(&right.to_string(), 7).map(drop), Ok(()));
    let mut early = right.clone();
    early.as_object_mut().expect("an object").remove("server");
    assert_eq!(faults(&schema, &early, "input"), Vec::<String>::new());
    assert_eq!(Document::from_input(&early.to_string(), 7).map(drop), Ok(()));
    for (parent, member, value, said) in [
        ("", "tol", json!({}), "unknown field `tol`"),
        ("/tool", "nam", json!("a"), "unknown field `nam`"),
        ("/tool/annotations", "readOnly", json!(true), "unknown field `readOnly`"),
        ("/tool/annotations", "readOnlyHint", json!("yes"), "expected a boolean"),
        ("/identity", "role", json!([]), "unknown field `role`"),
        ("/identity", "roles", json!("reader"), "expected a sequence"),
        ("/identity/roles", "0", json!(1), "expected a string"),
        ("/request", "protocolversion", json!("2026-07-28"), "unknown field `protocolversion`"),
        ("/request/headers", "x-tenant", json!(1), "expected a string"),
        ("/request/client", "version", Value::Null, "missing field `version`"),
        ("", "method", Value::Null, "missing field `method`"),
        ("", "phase", json!("calls"), "unknown variant `calls`"),
        ("", "path", json!(1), "expected a string"),
        ("", "arguments", json!([]), "expected a map"),
        ("", "time", json!("now"), "expected u64"),
        ("/identity", "subject", Value::Null, "missing field `subject`"),
    ] {
        let mut wrong = right.clone();
        match wrong.pointer_mut(parent).expect("the parent") {
            Value::Array(items) => items.push(value.clone()),
            Value::Object(members) if value.is_null() => drop(members.remove(member)),
            Value::Object(members) => drop(members.insert(member.to_owned(), value.clone())),
            other => panic!("{other}"),
        }
        assert!(!faults(&schema, &wrong, "input").is_empty(), "{parent}/{member} {value} fits the schema");
        let error = Document::from_input(&wrong.to_string(), 7).expect_err("an error").to_string();
        assert!(error.contains(said), "{parent}/{member} {value}: {error}");
    }
    let error = Document::from_input("[]", 7).expect_err("an error").to_string();
    assert!(error.contains("expected struct Input"), "{error}");
}

#[test]
fn what_most_inputs_have_alike_may_be_left_out() {
    let schema = schema();
    let all = json!({ "version": 1, "phase": "call", "path": "/mcp", "request": { "headers": {} }, "time": 7 });
    for (short, added) in [
        (json!({ "method": "ping" }), json!({})),
        (json!({ "method": "tools/call", "tool": { "name": "a" } }), json!({ "arguments": {} })),
        (json!({ "method": "tools/call", "tool": { "name": "a" }, "phase": "list" }), json!({})),
        (json!({ "method": "prompts/get", "prompt": { "name": "a" } }), json!({ "arguments": {} })),
        (json!({ "method": "tools/call", "tool": { "name": "a" }, "arguments": { "b": 1 }, "time": 9 }), json!({})),
        (
            json!({ "method": "ping", "path": "/mcp/v", "request": { "id": "i" } }),
            json!({ "request": { "id": "i", "headers": {} } }),
        ),
        (
            json!({ "method": "ping", "identity": { "issuer": "i", "subject": "s", "roles": ["r"] } }),
            json!({ "identity": { "issuer": "i", "subject": "s", "scopes": [], "roles": ["r"], "groups": [], "claims": {} } }),
        ),
    ] {
        let mut expected = all.clone();
        for members in [&short, &added] {
            let members = members.as_object().expect("an object").clone();
            expected.as_object_mut().expect("an object").extend(members);
        }
        let document = Document::from_input(&short.to_string(), 7).expect("an input").to_json().expect("JSON");
        let document: Value = serde_json::from_str(&document).expect("JSON");
        assert_eq!(document, expected, "{short}");
        assert_eq!(faults(&schema, &document, "input"), Vec::<String>::new(), "{short}");
    }
}

#[test]
fn the_documents_of_the_page_are_those_of_the_methods() {
    let page = std::fs::read_to_string(files::root().join("docs/policy.md")).expect("the page");
    let identity = Identity::new(&IdentityParts {
        issuer: "https://issuer.example",
        subject: "ada",
        client: Some("cli"),
        scopes: &["files:read".to_owned()],
        roles: &["reader".to_owned()],
        groups: &[],
        claims: r#"{"sub": "ada", "tenant": "acme"}"#,
    })
    .expect("claims");
    let request = Request::new(&RequestParts {
        id: Some("5f0c8e1d2b3a4957"),
        protocol_version: Some("2025-11-25"),
        client: Some(("inspector", "0.20.0")),
        headers: &[("x-tenant", "acme")],
        address: Some("192.0.2.1"),
    });
    let annotations = Annotations { read_only: Some(false), destructive: Some(true), ..Annotations::default() };
    let arguments = [("topic".to_owned(), "rust".to_owned())];
    let tool = Item::Tool { name: "delete_file", annotations: Some(annotations), arguments: r#"{"path":"/tmp/a"}"# };
    let completion =
        |reference| Item::Completion { reference, argument: "language", value: "de", arguments: &arguments };
    for (title, phase, method, item) in [
        ("tools/call", Phase::Call, "tools/call", tool),
        ("a tool in tools/list", Phase::List, "tools/call", tool),
        ("resources/read", Phase::Call, "resources/read", Item::Resource { uri: "file:///a", template: false }),
        (
            "a template in resources/templates/list",
            Phase::List,
            "resources/read",
            Item::Resource { uri: "file:///{path}", template: true },
        ),
        ("prompts/get", Phase::Call, "prompts/get", Item::Prompt { name: "review", arguments: &arguments }),
        (
            "completion/complete of a prompt",
            Phase::Call,
            "completion/complete",
            completion(Reference::Prompt("review")),
        ),
        ("any other method", Phase::Call, "tools/list", Item::Method),
    ] {
        let input = Input {
            phase,
            method,
            path: "/mcp",
            view: None,
            server: Some(Server { name: "files", version: "1.0.0" }),
            item,
            provider: (!matches!(item, Item::Method)).then_some("files"),
            identity: Some(&identity),
            request: &request,
            time_ns: 1_796_000_000_000_000_000,
        };
        let json = input.document().expect("a document").to_json().expect("JSON");
        let mut document: Value = serde_json::from_str(&json).expect("JSON");
        assert_eq!(faults(&schema(), &document, "input"), Vec::<String>::new());
        // The page has the members that all documents have in common once.
        if title != "tools/call" {
            for common in ["version", "path", "server", "identity", "request", "time"] {
                document.as_object_mut().expect("an object").remove(common);
            }
        }
        let block = page.split(&format!("### {title}\n")).nth(1).unwrap_or_else(|| panic!("no `### {title}`"));
        let shown = block.split("```json\n").nth(1).and_then(|rest| rest.split("```").next()).expect("a block");
        let shown: Value = serde_json::from_str(shown).unwrap_or_else(|error| panic!("{title}: {error}"));
        assert_eq!(shown, document, "{title}: {document:#}");
    }
}

#[test]
fn arguments_that_cannot_be_compared_are_refused_and_not_repeated() {
    for arguments in ["", "[]", "1", "{\"a\": 1e400}", "{\"secret\"", "null"] {
        let thing = random::Thing { kind: random::Kind::Tool, name: "add", provider: None, read_only: None };
        let error =
            random::with_input(Phase::Call, &thing, None, arguments, |input| input.document().expect_err("an error"));
        assert_eq!(error, InputError::NotJson { part: "arguments" });
        assert!(!error.to_string().contains("secret"));
    }
}

#[test]
fn arguments_have_a_bounded_number_of_values_of_any_length() {
    let error = InputError::TooManyValues { part: "arguments" };
    let list = |items: usize| format!(r#"{{"a":[0{}]}}"#, ",0".repeat(items - 1));
    for (arguments, expected) in [
        (list(MAX_VALUES - 2), None),
        (list(MAX_VALUES - 1), Some(error)),
        (format!("[{}]", list(1)), Some(InputError::NotJson { part: "arguments" })),
        (format!(r#"{{"a":"{}"}}"#, "x".repeat(4 << 20)), None),
    ] {
        let thing = random::Thing { kind: random::Kind::Tool, name: "add", provider: None, read_only: None };
        let found = random::with_input(Phase::Call, &thing, None, &arguments, |input| input.document().err());
        assert_eq!(found, expected, "{} bytes", arguments.len());
    }
    assert_eq!(error.to_string(), "there are more than 65536 values in the arguments");
}

#[test]
fn numbers_and_texts_of_arguments_keep_their_values() {
    for arguments in [
        r#"{"a":12345678901234567890}"#,
        r#"{"a":123456789012345678901234567890}"#,
        r#"{"a":0.1}"#,
        r#"{"a":-0.5}"#,
        r#"{"a":"\u0000\u001f\u2028"}"#,
        r#"{"a":{"":[null,true,[]]}}"#,
    ] {
        let thing = random::Thing { kind: random::Kind::Tool, name: "add", provider: None, read_only: None };
        let json = random::with_input(Phase::Call, &thing, None, arguments, |input| {
            input.document().expect("a document").to_json()
        });
        let json = json.expect("JSON");
        let document: Value = serde_json::from_str(&json).expect("JSON");
        let expected: Value = serde_json::from_str(arguments).expect("JSON");
        assert_eq!(document["arguments"], expected, "{json}");
    }
}
