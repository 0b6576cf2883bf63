//! Real clients against every shell.

use std::sync::Arc;

use anyhow::Result;
use libtest_mimic::{Arguments, Conclusion, Failed, Trial};
use wasmcp_tests::upstream::{Options, Upstream};
use wasmcp_tests::{Client, Server, Setup, Shell};

fn main() -> Result<()> {
    run(&Arguments::from_args())?.exit()
}

fn run(arguments: &Arguments) -> Result<Conclusion> {
    let runtime = tokio::runtime::Runtime::new()?;
    let upstream = runtime.block_on(Upstream::start(Options::default()))?;
    let setup = Setup::of(&["calculator", "weather"]).weather_of(&upstream);
    let mut trials = Vec::new();
    for shell in Shell::ALL {
        let server = if arguments.list { None } else { Some(Arc::new(Server::start(shell, &setup)?)) };
        for client in Client::all() {
            let server = server.clone();
            let name = format!("{shell}: {}, {}, lists and calls tools", client.language, client.mode);
            trials.push(Trial::test(name, move || {
                let server = server.ok_or("no server was started")?;
                client.converse(&format!("http://{}/mcp", server.addr)).map_err(Failed::from)
            }));
        }
    }
    Ok(libtest_mimic::run(arguments, trials))
}
