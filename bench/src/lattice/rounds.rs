//! The rounds: each measures every deployment once, in an order that changes from round to round. All deployments run all the time.

use std::collections::{BTreeMap, BTreeSet};
use std::time::{Duration, Instant};

use anyhow::Context;

use super::deployment::{Deployment, Role, Running};
use crate::load::{self, Sample};
use crate::machine;
use crate::measure::{Cell, Plan, order};
use crate::process;
use crate::requests::Workload;

/// The numbers of connections at once.
pub(crate) const CONNECTIONS: [u64; 3] = [1, 8, 32];

/// The measurements of all deployments.
pub(crate) struct Results {
    /// In the order of the deployments.
    pub(crate) rows: Vec<Row>,
    /// How many cores the processes used that belong to no deployment.
    pub(crate) others: f64,
}

/// The measurements of one deployment.
pub(crate) struct Row {
    pub(crate) deployment: Deployment,
    /// The roles of its processes.
    pub(crate) roles: Vec<Role>,
    /// The share of a core that each process used without requests.
    pub(crate) idle: Vec<f64>,
    /// One sample for each round.
    pub(crate) samples: BTreeMap<Cell, Vec<Sample>>,
}

/// Runs all rounds.
pub(crate) async fn run(plan: &Plan, running: &[Running]) -> anyhow::Result<Results> {
    let mut rows = Vec::new();
    for deployment in running {
        deployment.check().await.with_context(|| deployment.deployment.title())?;
        // What is slow only once happens before the measurements.
        measure(deployment, (Workload::Echo, 8), (plan.warm_up, plan.echo)).await?;
        let roles = deployment.processes.iter().map(|&(role, _)| role).collect();
        rows.push(Row { deployment: deployment.deployment, roles, idle: Vec::new(), samples: BTreeMap::new() });
    }
    rest(plan.echo * 4, running, &mut rows).await?;

    let (begin, before) = (Instant::now(), others(running)?);
    for round in 0..plan.rounds {
        for index in order(running.len(), round) {
            let (Some(deployment), Some(row)) = (running.get(index), rows.get_mut(index)) else { continue };
            for workload in [Workload::Echo, Workload::Ping] {
                // What tokens cost does not depend on the request.
                if workload == Workload::Ping && deployment.deployment.algorithm().is_some() {
                    continue;
                }
                for connections in CONNECTIONS {
                    let cell = (workload, connections);
                    let sample = measure(deployment, cell, (plan.warm_up, plan.echo)).await?;
                    row.samples.entry(cell).or_default().push(sample);
                }
            }
        }
        tell!("round {} of {} is done", round + 1, plan.rounds);
    }
    let others = others(running)?.saturating_sub(before).as_secs_f64() / begin.elapsed().as_secs_f64();
    Ok(Results { rows, others })
}

async fn measure(running: &Running, cell: Cell, times: (Duration, Duration)) -> anyhow::Result<Sample> {
    let (workload, connections) = cell;
    let request = running.request(workload)?;
    let sample = load::run(running.address, &request, connections, times, || running.cpu()).await?;
    tell!(
        "{:?} {workload:?} {connections:>2}  {:>6.0}/s  p50 {:>7.3} ms  p99 {:>8.3} ms  µs CPU {:>6.0?}, {} errors",
        running.deployment,
        sample.rate,
        sample.p50,
        sample.p99,
        sample.parts,
        sample.errors
    );
    Ok(sample)
}

/// Measures the CPU time of each process for `time` without requests.
async fn rest(time: Duration, running: &[Running], rows: &mut [Row]) -> anyhow::Result<()> {
    let before = running.iter().map(Running::cpu).collect::<Result<Vec<_>, _>>()?;
    tokio::time::sleep(time).await;
    for ((deployment, before), row) in running.iter().zip(before).zip(rows) {
        let used = deployment.cpu()?.into_iter().zip(before).map(|(after, before)| after.saturating_sub(before));
        row.idle = used.map(|used| used.as_secs_f64() / time.as_secs_f64()).collect();
    }
    Ok(())
}

/// The CPU time so far of everything except the deployments and this program.
fn others(running: &[Running]) -> anyhow::Result<Duration> {
    // Two deployments may be one lattice.
    let all: BTreeSet<_> = running.iter().flat_map(|running| &running.processes).map(|&(_, id)| id).collect();
    let mut ours = process::cpu(std::process::id())?;
    for id in all {
        ours += process::cpu(id)?;
    }
    Ok(machine::busy()?.saturating_sub(ours))
}

impl Results {
    /// The number of answers that were wrong or missing.
    pub(crate) fn errors(&self) -> u64 {
        self.rows.iter().flat_map(|row| row.samples.values().flatten()).map(|sample| sample.errors).sum()
    }
}

impl Row {
    /// One number of each round.
    pub(crate) fn each(&self, cell: Cell, number: impl Fn(&Sample) -> f64) -> Vec<f64> {
        self.samples.get(&cell).into_iter().flatten().map(number).collect()
    }

    /// The CPU time per answer in µs of the process with this role, in each round. `number` selects one of several, from 0.
    pub(crate) fn cpu(&self, cell: Cell, role: Role, number: usize) -> Option<Vec<f64>> {
        let index = self.place(role, number)?;
        Some(self.each(cell, |sample| sample.parts.get(index).copied().unwrap_or(f64::NAN)))
    }

    /// The index of that process.
    pub(crate) fn place(&self, role: Role, number: usize) -> Option<usize> {
        self.roles.iter().enumerate().filter(|(_, this)| **this == role).nth(number).map(|(index, _)| index)
    }
}
