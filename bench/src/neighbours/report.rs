//! The neighbours' part of `RESULTS.md`.

use std::fmt::Write as _;

use super::rounds::{MAY_GROW, Pair, Row};
use crate::load::Sample;
use crate::measure::Plan;
use crate::results::NEIGHBOURS;
use crate::stats::Spread;

const HOW_TO_READ: &str = include_str!("how-to-read.md");

/// Writes the neighbours' part.
pub(crate) fn write(notes: &[String], plan: &Plan, rows: &[Row]) -> Result<String, std::fmt::Error> {
    let mut out = format!("{NEIGHBOURS}\n\nWritten by `make bench-neighbours`; do not edit.\n\n");
    for note in notes {
        writeln!(out, "- {note}")?;
    }
    let (measured, warm_up) = (plan.echo.as_secs_f64(), plan.warm_up.as_secs_f64());
    writeln!(out, "- {} rounds; each measurement {measured:.1} s, after {warm_up:.1} s of warming up\n", plan.rounds)?;
    table(&mut out, rows)?;
    out.push_str(HOW_TO_READ);
    Ok(out)
}

fn table(out: &mut String, rows: &[Row]) -> std::fmt::Result {
    writeln!(out, "## `tools/call add`, 1 connection, beside a load\n")?;
    writeln!(
        out,
        "| beside | at once | p50 ms, alone | p50 ms, beside | × alone | p99 ms, alone | p99 ms, beside | × alone | longest ms, alone | longest ms, beside | p99 grew by more than a tenth | load, turns/s | server, cores | errors |"
    )?;
    writeln!(out, "|{}", " --- |".repeat(14))?;
    for row in rows {
        let column = |field: fn(&Pair) -> f64| Spread::of(row.each(field));
        // The ratio is taken within each round, so that a disturbance that lasts longer than two measurements cancels out.
        let growth = |of: fn(&Sample) -> f64| Spread::of(row.each(|pair| of(&pair.beside) / of(&pair.alone)));
        let p99 = growth(|sample| sample.p99);
        writeln!(
            out,
            "| {} | {} | {:.3} | {:.3} | {:.2} | {:.2} | {:.2} | {p99:.2} | {:.0} | {:.0} | {} | {:.0} | {:.2} | {} |",
            row.load.title,
            row.at_once,
            column(|pair| pair.alone.p50),
            column(|pair| pair.beside.p50),
            growth(|sample| sample.p50),
            column(|pair| pair.alone.p99),
            column(|pair| pair.beside.p99),
            column(|pair| pair.alone.longest),
            column(|pair| pair.beside.longest),
            verdict(&p99),
            column(|pair| pair.tally.rate).median,
            column(|pair| pair.beside.busy).median,
            row.errors() + row.failures()
        )?;
    }
    writeln!(out)
}

/// Whether a percentile grew by more than it may. It did not if the median of the rounds did not.
fn verdict(growth: &Spread) -> &'static str {
    if growth.median <= MAY_GROW { "no" } else { "**yes**" }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tenth_is_allowed_and_what_was_not_measured_is_no_pass() {
        for (rounds, said) in [
            (vec![1.0, 1.1, 3.0], "no"),
            (vec![1.0, 1.11, 1.2], "**yes**"),
            (vec![0.5], "no"),
            (vec![], "**yes**"),
            (vec![f64::NAN, f64::NAN], "**yes**"),
        ] {
            assert_eq!(verdict(&Spread::of(rounds.clone())), said, "{rounds:?}");
        }
    }
}
