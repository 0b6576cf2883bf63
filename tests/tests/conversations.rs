//! The requests of a client and the answers that it must get, on every shell: each row of `conversations/*.toml` is a test.

use std::sync::{Arc, OnceLock};

use anyhow::Result;
use libtest_mimic::{Arguments, Conclusion, Trial};
use wasmcp_tests::{CONVERSATIONS, Server, Shell, cases};

fn main() -> Result<()> {
    run(&Arguments::from_args())?.exit()
}

/// This is a function of its own, so that the servers are stopped before the process ends.
fn run(arguments: &Arguments) -> Result<Conclusion> {
    let mut trials = Vec::new();
    for (shell, served) in Shell::ALL.into_iter().flat_map(|shell| CONVERSATIONS.map(|served| (shell, served))) {
        let server = Arc::new(OnceLock::new());
        for (table, text) in served.tables {
            for case in cases(text)?.into_iter().filter(|case| case.is_for(shell)) {
                let server = server.clone();
                let name = format!("{shell}, {table}: {}", case.name);
                trials.push(Trial::test(name, move || {
                    // The first of its tests that runs starts the server: a list of the tests needs no server, and a selection not every one.
                    let start = || Server::start(shell, &served.setup()).map_err(|error| format!("{error:#}"));
                    let server = server.get_or_init(start).as_ref()?;
                    let reply = server.send(&case.request()?)?;
                    Ok(case.judge(&reply)?)
                }));
            }
        }
    }
    Ok(libtest_mimic::run(arguments, trials))
}
