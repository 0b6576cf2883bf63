//! The templates of projects, one for each language: those of `templates/`, which Spin reads too.

use std::fs;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use clap::ValueEnum as _;

use super::ProjectError;
use super::manifest::{Language, is_name};

/// A file of a template: its path in the project, and its text.
type File = (&'static str, &'static str);

/// Each language and its files. The build script lists them.
const TEMPLATES: &[(&str, &[File])] = include!(concat!(env!("OUT_DIR"), "/templates.rs"));

/// What stands for the name of the project, as Spin writes it. Nothing else in a template is a placeholder. Its filter changes no name that
/// [`check_name`] allows.
const NAME: &str = "{{project-name | kebab_case}}";

/// The end of a file's name that is left out in the project, as Spin leaves it out: cargo would take a `Cargo.toml` with a placeholder for
/// a manifest.
const SUFFIX: &str = ".tmpl";

/// Writes a new project into a folder, which is empty or not there.
pub(crate) fn write(name: &str, language: Language, folder: &Path) -> Result<(), ProjectError> {
    check_name(name)?;
    check_empty(folder)?;
    for (path, text) in rendered(name, language) {
        let path = folder.join(path);
        let unwritable = |error| ProjectError::Unwritable { path: path.clone(), error };
        fs::create_dir_all(path.parent().unwrap_or(folder)).map_err(unwritable)?;
        fs::write(&path, text).map_err(unwritable)?;
    }
    Ok(())
}

/// The files of a project, as relative paths and texts.
fn rendered(name: &str, language: Language) -> impl Iterator<Item = (&'static str, String)> {
    let value = language.to_possible_value();
    let is_of = |of: &str| value.as_ref().is_some_and(|value| value.get_name() == of);
    let files = TEMPLATES.iter().find(|(of, _)| is_of(of)).map_or(&[][..], |(_, files)| files);
    files.iter().map(move |(path, text)| (path.strip_suffix(SUFFIX).unwrap_or(path), text.replace(NAME, name)))
}

/// Checks that a name can be that of a provider, of a crate and of a component of Spin.
fn check_name(name: &str) -> Result<(), ProjectError> {
    let is_word = |word: &str| {
        word.starts_with(|first: char| first.is_ascii_lowercase())
            && word.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit())
    };
    match is_name(name) && name.split('-').all(is_word) {
        true => Ok(()),
        false => Err(ProjectError::Name(name.to_owned())),
    }
}

fn check_empty(folder: &Path) -> Result<(), ProjectError> {
    match fs::read_dir(folder).map(|mut entries| entries.next().is_none()) {
        Ok(true) => Ok(()),
        Ok(false) => Err(ProjectError::NotEmpty(folder.to_owned())),
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(()),
        Err(error) => Err(ProjectError::Unreadable { path: PathBuf::from(folder), error }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::project::Manifest;

    const FOLDER: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../templates");

    fn text(files: &[(&str, String)], wanted: &str) -> String {
        let file = files.iter().find(|(path, _)| *path == wanted);
        file.map(|(_, text)| text.clone()).unwrap_or_else(|| panic!("there is no `{wanted}`"))
    }

    #[test]
    fn every_placeholder_is_the_name_and_is_replaced() {
        for (language, files) in TEMPLATES {
            for (path, text) in *files {
                // Spin takes each file for a template of Liquid. One that Liquid cannot read is copied as it is.
                let rest = text.replace(NAME, "");
                assert!(!rest.contains("{{") && !rest.contains("{%"), "{language}: {path} has another placeholder");
                assert!(!path.contains("{{"), "{language}: {path}");
            }
        }
        for language in Language::value_variants() {
            for (path, text) in rendered("my-server2", *language) {
                assert!(!text.contains("{{") && !path.ends_with(SUFFIX), "{language:?}: {path}");
            }
        }
    }

    #[test]
    fn every_language_has_a_project_for_us_and_for_spin() {
        assert_eq!(TEMPLATES.len(), Language::value_variants().len());
        for language in Language::value_variants() {
            let files: Vec<_> = rendered("my-server2", *language).collect();
            let manifest = Manifest::parse(&text(&files, "wasmcp.toml")).expect("a manifest");
            assert_eq!((manifest.name.as_str(), manifest.language), ("my-server2", *language));
            assert!(
                files
                    .iter()
                    .any(|(path, _)| manifest.source.as_os_str().is_empty() || manifest.source == Path::new(path))
            );
            for file in [".gitignore", "Makefile", "README.md", "wit/world.wit"] {
                assert!(!text(&files, file).is_empty(), "{language:?}: {file}");
            }
            // What has nothing of the language in it.
            for file in ["spin.toml", "wit/world.wit"] {
                let other: Vec<_> = rendered("my-server2", Language::Go).collect();
                assert_eq!(text(&files, file), text(&other, file), "{language:?}: {file}");
            }
            let spin: toml::Table = text(&files, "spin.toml").parse().expect("a manifest of Spin");
            assert_eq!(spin["component"]["my-server2"]["source"].as_str(), Some("mcp-http-server.wasm"));
            assert_eq!(spin["trigger"]["http"][0]["component"].as_str(), Some("my-server2"));
        }
    }

    #[test]
    fn spin_finds_each_template_by_its_manifest() {
        for folder in fs::read_dir(FOLDER).expect("the templates").map(|entry| entry.expect("a template").path()) {
            let manifest = fs::read_to_string(folder.join("metadata/spin-template.toml")).expect("a manifest");
            let manifest: toml::Table = manifest.parse().expect("TOML");
            // Spin refuses a manifest with a key that it does not know.
            let keys: Vec<&str> = manifest.keys().map(String::as_str).collect();
            assert_eq!(keys, ["description", "id", "manifest_version", "tags"], "{}", folder.display());
            assert_eq!(manifest["manifest_version"].as_str(), Some("1"));
            let id = manifest["id"].as_str().unwrap_or_default();
            assert!(folder.ends_with(id), "{} has the id `{id}`", folder.display());
            let language = id.strip_prefix("wasmcp-").unwrap_or_default();
            assert!(TEMPLATES.iter().any(|(name, _)| *name == language), "`{id}` is not in this program");
        }
    }

    #[test]
    fn a_name_is_one_that_everything_in_a_project_may_have() {
        for name in ["a", "hello", "my-server", "a1-b2"] {
            assert!(check_name(name).is_ok(), "{name}");
        }
        for name in [
            "",
            "Hello",
            "2nd",
            "my-2nd",
            "a--b",
            "-a",
            "a_b",
            "a b",
            "../a",
            "a.b",
            "a=b",
            "auth",
            "policy",
            "transport",
            "\u{e4}",
        ] {
            assert!(matches!(check_name(name), Err(ProjectError::Name(_))), "{name}");
        }
    }

    #[test]
    fn a_project_goes_into_a_folder_that_is_empty_or_not_there() {
        let scratch = std::env::temp_dir().join(format!("wasmcp-new-{}", std::process::id()));
        let there = scratch.join("there");
        fs::create_dir_all(&there).expect("a folder");
        for folder in [scratch.join("not/there"), there.clone()] {
            write("hello", Language::Go, &folder).expect("a project");
            assert!(folder.join("export_wasmcp_mcp_tools/tools.go").is_file());
        }
        assert!(matches!(write("hello", Language::Go, &there), Err(ProjectError::NotEmpty(_))));
        let file = there.join("go.mod");
        assert!(matches!(write("hello", Language::Go, &file), Err(ProjectError::Unreadable { .. })));
        fs::remove_dir_all(scratch).expect("the folder");
    }
}
