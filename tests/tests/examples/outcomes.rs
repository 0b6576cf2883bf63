//! The providers of `tests/languages/outcomes`: one table for every language, alone and with all languages on one server, on each shell.

use std::sync::Arc;

use anyhow::Result;
use libtest_mimic::Trial;
use wasmcp_tests::{Built, Shell, outcomes};

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

    fn trials(&self, shell: Shell) -> Result<Vec<Trial>> {
        let among = if self.built.len() > 1 { " among all five" } else { "" };
        let mut trials = Vec::new();
        for one in self.built.iter() {
            let name = |of: &str| format!("{shell}, outcomes of {}{among}: {of}", one.language);
            for case in outcomes::rows(&self.built, one)?.into_iter().filter(|case| case.is_for(shell)) {
                let (served, one) = (self.clone(), one.clone());
                trials.push(trial(name(&case.name), move || {
                    outcomes::judge(served.server.get()?, &served.built, &one, &case)
                }));
            }
            let (served, one) = (self.clone(), one.clone());
            trials.push(trial(name("a crash ends that call, and no other"), move || {
                outcomes::outlives_a_crash(served.server.get()?, &served.built, &one)
            }));
        }
        Ok(trials)
    }
}
