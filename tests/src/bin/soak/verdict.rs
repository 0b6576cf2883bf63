//! Prints the figures of a run, and says whether they are as they must be.

use std::collections::BTreeMap;
use std::process::{ExitCode, ExitStatus};
use std::time::Duration;

use anyhow::Result;

use crate::clients::Tally;
use crate::samples::{Sample, Samples};

/// How much the median of memory may grow up to the last fifth of the time: a tenth, and this for what an allocator keeps.
const GROWTH_KIB: u64 = 16 << 10;
/// The pool keeps up to 2 MiB of each memory that an instance ever had, and the instances of a large file have many, so that it is full only
/// after some minutes of load. From this number of samples on it is full in the second fifth, with which the last is compared; in a
/// shorter run the last is compared with the fourth.
const SAMPLES_OF_A_LONG_RUN: usize = 1200;
/// How many more descriptors there may be in the last fifth than in the second. Clients come and go.
const MORE_DESCRIPTORS: u64 = 16;

/// What was found so far.
#[derive(Default)]
pub(crate) struct Verdict {
    passed: u32,
    failed: u32,
}

impl Verdict {
    /// Every client has had the answers that it must have.
    pub(crate) fn of_clients(&mut self, clients: &BTreeMap<&'static str, Tally>) {
        for (kind, tally) in clients {
            let times = times(tally.took.clone());
            let failures = tally.failures.values().sum::<u64>();
            self.check(
                failures == 0 && tally.good > 0,
                &format!("{kind}: {} as they must be, {failures} not{times}", tally.good),
            );
            for (text, count) in &tally.failures {
                println!("       {count} times: {text}");
            }
        }
    }

    /// Memory and descriptors are flat under load, and the descriptors are closed after it.
    pub(crate) fn of_samples(&mut self, samples: Samples) {
        let Samples { before, under_load, after } = samples;
        let fifth = under_load.len() / 5;
        let median = |part: usize, of: fn(&Sample) -> u64| {
            let mut values: Vec<_> = under_load.iter().skip(part * fifth).take(fifth).map(of).collect();
            values.sort_unstable();
            values.get(values.len() / 2).copied().unwrap_or_default()
        };
        let most = |of: fn(&Sample) -> u64| under_load.iter().map(of).max().unwrap_or_default();
        let (memory, descriptors) = (|sample: &Sample| sample.resident_kib, |sample: &Sample| sample.descriptors);
        let end =
            |of: fn(&Sample) -> u64| after.as_ref().map_or_else(|error| format!("{error:#}"), |s| of(s).to_string());

        let medians = [0, 1, 2, 3, 4].map(|part| median(part, memory));
        let [_, second, _, fourth, last] = medians;
        let earlier = if under_load.len() < SAMPLES_OF_A_LONG_RUN { fourth } else { second };
        self.check(
            fifth > 0 && last <= earlier + earlier / 10 + GROWTH_KIB,
            &format!(
                "resident memory in KiB: {} before the load, medians of its fifths {medians:?}, at most {}, {} after it",
                before.resident_kib,
                most(memory),
                end(memory),
            ),
        );
        let (second, last) = (median(1, descriptors), median(4, descriptors));
        self.check(
            fifth > 0 && last <= second + MORE_DESCRIPTORS,
            &format!(
                "descriptors: median {second} in the second fifth and {last} in the last, at most {}",
                most(descriptors)
            ),
        );
        self.check(
            after.as_ref().is_ok_and(|after| after.descriptors <= before.descriptors),
            &format!("descriptors: {} before the load, {} after it", before.descriptors, end(descriptors)),
        );
    }

    /// The server has ended after the signal, as it does without load.
    pub(crate) fn of_end(&mut self, ended: Result<(ExitStatus, String)>) {
        match ended {
            Ok((status, _)) => self.check(status.success(), &format!("end after SIGTERM: {status}")),
            Err(error) => self.check(false, &format!("end after SIGTERM: {error:#}")),
        }
    }

    /// The line that counts.
    pub(crate) fn print(self) -> ExitCode {
        println!("\nsoak: {} passed, {} failed", self.passed, self.failed);
        if self.failed == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE }
    }

    fn check(&mut self, is_good: bool, what: &str) {
        let (word, count) = if is_good { ("ok    ", &mut self.passed) } else { ("FAILED", &mut self.failed) };
        *count += 1;
        println!("{word} {what}");
    }
}

/// The median, the 99th percentile and the longest time, if there are times.
fn times(mut took: Vec<Duration>) -> String {
    took.sort_unstable();
    let at = |percent: usize| took.get((took.len() * percent / 100).min(took.len().saturating_sub(1)));
    match (at(50), at(99), took.last()) {
        (Some(median), Some(p99), Some(longest)) => {
            format!(", median {median:.1?}, p99 {p99:.1?}, longest {longest:.1?}")
        }
        _ => String::new(),
    }
}
