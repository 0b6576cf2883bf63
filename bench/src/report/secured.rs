//! The tables of servers that ask for tokens, and of those that have a policy besides.

use std::fmt::Write as _;

use super::samples;
use crate::measure::Measurements;
use crate::requests::Workload;
use crate::servers::Server;
use crate::table::{self, Column, Line, ratio, verdict};

/// The rows of the tables of servers with a policy: each with its open server before it.
const SECURED: [Server; 9] = [
    Server::Rmcp,
    Server::RmcpSecured,
    Server::Host,
    Server::HostEs256,
    Server::HostSecured,
    Server::Fresh,
    Server::FreshSecured,
    Server::Reuse,
    Server::ReuseSecured,
];
const CONNECTIONS: [u64; 3] = [1, 16, 64];

/// A ratio of rates that is aimed at.
struct Aim {
    title: &'static str,
    server: Server,
    over: Server,
    /// What it should be at least; none if it is there to compare with.
    least: Option<f64>,
}

const AIMS: [Aim; 6] = [
    Aim {
        title: "**`wasmcp serve` with tokens alone, × itself without**",
        server: Server::HostEs256,
        over: Server::Host,
        least: Some(0.9),
    },
    Aim {
        title: "**`wasmcp serve` with both, × itself without**",
        server: Server::HostSecured,
        over: Server::Host,
        least: Some(0.9),
    },
    Aim {
        title: "**`wasmcp serve` with both, × rmcp with both**",
        server: Server::HostSecured,
        over: Server::RmcpSecured,
        least: Some(1.0),
    },
    Aim { title: "rmcp with both, × itself without", server: Server::RmcpSecured, over: Server::Rmcp, least: None },
    Aim {
        title: "composed file with both, fresh, × itself without",
        server: Server::FreshSecured,
        over: Server::Fresh,
        least: None,
    },
    Aim {
        title: "composed file with both, reused, × itself without",
        server: Server::ReuseSecured,
        over: Server::Reuse,
        least: None,
    },
];

type Rows = [(Server, Measurements)];

/// Servers that ask for tokens, each relative to itself without them.
pub(super) fn tokens(out: &mut String, rows: &Rows) -> std::fmt::Result {
    let servers: Vec<_> =
        rows.iter().map(|(server, _)| *server).filter(|server| server.algorithm().is_some()).collect();
    let columns = [
        Column::rate(),
        Column::ratio("× without tokens", 0, |sample| sample.rate),
        Column::p50(),
        Column::cpu(),
        Column::ratio("× without tokens", 0, |sample| sample.cpu),
        Column::errors(),
    ];
    for connections in CONNECTIONS {
        let cell = (Workload::Echo, connections);
        let lines = servers.iter().filter(|server| !server.has_policy()).map(|server| Line {
            title: server.title(),
            samples: samples(rows, *server, cell),
            others: vec![samples(rows, server.open(), cell)],
        });
        let heading = format!("Tokens of 1,000 principals, `echo`, {}", table::connections(connections));
        table::write(out, &heading, &columns, &lines.collect::<Vec<_>>())?;
    }
    Ok(())
}

/// Servers with tokens and a policy, relative to themselves without and to rmcp with both.
pub(super) fn policy(out: &mut String, rows: &Rows) -> std::fmt::Result {
    if !rows.iter().any(|(server, _)| server.has_policy()) {
        return Ok(());
    }
    aims(out, rows)?;
    let columns = [
        Column::rate(),
        Column::ratio("× itself without", 0, |sample| sample.rate),
        Column::ratio("× rmcp with both", 1, |sample| sample.rate),
        Column::p50(),
        Column::p99(),
        Column::cpu(),
        Column::ratio("× itself without", 0, |sample| sample.cpu),
        Column::ratio("× rmcp with both", 1, |sample| sample.cpu),
        Column::errors(),
    ];
    for connections in CONNECTIONS {
        let cell = (Workload::Echo, connections);
        let lines = measured(rows).map(|server| Line {
            title: server.title(),
            samples: samples(rows, server, cell),
            others: vec![samples(rows, server.open(), cell), samples(rows, Server::RmcpSecured, cell)],
        });
        let heading = format!("With tokens and a policy, `echo`, {}", table::connections(connections));
        table::write(out, &heading, &columns, &lines.collect::<Vec<_>>())?;
    }
    new_tokens(out, rows)
}

