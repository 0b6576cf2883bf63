//! Real clients that go through it all: they are refused, find the authorization server, register, let a person log in, call, are refused for too few
//! scopes, log in once more and call again.

use std::process::Command;
use std::thread;

use anyhow::{Context, Result, ensure};
use serde_json::json;
use wasmcp_tests::{OidcProvider, Server, Setup, Shell, free_address};

use crate::{protected, resource};

const CLIENTS: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/clients");

/// A client that can log in.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Program {
    TypeScript,
    Python,
    /// `mcp-remote`, between a client that knows no OAuth and the server.
    McpRemote,
}

/// How a client gets its id at the authorization server.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Registration {
    /// It registers by itself (RFC 7591).
    Dynamic,
    /// Its id is the URL of a document about it.
    Documents,
    /// An administrator has registered it.
    Registered,
}

impl Registration {
    fn argument(self) -> &'static str {
        match self {
            Registration::Dynamic => "dynamic",
            Registration::Documents => "documents",
            Registration::Registered => "registered",
        }
    }

    /// The option of the authorization server that allows no other way but that of an administrator.
    fn option(self) -> &'static str {
        match self {
            Registration::Dynamic => "dynamic",
            Registration::Documents => "documents",
            Registration::Registered => "none",
        }
    }
}

impl Program {
    pub(crate) const ALL: [Program; 3] = [Program::TypeScript, Program::Python, Program::McpRemote];

    /// Runs it against a server at which `add` needs `files:read`, and `multiply` needs `files:write` too.
    pub(crate) fn run(self, url: &str, mode: &str, registration: Registration) -> Result<()> {
        let (program, script) = match self {
            Program::TypeScript => ("node".to_owned(), "typescript/oauth.mjs"),
            Program::Python => (format!("{CLIENTS}/python/.venv/bin/python"), "python/oauth.py"),
            Program::McpRemote => ("node".to_owned(), "typescript/remote.mjs"),
        };
        let mut command = Command::new(program);
        command.arg(format!("{CLIENTS}/{script}")).args([url, mode, registration.argument()]);
        let output = command.output().with_context(|| format!("cannot run {command:?}: run `make test`"))?;
        let (printed, errors) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
        let said = |line: &str| printed.lines().any(|printed| printed == line);
        ensure!(output.status.success(), "{}:\n{printed}\n{errors}", output.status);
        ensure!(said(r#"add: {"result":5}"#) && said(r#"multiply: {"result":6}"#), "{printed}\n{errors}");
        // `mcp-remote` says what it asks for in its own words.
        if self != Program::McpRemote {
            let logins: Vec<_> = printed.lines().filter(|line| line.starts_with("authorization: ")).collect();
            ensure!(logins.len() == 2, "{} logins:\n{printed}\n{errors}", logins.len());
            ensure!(logins.iter().all(|login| login.ends_with(&format!("resource {url}, S256"))), "{printed}");
            ensure!(!logins[0].contains("files:write") && logins[1].contains("files:write"), "{printed}");
        }
        Ok(())
    }
}

/// The client, how it chooses the version, and how it gets its id.
type Case = (Program, &'static str, Registration);

const EVERYTHING: [Case; 6] = [
    (Program::TypeScript, "2026-07-28", Registration::Dynamic),
    (Program::TypeScript, "legacy", Registration::Documents),
    (Program::Python, "2026-07-28", Registration::Documents),
    (Program::Python, "legacy", Registration::Registered),
    (Program::McpRemote, "legacy", Registration::Dynamic),
    (Program::McpRemote, "auto", Registration::Registered),
];
/// A composed file has the same rules, so that each client goes there once.
const ONCE: [Case; 3] = [
    (Program::TypeScript, "2026-07-28", Registration::Dynamic),
    (Program::Python, "legacy", Registration::Dynamic),
    (Program::McpRemote, "auto", Registration::Dynamic),
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
