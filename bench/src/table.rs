//! A table of servers as a list of columns.

use std::fmt::Write as _;

use crate::load::Sample;
use crate::stats::Spread;

/// A number of a sample.
type Field = fn(&Sample) -> f64;

/// A line of a table.
pub(crate) struct Line<'a> {
    pub(crate) title: &'a str,
    /// What was measured of the server, one sample for each round.
    pub(crate) samples: &'a [Sample],
    /// What was measured of those that it is compared with, in the order in which columns count them.
    pub(crate) others: Vec<&'a [Sample]>,
}

/// A column of a table: its title, and its cell in a line.
pub(crate) struct Column {
    title: &'static str,
    cell: Box<dyn Fn(&Line<'_>) -> String>,
}

impl Column {
    fn new(title: &'static str, cell: impl Fn(&Line<'_>) -> String + 'static) -> Self {
        Self { title, cell: Box::new(cell) }
    }

    /// Right answers per second.
    pub(crate) fn rate() -> Self {
        Self::value("req/s", 0, |sample| sample.rate)
    }

    /// Median latency.
    pub(crate) fn p50() -> Self {
        Self::value("p50 ms", 3, |sample| sample.p50)
    }

    /// The 99th percentile of the latency.
    pub(crate) fn p99() -> Self {
        Self::value("p99 ms", 2, |sample| sample.p99)
    }

    /// CPU time of the server for each right answer.
    pub(crate) fn cpu() -> Self {
        Self::value("CPU µs/req", 1, |sample| sample.cpu)
    }

    /// A number with its spread over the rounds.
    pub(crate) fn value(title: &'static str, digits: usize, field: Field) -> Self {
        Self::new(title, move |line| format!("{:.digits$}", of(line.samples, field)))
    }

    /// The median of a share, in percent.
    pub(crate) fn share(title: &'static str, field: Field) -> Self {
        Self::new(title, move |line| format!("{:.0} %", of(line.samples, field).median * 100.0))
    }

    /// A number relative to that of another server.
    pub(crate) fn ratio(title: &'static str, other: usize, field: Field) -> Self {
        Self::new(title, move |line| format!("{:.2}", ratio(line.samples, line.other(other), field)))
    }

    /// The same, and whether it is at least what is aimed at.
    pub(crate) fn aim(title: &'static str, other: usize, field: Field, least: f64) -> Self {
        Self::new(title, move |line| {
            let reached = ratio(line.samples, line.other(other), field);
            format!("{reached:.2}{}", verdict(&reached, Some(least)))
        })
    }

    /// By how much a number is larger than that of another server.
    pub(crate) fn difference(title: &'static str, other: usize, field: Field) -> Self {
        Self::new(title, move |line| {
            let pairs = line.samples.iter().zip(line.other(other));
            format!("{:.1}", Spread::of(pairs.map(|(this, other)| field(this) - field(other)).collect()))
        })
    }

    /// How many answers were wrong or missing.
    pub(crate) fn errors() -> Self {
        Self::new("errors", |line| line.samples.iter().map(|sample| sample.errors).sum::<u64>().to_string())
    }
}

impl Line<'_> {
    fn other(&self, index: usize) -> &[Sample] {
        self.others.get(index).copied().unwrap_or_default()
    }
}

/// Writes a table below a heading; nothing if it has no lines.
pub(crate) fn write(out: &mut String, heading: &str, columns: &[Column], lines: &[Line<'_>]) -> std::fmt::Result {
    if lines.is_empty() {
        return Ok(());
    }
    let titles: Vec<_> = columns.iter().map(|column| column.title).collect();
    writeln!(out, "## {heading}\n\n| server | {} |", titles.join(" | "))?;
    writeln!(out, "| ---{} |", " | ---".repeat(columns.len()))?;
    for line in lines {
        let cells: Vec<_> = columns.iter().map(|column| (column.cell)(line)).collect();
        writeln!(out, "| {} | {} |", line.title, cells.join(" | "))?;
    }
    writeln!(out)
}

/// `1 connection`, `16 connections`.
pub(crate) fn connections(count: u64) -> String {
    format!("{count} connection{}", if count == 1 { "" } else { "s" })
}

fn of(samples: &[Sample], field: Field) -> Spread {
    Spread::of(samples.iter().map(field).collect())
}

/// The ratio is taken within each round, so that a disturbance that lasts longer than a round cancels out.
pub(crate) fn ratio(these: &[Sample], others: &[Sample], field: Field) -> Spread {
    Spread::of(these.iter().zip(others).map(|(this, other)| field(this) / field(other)).collect())
}

/// Whether the median of the rounds is what it should be.
pub(crate) fn verdict(reached: &Spread, least: Option<f64>) -> &'static str {
    match least {
        None => "",
        Some(least) if reached.median >= least => ", reached",
        Some(_) => ", **missed**",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn samples(rates: [f64; 3]) -> Vec<Sample> {
        let sample = |rate| Sample {
            rate,
            p50: 1.0,
            p99: 1.0,
            longest: 1.0,
            cpu: 1e6 / rate,
            parts: Vec::new(),
            busy: 0.5,
            errors: 1,
        };
        rates.map(sample).to_vec()
    }

    #[test]
    fn a_line_has_the_median_of_the_rounds_and_of_the_ratios_of_each_round() {
        let (these, those) = (samples([54.0, 95.0, 80.0]), samples([60.0, 100.0, 100.0]));
        let cases = [
            (Column::rate(), "80 [54–95]"),
            (Column::ratio("", 0, |sample| sample.rate), "0.90 [0.80–0.95]"),
            (Column::aim("", 0, |sample| sample.rate, 0.9), "0.90 [0.80–0.95], reached"),
            (Column::aim("", 0, |sample| sample.rate, 0.91), "0.90 [0.80–0.95], **missed**"),
            (Column::difference("", 0, |sample| sample.rate), "-6.0 [-20.0–-5.0]"),
            (Column::share("", |sample| sample.busy), "50 %"),
            (Column::errors(), "3"),
            // What was not measured has no ratio.
            (Column::aim("", 1, |sample| sample.rate, 0.9), "NaN [NaN–NaN], **missed**"),
        ];
        let line = Line { title: "a", samples: &these, others: vec![&those] };
        for (column, cell) in cases {
            assert_eq!((column.cell)(&line), cell, "{}", column.title);
        }
    }

    #[test]
    fn what_was_not_measured_is_not_reached() {
        assert_eq!(verdict(&Spread::of(Vec::new()), Some(0.9)), ", **missed**");
    }
}
