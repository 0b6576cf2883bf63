//! Real clients: the official ones for TypeScript and Python, in every mode, against every shell.

use std::process::Command;
use std::sync::Arc;

use anyhow::{Context, Result, ensure};
use libtest_mimic::{Arguments, Conclusion, Failed, Trial};
use wasmcp_tests::upstream::{Options, Upstream};
use wasmcp_tests::{Server, Setup, Shell};

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

fn main() -> Result<()> {
    run(&Arguments::from_args())?.exit()
}

fn run(arguments: &Arguments) -> Result<Conclusion> {
    let runtime = tokio::runtime::Runtime::new()?;
    let upstream = runtime.block_on(Upstream::start(Options::default()))?;
    let setup = Setup::of(&["calculator", "weather"]).weather_of(&upstream);
    let mut trials = Vec::new();
    for shell in Shell::ALL {
        let server = if arguments.list { None } else { Some(Arc::new(Server::start(shell, &setup)?)) };
        for (language, program, script) in CLIENTS {
            for (mode, version) in MODES {
                let server = server.clone();
                trials.push(Trial::test(format!("{shell}: {language}, {mode}, lists and calls tools"), move || {
                    let server = server.ok_or("no server was started")?;
                    let url = format!("http://{}/mcp", server.addr);
                    converse(Command::new(program).args([script, &url, mode]), version).map_err(Failed::from)
                }));
            }
        }
    }
    Ok(libtest_mimic::run(arguments, trials))
}

fn converse(command: &mut Command, version: &str) -> Result<()> {
    let output = command.output().with_context(|| format!("cannot run {command:?}: run `make test`"))?;
    let (printed, errors) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    ensure!(output.status.success(), "{}:\n{printed}\n{errors}", output.status);
    for (start, part) in PRINTED.into_iter().chain([("version: ", version)]) {
        let said = printed.lines().any(|line| line.strip_prefix(start).is_some_and(|rest| rest.contains(part)));
        ensure!(said, "no line `{start}…{part}…` in:\n{printed}\n{errors}");
    }
    Ok(())
}
