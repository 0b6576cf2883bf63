//! What the router costs: no process is the router alone, so it is what is left when all else is taken away.

use super::rounds::Row;
use super::shape::{Part, Shape};
use crate::requests::Workload;
use crate::spread::Spread;

/// A line of the table: what it is, and the number for each count of connections, in each round.
type Line = (&'static str, fn(&Rows<'_>, u64) -> Vec<f64>);

/// The lines of the table.
pub(crate) const LINES: [Line; 7] = [
    ("a. edge host of the lattice, `ping`: HTTP server and transport", |rows, n| {
        Rows::front(rows.linked, (Workload::Ping, n))
    }),
    ("b. the same, `echo`: also protocol work, router, and the host's side of the call", |rows, n| {
        Rows::front(rows.linked, (Workload::Echo, n))
    }),
    ("c. the one file on a host, `ping`: HTTP server and transport", |rows, n| {
        Rows::front(rows.one_file, (Workload::Ping, n))
    }),
    ("d. the same, `echo`: also protocol work, and the provider in the same instance", |rows, n| {
        Rows::front(rows.one_file, (Workload::Echo, n))
    }),
    ("**router and the edge host's side of the call**: (b − a) − (d − c)", |rows, n| rows.router(n)),
    ("**the whole link**: `echo` on all processes of the lattice, less that on all of the one file's", |rows, n| {
        minus(
            &rows.linked.each((Workload::Echo, n), |sample| sample.cpu),
            &rows.one_file.each((Workload::Echo, n), |sample| sample.cpu),
        )
    }),
    ("the same as time: p50 of the lattice less p50 of the one file, µs", |rows, n| {
        let p50 = |row: &Row| row.each((Workload::Echo, n), |sample| sample.p50 * 1e3);
        minus(&p50(rows.linked), &p50(rows.one_file))
    }),
];

/// The two that are compared: the same host, once with the parts and once with the one file.
pub(crate) struct Rows<'a> {
    linked: &'a Row,
    one_file: &'a Row,
}

impl<'a> Rows<'a> {
    /// Among all.
    pub(crate) fn among(rows: &'a [Row]) -> Option<Self> {
        let find = |shape| rows.iter().find(|row| row.shape == shape);
        Some(Self { linked: find(Shape::Linked(1))?, one_file: find(Shape::OneFile)? })
    }

    /// A cell of the table.
    pub(crate) fn cell(&self, line: &Line, connections: u64) -> Spread {
        Spread::of(line.1(self, connections))
    }

    fn front(row: &Row, cell: (Workload, u64)) -> Vec<f64> {
        row.cpu(cell, Part::Front, 0).unwrap_or_default()
    }

    fn router(&self, connections: u64) -> Vec<f64> {
        let call = |row| {
            minus(&Self::front(row, (Workload::Echo, connections)), &Self::front(row, (Workload::Ping, connections)))
        };
        minus(&call(self.linked), &call(self.one_file))
    }
}

/// Round by round: what disturbs the machine for longer than a round does not count.
fn minus(these: &[f64], those: &[f64]) -> Vec<f64> {
    these.iter().zip(those).map(|(this, that)| this - that).collect()
}
