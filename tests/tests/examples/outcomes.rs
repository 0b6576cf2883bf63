//! The providers of `tests/languages/outcomes`: one table for every language, alone and with all languages on one server, on each shell.

use std::sync::Arc;

use anyhow::{Context, Result, ensure};
use libtest_mimic::Trial;
use serde_json::json;
use wasmcp_tests::examples::{is_text, only_of};
use wasmcp_tests::{Built, Case, Request, Shell, outcomes};

use crate::{SHELLS, Shared, trial};

/// All trials.
pub(crate) fn trials() -> Result<Vec<Trial>> {
    let all = outcomes::all()?;
    let mut trials = Vec::new();
    for shell in SHELLS {
        // Each alone, and then all of them.
        for served in all.chunks(1).chain([&all[..]]) {
            trials.extend(Served::of(shell, served).trials(shell)?);
        }
    }
    Ok(trials)
}

/// Providers of one server.
#[derive(Clone)]
struct Served {
    built: Arc<[Built]>,
    server: Shared,
}

impl Served {
    fn of(shell: Shell, built: &[Built]) -> Served {
        let built: Arc<[Built]> = built.into();
        let served = Arc::clone(&built);
        Served { built, server: Shared::of(shell, move || outcomes::setup(&served)) }
    }

    fn is_mixed(&self) -> bool {
        self.built.len() > 1
    }

    fn prefix(&self, one: &Built) -> String {
        if self.is_mixed() { one.prefix() } else { String::new() }
    }

    fn trials(&self, shell: Shell) -> Result<Vec<Trial>> {
        let among = if self.is_mixed() { " among all five" } else { "" };
        let mut trials = Vec::new();
        for one in self.built.iter() {
            let name = |of: &str| format!("{shell}, outcomes of {}{among}: {of}", one.language);
            for case in outcomes::rows(one, &self.prefix(one))?.into_iter().filter(|case| case.is_for(shell)) {
                let (served, one) = (self.clone(), one.clone());
                trials.push(trial(name(&case.name), move || served.judge(&one, &case)));
            }
            let (served, one) = (self.clone(), one.clone());
            trials.push(trial(name("a crash ends that call, and no other"), move || served.outlives_a_crash(&one)));
        }
        Ok(trials)
    }

    fn judge(&self, one: &Built, case: &Case) -> Result<()> {
        let reply = self.server.get()?.send(&case.request()?)?;
        case.judge(&only_of(&self.prefix(one), &outcomes::uri(one), reply))
    }

    fn outlives_a_crash(&self, one: &Built) -> Result<()> {
        let server = self.server.get()?;
        let crashed = server.send(&Request::call(&(self.prefix(one) + "crash"), "{}"))?;
        ensure!(!crashed.text().contains("\"result\""), "{}", crashed.text());
        self.built.iter().try_for_each(|one| {
            let count = self.prefix(one) + "count";
            is_text(server, &count, &json!({ "to": 2 }), "counted to 2 in 2 legs").context(one.language)
        })
    }
}
