//! Images of components: files, registries, and what a host has built in.

use std::path::PathBuf;

use reqwest::Url;

/// The image of the HTTP server that is built into the host.
pub(crate) const HTTP_SERVER: &str = "wasmcloud+builtin://http-server";
/// The image of the HTTP client that is built into the host.
pub(crate) const HTTP_CLIENT: &str = "wasmcloud+builtin://http-client";

/// The file that an image names. An absolute URL may have `%20` for a space; a relative path is taken literally, as `wash` does.
pub(crate) fn file_path(image: &str) -> Option<PathBuf> {
    let path = image.strip_prefix("file://")?;
    match Url::parse(image) {
        Ok(url) if path.starts_with('/') => url.to_file_path().ok(),
        _ => Some(path.into()),
    }
}

/// The feature flags that a host needs for a component with that image.
pub(super) fn required_features(image: Option<&str>, calls_providers: bool) -> Vec<&'static str> {
    match image {
        Some(HTTP_SERVER) => vec!["builtin-http-server"],
        Some(HTTP_CLIENT) => vec!["builtin-http-client"],
        _ if calls_providers => vec!["rpc-interface"],
        _ => Vec::new(),
    }
}
