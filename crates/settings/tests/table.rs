//! Every row of the table reads what it says it reads.
#![allow(clippy::expect_used, reason = "tests may fail loudly")]

use std::cell::RefCell;
use std::collections::BTreeSet;

use settings::{AllowedHost, Auth, Policy, ProviderLink, Router, SettingError, Shapes, Transport};

fn transport(values: &[(&str, &str)]) -> Result<Transport, SettingError> {
    Transport::read(|name| Ok::<_, ()>(value(values, name)))
}

fn auth(values: &[(&str, &str)]) -> Result<Auth, SettingError> {
    Auth::read(|name| Ok::<_, ()>(value(values, name)))
}

fn router(values: &[(&str, &str)]) -> Result<Router, SettingError> {
    Router::read(|name| Ok::<_, ()>(value(values, name)))
}

/// The first value of a name counts.
fn value(values: &[(&str, &str)], name: &str) -> Option<String> {
    values.iter().find(|(key, _)| *key == name).map(|(_, value)| (*value).to_owned())
}

#[test]
fn a_row_has_a_key_of_its_own_that_operators_can_write() {
    let mut keys = BTreeSet::new();
    for setting in settings::all() {
        let key = setting.key;
        assert!(keys.insert(key), "{key} stands twice in the table");
        assert_eq!(key, format!("{}.{}", setting.section, setting.name));
        let legal = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || matches!(byte, b'-' | b'.');
        assert!(key.bytes().all(legal), "{key}");
        for text in [setting.meaning, setting.default, setting.expected] {
            assert!(!text.is_empty() && !text.contains(['\n', '|']), "{key}: {text}");
        }
    }
}

#[test]
fn every_row_is_read_and_nothing_else_is() {
    let asked = RefCell::new(Vec::new());
    let get = |section: &'static str| {
        let asked = &asked;
        move |name: &str| {
            asked.borrow_mut().push(format!("{section}.{name}"));
            Ok::<_, ()>((name == "providers").then(|| "a".to_owned()))
        }
    };
    Transport::read(get("transport")).expect("defaults");
    Auth::read(get("auth")).expect("defaults");
    Policy::read(get("policy")).expect("defaults");
    Router::read(get("router")).expect("defaults and a provider");
    assert_eq!(asked.into_inner(), settings::all().map(|setting| setting.key).collect::<Vec<_>>());
}

#[test]
fn a_default_that_is_shown_as_a_number_is_the_default() {
    // The value that is shown, set as an operator would set it, changes nothing.
    let shown: Vec<_> = settings::all().filter(|setting| setting.default.parse::<u32>().is_ok()).collect();
    assert!(shown.len() >= 9, "the table has numbers");
    for setting in shown {
        let set = [(setting.name, setting.default), ("providers", "a")];
        // Two sections may have settings of one name.
        match setting.section {
            "transport" => assert_eq!(transport(&set), Ok(Transport::default()), "{}", setting.key),
            "auth" => assert_eq!(auth(&set), Ok(Auth::default()), "{}", setting.key),
            _ => assert_eq!(router(&set), router(&[("providers", "a")]), "{}", setting.key),
        }
    }
}

