//! What programs of the benchmark share: the tools of the native servers, written as a native author would write them, and statistics.

pub mod policy_files;
pub mod rmcp_tools;
pub mod stats;
pub mod weather;

use axum::serve::ListenerExt;
use tokio::net::TcpListener;

/// That of `wasmcp`, for every program that uses this library: no server is faster by its allocator.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// Serves `app` at `address`.
///
/// # Errors
/// The address cannot be had.
pub async fn serve(address: &str, app: axum::Router) -> anyhow::Result<()> {
    let listener = TcpListener::bind(address).await?.tap_io(|stream| {
        let _ = stream.set_nodelay(true);
    });
    axum::serve(listener, app).await?;
    Ok(())
}
