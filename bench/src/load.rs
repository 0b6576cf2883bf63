//! The load: connections on one thread, each of which sends its next request as soon as it has the answer, or at its time.

use std::cell::{Cell, RefCell};
use std::net::SocketAddr;
use std::rc::Rc;
use std::time::{Duration, Instant};

use anyhow::Context;
use tokio::task::LocalSet;

use crate::connection::Connection;
use crate::requests::{Checker, Request, Workload};

/// The requests per second of a load with a fixed rate: no server here is busy with so many.
pub(crate) const PACED_RATE: u32 = 10_000;

/// The result of one measurement.
#[derive(Clone, Debug)]
pub(crate) struct Sample {
    /// Right answers per second.
    pub(crate) rate: f64,
    /// Median latency in ms.
    pub(crate) p50: f64,
    /// The 99th percentile of the latency in ms.
    pub(crate) p99: f64,
    /// The longest latency in ms.
    pub(crate) longest: f64,
    /// CPU time of the server, all its processes, per right answer in µs.
    pub(crate) cpu: f64,
    /// The same of each process.
    pub(crate) parts: Vec<f64>,
    /// Share of a core that the server used.
    pub(crate) busy: f64,
    /// Wrong answers, lost connections, other statuses than 200.
    pub(crate) errors: u64,
}

#[derive(Clone, Copy, PartialEq)]
enum Phase {
    WarmUp,
    Measure,
    Stop,
}

struct Tally {
    phase: Cell<Phase>,
    latencies: RefCell<Vec<u32>>,
    /// The latencies of the answers that came after the end. They are no part of the rate, but without them a server that answers
    /// nothing while it is measured would have no latency.
    late: RefCell<Vec<u32>>,
    errors: Cell<u64>,
    last_error: RefCell<Option<anyhow::Error>>,
}

/// Loads `address` over `connections` at once: first for `warm_up`, then for `time`, which is measured. `cpu` returns the CPU time so
/// far of each process of the server.
pub(crate) async fn run(
    address: SocketAddr,
    request: &Request,
    connections: u64,
    (warm_up, time): (Duration, Duration),
    cpu: impl Fn() -> anyhow::Result<Vec<Duration>>,
) -> anyhow::Result<Sample> {
    let tally = Rc::new(Tally {
        phase: Cell::new(Phase::WarmUp),
        latencies: RefCell::new(Vec::with_capacity(1 << 20)),
        late: RefCell::default(),
        errors: Cell::new(0),
        last_error: RefCell::new(None),
    });
    let tasks = LocalSet::new();
    let began = Instant::now();
    for index in 0..connections {
        let pace = (request.workload() == Workload::Paced).then(|| Pace::new(began, index, connections));
        tasks.spawn_local(client(address, request.clone(), index, pace, tally.clone()));
    }
    let (wall, used) = tasks
        .run_until(async {
            tokio::time::sleep(warm_up).await;
            tally.phase.set(Phase::Measure);
            let (start, before) = (Instant::now(), cpu()?);
            tokio::time::sleep(time).await;
            tally.phase.set(Phase::Stop);
            let (wall, after) = (start.elapsed(), cpu()?);
            let used = after.into_iter().zip(before).map(|(after, before)| after.saturating_sub(before));
            anyhow::Ok((wall, used.collect::<Vec<_>>()))
        })
        .await?;
    // Each client stops when its current request is answered.
    tokio::time::timeout(Duration::from_secs(30), tasks).await.context("an answer did not come in 30 s")?;

    if let Some(error) = tally.last_error.take() {
        tell!("  the last error: {error:#}");
    }
    let mut latencies = tally.latencies.take();
    let answers = latencies.len() as f64;
    latencies.extend(tally.late.take());
    latencies.sort_unstable();
    let cpu: Duration = used.iter().sum();
    Ok(Sample {
        rate: answers / wall.as_secs_f64(),
        p50: percentile(&latencies, 0.50),
        p99: percentile(&latencies, 0.99),
        longest: percentile(&latencies, 1.0),
        cpu: cpu.as_secs_f64() * 1e6 / answers,
        parts: used.iter().map(|used| used.as_secs_f64() * 1e6 / answers).collect(),
        busy: cpu.as_secs_f64() / wall.as_secs_f64(),
        errors: tally.errors.get(),
    })
}

