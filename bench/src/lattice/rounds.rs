//! The rounds: every shape once in each, in an order that changes from round to round. All are up all the time.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use super::shape::{Part, Running, Shape};
use crate::load::{self, Sample};
use crate::machine;
use crate::measure::{Cell, Plan, order};
use crate::process;
use crate::requests::{Request, Workload};

/// Over how many connections at once.
pub(crate) const CONNECTIONS: [u64; 3] = [1, 8, 32];

/// What was seen.
pub(crate) struct Seen {
    /// In the order of the shapes.
    pub(crate) rows: Vec<Row>,
    /// How many cores were used by what belongs to none of the shapes.
    pub(crate) others: f64,
}

/// What was seen of one shape.
pub(crate) struct Row {
    pub(crate) shape: Shape,
    /// What its processes are for.
    pub(crate) parts: Vec<Part>,
    /// Which share of a core each used while nobody asked.
    pub(crate) idle: Vec<f64>,
    /// One sample for each round.
    pub(crate) samples: BTreeMap<Cell, Vec<Sample>>,
}

/// Runs all rounds.
pub(crate) async fn run(plan: &Plan, running: &[Running]) -> anyhow::Result<Seen> {
    let mut rows = Vec::new();
    for shape in running {
        // What is slow once is over before it counts.
        measure(shape, (Workload::Echo, 8), (plan.warm_up, plan.echo)).await?;
        let parts = shape.processes.iter().map(|&(part, _)| part).collect();
        rows.push(Row { shape: shape.shape, parts, idle: Vec::new(), samples: BTreeMap::new() });
    }
    rest(plan.echo * 4, running, &mut rows).await?;

    let (begin, before) = (Instant::now(), others(running)?);
    for round in 0..plan.rounds {
        for index in order(running.len(), round) {
            let (Some(shape), Some(row)) = (running.get(index), rows.get_mut(index)) else { continue };
            for workload in [Workload::Echo, Workload::Ping] {
                for connections in CONNECTIONS {
                    let cell = (workload, connections);
                    let sample = measure(shape, cell, (plan.warm_up, plan.echo)).await?;
                    row.samples.entry(cell).or_default().push(sample);
                }
            }
        }
        eprintln!("round {} of {} is done", round + 1, plan.rounds);
    }
    let others = others(running)?.saturating_sub(before).as_secs_f64() / begin.elapsed().as_secs_f64();
    Ok(Seen { rows, others })
}

async fn measure(running: &Running, cell: Cell, times: (Duration, Duration)) -> anyhow::Result<Sample> {
    let (workload, connections) = cell;
    let request = Request::new(workload, &running.address.to_string());
    let sample = load::run(running.address, &request, connections, times, || running.cpu()).await?;
    eprintln!(
        "{:>9?} {workload:>4?} {connections:>2}  {:>6.0}/s  p50 {:>7.3} ms  p99 {:>8.3} ms  µs CPU {:>6.0?}, {} errors",
        running.shape, sample.rate, sample.p50, sample.p99, sample.parts, sample.errors
    );
    Ok(sample)
}

/// Notes what each process does for `time` without being asked.
async fn rest(time: Duration, running: &[Running], rows: &mut [Row]) -> anyhow::Result<()> {
    let before = running.iter().map(Running::cpu).collect::<Result<Vec<_>, _>>()?;
    tokio::time::sleep(time).await;
    for ((shape, before), row) in running.iter().zip(before).zip(rows) {
        let used = shape.cpu()?.into_iter().zip(before).map(|(after, before)| after.saturating_sub(before));
        row.idle = used.map(|used| used.as_secs_f64() / time.as_secs_f64()).collect();
    }
    Ok(())
}

/// CPU time so far of what is neither a shape nor this program.
fn others(running: &[Running]) -> anyhow::Result<Duration> {
    let mut ours = process::cpu(std::process::id())?;
    for shape in running {
        ours += shape.cpu()?.iter().sum();
    }
    Ok(machine::busy()?.saturating_sub(ours))
}

impl Seen {
    /// All answers that were wrong or missing.
    pub(crate) fn errors(&self) -> u64 {
        self.rows.iter().flat_map(|row| row.samples.values().flatten()).map(|sample| sample.errors).sum()
    }
}

impl Row {
    /// One number for each round.
    pub(crate) fn each(&self, cell: Cell, number: impl Fn(&Sample) -> f64) -> Vec<f64> {
        self.samples.get(&cell).into_iter().flatten().map(number).collect()
    }

    /// CPU time per answer in µs of the process for `part`, in each round; of the one with this number if there are several.
    pub(crate) fn cpu(&self, cell: Cell, part: Part, number: usize) -> Option<Vec<f64>> {
        let index = self.place(part, number)?;
        Some(self.each(cell, |sample| sample.parts.get(index).copied().unwrap_or(f64::NAN)))
    }

    /// Where among the processes.
    pub(crate) fn place(&self, part: Part, number: usize) -> Option<usize> {
        self.parts.iter().enumerate().filter(|(_, this)| **this == part).nth(number).map(|(index, _)| index)
    }
}
