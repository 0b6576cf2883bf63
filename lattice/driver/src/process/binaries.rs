//! The programs of a lattice: those in a folder, or wasmCloud's downloads.

use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result, ensure};
use wash_lib::start::{NATS_SERVER_BINARY, WADM_BINARY, WASMCLOUD_HOST_BIN};

/// The versions that wash 0.43 uses.
const NATS_VERSION: &str = "v2.11.3";
const WADM_VERSION: &str = "v0.21.1";
const HOST_VERSION: &str = "v1.9.1";

/// A folder that has all three programs.
#[derive(Clone, Debug)]
pub struct Binaries(PathBuf);

impl Binaries {
    /// The programs of a folder, which must have `nats-server`, `wadm` and `wasmcloud_host`.
    pub fn in_folder(folder: &Path) -> Result<Self> {
        for name in [NATS_SERVER_BINARY, WADM_BINARY, WASMCLOUD_HOST_BIN] {
            ensure!(
                folder.join(name).is_file(),
                "there is no {name} in {}: run `tools/install lattice`",
                folder.display()
            );
        }
        Ok(Self(folder.to_owned()))
    }

    /// Downloads the official programs to where wash has its own, and links them into a folder.
    pub async fn download(folder: &Path) -> Result<Self> {
        let downloads = wash_lib::config::downloads_dir().context("cannot find wash's folder for downloads")?;
        let programs = [
            (NATS_SERVER_BINARY, wash_lib::start::ensure_nats_server(NATS_VERSION, &downloads).await?),
            (WADM_BINARY, wash_lib::start::ensure_wadm(WADM_VERSION, &downloads).await?),
            (WASMCLOUD_HOST_BIN, wash_lib::start::ensure_wasmcloud(HOST_VERSION, &downloads).await?),
        ];
        std::fs::create_dir_all(folder).with_context(|| format!("cannot create {}", folder.display()))?;
        for (name, path) in programs {
            let link = folder.join(name);
            let _ = std::fs::remove_file(&link);
            std::os::unix::fs::symlink(path, &link).with_context(|| format!("cannot create {}", link.display()))?;
        }
        Self::in_folder(folder)
    }

    /// The folder of the programs.
    pub fn folder(&self) -> &Path {
        &self.0
    }

    /// The NATS server.
    pub fn nats(&self) -> PathBuf {
        self.0.join(NATS_SERVER_BINARY)
    }

    /// wadm.
    pub fn wadm(&self) -> PathBuf {
        self.0.join(WADM_BINARY)
    }

    /// The wasmCloud host.
    pub fn host(&self) -> PathBuf {
        self.0.join(WASMCLOUD_HOST_BIN)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_downloaded_and_what_is_built_are_of_one_version() {
        let pins = include_str!("../../../../tools/versions");
        let upstream = include_str!("../../../upstream/Cargo.toml");
        let [nats, wadm, host] = [NATS_VERSION, WADM_VERSION, HOST_VERSION].map(|version| version.replace('v', ""));
        let wash = pins.lines().find_map(|line| line.strip_prefix("WASH=")).unwrap();
        for (text, expected) in [
            (pins, format!("\nNATS_SERVER={nats}\n")),
            (pins, format!("\nWASMCLOUD={host}\n")),
            (upstream, format!("\nversion = \"{host}\"")),
            (upstream, format!("\nwadm = {{ version = \"={wadm}\"")),
            (upstream, format!("\nwash = \"={wash}\"")),
        ] {
            assert!(text.contains(&expected), "{expected}");
        }
    }
}
