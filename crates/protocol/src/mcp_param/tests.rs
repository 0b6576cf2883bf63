//! Tests of the `Mcp-Param-*` headers against the arguments of a call.

use super::ParamMismatch::{self, Different, InvalidEncoding, Missing, Repeated, Schema, Unexpected};
use super::{AnnotationFault, MirroredArguments, check_schema};
use crate::header_value::HeaderValueError;

const SCHEMA: &str = r#"{"type":"object","properties":{
  "region":{"type":"string","x-mcp-header":"Region"},
  "count":{"type":"integer","x-mcp-header":"Count"},
  "dry":{"type":"boolean","x-mcp-header":"Dry-Run"},
  "to":{"type":"object","properties":{"city":{"type":"string","x-mcp-header":"City"}}},
  "properties":{"type":"object","properties":{"x":{"type":"string","x-mcp-header":"X"}}},
  "ratio":{"type":"number","x-mcp-header":"Ratio"},
  "either":{"type":["string","null"],"x-mcp-header":"Either"},
  "spaced":{"type":"string","x-mcp-header":"not a token"},
  "unnamed":{"type":"string","x-mcp-header":7},
  "list":{"type":"array","items":{"type":"object","properties":{"a":{"type":"string","x-mcp-header":"A"}}}},
  "any":{"anyOf":[{"properties":{"b":{"type":"string","x-mcp-header":"B"}}}]},
  "one":{"type":"string","x-mcp-header":"Same"},
  "two":{"type":"object","properties":{"inner":{"type":"string","x-mcp-header":"SAME"}}}
}}"#;

type Headers<'a> = &'a [(&'a str, &'static [u8])];

fn with(arguments: &str, headers: Headers<'_>) -> Result<(), ParamMismatch> {
    MirroredArguments::of_schema(SCHEMA).check(arguments, |name| {
        headers.iter().filter(|(header, _)| *header == name).map(|(_, value)| *value).collect::<Vec<_>>()
    })
}

