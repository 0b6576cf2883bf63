//! Runs the tools of languages. What they print is for the author, and goes where this program prints. A tool ends with the future that runs
//! it, and so does all that it has started.

use std::ffi::OsString;
use std::io::{self, ErrorKind};
use std::path::{Path, PathBuf};
use std::process::{Output, Stdio};

use tokio::process::Command;

use super::process_group::ProcessGroup;

/// Why a tool has not done its work.
#[derive(Debug, thiserror::Error)]
pub(crate) enum ToolError {
    #[error("`{name}` is not there: {remedy}")]
    Missing { name: &'static str, remedy: String },
    #[error("`{name}` has version {found}, and {wanted} is needed: {remedy}")]
    Version { name: &'static str, found: String, wanted: &'static str, remedy: String },
    #[error("`{name}` cannot be run: {error}")]
    Unusable { name: &'static str, error: io::Error },
    #[error("`{0}` has failed: see what it printed above")]
    Failed(&'static str),
}

/// A tool that was found.
pub(super) struct Tool {
    name: &'static str,
    program: OsString,
    folder: PathBuf,
    /// How to install it.
    remedy: String,
}

impl Tool {
    /// A tool of the project, in one of its own folders, or else one of the user's.
    pub(super) fn of_project(folder: &Path, inside: &str, name: &'static str, remedy: &str) -> Self {
        let own = folder.join(inside).join(name);
        // The tool runs in the project's folder, from which a relative path would lead elsewhere.
        let own = std::fs::canonicalize(&own).ok().map(|_| std::path::absolute(&own).unwrap_or(own));
        let program = own.map_or_else(|| name.into(), PathBuf::into_os_string);
        Self { name, program, folder: folder.to_owned(), remedy: remedy.to_owned() }
    }

    /// A tool of the user's.
    pub(super) fn of_user(folder: &Path, name: &'static str, remedy: &str) -> Self {
        Self { name, program: name.into(), folder: folder.to_owned(), remedy: remedy.to_owned() }
    }

    /// Checks that what it prints about its version has this one in it.
    pub(super) async fn check_version(&self, argument: &str, wanted: &'static str) -> Result<(), ToolError> {
        let said = String::from_utf8_lossy(&self.output(&[argument]).await?.stdout).into_owned();
        let found = said.split_whitespace().find(|word| word.starts_with(|first: char| first.is_ascii_digit()));
        match found {
            Some(found) if found == wanted => Ok(()),
            found => Err(ToolError::Version {
                name: self.name,
                found: found.unwrap_or("unknown").to_owned(),
                wanted,
                remedy: self.remedy.clone(),
            }),
        }
    }

    /// What it prints with these arguments.
    pub(super) async fn output(&self, arguments: &[&str]) -> Result<Output, ToolError> {
        let mut command = self.command(arguments);
        self.wait(command.stdout(Stdio::piped()).stderr(Stdio::piped())).await
    }

    /// Runs it in the folder of the project.
    pub(super) async fn run(&self, arguments: &[&str], variables: &[(&str, &str)]) -> Result<(), ToolError> {
        let output = self.wait(self.command(arguments).envs(variables.iter().copied())).await?;
        match output.status.success() {
            true => Ok(()),
            false => Err(ToolError::Failed(self.name)),
        }
    }

    fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(&self.program);
        command.args(arguments).current_dir(&self.folder).stdin(Stdio::null());
        command
    }

    async fn wait(&self, command: &mut Command) -> Result<Output, ToolError> {
        let group = ProcessGroup::start(command).map_err(|error| self.cannot_run(error))?;
        group.output().await.map_err(|error| self.cannot_run(error))
    }

    fn cannot_run(&self, error: io::Error) -> ToolError {
        match error.kind() {
            ErrorKind::NotFound => ToolError::Missing { name: self.name, remedy: self.remedy.clone() },
            _ => ToolError::Unusable { name: self.name, error },
        }
    }
}
