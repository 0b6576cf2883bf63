//! The programs of a lattice: those of a folder, or wasmCloud's own downloads.

use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result, ensure};
use wash_lib::start::{NATS_SERVER_BINARY, WADM_BINARY, WASMCLOUD_HOST_BIN};

/// What wash 0.43 takes.
const NATS_VERSION: &str = "v2.11.3";
const WADM_VERSION: &str = "v0.21.1";
const HOST_VERSION: &str = "v1.9.1";

/// A folder that has all three.
#[derive(Clone, Debug)]
pub struct Tools(PathBuf);

impl Tools {
    /// Those of a folder that has `nats-server`, `wadm` and `wasmcloud_host`.
    pub fn of(folder: &Path) -> Result<Self> {
        for name in [NATS_SERVER_BINARY, WADM_BINARY, WASMCLOUD_HOST_BIN] {
            ensure!(
                folder.join(name).is_file(),
                "there is no {name} in {}: run `tools/install lattice`",
                folder.display()
            );
        }
        Ok(Self(folder.to_owned()))
    }

    /// The official ones, downloaded where wash has its own, and linked into a folder.
    pub async fn download(folder: &Path) -> Result<Self> {
        let downloads = wash_lib::config::downloads_dir().context("there is no place for downloads")?;
        let programs = [
            (NATS_SERVER_BINARY, wash_lib::start::ensure_nats_server(NATS_VERSION, &downloads).await?),
            (WADM_BINARY, wash_lib::start::ensure_wadm(WADM_VERSION, &downloads).await?),
            (WASMCLOUD_HOST_BIN, wash_lib::start::ensure_wasmcloud(HOST_VERSION, &downloads).await?),
        ];
        std::fs::create_dir_all(folder).with_context(|| format!("cannot make {}", folder.display()))?;
        for (name, path) in programs {
            let link = folder.join(name);
            let _ = std::fs::remove_file(&link);
            std::os::unix::fs::symlink(path, &link).with_context(|| format!("cannot make {}", link.display()))?;
        }
        Self::of(folder)
    }

    /// The folder.
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
        let (pins, stock) = (include_str!("../../../tools/versions"), include_str!("../../stock/Cargo.toml"));
        let [nats, wadm, host] = [NATS_VERSION, WADM_VERSION, HOST_VERSION].map(|version| version.replace('v', ""));
        let wash = pins.lines().find_map(|line| line.strip_prefix("WASH=")).unwrap();
        for (text, wanted) in [
            (pins, format!("\nNATS_SERVER={nats}\n")),
            (pins, format!("\nWASMCLOUD={host}\n")),
            (stock, format!("\nversion = \"{host}\"")),
            (stock, format!("\nwadm = {{ version = \"={wadm}\"")),
            (stock, format!("\nwash = \"={wash}\"")),
        ] {
            assert!(text.contains(&wanted), "{wanted}");
        }
    }
}
