use contract::model::{ClientCapabilities, ClientFeatures, Icon, IconTheme, Implementation};
use serde_json::value::RawValue;

use super::{Fault, client_capabilities, implementation, initialize, list, tool_call};

fn raw(json: &str) -> &RawValue {
    serde_json::from_str(json).unwrap()
}

#[test]
fn a_tool_call_keeps_its_arguments_as_text_and_what_has_no_field_as_extra() {
    // The parameters, then name, arguments, extra, and whether the client resumes.
    let cases = [
        (r#"{"name":"now"}"#, ("now", None, None, false)),
        (r#"{"name":"\u006eow","arguments":{ "a" : 1.0 }}"#, ("now", Some(r#"{ "a" : 1.0 }"#), None, false)),
        (r#"{"arguments":{},"name":"","_meta":{"x":1},"task":{"ttl":1}}"#, ("", Some("{}"), None, false)),
        (r#"{"name":"a","inputResponses":{}}"#, ("a", None, None, true)),
        (r#"{"name":"a","requestState":"s"}"#, ("a", None, None, true)),
        (r#"{"name":"a","requestState":null}"#, ("a", None, None, true)),
        (r#"{"name":"a","z":[1, 2],"\"q":"\u00e4"}"#, ("a", None, Some(r#"{"z":[1, 2],"\"q":"\u00e4"}"#), false)),
    ];
    for (params, want) in cases {
        let got = tool_call(Some(raw(params))).unwrap();
        let call = &got.call;
        let got = (call.name.as_str(), call.arguments.as_deref(), call.extra.as_deref(), got.resumed_by_client);
        assert_eq!(got, want, "{params}");
        assert!(call.resumed.is_none());
    }
}

#[test]
fn a_bad_tool_call_is_refused_with_what_to_do() {
    let arguments = "`params.arguments` must be an object; leave it out where there are none";
    let cases = [
        (None, "`params.name` is required and must be a string"),
        (Some("{}"), "`params.name` is required and must be a string"),
        (Some(r#"{"name":null}"#), "`params.name` is required and must be a string"),
        (Some(r#"{"name":["a"]}"#), "`params.name` is required and must be a string"),
        (Some(r#"{"name":"a","arguments":null}"#), arguments),
        (Some(r#"{"name":"a","arguments":[]}"#), arguments),
        (Some(r#"{"name":"a","arguments":"{}"}"#), arguments),
        (Some("null"), "`params` must be an object"),
        (Some(r#"["a"]"#), "`params` must be an object"),
    ];
    for (params, want) in cases {
        assert_eq!(tool_call(params.map(raw)).unwrap_err().to_string(), want, "{params:?}");
    }
}

#[test]
fn a_cursor_is_any_string_and_may_be_absent() {
    let cases = [
        (None, Ok(None)),
        (Some("{}"), Ok(None)),
        (Some(r#"{"cursor":""}"#), Ok(Some(""))),
        (Some(r#"{"cursor":"n\u0032","_meta":{}}"#), Ok(Some("n2"))),
        (Some(r#"{"cursor":2}"#), Err("`params.cursor` must be a string")),
        (Some(r#"{"cursor":null}"#), Err("`params.cursor` must be a string")),
        (Some("[]"), Err("`params` must be an object")),
    ];
    for (params, want) in cases {
        let got = list(params.map(raw)).map_err(|error| error.message);
        assert_eq!(got, want.map(|cursor| cursor.map(str::to_owned)).map_err(str::to_owned), "{params:?}");
    }
}

#[test]
fn initialize_has_three_members() {
    let params = r#"{"protocolVersion":"2025-11-25","capabilities":{"roots":{}},"clientInfo":{"name":"c","version":"1"},"new":1}"#;
    let got = initialize(Some(raw(params))).unwrap();
    assert_eq!(got.protocol_version, "2025-11-25");
    assert_eq!(got.capabilities.features, ClientFeatures::ROOTS);
    assert_eq!((got.client.name.as_str(), got.client.version.as_str()), ("c", "1"));

    let cases = [
        (
            r#""protocolVersion":"2025-11-25""#,
            r#""protocolVersion":1"#,
            "`params.protocolVersion` is required and must be a string",
        ),
        (r#""capabilities":{"roots":{}},"#, "", "`params.capabilities` is required and must be an object"),
        (r#"{"roots":{}}"#, r#"{"roots":true}"#, "`params.capabilities.roots` must be an object"),
        (r#"{"name":"c","version":"1"}"#, "null", "`params.clientInfo` is required and must be an object"),
        (r#","version":"1""#, "", "`params.clientInfo.version` is required and must be a string"),
        (
            r#""version":"1""#,
            r#""version":"1","icons":[{"src":"a"},{}]"#,
            "`params.clientInfo.icons[1].src` is required and must be a string",
        ),
    ];
    for (old, new, want) in cases {
        let changed = params.replace(old, new);
        assert_ne!(changed, params);
        assert_eq!(initialize(Some(raw(&changed))).unwrap_err().message, want, "{changed}");
    }
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
        assert_eq!(client_capabilities(raw(json)).unwrap(), want, "{json}");
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
    assert_eq!(client_capabilities(raw(json)).unwrap(), want);
}

#[test]
fn capabilities_of_a_wrong_type_are_named() {
    let cases = [
        ("[]", "``"),
        (r#"{"roots":null}"#, "`roots`"),
        (r#"{"roots":{"listChanged":1}}"#, "`roots.listChanged`"),
        (r#"{"sampling":{"tools":true}}"#, "`sampling.tools`"),
        (r#"{"elicitation":{"url":[]}}"#, "`elicitation.url`"),
        (r#"{"extensions":[]}"#, "`extensions`"),
        (r#"{"experimental":"x"}"#, "`experimental`"),
    ];
    for (json, want) in cases {
        let fault: Fault = client_capabilities(raw(json)).unwrap_err();
        assert!(super::InvalidParams::from(fault).message.starts_with(want), "{json}");
    }
}

#[test]
fn an_implementation_has_every_member_of_the_schema() {
    let json = r#"{"name":"n","version":"v","title":"t","description":"d","websiteUrl":"https://w","icons":[{"src":"https://i","mimeType":"image/png","sizes":["48x48","any"],"theme":"dark","alt":"x"}],"_meta":{}}"#;
    let want = Implementation {
        name: "n".into(),
        version: "v".into(),
        title: Some("t".into()),
        description: Some("d".into()),
        website_url: Some("https://w".into()),
        icons: vec![Icon {
            src: "https://i".into(),
            mime_type: Some("image/png".into()),
            sizes: vec!["48x48".into(), "any".into()],
            theme: Some(IconTheme::Dark),
            extra: Some(r#"{"alt":"x"}"#.into()),
        }],
        extra: Some(r#"{"_meta":{}}"#.into()),
    };
    assert_eq!(implementation(raw(json)).unwrap(), want);
}
