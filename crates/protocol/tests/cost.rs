//! Tests of the cost of reading a request and of writing a result that is too large, in allocations: an index of `params` that is made
//! twice is one allocation more, and a text that is copied twice is that many bytes more.

#![allow(clippy::unwrap_used, clippy::panic, reason = "tests fail loudly")]

use allocation_counter::measure;
use contract::model::{ContentBlock, MediaContent, TextContent, ToolOutput};
use protocol::{Params, Version, completion, jsonrpc, prompts, resources, tools};

/// The members of `_meta` that every modern request has.
const META: &str = r#""_meta":{"io.modelcontextprotocol/protocolVersion":"2026-07-28","io.modelcontextprotocol/clientCapabilities":{}}"#;

fn params(body: &[u8]) -> Params<'_> {
    let Ok(jsonrpc::Message::Request(request)) = jsonrpc::parse(body) else { panic!("is a request") };
    Params::read(request.params).unwrap()
}

#[test]
fn a_request_is_read_with_one_index_of_its_params_and_one_copy_of_each_text() {
    let long = "a".repeat(100_000);
    // The decoding of a method, its parameters, and how many allocations they take at most.
    type Case = (fn(&Params<'_>), String, u64);
    let cases: [Case; 5] = [
        (|params| drop(params.cursor().unwrap()), format!(r#""cursor":"{long}""#), 6),
        (
            |params| drop(tools::call_params(params).unwrap()),
            format!(r#""name":"say","arguments":{{"a":"{long}"}}"#),
            8,
        ),
        (|params| drop(resources::read_params(params).unwrap()), r#""uri":"file:///a""#.to_owned(), 7),
        (|params| drop(prompts::get_params(params).unwrap()), format!(r#""name":"{long}""#), 7),
        (
            |params| drop(completion::complete_params(params).unwrap()),
            format!(r#""ref":{{"type":"ref/prompt","name":"p"}},"argument":{{"name":"a","value":"{long}"}}"#),
            12,
        ),
    ];
    for (decode, members, allocations) in cases {
        let body = format!(r#"{{"jsonrpc":"2.0","id":1,"method":"x","params":{{{members},{META}}}}}"#);
        let measured = measure(|| decode(&params(body.as_bytes())));
        let name: String = members.chars().take(20).collect();
        assert!(measured.count_total <= allocations, "{name}: {measured:?}");
        assert!(measured.bytes_total < members.len() as u64 + 2000, "{name}: {measured:?}");
    }
    // Without this the counter could be broken and the test still pass.
    assert_ne!(measure(|| drop(long.clone())).count_total, 0);
}

#[test]
fn a_result_that_is_too_large_costs_no_more_than_its_limit() {
    const LIMIT: usize = 1 << 20;
    let text = |text: String| ContentBlock::Text(TextContent { text, annotations: None, extra: None });
    let image = MediaContent { data: vec![0; 8 << 20], mime_type: "image/png".into(), annotations: None, extra: None };
    let cases = [
        ("control characters, each of which has six bytes in JSON", vec![text("\u{1}".repeat(8 << 20))]),
        ("an image", vec![ContentBlock::Image(image)]),
        ("many blocks", vec![text(String::new()); 100_000]),
    ];
    let Ok(jsonrpc::Message::Request(request)) = jsonrpc::parse(br#"{"jsonrpc":"2.0","id":1,"method":"x"}"#) else {
        panic!("is a request")
    };
    for (what, content) in cases {
        let output = ToolOutput { content, structured_content: None, is_error: false, extra: None };
        let write = |limit| {
            jsonrpc::reply::result(&request.id, limit, |out| tools::call_result(out, &output, Version::MODERN, None))
        };
        let measured = measure(|| assert_eq!(write(LIMIT), Ok(None), "{what}"));
        assert!(measured.bytes_max < 4 * LIMIT as u64, "{what}: {measured:?}");
        assert!(write(64 << 20).unwrap().is_some_and(|message| message.len() > LIMIT), "{what}");
    }
}
