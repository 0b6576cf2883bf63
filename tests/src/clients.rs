//! The official clients for TypeScript and Python, in every mode.

use std::process::Command;

use anyhow::{Context, Result, ensure};

/// The program and the script. `make test` installs what they need.
const CLIENTS: [(&str, &str, &str); 2] = [
    ("TypeScript", "node", concat!(env!("CARGO_MANIFEST_DIR"), "/clients/typescript/call.mjs")),
    (
        "Python",
        concat!(env!("CARGO_MANIFEST_DIR"), "/clients/python/.venv/bin/python"),
        concat!(env!("CARGO_MANIFEST_DIR"), "/clients/python/call.py"),
    ),
];

/// How the client chooses the version, and what comes of it.
const MODES: [(&str, &str); 3] = [("legacy", "2025-11-25"), ("auto", "2026-07-28"), ("2026-07-28", "2026-07-28")];

/// What every client must print beside the version: the beginning of a line, and a part of its rest.
const PRINTED: [(&str, &str); 4] = [
    ("tools: ", "add subtract multiply divide echo get_weather multi_weather"),
    ("echo: ", "grüß dich 🌍"),
    ("add: ", "5"),
    ("get_weather: ", "11.5"),
];

/// A client in one of its modes, which lists and calls the tools of `calculator` and `weather`.
#[derive(Clone, Copy, Debug)]
pub struct Client {
    /// What it is written in.
    pub language: &'static str,
    /// How it chooses the version.
    pub mode: &'static str,
    program: &'static str,
    script: &'static str,
    version: &'static str,
}

impl Client {
    /// Every client in every mode.
    pub fn all() -> impl Iterator<Item = Client> {
        CLIENTS.into_iter().flat_map(|(language, program, script)| {
            MODES.map(|(mode, version)| Client { language, mode, program, script, version })
        })
    }

    /// Runs it against a server.
    pub fn converse(&self, url: &str) -> Result<()> {
        let mut command = Command::new(self.program);
        let output = command.args([self.script, url, self.mode]).output();
        let output = output.with_context(|| format!("cannot run {command:?}: run `make test`"))?;
        let (printed, errors) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
        ensure!(output.status.success(), "{}:\n{printed}\n{errors}", output.status);
        for (start, part) in PRINTED.into_iter().chain([("version: ", self.version)]) {
            let said = printed.lines().any(|line| line.strip_prefix(start).is_some_and(|rest| rest.contains(part)));
            ensure!(said, "no line `{start}…{part}…` in:\n{printed}\n{errors}");
        }
        Ok(())
    }
}
