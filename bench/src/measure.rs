//! The rounds: each measures every server once, in an order that changes from round to round.

use std::collections::BTreeMap;
use std::time::Duration;

use anyhow::Context;

use crate::load::{self, Sample};
use crate::report;
use crate::requests::{Request, Workload};
use crate::servers::{Places, Server, check_refusals};
use crate::tokens;

/// The measurements of a server in a round: a workload and a number of connections at once.
pub(crate) const CELLS: [Cell; 9] = [
    (Workload::Echo, 1),
    (Workload::Echo, 16),
    (Workload::Echo, 64),
    (Workload::Paced, 64),
    (Workload::NewTokens, 16),
    (Workload::Legacy, 16),
    (Workload::Weather, 1),
    (Workload::Weather, 16),
    (Workload::Weather, 64),
];

/// A workload and a number of connections.
pub(crate) type Cell = (Workload, u64);

/// How long and how often everything is measured.
pub(crate) struct Plan {
    /// How many rounds.
    pub(crate) rounds: usize,
    /// How long the load runs before each measurement.
    pub(crate) warm_up: Duration,
    /// How long each measurement of `echo` takes.
    pub(crate) echo: Duration,
    /// How long each measurement of `get_weather` takes.
    pub(crate) weather: Duration,
}

/// The measurements of one server.
#[derive(Default)]
pub(crate) struct Measurements {
    /// The first answer of the very first start, in ms: nothing is compiled yet.
    pub(crate) first_ever: f64,
    /// The first answer of each round's start, in ms.
    pub(crate) first: Vec<f64>,
    /// RSS after the first answer of each start, in MB.
    pub(crate) memory: Vec<f64>,
    /// The highest RSS of each round, in MB.
    pub(crate) peak: Vec<f64>,
    /// One sample for each round.
    pub(crate) samples: BTreeMap<Cell, Vec<Sample>>,
}

/// Runs all rounds; the result is in the order of `servers`.
pub(crate) async fn run(
    plan: &Plan,
    servers: &[Server],
    places: &Places,
    core: usize,
) -> anyhow::Result<Vec<Measurements>> {
    let mut all: Vec<(Server, Measurements)> = Vec::new();
    for &server in servers {
        let start = places.start(server, Some(core)).await.with_context(|| format!("{server:?}"))?;
        all.push((server, Measurements { first_ever: millis(start.2), ..Measurements::default() }));
    }
    for round in 0..plan.rounds {
        let order = order(all.len(), round);
        for index in order {
            let Some((server, seen)) = all.get_mut(index) else { continue };
            measure(plan, *server, seen, places, core).await.with_context(|| format!("{server:?}"))?;
        }
        tell!("round {} of {} is done", round + 1, plan.rounds);
    }
    Ok(all.into_iter().map(|(_, seen)| seen).collect())
}

/// The order of the servers in a round: alternately forwards and backwards, and starting with another server each time.
pub(crate) fn order(count: usize, round: usize) -> Vec<usize> {
    let rotated = (0..count).map(|index| (index + round / 2) % count);
    if round.is_multiple_of(2) { rotated.collect() } else { rotated.rev().collect() }
}

async fn measure(
    plan: &Plan,
    server: Server,
    seen: &mut Measurements,
    places: &Places,
    core: usize,
) -> anyhow::Result<()> {
    let (process, address, first) = places.start(server, Some(core)).await?;
    seen.first.push(millis(first));
    seen.memory.push(process.memory()?.0 as f64 / 1024.0);
    if let Some(algorithm) = server.algorithm() {
        check_refusals(address, algorithm, server.has_policy()).await?;
    }
    let tokens = server.algorithm().map(tokens::of_all_principals).transpose()?;
    if let Some(tokens) = tokens.as_ref().filter(|_| server.open() != Server::Fresh) {
        // Each comes once before anything is measured: a principal sends its token for minutes, not for two requests.
        let request = Request::new(Workload::Echo, &address.to_string()).with_tokens(tokens.clone());
        load::one_by_one(address, &request, tokens.count() as u64).await?;
    }
    for cell in CELLS {
        let (workload, connections) = cell;
        let time = match workload {
            Workload::Legacy if !server.speaks_mcp() => continue,
            // A token costs what it costs, whatever the call.
            Workload::Legacy | Workload::Weather | Workload::Paced if tokens.is_some() => continue,
            // It answers fewer in a second.
            Workload::Paced if server == Server::Fresh => continue,
            _ if server == Server::FreshOfFive && !report::OF_FIVE.contains(&cell) => continue,
            Workload::NewTokens if !(server.has_policy() && server.remembers_tokens()) => continue,
            Workload::Weather => plan.weather,
            _ => plan.echo,
        };
        let tokens = match server.algorithm() {
            Some(algorithm) if workload == Workload::NewTokens => Some(tokens::new_each_time(algorithm)?),
            _ => tokens.clone(),
        };
        let mut request = Request::new(workload, &address.to_string());
        if let Some(tokens) = tokens {
            request = request.with_tokens(tokens);
        }
        let sample =
            load::run(address, &request, connections, (plan.warm_up, time), || Ok(vec![process.cpu()?])).await?;
        tell!(
            "{server:>10?} {workload:>8?} {connections:>2}  {:>8.0}/s  p50 {:>7.3} ms  p99 {:>7.3} ms  {:>6.1} µs CPU, core {:>3.0} %, {} errors",
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

/// A time in ms.
pub(crate) fn millis(time: Duration) -> f64 {
    time.as_secs_f64() * 1e3
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_round_has_every_server_once_and_neighbouring_rounds_differ() {
        for round in 0..12 {
            let mut this = order(5, round);
            assert_ne!(this, order(5, round + 1));
            this.sort_unstable();
            assert_eq!(this, [0, 1, 2, 3, 4]);
        }
    }
}
