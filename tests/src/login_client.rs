//! Real clients that log in: they are refused, find the authorization server, get an id there, let a person log in, call, are refused for too few
//! scopes, log in once more and call again.

use std::process::Command;

use anyhow::{Context, Result, ensure};

const CLIENTS: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/clients");

/// A client that can log in.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum LoginClient {
    /// The TypeScript SDK.
    TypeScript,
    /// The Python SDK.
    Python,
    /// `mcp-remote`, between a client that knows no OAuth and the server.
    McpRemote,
}

/// How a client gets its id at the authorization server.
#[derive(Clone, Copy, Debug)]
pub enum Registration {
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
    pub fn option(self) -> &'static str {
        match self {
            Registration::Dynamic => "dynamic",
            Registration::Documents => "documents",
            Registration::Registered => "none",
        }
    }
}

impl LoginClient {
    /// All of them.
    pub const ALL: [LoginClient; 3] = [LoginClient::TypeScript, LoginClient::Python, LoginClient::McpRemote];

    /// Runs it against a server at which `add` needs `files:read`, and `multiply` needs `files:write` too.
    pub fn run(self, url: &str, mode: &str, registration: Registration) -> Result<()> {
        let (program, script) = match self {
            LoginClient::TypeScript => ("node".to_owned(), "typescript/oauth.mjs"),
            LoginClient::Python => (format!("{CLIENTS}/python/.venv/bin/python"), "python/oauth.py"),
            LoginClient::McpRemote => ("node".to_owned(), "typescript/remote.mjs"),
        };
        let mut command = Command::new(program);
        command.arg(format!("{CLIENTS}/{script}")).args([url, mode, registration.argument()]);
        let output = command.output().with_context(|| format!("cannot run {command:?}: run `make test`"))?;
        let (printed, errors) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
        let said = |line: &str| printed.lines().any(|printed| printed == line);
        ensure!(output.status.success(), "{}:\n{printed}\n{errors}", output.status);
        ensure!(said(r#"add: {"result":5}"#) && said(r#"multiply: {"result":6}"#), "{printed}\n{errors}");
        // `mcp-remote` says what it asks for in its own words.
        if self != LoginClient::McpRemote {
            let logins: Vec<_> = printed.lines().filter(|line| line.starts_with("authorization: ")).collect();
            ensure!(logins.len() == 2, "{} logins:\n{printed}\n{errors}", logins.len());
            ensure!(logins.iter().all(|login| login.ends_with(&format!("resource {url}, S256"))), "{printed}");
            ensure!(!logins[0].contains("files:write") && logins[1].contains("files:write"), "{printed}");
        }
        Ok(())
    }
}
