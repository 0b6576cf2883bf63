//! What the router costs. It has no process of its own, so its cost is the difference between measurements.

use super::deployment::{Deployment, Role};
use super::rounds::Row;
use crate::requests::Workload;
use crate::stats::Spread;

/// A line of the table: its title, and its number in each round for a count of connections.
type Line = (&'static str, fn(&Rows<'_>, u64) -> Vec<f64>);

/// The lines of the table.
pub(crate) const LINES: [Line; 7] = [
    ("a. edge host of the lattice, `ping`: HTTP server and transport", |rows, n| {
        Rows::front(rows.linked, (Workload::Ping, n))
    }),
    ("b. the same, `echo`: also protocol work, router, and the host's side of the call", |rows, n| {
        Rows::front(rows.linked, (Workload::Echo, n))
    }),
    ("c. the composed file on a host, `ping`: HTTP server and transport", |rows, n| {
        Rows::front(rows.one_file, (Workload::Ping, n))
    }),
    ("d. the same, `echo`: also protocol work, and the provider in the same instance", |rows, n| {
        Rows::front(rows.one_file, (Workload::Echo, n))
    }),
    ("**router and the edge host's side of the call**: (b − a) − (d − c)", |rows, n| rows.router(n)),
    (
        "**the whole link**: `echo` on all processes of the lattice, less that on all of the composed file's",
        |rows, n| {
            minus(
                &rows.linked.each((Workload::Echo, n), |sample| sample.cpu),
                &rows.one_file.each((Workload::Echo, n), |sample| sample.cpu),
            )
        },
    ),
    ("the same as time: p50 of the lattice less p50 of the composed file, µs", |rows, n| {
        let p50 = |row: &Row| row.each((Workload::Echo, n), |sample| sample.p50 * 1e3);
        minus(&p50(rows.linked), &p50(rows.one_file))
    }),
];

/// The two deployments that are compared: the same host, once with the parts and once with the composed file.
pub(crate) struct Rows<'a> {
    linked: &'a Row,
    one_file: &'a Row,
}

impl<'a> Rows<'a> {
    /// Finds them among all rows.
    pub(crate) fn among(rows: &'a [Row]) -> Option<Self> {
        let find = |deployment| rows.iter().find(|row| row.deployment == deployment);
        Some(Self { linked: find(Deployment::Linked(1))?, one_file: find(Deployment::OneFile)? })
    }

    /// A cell of the table.
    pub(crate) fn cell(&self, line: &Line, connections: u64) -> Spread {
        Spread::of(line.1(self, connections))
    }

    fn front(row: &Row, cell: (Workload, u64)) -> Vec<f64> {
        row.cpu(cell, Role::Front, 0).unwrap_or_default()
    }

    fn router(&self, connections: u64) -> Vec<f64> {
        let call = |row| {
            minus(&Self::front(row, (Workload::Echo, connections)), &Self::front(row, (Workload::Ping, connections)))
        };
        minus(&call(self.linked), &call(self.one_file))
    }
}

/// The differences within each round, so that a disturbance that lasts longer than a round cancels out.
fn minus(these: &[f64], those: &[f64]) -> Vec<f64> {
    these.iter().zip(those).map(|(this, that)| this - that).collect()
}
