//! The native server to compare with: rmcp without tokens. `rmcp_echo ADDRESS UPSTREAM`.

use anyhow::Context;
use wasmcp_bench::rmcp_tools;

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let mut args = std::env::args().skip(1);
    let (address, upstream) = args.next().zip(args.next()).context("usage: rmcp_echo ADDRESS UPSTREAM")?;
    wasmcp_bench::serve(&address, rmcp_tools::router(&upstream)).await
}