#[test]
fn a_value_that_cannot_be_used_is_an_error_with_the_whole_key_and_what_is_expected() {
    const NUMBER: &str = "a whole number from 1 to 2147483647";
    const HOSTS: &str =
        "a list of hosts by comma, such as `example.com`, `*.example.com`, `example.com:8443`, `[fd00::1]:*` or `*`";
    const ORIGINS: &str = "a list of origins by comma, such as `https://example.com`, `https://*.example.com`, `http://10.0.0.1:*` or `*`";
    const ALGORITHMS: &str = "a list by comma of RS256, RS384, RS512, PS256, PS384, PS512, ES256, ES384 and EdDSA";
    const LINKS: &str = "a list of different link names, each with or without a prefix: `notes,search=s.`";
    for (section, name, value, expected) in [
        ("transport", "body-limit", "4MB", NUMBER),
        ("transport", "body-limit", "0", NUMBER),
        ("transport", "call-timeout-ms", "-1", NUMBER),
        ("transport", "total-timeout-ms", "2147483648", NUMBER),
        ("transport", "max-legs", "", NUMBER),
        ("transport", "allowed-hosts", "https://example.com", HOSTS),
        ("transport", "allowed-hosts", "a,,b", HOSTS),
        ("transport", "allowed-origins", "example.com", ORIGINS),
        ("transport", "allowed-origins", "https://example.com/path", ORIGINS),
        ("auth", "algorithms", "HS256", ALGORITHMS),
        ("auth", "algorithms", "none", ALGORITHMS),
        ("auth", "algorithms", "", ALGORITHMS),
        ("auth", "audiences", "a,,b", "a list of texts by comma"),
        ("auth", "clock-skew-s", "301", "a whole number from 0 to 300"),
        ("auth", "loopback-http", "yes", "`true` or `false`"),
        ("auth", "keys-keep-s", "0", NUMBER),
        ("router", "providers", "", LINKS),
        ("router", "providers", "a,,b", LINKS),
        ("router", "providers", "a,a", LINKS),
        ("router", "providers", "a=", LINKS),
        ("router", "providers", "a b", LINKS),
        ("router", "providers", "default.x", LINKS),
        ("router", "attempts", "0", NUMBER),
        ("router", "accept-timeout-ms", "50ms", NUMBER),
        ("router", "result-limit", "4294967296", NUMBER),
    ] {
        let values = [(name, value), ("providers", "a")];
        let error = match section {
            "transport" => transport(&values).expect_err(value),
            "auth" => auth(&values).expect_err(value),
            _ => router(&values).expect_err(value),
        };
        assert_eq!(error.to_string(), format!("setting `{section}.{name}` is not {expected}"), "{value}");
        assert_eq!(error.key(), format!("{section}.{name}"));
    }
}

#[test]
fn a_setting_that_is_required_and_one_that_the_host_cannot_read_are_errors_of_their_own() {
    let missing = router(&[]).expect_err("a router without providers").to_string();
    assert!(
        missing.starts_with("setting `router.providers` is required, and it is not set: it is a list of"),
        "{missing}"
    );
    let unreadable = Transport::read(|name| if name == "max-legs" { Err(()) } else { Ok(None) });
    assert_eq!(unreadable.expect_err("unreadable").to_string(), "the host could not read setting `transport.max-legs`");
}

#[test]
fn lists_are_split_and_trimmed() {
    let hosts =
        transport(&[("allowed-hosts", "MCP.example.com, other.example.com:8443")]).expect("legal").allowed_hosts;
    let expected = ["mcp.example.com", "other.example.com:8443"].map(|host| AllowedHost::parse(host).expect(host));
    assert_eq!(hosts, expected);
    let scopes = auth(&[("required-scopes", " read  write ")]).expect("legal").required_scopes;
    assert_eq!(scopes, ["read", "write"]);
    let links = router(&[("providers", "Notes, search=S.")]).expect("legal").providers;
    let link =
        |link: &str, prefix: Option<&str>| ProviderLink { link: link.to_owned(), prefix: prefix.map(str::to_owned) };
    assert_eq!(links, [link("Notes", None), link("search", Some("S."))]);
}

#[test]
fn texts_are_taken_as_they_are() {
    let read = transport(&[("name", " mine "), ("title", "")]).expect("texts");
    assert_eq!((read.name.as_deref(), read.title.as_deref(), read.version), (Some(" mine "), Some(""), None));
}

#[test]
fn names_of_a_section_are_those_of_its_rows() {
    assert_eq!(settings::names("router").first(), Some(&"providers"));
    assert_eq!(settings::names("transport").len(), Transport::ROWS.len());
    assert!(settings::names("weather").is_empty());
    let lattice_only = settings::all().filter(|setting| setting.shapes == Shapes::Lattice);
    assert!(lattice_only.into_iter().all(|setting| setting.section == "router"));
}