fn aims(out: &mut String, rows: &Rows) -> std::fmt::Result {
    writeln!(
        out,
        "## With tokens by ES256 of 1,000 principals, alone and with a policy: the aims, `echo`, ratios of req/s\n"
    )?;
    writeln!(out, "| ratio | aim | 1 connection | 16 connections | 64 connections |")?;
    writeln!(out, "|{}", " --- |".repeat(5))?;
    for Aim { title, server, over, least } in AIMS.into_iter().filter(|aim| was_measured(rows, aim.server)) {
        let aim = least.map_or("none".to_owned(), |least| format!("at least {least:.1}"));
        write!(out, "| {title} | {aim} |")?;
        for connections in CONNECTIONS {
            let cell = (Workload::Echo, connections);
            let reached = ratio(samples(rows, server, cell), samples(rows, over, cell), |sample| sample.rate);
            write!(out, " {reached:.2}{} |", verdict(&reached, least))?;
        }
        writeln!(out)?;
    }
    writeln!(out)
}

/// What the verification of a token costs: each server that remembers tokens relative to itself with tokens that it remembers.
fn new_tokens(out: &mut String, rows: &Rows) -> std::fmt::Result {
    let columns = [
        Column::rate(),
        Column::ratio("× with tokens that it remembers", 0, |sample| sample.rate),
        Column::p50(),
        Column::cpu(),
        Column::difference("CPU of a verification, µs", 0, |sample| sample.cpu),
        Column::errors(),
    ];
    let lines = measured(rows).filter(|server| server.has_policy() && server.remembers_tokens()).map(|server| Line {
        title: server.title(),
        samples: samples(rows, server, (Workload::NewTokens, 16)),
        others: vec![samples(rows, server, (Workload::Echo, 16))],
    });
    let heading = "The same with a new token in every request, `echo`, 16 connections";
    table::write(out, heading, &columns, &lines.collect::<Vec<_>>())
}

/// The servers of the tables that were measured.
fn measured(rows: &Rows) -> impl Iterator<Item = Server> {
    SECURED.into_iter().filter(|server| was_measured(rows, *server))
}

fn was_measured(rows: &Rows, wanted: Server) -> bool {
    rows.iter().any(|(server, _)| *server == wanted)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::load::Sample;

    fn row(server: Server, rates: [f64; 3]) -> (Server, Measurements) {
        let mut seen = Measurements::default();
        for cell in crate::measure::CELLS {
            let sample = |rate| Sample {
                rate,
                p50: 1.0,
                p99: 1.0,
                longest: 1.0,
                cpu: 1e6 / rate,
                parts: Vec::new(),
                busy: 1.0,
                errors: 0,
            };
            seen.samples.insert(cell, rates.map(sample).to_vec());
        }
        (server, seen)
    }

    #[test]
    fn an_aim_is_reached_by_the_median_of_the_ratios_of_each_round() {
        let rows = [
            row(Server::Rmcp, [100.0, 200.0, 400.0]),
            row(Server::RmcpSecured, [50.0, 100.0, 200.0]),
            row(Server::Host, [60.0, 100.0, 100.0]),
            row(Server::HostEs256, [57.0, 88.0, 89.0]),
            row(Server::HostSecured, [54.0, 95.0, 80.0]),
        ];
        let mut out = String::new();
        policy(&mut out, &rows).unwrap();
        for line in [
            "| **`wasmcp serve` with tokens alone, × itself without** | at least 0.9 | 0.89 [0.88–0.95], **missed** |",
            "| **`wasmcp serve` with both, × itself without** | at least 0.9 | 0.90 [0.80–0.95], reached |",
            "| **`wasmcp serve` with both, × rmcp with both** | at least 1.0 | 0.95 [0.40–1.08], **missed** |",
            "| rmcp with both, × itself without | none | 0.50 [0.50–0.50] |",
        ] {
            assert!(out.contains(line), "{line}\n{out}");
        }
    }
}
