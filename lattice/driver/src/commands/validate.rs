//! `validate`: checks a manifest without deploying it.

use std::path::Path;

use anyhow::{Result, bail};

use super::print;
use crate::manifest::validate;

/// Prints all findings, and the feature flags that hosts need. An error if the manifest cannot be deployed.
pub async fn validate(file: &Path) -> Result<()> {
    let report = validate::file(file).await?;
    for finding in &report.findings {
        print(&format!("{}:{finding}", file.display()))?;
    }
    if !report.is_deployable() {
        bail!("{} cannot be deployed", file.display());
    }
    print(&format!(
        "{} can be deployed on hosts with WASMCLOUD_EXPERIMENTAL_FEATURES={}",
        file.display(),
        report.features.join(",")
    ))
}
