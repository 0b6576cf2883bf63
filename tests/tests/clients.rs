//! Real clients against every shell.

use std::sync::Arc;

use anyhow::Result;
use libtest_mimic::{Arguments, Conclusion, Failed, Trial};
use wasmcp_tests::upstream::{Options, Upstream};
use wasmcp_tests::{Client, Server, Setup, Shell, Task};

fn main() -> Result<()> {
    run(&Arguments::from_args())?.exit()
}

fn run(arguments: &Arguments) -> Result<Conclusion> {
    let runtime = tokio::runtime::Runtime::new()?;
    let upstream = runtime.block_on(Upstream::start(Options::default()))?;
    let mut trials = Vec::new();
    for (shell, (task, providers, does)) in Shell::ALL.into_iter().flat_map(|shell| Task::ALL.map(|task| (shell, task)))
    {
        let setup = match task {
            Task::Tools => Setup::of(providers).weather_of(&upstream),
            Task::Reads => Setup::of(providers),
        };
        let server = if arguments.list { None } else { Some(Arc::new(Server::start(shell, &setup)?)) };
        for client in Client::all() {
            let server = server.clone();
            let name = format!("{shell}: {}, {}, {does}", client.language, client.mode);
            trials.push(Trial::test(name, move || {
                let server = server.ok_or("no server was started")?;
                client.run(&format!("http://{}/mcp", server.addr), task).map_err(Failed::from)
            }));
        }
    }
    Ok(libtest_mimic::run(arguments, trials))
}
