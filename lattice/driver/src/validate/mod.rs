//! Checks a manifest before anything is deployed: what is wrong, in which line, and why.
//!
//! wadm and the hosts find out part of this by themselves, but late, in a log of theirs, or by doing nothing.

mod links;
mod parts;
mod router;
mod wadm;

use std::fmt;
use std::path::Path;

use anyhow::{Context as _, Result, bail};

use crate::model::Application;
use crate::yaml::{Document, Place};

/// How bad it is.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Level {
    /// It would not work.
    Error,
    /// It works, and probably not as wanted.
    Warning,
}

/// Something that is wrong with a manifest.
#[derive(Clone, Debug)]
pub struct Finding {
    /// Where.
    pub place: Place,
    /// How bad it is.
    pub level: Level,
    /// What is wrong, and what to do.
    pub reason: String,
}

impl Finding {
    fn error(place: Place, reason: impl Into<String>) -> Self {
        Self { place, level: Level::Error, reason: reason.into() }
    }

    fn warning(place: Place, reason: impl Into<String>) -> Self {
        Self { place, level: Level::Warning, reason: reason.into() }
    }
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let level = match self.level {
            Level::Error => "error",
            Level::Warning => "warning",
        };
        write!(f, "{}:{}: {level}: {}", self.place.line, self.place.column, self.reason)
    }
}

/// What was found in a manifest.
pub struct Report {
    /// What is wrong, in the order of the file.
    pub findings: Vec<Finding>,
    /// Flags that the hosts need.
    pub features: Vec<&'static str>,
}

impl Report {
    /// Whether it can be deployed.
    pub fn is_good(&self) -> bool {
        self.findings.iter().all(|finding| finding.level == Level::Warning)
    }
}

/// Reads the file and checks it.
pub async fn file(path: &Path) -> Result<Report> {
    let text = std::fs::read_to_string(path).with_context(|| format!("cannot read {}", path.display()))?;
    let folder = path.parent().unwrap_or(Path::new("."));
    Ok(text_in(&text, folder).await)
}

/// Checks the file; an error has all that is wrong with it.
pub async fn require(path: &Path) -> Result<()> {
    let report = file(path).await?;
    if report.is_good() {
        return Ok(());
    }
    let lines: Vec<_> = report.findings.iter().map(|finding| format!("{}:{finding}", path.display())).collect();
    bail!("{} cannot be deployed\n{}", path.display(), lines.join("\n"))
}

/// Checks a manifest that stands in that folder.
pub async fn text_in(text: &str, folder: &Path) -> Report {
    let document = match Document::parse(text) {
        Ok(document) => document,
        Err((place, reason)) => {
            return Report {
                findings: vec![Finding::error(place, format!("not YAML: {reason}"))],
                features: Vec::new(),
            };
        }
    };
    let application = Application::read(&document);
    let mut findings = parts::check(&document, &application, folder);
    findings.extend(links::check(&application));
    findings.extend(router::check(&application));
    // Last, as it says less of where: what stands in a line of which we know already is the same thing.
    let known: Vec<usize> = findings.iter().map(|finding| finding.place.line).collect();
    let theirs = wadm::check(text, &document, &findings).await;
    findings.extend(theirs.into_iter().filter(|finding| !known.contains(&finding.place.line)));
    findings.sort_by_key(|finding| finding.place);
    Report { findings, features: application.features() }
}
