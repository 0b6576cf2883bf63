//! Tests of `initialize`, `server/discover` and the empty result.

use contract::model::{ClientFeatures, Implementation, Offers, ProviderInfo};

use super::{InitializeParams, discover_result, empty_result, initialize_params, initialize_result};
use crate::InvalidParams;
use crate::Version::{self, V2025_06_18, V2025_11_25, V2026_07_28};
use crate::result::ServerInfoMeta;
use crate::tests::{META, params, sample, server_info, written};

fn initialized(json: &str) -> Result<InitializeParams, InvalidParams> {
    params(Some(json)).and_then(|params| initialize_params(&params))
}

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
    let least = written(|out| discover_result(out, &sample::info(), &[Version::MODERN], &server_info()));
    assert_eq!(
        least,
        format!(
            r#"{{"resultType":"complete","supportedVersions":["2026-07-28"],"capabilities":{{"tools":{{}}}},"ttlMs":0,"cacheScope":"private",{META}}}"#
        )
    );
    let full = written(|out| discover_result(out, &full_info(), &Version::ALL, &server_info()));
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
fn extra_capabilities_are_declared_and_add_settings_to_offered_ones() {
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
        let modern = written(|out| discover_result(out, &info, &[Version::MODERN], &server_info()));
        for got in [legacy, modern] {
            assert!(got.contains(&format!(r#""capabilities":{want},"#)), "{got}");
        }
    }
}

#[test]
fn an_empty_result_has_only_the_members_that_the_modern_era_requires() {
    let cases = [
        (V2025_06_18, "{}".to_owned()),
        (V2025_11_25, "{}".to_owned()),
        (V2026_07_28, format!(r#"{{"resultType":"complete",{META}}}"#)),
    ];
    for (version, want) in cases {
        assert_eq!(written(|out| empty_result(out, version, Some(&server_info()))), want);
    }
    let server_info = ServerInfoMeta::new(&full_info().implementation).unwrap();
    assert!(
        written(|out| empty_result(out, V2026_07_28, Some(&server_info)))
            .contains(r#""title":"Calc","version":"1.0.0","description":"d""#)
    );
}

#[test]
fn initialize_has_three_members() {
    let params = r#"{"protocolVersion":"2025-11-25","capabilities":{"roots":{}},"clientInfo":{"name":"c","version":"1"},"new":1}"#;
    let got = initialized(params).unwrap();
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
    ];
    for (old, new, want) in cases {
        let changed = params.replace(old, new);
        assert_ne!(changed, params);
        assert_eq!(initialized(&changed).unwrap_err().message, want, "{changed}");
    }
}

#[test]
fn null_members_and_icons_of_a_later_version_do_not_refuse_a_client() {
    let with = |more: &str| {
        let params = format!(
            r#"{{"protocolVersion":"2025-11-25","capabilities":{{"roots":null,"extensions":null,"sampling":{{"tools":null}}}},"clientInfo":{{"name":"c","version":"1",{more}}},"_meta":null}}"#
        );
        initialized(&params).unwrap_or_else(|error| panic!("{more}: {error}"))
    };
    let plain = with(r#""title":null,"websiteUrl":null,"icons":null"#);
    assert_eq!((plain.client.title, plain.client.icons.len()), (None, 0));
    assert_eq!(plain.capabilities.features, ClientFeatures::SAMPLING);
    let cases = [
        (
            r#""icons":[{"src":"a","theme":"sepia"},{},7,{"src":"b","sizes":"any"},{"src":"c","theme":7}]"#,
            vec!["a", "c"],
        ),
        (r#""icons":"none""#, vec![]),
        (r#""icons":[null]"#, vec![]),
    ];
    for (icons, expected) in cases {
        let read = with(icons).client.icons;
        assert!(read.iter().all(|icon| icon.theme.is_none()), "{icons}");
        assert_eq!(read.into_iter().map(|icon| icon.src).collect::<Vec<_>>(), expected, "{icons}");
    }
}
