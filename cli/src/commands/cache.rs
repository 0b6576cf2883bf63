//! The cache of compiled components.

use std::path::{Path, PathBuf};

use anyhow::anyhow;

use crate::host::ArtifactCache;

/// Opens the cache in the given directory, or in that of `WASMCP_CACHE_DIR`, or in the user's cache directory. The last is only a
/// default: if it cannot be used, every start compiles the components again.
pub(super) fn cache(given: Option<&Path>) -> anyhow::Result<Option<ArtifactCache>> {
    let variable = |name| std::env::var_os(name).filter(|value| !value.is_empty()).map(PathBuf::from);
    let chosen = given.map(PathBuf::from).or_else(|| variable("WASMCP_CACHE_DIR"));
    let is_chosen = chosen.is_some();
    let directory = chosen
        .or_else(|| variable("XDG_CACHE_HOME").map(|caches| caches.join("wasmcp")))
        .or_else(|| variable("HOME").map(|home| home.join(".cache/wasmcp")));
    let Some(directory) = directory else { return Ok(None) };
    let error = match std::path::absolute(&directory)
        .map_err(anyhow::Error::from)
        .and_then(|path| Ok(ArtifactCache::open(&path)?))
    {
        Ok(cache) => return Ok(Some(cache)),
        Err(error) => {
            let directory = directory.display();
            anyhow!(
                "cannot cache compiled components in `{directory}` (choose another directory with `--cache-dir` of `serve` or with `WASMCP_CACHE_DIR`): {error:#}"
            )
        }
    };
    if is_chosen {
        return Err(error);
    }
    tracing::warn!("{error:#}; every start compiles the components again");
    Ok(None)
}
