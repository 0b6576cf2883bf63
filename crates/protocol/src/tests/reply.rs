//! Tests of the JSON-RPC response around a result or an error.

use super::{sample, server_info, text};
use crate::jsonrpc::reply::{error, error_data, result};
use crate::jsonrpc::{self, Id, Message};
use crate::tools::call_result;
use crate::{EncodeError, JsonBuffer, Version};

fn id(json: &str) -> Id<'static> {
    let body = format!(r#"{{"jsonrpc":"2.0","id":{json},"method":"m"}}"#);
    match jsonrpc::parse(body.as_bytes()) {
        Ok(Message::Request(request)) => request.id.into_owned(),
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_response_echoes_the_id_as_it_came() {
    for json in ["7", "-0", "123456789012345678901234567890", r#""a\u0062""#] {
        let output = sample::output(vec![sample::text("3")]);
        let write = |out: &mut JsonBuffer| call_result(out, &output, Version::V2025_06_18, Some(&server_info()));
        let want = format!(r#"{{"jsonrpc":"2.0","id":{json},"result":{{"content":[{{"type":"text","text":"3"}}]}}}}"#);
        for (limit, fits) in [(usize::MAX, true), (want.len(), true), (want.len() - 1, false), (0, false)] {
            let got = result(&id(json), limit, write).unwrap();
            assert_eq!(got.map(text), fits.then(|| want.clone()), "{limit}");
        }
    }
    let failed = EncodeError { path: "a".into(), reason: "b".into() };
    assert_eq!(result(&id("1"), usize::MAX, |_| Err(failed.clone())), Err(failed));
}

#[test]
fn an_error_has_an_id_and_data_where_there_are_some() {
    let data = error_data(r#" {"uri": "u"} "#).unwrap();
    assert_eq!(
        text(error(None, -32700, "no\n", None)),
        r#"{"jsonrpc":"2.0","error":{"code":-32700,"message":"no\n"}}"#
    );
    assert_eq!(
        text(error(Some(&id("\"q\"")), 1, "m", Some(data))),
        r#"{"jsonrpc":"2.0","id":"q","error":{"code":1,"message":"m","data":{"uri": "u"}}}"#
    );
    for json in ["", "{", "[1,]", "1 2"] {
        assert!(error_data(json).unwrap_err().to_string().starts_with("`data` is not JSON: "), "{json}");
    }
}
