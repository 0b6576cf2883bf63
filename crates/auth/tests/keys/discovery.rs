//! Tests of the metadata of an issuer: where it is looked for, and what it must say.

use serde_json::json;
use server::FetchError;

use auth::{DiscoveryError, IssuerKeys, KeySource, KeysConfig, KeysErrorCause};

use crate::keys::{JWKS, config, jwks};
use crate::ports::{Reply, World, now};

fn keys(world: &World, issuer: &str) -> IssuerKeys {
    let config = KeysConfig { issuer: issuer.to_owned(), source: KeySource::Discovery, ..config() };
    IssuerKeys::new(config, &world.ports())
}

fn metadata(issuer: &str) -> Reply {
    Reply::json(json!({"issuer": issuer, "jwks_uri": JWKS, "authorization_endpoint": "x", "more": [1]}).to_string())
}

fn world() -> World {
    crate::keys::world(&[("a", 0)])
}

fn discovery_error(world: &World, issuer: &str) -> DiscoveryError {
    match now(keys(world, issuer).ready()).unwrap_err().cause {
        KeysErrorCause::Discovery(error) => error,
        cause => panic!("{cause}"),
    }
}

const TENANT: &str = "https://issuer.example/tenant";
const INSERTED: &str = "https://issuer.example/.well-known/oauth-authorization-server/tenant";
const OPENID_INSERTED: &str = "https://issuer.example/.well-known/openid-configuration/tenant";
const OPENID_APPENDED: &str = "https://issuer.example/tenant/.well-known/openid-configuration";

#[test]
fn metadata_is_found_in_every_form_of_its_path() {
    let cases = [
        (TENANT, INSERTED, 1),
        (TENANT, OPENID_INSERTED, 2),
        (TENANT, OPENID_APPENDED, 3),
        ("https://issuer.example/tenant/", INSERTED, 1),
        ("https://issuer.example/tenant/", OPENID_APPENDED, 3),
        ("https://issuer.example/a/b", "https://issuer.example/.well-known/oauth-authorization-server/a/b", 1),
        ("https://issuer.example", "https://issuer.example/.well-known/oauth-authorization-server", 1),
        ("https://issuer.example/", "https://issuer.example/.well-known/oauth-authorization-server", 1),
        ("https://issuer.example/", "https://issuer.example/.well-known/openid-configuration", 2),
        ("https://issuer.example:8443", "https://issuer.example:8443/.well-known/openid-configuration", 2),
    ];
    for (issuer, url, place) in cases {
        let world = world();
        world.answers(url, metadata(issuer));
        let keys = keys(&world, issuer);
        now(keys.ready()).unwrap_or_else(|error| panic!("{issuer} {url}: {error}"));
        let urls = world.urls();
        assert_eq!((urls.len(), urls[place - 1].as_str(), urls[place].as_str()), (place + 1, url, JWKS), "{urls:?}");

        world.pass_s(600);
        now(keys.ready()).unwrap();
        assert_eq!((world.urls().len(), world.count(JWKS)), (place + 2, 2), "the metadata is read once");
    }
}

#[test]
fn metadata_is_read_again_where_the_keys_have_moved() {
    let world = world();
    world.answers(INSERTED, metadata(TENANT));
    let keys = keys(&world, TENANT);
    now(keys.ready()).unwrap();
    world.answers(JWKS, Reply::of(404, &[], ""));
    let moved = json!({"issuer": TENANT, "jwks_uri": "https://issuer.example/moved"}).to_string();
    world.answers(INSERTED, Reply::json(moved));
    world.answers("https://issuer.example/moved", Reply::json(jwks(&[("b", 1)])));
    world.pass_s(600);
    assert!(now(keys.for_key(Some("a"))).is_ok(), "the keys that are there");
    world.pass_s(10);
    assert!(now(keys.for_key(Some("b"))).unwrap().set.has(Some("b")));
}

