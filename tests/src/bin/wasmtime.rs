//! The reference `wasmtime serve`, linked from the `wasmtime-cli` library so that wasmtime is built once for host and tests.

use clap::Parser;

#[derive(Parser)]
#[command(name = "wasmtime")]
enum Wasmtime {
    /// Serves requests from a `wasi:http/proxy` component.
    Serve(wasmtime_cli::commands::ServeCommand),
    /// Runs a `wasi:cli/command` component.
    Run(wasmtime_cli::commands::RunCommand),
}

fn main() -> anyhow::Result<()> {
    match Wasmtime::parse() {
        Wasmtime::Serve(command) => command.execute()?,
        Wasmtime::Run(command) => command.execute()?,
    }
    Ok(())
}
