//! What a client sends and what it must get, on every shell: each row of `conversations/*.toml` is a test.

use std::sync::Arc;

use anyhow::Result;
use libtest_mimic::{Arguments, Conclusion, Trial};
use wasmcp_tests::{Server, Setup, Shell, cases};

/// The name of a table, and its text.
type Table = (&'static str, &'static str);

/// What is served, and the tables of what is said to it.
const SERVED: [(&[&str], &[Table]); 2] = [
    (
        &["calculator", "weather"],
        &[
            ("legacy", include_str!("../conversations/legacy.toml")),
            ("modern", include_str!("../conversations/modern.toml")),
            ("ladder", include_str!("../conversations/ladder.toml")),
            ("json", include_str!("../conversations/json.toml")),
            ("http", include_str!("../conversations/http.toml")),
            ("origins", include_str!("../conversations/origins.toml")),
        ],
    ),
    (&["specimen"], &[("answers", include_str!("../conversations/answers.toml"))]),
];

fn main() -> Result<()> {
    run(&Arguments::from_args())?.exit()
}

/// A function of its own, so that the servers have been stopped when the process ends.
fn run(arguments: &Arguments) -> Result<Conclusion> {
    let mut trials = Vec::new();
    for (shell, (providers, tables)) in Shell::ALL.into_iter().flat_map(|shell| SERVED.map(|served| (shell, served))) {
        // No server is needed to list the tests.
        let server = if arguments.list { None } else { Some(Arc::new(Server::start(shell, &Setup::of(providers))?)) };
        for (table, text) in tables {
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
