//! Tests of the client's capabilities: how they are read, and how those that are missing are written.

use contract::model::{ClientCapabilities, ClientFeatures};
use serde_json::value::RawValue;

use super::{client_capabilities, read};
use crate::InvalidParams;

fn raw(json: &str) -> &RawValue {
    serde_json::from_str(json).unwrap()
}

#[test]
fn client_capabilities_are_flags_and_the_rest_is_kept() {
    use ClientFeatures as F;
    let cases = [
        ("{}", F::empty()),
        (r#"{"roots":{}}"#, F::ROOTS),
        (r#"{"roots":{"listChanged":true}}"#, F::ROOTS | F::ROOTS_LIST_CHANGED),
        (r#"{"roots":{"listChanged":false}}"#, F::ROOTS),
        (r#"{"sampling":{}}"#, F::SAMPLING),
        (r#"{"sampling":{"context":{},"tools":{}}}"#, F::SAMPLING | F::SAMPLING_CONTEXT | F::SAMPLING_TOOLS),
        // 2025-11-25, elicitation: an empty object is equal to `form` alone.
        (r#"{"elicitation":{}}"#, F::ELICITATION_FORM),
        (r#"{"elicitation":{"form":{}}}"#, F::ELICITATION_FORM),
        (r#"{"elicitation":{"url":{}}}"#, F::ELICITATION_URL),
        (r#"{"elicitation":{"form":{},"url":{}}}"#, F::ELICITATION_FORM | F::ELICITATION_URL),
    ];
    for (json, features) in cases {
        let want = ClientCapabilities { features, extensions: vec![], experimental: vec![], extra: None };
        assert_eq!(read(raw(json)).unwrap(), want, "{json}");
    }
    let json = r#"{"tasks":{"list":{}},"extensions":{"a/b":{"x": 1}},"experimental":{"e":{}},"later":[],
        "roots":{"listChanged":true,"some":1},"elicitation":{"form":{"applyDefaults":true},"more":{}}}"#;
    let want = ClientCapabilities {
        features: F::ROOTS | F::ROOTS_LIST_CHANGED | F::ELICITATION_FORM,
        extensions: vec![("a/b".into(), r#"{"x": 1}"#.into())],
        experimental: vec![("e".into(), "{}".into())],
        extra: Some(
            r#"{"tasks":{"list":{}},"later":[],"roots":{"some":1},"elicitation":{"more":{},"form":{"applyDefaults":true}}}"#
                .into(),
        ),
    };
    assert_eq!(read(raw(json)).unwrap(), want);
}

#[test]
fn capabilities_of_a_wrong_type_are_named() {
    let cases = [
        ("[]", "``"),
        (r#"{"roots":1}"#, "`roots`"),
        (r#"{"roots":{"listChanged":1}}"#, "`roots.listChanged`"),
        (r#"{"sampling":{"tools":true}}"#, "`sampling.tools`"),
        (r#"{"elicitation":{"url":[]}}"#, "`elicitation.url`"),
        (r#"{"extensions":[]}"#, "`extensions`"),
        (r#"{"experimental":"x"}"#, "`experimental`"),
    ];
    for (json, want) in cases {
        let error = read(raw(json)).unwrap_err();
        assert!(InvalidParams::from(error).message.starts_with(want), "{json}");
    }
}

#[test]
fn needed_capabilities_are_written_as_the_client_would_declare_them() {
    use ClientFeatures as F;
    let cases = [
        (F::empty(), "{}"),
        (F::ROOTS, r#"{"roots":{}}"#),
        (F::ROOTS_LIST_CHANGED, r#"{"roots":{"listChanged":true}}"#),
        (F::SAMPLING, r#"{"sampling":{}}"#),
        (F::SAMPLING_TOOLS, r#"{"sampling":{"tools":{}}}"#),
        (F::SAMPLING | F::SAMPLING_CONTEXT, r#"{"sampling":{"context":{}}}"#),
        (F::ELICITATION_FORM, r#"{"elicitation":{"form":{}}}"#),
        (F::ELICITATION_FORM | F::ELICITATION_URL, r#"{"elicitation":{"form":{},"url":{}}}"#),
    ];
    for (features, want) in cases {
        let needed = ClientCapabilities { features, extensions: vec![], experimental: vec![], extra: None };
        assert_eq!(client_capabilities(&needed).unwrap(), want);
    }
    let extra = Some(r#"{"elicitation":{"form":{"applyDefaults":true},"more":1},"later":{}}"#.to_owned());
    let needed = ClientCapabilities { features: F::ELICITATION_FORM, extensions: vec![], experimental: vec![], extra };
    let want = r#"{"elicitation":{"form":{"applyDefaults":true},"more":1},"later":{}}"#;
    assert_eq!(client_capabilities(&needed).unwrap(), want);
    let needed = ClientCapabilities {
        features: F::ROOTS,
        extensions: vec![("a/b".into(), r#"{"x": 1}"#.into())],
        experimental: vec![("e".into(), "{}".into())],
        extra: Some(r#"{"tasks":{},"roots":1}"#.into()),
    };
    let want = r#"{"roots":{},"extensions":{"a/b":{"x": 1}},"experimental":{"e":{}},"tasks":{}}"#;
    assert_eq!(client_capabilities(&needed).unwrap(), want);
}
