//! The languages' part of `RESULTS.md`.

use std::fmt::Write as _;
use std::time::Duration;

use super::rounds::{CELLS, RUN_IN};
use super::rows::{Language, Row};
use crate::load::Sample;
use crate::measure::{Cell, Measurements, Plan};
use crate::results::LANGUAGES;
use crate::stats::Spread;
use crate::table::{self, Column, Line};

const HOW_TO_READ: &str = include_str!("how-to-read.md");

/// What was measured of the components themselves.
pub(crate) struct Components {
    /// Their sizes in bytes.
    pub(crate) sizes: Vec<(Language, u64)>,
    /// How long each build took; none if builds were left out.
    pub(crate) builds: Vec<(Language, Duration)>,
}

/// Writes the languages' part.
pub(crate) fn write(
    notes: &[String],
    plan: &Plan,
    rows: &[(Row, Measurements)],
    components: &Components,
) -> Result<String, std::fmt::Error> {
    let mut out = format!("{LANGUAGES}\n\nWritten by `make bench-languages`; do not edit.\n\n");
    for note in notes {
        writeln!(out, "- {note}")?;
    }
    let (measured, warm_up) = (plan.echo.as_secs_f64(), plan.warm_up.as_secs_f64());
    writeln!(
        out,
        "- {} rounds; each measurement {measured:.1} s, after {warm_up:.1} s of warming up, and of a peer after {RUN_IN} calls besides\n",
        plan.rounds
    )?;
    for cell in CELLS {
        speed(&mut out, cell, rows)?;
    }
    start(&mut out, rows, components)?;
    out.push_str(HOW_TO_READ);
    Ok(out)
}

fn speed(out: &mut String, cell: Cell, rows: &[(Row, Measurements)]) -> std::fmt::Result {
    let columns = [
        Column::rate(),
        Column::ratio("× Python SDK", 0, |sample| sample.rate),
        Column::ratio("× TypeScript SDK", 1, |sample| sample.rate),
        Column::p50(),
        Column::p99(),
        Column::cpu(),
        Column::errors(),
    ];
    let others = [Row::PythonSdk, Row::TypeScriptSdk].map(|peer| samples(rows, peer, cell)).to_vec();
    let line = |(row, _): &(Row, Measurements)| Line {
        title: row.title(),
        samples: samples(rows, *row, cell),
        others: others.clone(),
    };
    let lines = rows.iter().map(line).collect::<Vec<_>>();
    table::write(out, &format!("`tools/call echo`, {}", table::connections(cell.1)), &columns, &lines)
}

fn samples(rows: &[(Row, Measurements)], wanted: Row, cell: Cell) -> &[Sample] {
    let row = rows.iter().find(|(row, _)| *row == wanted);
    row.and_then(|(_, seen)| seen.samples.get(&cell)).map_or(&[], Vec::as_slice)
}

fn start(out: &mut String, rows: &[(Row, Measurements)], components: &Components) -> std::fmt::Result {
    writeln!(out, "## Component, start and memory\n")?;
    writeln!(
        out,
        "| server | component | `wasmcp build` after a change, s | the first start of all, ms | first answer after start, ms | RSS after it, MB | highest RSS, MB |"
    )?;
    writeln!(out, "|{}", " --- |".repeat(7))?;
    for (row, seen) in rows {
        writeln!(
            out,
            "| {} | {} | {} | {:.0} | {:.1} | {:.1} | {:.1} |",
            row.title(),
            of(&components.sizes, *row).map_or("–".to_owned(), size),
            of(&components.builds, *row).map_or("–".to_owned(), |time| format!("{:.1}", time.as_secs_f64())),
            seen.first_ever,
            Spread::of(seen.first.clone()),
            Spread::of(seen.memory.clone()),
            Spread::of(seen.peak.clone())
        )?;
    }
    writeln!(out)
}

/// What is known of the language of a row.
fn of<T: Copy>(known: &[(Language, T)], row: Row) -> Option<T> {
    known.iter().find(|(language, _)| row == Row::Provider(*language)).map(|(_, value)| *value)
}

/// A size for people.
fn size(bytes: u64) -> String {
    match bytes {
        0..1_000_000 => format!("{} kB", bytes.div_ceil(1000)),
        _ => format!("{:.1} MB", bytes as f64 / 1e6),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_size_has_the_unit_that_suits_it() {
        for (bytes, text) in [(0, "0 kB"), (301_001, "302 kB"), (999_000, "999 kB"), (1_340_000, "1.3 MB")] {
            assert_eq!(size(bytes), text);
        }
    }

    #[test]
    fn a_row_has_what_is_known_of_its_language_and_a_peer_has_nothing() {
        let known = [(Language::Rust, 1), (Language::Python, 2)];
        for (row, value) in
            [(Row::Provider(Language::Python), Some(2)), (Row::Provider(Language::Go), None), (Row::PythonSdk, None)]
        {
            assert_eq!(of(&known, row), value, "{row:?}");
        }
    }
}
