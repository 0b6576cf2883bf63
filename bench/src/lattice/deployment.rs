//! What is compared, and how each is started.

use std::net::SocketAddr;
use std::path::Path;
use std::time::Duration;

use anyhow::Context;

use super::deployed::Deployed;
use crate::process::{self, Process};
use crate::servers::{Places, Server};

/// All, in the order of the tables.
pub(crate) const SHAPES: [Shape; 4] = [Shape::Reference, Shape::OneFile, Shape::Linked(1), Shape::Linked(2)];

/// One row of the tables.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Shape {
    /// The one file under the reference `wasmtime serve`: no lattice.
    Reference,
    /// The one file on a wasmCloud host.
    OneFile,
    /// The parts, linked, with so many hosts for providers.
    Linked(u16),
}

/// What a process of a shape is for: the columns of the table of CPU time.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Part {
    /// Accepts HTTP: the edge host, or the only process.
    Front,
    /// The NATS server.
    Nats,
    /// wadm.
    Wadm,
    /// A host for providers.
    Provider,
}

/// A shape that serves, until it is dropped.
pub(crate) struct Running {
    pub(crate) shape: Shape,
    pub(crate) address: SocketAddr,
    /// Its processes, in the order of their start.
    pub(crate) processes: Vec<(Part, u32)>,
    _kept: Kept,
}

/// What ends the processes.
enum Kept {
    Process { _process: Process },
    Lattice { _lattice: Deployed },
}

impl Shape {
    /// Its name in the tables.
    pub(crate) fn title(self) -> &'static str {
        match self {
            Self::Reference => "composed file, `wasmtime serve`, no lattice",
            Self::OneFile => "composed file on a wasmCloud host (`wadm.one-file.yaml`)",
            Self::Linked(1) => "**lattice, 1 provider host** (`wadm.hosts.yaml`)",
            Self::Linked(_) => "**lattice, 2 provider hosts** (`wadm.hosts.yaml`)",
        }
    }

    /// Starts it; returns once it serves.
    pub(crate) async fn start(self, workspace: &Path, places: &Places) -> anyhow::Result<Running> {
        let (manifest, hosts, run) = match self {
            Self::Reference => {
                let (process, address, _) = places.start(Server::Fresh, None).await.context("`wasmtime serve`")?;
                let processes = vec![(Part::Front, process.id())];
                return Ok(Running { shape: self, address, processes, _kept: Kept::Process { _process: process } });
            }
            Self::OneFile => ("wadm.one-file.yaml", 0, "bench-one-file".to_owned()),
            Self::Linked(hosts) => ("wadm.hosts.yaml", hosts, format!("bench-{hosts}")),
        };
        // Not in the scratch folder, which is emptied: what an interrupted run left up is found here, and stopped.
        let run = places.target.join("lattice").join(run);
        let lattice = Deployed::up(workspace, &run, manifest, hosts).with_context(|| manifest.to_owned())?;
        let (address, processes) = (lattice.address()?, lattice.processes()?);
        Ok(Running { shape: self, address, processes, _kept: Kept::Lattice { _lattice: lattice } })
    }
}

impl Running {
    /// CPU time so far of each process.
    pub(crate) fn cpu(&self) -> anyhow::Result<Vec<Duration>> {
        self.processes.iter().map(|&(_, id)| process::cpu(id)).collect()
    }
}
