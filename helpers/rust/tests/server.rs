//! A server natively: what it lists, how it answers, and what goes from one leg to the next.

#![allow(clippy::expect_used, clippy::panic, reason = "tests fail loudly")]

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use wasmcp_provider::contract::*;
use wasmcp_provider::{Elicited, Failure, Json, NoArguments, Server, Tool, said};

#[derive(Deserialize, JsonSchema)]
struct Add {
    a: f64,
    /// The second number
    b: u32,
    c: Option<String>,
}

#[derive(Serialize, JsonSchema)]
struct Sum {
    sum: f64,
}

#[derive(Deserialize, JsonSchema)]
struct Person {
    /// Whom to greet
    name: String,
    title: Option<String>,
}

fn server() -> Server {
    Server::new("helped", "1.2.3")
        .with(|info| info.instructions = Some("Add.".into()))
        .tool("add", "Adds.", |Add { a, b, c }, _| format!("{}{}", a + f64::from(b), c.unwrap_or_default()))
        .add_tool(Tool::new("sum", "Adds.", |Add { a, b, .. }, _| Json(Sum { sum: a + f64::from(b) })).read_only())
        .tool("count", "Counts.", |_: NoArguments, call| {
            let done = call.state::<u32>()?.unwrap_or(0);
            call.progress(f64::from(done), Some(2.0), "");
            call.progress(f64::NAN, None, "never");
            call.log(LogLevel::Debug, "unwanted");
            call.log(LogLevel::Error, json!({ "done": done }));
            if done < 2 { call.more(&(done + 1), 10) } else { Ok::<_, Failure>("counted") }
        })
        .tool("book", "Books.", |_: NoArguments, call| {
            let Elicited::Accept(Person { name, .. }) = call.ask("who", "For whom?")? else {
                return Ok("not booked".into());
            };
            let Elicited::Accept(Add { b: seats, .. }) = call.ask("seats", "How many?")? else {
                return Ok("no seats".into());
            };
            Ok::<_, Failure>(format!("{seats} for {name}"))
        })
        .tool("get", "Gets.", |_: NoArguments, call| {
            Ok::<_, String>(format!("{}", call.get("https://a.example/?key=x")?.status))
        })
        .tool("forbidden", "Never.", |_: NoArguments, _| Err::<bool, _>(Failure::Mcp(McpError::Forbidden("no".into()))))
        .resource("a://b", "b", "text/plain", |_| Ok("text"))
        .template("a://n/{n}", "n", "text/plain", |uri, _| Ok(uri.ends_with('1').then(|| uri.to_owned())))
        .prompt("greet", "Greets.", |Person { name, title }, _| {
            Ok(vec![said(Role::User, title.unwrap_or_default() + &name)])
        })
}

fn context() -> Context {
    Context {
        call_id: "1".into(),
        attempt: 1,
        protocol_version: "2026-07-28".into(),
        client: None,
        capabilities: ClientCapabilities {
            features: ClientFeatures::empty(),
            extensions: vec![],
            experimental: vec![],
            extra: None,
        },
        principal: None,
        trace: None,
        log_level: Some(LogLevel::Warning),
        progress_wanted: true,
        remaining_ms: 1000,
        meta: None,
        extra: None,
    }
}

fn leg(name: &str, arguments: &str, resumed: Option<Resumption>) -> Result<ToolLeg, McpError> {
    server().call_tool(&context(), ToolCall { name: name.into(), arguments: arguments.into(), resumed, extra: None })
}

/// What a tool says, and whether that is an error.
fn said_by(name: &str, arguments: &str) -> (String, bool) {
    output(leg(name, arguments, None).expect("a leg"))
}

fn output(leg: ToolLeg) -> (String, bool) {
    let ToolOutcome::Complete(output) = leg.outcome else { panic!("not complete: {:?}", leg.outcome) };
    let [ContentBlock::Text(text)] = output.content.as_slice() else { panic!("not one text: {:?}", output.content) };
    (text.text.clone(), output.is_error)
}

