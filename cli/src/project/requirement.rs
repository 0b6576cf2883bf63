//! What a project in each language needs on the author's machine, and what of it is missing.

use std::process::Command;

use super::manifest::Language;

/// A program that a project needs.
struct Requirement {
    /// The program, and the arguments by which it says its version.
    command: &'static [&'static str],
    /// The lowest version that will do. Empty where any does.
    least: &'static [u32],
    /// What to do when it is missing.
    remedy: &'static str,
}

/// What every Makefile of a template runs.
const EVERY: [Requirement; 2] = [
    Requirement { command: &["make", "--version"], least: &[], remedy: "install make from your distribution" },
    Requirement { command: &["curl", "--version"], least: &[], remedy: "install curl from your distribution" },
];
const RUST: [Requirement; 2] = [
    Requirement { command: &["rustup", "--version"], least: &[], remedy: "install rustup from https://rustup.rs" },
    // What the crates that the template locks ask for.
    Requirement { command: &["cargo", "--version"], least: &[1, 88], remedy: "run `rustup update stable`" },
];
const PYTHON: [Requirement; 1] = [Requirement {
    // Some distributions leave these modules out.
    command: &["python3", "-c", "import ensurepip, venv, platform; print(platform.python_version())"],
    least: &[3, 10],
    remedy: "install Python 3.10 or later with venv, from https://www.python.org or your distribution",
}];
const GO: [Requirement; 1] = [Requirement {
    command: &["go", "version"],
    least: &[1, 25],
    remedy: "install Go 1.25 or later from https://go.dev",
}];
const NODE: [Requirement; 2] = [
    Requirement {
        command: &["node", "--version"],
        least: &[20],
        remedy: "install Node 20 or later from https://nodejs.org",
    },
    Requirement { command: &["npm", "--version"], least: &[], remedy: "install npm, which comes with Node" },
];

/// What is missing on this machine for a project in a language, and what to do about it.
pub(crate) fn missing(language: Language) -> Vec<String> {
    let own: &[Requirement] = match language {
        Language::Rust => &RUST,
        Language::Python => &PYTHON,
        Language::Go => &GO,
        Language::Javascript | Language::Typescript => &NODE,
    };
    own.iter().chain(&EVERY).filter_map(|requirement| requirement.missing(said)).collect()
}

impl Requirement {
    /// What is wrong with the program, which says its version so.
    fn missing(&self, said: impl Fn(&[&str]) -> Option<String>) -> Option<String> {
        let (program, _) = self.command.split_first()?;
        let remedy = self.remedy;
        let Some(said) = said(self.command) else { return Some(format!("`{program}` is not there: {remedy}")) };
        let version = version(&said);
        match version.as_slice() >= self.least {
            true => None,
            false => {
                let found = version.iter().map(u32::to_string).collect::<Vec<_>>().join(".");
                Some(format!("`{program}` has version {found}: {remedy}"))
            }
        }
    }
}

/// What a program says, if it can be run.
fn said(command: &[&str]) -> Option<String> {
    let (program, arguments) = command.split_first()?;
    // Without this, `go` might download the version that some project around here asks for.
    let output = Command::new(program).args(arguments).env("GOTOOLCHAIN", "local").output().ok()?;
    output.status.success().then(|| String::from_utf8_lossy(&output.stdout).into_owned())
}

/// The first word that is a version, with or without letters before it.
fn version(said: &str) -> Vec<u32> {
    let numbers = |word: &str| {
        let word = word.trim_start_matches(|letter: char| letter.is_ascii_alphabetic());
        word.split(|letter: char| !letter.is_ascii_digit())
            .map_while(|number| number.parse().ok())
            .collect::<Vec<u32>>()
    };
    said.split_whitespace().map(numbers).find(|numbers| !numbers.is_empty()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_program_that_is_missing_or_old_is_told_with_its_remedy() {
        let [go] = &GO;
        for (answer, expected) in [
            (None, Some("`go` is not there: install Go 1.25 or later from https://go.dev")),
            (
                Some("go version go1.24.9 linux/amd64"),
                Some("`go` has version 1.24.9: install Go 1.25 or later from https://go.dev"),
            ),
            (Some("go version go1.25 linux/amd64"), None),
            (Some("go version go2.0.1 linux/amd64"), None),
        ] {
            assert_eq!(go.missing(|_| answer.map(str::to_owned)).as_deref(), expected, "{answer:?}");
        }
    }

    #[test]
    fn a_version_is_found_in_what_a_program_says() {
        for (said, expected) in [
            ("v20.19.2\n", &[20, 19, 2][..]),
            ("3.11.2", &[3, 11, 2]),
            ("cargo 1.95.0 (abcdef123 2026-04-01)", &[1, 95, 0]),
            ("cargo 1.97.0-nightly", &[1, 97, 0]),
            ("go version devel", &[]),
        ] {
            assert_eq!(version(said), expected, "{said}");
        }
    }
}
