//! Keycloak as the authorization server.

use std::process::Command;

use serde_json::Value;
use wasmcp_tests::{Keycloak, Request, Server, Shell, free_address};

use crate::{add_with, challenge, challenged_scopes, is_sum, protected, resource};
use wasmcp_tests::{LoginClient, Registration};

/// A server behind Keycloak.
struct Protected {
    keycloak: Keycloak,
    server: Server,
    url: String,
}

impl Protected {
    fn start() -> Protected {
        let addr = free_address().unwrap();
        let keycloak = Keycloak::start(&resource(addr)).unwrap();
        let setup = protected(&["calculator"], addr, &keycloak.issuer())
            .set("auth", "required-scopes", "files:read")
            .set("auth", "scope-rules", "tool:multiply=files:write");
        let server = Server::start(Shell::Native, &setup).unwrap();
        Protected { keycloak, server, url: resource(addr) }
    }
}

/// What is tried of it.
const CHECKS: [fn(&Protected); 5] = [
    a_service_calls_with_the_scopes_that_it_asked_for,
    a_token_for_another_resource_of_the_realm_is_refused,
    a_person_logs_in_with_each_client,
    an_id_token_is_refused,
    the_metadata_of_the_server_names_the_realm,
];

/// One test, at whose end Keycloak stops.
#[test]
fn tokens_of_keycloak_let_their_callers_in() {
    let protected = Protected::start();
    for check in CHECKS {
        check(&protected);
    }
}

fn a_service_calls_with_the_scopes_that_it_asked_for(protected: &Protected) {
    let Protected { keycloak, server, .. } = protected;
    let token = |scope| keycloak.token("service", "service-secret", scope).unwrap();
    let read = server.send(&add_with(&token("files:read"))).unwrap();
    assert!(is_sum(&read), "{read:?}\n{}", server.log());
    let without = server.send(&add_with(&token(""))).unwrap();
    assert_eq!(without.status, 403, "{without:?}");
    assert_eq!(challenge(&without, "error"), Some("insufficient_scope"));
    assert_eq!(challenged_scopes(&without), ["files:read"]);
}

/// The realm gives a token no audience but that of a client scope.
fn a_token_for_another_resource_of_the_realm_is_refused(protected: &Protected) {
    let Protected { keycloak, server, .. } = protected;
    let token = keycloak.token("another-resource", "another-secret", "").unwrap();
    let reply = server.send(&add_with(&token)).unwrap();
    assert_eq!(reply.status, 401, "{reply:?}");
    assert_eq!(challenge(&reply, "error"), Some("invalid_token"));
}

fn a_person_logs_in_with_each_client(protected: &Protected) {
    for program in LoginClient::ALL {
        program.run(&protected.url, "legacy", Registration::Registered).unwrap_or_else(|error| {
            panic!("{program:?}: {error:?}\n{}", protected.server.log());
        });
    }
}

/// The ID token of a person has the same issuer and key as the access token.
fn an_id_token_is_refused(protected: &Protected) {
    let Protected { keycloak, server, .. } = protected;
    let script = concat!(env!("CARGO_MANIFEST_DIR"), "/clients/keycloak/id_token.mjs");
    let said = Command::new("node").arg(script).arg(keycloak.issuer()).output().unwrap();
    let tokens: Value = serde_json::from_slice(&said.stdout).unwrap_or_else(|_| panic!("{said:?}"));
    let send = |name: &str| server.send(&add_with(tokens[name].as_str().unwrap())).unwrap();
    let id = send("id_token");
    assert_eq!(id.status, 401, "{id:?}");
    assert_eq!(challenge(&id, "error"), Some("invalid_token"));
    assert!(is_sum(&send("access_token")));
}

fn the_metadata_of_the_server_names_the_realm(protected: &Protected) {
    let Protected { keycloak, server, url } = protected;
    let metadata = server.send(&Request::new("GET", "/.well-known/oauth-protected-resource/mcp")).unwrap();
    let metadata = metadata.json().unwrap();
    assert_eq!(metadata["resource"], Value::from(url.as_str()));
    assert_eq!(metadata["authorization_servers"], Value::from(vec![keycloak.issuer()]));
}
