//! The component that an author's tools have built of a folder, for each language.

use std::env;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, ensure};

/// The languages, each by the end of its folders' names.
pub const LANGUAGES: [&str; 5] = ["rs", "py", "go", "ts", "js"];

/// What is built of one folder.
#[derive(Clone)]
pub struct Built {
    /// One of [`LANGUAGES`].
    pub language: &'static str,
    /// The component.
    pub component: PathBuf,
}

impl Built {
    /// A component in every language. Its folders begin so in this clone; where `WASMCP_EXAMPLES` is set, they are those that it names and that
    /// end alike. One that is missing is an error.
    pub fn all(folders: &str, component: &str) -> Result<Vec<Built>> {
        let of = |language: &'static str| Self::in_folder(&format!("{folders}{language}"), language, component);
        LANGUAGES.into_iter().map(of).collect()
    }

    /// The component in one such folder.
    pub fn in_folder(wanted: &str, language: &'static str, component: &str) -> Result<Built> {
        let named = env::var_os("WASMCP_EXAMPLES").map(|named| env::split_paths(&named).collect::<Vec<_>>());
        let folder = match &named {
            None => Path::new(env!("CARGO_MANIFEST_DIR")).join("..").join(wanted),
            Some(named) => {
                let folder = named.iter().find(|folder| folder.ends_with(wanted));
                folder.with_context(|| format!("WASMCP_EXAMPLES has no folder `{wanted}`"))?.clone()
            }
        };
        let component = folder.join(component);
        ensure!(component.is_file(), "there is no `{}`: run `make examples` first", component.display());
        Ok(Built { language, component })
    }

    /// The component under a name.
    pub fn named(&self, name: &str) -> String {
        format!("{name}={}", self.component.display())
    }

    /// What goes before the names of its tools and prompts where all languages are on one server.
    pub fn prefix(&self) -> String {
        format!("{}_", self.language)
    }
}
