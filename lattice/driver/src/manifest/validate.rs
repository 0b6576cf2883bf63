//! Checks a manifest before anything is deployed: what is wrong, in which line, and why.
//!
//! wadm and the hosts detect some of this themselves, but late: in a log of their own, or by doing nothing.

mod components;
mod links;
mod router;
mod wadm;

use std::fmt;
use std::path::Path;

use anyhow::{Result, bail};

use super::document::Position;
use super::{Manifest, read_text};

/// How severe a finding is.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Level {
    /// The application would not work.
    Error,
    /// The application works, and probably not as intended.
    Warning,
}

/// A fault of a manifest.
#[derive(Clone, Debug)]
pub struct Finding {
    /// Where it is.
    pub position: Position,
    /// How severe it is.
    pub level: Level,
    /// What is wrong, and what to do.
    pub reason: String,
}

impl Finding {
    fn error(position: Position, reason: impl Into<String>) -> Self {
        Self { position, level: Level::Error, reason: reason.into() }
    }

    fn warning(position: Position, reason: impl Into<String>) -> Self {
        Self { position, level: Level::Warning, reason: reason.into() }
    }
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let level = match self.level {
            Level::Error => "error",
            Level::Warning => "warning",
        };
        write!(f, "{}:{}: {level}: {}", self.position.line, self.position.column, self.reason)
    }
}

/// The result of all checks.
pub struct Report {
    /// What is wrong, in the order of the file.
    pub findings: Vec<Finding>,
    /// The feature flags that the hosts need.
    pub features: Vec<&'static str>,
}

impl Report {
    /// Whether the manifest can be deployed: it has no error.
    pub fn is_deployable(&self) -> bool {
        self.findings.iter().all(|finding| finding.level == Level::Warning)
    }
}

/// Reads a file and checks it.
pub async fn file(path: &Path) -> Result<Report> {
    let (text, folder) = read_text(path)?;
    Ok(text_in(&text, &folder).await)
}

/// Reads a file and checks it. The error has all findings if the manifest cannot be deployed.
pub async fn require(path: &Path) -> Result<Manifest> {
    let (text, folder) = read_text(path)?;
    let (report, manifest) = parse_and_check(&text, &folder).await;
    match manifest.filter(|_| report.is_deployable()) {
        Some(manifest) => Ok(manifest),
        None => {
            let lines: Vec<_> = report.findings.iter().map(|finding| format!("{}:{finding}", path.display())).collect();
            bail!("{} cannot be deployed\n{}", path.display(), lines.join("\n"))
        }
    }
}

/// Checks a manifest whose relative images are those of the folder.
pub async fn text_in(text: &str, folder: &Path) -> Report {
    parse_and_check(text, folder).await.0
}

async fn parse_and_check(text: &str, folder: &Path) -> (Report, Option<Manifest>) {
    match Manifest::parse(text, folder) {
        Ok(manifest) => (check(&manifest).await, Some(manifest)),
        Err(error) => {
            let finding = Finding::error(error.position, format!("not YAML: {}", error.reason));
            (Report { findings: vec![finding], features: Vec::new() }, None)
        }
    }
}

async fn check(manifest: &Manifest) -> Report {
    let application = manifest.application();
    let mut findings = components::check(manifest, &application);
    findings.extend(links::check(&application));
    findings.extend(router::check(&application));
    // wadm's checks come last and count only in other lines: they are less precise about the same faults.
    let lines: Vec<usize> = findings.iter().map(|finding| finding.position.line).collect();
    let of_wadm = wadm::check(manifest, &findings).await;
    findings.extend(of_wadm.into_iter().filter(|finding| !lines.contains(&finding.position.line)));
    findings.sort_by_key(|finding| finding.position);
    Report { findings, features: application.required_features() }
}
