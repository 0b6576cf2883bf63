//! The deployments that are compared, and how each is started.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::rc::Rc;
use std::time::Duration;

use anyhow::{Context, ensure};

use super::driver::DriverLattice;
use super::manifest;
use crate::load;
use crate::process::{self, Process};
use crate::requests::{Request, Workload};
use crate::servers::{Places, Server, check_refusals};
use crate::tokens::{self, Algorithm};
use crate::upstream::KeyServer;

/// All deployments, in the order of the tables.
pub(crate) const DEPLOYMENTS: [Deployment; 8] = [
    Deployment::Reference,
    Deployment::OneFile,
    Deployment::Linked(1),
    Deployment::Linked(2),
    Deployment::Secured(Security::Pinned, Algorithm::Es256),
    Deployment::Secured(Security::Pinned, Algorithm::Eddsa),
    Deployment::Secured(Security::Store, Algorithm::Es256),
    Deployment::Secured(Security::Policy, Algorithm::Es256),
];

/// One row of the tables.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Deployment {
    /// The composed file under the reference `wasmtime serve`, without a lattice.
    Reference,
    /// The composed file on a wasmCloud host.
    OneFile,
    /// The parts, linked, with this number of hosts for providers.
    Linked(u16),
    /// The parts, linked, with one host for providers and the transport that asks for tokens.
    Secured(Security, Algorithm),
}

/// What a lattice that asks for tokens does with them.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Security {
    /// The keys of the issuer are among its settings.
    Pinned,
    /// Instances share the keys through the service `state`.
    Store,
    /// The keys are among its settings, and so is a policy.
    Policy,
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
    /// The program behind the service `state`.
    State,
}

/// A deployment that runs until it is dropped.
pub(crate) struct Running {
    pub(crate) deployment: Deployment,
    pub(crate) address: SocketAddr,
    /// Its processes, in the order of their start.
    pub(crate) processes: Vec<(Role, u32)>,
    guard: Rc<Guard>,
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
            Self::Secured(Security::Pinned, Algorithm::Eddsa) => "lattice, tokens by EdDSA, keys pinned",
            Self::Secured(Security::Pinned, _) => "lattice, tokens by ES256, keys pinned",
            Self::Secured(Security::Store, _) => "lattice, tokens by ES256, keys through the store",
            Self::Secured(Security::Policy, _) => "lattice, tokens by ES256, keys pinned, and a policy",
        }
    }

    /// The algorithm of the tokens that it asks for; none on one that asks for none.
    pub(crate) fn algorithm(self) -> Option<Algorithm> {
        match self {
            Self::Secured(_, algorithm) => Some(algorithm),
            Self::Reference | Self::OneFile | Self::Linked(_) => None,
        }
    }

    /// The name of the folder of its lattice. Two deployments with one name are one lattice that is asked with different tokens.
    fn lattice(self) -> Option<String> {
        match self {
            Self::Reference => None,
            Self::OneFile => Some("bench-one-file".to_owned()),
            Self::Linked(hosts) => Some(format!("bench-{hosts}")),
            Self::Secured(security, _) => Some(format!("bench-{security:?}").to_lowercase()),
        }
    }

    /// Starts it, unless its lattice runs already; returns once it serves.
    pub(crate) async fn start(self, starter: &Starter<'_>, running: &[Running]) -> anyhow::Result<Running> {
        let Starter { workspace, places, .. } = *starter;
        let Some(name) = self.lattice() else {
            let (process, address, _) = places.start(Server::Fresh, None).await.context("`wasmtime serve`")?;
            let processes = vec![(Role::Front, process.id())];
            let guard = Rc::new(Guard::Process { _process: process });
            return Ok(Running { deployment: self, address, processes, guard });
        };
        if let Some(same) = running.iter().find(|other| other.deployment.lattice().as_ref() == Some(&name)) {
            return Ok(Running {
                deployment: self,
                address: same.address,
                processes: same.processes.clone(),
                guard: Rc::clone(&same.guard),
            });
        }
        let (manifest, hosts) = match self {
            Self::Reference | Self::OneFile => (PathBuf::from("wadm.one-file.yaml"), 0),
            Self::Linked(hosts) => (PathBuf::from("wadm.hosts.yaml"), hosts),
            Self::Secured(security, _) => {
                let written =
                    manifest::write(security, (workspace, places), starter.secured_parts, starter.keys.address)?;
                (written, 1)
            }
        };
        // The directory is not in the scratch directory, which is emptied: a lattice that an interrupted run left is found here, and stopped.
        let run = places.target.join("lattice").join(name);
        let lattice =
            DriverLattice::up(workspace, &run, &manifest, hosts).with_context(|| manifest.display().to_string())?;
        let (address, mut processes) = (lattice.address()?, lattice.processes()?);
        if matches!(self, Self::Secured(Security::Store, _)) {
            let edge = processes.iter().find(|(role, _)| *role == Role::Front).map(|&(_, id)| id);
            let state = edge.map(process::children).transpose()?.unwrap_or_default();
            ensure!(!state.is_empty(), "the edge host has not started the state provider");
            processes.extend(state.into_iter().map(|id| (Role::State, id)));
        }
        Ok(Running { deployment: self, address, processes, guard: Rc::new(Guard::Lattice { _lattice: lattice }) })
    }
}

/// What starts deployments.
pub(crate) struct Starter<'a> {
    pub(crate) workspace: &'a Path,
    pub(crate) places: &'a Places,
    /// The folder of the parts with the transport that asks for tokens.
    pub(crate) secured_parts: &'a Path,
    pub(crate) keys: &'a KeyServer,
}

impl Running {
    /// The request of a workload, with the tokens of all principals where it asks for tokens. They are valid for some minutes.
    pub(crate) fn request(&self, workload: Workload) -> anyhow::Result<Request> {
        let request = Request::new(workload, &self.address.to_string());
        Ok(match self.deployment.algorithm() {
            Some(algorithm) => request.with_tokens(tokens::of_all_principals(algorithm)?),
            None => request,
        })
    }

    /// Checks that it answers, and that it refuses what it should.
    pub(crate) async fn check(&self) -> anyhow::Result<()> {
        load::once(self.address, &self.request(Workload::Echo)?).await?;
        let Deployment::Secured(security, algorithm) = self.deployment else { return Ok(()) };
        check_refusals(self.address, algorithm, security == Security::Policy).await
    }

    /// CPU time so far of each process.
    pub(crate) fn cpu(&self) -> anyhow::Result<Vec<Duration>> {
        self.processes.iter().map(|&(_, id)| process::cpu(id)).collect()
    }
}
