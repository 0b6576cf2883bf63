//! Real clients that go through it all: they are refused, find the authorization server, register, let a person log in, call, are refused for too few
//! scopes, log in once more and call again.

use std::thread;

use serde_json::json;
use wasmcp_tests::{LoginClient, OidcProvider, Registration, Server, Setup, Shell, free_address};

use crate::{protected, resource};

/// The client, how it chooses the version, and how it gets its id.
type Case = (LoginClient, &'static str, Registration);

const EVERYTHING: [Case; 6] = [
    (LoginClient::TypeScript, "2026-07-28", Registration::Dynamic),
    (LoginClient::TypeScript, "legacy", Registration::Documents),
    (LoginClient::Python, "2026-07-28", Registration::Documents),
    (LoginClient::Python, "legacy", Registration::Registered),
    (LoginClient::McpRemote, "legacy", Registration::Dynamic),
    (LoginClient::McpRemote, "auto", Registration::Registered),
];
/// A composed file has the same rules, so that each client goes there once.
const ONCE: [Case; 3] = [
    (LoginClient::TypeScript, "2026-07-28", Registration::Dynamic),
    (LoginClient::Python, "legacy", Registration::Dynamic),
    (LoginClient::McpRemote, "auto", Registration::Dynamic),
];

#[test]
fn clients_log_in_and_get_more_scopes_at_the_native_server() {
    log_in(Shell::Native, &EVERYTHING, |setup, _| setup);
}

/// Such a file has no store, so that its keys are pinned.
#[test]
fn clients_log_in_and_get_more_scopes_at_one_file() {
    for shell in [Shell::Composed, Shell::Hosted] {
        log_in(shell, &ONCE, |setup, oidc| setup.set("auth", "jwks", &oidc.keys().unwrap()));
    }
}

/// All cases of a kind of registration at the same time: two clients that log in do not disturb each other.
fn log_in(shell: Shell, cases: &[Case], more: impl Fn(Setup, &OidcProvider) -> Setup) {
    for way in [Registration::Dynamic, Registration::Documents, Registration::Registered] {
        let cases: Vec<_> = cases.iter().filter(|(_, _, registration)| registration.option() == way.option()).collect();
        if cases.is_empty() {
            continue;
        }
        let oidc = OidcProvider::start(&json!({ "registration": way.option() })).unwrap();
        let addr = free_address().unwrap();
        let setup = protected(&["calculator"], addr, &oidc.issuer()).set("auth", "required-scopes", "files:read").set(
            "auth",
            "scope-rules",
            "tool:multiply=files:write",
        );
        let server = Server::start(shell, &more(setup, &oidc)).unwrap();
        thread::scope(|scope| {
            for (program, mode, registration) in cases {
                let server = &server;
                scope.spawn(move || {
                    program.run(&resource(addr), mode, *registration).unwrap_or_else(|error| {
                        panic!("{shell}, {program:?}, {mode}, {registration:?}: {error:?}\n{}", server.log());
                    });
                });
            }
        });
    }
}