#[test]
fn the_schema_is_that_of_the_types() {
    let tools = server().list_tools(None).expect("a page").tools;
    let input: Value = serde_json::from_str(&tools[0].input_schema).expect("JSON");
    let expected = json!({
        "type": "object",
        "properties": {
            "a": { "type": "number" },
            "b": { "type": "integer", "minimum": 0, "description": "The second number" },
            "c": { "type": ["string", "null"] },
        },
        "required": ["a", "b"],
        "additionalProperties": false,
    });
    assert_eq!(input, expected);
    assert_eq!(tools[0].output_schema, None);
    let output: Value = serde_json::from_str(tools[1].output_schema.as_deref().expect("a schema")).expect("JSON");
    assert_eq!(output, json!({ "type": "object", "properties": { "sum": { "type": "number" } }, "required": ["sum"] }));
    assert_eq!(tools[1].annotations.as_ref().and_then(|hints| hints.read_only_hint), Some(true));
    assert!(matches!(server().list_tools(Some("".into())), Err(McpError::InvalidCursor)));
    let info = server().describe();
    assert_eq!(info.offers, Offers::TOOLS | Offers::RESOURCES | Offers::PROMPTS);
    assert_eq!((info.catalogue_revision.as_str(), info.catalogue_static), ("1.2.3", true));
}