#[test]
fn metadata_that_is_wrong_is_an_error_that_says_what() {
    let url = || INSERTED.to_owned();
    let with_keys_at = |url: &str| json!({"issuer": TENANT, "jwks_uri": url}).to_string();
    let other = DiscoveryError::OtherIssuer { url: url() };
    let not_metadata = DiscoveryError::NotMetadata { url: url() };
    let not_https =
        "must be an `https:` URL: only a server on this machine may be asked by `http:`, with `auth.loopback-http`";
    let cases = [
        (json!({"issuer": "https://evil.example/tenant", "jwks_uri": JWKS}).to_string(), other.clone()),
        (json!({"issuer": "https://issuer.example/tenant/", "jwks_uri": JWKS}).to_string(), other.clone()),
        (json!({"issuer": "https://ISSUER.example/tenant", "jwks_uri": JWKS}).to_string(), other),
        (json!({"issuer": TENANT}).to_string(), DiscoveryError::NoJwksUri { url: url() }),
        (json!({"jwks_uri": JWKS}).to_string(), not_metadata.clone()),
        (json!({"issuer": TENANT, "jwks_uri": 1}).to_string(), not_metadata.clone()),
        (format!(r#"{{"issuer":"{TENANT}","issuer":"{TENANT}","jwks_uri":"{JWKS}"}}"#), not_metadata.clone()),
        ("[]".to_owned(), not_metadata.clone()),
        ("<!doctype html>".to_owned(), not_metadata),
        (with_keys_at("http://issuer.example/keys"), DiscoveryError::JwksUri { url: url(), reason: not_https }),
        (with_keys_at("/keys"), DiscoveryError::JwksUri { url: url(), reason: "is not an absolute URL" }),
        (with_keys_at("file:///etc/passwd"), DiscoveryError::JwksUri { url: url(), reason: "must be an `https:` URL" }),
    ];
    for (document, expected) in cases {
        let world = world();
        world.answers(INSERTED, Reply::json(document.clone()));
        let error = discovery_error(&world, TENANT);
        assert_eq!(error, expected, "{document}");
        assert_eq!(world.count(JWKS), 0, "{document}");
        assert_eq!(world.urls().len(), 3, "the other places may have the metadata: {document}");
    }
}

#[test]
fn a_place_with_other_metadata_does_not_hide_the_right_one() {
    let world = world();
    world.answers(INSERTED, metadata("https://issuer.example"));
    world.answers(OPENID_INSERTED, Reply::of(200, &[("content-type", "text/html")], "<p>an app"));
    world.answers(OPENID_APPENDED, metadata(TENANT));
    now(keys(&world, TENANT).ready()).unwrap();
}

#[test]
fn a_server_that_cannot_be_reached_is_asked_once() {
    let world = world();
    world.answers(INSERTED, Reply::error(FetchError::TimedOut));
    let error = discovery_error(&world, TENANT);
    assert!(matches!(error, DiscoveryError::NoMetadata { .. }), "{error}");
    assert_eq!(world.urls(), [INSERTED]);
}

#[test]
fn the_whole_of_a_discovery_has_one_time_limit() {
    let world = world();
    world.close_gate();
    let keys = keys(&world, TENANT);
    let mut caller = crate::ports::Callers::new([keys.ready()]);
    assert!(caller.poll().is_empty());
    world.pass_ms(4000);
    world.open_gate();
    assert_eq!(caller.poll().len(), 1);
    let limits: Vec<_> = world.requests().iter().map(|sent| sent.limits.timeout_ms).collect();
    assert_eq!(limits, [5000, 1000, 1000]);
}

#[test]
fn an_issuer_that_can_have_no_metadata_is_not_asked() {
    for issuer in [
        "https://issuer.example/?x",
        "https://issuer.example/#x",
        "http://issuer.example",
        "issuer",
        "https://u:secret@h/",
    ] {
        let world = world();
        let error = discovery_error(&world, issuer);
        assert!(matches!(error, DiscoveryError::Issuer { .. }), "{issuer}: {error}");
        assert!(!error.to_string().contains("secret"), "{error}");
        assert!(world.requests().is_empty(), "{issuer}");
    }
}
