//! A host for providers is lost while 8 clients call: what may run twice is answered, what may not runs once at most, and every call
//! of which nobody knows says so.

use std::sync::atomic::{AtomicBool, Ordering};

use anyhow::{Context, Result, ensure};
use wasmcp_tests::{Answered, Counter, Lattice, Request, load};

use crate::hosts::{Test, call, says};

pub(crate) const TESTS: &[(&str, Test)] = &[
    ("two hosts: one ends (SIGTERM) under load", |lattice, counter| lose(lattice, counter, "term")),
    ("two hosts: one is lost (SIGKILL) under load", |lattice, counter| lose(lattice, counter, "kill")),
];

/// So many calls, half of them of a tool that may run twice, half of one that may not.
const CALLS: usize = 2000;

/// After so many a host goes.
const LOST_AFTER: usize = 400;

fn lose(lattice: &Lattice, counter: &Counter, signal: &str) -> Result<()> {
    let host = lattice.processes()?.into_iter().find(|process| process.name.starts_with("provider"));
    let host = host.context("no host for providers")?.name;
    let gone = AtomicBool::new(false);
    let id = |number: usize| format!("{signal}-{number}");
    let request = |number: usize| {
        let tool = if is_repeatable(number) { "record_again" } else { "record" };
        Request::call(tool, &format!(r#"{{"id":"{}","ms":10}}"#, id(number)))
    };
    let answers = load(lattice.address()?, 8, CALLS, request, |answered| {
        if answered == LOST_AFTER {
            let stopped = lattice.drive(&["host", "stop", &host, "--signal", signal]);
            gone.store(stopped.is_ok(), Ordering::Relaxed);
        }
    });
    ensure!(gone.load(Ordering::Relaxed), "the host did not stop");
    let counts = judge(&answers, counter, id);
    println!("{signal}: {counts:?}");
    ensure!(answers.len() == CALLS, "{} calls", answers.len());
    ensure!(counts.repeatable_failed == 0, "calls that may run twice failed: {:?}", counts.examples);
    ensure!(counts.ran_twice == 0, "calls that may run once ran twice: {:?}", counts.examples);
    ensure!(counts.unnamed == 0, "an outcome that nobody knows is not named: {:?}", counts.examples);
    come_back(lattice, &host)
}

fn is_repeatable(number: usize) -> bool {
    number % 2 == 0
}

#[derive(Debug, Default)]
struct Counts {
    answered: usize,
    repeatable_failed: usize,
    /// Of the calls that may run once: it is not known whether they ran, and the answer says so.
    unknown: usize,
    /// It is certain that they did not run, the answer says that, and it is so.
    not_run: usize,
    ran_twice: usize,
    unnamed: usize,
    examples: Vec<String>,
}

fn judge(answers: &[Answered], counter: &Counter, id: impl Fn(usize) -> String) -> Counts {
    let mut counts = Counts::default();
    for answer in answers {
        let (id, failure) = (id(answer.number), answer.failure());
        let runs = counter.runs(&id);
        let fault = match (&failure, is_repeatable(answer.number)) {
            (None, true) if says(answer, &id) => &mut counts.answered,
            (None, false) if says(answer, &id) && runs == 1 => &mut counts.answered,
            (_, true) => &mut counts.repeatable_failed,
            (_, false) if runs > 1 => &mut counts.ran_twice,
            (Some(text), false) if text.contains("may have run") => &mut counts.unknown,
            (Some(text), false) if text.contains("try again") && runs == 0 => &mut counts.not_run,
            (_, false) => &mut counts.unnamed,
        };
        *fault += 1;
        if failure.is_some() && counts.examples.len() < 5 {
            counts.examples.push(format!("{id}, {runs} runs: {failure:?}"));
        }
    }
    counts
}

/// A host that comes back takes part again.
fn come_back(lattice: &Lattice, lost: &str) -> Result<()> {
    let added = lattice.drive(&["host", "add", "provider"])?;
    let added = added.trim();
    ensure!(added != lost, "`{lost}` came back under its old name");
    lattice.drive(&["status"]).context("not all is there again")?;
    // Whoever is left would answer these; that the new one takes its share is for the next test to say, which loses another.
    ensure!(call(lattice, "echo", r#"{"message":"again"}"#)? == "again");
    Ok(())
}