#[test]
fn arguments_are_checked_and_results_are_text_or_json() {
    for (name, arguments, said, is_error) in [
        ("add", r#"{"a":1.5,"b":2}"#, "3.5", false),
        ("add", r#"{"a":1,"b":2,"c":"x"}"#, "3x", false),
        ("sum", r#"{"a":1,"b":2}"#, r#"{"sum":3.0}"#, false),
        ("add", r#"{"a":1}"#, "missing field `b`", true),
        ("add", r#"{"a":1,"b":"2"}"#, "`b` cannot be used: invalid type: string \"2\"", true),
        ("add", r#"{"a":1,"b":2,"d":3}"#, "`d` is not an argument", true),
        ("get", "{}", "this server offers its tools no HTTP requests", true),
    ] {
        let (text, error) = said_by(name, arguments);
        assert!(text.contains(said) && error == is_error, "{name} {arguments}: {text} {error}");
    }
    assert!(matches!(leg("none", "{}", None), Err(McpError::UnknownName(name)) if name == "none"));
    assert!(matches!(leg("forbidden", "{}", None), Err(McpError::Forbidden(_))));
}

#[test]
fn steps_pass_their_state_on() {
    let (mut resumed, mut events) = (None, vec![]);
    for _ in 0..2 {
        let ToolLeg { events: more_events, outcome } = leg("count", "{}", resumed).expect("a leg");
        let ToolOutcome::More(more) = outcome else { panic!("not more: {outcome:?}") };
        assert_eq!(more.after_ms, 10);
        resumed = Some(Resumption { saved: Some(more.saved), answers: vec![] });
        events.extend(more_events);
    }
    assert_eq!(output(leg("count", "{}", resumed).expect("a leg")), ("counted".into(), false));
    // A host without `live`: they are with the answers. Neither the number that is none nor the log below the level is there.
    let [Event::Progress(first), Event::Log(log), Event::Progress(second), Event::Log(_)] = events.as_slice() else {
        panic!("{events:?}")
    };
    assert_eq!((first.progress, second.progress, log.data.as_str()), (0.0, 1.0, r#"{"done":0}"#));
    for saved in [&b"no JSON"[..], br#"{"state":"no number","answers":{}}"#] {
        let resumed = Some(Resumption { saved: Some(saved.into()), answers: vec![] });
        assert!(matches!(leg("count", "{}", resumed), Err(McpError::InvalidSaved)));
    }
}

#[test]
fn questions_are_asked_one_after_the_other_without_a_state_of_the_author() {
    let ask = |saved: Option<Vec<u8>>, key: &str, action: ElicitationAction, content: Option<&str>| {
        let response =
            InputResponse::Elicit(ElicitationResult { action, content: content.map(Into::into), extra: None });
        leg("book", "{}", Some(Resumption { saved, answers: vec![InputAnswer { key: key.into(), response }] }))
    };
    let question = |leg: ToolLeg| {
        let ToolOutcome::InputRequired(InputRequired { mut questions, saved, .. }) = leg.outcome else {
            panic!("not asked")
        };
        let InputQuestion { key, request: InputRequest::ElicitForm(form) } = questions.remove(0) else {
            panic!("no form")
        };
        (key, form, saved)
    };
    let (key, form, saved) = question(leg("book", "{}", None).expect("a leg"));
    assert_eq!((key.as_str(), form.message.as_str()), ("who", "For whom?"));
    let schema: Value = serde_json::from_str(&form.requested_schema).expect("JSON");
    assert_eq!(schema["properties"]["name"], json!({ "type": "string", "description": "Whom to greet" }));
    // It may be left out, by the list of those that may not: a type of a form has one name.
    assert_eq!((&schema["properties"]["title"], &schema["required"]), (&json!({ "type": "string" }), &json!(["name"])));

    let declined = ask(saved.clone(), "who", ElicitationAction::Decline, None).expect("a leg");
    assert_eq!(output(declined).0, "not booked");
    let wrong = ask(saved.clone(), "who", ElicitationAction::Accept, Some(r#"{"name":1}"#)).expect("a leg");
    assert!(output(wrong).0.contains("the answer to `who` cannot be used"));
    let (key, _, saved) =
        question(ask(saved, "who", ElicitationAction::Accept, Some(r#"{"name":"Ada"}"#)).expect("a leg"));
    assert_eq!(key, "seats");
    let booked = ask(saved, "seats", ElicitationAction::Accept, Some(r#"{"a":0,"b":4}"#)).expect("a leg");
    assert_eq!(output(booked), ("4 for Ada".into(), false));
}

#[test]
fn resources_and_prompts_are_found_or_are_errors() {
    let read = |uri: &str| server().read_resource(&context(), ResourceRead { uri: uri.into(), ..Default::default() });
    for uri in ["a://b", "a://n/1"] {
        let Ok(ResourceLeg { outcome: ResourceOutcome::Complete(output), .. }) = read(uri) else { panic!("{uri}") };
        assert!(matches!(output.contents.as_slice(), [ResourceContents { body: ResourceBody::Text(_), .. }]), "{uri}");
    }
    for uri in ["a://c", "a://n/2"] {
        assert!(matches!(read(uri), Err(McpError::ResourceNotFound(found)) if found == uri), "{uri}");
    }
    assert_eq!(server().list_resources(None).expect("a page").resources.len(), 1);
    assert_eq!(server().list_templates(None).expect("a page").templates[0].uri_template, "a://n/{n}");

    let arguments = &server().list_prompts(None).expect("a page").prompts[0].arguments;
    let listed: Vec<_> = arguments.iter().map(|one| (one.name.as_str(), one.required)).collect();
    assert_eq!(listed, [("name", Some(true)), ("title", Some(false))]);
    let get = |name: &str, arguments: &[(&str, &str)]| {
        let arguments = arguments.iter().map(|(name, value)| ((*name).into(), (*value).into())).collect();
        server().get_prompt(&context(), PromptGet { name: name.into(), arguments, ..Default::default() })
    };
    assert!(matches!(get("greet", &[("name", "Ada")]), Ok(PromptLeg { outcome: PromptOutcome::Complete(_), .. })));
    assert!(matches!(get("greet", &[]), Err(McpError::InvalidParams(_))));
    assert!(matches!(get("none", &[]), Err(McpError::UnknownName(_))));
}
