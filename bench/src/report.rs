//! The tables of `RESULTS.md`.

mod secured;

use std::fmt::Write as _;

use crate::load::{PACED_RATE, Sample};
use crate::measure::{Cell, Measurements, Plan};
use crate::requests::Workload;
use crate::servers::Server;
use crate::stats::Spread;
use crate::table::{self, Column, Line};

/// What is measured of the file of five providers.
pub(crate) const OF_FIVE: [Cell; 2] = [(Workload::Echo, 1), (Workload::Echo, 16)];

const HOW_TO_READ: &str = include_str!("how-to-read.md");

/// Writes the main part of the document.
pub(crate) fn write(
    machine: &[String],
    plan: &Plan,
    rows: &[(Server, Measurements)],
    decisions: &str,
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
    paced(&mut out, rows)?;
    table(&mut out, "`tools/call echo`, asked as a client of 2025-11-25", (Workload::Legacy, 16), rows)?;
    for connections in [1, 16, 64] {
        table(&mut out, "`tools/call get_weather`, 2 × 10 ms upstream", (Workload::Weather, connections), rows)?;
    }
    providers(&mut out, rows)?;
    secured::policy(&mut out, rows)?;
    secured::tokens(&mut out, rows)?;
    out.push_str(decisions);
    start(&mut out, rows)?;
    out.push_str(HOW_TO_READ);
    Ok(out)
}

fn table(out: &mut String, title: &str, cell: Cell, rows: &[(Server, Measurements)]) -> std::fmt::Result {
    let columns = [
        Column::rate(),
        Column::ratio("× rmcp", 0, |sample| sample.rate),
        Column::p50(),
        Column::p99(),
        Column::cpu(),
        Column::share("core busy", |sample| sample.busy),
        Column::errors(),
    ];
    let rmcp = samples(rows, Server::Rmcp, cell);
    let is_open = |server: Server| server.algorithm().is_none() && server != Server::FreshOfFive;
    let open = rows.iter().filter(|(server, seen)| is_open(*server) && seen.samples.contains_key(&cell));
    let line = |(server, _): &(Server, Measurements)| Line {
        title: server.title(),
        samples: samples(rows, *server, cell),
        others: vec![rmcp],
    };
    let heading = format!("{title}, {}", table::connections(cell.1));
    table::write(out, &heading, &columns, &open.map(line).collect::<Vec<_>>())
}

/// What a call costs where the load does not send as many requests as it can.
fn paced(out: &mut String, rows: &[(Server, Measurements)]) -> std::fmt::Result {
    let columns = [
        Column::rate(),
        Column::p50(),
        Column::p99(),
        Column::cpu(),
        Column::ratio("× CPU of rmcp", 0, |sample| sample.cpu),
        Column::share("core busy", |sample| sample.busy),
        Column::errors(),
    ];
    let cell = (Workload::Paced, 64);
    let rmcp = samples(rows, Server::Rmcp, cell);
    let measured = rows.iter().filter(|(_, seen)| seen.samples.contains_key(&cell));
    let line = |(server, _): &(Server, Measurements)| Line {
        title: server.title(),
        samples: samples(rows, *server, cell),
        others: vec![rmcp],
    };
    let heading =
        format!("`tools/call echo` at a fixed rate of {PACED_RATE} requests/s, {}", table::connections(cell.1));
    table::write(out, &heading, &columns, &measured.map(line).collect::<Vec<_>>())
}

/// What other providers in one file cost a call that they have no part in.
fn providers(out: &mut String, rows: &[(Server, Measurements)]) -> std::fmt::Result {
    let columns = [
        Column::rate(),
        Column::p50(),
        Column::cpu(),
        Column::ratio("× CPU of the file of one", 0, |sample| sample.cpu),
        Column::errors(),
    ];
    for cell in OF_FIVE {
        let one = samples(rows, Server::Fresh, cell);
        let lines = [Server::Fresh, Server::FreshOfFive].map(|server| Line {
            title: server.title(),
            samples: samples(rows, server, cell),
            others: vec![one],
        });
        let heading = format!("One file of five providers, `echo`, {}", table::connections(cell.1));
        table::write(out, &heading, &columns, &lines)?;
    }
    Ok(())
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
