//! Where compiled components are kept.

use std::path::{Path, PathBuf};

use anyhow::anyhow;
use wasmtime::Cache;

use crate::host::open_cache;

/// The cache in the folder that was told, or in that of `WASMCP_CACHE_DIR`, or where the system keeps such things. Of the last, nobody
/// has said that it can be written: without it, every start compiles.
pub(super) fn cache(told: Option<&Path>) -> anyhow::Result<Option<Cache>> {
    let variable = |name| std::env::var_os(name).filter(|value| !value.is_empty()).map(PathBuf::from);
    let told = told.map(PathBuf::from).or_else(|| variable("WASMCP_CACHE_DIR"));
    let is_told = told.is_some();
    let directory = told
        .or_else(|| variable("XDG_CACHE_HOME").map(|caches| caches.join("wasmcp")))
        .or_else(|| variable("HOME").map(|home| home.join(".cache/wasmcp")));
    let Some(directory) = directory else { return Ok(None) };
    let error = match std::path::absolute(&directory).map_err(Into::into).and_then(|path| open_cache(&path)) {
        Ok(cache) => return Ok(Some(cache)),
        Err(error) => {
            let directory = directory.display();
            anyhow!(
                "cannot keep compiled components in `{directory}` (`--cache-dir` of `serve`, `WASMCP_CACHE_DIR`): {error:#}"
            )
        }
    };
    if is_told {
        return Err(error);
    }
    eprintln!("wasmcp: {error:#}; each start compiles anew");
    Ok(None)
}
