//! The rounds: each starts and measures every row once, in an order that changes from round to round.

use std::net::SocketAddr;
use std::time::Duration;

use anyhow::Context;

use super::Places;
use super::peers::Peers;
use super::rows::Row;
use crate::load;
use crate::measure::{Cell, Measurements, Plan, millis, order};
use crate::process::Process;
use crate::requests::{Request, Workload};
use crate::start::{free_address, start};

/// The measurements of a row in a round. Clients of 2026-07-28 are the ones that both SDKs answer with JSON and without a session.
pub(crate) const CELLS: [Cell; 2] = [(Workload::Echo, 1), (Workload::Echo, 4)];

/// How long a server may take until its first answer: one core compiles all of CPython.
const START_TIMEOUT: Duration = Duration::from_secs(600);

/// How many calls a peer answers before anything is measured: Node compiles what runs often, and was done after some 3,000. In a fresh
/// sandbox nothing runs often.
pub(crate) const RUN_IN: u64 = 6_000;

/// Where the rounds happen.
struct Site<'a> {
    places: &'a Places,
    peers: &'a Peers,
    core: usize,
}

/// Runs all rounds; the result is in the order of the rows.
pub(crate) async fn run(
    plan: &Plan,
    places: &Places,
    peers: &Peers,
    core: usize,
) -> anyhow::Result<Vec<(Row, Measurements)>> {
    let site = Site { places, peers, core };
    let mut all = Vec::new();
    for row in Row::all() {
        let (_process, _address, first) = site.start(row).await?;
        tell!("{}: the first start took {:.0} ms", row.title(), millis(first));
        all.push((row, Measurements { first_ever: millis(first), ..Measurements::default() }));
    }
    for round in 0..plan.rounds {
        for index in order(all.len(), round) {
            let Some((row, seen)) = all.get_mut(index) else { continue };
            site.measure(plan, *row, seen).await.with_context(|| row.title())?;
        }
        tell!("round {} of {} is done", round + 1, plan.rounds);
    }
    Ok(all)
}

impl Site<'_> {
    async fn start(&self, row: Row) -> anyhow::Result<(Process, SocketAddr, Duration)> {
        let address = free_address()?;
        let request = Request::new(Workload::Echo, &address.to_string());
        let command = row.command(self.places, self.peers, address);
        let log = self.places.scratch.join(row.name()).with_extension("log");
        let started = start(command, Some(self.core), &log, (address, &request), START_TIMEOUT).await;
        let (process, first) = started.with_context(|| format!("cannot start: {}", row.title()))?;
        Ok((process, address, first))
    }

    async fn measure(&self, plan: &Plan, row: Row, seen: &mut Measurements) -> anyhow::Result<()> {
        let (process, address, first) = self.start(row).await?;
        seen.first.push(millis(first));
        seen.memory.push(process.memory()?.0 as f64 / 1024.0);
        let cpu = || Ok(vec![process.cpu()?]);
        if row.is_peer() {
            load::one_by_one(address, &Request::new(Workload::Echo, &address.to_string()), RUN_IN).await?;
        }
        for cell in CELLS {
            let (workload, connections) = cell;
            let request = Request::new(workload, &address.to_string());
            let sample = load::run(address, &request, connections, (plan.warm_up, plan.echo), cpu).await?;
            tell!(
                "{:<32} {connections}  {:>7.0}/s  p50 {:>7.3} ms  p99 {:>7.3} ms  {:>7.1} µs CPU, core {:>3.0} %, {} errors",
                row.title(),
                sample.rate,
                sample.p50,
                sample.p99,
                sample.cpu,
                sample.busy * 100.0,
                sample.errors
            );
            seen.samples.entry(cell).or_default().push(sample);
        }
        seen.peak.push(process.memory()?.1 as f64 / 1024.0);
        Ok(())
    }
}
