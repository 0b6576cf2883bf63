//! The requests of a client and the answers that it must get, on every shell, without and with authorization: each row of
//! `conversations/*.toml` is a test.

use std::sync::{Arc, OnceLock};
use std::time::{SystemTime, UNIX_EPOCH};

use anyhow::Result;
use libtest_mimic::{Arguments, Conclusion, Trial};
use test_tokens::Issuer;
use wasmcp_tests::{CONVERSATIONS, Server, Shell, cases};

fn main() -> Result<()> {
    run(&Arguments::from_args())?.exit()
}

/// This is a function of its own, so that the servers are stopped before the process ends.
fn run(arguments: &Arguments) -> Result<Conclusion> {
    let mut trials = Vec::new();
    let issuer = Issuer { now_s: SystemTime::now().duration_since(UNIX_EPOCH)?.as_secs(), ..Issuer::example() };
    let token = issuer.token().signed();
    // The file is the same on both of its hosts.
    let shells =
        Shell::ALL.map(|shell| (shell, false)).into_iter().chain([(Shell::Native, true), (Shell::Composed, true)]);
    for ((shell, secured), served) in shells.flat_map(|shell| CONVERSATIONS.map(|served| (shell, served))) {
        let server = Arc::new(OnceLock::new());
        let issuer = Arc::new(issuer.clone());
        for (table, text) in served.tables {
            for case in cases(text)?.into_iter().filter(|case| case.is_for(shell)) {
                let (server, issuer) = (server.clone(), Arc::clone(&issuer));
                let case = if secured { case.with_token(&token) } else { case };
                let with = if secured { " with a token" } else { "" };
                let name = format!("{shell}{with}, {table}: {}", case.name);
                trials.push(Trial::test(name, move || {
                    // The first of its tests that runs starts the server: a list of the tests needs no server, and a selection not every one.
                    let setup = || {
                        if secured {
                            served.setup().tokens_of(&issuer.issuer, &issuer.audience, &issuer.jwks())
                        } else {
                            served.setup()
                        }
                    };
                    let start = || Server::start(shell, &setup()).map_err(|error| format!("{error:#}"));
                    let server = server.get_or_init(start).as_ref()?;
                    let reply = server.send(&case.request()?)?;
                    Ok(case.judge(&reply)?)
                }));
            }
        }
    }
    Ok(libtest_mimic::run(arguments, trials))
}
