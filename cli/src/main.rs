//! `wasmcp`: composes MCP servers of WebAssembly components, and serves them.

mod commands;
mod compose;
mod host;
mod http;
mod options;

use std::process::ExitCode;

use clap::{Parser, Subcommand};

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
    Serve(commands::serve::Serve),
    Compose(commands::compose::Compose),
    Filler(commands::filler::Filler),
    Settings(commands::settings::Settings),
}

fn main() -> ExitCode {
    let result = match Arguments::parse().command {
        Command::Serve(serve) => serve.run(),
        Command::Compose(compose) => compose.run(),
        Command::Filler(filler) => filler.run(),
        Command::Settings(settings) => settings.run(),
    };
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            // One line, with the causes after colons, so that scripts and people find the error at the end of a log.
            eprintln!("wasmcp: {}", one_line(&format!("{error:#}")));
            ExitCode::FAILURE
        }
    }
}

/// The most characters of an error that are printed.
const MAX_ERROR: usize = 2 << 10;

/// Formats an error as one line. It may contain text of a component, which must not look like further messages of this program.
fn one_line(error: &str) -> String {
    let folded = error.split(['\r', '\n']).map(str::trim).filter(|line| !line.is_empty()).collect::<Vec<_>>().join(" ");
    let mut shown = host::printable(&folded);
    if let Some((cut, _)) = shown.char_indices().nth(MAX_ERROR) {
        shown.truncate(cut);
        shown.push('\u{2026}');
    }
    shown
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_error_is_one_short_line_that_moves_no_cursor() {
        for (error, shown) in [
            ("plain", "plain".to_owned()),
            ("a\r\n  b\n\nwasmcp: c", "a b wasmcp: c".to_owned()),
            ("\u{1b}[2J", "\\u{1b}[2J".to_owned()),
            (&"x".repeat(MAX_ERROR), "x".repeat(MAX_ERROR)),
            (&"\u{fc}".repeat(MAX_ERROR + 1), format!("{}\u{2026}", "\u{fc}".repeat(MAX_ERROR))),
        ] {
            assert_eq!(one_line(error), shown, "{error}");
        }
    }
}
