//! Tests of the configuration: what stops the start, and with which words.

use super::*;

const JWKS: &str =
    r#"{"keys":[{"kty":"OKP","crv":"Ed25519","kid":"a","x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"}]}"#;

fn read(storage: KeyStorage, values: &[(&str, &str)]) -> Result<Option<AuthConfig>, SettingError> {
    let get =
        |name: &str| Ok::<_, ()>(values.iter().find(|(key, _)| *key == name).map(|(_, value)| (*value).to_owned()));
    AuthConfig::read(get, || storage)
}

/// With an issuer and a resource.
fn with(values: &[(&str, &str)]) -> Result<Option<AuthConfig>, SettingError> {
    let usual = [("issuers", "https://issuer.example"), ("resource", "https://mcp.example/mcp")];
    read(KeyStorage::Memory, &[values, &usual].concat())
}

#[test]
fn a_server_without_any_setting_of_authorization_asks_for_none() {
    assert!(read(KeyStorage::None, &[]).expect("legal").is_none());
}

#[test]
fn what_cannot_be_used_stops_the_start_with_the_name_of_its_key() {
    let issuer = ("issuers", "https://issuer.example");
    let two = ("issuers", "https://a.example,https://b.example");
    for (values, message) in [
        (&[("resource", "https://mcp.example/mcp")][..], "setting `auth.issuers` is required, and it is not set"),
        (&[("required-scopes", "read")], "setting `auth.issuers` is required"),
        (&[("clock-skew-s", "1")], "setting `auth.issuers` is required"),
        (&[("clock-skew-s", "60")], "setting `auth.issuers` is required"),
        (&[("loopback-http", "false")], "setting `auth.issuers` is required"),
        (&[issuer], "setting `auth.resource` is required, and it is not set"),
        (&[issuer, ("resource", "mcp.example")], "setting `auth.resource` is not the URL of this server"),
        (&[issuer, ("resource", "ftp://mcp.example")], "setting `auth.resource` is not the URL"),
        (
            &[issuer, ("resource", "http://mcp.example/mcp")],
            "setting `auth.resource` cannot be used: it must be an `https:` URL",
        ),
        (
            &[issuer, ("resource", "https://mcp.example/mcp#a")],
            "setting `auth.resource` cannot be used: it must have no query",
        ),
        (
            &[issuer, ("resource", "https://a@mcp.example/mcp")],
            "setting `auth.resource` cannot be used: it must have no query",
        ),
    ] {
        let error = read(KeyStorage::Memory, values).expect_err(message).to_string();
        assert!(error.starts_with(message), "{values:?}: {error}");
    }
    for (values, message) in [
        (&[("issuers", "")][..], "setting `auth.issuers` cannot be used: an issuer is not an absolute URL"),
        (
            &[("issuers", "http://issuer.example")],
            "setting `auth.issuers` cannot be used: an issuer must be an `https:` URL",
        ),
        (
            &[("issuers", "http://127.0.0.1:9000")],
            "setting `auth.issuers` cannot be used: an issuer must be an `https:` URL",
        ),
        (
            &[("issuers", "https://user:secret@issuer.example")],
            "setting `auth.issuers` cannot be used: an issuer must have no user",
        ),
        (
            &[("issuers", "https://a.example,https://a.example")],
            "setting `auth.issuers` cannot be used: an issuer is there twice",
        ),
        (
            &[("issuers", r#"{"introspection_client_secret":"hunter2","issuer":"https://a.example"}"#)],
            "setting `auth.issuers` is not URLs by comma",
        ),
        (
            &[("issuers", "admin:hunter2@issuer.example")],
            "setting `auth.issuers` cannot be used: an issuer must be an `https:` URL",
        ),
        (
            &[("issuers", "https://a.example?tenant=1")],
            "setting `auth.issuers` cannot be used: an issuer must have no query",
        ),
        (
            &[("issuers", r#"[{"issuer":"https://a.example","audiences":[""]}]"#)],
            "setting `auth.issuers` cannot be used: an audience is empty",
        ),
        (&[("issuers", "[]")], "setting `auth.issuers` is not URLs by comma"),
        (
            &[("issuers", r#"[{"issuer":"https://a.example","jwksUri":"x"}]"#)],
            "setting `auth.issuers` is not URLs by comma",
        ),
        (
            &[("issuers", r#"[{"issuer":"https://a.example","issuer":"https://b.example"}]"#)],
            "setting `auth.issuers` is not URLs by comma",
        ),
        (&[two, ("jwks", JWKS)], "setting `auth.jwks` cannot be used: it is for a single issuer"),
        (
            &[two, ("introspection-client-id", "x")],
            "setting `auth.introspection-client-id` cannot be used: it is for a single issuer",
        ),
        (&[("jwks", "nonsense")], "setting `auth.jwks` is not a JSON Web Key Set"),
        (&[("jwks", "{}")], "setting `auth.jwks` cannot be used: the key set is not an object with an array `keys`"),
        (&[("jwks", r#"{"keys":[]}"#)], "setting `auth.jwks` cannot be used: no key can be used: there is none"),
        (
            &[("jwks", r#"{"keys":[{"kty":"oct","k":"AAAA"}]}"#)],
            "setting `auth.jwks` cannot be used: no key can be used: ",
        ),
        (&[("jwks-uri", "http://issuer.example/keys")], "setting `auth.jwks-uri` cannot be used: "),
        (
            &[("introspection-endpoint", "https://issuer.example/introspect")],
            "setting `auth.introspection-client-id` is required",
        ),
        (&[("introspection-client-secret", "hunter2")], "setting `auth.introspection-endpoint` is required"),
        (&[("scope-rules", "tools:a=b")], "setting `auth.scope-rules` is not a list by semicolon"),
        (&[("scope-hierarchy", "a")], "setting `auth.scope-hierarchy` is not a list by semicolon"),
        (&[("required-scopes", "a\"b")], "setting `auth.required-scopes` is not scopes by space"),
        (&[("algorithms", "HS256")], "setting `auth.algorithms` is not a list by comma of"),
    ] {
        let error = with(values).expect_err(message).to_string();
        assert!(error.starts_with(message), "{values:?}: {error}");
        assert!(!error.contains("secret@") && !error.contains("hunter2"), "{error}");
    }
}

#[test]
fn a_host_without_memory_and_store_needs_pinned_keys() {
    let usual = [("issuers", "https://issuer.example"), ("resource", "https://mcp.example/mcp")];
    let error = read(KeyStorage::None, &usual).expect_err("no keys").to_string();
    assert!(error.starts_with("setting `auth.jwks` cannot be used: it is not set, and an instance"), "{error}");
    assert!(read(KeyStorage::Store, &usual).is_ok());
    assert!(read(KeyStorage::None, &[&usual[..], &[("jwks", JWKS)]].concat()).is_ok());
}

#[test]
fn the_metadata_of_the_resource_is_at_its_well_known_url() {
    for (resource, url, path) in [
        ("https://mcp.example/mcp", "https://mcp.example/.well-known/oauth-protected-resource/mcp", "/mcp"),
        (
            "https://mcp.example:8443/a/mcp",
            "https://mcp.example:8443/.well-known/oauth-protected-resource/a/mcp",
            "/a/mcp",
        ),
        ("https://mcp.example", "https://mcp.example/.well-known/oauth-protected-resource", "/"),
        ("http://127.0.0.1:8080/mcp", "http://127.0.0.1:8080/.well-known/oauth-protected-resource/mcp", "/mcp"),
        ("http://[::1]:8080/mcp", "http://[::1]:8080/.well-known/oauth-protected-resource/mcp", "/mcp"),
    ] {
        let values =
            [("issuers", "https://issuer.example"), ("resource", resource), ("scopes-supported", "read write")];
        let config = read(KeyStorage::Memory, &values).expect(resource).expect("authorization");
        assert_eq!((config.resource.metadata_url.as_str(), config.resource.path.as_str()), (url, path));
        let metadata: serde_json::Value = serde_json::from_slice(&config.resource.metadata).expect("JSON");
        let expected = json!({
            "resource": resource,
            "authorization_servers": ["https://issuer.example"],
            "bearer_methods_supported": ["header"],
            "scopes_supported": ["read", "write"],
        });
        assert_eq!(metadata, expected);
    }
}

#[test]
fn each_issuer_has_its_own_audiences_and_keys() {
    let issuers = format!(
        r#"[{{"issuer":"https://a.example","jwks":{JWKS}}},
            {{"issuer":"https://b.example/tenant","jwks_uri":"https://keys.example/b","audiences":["api://b"]}},
            {{"issuer":"https://c.example","introspection_endpoint":"https://c.example/introspect","introspection_client_id":"mcp","introspection_client_secret":"x"}}]"#
    );
    let config = with(&[("issuers", &issuers)]).expect("legal").expect("authorization");
    let audiences: Vec<_> = config.issuers.iter().map(|issuer| issuer.rules.audiences.join(" ")).collect();
    assert_eq!(audiences, ["https://mcp.example/mcp", "api://b", "https://mcp.example/mcp"]);
    let sources: Vec<_> = config.issuers.iter().map(|issuer| issuer.keys.as_ref().map(|keys| &keys.source)).collect();
    assert!(
        matches!(sources.as_slice(), [Some(KeySource::Pinned(_)), Some(KeySource::JwksUri(_)), None]),
        "{sources:?}"
    );
}
