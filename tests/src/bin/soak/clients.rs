//! The clients of one server: threads that each make requests of one kind until they are stopped.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use wasmcp_tests::Shell;

use crate::kinds::{KINDS, Kind, Session};

/// How many different failures of one client are kept. A failure is counted by its text.
const KEPT_FAILURES: usize = 10;
/// How long a client waits after a failure, so that one that cannot connect does not count the same failure a million times.
const PAUSE: Duration = Duration::from_millis(100);

/// The clients that run.
pub(crate) struct Clients {
    is_stopped: Arc<AtomicBool>,
    threads: Vec<(&'static Kind, JoinHandle<Tally>)>,
}

/// What came of the requests of one kind.
#[derive(Default)]
pub(crate) struct Tally {
    /// How many requests had the outcome that they must have.
    pub(crate) good: u64,
    /// How long each of them took.
    pub(crate) took: Vec<Duration>,
    /// What was wrong with the others, and how often.
    pub(crate) failures: BTreeMap<String, u64>,
}

impl Clients {
    /// Starts the clients of every kind.
    pub(crate) fn start(shell: Shell, server: SocketAddr, stalled: SocketAddr) -> Clients {
        let is_stopped = Arc::new(AtomicBool::new(false));
        let threads = KINDS.iter().flat_map(|kind| (0..kind.clients).map(move |number| (kind, number)));
        let threads = threads.map(|(kind, number)| {
            let is_stopped = Arc::clone(&is_stopped);
            // The clients of one kind begin at different requests.
            let session = Session { server, shell, stalled, connection: None, number: number * 7 };
            (kind, thread::spawn(move || run(kind, session, &is_stopped)))
        });
        Clients { threads: threads.collect(), is_stopped }
    }

    /// Lets no client begin another request.
    pub(crate) fn stop(&self) {
        self.is_stopped.store(true, Ordering::Relaxed);
    }

    /// Waits for the requests that are under way, and gives what came of all.
    pub(crate) fn join(self) -> BTreeMap<&'static str, Tally> {
        let mut all = BTreeMap::<_, Tally>::new();
        for (kind, thread) in self.threads {
            let tally = all.entry(kind.name).or_default();
            match thread.join() {
                Ok(part) => tally.add(part),
                Err(_) => tally.fail("the client has panicked".to_owned()),
            }
        }
        all
    }
}

fn run(kind: &Kind, mut session: Session, is_stopped: &AtomicBool) -> Tally {
    let mut tally = Tally::default();
    while !is_stopped.load(Ordering::Relaxed) {
        let begun = Instant::now();
        match (kind.run)(&mut session) {
            Ok(()) => {
                tally.good += 1;
                if kind.is_timed {
                    tally.took.push(begun.elapsed());
                }
            }
            Err(error) => {
                session.connection = None;
                tally.fail(format!("{error:#}").chars().take(300).collect());
                thread::sleep(PAUSE);
            }
        }
        session.number += 1;
    }
    tally
}

impl Tally {
    fn fail(&mut self, text: String) {
        let text = if self.failures.len() < KEPT_FAILURES { text } else { "others".to_owned() };
        *self.failures.entry(text).or_default() += 1;
    }

    fn add(&mut self, other: Tally) {
        self.good += other.good;
        self.took.extend(other.took);
        for (text, count) in other.failures {
            *self.failures.entry(text).or_default() += count;
        }
    }
}
