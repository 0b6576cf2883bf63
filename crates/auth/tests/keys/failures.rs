//! Tests of servers of keys that answer with something else: each is an error that says what to do, and spoils no good keys.

use serde_json::json;
use server::FetchError;

use auth::{IssuerKeys, KeySource, KeysConfig, MAX_DOCUMENT};

use crate::keys::{JWKS, config, jwks, world};
use crate::ports::{Reply, now};

const JSON: (&str, &str) = ("content-type", "application/json");

/// The case, the reply, and what the error says.
fn refused() -> Vec<(&'static str, Reply, &'static str)> {
    let keys = || jwks(&[("b", 1)]);
    let many = json!({"keys": vec![json!({"kty": "OKP"}); 10_000]}).to_string();
    let weak = json!({"keys": [{"kty": "oct", "kid": "b", "k": "AAAA"}]}).to_string();
    vec![
        ("500", Reply::of(500, &[JSON], keys()), "answers 500, not 200"),
        ("404", Reply::of(404, &[JSON], keys()), "answers 404, not 200"),
        ("201", Reply::of(201, &[JSON], keys()), "answers 201, not 200"),
        ("304", Reply::of(304, &[JSON], keys()), "redirects without a usable `location`"),
        (
            "a page",
            Reply::of(200, &[("content-type", "text/html")], "<!doctype html>"),
            "content-type: application/json",
        ),
        ("no type", Reply::of(200, &[], keys()), "content-type: application/json"),
        ("two types", Reply::of(200, &[JSON, JSON], keys()), "content-type: application/json"),
        (
            "a type that only begins alike",
            Reply::of(200, &[("content-type", "application/jsonp")], keys()),
            "content-type",
        ),
        ("a page that is called JSON", Reply::json("<!doctype html>"), "the key set is not JSON"),
        ("no keys", Reply::json("{}"), "not an object with an array `keys`"),
        ("an empty set", Reply::json(r#"{"keys":[]}"#), "no key that can be used"),
        ("keys that cannot be used", Reply::json(weak), "no key that can be used"),
        ("10,000 keys", Reply::json(many), "has 10000 keys, more than 256"),
        ("keys twice", Reply::json(r#"{"keys":[],"keys":[]}"#), "the key set is not JSON"),
        ("a body of 50 MB", Reply::error(FetchError::TooLarge), "too large"),
        ("a body that a port let through", Reply::json(" ".repeat(MAX_DOCUMENT + 1)), "too large"),
        ("a body that never ends", Reply::error(FetchError::TimedOut), "did not respond in time"),
        ("a host that may not be asked", Reply::error(FetchError::Denied("x".to_owned())), "not allowed"),
        ("the metadata service", Reply::redirect("http://169.254.169.254/latest"), "redirects to another server"),
        ("another host", Reply::redirect("https://evil.example/keys"), "redirects to another server"),
        ("another port", Reply::redirect("https://issuer.example:444/keys"), "redirects to another server"),
        ("without TLS", Reply::redirect("http://issuer.example/keys"), "redirects to another server"),
        ("a relative URL of another host", Reply::redirect("//evil.example/keys"), "redirects to another server"),
        ("a file", Reply::redirect("file:///etc/passwd"), "redirects to another server"),
        ("a user", Reply::redirect("https://a:b@issuer.example/x"), "a user or a password"),
        ("itself", Reply::redirect(JWKS), "redirects too often"),
        ("nowhere", Reply::of(302, &[], ""), "without a usable `location`"),
        ("what is no URL", Reply::redirect("https://["), "what is not a URL"),
    ]
}

#[test]
fn what_is_no_key_set_is_an_error_that_names_the_url_and_keeps_good_keys() {
    for (case, reply, text) in refused() {
        let world = world(&[("a", 0)]);
        let keys = IssuerKeys::new(config(), &world.ports());
        now(keys.ready()).unwrap();
        world.answers(JWKS, reply.clone());
        let kept = now(keys.for_key(Some("b"))).unwrap();
        assert!(kept.set.has(Some("a")) && !kept.set.has(Some("b")), "{case}");

        let keys = IssuerKeys::new(config(), &world.ports());
        let error = now(keys.for_key(Some("b"))).unwrap_err();
        assert!(error.to_string().contains(text) && error.to_string().contains(JWKS), "{case}: {error}");
        assert!(world.urls().iter().all(|url| url == JWKS), "{case}: {:?}", world.urls());
    }
}

#[test]
fn requests_for_keys_have_limits_and_no_credentials() {
    let world = world(&[("a", 0)]);
    now(IssuerKeys::new(config(), &world.ports()).ready()).unwrap();
    let sent = world.requests().remove(0);
    assert_eq!((sent.method.as_str(), sent.limits.timeout_ms, sent.limits.body_limit), ("GET", 5000, MAX_DOCUMENT));
    assert_eq!(sent.headers.len(), 1);
    assert_eq!(sent.headers["accept"], "application/json");
}

#[test]
fn redirects_to_the_same_server_are_followed_three_times() {
    let world = world(&[]);
    let at = |path: &str| format!("https://issuer.example{path}");
    world.answers(JWKS, Reply::redirect("/1"));
    world.answers(&at("/1"), Reply::redirect("https://issuer.example:443/2?x=1"));
    world.answers(&at("/2?x=1"), Reply::redirect("3"));
    world.answers(&at("/3"), Reply::json(jwks(&[("a", 0)])));
    now(IssuerKeys::new(config(), &world.ports()).ready()).unwrap();
    assert_eq!(world.urls().len(), 4);

    world.answers(&at("/3"), Reply::redirect("/4"));
    world.answers(&at("/4"), Reply::json(jwks(&[("a", 0)])));
    let error = now(IssuerKeys::new(config(), &world.ports()).ready()).unwrap_err();
    assert!(error.to_string().contains("too often"), "{error}");
    assert_eq!(world.count(&at("/4")), 0);
}

#[test]
fn every_type_of_json_is_accepted() {
    for content_type in ["application/jwk-set+json", "Application/JSON; charset=utf-8", "application/json;x"] {
        let world = world(&[]);
        world.answers(JWKS, Reply::of(200, &[("content-type", content_type)], jwks(&[("a", 0)])));
        now(IssuerKeys::new(config(), &world.ports()).ready()).expect(content_type);
    }
}

#[test]
fn a_url_that_may_not_be_asked_is_found_at_the_start_and_sends_nothing() {
    // The URL, whether this machine may be asked without TLS, and what the error says, if there is one.
    let cases = [
        ("https://issuer.example/keys?x=1", false, ""),
        ("http://127.0.0.1:9797/keys", true, ""),
        ("http://localhost:9797/keys", true, ""),
        ("http://[::1]/keys", true, ""),
        ("http://127.0.0.1:9797/keys", false, "must be an `https:` URL"),
        ("http://issuer.example/keys", true, "must be an `https:` URL"),
        ("http://localhost.evil.example/keys", true, "must be an `https:` URL"),
        ("http://128.0.0.1/keys", true, "must be an `https:` URL"),
        ("ftp://issuer.example/keys", true, "must be an `https:` URL"),
        ("issuer.example/keys", false, "is not an absolute URL"),
        ("", false, "is not an absolute URL"),
        ("https://user:secret@issuer.example/keys?secret", false, "must have no user"),
    ];
    for (url, loopback_http, text) in &cases {
        let world = world(&[]);
        let config =
            KeysConfig { source: KeySource::JwksUri((*url).to_owned()), loopback_http: *loopback_http, ..config() };
        match config.check() {
            Ok(()) => assert_eq!(*text, "", "{url}"),
            Err(error) => {
                assert!(!text.is_empty() && error.to_string().contains(text), "{url}: {error}");
                assert!(!error.to_string().contains("secret"), "{error}");
                let error = now(IssuerKeys::new(config, &world.ports()).ready()).unwrap_err();
                assert!(error.to_string().contains(text), "{url}: {error}");
                assert!(world.requests().is_empty(), "{url}");
            }
        }
    }
}

#[test]
fn an_error_shows_no_query() {
    let world = world(&[]);
    let source = KeySource::JwksUri("https://issuer.example/keys?code=secret".to_owned());
    let error = now(IssuerKeys::new(KeysConfig { source, ..config() }, &world.ports()).ready()).unwrap_err();
    assert!(error.to_string().contains("`https://issuer.example/keys` answers 404"), "{error}");
    assert!(!format!("{error:?}").contains("secret"), "{error:?}");
}
