//! `wasmcp new`: writes a project with one tool, in the language of the author.

use std::path::PathBuf;

use anyhow::bail;
use clap::ValueEnum as _;

use crate::log::report;
use crate::project::{Language, missing, write};

/// Writes a new project with one tool; without `--lang`, says which languages there are and what each needs on this machine
#[derive(clap::Args)]
pub(crate) struct New {
    /// What the project and its provider are called
    name: Option<String>,
    /// The language
    #[arg(long, value_name = "LANGUAGE")]
    lang: Option<Language>,
    /// The folder to write to, which is empty or not there [default: the name]
    #[arg(short, long, value_name = "FOLDER")]
    output: Option<PathBuf>,
}

impl New {
    /// Runs the command.
    pub(crate) fn run(self) -> anyhow::Result<()> {
        let Some(language) = self.lang else {
            list_languages();
            let Some(name) = self.name else { return Ok(()) };
            bail!("say which language: `wasmcp new {name} --lang LANGUAGE`");
        };
        let Some(name) = self.name else {
            bail!("say what to call it: `wasmcp new NAME --lang {}`", name_of(language));
        };
        let folder = self.output.unwrap_or_else(|| PathBuf::from(&name));
        write(&name, language, &folder)?;
        for what in missing(language) {
            tracing::warn!("{what}");
        }
        let folder = folder.display();
        report(&format!(
            "wasmcp: wrote the project `{folder}`: run `cd {folder} && make setup && wasmcp dev`, which builds it, serves it, and does both again when you change it"
        ));
        Ok(())
    }
}

fn list_languages() {
    for language in Language::value_variants() {
        let missing = missing(*language);
        let state = if missing.is_empty() { "all it needs is there".to_owned() } else { missing.join("; ") };
        report(&format!("{:<12} {state}", name_of(*language)));
    }
}

/// What `--lang` calls it.
fn name_of(language: Language) -> String {
    language.to_possible_value().map(|value| value.get_name().to_owned()).unwrap_or_default()
}
