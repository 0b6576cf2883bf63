//! The providers of `tests/languages/outcomes`, each a component of its own behind one transport: the table that they have on `wasmcp serve`.
//! Where a lattice has another answer, the row says which.

use anyhow::{Context, Result};
use wasmcp_tests::{Built, Case, Shell, outcomes};

use crate::conversations::Tally;
use crate::deployment::{Deployment, Provider};

pub(crate) const NAME: &str =
    "five languages: a call has in each every outcome that it has on `wasmcp serve`, and a crash ends no other call";

pub(crate) fn judged() -> Result<()> {
    let all = outcomes::all()?;
    let providers: Vec<Provider<'_>> = all.iter().map(provider).collect();
    let deployment = Deployment::of("outcomes", &providers)?;
    let manifest = deployment.manifest(&[("transport.max-legs", outcomes::MAX_LEGS)], &providers)?;
    let lattice = deployment.up(&manifest)?;
    let mut tally = Tally::default();
    for one in &all {
        // What the table says of one file has nothing like it here, where each provider is a component as on `wasmcp serve`.
        let rows = outcomes::rows(&all, one)?.into_iter().filter(|case| case.is_for(Shell::Native));
        for case in rows.map(Case::on_lattice) {
            tally.add(one.language, &case, outcomes::judge(&lattice, &all, one, &case));
        }
    }
    tally.end()?;
    all.iter().try_for_each(|one| outcomes::outlives_a_crash(&lattice, &all, one).context(one.language))
}

/// It is linked to nothing: it can only answer.
fn provider(built: &Built) -> Provider<'_> {
    Provider { name: outcomes::name(built), built, settings: outcomes::SETTINGS.to_vec(), links: "", instances: 100 }
}
