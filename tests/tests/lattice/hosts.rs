//! Tests with two hosts for providers: conversations, calls that fail, and clients that NATS must refuse.

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader, Write};
use std::net::TcpStream;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail, ensure};
use serde_json::{Value, json};
use wasmcp_tests::{CallOutcome, Client, Counter, Lattice, Request, Task, load, processes_with};

/// A test of a lattice that runs.
pub(crate) type Test = fn(&Lattice, &Counter) -> Result<()>;

pub(crate) const TESTS: &[(&str, Test)] = &[
    ("two hosts: the official clients call both providers", clients),
    ("two hosts: the driver's status shows hosts, links, and which provider serves which tool", status),
    (
        "two hosts: each has the time limit of a call, and no second edge is started on the address of the first",
        time_limits,
    ),
    ("two hosts: a call that fails is an error within its time, and other calls continue", failing_calls),
    ("two hosts: 20,000 calls by 8 clients, none failed, none late, and both hosts worked", twenty_thousand),
    ("two hosts: a client without credentials is refused by NATS", foreign),
];

fn clients(lattice: &Lattice, _: &Counter) -> Result<()> {
    Client::all().try_for_each(|client| {
        client.run(&lattice.url, Task::Tools).with_context(|| format!("{}, {}", client.language, client.mode))
    })
}

fn status(lattice: &Lattice, _: &Counter) -> Result<()> {
    let status: Value = serde_json::from_str(&lattice.drive(&["status", "--json"])?)?;
    let list = |name: &str| status.get(name).and_then(Value::as_array).with_context(|| format!("no {name}: {status}"));
    ensure!(list("hosts")?.len() == 3, "{status}");
    ensure!(list("missing")?.is_empty(), "{status}");
    let link = list("links")?.iter().find(|link| link["name"] == "calculator");
    ensure!(
        link.is_some_and(|link| link["source"] == "wasmcp-transport" && link["target"] == "wasmcp-calculator"),
        "{status}"
    );
    let provider = list("providers")?.iter().find(|provider| provider["name"] == "calculator");
    let provider = provider.with_context(|| format!("no calculator: {status}"))?;
    ensure!(
        provider["hosts"] == 2 && provider["tools"] == json!(["add", "subtract", "multiply", "divide"]),
        "{status}"
    );
    let text = lattice.drive(&["status"])?;
    for part in ["edge", "provider-1", "provider-2", "wasmcp-transport → wasmcp-calculator", "add, subtract"] {
        ensure!(text.contains(part), "no `{part}` in:\n{text}");
    }
    Ok(())
}

fn time_limits(lattice: &Lattice, _: &Counter) -> Result<()> {
    // The limit of a host is five seconds longer than the timeout: eight seconds in this manifest, ten minutes by default.
    let limited_to = |ms: u32| processes_with(&format!("WASMCLOUD_MAX_EXECUTION_TIME_MS={ms}"));
    let (providers, edges) = (limited_to(13_000)?, limited_to(605_000)?);
    for process in lattice.processes()? {
        let pid = u32::try_from(process.pid)?;
        let wanted = (process.name.starts_with("provider"), process.name.starts_with("edge"));
        ensure!((providers.contains(&pid), edges.contains(&pid)) == wanted, "{process:?}: {providers:?}, {edges:?}");
    }
    match lattice.drive(&["host", "add", "edge"]) {
        Ok(name) => bail!("{name} was started"),
        Err(error) => {
            ensure!(format!("{error:#}").contains("edge-1 listens where this one would: stop it"), "{error:#}")
        }
    }
    Ok(())
}