#[test]
fn headers_that_repeat_the_arguments_pass() {
    let cases: [(&str, Headers<'_>); 20] = [
        ("{}", &[]),
        (r#"{"region":null,"count":null,"to":null}"#, &[]),
        (r#"{"region":"eu"}"#, &[("mcp-param-region", b"eu")]),
        (r#"{"region":"eu"}"#, &[("mcp-param-region", b"=?base64?ZXU=?=")]),
        (r#"{"region":""}"#, &[("mcp-param-region", b"")]),
        (r#"{"region":"=?base64?ZXU="}"#, &[("mcp-param-region", b"=?base64?ZXU=")]),
        (r#"{"region":"eu"}"#, &[("mcp-param-region", b"eu"), ("mcp-param-other", b"x")]),
        (r#"{"count":42}"#, &[("mcp-param-count", b"42")]),
        (r#"{"count":42}"#, &[("mcp-param-count", b"42.0")]),
        (r#"{"count":4.2e1}"#, &[("mcp-param-count", b" 42 ")]),
        (r#"{"count":-9007199254740991}"#, &[("mcp-param-count", b"-9007199254740991")]),
        (r#"{"dry":true}"#, &[("mcp-param-dry-run", b"true")]),
        (r#"{"dry":false}"#, &[("mcp-param-dry-run", b"false")]),
        (r#"{"to":{"city":"Oslo"}}"#, &[("mcp-param-city", b"Oslo")]),
        (r#"{"to":"Oslo"}"#, &[]),
        (r#"{"properties":{"x":"1"}}"#, &[("mcp-param-x", b"1")]),
        // Two annotations with one name are ignored, and so are headers that no annotation asks for.
        (r#"{"one":"1","two":{"inner":"2"}}"#, &[]),
        (r#"{"one":"1"}"#, &[("mcp-param-same", b"2")]),
        (r#"{"region":"eu"}"#, &[("mcp-param-other", b"x"), ("mcp-param-region", b"eu"), ("mcp-param-other", b"\xff")]),
        // These annotations are ignored.
        (r#"{"ratio":1,"either":"e","spaced":"s","unnamed":"u","list":[{"a":"a"}],"any":{"b":"b"}}"#, &[]),
    ];
    for (arguments, headers) in cases {
        assert_eq!(with(arguments, headers), Ok(()), "{arguments:?}");
    }
}

#[test]
fn headers_that_differ_from_the_arguments_are_refused() {
    let both = |header: &str, argument: &str| (format!("Mcp-Param-{header}"), argument.to_owned());
    let missing = |(header, argument)| Missing { header, argument };
    let unexpected = |(header, argument)| Unexpected { header, argument };
    let different = |(header, argument)| Different { header, argument };
    let unreadable = |reason| InvalidEncoding { header: "Mcp-Param-Region".into(), reason };
    let cases: [(&str, Headers<'_>, ParamMismatch); 19] = [
        (r#"{"region":"eu"}"#, &[], missing(both("Region", "region"))),
        (r#"{"region":""}"#, &[], missing(both("Region", "region"))),
        (r#"{"count":0}"#, &[], missing(both("Count", "count"))),
        (r#"{"dry":false}"#, &[], missing(both("Dry-Run", "dry"))),
        (r#"{"to":{"city":"Oslo"}}"#, &[], missing(both("City", "to.city"))),
        ("{}", &[("mcp-param-region", b"eu")], unexpected(both("Region", "region"))),
        (r#"{"region":null}"#, &[("mcp-param-region", b"")], unexpected(both("Region", "region"))),
        (r#"{"region":"eu"}"#, &[("mcp-param-region", b"us")], different(both("Region", "region"))),
        (r#"{"region":"eu"}"#, &[("mcp-param-region", b"EU")], different(both("Region", "region"))),
        (r#"{"region":["eu"]}"#, &[("mcp-param-region", b"eu")], different(both("Region", "region"))),
        (r#"{"count":42}"#, &[("mcp-param-count", b"43")], different(both("Count", "count"))),
        (r#"{"count":42}"#, &[("mcp-param-count", b"0x2a")], different(both("Count", "count"))),
        (r#"{"count":42}"#, &[("mcp-param-count", b"+42")], different(both("Count", "count"))),
        (
            r#"{"count":9007199254740993}"#,
            &[("mcp-param-count", b"9007199254740992")],
            different(both("Count", "count")),
        ),
        (r#"{"dry":true}"#, &[("mcp-param-dry-run", b"True")], different(both("Dry-Run", "dry"))),
        (r#"{"dry":true}"#, &[("mcp-param-dry-run", b"1")], different(both("Dry-Run", "dry"))),
        (
            r#"{"region":"Hello"}"#,
            &[("mcp-param-region", b"=?base64?SGVsbG8?=")],
            unreadable(HeaderValueError::NotBase64),
        ),
        (r#"{"region":"eu"}"#, &[("mcp-param-region", b"\xfc")], unreadable(HeaderValueError::NotAscii)),
        (
            r#"{"region":"eu"}"#,
            &[("mcp-param-region", b"eu"), ("mcp-param-region", b"eu")],
            Repeated { header: "Mcp-Param-Region".into() },
        ),
    ];
    for (arguments, headers, want) in cases {
        assert_eq!(with(arguments, headers), Err(want), "{arguments}");
    }
}

#[test]
fn only_a_schema_with_annotations_is_read() {
    let no_header = |_: &str| -> Vec<&'static [u8]> { panic!("nothing is to be looked up") };
    let cases = [
        (r#"{"type":"object"}"#, true, Ok(())),
        ("not JSON at all", true, Ok(())),
        ("x-mcp-header", false, Err(Schema)),
    ];
    for (schema, is_empty, expected) in cases {
        let parameters = MirroredArguments::of_schema(schema);
        assert_eq!(
            (parameters.is_empty(), parameters.check(r#"{"a":1}"#, no_header)),
            (is_empty, expected),
            "{schema}"
        );
    }
}

#[test]
fn a_mismatch_tells_the_client_what_to_do() {
    assert_eq!(
        with(r#"{"region":"eu"}"#, &[]).unwrap_err().to_string(),
        "the header `Mcp-Param-Region` is missing: repeat the argument `region` in it"
    );
    assert_eq!(
        with(r#"{"region":"eu"}"#, &[("mcp-param-region", b"=?base64?!?=")]).unwrap_err().to_string(),
        "the header `Mcp-Param-Region` is not valid Base64 between `=?base64?` and `?=`"
    );
}

#[test]
fn an_annotation_that_clients_must_not_follow_is_a_fault_with_its_path() {
    use AnnotationFault::{Misplaced, Name, Repeated, TooMany, Type};
    let of = |name: &str, kind: &str| format!(r#"{{"type":"{kind}","x-mcp-header":"{name}"}}"#);
    let (good, number) = (of("A", "string"), of("A", "number"));
    let many = |count| (0..count).map(|n| format!(r#""p{n}":{}"#, of(&format!("H{n}"), "string"))).collect::<Vec<_>>();
    let properties = |properties: &str| format!(r#"{{"type":"object","properties":{{{properties}}}}}"#);
    let cases = [
        (properties(&format!(r#""a":{good}"#)), Ok(())),
        (properties(&format!(r#""o":{}"#, properties(&format!(r#""a":{good}"#)))), Ok(())),
        // Neither a property of that name nor data is an annotation.
        (properties(r#""x-mcp-header":{"type":"string"}"#), Ok(())),
        (properties(r#""a":{"default":{"x-mcp-header":7},"enum":[{"x-mcp-header":7}]}"#), Ok(())),
        (properties(&many(64).join(",")), Ok(())),
        (properties(&many(65).join(",")), Err(TooMany)),
        (properties(&format!(r#""a":{number}"#)), Err(Type("a".into()))),
        (properties(r#""a":{"type":["string","null"],"x-mcp-header":"A"}"#), Err(Type("a".into()))),
        (properties(r#""a":{"type":"string","x-mcp-header":"a b"}"#), Err(Name("a".into()))),
        (properties(r#""a":{"type":"string","x-mcp-header":7}"#), Err(Name("a".into()))),
        (properties(&format!(r#""a":{good},"b":{}"#, of("a", "string"))), Err(Repeated("b".into()))),
        (properties(&format!(r#""l":{{"items":{good}}}"#)), Err(Misplaced("l.items".into()))),
        (
            properties(&format!(r#""l":{{"items":{}}}"#, properties(&format!(r#""a":{good}"#)))),
            Err(Misplaced("l.items.a".into())),
        ),
        (properties(&format!(r#""a":{{"anyOf":[{{}},{good}]}}"#)), Err(Misplaced("a.anyOf".into()))),
        (format!(r#"{{"type":"object","$defs":{{"d":{good}}}}}"#), Err(Misplaced("$defs.d".into()))),
    ];
    for (schema, expected) in cases {
        assert_eq!(check_schema(&serde_json::from_str(&schema).unwrap()), expected, "{schema}");
    }
}

#[test]
fn a_schema_that_is_too_large_is_not_read_for_a_call() {
    let of_size = |size: usize| {
        let open = r#"{"type":"object","properties":{"a":{"type":"string","x-mcp-header":"A"}},"title":""#;
        format!("{open}{}\"}}", "x".repeat(size - open.len() - 2))
    };
    for (size, expected) in [(super::MAX_SCHEMA_BYTES, Ok(())), (super::MAX_SCHEMA_BYTES + 1, Err(Schema))] {
        let arguments = MirroredArguments::of_schema(&of_size(size));
        assert_eq!(arguments.check("{}", |_| Vec::new()), expected, "{size}");
    }
}
