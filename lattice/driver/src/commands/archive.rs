//! `archive`: makes the file that hosts start a capability provider from (`.par`) of a program for this machine.

use std::env::consts::{ARCH, OS};
use std::path::Path;

use anyhow::{Context as _, Result, anyhow};
use nkeys::KeyPair;
use provider_archive::ProviderArchive;

/// Writes the archive. Hosts do not ask who has signed it unless a policy of theirs does, so that the keys are new ones.
pub async fn archive(program: &Path, output: &Path) -> Result<()> {
    let bytes = std::fs::read(program).with_context(|| format!("cannot read {}", program.display()))?;
    let name = program.file_name().and_then(|name| name.to_str()).context("the program has no name")?;
    if let Some(folder) = output.parent() {
        std::fs::create_dir_all(folder).with_context(|| format!("cannot create {}", folder.display()))?;
    }
    let mut archive = ProviderArchive::new(name, "wasmcp", None, Some(env!("CARGO_PKG_VERSION").to_owned()));
    let written = async {
        archive.add_library(&format!("{ARCH}-{OS}"), &bytes)?;
        archive.write(output, &KeyPair::new_account(), &KeyPair::new_service(), false).await
    };
    written.await.map_err(|error| anyhow!("cannot write {}: {error}", output.display()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn an_archive_has_the_program_for_this_machine_and_a_signature() {
        let folder = tempfile::tempdir().unwrap();
        let (program, output) = (folder.path().join("program"), folder.path().join("new/state.par"));
        std::fs::write(&program, "program").unwrap();
        archive(&program, &output).await.unwrap();
        let read = ProviderArchive::try_load_file(&output).await.unwrap();
        assert_eq!(read.target_bytes(&format!("{ARCH}-{OS}")).as_deref(), Some(&b"program"[..]));
        assert_eq!(read.claims().unwrap().metadata.unwrap().name.as_deref(), Some("program"));
        let missing = archive(&folder.path().join("none"), &output).await.unwrap_err();
        assert!(format!("{missing:#}").contains("cannot read"), "{missing:#}");
    }
}