/// Each of these calls fails with its error within its time in seconds.
fn failing_calls(lattice: &Lattice, counter: &Counter) -> Result<()> {
    let cases = [
        ("trap", "{}", "provider `hostile`: the connection closed before a result. The tool `trap` may have run", 4),
        (
            "record",
            r#"{"id":"long","ms":60000}"#,
            "provider `run-counter`: there was no result in time. The tool `record` may have run",
            12,
        ),
        ("flood", r#"{"bytes":20000000}"#, "a link of the lattice carries 8388608 at most", 8),
        ("babble", "{}", "the provider answered what the contract does not allow", 4),
        ("nothing", "{}", "unknown tool: `nothing`", 4),
    ];
    for (tool, arguments, expected, seconds) in cases {
        let begun = Instant::now();
        let answer = Request::call(tool, arguments).send(lattice.address()?)?.json()?;
        let message = answer.pointer("/error/message").and_then(Value::as_str).unwrap_or_default();
        ensure!(message.contains(expected), "{tool}: {answer}");
        // This is a deadline and no measure of speed: the call has eight seconds, and one more attempt if no host accepted it.
        ensure!(begun.elapsed() < Duration::from_secs(seconds), "{tool}: {:?}", begun.elapsed());
        ensure!(call(lattice, "echo", r#"{"message":"still there"}"#)? == "still there", "after {tool}");
    }
    ensure!(counter.runs("long") == 1, "the call that was too long ran {} times", counter.runs("long"));
    Ok(())
}

/// Half of the calls are of a tool that may run twice, and so are sent in one message, half are of one that may not.
fn twenty_thousand(lattice: &Lattice, _: &Counter) -> Result<()> {
    let before = work(lattice)?;
    let id = |number: usize| format!("many-{number}");
    let request = |number: usize| match number % 2 {
        0 => Request::call("echo", &format!(r#"{{"message":"{}"}}"#, id(number))),
        _ => Request::call("once", &format!(r#"{{"id":"{}"}}"#, id(number))),
    };
    let answers = load(lattice.address()?, 8, 20_000, request, |_| ());
    let spent = since(&before, work(lattice)?);
    let wrong: Vec<_> = answers.iter().filter(|answer| !says(answer, &id(answer.number))).collect();
    let longest = answers.iter().map(|answer| answer.took).max().unwrap_or_default();
    println!("calls: {}, failed: {}, longest: {longest:?}, ticks by host: {spent:?}", answers.len(), wrong.len());
    ensure!(answers.len() == 20_000, "{} calls", answers.len());
    ensure!(wrong.is_empty(), "{} calls failed, the first: {:?}", wrong.len(), wrong.first());
    ensure!(longest < Duration::from_secs(8), "a call took {longest:?}");
    let least = spent.values().min().copied().unwrap_or_default();
    ensure!(least * 5 > spent.values().sum(), "a host did less than a fifth of the work: {spent:?}");
    Ok(())
}

/// The CPU time of each provider host, in ticks.
pub(crate) fn work(lattice: &Lattice) -> Result<BTreeMap<String, u64>> {
    let processes = lattice.processes()?;
    let hosts = processes.iter().filter(|process| process.name.starts_with("provider"));
    hosts
        .map(|host| {
            let stat = std::fs::read_to_string(format!("/proc/{}/stat", host.pid))?;
            let fields: Vec<_> = stat.rsplit(')').next().unwrap_or_default().split_whitespace().collect();
            // proc(5): utime and stime are fields 14 and 15; this list begins with field 3.
            let ticks = |field: usize| fields.get(field - 3).and_then(|text| text.parse::<u64>().ok()).unwrap_or(0);
            Ok((host.name.clone(), ticks(14) + ticks(15)))
        })
        .collect()
}

/// The CPU time of each host since `before`, in ticks.
pub(crate) fn since(before: &BTreeMap<String, u64>, now: BTreeMap<String, u64>) -> BTreeMap<String, u64> {
    let spent = |name: &String, ticks: u64| ticks.saturating_sub(before.get(name).copied().unwrap_or_default());
    now.into_iter().map(|(name, ticks)| (name.clone(), spent(&name, ticks))).collect()
}

fn foreign(lattice: &Lattice, _: &Counter) -> Result<()> {
    let state = lattice.state()?;
    let stream = TcpStream::connect(state["nats"].as_str().context("no address of NATS")?)?;
    stream.set_read_timeout(Some(Duration::from_secs(10)))?;
    (&stream)
        .write_all(b"CONNECT {\"verbose\":true}\r\nPUB default.wasmcp-calculator.wrpc.0.0.1.x 1\r\nx\r\nPING\r\n")?;
    for line in BufReader::new(&stream).lines() {
        match line?.as_str() {
            line if line.starts_with("-ERR 'Authorization Violation'") => return Ok(()),
            line if line.starts_with("INFO") => {}
            other => bail!("NATS says {other}"),
        }
    }
    bail!("NATS said nothing of authorization")
}

/// The text that a tool answers.
pub(crate) fn call(lattice: &Lattice, tool: &str, arguments: &str) -> Result<String> {
    let answer = Request::call(tool, arguments).send(lattice.address()?)?.json()?;
    let text = answer.pointer("/result/content/0/text").and_then(Value::as_str);
    Ok(text.map_or_else(|| answer.to_string(), str::to_owned))
}

/// Whether the answer is this text.
pub(crate) fn says(answer: &CallOutcome, text: &str) -> bool {
    let said = answer.message.as_ref().ok().and_then(|message| message.pointer("/result/content/0/text"));
    said.and_then(Value::as_str) == Some(text)
}
