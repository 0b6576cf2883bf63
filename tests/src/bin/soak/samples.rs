//! Resident memory and descriptors of a server over time, as `/proc` has them.

use std::fs;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use anyhow::{Context, Result};

/// How often a server is looked at.
const INTERVAL: Duration = Duration::from_secs(1);

/// A server at one moment.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Sample {
    /// Resident memory, in KiB.
    pub(crate) resident_kib: u64,
    /// Open descriptors.
    pub(crate) descriptors: u64,
}

/// Looks at a server as long as it has load.
pub(crate) struct Sampler {
    process: u32,
    before: Sample,
    is_stopped: Arc<AtomicBool>,
    thread: JoinHandle<Vec<Sample>>,
}

/// What a server was like before, under and after the load.
pub(crate) struct Samples {
    pub(crate) before: Sample,
    pub(crate) under_load: Vec<Sample>,
    /// The last one, when there were no more descriptors than before, or the time for that was up.
    pub(crate) after: Result<Sample>,
}

impl Sample {
    /// The server as it is now.
    pub(crate) fn of(process: u32) -> Result<Sample> {
        let descriptors = fs::read_dir(format!("/proc/{process}/fd")).context("the server has ended")?.count();
        Ok(Sample { resident_kib: resident_kib(process)?, descriptors: u64::try_from(descriptors)? })
    }
}

/// Resident memory of a process, in KiB. An error means that the process has ended.
pub(crate) fn resident_kib(process: u32) -> Result<u64> {
    let status = fs::read_to_string(format!("/proc/{process}/status")).context("the server has ended")?;
    // A process that has ended and waits for its parent has no memory.
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).context("the server has ended")?;
    Ok(line.trim().trim_end_matches(" kB").parse()?)
}

impl Sampler {
    /// Begins to look at a process, which was like this before.
    pub(crate) fn start(process: u32, before: Sample) -> Sampler {
        let is_stopped = Arc::new(AtomicBool::new(false));
        let stop = Arc::clone(&is_stopped);
        let thread = thread::spawn(move || {
            let mut samples = Vec::new();
            while !stop.load(Ordering::Relaxed) {
                thread::sleep(INTERVAL);
                samples.extend(Sample::of(process));
            }
            samples
        });
        Sampler { process, before, is_stopped, thread }
    }

    /// Ends after the load, when the server has no more descriptors than before it. That may take some time.
    pub(crate) fn stop(self, at_most: Duration) -> Samples {
        self.is_stopped.store(true, Ordering::Relaxed);
        let under_load = self.thread.join().unwrap_or_default();
        let deadline = Instant::now() + at_most;
        let after = loop {
            match Sample::of(self.process) {
                Ok(sample) if sample.descriptors > self.before.descriptors && Instant::now() < deadline => {
                    thread::sleep(INTERVAL / 5);
                }
                last => break last,
            }
        };
        Samples { before: self.before, under_load, after }
    }
}
