//! Every token of the tables of `crates/test-tokens` over HTTP: the status, the error and the challenge that each gets.

use std::time::{SystemTime, UNIX_EPOCH};

use serde_json::json;
use test_tokens::{Issuer, ROLES_CLAIMS};
use wasmcp_tests::{Reply, Request, Server, Setup, Shell};

use crate::{challenge, is_sum};

/// An issuer whose keys are pinned, and a server that trusts it.
fn start(shell: Shell) -> (Issuer, Server) {
    let now_s = SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_secs();
    let issuer = Issuer { now_s, ..Issuer::example() };
    let setup = Setup::of(&["calculator"]).tokens_of(&issuer.issuer, &issuer.audience, &issuer.jwks()).set(
        "auth",
        "roles-claims",
        &ROLES_CLAIMS.join(","),
    );
    (issuer, Server::start(shell, &setup).unwrap())
}

fn call(server: &Server, token: &str) -> Reply {
    let params = json!({ "name": "add", "arguments": { "a": 2, "b": 3 } });
    server.send(&Request::of("2026-07-28", "tools/call", params).bearer(token)).unwrap()
}

/// A text as a challenge has it (RFC 6750 §3).
fn in_challenge(text: &str) -> String {
    text.chars()
        .map(|char| if matches!(char, ' '..='~') && !matches!(char, '"' | '\\') { char } else { '\'' })
        .collect()
}

#[test]
fn each_refused_token_gets_its_status_error_and_challenge_on_every_shell() {
    for shell in Shell::ALL {
        let (issuer, server) = start(shell);
        let metadata = "https://mcp.example/.well-known/oauth-protected-resource/mcp";
        let mut count = 0;
        for refused in issuer.refused().into_iter().filter(|refused| refused.fits_header() && !refused.to_the_second) {
            let reply = call(&server, &refused.token);
            let what = format!("{shell}, {}: {}", refused.name, reply.text());
            // What is no `b64token` of RFC 6750 §2.1 is no token.
            let is_b64token =
                refused.token.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-._~+/=".contains(&byte));
            let (status, error) = if is_b64token { (401, "invalid_token") } else { (400, "invalid_request") };
            assert_eq!((reply.status, challenge(&reply, "error")), (status, Some(error)), "{what}");
            assert_eq!(challenge(&reply, "resource_metadata"), Some(metadata), "{what}");
            if is_b64token {
                let expected = in_challenge(&format!("the token is not valid: {}", refused.expected));
                assert_eq!(challenge(&reply, "error_description"), Some(expected.as_str()), "{what}");
            }
            assert!(!reply.text().contains(&refused.token), "{what}");
            count += 1;
        }
        assert!(count >= 200, "{shell}: {count} tokens");
        let log = server.log();
        for refused in issuer.refused().iter().filter(|refused| refused.token.len() > 20) {
            assert!(!log.contains(&refused.token), "{shell}: the log has the token of `{}`", refused.name);
        }
    }
}

#[test]
fn each_accepted_token_is_served_on_every_shell() {
    for shell in Shell::ALL {
        let (issuer, server) = start(shell);
        for accepted in issuer.accepted().into_iter().filter(|accepted| !accepted.to_the_second) {
            let reply = call(&server, &accepted.token);
            assert!(is_sum(&reply), "{shell}, {}: {} {}", accepted.name, reply.status, reply.text());
        }
    }
}
