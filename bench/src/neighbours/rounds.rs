//! The rounds: each measures the neighbour once beside every load, and each time once alone, in an order that changes from round to round.

use std::time::{Duration, Instant};

use anyhow::Context;
use wasmcp_tests::Server;

use super::clients::{Clients, Tally};
use super::loads::{LOADS, Load};
use crate::load::{self, Sample};
use crate::measure::{Plan, order};
use crate::requests::{Request, Workload};
use crate::{machine, process};

/// The connections of the neighbour's client.
pub(crate) const CONNECTIONS: u64 = 1;

/// By how much a percentile of the latency may grow beside a load.
pub(crate) const MAY_GROW: f64 = 1.1;

/// The measurements beside all loads.
pub(crate) struct Results {
    /// In the order of the loads.
    pub(crate) rows: Vec<Row>,
    /// How many cores the processes used that are neither the server nor this one.
    pub(crate) others: f64,
}

/// The measurements beside one load.
pub(crate) struct Row {
    pub(crate) load: &'static Load,
    /// The number of threads of the load.
    pub(crate) at_once: usize,
    /// One for each round.
    pub(crate) pairs: Vec<Pair>,
}

/// A measurement alone and one beside the load, one right after the other.
pub(crate) struct Pair {
    pub(crate) alone: Sample,
    pub(crate) beside: Sample,
    pub(crate) tally: Tally,
}

/// Runs all rounds.
pub(crate) async fn run(plan: &Plan, server: &Server) -> anyhow::Result<Results> {
    let each = LOADS.iter().flat_map(|load| load.at_once.iter().map(move |&at_once| (load, at_once)));
    let mut rows: Vec<_> = each.map(|(load, at_once)| Row { load, at_once, pairs: Vec::new() }).collect();
    // What is slow only once happens before the measurements.
    neighbour(plan, server).await?;

    let (begin, before) = (Instant::now(), others(server)?);
    for round in 0..plan.rounds {
        for index in order(rows.len(), round) {
            let Some(row) = rows.get_mut(index) else { continue };
            let pair = pair(plan, server, row, round).await.with_context(|| row.load.title)?;
            tell!("{}", line(row, &pair));
            row.pairs.push(pair);
        }
        tell!("round {} of {} is done", round + 1, plan.rounds);
    }
    let others = others(server)?.saturating_sub(before).as_secs_f64() / begin.elapsed().as_secs_f64();
    Ok(Results { rows, others })
}

/// The measurement alone comes first in every second round, so that what a load leaves behind is seen there and is not always in the
/// same half.
async fn pair(plan: &Plan, server: &Server, row: &Row, round: usize) -> anyhow::Result<Pair> {
    if round.is_multiple_of(2) {
        let alone = neighbour(plan, server).await?;
        let (beside, tally) = beside(plan, server, row).await?;
        return Ok(Pair { alone, beside, tally });
    }
    let (beside, tally) = beside(plan, server, row).await?;
    Ok(Pair { alone: neighbour(plan, server).await?, beside, tally })
}

async fn beside(plan: &Plan, server: &Server, row: &Row) -> anyhow::Result<(Sample, Tally)> {
    let clients = Clients::start(row.load, row.at_once, server.addr);
    let sample = neighbour(plan, server).await?;
    Ok((sample, clients.stop()))
}

async fn neighbour(plan: &Plan, server: &Server) -> anyhow::Result<Sample> {
    let request = Request::new(Workload::Add, &server.addr.to_string());
    let times = (plan.warm_up, plan.echo);
    load::run(server.addr, &request, CONNECTIONS, times, || Ok(vec![process::cpu(server.id())?])).await
}

/// The CPU time so far of everything except the server and this program.
fn others(server: &Server) -> anyhow::Result<Duration> {
    let ours = process::cpu(std::process::id())? + process::cpu(server.id())?;
    Ok(machine::busy()?.saturating_sub(ours))
}

fn line(row: &Row, pair: &Pair) -> String {
    let Pair { alone, beside, tally } = pair;
    let failure = tally.last_failure.as_ref().map(|text| format!(", the last failure: {text}")).unwrap_or_default();
    format!(
        "{:<55} {}  p50 {:>7.3} -> {:>7.3} ms  p99 {:>7.3} -> {:>7.3} ms  {:>7.1} turns/s, {} errors, {} failures{failure}",
        row.load.title,
        row.at_once,
        alone.p50,
        beside.p50,
        alone.p99,
        beside.p99,
        tally.rate,
        alone.errors + beside.errors,
        tally.failures
    )
}

impl Results {
    /// The numbers of answers to the neighbour and of turns of the loads that were wrong or missing. A load without a turn was none.
    pub(crate) fn errors(&self) -> (u64, u64) {
        let sum = |of: fn(&Row) -> u64| self.rows.iter().map(of).sum();
        (sum(Row::errors), sum(Row::failures))
    }
}

impl Row {
    /// One number of each round.
    pub(crate) fn each(&self, number: impl Fn(&Pair) -> f64) -> Vec<f64> {
        self.pairs.iter().map(number).collect()
    }

    /// The number of answers to the neighbour that were wrong or missing.
    pub(crate) fn errors(&self) -> u64 {
        self.pairs.iter().map(|pair| pair.alone.errors + pair.beside.errors).sum()
    }

    /// The number of turns of the load that had another outcome than they must have, and of measurements without any turn.
    pub(crate) fn failures(&self) -> u64 {
        self.pairs.iter().map(|pair| pair.tally.failures + u64::from(self.at_once > 0 && pair.tally.good == 0)).sum()
    }
}
