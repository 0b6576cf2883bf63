//! The keys of an issuer.

use std::io::Write;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use serde_json::{Value, json};
use test_tokens::{Issuer, Signer, encoded, public_jwk};
use wasmcp_tests::{Server, Setup, Shell};

use super::answering::{Answering, json_response, response};
use super::auth::{call, issuer};
use super::{PROVIDERS, Walk, beside_sum, check_sum, start, sum, until};

/// A server that fetches the keys of an issuer from here, as often as it may.
fn fetching(issuer: &Issuer, keys: &Answering) -> Setup {
    Setup::of(&PROVIDERS)
        .set("auth", "issuers", &issuer.issuer)
        .set("auth", "resource", &issuer.audience)
        .set("auth", "jwks-uri", &keys.url("/keys"))
        .set("auth", "keys-refetch-interval-s", "1")
        .set("auth", "loopback-http", "true")
}

/// Checks that a response with keys is not used: the keys that are there go on, and without any no token is accepted, where the log says why.
fn is_not_used(bad: &[u8], said: &str) {
    let issuer = issuer();
    let sum = sum().bearer(&issuer.token().signed());

    let is_bad = Arc::new(AtomicBool::new(false));
    let bad_answers = Arc::new(AtomicUsize::new(0));
    let (is_bad_now, answered) = (Arc::clone(&is_bad), Arc::clone(&bad_answers));
    let (good, bad_response) = (json_response(&issuer.jwks()), bad.to_vec());
    let keys = Answering::start(move |_, stream| {
        let is_bad = is_bad_now.load(Ordering::SeqCst);
        // The server closes the connection where it has read enough.
        let written = stream.write_all(if is_bad { &bad_response } else { &good });
        answered.fetch_add(usize::from(is_bad), Ordering::SeqCst);
        written
    });
    let server = start(&fetching(&issuer, &keys));
    is_bad.store(true, Ordering::SeqCst);
    // A key that is not known makes the server fetch them again.
    let stranger = call(&issuer.token().header("kid", "unknown").signed());
    beside_sum(&server, &sum, said, || {
        until("the keys are fetched again", || {
            assert_eq!(server.send(&stranger).unwrap().status, 401, "{said}");
            bad_answers.load(Ordering::SeqCst) > 0
        });
    });
    check_sum(&server, &sum, said);

    let keys = Answering::always(bad.to_vec());
    let server = Server::listening(Shell::Native, &fetching(&issuer, &keys)).unwrap();
    assert_eq!(server.send(&sum).unwrap().status, 503, "{said}");
    server.wait_for_log(said).unwrap();
}

pub(crate) fn bytes(_: &Walk) {
    let large = json!({ "keys": [], "more": "x".repeat(512 << 10) }).to_string();
    is_not_used(&json_response(&large), "the body of the response is too large");
}

pub(crate) fn count(_: &Walk) {
    let many = json!({ "keys": vec![json!({}); 257] }).to_string();
    is_not_used(&json_response(&many), "the key set has 257 keys, more than 256");
}

/// Each redirect leads to the next one.
pub(crate) fn redirects(_: &Walk) {
    is_not_used(&response("302 Found", "location: /keys\r\n", ""), "redirects too often");
}

/// A key that its issuer calls by this name.
fn named(mut key: Value, name: &str) -> Value {
    key["kid"] = name.into();
    key
}

/// The key that signs is there after others of the same name, none of which is one.
pub(crate) fn of_one_name(_: &Walk) {
    let issuer = issuer();
    let sum = sum().bearer(&issuer.token().signed());
    let crowded = call(&issuer.token().by("ES256", "crowded", Signer::P256).signed());
    for (others, status) in [(3, 200), (4, 401)] {
        let other = |at: u8| json!({ "kty": "EC", "crv": "P-256", "x": encoded([at; 32]), "y": encoded([at; 32]) });
        let mut keys: Vec<_> = (0..others).map(|at| named(other(at), "crowded")).collect();
        keys.push(named(public_jwk(Signer::P256), "crowded"));
        keys.push(named(public_jwk(Signer::Rsa("RS256")), "rsa"));
        let jwks = json!({ "keys": keys }).to_string();
        let server = start(&Setup::of(&PROVIDERS).tokens_of(&issuer.issuer, &issuer.audience, &jwks));
        let reply = beside_sum(&server, &sum, "keys of one name", || server.send(&crowded).unwrap());
        assert_eq!(reply.status, status, "{others} others: {}", reply.text());
    }
}
