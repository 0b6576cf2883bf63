//! The deployments that are compared, and how each is started.

use std::net::SocketAddr;
use std::path::Path;
use std::time::Duration;

use anyhow::Context;

use super::driver::DriverLattice;
use crate::process::{self, Process};
use crate::servers::{Places, Server};

/// All deployments, in the order of the tables.
pub(crate) const DEPLOYMENTS: [Deployment; 4] =
    [Deployment::Reference, Deployment::OneFile, Deployment::Linked(1), Deployment::Linked(2)];

/// One row of the tables.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Deployment {
    /// The composed file under the reference `wasmtime serve`, without a lattice.
    Reference,
    /// The composed file on a wasmCloud host.
    OneFile,
    /// The parts, linked, with this number of hosts for providers.
    Linked(u16),
}

/// The role of a process: a column of the table of CPU time.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Role {
    /// Accepts HTTP: the edge host, or the only process.
    Front,
    /// The NATS server.
    Nats,
    /// wadm.
    Wadm,
    /// A host for providers.
    Provider,
}

/// A deployment that runs until it is dropped.
pub(crate) struct Running {
    pub(crate) deployment: Deployment,
    pub(crate) address: SocketAddr,
    /// Its processes, in the order of their start.
    pub(crate) processes: Vec<(Role, u32)>,
    _guard: Guard,
}

/// Ends the processes when it is dropped.
enum Guard {
    Process { _process: Process },
    Lattice { _lattice: DriverLattice },
}

impl Deployment {
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
                let processes = vec![(Role::Front, process.id())];
                return Ok(Running {
                    deployment: self,
                    address,
                    processes,
                    _guard: Guard::Process { _process: process },
                });
            }
            Self::OneFile => ("wadm.one-file.yaml", 0, "bench-one-file".to_owned()),
            Self::Linked(hosts) => ("wadm.hosts.yaml", hosts, format!("bench-{hosts}")),
        };
        // The directory is not in the scratch directory, which is emptied: a lattice that an interrupted run left is found here, and stopped.
        let run = places.target.join("lattice").join(run);
        let lattice = DriverLattice::up(workspace, &run, manifest, hosts).with_context(|| manifest.to_owned())?;
        let (address, processes) = (lattice.address()?, lattice.processes()?);
        Ok(Running { deployment: self, address, processes, _guard: Guard::Lattice { _lattice: lattice } })
    }
}

impl Running {
    /// CPU time so far of each process.
    pub(crate) fn cpu(&self) -> anyhow::Result<Vec<Duration>> {
        self.processes.iter().map(|&(_, id)| process::cpu(id)).collect()
    }
}
