//! The rows of the tables: the example of each language, and the servers of the official SDKs.

use std::net::SocketAddr;
use std::process::Command;

use super::Places;
use super::peers::Peers;

/// A language with an example.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Language {
    Rust,
    Go,
    JavaScript,
    TypeScript,
    /// The example in TypeScript on another engine.
    StarlingMonkey,
    Python,
}

impl Language {
    /// All languages, in the order of the tables.
    pub(crate) const ALL: [Self; 6] =
        [Self::Rust, Self::Go, Self::JavaScript, Self::TypeScript, Self::StarlingMonkey, Self::Python];

    /// The folder in which its example is built.
    pub(crate) fn folder(self) -> &'static str {
        match self {
            Self::Rust => "examples/weather-rs",
            Self::Go => "examples/weather-go",
            Self::JavaScript => "examples/weather-js",
            Self::TypeScript => "examples/weather-ts",
            Self::StarlingMonkey => "target/examples/weather-ts-starlingmonkey",
            Self::Python => "examples/weather-py",
        }
    }

    /// The file in that folder that describes the tools.
    pub(crate) fn source(self) -> &'static str {
        match self {
            Self::Rust => "src/lib.rs",
            Self::Go => "weather/weather.go",
            Self::JavaScript => "weather.js",
            Self::TypeScript | Self::StarlingMonkey => "weather.ts",
            Self::Python => "app.py",
        }
    }
}

/// One row of the tables.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Row {
    /// The example of a language on `wasmcp serve`.
    Provider(Language),
    /// The same where no instance is ready before a call comes.
    Unprepared(Language),
    /// The official SDK in Python.
    PythonSdk,
    /// The official SDK in TypeScript.
    TypeScriptSdk,
}

impl Row {
    /// All rows, in the order of the tables.
    pub(crate) fn all() -> impl Iterator<Item = Self> {
        let providers =
            Language::ALL.into_iter().flat_map(|language| [Self::Provider, Self::Unprepared].map(|row| row(language)));
        providers.chain([Self::PythonSdk, Self::TypeScriptSdk])
    }

    /// Its name in the tables.
    pub(crate) fn title(self) -> &'static str {
        match self {
            Self::Provider(Language::Rust) => "`wasmcp serve`, Rust",
            Self::Provider(Language::Go) => "`wasmcp serve`, Go",
            Self::Provider(Language::JavaScript) => "`wasmcp serve`, JavaScript",
            Self::Provider(Language::TypeScript) => "`wasmcp serve`, TypeScript",
            Self::Provider(Language::StarlingMonkey) => "`wasmcp serve`, TypeScript, StarlingMonkey",
            Self::Provider(Language::Python) => "`wasmcp serve`, Python",
            Self::Unprepared(Language::Rust) => "`wasmcp serve --prepared 0`, Rust",
            Self::Unprepared(Language::Go) => "`wasmcp serve --prepared 0`, Go",
            Self::Unprepared(Language::JavaScript) => "`wasmcp serve --prepared 0`, JavaScript",
            Self::Unprepared(Language::TypeScript) => "`wasmcp serve --prepared 0`, TypeScript",
            Self::Unprepared(Language::StarlingMonkey) => "`wasmcp serve --prepared 0`, TypeScript, StarlingMonkey",
            Self::Unprepared(Language::Python) => "`wasmcp serve --prepared 0`, Python",
            Self::PythonSdk => "Python SDK, uvicorn, no sandbox",
            Self::TypeScriptSdk => "TypeScript SDK, Node, no sandbox",
        }
    }

    /// Whether it is the server of an SDK.
    pub(crate) fn is_peer(self) -> bool {
        matches!(self, Self::PythonSdk | Self::TypeScriptSdk)
    }

    /// The name of its log.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Provider(language) | Self::Unprepared(language) => {
                language.folder().rsplit('/').next().unwrap_or_default()
            }
            Self::PythonSdk => "python-sdk",
            Self::TypeScriptSdk => "typescript-sdk",
        }
    }

    /// What starts it.
    pub(crate) fn command(self, places: &Places, peers: &Peers, address: SocketAddr) -> Command {
        let address = address.to_string();
        match self {
            Self::PythonSdk => peers.python(&address),
            Self::TypeScriptSdk => peers.typescript(&address),
            Self::Provider(language) | Self::Unprepared(language) => {
                let mut command = Command::new(&places.wasmcp);
                command.arg("serve").arg(places.component(language)).args(["--addr", &address]);
                command.arg("--cache-dir").arg(places.scratch.join("cache"));
                if let Self::Unprepared(_) = self {
                    command.args(["--prepared", "0"]);
                }
                command
            }
        }
    }
}
