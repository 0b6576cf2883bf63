//! `wasmcp.toml`: what the component of a project is called, and of what it is made.

use std::path::{Path, PathBuf};

use serde::Deserialize;

use super::ProjectError;
use crate::options::ComponentArg;

/// The name of the file.
const FILE: &str = "wasmcp.toml";

/// A language that `wasmcp build` knows a tool for, and `wasmcp new` a template.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, clap::ValueEnum)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Language {
    Python,
    Javascript,
    Typescript,
    Go,
    Rust,
}

/// The engine that runs the JavaScript of a project, whatever it was written in.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Engine {
    /// By componentize-qjs. It is small, and starts at once.
    #[default]
    Quickjs,
    /// By jco. It is the engine of Firefox, with `fetch` and the other interfaces of the web.
    Starlingmonkey,
}

/// The manifest of a project.
#[derive(Debug)]
pub(crate) struct Manifest {
    /// The name of the provider; its component is `NAME.wasm`.
    pub(crate) name: String,
    pub(crate) language: Language,
    /// The world in `wit/` that the component has.
    pub(crate) world: String,
    /// The file that exports the provider. Empty for Go and Rust, whose tools find it.
    pub(crate) source: PathBuf,
    /// The engine of JavaScript and TypeScript.
    pub(crate) engine: Engine,
    /// Whether a provider in Go initializes itself when it is built, and not before each call.
    pub(crate) snapshot: bool,
    pub(crate) dev: DevTable,
}

/// The table `[dev]`: options that `wasmcp dev` has without being given them, and what it does not watch.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct DevTable {
    pub(crate) addr: Option<String>,
    pub(crate) set: Vec<String>,
    pub(crate) settings: Option<PathBuf>,
    pub(crate) egress: Vec<String>,
    /// Patterns of `.gitignore`.
    pub(crate) ignore: Vec<String>,
}

/// The file as it is written.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Written {
    name: String,
    language: Language,
    world: String,
    source: Option<PathBuf>,
    engine: Option<Engine>,
    #[serde(default)]
    snapshot: bool,
    #[serde(default)]
    dev: DevTable,
}

impl Manifest {
    /// Reads the manifest of the project in a folder.
    pub(crate) fn read(folder: &Path) -> Result<Self, ProjectError> {
        let path = folder.join(FILE);
        let text =
            std::fs::read_to_string(&path).map_err(|error| ProjectError::Unreadable { path: path.clone(), error })?;
        Self::parse(&text).map_err(|reason| ProjectError::Manifest { path, reason })
    }

    /// Reads the text of a manifest.
    pub(super) fn parse(text: &str) -> Result<Self, String> {
        let Written { name, language, world, source, engine, snapshot, dev } =
            toml::from_str(text).map_err(|error| error.to_string().trim_end().to_owned())?;
        if !is_name(&name) {
            return Err(format!("a provider cannot be called `{name}`: take letters, digits and `-`"));
        }
        let source = match (language, source) {
            (Language::Go | Language::Rust, None) => PathBuf::new(),
            (Language::Go | Language::Rust, Some(_)) => {
                return Err("`source` is for the other languages: leave it out".to_owned());
            }
            (_, Some(source)) => source,
            (_, None) => return Err("`source` is missing: the file that exports the provider".to_owned()),
        };
        if engine.is_some() && !matches!(language, Language::Javascript | Language::Typescript) {
            return Err("`engine` is for JavaScript and TypeScript: leave it out".to_owned());
        }
        if snapshot && language != Language::Go {
            return Err("`snapshot` is for Go: leave it out".to_owned());
        }
        Ok(Self { name, language, world, source, engine: engine.unwrap_or_default(), snapshot, dev })
    }

    /// The component of the project in a folder.
    pub(crate) fn component(&self, folder: &Path) -> PathBuf {
        folder.join(format!("{}.wasm", self.name))
    }
}

/// Whether a provider can be called so, as its file is.
pub(super) fn is_name(name: &str) -> bool {
    !name.contains(['/', '.', '=']) && name.parse::<ComponentArg>().is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_manifest_is_read_whole_and_what_is_wrong_is_said() {
        let python = "name = \"weather\"\nlanguage = \"python\"\nworld = \"weather\"\nsource = \"app.py\"\n";
        let read = Manifest::parse(python).expect("a manifest");
        assert_eq!((read.name.as_str(), read.language, read.world.as_str()), ("weather", Language::Python, "weather"));
        assert_eq!(read.source, Path::new("app.py"));
        assert_eq!(read.dev, DevTable::default());
        let read = Manifest::parse(&format!("{python}[dev]\negress = [\"example.com\"]\nignore = [\"/notes\"]\n"));
        let DevTable { egress, ignore, .. } = read.expect("a manifest").dev;
        assert_eq!((egress, ignore), (vec!["example.com".to_owned()], vec!["/notes".to_owned()]));
        for (written, engine) in [("", Engine::Quickjs), ("engine = \"starlingmonkey\"\n", Engine::Starlingmonkey)] {
            let javascript = python.replacen("\"python\"", "\"javascript\"", 1) + written;
            assert_eq!(Manifest::parse(&javascript).expect("a manifest").engine, engine, "{written}");
        }
        for (from, to, expected) in [
            ("python", "cobol", "unknown variant `cobol`"),
            ("source = \"app.py\"\n", "", "`source` is missing"),
            ("\"python\"", "\"go\"", "leave it out"),
            ("name = \"weather\"", "name = \"../weather\"", "cannot be called `../weather`"),
            ("name = \"weather\"\n", "", "missing field `name`"),
            ("world", "engine = \"quickjs\"\nworld", "`engine` is for JavaScript and TypeScript"),
            ("world", "snapshot = true\nworld", "`snapshot` is for Go"),
            ("world", "engine = \"v8\"\nworld", "unknown variant `v8`"),
            ("world", "word", "unknown field `word`"),
            ("source = \"app.py\"\n", "source = \"app.py\"\n[dev]\negres = []\n", "unknown field `egres`"),
        ] {
            let error = Manifest::parse(&python.replacen(from, to, 1)).expect_err(to);
            assert!(error.contains(expected), "{error}");
        }
    }
}
