//! `wasmcp`: puts MCP servers of WebAssembly components together, and serves them.

mod commands;
mod compose;
mod host;
mod http;
mod options;

use std::process::ExitCode;

use clap::{Parser, Subcommand};

#[derive(Parser)]
#[command(name = "wasmcp", version, about = "MCP servers made of WebAssembly components")]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    Serve(commands::serve::Serve),
    Compose(commands::compose::Compose),
}

fn main() -> ExitCode {
    let done = match Arguments::parse().command {
        Command::Serve(serve) => serve.run(),
        Command::Compose(compose) => compose.run(),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            // One line, causes behind colons: what a script or a person reads at the end of a log.
            eprintln!("wasmcp: {error:#}");
            ExitCode::FAILURE
        }
    }
}
