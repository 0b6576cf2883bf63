//! Tests of the request's `_meta`: the version claim, the client's data and the progress token.

use contract::model::{ClientFeatures, LogLevel, TraceContext};
use serde_json::value::RawValue;

use super::{CLIENT_CAPABILITIES, CLIENT_INFO, LOG_LEVEL, Meta, PROTOCOL_VERSION};
use crate::{InvalidParams, Params};

fn raw(json: &str) -> &RawValue {
    serde_json::from_str(json).unwrap()
}

/// Parameters with this `_meta`, which live as long as the test.
fn meta(json: &str) -> Result<Meta<'static>, InvalidParams> {
    let params = Params::read(Some(raw(Box::leak(
        format!(r#"{{"name":"n","_meta":{json},"arguments":{{"_meta":1}}}}"#).into_boxed_str(),
    ))))?;
    Ok(params.meta().clone())
}

#[test]
fn only_the_meta_of_the_parameters_is_read() {
    for params in [
        None,
        Some(raw("{}")),
        Some(raw(r#"{"arguments":{"_meta":{"io.modelcontextprotocol/protocolVersion":"2026-07-28"}}}"#)),
    ] {
        let params = Params::read(params).unwrap();
        let meta = params.meta();
        assert!(!meta.claims_modern());
        assert_eq!(meta.raw(), None);
    }
    let text = r#"{ "progressToken" : 7, "other": {} }"#;
    let meta = meta(text).unwrap();
    assert_eq!(meta.raw(), Some(text));
    assert_eq!(meta.progress_token().map(RawValue::get), Some("7"));
    assert!(!meta.claims_modern());
}

#[test]
fn a_version_key_of_any_kind_claims_the_modern_era() {
    for version in [r#""2026-07-28""#, r#""1900-01-01""#, "null", "7", "{}"] {
        assert!(meta(&format!(r#"{{"{PROTOCOL_VERSION}":{version}}}"#)).unwrap().claims_modern(), "{version}");
    }
    let escaped = PROTOCOL_VERSION.replace('/', "\\/");
    assert!(meta(&format!(r#"{{"{escaped}":1}}"#)).unwrap().claims_modern());
}

#[test]
fn parameters_and_meta_must_be_objects_and_a_token_short() {
    let cases = [
        ("[]", "`params` must be an object"),
        ("[{}]", "`params` must be an object"),
        ("1", "`params` must be an object"),
        (r#"{"_meta":[]}"#, "`params._meta` must be an object"),
        (r#"{"_meta":"x"}"#, "`params._meta` must be an object"),
        (r#"{"_meta":{"progressToken":1.5}}"#, "`params._meta.progressToken` must be a string or an integer"),
        (r#"{"_meta":{"progressToken":{}}}"#, "`params._meta.progressToken` must be a string or an integer"),
    ];
    for (params, want) in cases {
        assert_eq!(Params::read(Some(raw(params))).unwrap_err().to_string(), want, "{params}");
    }
}

#[test]
fn null_is_the_same_as_nothing() {
    for params in ["null", r#"{"_meta":null}"#, r#"{"_meta":{"progressToken":null}}"#] {
        let params = Params::read(Some(raw(params))).unwrap();
        assert!(params.meta().progress_token().is_none() && !params.meta().claims_modern());
    }
    let text = format!(
        r#"{{"{PROTOCOL_VERSION}":"2026-07-28","{CLIENT_CAPABILITIES}":{{"roots":null}},"{CLIENT_INFO}":null,"{LOG_LEVEL}":null}}"#
    );
    let meta = meta(&text).unwrap();
    let modern = meta.validate_modern().unwrap();
    assert_eq!((modern.client, modern.log_level), (None, None));
    assert!(modern.capabilities.features.is_empty());
}

#[test]
fn a_modern_request_says_its_version_and_capabilities() {
    let text = format!(
        r#"{{"{PROTOCOL_VERSION}":"2026-07-28","{CLIENT_CAPABILITIES}":{{"elicitation":{{}}}},"{CLIENT_INFO}":{{"name":"c","version":"1"}},"{LOG_LEVEL}":"warning"}}"#
    );
    let modern = meta(&text).unwrap().validate_modern().unwrap();
    assert_eq!(modern.version, "2026-07-28");
    assert_eq!(modern.capabilities.features, ClientFeatures::ELICITATION_FORM);
    assert_eq!(modern.client.unwrap().name, "c");
    assert_eq!(modern.log_level, Some(LogLevel::Warning));

    let least = format!(r#"{{"{PROTOCOL_VERSION}":"any","{CLIENT_CAPABILITIES}":{{}}}}"#);
    let modern = meta(&least).unwrap().validate_modern().unwrap();
    assert_eq!((&*modern.version, modern.client, modern.log_level), ("any", None, None));
}

#[test]
fn a_bad_envelope_names_the_key_and_what_is_wrong() {
    let version = format!(r#""{PROTOCOL_VERSION}":"2026-07-28""#);
    let both = format!(r#"{version},"{CLIENT_CAPABILITIES}":{{}}"#);
    let cases = [
        (String::new(), format!("`params._meta` lacks `{PROTOCOL_VERSION}` and `{CLIENT_CAPABILITIES}`")),
        (version.clone(), format!("`params._meta` lacks `{CLIENT_CAPABILITIES}`")),
        (format!(r#""{CLIENT_CAPABILITIES}":{{}}"#), format!("`params._meta` lacks `{PROTOCOL_VERSION}`")),
        (
            format!(r#""{PROTOCOL_VERSION}":null,"{CLIENT_CAPABILITIES}":{{}}"#),
            format!("`params._meta.{PROTOCOL_VERSION}` must be a string"),
        ),
        (
            format!(r#"{version},"{CLIENT_CAPABILITIES}":null"#),
            format!("`params._meta.{CLIENT_CAPABILITIES}` must be an object"),
        ),
        (
            format!(r#"{version},"{CLIENT_CAPABILITIES}":{{"roots":1}}"#),
            format!("`params._meta.{CLIENT_CAPABILITIES}.roots` must be an object"),
        ),
        (
            format!(r#"{both},"{CLIENT_INFO}":{{"name":"c"}}"#),
            format!("`params._meta.{CLIENT_INFO}.version` is required and must be a string"),
        ),
        (
            format!(r#"{both},"{LOG_LEVEL}":"loud""#),
            format!(
                "`params._meta.{LOG_LEVEL}` must be one of `debug`, `info`, `notice`, `warning`, `error`, `critical`, `alert`, `emergency`"
            ),
        ),
    ];
    for (members, want) in cases {
        let error = meta(&format!("{{{members}}}")).unwrap().validate_modern().unwrap_err();
        assert_eq!(error.to_string(), want);
    }
}

#[test]
fn a_trace_is_passed_on_where_its_parent_is_text() {
    let cases = [
        ("{}", None),
        (r#"{"tracestate":"s"}"#, None),
        (r#"{"traceparent":7}"#, None),
        (r#"{"traceparent":"p"}"#, Some(("p", None, None))),
        (r#"{"traceparent":"p","tracestate":"s","baggage":"b"}"#, Some(("p", Some("s"), Some("b")))),
        (r#"{"traceparent":"p","tracestate":null,"baggage":[]}"#, Some(("p", None, None))),
    ];
    for (json, want) in cases {
        let want = want.map(|(parent, state, baggage): (&str, Option<&str>, Option<&str>)| TraceContext {
            traceparent: parent.to_owned(),
            tracestate: state.map(str::to_owned),
            baggage: baggage.map(str::to_owned),
        });
        assert_eq!(meta(json).unwrap().trace(), want, "{json}");
    }
}
