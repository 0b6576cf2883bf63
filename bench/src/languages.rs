//! `make bench-languages`: compares the example of each language on `wasmcp serve` with servers of the official SDKs in Python and TypeScript,
//! and writes that part of `bench/RESULTS.md`.

mod builds;
mod peers;
mod report;
mod rounds;
mod rows;

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, ensure};
use tokio::runtime::Runtime;

use crate::measure::Plan;
use crate::results::{Part, Results};
use crate::{machine, print_result, process, servers, until_interrupted};
use peers::Peers;
use rows::Language;

/// Where the programs, the examples and the files of a run are.
pub(crate) struct Places {
    workspace: PathBuf,
    /// The program `wasmcp`.
    wasmcp: PathBuf,
    /// The directory for files of a run.
    scratch: PathBuf,
}

impl Places {
    /// Checks that everything is built, and empties the scratch directory.
    pub(crate) fn new(workspace: &Path, places: &servers::Places) -> anyhow::Result<Self> {
        let scratch = places.target.join("bench-languages");
        let places = Self { workspace: workspace.to_owned(), wasmcp: places.wasmcp(), scratch };
        servers::exists(&places.wasmcp)?;
        for language in Language::ALL {
            let component = places.component(language);
            ensure!(component.exists(), "`{}` does not exist: run `make examples` first", component.display());
        }
        let _ = fs::remove_dir_all(&places.scratch);
        fs::create_dir_all(&places.scratch).context("cannot make the scratch directory")?;
        Ok(places)
    }

    fn example(&self, language: Language) -> PathBuf {
        self.workspace.join(language.folder())
    }

    fn component(&self, language: Language) -> PathBuf {
        self.example(language).join("weather.wasm")
    }
}

/// Builds and measures everything in turn, and writes the results.
pub(crate) fn run(plan: &Plan, places: Places, without_builds: bool, runtime: &Runtime) -> anyhow::Result<()> {
    let (load_core, server_core) = process::two_cores()?;
    let pinned = format!("server on core {server_core}, load on core {load_core}; builds may use all cores");
    let mut notes = machine::describe(&places.workspace, &["wasmtime", "hyper", "tokio"], &pinned);
    notes.extend(peers::versions(&places.workspace)?);

    let peers = Peers::install(&places)?;
    // Threads and processes inherit the core that this one is bound to later.
    let builds = match without_builds {
        true => Vec::new(),
        false => builds::times(&places)?,
    };
    process::pin(load_core)?;
    let rows = runtime.block_on(until_interrupted(rounds::run(plan, &places, &peers, server_core)))?;

    let sizes = Language::ALL.map(|language| Ok((language, fs::metadata(places.component(language))?.len())));
    let sizes = sizes.into_iter().collect::<anyhow::Result<Vec<_>>>()?;
    let text = report::write(&notes, plan, &rows, &report::Components { sizes, builds })?;
    print_result(&text);
    Results::of(&places.workspace).write(Part::Languages, &text)?;
    let errors: u64 = rows.iter().flat_map(|(_, seen)| seen.samples.values().flatten()).map(|s| s.errors).sum();
    ensure!(errors == 0, "{errors} answers were wrong or missing");
    Ok(())
}
