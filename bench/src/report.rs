//! The tables of `RESULTS.md`.

use std::fmt::Write as _;

use crate::load::Sample;
use crate::measure::{Cell, Measurements, Plan};
use crate::requests::Workload;
use crate::servers::Server;
use crate::stats::Spread;

const HOW_TO_READ: &str = include_str!("how-to-read.md");

/// Writes the main part of the document.
pub(crate) fn write(
    machine: &[String],
    plan: &Plan,
    rows: &[(Server, Measurements)],
) -> Result<String, std::fmt::Error> {
    let mut out = String::from("# Benchmark\n\nWritten by `make bench`; do not edit.\n\n");
    for line in machine {
        writeln!(out, "- {line}")?;
    }
    writeln!(
        out,
        "- {} rounds; each measurement {:.1} s of `echo` or {:.1} s of `get_weather`, after {:.1} s of warming up\n",
        plan.rounds,
        plan.echo.as_secs_f64(),
        plan.weather.as_secs_f64(),
        plan.warm_up.as_secs_f64()
    )?;
    for connections in [1, 16, 64] {
        table(&mut out, "`tools/call echo`", (Workload::Echo, connections), rows)?;
    }
    table(&mut out, "`tools/call echo`, asked as a client of 2025-11-25", (Workload::Legacy, 16), rows)?;
    for connections in [1, 16, 64] {
        table(&mut out, "`tools/call get_weather`, 2 × 10 ms upstream", (Workload::Weather, connections), rows)?;
    }
    for connections in [1, 16, 64] {
        tokens(&mut out, (Workload::Echo, connections), rows)?;
    }
    start(&mut out, rows)?;
    out.push_str(HOW_TO_READ);
    Ok(out)
}

fn table(out: &mut String, title: &str, cell: Cell, rows: &[(Server, Measurements)]) -> std::fmt::Result {
    let connections = cell.1;
    writeln!(out, "## {title}, {connections} connection{}\n", plural(connections))?;
    writeln!(out, "| server | req/s | × rmcp | p50 ms | p99 ms | CPU µs/req | core busy | errors |")?;
    writeln!(out, "| --- | --- | --- | --- | --- | --- | --- | --- |")?;
    let rmcp = samples(rows, Server::Rmcp, cell);
    for (server, seen) in rows.iter().filter(|(server, _)| server.algorithm().is_none()) {
        let Some(samples) = seen.samples.get(&cell) else { continue };
        let column = |field: fn(&Sample) -> f64| Spread::of(samples.iter().map(field).collect());
        // The ratio is taken within each round, so that a disturbance that lasts longer than a round cancels out.
        let ratio = Spread::of(samples.iter().zip(rmcp).map(|(ours, theirs)| ours.rate / theirs.rate).collect());
        writeln!(
            out,
            "| {} | {:.0} | {:.2} | {:.3} | {:.2} | {:.1} | {:.0} % | {} |",
            server.title(),
            column(|sample| sample.rate),
            ratio,
            column(|sample| sample.p50),
            column(|sample| sample.p99),
            column(|sample| sample.cpu),
            column(|sample| sample.busy * 100.0).median,
            samples.iter().map(|sample| sample.errors).sum::<u64>()
        )?;
    }
    writeln!(out)
}

/// Servers that ask for tokens, each relative to itself without them.
fn tokens(out: &mut String, cell: Cell, rows: &[(Server, Measurements)]) -> std::fmt::Result {
    let connections = cell.1;
    writeln!(out, "## Tokens of 1,000 principals, `echo`, {connections} connection{}\n", plural(connections))?;
    writeln!(out, "| server | req/s | × without tokens | p50 ms | CPU µs/req | × without tokens | errors |")?;
    writeln!(out, "| --- | --- | --- | --- | --- | --- | --- |")?;
    for (server, seen) in rows.iter().filter(|(server, _)| server.algorithm().is_some()) {
        let Some(secured) = seen.samples.get(&cell) else { continue };
        let open = samples(rows, server.open(), cell);
        let column = |field: fn(&Sample) -> f64| Spread::of(secured.iter().map(field).collect());
        let ratio = |field: fn(&Sample) -> f64| {
            Spread::of(secured.iter().zip(open).map(|(with, without)| field(with) / field(without)).collect())
        };
        writeln!(
            out,
            "| {} | {:.0} | {:.2} | {:.3} | {:.1} | {:.2} | {} |",
            server.title(),
            column(|sample| sample.rate),
            ratio(|sample| sample.rate),
            column(|sample| sample.p50),
            column(|sample| sample.cpu),
            ratio(|sample| sample.cpu),
            secured.iter().map(|sample| sample.errors).sum::<u64>()
        )?;
    }
    writeln!(out)
}

fn plural(count: u64) -> &'static str {
    if count == 1 { "" } else { "s" }
}

fn samples(rows: &[(Server, Measurements)], wanted: Server, cell: Cell) -> &[Sample] {
    let row = rows.iter().find(|(server, _)| *server == wanted);
    row.and_then(|(_, seen)| seen.samples.get(&cell)).map_or(&[], Vec::as_slice)
}

fn start(out: &mut String, rows: &[(Server, Measurements)]) -> std::fmt::Result {
    writeln!(out, "## Start and memory\n")?;
    writeln!(
        out,
        "| server | first answer after start, ms | the first start of all, ms | RSS after it, MB | highest RSS, MB |"
    )?;
    writeln!(out, "| --- | --- | --- | --- | --- |")?;
    for (server, seen) in rows {
        writeln!(
            out,
            "| {} | {:.1} | {:.0} | {:.1} | {:.1} |",
            server.title(),
            Spread::of(seen.first.clone()),
            seen.first_ever,
            Spread::of(seen.memory.clone()),
            Spread::of(seen.peak.clone())
        )?;
    }
    writeln!(out)
}
