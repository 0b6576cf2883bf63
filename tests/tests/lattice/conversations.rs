//! Runs the conversations of the shells on a lattice: behind wasmCloud's HTTP server, with every value sent over a link.

use anyhow::{Context, Result, ensure};
use wasmcp_tests::{CONVERSATIONS, Case, Client, Lattice, Shell, Task, cases, free_address, scratch};

use crate::{DEADLINE, LINK, one_provider};

/// A test that starts a lattice of its own.
type Test = fn() -> Result<()>;

/// The tests of this file, and their names.
pub(crate) const TESTS: [(&str, Test); 2] = [
    (
        "one provider: whatever it may answer arrives as on every shell, and the official clients read it",
        of_one_provider,
    ),
    ("several providers: one has a prefix, and all answer as on every shell", of_several_providers),
];

fn of_one_provider() -> Result<()> {
    let parts = Lattice::compose("everything-parts", &["everything"])?;
    let file = one_provider("everything", &parts.join("everything.wasm"), &parts.join("transport.wasm"), "provider")?;
    let lattice = Lattice::up("everything", &file, &["--deadline", DEADLINE])?;
    judged(&lattice, &["everything"])?;
    Client::all().try_for_each(|client| {
        client.run(&lattice.url, Task::Reads).with_context(|| format!("{}, {}", client.language, client.mode))
    })
}

fn of_several_providers() -> Result<()> {
    const NAMES: [&str; 3] = ["everything", "library", "calculator"];
    let parts = Lattice::composed("several-parts", &NAMES, &["--prefix=library=library."])?;
    let address = free_address()?;
    let mut manifest = include_str!("../../lattice/languages.yaml")
        .replace("{address}", &address.to_string())
        .replace("{settings}", r#"{"router.providers": "everything,library=library.,calculator"}"#);
    manifest.extend(NAMES.map(|name| LINK.replace("weather", name)));
    let provider =
        include_str!("../../lattice/language.yaml").replace("{settings}", "{}").replace("{instances}", "100");
    manifest.extend(NAMES.map(|name| provider.replace("{name}", name)));
    let file = scratch("several.yaml")?;
    std::fs::write(&file, manifest.replace("{parts}", &parts.display().to_string()))?;
    let lattice = Lattice::up("several", &file, &["--port", &address.port().to_string(), "--deadline", DEADLINE])?;
    judged(&lattice, &NAMES)
}

/// Fails with every case of the tables for these providers whose answer is wrong.
pub(crate) fn judged(lattice: &Lattice, providers: &[&str]) -> Result<()> {
    let served =
        CONVERSATIONS.iter().find(|served| served.providers == providers).context("no tables for these providers")?;
    let mut tally = Tally::default();
    for (table, text) in served.tables {
        // The host decides which parts of a request a component sees, as `wasmtime serve` does.
        for case in cases(text)?.into_iter().filter(|case| case.is_for(Shell::Composed)).map(Case::on_lattice) {
            let reply = case.request()?.send(lattice.address()?);
            tally.add(table, &case, reply.and_then(|reply| case.judge(&reply)));
        }
    }
    tally.end()
}

/// Counts cases, and keeps what is wrong with their answers.
#[derive(Default)]
pub(crate) struct Tally {
    judged: usize,
    wrong: Vec<String>,
}

impl Tally {
    /// Adds a case of a table or of a language.
    pub(crate) fn add(&mut self, of: &str, case: &Case, judgement: Result<()>) {
        self.judged += 1;
        if let Err(error) = judgement {
            self.wrong.push(format!("{of}: {}: {error:#}", case.name));
        }
    }

    /// Fails with every case whose answer is wrong.
    pub(crate) fn end(self) -> Result<()> {
        let Tally { judged, wrong } = self;
        println!("{judged} cases");
        ensure!(wrong.is_empty(), "{} of {judged} cases:\n{}", wrong.len(), wrong.join("\n"));
        Ok(())
    }
}
