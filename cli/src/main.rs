//! `wasmcp`: composes MCP servers of WebAssembly components, and serves them.

mod commands;
mod compose;
mod fingerprint;
mod host;
mod http;
mod log;
mod options;
mod policy;
mod project;

use std::process::ExitCode;

use clap::{Parser, Subcommand};
use log::{LogOptions, one_line};

/// A call makes and frees some hundred small values, which glibc's allocator takes a tenth of its instructions for.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

#[derive(Parser)]
#[command(name = "wasmcp", version, about = "MCP servers made of WebAssembly components")]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    New(commands::new::New),
    Build(commands::build::Build),
    Dev(Box<commands::dev::Dev>),
    Serve(Box<commands::serve::Serve>),
    Compose(commands::compose::Compose),
    Check(commands::check::Check),
    Policy(commands::policy::Policy),
    Filler(commands::filler::Filler),
    Settings(commands::settings::Settings),
}

impl Command {
    fn log_options(&self) -> LogOptions {
        match self {
            Self::Build(build) => build.log,
            Self::Dev(dev) => dev.options.log,
            Self::Serve(serve) => serve.options.log,
            Self::Compose(compose) => compose.log,
            Self::Check(check) => check.log,
            Self::New(_) | Self::Policy(_) | Self::Filler(_) | Self::Settings(_) => LogOptions::default(),
        }
    }
}

fn main() -> ExitCode {
    let command = Arguments::parse().command;
    let _log = log::start(command.log_options());
    let result = match command {
        Command::New(new) => new.run(),
        Command::Build(build) => build.run(),
        Command::Dev(dev) => dev.run(),
        Command::Serve(serve) => serve.run(),
        Command::Compose(compose) => compose.run(),
        Command::Check(check) => check.run(),
        Command::Policy(policy) => policy.run(),
        Command::Filler(filler) => filler.run(),
        Command::Settings(settings) => settings.run(),
    };
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            // One line, with the causes after colons, so that scripts and people find the error at the end of a log.
            tracing::error!("{}", one_line(&format!("{error:#}")));
            ExitCode::FAILURE
        }
    }
}
