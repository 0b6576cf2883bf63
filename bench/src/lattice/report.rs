//! The lattice's part of `RESULTS.md`.

use std::fmt::Write as _;

use super::deployment::{Deployment, Role};
use super::rounds::{CONNECTIONS, Row};
use super::router;
use crate::load::Sample;
use crate::measure::{Cell, Plan};
use crate::requests::Workload;
use crate::results::LATTICE;
use crate::stats::Spread;
use crate::table::{self, Column, Line};

/// What a lattice that asks for tokens should reach of the rate of the open one.
const LEAST: f64 = 0.7;

const HOW_TO_READ: &str = include_str!("how-to-read.md");

/// The columns of the table of CPU time.
const COLUMNS: [(Role, usize, &str); 6] = [
    (Role::Front, 0, "edge host or `wasmtime`"),
    (Role::Nats, 0, "NATS"),
    (Role::Wadm, 0, "wadm"),
    (Role::Provider, 0, "provider host 1"),
    (Role::Provider, 1, "provider host 2"),
    (Role::State, 0, "state provider"),
];

/// Writes the lattice's part.
pub(crate) fn write(notes: &[String], plan: &Plan, rows: &[Row]) -> Result<String, std::fmt::Error> {
    let mut out = format!("{LATTICE}\n\nWritten by `make bench-lattice`; do not edit.\n\n");
    for note in notes {
        writeln!(out, "- {note}")?;
    }
    let (measured, warm_up) = (plan.echo.as_secs_f64(), plan.warm_up.as_secs_f64());
    writeln!(out, "- {} rounds; each measurement {measured:.1} s, after {warm_up:.1} s of warming up\n", plan.rounds)?;
    for connections in CONNECTIONS {
        let cell = (Workload::Echo, connections);
        speed(&mut out, cell, rows.iter().filter(|row| row.deployment.algorithm().is_none()))?;
    }
    for connections in CONNECTIONS {
        secured(&mut out, (Workload::Echo, connections), rows)?;
    }
    processes(&mut out, rows)?;
    router(&mut out, rows)?;
    out.push_str(HOW_TO_READ);
    Ok(out)
}

fn speed<'a>(out: &mut String, cell: Cell, rows: impl Iterator<Item = &'a Row>) -> std::fmt::Result {
    let columns = [Column::rate(), Column::p50(), Column::p99(), Column::cpu(), Column::errors()];
    let lines = rows.map(|row| line(row, cell, Vec::new())).collect::<Vec<_>>();
    table::write(out, &format!("`tools/call echo`, {}", table::connections(cell.1)), &columns, &lines)
}

/// Lattices that ask for tokens, relative to the open one with as many hosts.
fn secured(out: &mut String, cell: Cell, rows: &[Row]) -> std::fmt::Result {
    let columns = [
        Column::rate(),
        Column::aim("× the open lattice; aim: 0.70", 0, |sample| sample.rate, LEAST),
        Column::p50(),
        Column::p99(),
        Column::cpu(),
        Column::ratio("× the open lattice", 0, |sample| sample.cpu),
        Column::errors(),
    ];
    let open = rows.iter().find(|row| row.deployment == Deployment::Linked(1));
    let open = open.and_then(|row| row.samples.get(&cell)).map_or(&[][..], Vec::as_slice);
    let secured = rows.iter().filter(|row| row.deployment.algorithm().is_some());
    let lines = secured.map(|row| line(row, cell, vec![open])).collect::<Vec<_>>();
    let heading = format!("Tokens of 1,000 principals, 1 provider host, `echo`, {}", table::connections(cell.1));
    table::write(out, &heading, &columns, &lines)
}

fn line<'a>(row: &'a Row, cell: Cell, others: Vec<&'a [Sample]>) -> Line<'a> {
    let samples = row.samples.get(&cell).map_or(&[][..], Vec::as_slice);
    Line { title: row.deployment.title(), samples, others }
}

fn processes(out: &mut String, rows: &[Row]) -> std::fmt::Result {
    writeln!(out, "## CPU per `echo` on every process, µs, and who took the calls\n")?;
    let titles = COLUMNS.map(|(_, _, title)| title).join(" | ");
    writeln!(out, "| server | connections | {titles} | share of provider host 1 : 2 |")?;
    writeln!(out, "| --- | ---{} | --- |", " | ---".repeat(COLUMNS.len()))?;
    for row in rows {
        for connections in CONNECTIONS {
            let cell = (Workload::Echo, connections);
            write!(out, "| {} | {connections} |", row.deployment.title())?;
            for (role, number, _) in COLUMNS {
                match row.cpu(cell, role, number) {
                    Some(rounds) => write!(out, " {:.0} |", Spread::of(rounds))?,
                    None => write!(out, " |")?,
                }
            }
            writeln!(out, " {} |", shares(row, cell))?;
        }
        write!(out, "| {} | at rest, % of a core |", row.deployment.title())?;
        for (role, number, _) in COLUMNS {
            match row.place(role, number).and_then(|index| row.idle.get(index)) {
                Some(idle) => write!(out, " {:.1} % |", idle * 100.0)?,
                None => write!(out, " |")?,
            }
        }
        writeln!(out, " |")?;
    }
    writeln!(out)
}

/// The shares of the two hosts. All calls cost the same, so a host's share of the CPU time is its share of the calls.
fn shares(row: &Row, cell: Cell) -> String {
    let (Some(first), Some(second)) = (row.cpu(cell, Role::Provider, 0), row.cpu(cell, Role::Provider, 1)) else {
        return String::new();
    };
    let shares = first.iter().zip(&second).map(|(first, second)| first / (first + second) * 100.0);
    let spread = Spread::of(shares.collect());
    format!("{:.0} : {:.0} [{:.0}–{:.0} %]", spread.median, 100.0 - spread.median, spread.min, spread.max)
}

fn router(out: &mut String, rows: &[Row]) -> std::fmt::Result {
    let Some(rows) = router::Rows::among(rows) else { return Ok(()) };
    writeln!(out, "## What the router costs, µs of CPU per request\n")?;
    writeln!(out, "| |{}", CONNECTIONS.map(|count| format!(" {count} conn. |")).concat())?;
    writeln!(out, "| ---{} |", " | ---".repeat(CONNECTIONS.len()))?;
    for line in &router::LINES {
        let cells = CONNECTIONS.map(|count| format!(" {:.0} |", rows.cell(line, count))).concat();
        writeln!(out, "| {} |{cells}", line.0)?;
    }
    writeln!(out)
}
