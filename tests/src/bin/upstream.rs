//! The local stand-in for Open-Meteo as a program: prints its URL, then serves until it is ended.

use std::time::Duration;

use clap::Parser;
use wasmcp_tests::upstream::{Options, Upstream};

#[derive(Parser)]
struct Arguments {
    /// The address to listen on; port 0 takes a free port.
    #[arg(long, default_value = "127.0.0.1:0")]
    addr: String,
    /// Milliseconds that each answer takes.
    #[arg(long, default_value_t = 0)]
    delay_ms: u64,
    /// Answers no geocoding before this number of requests were open at once.
    #[arg(long, default_value_t = 0)]
    hold_until: usize,
}

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let Arguments { addr, delay_ms, hold_until } = Arguments::parse();
    let options = Options { hold_until, delay: Duration::from_millis(delay_ms) };
    let upstream = Upstream::start_on(&addr, options).await?;
    println!("{}", upstream.url());
    std::future::pending().await
}
