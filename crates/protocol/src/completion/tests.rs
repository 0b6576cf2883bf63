//! Tests of `completion/complete`: its parameters and its result.

use contract::model::{CompletionRef, CompletionRequest, CompletionValues};

use super::{MAX_VALUES, complete_params, complete_result, noun};
use crate::Version::{self, V2025_06_18, V2025_11_25, V2026_07_28};
use crate::resources::MAX_URI_BYTES;
use crate::tests::{META, params, server_info, written};
use crate::{InvalidParams, JsonBuffer};

fn decoded(json: &str) -> Result<CompletionRequest, InvalidParams> {
    params(Some(json)).and_then(|params| complete_params(&params))
}

fn values(count: usize) -> CompletionValues {
    CompletionValues { values: vec!["v".into(); count], total: None, has_more: None, extra: None }
}

#[test]
fn a_reference_is_a_prompt_a_template_or_the_whole_object() {
    let cases = [
        (r#"{"type":"ref/prompt","name":"gre\u0065t"}"#, CompletionRef::Prompt("greet".into()), "prompt"),
        (
            r#"{"type":"ref/resource","uri":"file:///{path}"}"#,
            CompletionRef::ResourceTemplate("file:///{path}".into()),
            "resource template",
        ),
        (
            r#"{ "type":"ref/tool", "name":"now" }"#,
            CompletionRef::Unnamed(r#"{ "type":"ref/tool", "name":"now" }"#.into()),
            "reference",
        ),
    ];
    for (reference, want, name) in cases {
        assert_eq!(noun(&want), name);
        let want =
            CompletionRequest { ref_: want, argument: "a".into(), value: "".into(), arguments: vec![], extra: None };
        let params = format!(r#"{{"ref":{reference},"argument":{{"name":"a","value":""}},"_meta":{{}}}}"#);
        assert_eq!(decoded(&params).unwrap(), want, "{params}");
    }
}

#[test]
fn the_uri_of_a_template_has_at_most_as_many_bytes_as_the_limit_and_the_error_names_it() {
    let complete = |bytes: usize| {
        let uri = "a".repeat(bytes);
        decoded(&format!(r#"{{"ref":{{"type":"ref/resource","uri":"{uri}"}},"argument":{{"name":"a","value":""}}}}"#))
    };
    assert!(complete(MAX_URI_BYTES).is_ok());
    let error = complete(MAX_URI_BYTES + 1).unwrap_err().to_string();
    assert_eq!(error, format!("`params.ref.uri` must not be longer than {MAX_URI_BYTES} bytes"));
}

#[test]
fn members_without_a_field_are_extra_under_the_name_of_their_object() {
    let params = concat!(
        r#"{"ref":{"type":"ref/prompt","name":"greet","title":"Greet"},"later":1,"#,
        r#""argument":{"name":"who","value":"A","kind":[]},"#,
        r#""context":{"arguments":{"how":"loud","b":""},"more":{}}}"#,
    );
    let want = CompletionRequest {
        ref_: CompletionRef::Prompt("greet".into()),
        argument: "who".into(),
        value: "A".into(),
        arguments: vec![("how".into(), "loud".into()), ("b".into(), "".into())],
        extra: Some(r#"{"later":1,"ref":{"title":"Greet"},"argument":{"kind":[]},"context":{"more":{}}}"#.into()),
    };
    assert_eq!(decoded(params).unwrap(), want);
}

#[test]
fn bad_parameters_are_refused_with_the_member_that_is_wrong() {
    let good = r#"{"ref":{"type":"ref/prompt","name":"p"},"argument":{"name":"a","value":"v"},"context":{"arguments":{"b":"c"}}}"#;
    assert!(decoded(good).is_ok());
    let cases = [
        (r#""ref":{"type":"ref/prompt","name":"p"},"#, "", "`params.ref` is required and must be an object"),
        (r#"{"type":"ref/prompt","name":"p"}"#, r#""p""#, "`params.ref` must be an object"),
        (r#""type":"ref/prompt","#, "", "`params.ref.type` is required and must be a string"),
        (r#","name":"p""#, "", "`params.ref.name` is required and must be a string"),
        ("ref/prompt", "ref/resource", "`params.ref.uri` is required and must be a string"),
        (r#","argument":{"name":"a","value":"v"}"#, "", "`params.argument` is required and must be an object"),
        (r#""name":"a","#, "", "`params.argument.name` is required and must be a string"),
        (r#""value":"v""#, r#""value":1"#, "`params.argument.value` is required and must be a string"),
        (r#"{"arguments":{"b":"c"}}"#, "7", "`params.context` must be an object"),
        (r#"{"b":"c"}"#, "[]", "`params.context.arguments` must be an object"),
        (r#""b":"c""#, r#""b":{}"#, "`params.context.arguments.b` must be a string"),
    ];
    for (old, new, want) in cases {
        let changed = good.replace(old, new);
        assert_ne!(changed, good);
        assert_eq!(decoded(&changed).unwrap_err().message, want, "{changed}");
    }
}

#[test]
fn suggested_values_are_golden_in_every_version() {
    let full = CompletionValues {
        values: vec!["Ada".into(), "\"".into()],
        total: Some(7),
        has_more: Some(true),
        extra: Some(r#"{"completion":{"values":0,"later":1},"_meta":{"k":1}}"#.into()),
    };
    let completion = r#""completion":{"values":["Ada","\""],"total":7,"hasMore":true,"later":1}"#;
    let meta = META.replace("}}", r#"},"k":1}"#);
    let cases = [
        (V2025_06_18, r#"{"completion":{"values":[]}}"#.to_owned(), format!(r#"{{{completion},"_meta":{{"k":1}}}}"#)),
        (V2025_11_25, r#"{"completion":{"values":[]}}"#.to_owned(), format!(r#"{{{completion},"_meta":{{"k":1}}}}"#)),
        (
            V2026_07_28,
            format!(r#"{{"resultType":"complete","completion":{{"values":[]}},{META}}}"#),
            format!(r#"{{"resultType":"complete",{completion},{meta}}}"#),
        ),
    ];
    for (version, least, most) in cases {
        assert_eq!(written(|out| complete_result(out, &values(0), version, Some(&server_info()))), least);
        assert_eq!(written(|out| complete_result(out, &full, version, Some(&server_info()))), most);
    }
}

#[test]
fn more_values_than_mcp_allows_break_the_contract() {
    for version in Version::ALL {
        assert!(complete_result(&mut JsonBuffer::unbounded(), &values(MAX_VALUES), version, None).is_ok());
        let error = complete_result(&mut JsonBuffer::unbounded(), &values(MAX_VALUES + 1), version, None).unwrap_err();
        assert_eq!(error.to_string(), "`completion.values` has 101 values, and MCP allows 100");
    }
    let of_a_wrong_type = CompletionValues { extra: Some(r#"{"completion":7}"#.into()), ..values(0) };
    let result = written(|out| complete_result(out, &of_a_wrong_type, Version::V2025_11_25, None));
    assert_eq!(result, r#"{"completion":{"values":[]}}"#);
}
