//! Conversations about resources, prompts and completion, in each version of the protocol.

#![allow(clippy::expect_used, clippy::indexing_slicing, clippy::panic, reason = "tests fail loudly")]

mod scripted;

use contract::model::*;
use scripted::{Scripted, Server, contents, message, progress, resource};
use serde_json::{Value, json};

const VERSIONS: [&str; 3] = ["2025-06-18", "2025-11-25", "2026-07-28"];

/// The result without the members that only modern results have.
fn result(version: &str, reply: &scripted::Reply) -> Value {
    let mut result = reply.json()["result"].clone();
    let object = result.as_object_mut().unwrap_or_else(|| panic!("{version}: {:?}", reply.chunks));
    let is_modern = version == "2026-07-28";
    for member in ["resultType", "_meta"] {
        assert_eq!(object.remove(member).is_some(), is_modern, "{version} {member}");
    }
    for member in ["ttlMs", "cacheScope"] {
        assert!(object.remove(member).is_none() || is_modern, "{version} {member}");
    }
    result
}

#[test]
fn each_list_has_the_items_of_the_provider() {
    for version in VERSIONS {
        let server = Server::of(Scripted::everything());
        for (method, expected) in [
            (
                "resources/list",
                json!({"resources": [{"uri": "test:/shown", "name": "test:/shown"}, {"uri": "test:/secret", "name": "test:/secret"}]}),
            ),
            (
                "resources/templates/list",
                json!({"resourceTemplates": [
                    {"uriTemplate": "test:/shown/{a}", "name": "test:/shown/{a}"},
                    {"uriTemplate": "test:/secret/{a}", "name": "test:/secret/{a}"}
                ]}),
            ),
            ("prompts/list", json!({"prompts": [{"name": "shown"}, {"name": "secret"}]})),
        ] {
            assert_eq!(result(version, &server.request(version, method, "")), expected, "{version} {method}");
            let foreign = server.request(version, method, r#""cursor":"x""#);
            assert_eq!((foreign.status, foreign.code()), (200, Some(-32602)), "{version} {method}");
        }
    }
}

#[test]
fn a_resource_is_read_as_text_and_as_binary() {
    for version in VERSIONS {
        for (body, expected) in [
            (ResourceBody::Text("text".into()), json!({"uri": "test:/a", "text": "text"})),
            (ResourceBody::Blob(vec![0, 255]), json!({"uri": "test:/a", "blob": "AP8="})),
            (ResourceBody::Unnamed(r#"{"chart":[1]}"#.into()), json!({"uri": "test:/a", "chart": [1]})),
        ] {
            let mut provider = Scripted::everything();
            provider.read_resource =
                Box::new(move |_, read| Ok(ResourceLeg { events: vec![], outcome: contents(&read.uri, body.clone()) }));
            let reply = Server::of(provider).request(version, "resources/read", r#""uri":"test:/a""#);
            assert_eq!(result(version, &reply), json!({"contents": [expected]}), "{version}");
        }
    }
}

#[test]
fn an_absent_item_has_the_error_code_of_the_version() {
    for (method, params, modern, legacy, said) in [
        ("resources/read", r#""uri":"test:/absent""#, -32602, -32002, "resource not found: `test:/absent`"),
        ("prompts/get", r#""name":"absent""#, -32602, -32602, "unknown prompt: `absent`"),
        (
            "completion/complete",
            r#""ref":{"type":"ref/prompt","name":"absent"},"argument":{"name":"a","value":""}"#,
            -32602,
            -32602,
            "unknown prompt: `absent`",
        ),
        (
            "completion/complete",
            r#""ref":{"type":"ref/resource","uri":"test:/absent/{a}"},"argument":{"name":"a","value":""}"#,
            -32602,
            -32602,
            "unknown resource template: `test:/absent/{a}`",
        ),
        ("tools/call", r#""name":"absent""#, -32602, -32602, "unknown tool: `absent`"),
    ] {
        for version in VERSIONS {
            let reply = Server::of(Scripted::everything()).request(version, method, params);
            let code = if version == "2026-07-28" { modern } else { legacy };
            assert_eq!((reply.status, reply.code()), (200, Some(code)), "{version} {method}");
            assert_eq!(reply.json()["error"]["message"], said, "{version}");
        }
    }
    let reply = Server::of(Scripted::everything()).request("2025-11-25", "resources/read", r#""uri":"test:/absent""#);
    assert_eq!(reply.json()["error"]["data"], json!({"uri": "test:/absent"}));
}

#[test]
fn a_prompt_gets_its_arguments() {
    for version in VERSIONS {
        let mut provider = Scripted::everything();
        provider.get_prompt = Box::new(|_, get| {
            Ok(PromptLeg { events: vec![], outcome: message(&format!("{} {:?}", get.name, get.arguments)) })
        });
        let server = Server::of(provider);
        let reply = server.request(version, "prompts/get", r#""name":"shown","arguments":{"who":"Ada"}"#);
        let said = r#"shown [("who", "Ada")]"#;
        let expected = json!({"messages": [{"role": "user", "content": {"type": "text", "text": said}}]});
        assert_eq!(result(version, &reply), expected, "{version}");
        let wrong = server.request(version, "prompts/get", r#""name":"shown","arguments":{"who":1}"#);
        assert_eq!((wrong.status, wrong.code()), (200, Some(-32602)), "{version}");
    }
}

#[test]
fn completion_passes_the_context_on_and_answers_with_at_most_100_values() {
    for version in VERSIONS {
        let mut provider = Scripted::everything();
        provider.complete = Box::new(|_, request| {
            let count = request.value.parse().expect("a number");
            let values = (0..count).map(|number: u32| format!("{:?}{number}", request.arguments)).collect();
            Ok(CompletionValues { values, total: Some(count), has_more: Some(false), extra: None })
        });
        let server = Server::of(provider);
        let complete = |count: u32| {
            let params = format!(
                r#""ref":{{"type":"ref/prompt","name":"shown"}},"argument":{{"name":"a","value":"{count}"}},"context":{{"arguments":{{"b":"c"}}}}"#
            );
            server.request(version, "completion/complete", &params)
        };
        let expected = json!({"completion": {"values": [r#"[("b", "c")]0"#], "total": 1, "hasMore": false}});
        assert_eq!(result(version, &complete(1)), expected, "{version}");
        assert_eq!(complete(100).status, 200);
        assert_eq!(complete(101).code(), Some(-32603), "{version}");
    }
}

#[test]
fn a_server_without_a_capability_has_none_of_its_methods() {
    for version in VERSIONS {
        let status = if version == "2026-07-28" { 404 } else { 200 };
        let mut provider = Scripted::everything();
        provider.info.offers = Offers::TOOLS;
        let server = Server::of(provider);
        for (method, params) in [
            ("resources/list", ""),
            ("resources/templates/list", ""),
            ("resources/read", r#""uri":"test:/shown""#),
            ("prompts/list", ""),
            ("prompts/get", r#""name":"shown""#),
            ("completion/complete", r#""ref":{"type":"ref/prompt","name":"shown"},"argument":{"name":"a","value":""}"#),
        ] {
            let reply = server.request(version, method, params);
            assert_eq!((reply.status, reply.code()), (status, Some(-32601)), "{version} {method}");
            let said = format!("this server has no method `{method}`");
            assert_eq!(reply.json()["error"]["message"], said.as_str(), "{version}");
        }
    }
}

/// A provider whose reads and prompts take three legs, each with an event.
fn three_legs() -> Scripted {
    fn next<T>(resumed: Option<&Resumption>, more: impl Fn(More) -> T, done: T) -> (Vec<Event>, T) {
        let legs = resumed.and_then(|resumed| resumed.saved.as_ref()?.first().copied()).unwrap_or(0);
        let outcome = if legs < 2 { more(More { saved: vec![legs + 1], after_ms: 10 }) } else { done };
        (vec![progress(f64::from(legs))], outcome)
    }
    let mut provider = Scripted::everything();
    provider.resources = vec![resource("test:/slow")];
    provider.read_resource = Box::new(|_, read| {
        let done = contents(&read.uri, ResourceBody::Text("done".into()));
        let (events, outcome) = next(read.resumed.as_ref(), ResourceOutcome::More, done);
        Ok(ResourceLeg { events, outcome })
    });
    provider.get_prompt = Box::new(|_, get| {
        let (events, outcome) = next(get.resumed.as_ref(), PromptOutcome::More, message("done"));
        Ok(PromptLeg { events, outcome })
    });
    provider
}

#[test]
fn the_legs_of_a_resource_and_of_a_prompt_report_progress_before_the_next_one_runs() {
    for (method, params) in [("resources/read", r#""uri":"test:/slow""#), ("prompts/get", r#""name":"shown""#)] {
        let server = Server::of(three_legs());
        let reply = server.send(scripted::modern(method, params, r#","progressToken":"p""#));
        assert_eq!(reply.chunks.len(), 3, "{method}: one chunk a leg: {:?}", reply.chunks);
        let events = reply.events();
        for (event, progress) in events.iter().zip([0, 1, 2]) {
            assert_eq!(event["params"], json!({"progressToken": "p", "progress": progress, "total": 2}), "{method}");
        }
        assert!(events[3]["result"].to_string().contains("done"), "{method}: {events:?}");
        let silent = server.send(scripted::modern(method, params, ""));
        assert!(silent.json()["result"].to_string().contains("done"), "{method}");
    }
}

#[test]
fn resources_and_prompts_answer_questions_tasks_and_resumptions_as_tools_do() {
    let question = || InputRequired { questions: vec![], saved: None, extra: None };
    let mut provider = Scripted::everything();
    provider.read_resource =
        Box::new(move |_, _| Ok(ResourceLeg { events: vec![], outcome: ResourceOutcome::InputRequired(question()) }));
    provider.get_prompt = Box::new(|_, _| {
        Ok(PromptLeg {
            events: vec![],
            outcome: PromptOutcome::Unnamed(r#"{"resultType":"task","taskId":"1"}"#.into()),
        })
    });
    let server = Server::of(provider);
    let read = server.request("2026-07-28", "resources/read", r#""uri":"test:/shown""#);
    assert!(read.json()["error"]["message"].as_str().expect("text").contains("cannot ask clients questions yet"));
    let task = server.request("2026-07-28", "prompts/get", r#""name":"shown""#);
    assert_eq!(task.json()["result"]["taskId"], "1");
    assert_eq!(server.request("2025-11-25", "prompts/get", r#""name":"shown""#).code(), Some(-32603));
    for (method, params) in [
        ("resources/read", r#""uri":"test:/shown","requestState":"x""#),
        ("prompts/get", r#""name":"shown","inputResponses":{}"#),
    ] {
        let resumed = server.request("2026-07-28", method, params);
        assert_eq!(resumed.json()["error"]["data"], json!({"reason": "invalid_request_state"}), "{method}");
    }
}

#[test]
fn the_name_of_a_resource_is_checked_against_its_header() {
    let server = Server::of(Scripted::everything());
    let mut request = scripted::modern("resources/read", r#""uri":"test:/shown""#, "");
    request.headers_mut().insert("mcp-name", "test:/other".parse().expect("header"));
    let reply = server.send(request);
    assert_eq!((reply.status, reply.code()), (400, Some(-32020)));
    assert!(reply.json()["error"]["message"].as_str().expect("text").contains("params.uri"));
}

#[test]
fn a_uri_that_is_too_long_is_refused_with_the_limit() {
    let server = Server::of(Scripted::everything());
    for version in VERSIONS {
        let uri = format!(r#""uri":"test:/{}""#, "a".repeat(8192));
        let completion = format!(r#""ref":{{"type":"ref/resource",{uri}}},"argument":{{"name":"a","value":""}}"#);
        for (method, params) in [("resources/read", &uri), ("completion/complete", &completion)] {
            let reply = server.request(version, method, params);
            assert_eq!((reply.status, reply.code()), (200, Some(-32602)), "{version} {method}");
            assert!(
                reply.json()["error"]["message"].as_str().expect("text").contains("8192 bytes"),
                "{version} {method}"
            );
        }
    }
}

#[test]
fn an_error_of_a_prompt_is_about_a_prompt() {
    let mut provider = Scripted::everything();
    provider.get_prompt = Box::new(|_, _| Err(McpError::UnknownName("own-name".into())));
    let reply = Server::of(provider).request("2025-11-25", "prompts/get", r#""name":"shown""#);
    assert_eq!(reply.json()["error"]["message"], "unknown prompt: `shown`");
}