/// The times at which a connection sends its requests. Those of all connections are spread evenly.
struct Pace {
    next: Instant,
    every: Duration,
}

impl Pace {
    fn new(began: Instant, index: u64, connections: u64) -> Self {
        let between = Duration::from_secs(1) / PACED_RATE;
        let times = |count: u64| between * u32::try_from(count).unwrap_or(u32::MAX);
        Self { next: began + times(index), every: times(connections) }
    }

    /// Waits until the next request is due, and says when that was. It waits without sleeping: timers fire for many connections at once, and a
    /// server would be woken once for all of them.
    async fn next(&mut self) -> Instant {
        let due = self.next;
        while Instant::now() < due {
            tokio::task::yield_now().await;
        }
        self.next += self.every;
        due
    }
}

async fn client(address: SocketAddr, mut request: Request, index: u64, mut pace: Option<Pace>, tally: Rc<Tally>) {
    let mut checker = Checker::new(&request);
    let mut connection = None;
    // No two connections use a number twice.
    let mut number = 10_000_000 + index * 1_000_000;
    while tally.phase.get() != Phase::Stop {
        number += 1;
        let due = match &mut pace {
            Some(pace) => Some(pace.next().await),
            None => None,
        };
        match ask(&mut connection, address, &mut request, &mut checker, number).await {
            Ok(latency) => {
                // Of a request that was sent late because the last answer was late, the waiting counts.
                let latency = due.map_or(latency, |due| due.elapsed());
                let latency = latency.as_micros() as u32;
                match tally.phase.get() {
                    Phase::WarmUp => {}
                    Phase::Measure => tally.latencies.borrow_mut().push(latency),
                    Phase::Stop => tally.late.borrow_mut().push(latency),
                }
            }
            Err(error) => {
                connection = None;
                tally.errors.set(tally.errors.get() + 1);
                tally.last_error.replace(Some(error));
                // A server that refuses at once must not keep the others from asking.
                tokio::time::sleep(Duration::from_millis(1)).await;
            }
        }
    }
}

async fn ask(
    connection: &mut Option<Connection>,
    address: SocketAddr,
    request: &mut Request,
    checker: &mut Checker,
    number: u64,
) -> anyhow::Result<Duration> {
    let connection = match connection {
        Some(open) => open,
        none => none.insert(Connection::open(address).await?),
    };
    let start = Instant::now();
    let body = connection.ask(request.numbered(number)).await?;
    let latency = start.elapsed();
    checker.check(body, number)?;
    Ok(latency)
}

/// One right answer on a connection of its own.
pub(crate) async fn once(address: SocketAddr, request: &Request) -> anyhow::Result<()> {
    one_by_one(address, request, 1).await
}

/// So many right answers, one after the other on a connection of its own.
pub(crate) async fn one_by_one(address: SocketAddr, request: &Request, count: u64) -> anyhow::Result<()> {
    let (mut connection, mut request, mut checker) = (None, request.clone(), Checker::new(request));
    for number in 10_000_000..10_000_000 + count {
        ask(&mut connection, address, &mut request, &mut checker, number).await?;
    }
    Ok(())
}

/// A percentile in ms, of sorted values in µs.
fn percentile(sorted: &[u32], share: f64) -> f64 {
    let last = sorted.len().saturating_sub(1) as f64;
    sorted.get((last * share).round() as usize).map_or(f64::NAN, |&micros| f64::from(micros) / 1e3)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn percentiles_are_measured_values() {
        let sorted: Vec<u32> = (0..=100).map(|n| n * 1000).collect();
        assert_eq!(percentile(&sorted, 0.5), 50.0);
        assert_eq!(percentile(&sorted, 0.99), 99.0);
        assert!(percentile(&[], 0.5).is_nan());
    }
}
