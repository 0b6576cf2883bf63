//! Tests of parsing JSON-RPC messages, and of what is refused.

use super::{Id, MAX_DEPTH, MalformedKind, Message, StrictJsonError, parse};
use crate::{Params, completion, lifecycle, prompts, resources, tools};

const BODY: &str = r#"{"jsonrpc":"2.0","id":7,"method":"tools/call","params":{"name":"now","arguments":{"a":[1,-2.5e3,null,true],"b":"\u00fc\n"},"_meta":{"progressToken":"p1","io.modelcontextprotocol/protocolVersion":"2026-07-28","io.modelcontextprotocol/clientCapabilities":{"roots":{}}}}}"#;

fn kind(body: impl AsRef<[u8]>) -> MalformedKind {
    parse(body.as_ref()).expect_err("is refused").kind
}

fn refused_id(body: impl AsRef<[u8]>) -> Option<String> {
    parse(body.as_ref()).expect_err("is refused").id.map(|id| id.as_json().to_owned())
}

#[test]
fn a_request_is_split_into_its_members_and_its_id_stays_verbatim() {
    for id in ["7", "-1", "0", "\"a\"", r#""\u0061\"""#, "123456789012345678901234567890", "\"\""] {
        let body = BODY.replace("\"id\":7", &format!("\"id\":{id}"));
        let Ok(Message::Request(request)) = parse(body.as_bytes()) else { panic!("{id}") };
        assert_eq!(request.id.as_json(), id);
        assert_eq!(request.id.to_owned(), request.id.clone().into_owned());
        assert_eq!(serde_json::to_string(&request.id).unwrap(), id);
        assert_eq!(request.method, "tools/call");
        assert!(request.params.unwrap().get().starts_with(r#"{"name":"now""#));
    }
}

#[test]
fn the_members_decide_the_kind_of_a_message() {
    let cases = [
        (r#"{"jsonrpc":"2.0","id":1,"method":"ping"}"#, "request ping -"),
        (" {\n\t\"method\" : \"ping\", \"id\":1 , \"jsonrpc\":\"2.0\" }\r\n", "request ping -"),
        (r#"{"jsonrpc":"2.\u0030","id":1,"method":"\u0070ing"}"#, "request ping -"),
        (r#"{"jsonrpc":"2.0","id":1,"method":"ping","params":null,"trace":[{}]}"#, "request ping null"),
        (r#"{"jsonrpc":"2.0","method":"notifications/initialized"}"#, "notification notifications/initialized"),
        (r#"{"jsonrpc":"2.0","method":"x","params":{}}"#, "notification x"),
        (r#"{"jsonrpc":"2.0","id":1,"result":{}}"#, "response"),
        (r#"{"jsonrpc":"2.0","id":null,"error":{"code":1,"message":"m"}}"#, "response"),
    ];
    for (body, want) in cases {
        let got = match parse(body.as_bytes()).unwrap() {
            Message::Request(m) => format!("request {} {}", m.method, m.params.map_or("-", |p| p.get())),
            Message::Notification { method } => format!("notification {method}"),
            Message::Response => "response".to_owned(),
        };
        assert_eq!(got, want, "{body}");
    }
}

#[test]
fn json_that_is_no_message_is_refused_with_the_reason_and_the_id() {
    let cases = [
        (r#"{"id":1,"method":"ping"}"#, "`jsonrpc` must be \"2.0\"", Some("1")),
        (r#"{"jsonrpc":"1.0","id":"a","method":"ping"}"#, "`jsonrpc` must be \"2.0\"", Some("\"a\"")),
        (r#"{"jsonrpc":2.0,"id":1,"method":"ping"}"#, "`jsonrpc` must be \"2.0\"", Some("1")),
        (r#"{"jsonrpc":"2.0","id":null,"method":"ping"}"#, "`id` must be a string or an integer", None),
        (r#"{"jsonrpc":"2.0","id":1.5,"method":"ping"}"#, "`id` must be a string or an integer", None),
        (r#"{"jsonrpc":"2.0","id":1e3,"method":"ping"}"#, "`id` must be a string or an integer", None),
        (r#"{"jsonrpc":"2.0","id":{},"method":"ping"}"#, "`id` must be a string or an integer", None),
        (r#"{"jsonrpc":"2.0","id":true,"method":"ping"}"#, "`id` must be a string or an integer", None),
        (r#"{"jsonrpc":"2.0","id":1,"method":5}"#, "`method` must be a string", Some("1")),
        (r#"{"jsonrpc":"2.0","id":1,"method":null}"#, "`method` must be a string", Some("1")),
        (r#"{"jsonrpc":"2.0","id":1,"Method":"ping"}"#, "it has no `method`", Some("1")),
        (r#"{"jsonrpc":"2.0","id":1}"#, "it has no `method`", Some("1")),
        (r"{}", "`jsonrpc` must be \"2.0\"", None),
        ("null", "it must be an object", None),
        ("\"text\"", "it must be an object", None),
        ("3", "it must be an object", None),
    ];
    for (body, reason, id) in cases {
        assert_eq!(kind(body), MalformedKind::NotAMessage(reason), "{body}");
        assert_eq!(refused_id(body).as_deref(), id, "{body}");
    }
}

#[test]
fn an_array_is_a_batch_and_an_empty_one_is_named_so() {
    for body in ["[]", " [ ] ", "[\n]"] {
        assert_eq!(kind(body), MalformedKind::EmptyBatch, "{body}");
    }
    for body in ["[1]", "[[]]", &format!("[{BODY}]"), &format!(" [{BODY},{BODY}]")] {
        assert_eq!(kind(body), MalformedKind::Batch, "{body}");
        assert_eq!(refused_id(body), None);
    }
}

#[test]
fn invalid_json_is_refused_with_the_place() {
    let cases: [(&[u8], &str); 16] = [
        (b"", "EOF while parsing a value at line 1 column 0"),
        (b"hello", "expected value at line 1 column 1"),
        (b"{\"a\":1,}", "trailing comma at line 1 column 8"),
        (b"{\n\"a\" 1}", "expected `:` at line 2 column 5"),
        (b"{'a':1}", "key must be a string at line 1 column 2"),
        (b"{} {}", "trailing characters at line 1 column 4"),
        (b"{}\0", "trailing characters at line 1 column 3"),
        (b"{\"a\":1e400}", "number out of range at line 1 column 10"),
        (b"{\"a\":-1e999}", "number out of range at line 1 column 11"),
        (b"{\"a\":NaN}", "expected value at line 1 column 6"),
        (b"{\"a\":01}", "invalid number at line 1 column 7"),
        (b"{\"a\":\"\\ud800\"}", "unexpected end of hex escape at line 1 column 13"),
        (b"{\"a\":\"\\udc00\"}", "lone leading surrogate in hex escape at line 1 column 12"),
        (b"{\"\\ud800x\":1}", "unexpected end of hex escape at line 1 column 9"),
        (b"{\"a\":\"\xff\"}", "invalid utf-8 sequence of 1 bytes from index 6"),
        (b"\xef\xbb\xbf{}", "it begins with a byte order mark"),
    ];
    for (body, want) in cases {
        let MalformedKind::Json(StrictJsonError::NotJson { reason }) = kind(body) else { panic!("{body:?}") };
        assert_eq!(reason, want, "{:?}", String::from_utf8_lossy(body));
    }
}

#[test]
fn a_key_twice_is_refused_at_every_depth_whatever_its_spelling() {
    let cases = [
        (r#"{"jsonrpc":"2.0","id":1,"method":"a","method":"b"}"#, "method", Some("1")),
        (r#"{"jsonrpc":"2.0","id":1,"id":2,"method":"a"}"#, "id", None),
        (r#"{"jsonrpc":"2.0","id":1,"method":"a","params":{"x":1,"y":2,"x":1}}"#, "x", Some("1")),
        (r#"{"jsonrpc":"2.0","id":1,"method":"a","params":{"x":1,"\u0078":2}}"#, "x", Some("1")),
        (r#"{"jsonrpc":"2.0","id":1,"method":"a","params":[[{"k":{"":1,"":2}}]]}"#, "", Some("1")),
        (r#"{"jsonrpc":"2.0","id":1,"method":"a","params":{"o":{"a":{"z":1},"a":2}}}"#, "a", Some("1")),
        (r#"{"a":{"b":1},"b":2,"c":{"b":1},"a":3}"#, "a", None),
    ];
    for (body, name, id) in cases {
        assert_eq!(kind(body), MalformedKind::Json(StrictJsonError::DuplicateKey(name.to_owned())), "{body}");
        assert_eq!(refused_id(body).as_deref(), id, "{body}");
    }
    // The same key in different objects, and keys that only look alike, are no duplicates.
    for params in [r#"{"a":{"a":{"a":1}},"b":{"a":1}}"#, r#"[{"a":1},{"a":1}]"#, r#"{"k":1,"K":1,"\u212a":1," k":1}"#] {
        assert!(parse(format!(r#"{{"jsonrpc":"2.0","id":1,"method":"m","params":{params}}}"#).as_bytes()).is_ok());
    }
}

#[test]
fn objects_of_every_length_are_searched() {
    for count in 2..40 {
        let mut keys: Vec<String> = (0..count).map(|n| format!("\"k{n}\":{n}")).collect();
        let body = |keys: &[String]| format!(r#"{{"jsonrpc":"2.0","method":"m","params":{{{}}}}}"#, keys.join(","));
        assert!(parse(body(&keys).as_bytes()).is_ok(), "{count}");
        for twice in 0..count {
            keys.push(format!("\"k{twice}\":0"));
            assert_eq!(
                kind(body(&keys)),
                MalformedKind::Json(StrictJsonError::DuplicateKey(format!("k{twice}"))),
                "{count}"
            );
            keys.pop();
        }
    }
    let long = "x".repeat(100_000);
    let MalformedKind::Json(StrictJsonError::DuplicateKey(name)) = kind(format!(r#"{{"{long}":1,"{long}":2}}"#)) else {
        panic!()
    };
    assert_eq!(name.len(), 64, "a long name is not echoed whole");
}

#[test]
fn nesting_has_a_limit_of_its_own() {
    let nested = |depth: usize, open: &str, close: &str| {
        let inner = format!("{}1{}", open.repeat(depth - 1), close.repeat(depth - 1));
        format!(r#"{{"jsonrpc":"2.0","id":7,"method":"m","params":{inner}}}"#)
    };
    for (open, close) in [("[", "]"), ("{\"a\":", "}")] {
        assert!(parse(nested(MAX_DEPTH, open, close).as_bytes()).is_ok());
        for depth in [MAX_DEPTH + 1, 128, 129, 10_000, 200_000] {
            let body = nested(depth, open, close);
            assert_eq!(kind(&body), MalformedKind::Json(StrictJsonError::TooDeep), "{depth}");
            assert_eq!(refused_id(&body).as_deref(), Some("7"), "{depth}");
        }
    }
    assert_eq!(kind("[".repeat(1_000_000)), MalformedKind::Json(StrictJsonError::TooDeep));
}

#[test]
fn the_id_is_echoed_where_only_a_value_is_out_of_range() {
    for value in ["1e400", r#""\ud800""#] {
        let body = format!(r#"{{"jsonrpc":"2.0","id":"q","method":"m","params":[{value}]}}"#);
        assert!(matches!(kind(&body), MalformedKind::Json(StrictJsonError::NotJson { .. })));
        assert_eq!(refused_id(&body).as_deref(), Some("\"q\""), "{value}");
    }
}

#[test]
fn no_truncation_and_no_changed_byte_makes_it_panic() {
    for end in 0..BODY.len() {
        assert!(matches!(kind(&BODY.as_bytes()[..end]), MalformedKind::Json(StrictJsonError::NotJson { .. })), "{end}");
    }
    for at in 0..BODY.len() {
        for byte in [0, b'"', b'\\', b'{', b'}', b'[', b'0', b'e', b',', 0x80, 0xff] {
            let mut body = BODY.as_bytes().to_vec();
            body[at] = byte;
            // The outcome is a message whose parameters can be read, or an error with a text.
            match parse(&body) {
                Ok(Message::Request(request)) => {
                    if let Ok(params) = Params::read(request.params) {
                        let _ = params.meta().validate_modern();
                        let _ = tools::call_params(&params);
                        let _ = resources::read_params(&params);
                        let _ = prompts::get_params(&params);
                        let _ = completion::complete_params(&params);
                        let _ = lifecycle::initialize_params(&params);
                    }
                }
                Ok(_) => {}
                Err(malformed) => assert!(!malformed.to_string().is_empty()),
            }
        }
    }
    assert!(parse(BODY.as_bytes()).is_ok());
}

#[test]
fn ids_are_equal_by_their_text() {
    let id = |json: &'static str| Id::read(serde_json::from_str(json).unwrap());
    assert_eq!(id("1"), id("1"));
    assert_ne!(id("1"), id("\"1\""));
    assert_eq!(id("1").unwrap().to_string(), "1");
    assert_eq!(id("null"), None);
}
