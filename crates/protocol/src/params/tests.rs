//! Tests of reading single members of the parameters.

use serde_json::value::RawValue;

use super::Params;

fn raw(json: &str) -> &RawValue {
    serde_json::from_str(json).unwrap()
}

#[test]
fn a_cursor_is_any_string_and_may_be_absent() {
    let cases = [
        (None, Ok(None)),
        (Some("{}"), Ok(None)),
        (Some(r#"{"cursor":""}"#), Ok(Some(""))),
        (Some(r#"{"cursor":"n\u0032","_meta":{}}"#), Ok(Some("n2"))),
        (Some(r#"{"cursor":2}"#), Err("`params.cursor` must be a string")),
        (Some(r#"{"cursor":null}"#), Ok(None)),
        (Some("null"), Ok(None)),
        (Some("[]"), Err("`params` must be an object")),
    ];
    for (params, want) in cases {
        let got = Params::read(params.map(raw)).and_then(|params| params.cursor()).map_err(|error| error.message);
        assert_eq!(got, want.map(|cursor| cursor.map(str::to_owned)).map_err(str::to_owned), "{params:?}");
    }
}

#[test]
fn a_member_is_the_text_of_the_request() {
    let params =
        r#"{"n\u0061me":"n\u006fw","uri":7,"arguments":{ "a" : 1.0 },"_meta":{"name":"other","progressToken":1}}"#;
    let params = Params::read(Some(raw(params))).unwrap();
    assert_eq!(params.member("arguments").map(RawValue::get), Some(r#"{ "a" : 1.0 }"#));
    assert_eq!(params.text("name"), Ok(Some("now".into())));
    assert_eq!(params.text("title"), Ok(None));
    assert_eq!(params.text("uri").unwrap_err().message, "`params.uri` must be a string");
    // `_meta` has an index of its own.
    assert_eq!(params.member("_meta").map(RawValue::get), None);
    assert_eq!(params.meta().progress_token().map(RawValue::get), Some("1"));
}
