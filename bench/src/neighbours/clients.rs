//! The threads of a load, which run until they are stopped.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use super::loads::{Load, Session};

/// How long a thread waits after a failure, so that a server that refuses at once has no other load than the one of the table.
const PAUSE: Duration = Duration::from_millis(10);

/// The threads of a load.
pub(crate) struct Clients {
    is_stopped: Arc<AtomicBool>,
    threads: Vec<JoinHandle<Tally>>,
    begun: Instant,
}

/// What came of the requests of a load.
#[derive(Default)]
pub(crate) struct Tally {
    /// How many turns had the outcome that they must have.
    pub(crate) good: u64,
    /// How many had another.
    pub(crate) failures: u64,
    /// The last failure.
    pub(crate) last_failure: Option<String>,
    /// How many turns there were in a second.
    pub(crate) rate: f64,
}

impl Clients {
    /// Starts `at_once` threads.
    pub(crate) fn start(load: &'static Load, at_once: usize, server: SocketAddr) -> Self {
        let is_stopped = Arc::new(AtomicBool::new(false));
        let threads = (0..at_once).map(|_| {
            let is_stopped = Arc::clone(&is_stopped);
            thread::spawn(move || run(load, Session::new(server), &is_stopped))
        });
        Self { threads: threads.collect(), is_stopped, begun: Instant::now() }
    }

    /// Ends the threads, each when its current request is answered.
    pub(crate) fn stop(mut self) -> Tally {
        self.is_stopped.store(true, Ordering::Relaxed);
        let mut all = Tally::default();
        for thread in std::mem::take(&mut self.threads) {
            match thread.join() {
                Ok(part) => {
                    all.good += part.good;
                    all.failures += part.failures;
                    all.last_failure = part.last_failure.or(all.last_failure);
                }
                Err(_) => all.failures += 1,
            }
        }
        all.rate = all.good as f64 / self.begun.elapsed().as_secs_f64();
        all
    }
}

/// Threads whose measurement has failed end with the program's error.
impl Drop for Clients {
    fn drop(&mut self) {
        self.is_stopped.store(true, Ordering::Relaxed);
    }
}

fn run(load: &Load, mut session: Session, is_stopped: &AtomicBool) -> Tally {
    let mut tally = Tally::default();
    while !is_stopped.load(Ordering::Relaxed) {
        match load.turn(&mut session) {
            Ok(()) => tally.good += 1,
            Err(error) => {
                tally.failures += 1;
                tally.last_failure = Some(format!("{error:#}"));
                thread::sleep(PAUSE);
            }
        }
    }
    tally
}
