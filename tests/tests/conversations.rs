//! What a client sends and what it must get, on every shell: each row of `conversations/*.toml` is a test.

use std::sync::Arc;

use anyhow::Result;
use libtest_mimic::{Arguments, Conclusion, Trial};
use wasmcp_tests::{SERVED, Server, Shell, cases};

fn main() -> Result<()> {
    run(&Arguments::from_args())?.exit()
}

/// A function of its own, so that the servers have been stopped when the process ends.
fn run(arguments: &Arguments) -> Result<Conclusion> {
    let mut trials = Vec::new();
    for (shell, served) in Shell::ALL.into_iter().flat_map(|shell| SERVED.map(|served| (shell, served))) {
        // No server is needed to list the tests.
        let server = if arguments.list { None } else { Some(Arc::new(Server::start(shell, &served.setup())?)) };
        for (table, text) in served.tables {
            for case in cases(text)?.into_iter().filter(|case| case.is_for(shell)) {
                let server = server.clone();
                let name = format!("{shell}, {table}: {}", case.name);
                trials.push(Trial::test(name, move || {
                    let server = server.ok_or("no server was started")?;
                    let reply = server.send(&case.request()?)?;
                    Ok(case.judge(&reply)?)
                }));
            }
        }
    }
    Ok(libtest_mimic::run(arguments, trials))
}
