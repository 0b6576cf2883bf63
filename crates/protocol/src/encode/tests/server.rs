use contract::model::{ClientCapabilities, ClientFeatures, Implementation, Offers, ProviderInfo};

use super::{META, sample, stamp, written};
use crate::Version::{self, V2025_06_18, V2025_11_25, V2026_07_28};
use crate::encode::{Stamp, client_capabilities, discover_result, empty, initialize_result};

fn full_info() -> ProviderInfo {
    ProviderInfo {
        implementation: Implementation {
            title: Some("Calc".into()),
            description: Some("d".into()),
            website_url: Some("https://w".into()),
            icons: vec![sample::icon()],
            extra: Some(r#"{"vendor":"v"}"#.into()),
            ..sample::implementation()
        },
        instructions: Some("Add.".into()),
        offers: Offers::all(),
        extensions: vec![("a/b".into(), r#"{"x":1}"#.into())],
        experimental: vec![("e".into(), "{}".into()), ("f".into(), "{}".into())],
        cache: Some(sample::cache()),
        extra: Some(r#"{"later":1}"#.into()),
        ..sample::info()
    }
}

const CAPABILITIES: &str = concat!(
    r#""tools":{"listChanged":true},"resources":{"subscribe":true,"listChanged":true},"prompts":{"listChanged":true},"#,
    r#""completions":{},"logging":{},"experimental":{"e":{},"f":{}}"#,
);

#[test]
fn initialize_is_golden_in_both_legacy_versions() {
    let icons =
        r#""icons":[{"src":"https://i","mimeType":"image/png","sizes":["48x48","any"],"theme":"dark","alt":"x"}]"#;
    let name = r#""name":"calc","title":"Calc","version":"1.0.0""#;
    let servers = [
        (V2025_06_18, format!(r#"{{{name},"vendor":"v"}}"#)),
        (V2025_11_25, format!(r#"{{{name},"description":"d","websiteUrl":"https://w",{icons},"vendor":"v"}}"#)),
    ];
    for (version, server) in servers {
        assert_eq!(
            written(|out| initialize_result(out, &sample::info(), version)),
            format!(
                r#"{{"protocolVersion":"{version}","capabilities":{{"tools":{{}}}},"serverInfo":{{"name":"calc","version":"1.0.0"}}}}"#
            )
        );
        assert_eq!(
            written(|out| initialize_result(out, &full_info(), version)),
            format!(
                r#"{{"protocolVersion":"{version}","capabilities":{{{CAPABILITIES}}},"serverInfo":{server},"instructions":"Add.","later":1}}"#
            )
        );
    }
}

#[test]
fn discover_is_golden() {
    let least = written(|out| discover_result(out, &sample::info(), &[Version::MODERN], &stamp()));
    assert_eq!(
        least,
        format!(
            r#"{{"resultType":"complete","supportedVersions":["2026-07-28"],"capabilities":{{"tools":{{}}}},"ttlMs":0,"cacheScope":"private",{META}}}"#
        )
    );
    let full = written(|out| discover_result(out, &full_info(), &Version::ALL, &stamp()));
    assert_eq!(
        full,
        format!(
            r#"{{"resultType":"complete","supportedVersions":["2026-07-28","2025-11-25","2025-06-18"],"capabilities":{{{CAPABILITIES},"extensions":{{"a/b":{{"x":1}}}}}},"instructions":"Add.","ttlMs":300000,"cacheScope":"public",{META},"later":1}}"#
        )
    );
}

#[test]
fn a_capability_is_declared_only_where_it_is_offered() {
    let cases = [
        (Offers::empty(), "{}"),
        (Offers::TOOLS_CHANGES | Offers::RESOURCE_SUBSCRIPTIONS, "{}"),
        (Offers::TOOLS | Offers::TOOLS_CHANGES, r#"{"tools":{"listChanged":true}}"#),
        (Offers::RESOURCES | Offers::RESOURCE_SUBSCRIPTIONS, r#"{"resources":{"subscribe":true}}"#),
        (Offers::PROMPTS | Offers::COMPLETION, r#"{"prompts":{},"completions":{}}"#),
        (Offers::LOGGING, r#"{"logging":{}}"#),
    ];
    for (offers, want) in cases {
        let info = ProviderInfo { offers, ..sample::info() };
        let got = written(|out| initialize_result(out, &info, V2025_11_25));
        assert!(got.contains(&format!(r#""capabilities":{want},"serverInfo""#)), "{got}");
    }
}

#[test]
fn extra_capabilities_are_declared_and_add_settings_to_what_is_offered() {
    let cases = [
        (r#"{"logging":{"levels":2}}"#, r#"{"tools":{},"logging":{"levels":2}}"#),
        (
            r#"{"tools":{"listChanged":true,"most":9},"later":{"x":1}}"#,
            r#"{"tools":{"most":9},"logging":{},"later":{"x":1}}"#,
        ),
        (r#"{"prompts":{},"completions":{"x":1}}"#, r#"{"tools":{},"logging":{}}"#),
    ];
    for (extra, want) in cases {
        let extra = Some(format!(r#"{{"capabilities":{extra}}}"#));
        let info = ProviderInfo { offers: Offers::TOOLS | Offers::LOGGING, extra, ..sample::info() };
        let legacy = written(|out| initialize_result(out, &info, V2025_11_25));
        let modern = written(|out| discover_result(out, &info, &[Version::MODERN], &stamp()));
        for got in [legacy, modern] {
            assert!(got.contains(&format!(r#""capabilities":{want},"#)), "{got}");
        }
    }
}

#[test]
fn an_empty_result_is_empty_but_for_what_the_modern_era_asks() {
    let cases = [
        (V2025_06_18, "{}".to_owned()),
        (V2025_11_25, "{}".to_owned()),
        (V2026_07_28, format!(r#"{{"resultType":"complete",{META}}}"#)),
    ];
    for (version, want) in cases {
        assert_eq!(written(|out| empty(out, version, Some(&stamp()))), want);
    }
    let stamp = Stamp::new(&full_info().implementation).unwrap();
    assert!(
        written(|out| empty(out, V2026_07_28, Some(&stamp)))
            .contains(r#""title":"Calc","version":"1.0.0","description":"d""#)
    );
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
