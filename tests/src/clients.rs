//! The official clients for TypeScript, Python and Rust, in every mode.

use std::process::Command;

use anyhow::{Context, Result, ensure};

/// The program and its first arguments. `make test` installs what they need.
const CLIENTS: [(&str, &str, &[&str]); 3] = [
    ("TypeScript", "node", &[concat!(env!("CARGO_MANIFEST_DIR"), "/clients/typescript/client.mjs")]),
    (
        "Python",
        concat!(env!("CARGO_MANIFEST_DIR"), "/clients/python/.venv/bin/python"),
        &[concat!(env!("CARGO_MANIFEST_DIR"), "/clients/python/client.py")],
    ),
    ("Rust", concat!(env!("CARGO_MANIFEST_DIR"), "/../target/driver/debug/wasmcp-test-client"), &[]),
];

/// How the client chooses the version, the version that comes of it, and the code of that version for a resource that does not exist.
const MODES: [(&str, &str, &str); 3] =
    [("legacy", "2025-11-25", "-32002"), ("auto", "2026-07-28", "-32602"), ("2026-07-28", "2026-07-28", "-32602")];

/// The requests that a client makes.
#[derive(Clone, Copy, Debug)]
pub enum Task {
    /// Lists and calls the tools of `calculator` and `weather`.
    Tools,
    /// Lists, reads, gets and completes the items of `everything`.
    Reads,
}

impl Task {
    /// Every task, with the providers that it needs and the end of the sentence "the client …".
    pub const ALL: [(Task, &[&str], &str); 2] = [
        (Task::Tools, &["calculator", "weather"], "lists and calls tools"),
        (Task::Reads, &["everything"], "lists, reads, gets and completes"),
    ];

    fn argument(self) -> &'static str {
        match self {
            Task::Tools => "tools",
            Task::Reads => "reads",
        }
    }

    /// The lines that every client must print beside the version: the beginning of each, and a part of its rest.
    fn printed(self) -> &'static [(&'static str, &'static str)] {
        match self {
            Task::Tools => &[
                ("tools: ", "add subtract multiply divide echo get_weather multi_weather"),
                ("echo: ", "grüß dich 🌍"),
                ("add: ", "5"),
                ("get_weather: ", "11.5"),
            ],
            Task::Reads => &[
                (
                    "resources: ",
                    "test:///text test:///binary test:///several test:///count test:///forever test:///ask test:///echo",
                ),
                ("templates: ", "test:///greetings/{name} test:///files{/path*}{?lang} test:///errors/{kind}"),
                ("prompts: ", "greet show count forever ask refuse echo numbers"),
                ("text: ", "grüß dich 🌍"),
                ("bytes: ", "AP8Q"),
                ("of a template: ", "Hello, Ada!"),
                ("prompt: ", "Greet Ada, in the style formal."),
                ("completion of a prompt: ", "Dr. Ada, Dr. Alan"),
                ("completion of a template: ", "Grace"),
            ],
        }
    }
}

/// A client in one of its modes.
#[derive(Clone, Copy, Debug)]
pub struct Client {
    /// The programming language of the client.
    pub language: &'static str,
    /// How it chooses the version.
    pub mode: &'static str,
    program: &'static str,
    arguments: &'static [&'static str],
    version: &'static str,
    not_found: &'static str,
}

impl Client {
    /// Every client in every mode.
    pub fn all() -> impl Iterator<Item = Client> {
        CLIENTS.into_iter().flat_map(|(language, program, arguments)| {
            MODES.map(|(mode, version, not_found)| Client { language, mode, program, arguments, version, not_found })
        })
    }

    /// Runs the client against a server.
    pub fn run(&self, url: &str, task: Task) -> Result<()> {
        let mut command = Command::new(self.program);
        let output = command.args(self.arguments).args([url, self.mode, task.argument()]).output();
        let output = output.with_context(|| format!("cannot run {command:?}: run `make test`"))?;
        let (printed, errors) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
        ensure!(output.status.success(), "{}:\n{printed}\n{errors}", output.status);
        let mut expected = [task.printed(), &[("version: ", self.version)]].concat();
        if matches!(task, Task::Reads) {
            // The TypeScript client reports both codes as the newer one; the conversation tables show what is on the wire.
            expected.push(("missing: ", if self.language == "TypeScript" { "-32602" } else { self.not_found }));
        }
        for (start, part) in expected {
            let said = printed.lines().any(|line| line.strip_prefix(start).is_some_and(|rest| rest.contains(part)));
            ensure!(said, "no line `{start}…{part}…` in:\n{printed}\n{errors}");
        }
        Ok(())
    }
}
