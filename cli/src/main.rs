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
    Settings(commands::settings::Settings),
}

fn main() -> ExitCode {
    let done = match Arguments::parse().command {
        Command::Serve(serve) => serve.run(),
        Command::Compose(compose) => compose.run(),
        Command::Settings(settings) => settings.run(),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            // One line, causes behind colons: what a script or a person reads at the end of a log.
            eprintln!("wasmcp: {}", one_line(&format!("{error:#}")));
            ExitCode::FAILURE
        }
    }
}

/// The most characters of an error that are shown.
const ERROR: usize = 2 << 10;

/// An error on one line. It may have a component's words in it, which must not look like more of ours.
fn one_line(error: &str) -> String {
    let folded = error.split(['\r', '\n']).map(str::trim).filter(|line| !line.is_empty()).collect::<Vec<_>>().join(" ");
    let mut shown = host::printable(&folded);
    if let Some((cut, _)) = shown.char_indices().nth(ERROR) {
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
            (&"x".repeat(ERROR), "x".repeat(ERROR)),
            (&"\u{fc}".repeat(ERROR + 1), format!("{}\u{2026}", "\u{fc}".repeat(ERROR))),
        ] {
            assert_eq!(one_line(error), shown, "{error}");
        }
    }
}
