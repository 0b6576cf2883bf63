//! The driver's connection to a lattice: it queries hosts and wadm over NATS, and deploys.

use std::path::Path;
use std::time::Duration;

use anyhow::{Context as _, Result, anyhow, bail};
use wadm_types::api::Status;
use wash_lib::config::create_nats_client_from_opts;
use wasmcloud_control_interface::{Client, ClientBuilder, HostInventory, Link};

use super::LATTICE;
use crate::manifest::Manifest;

/// How long hosts and wadm may take to answer. A host that compiles a large component answers late.
const ANSWER_TIMEOUT: Duration = Duration::from_secs(5);
/// How long hosts may take to bid in an auction.
const AUCTION_TIMEOUT: Duration = Duration::from_secs(1);
/// How many times hosts are asked for the links.
const LINK_QUERIES: usize = 4;

/// A connection to a lattice.
pub struct LatticeClient {
    nats: async_nats::Client,
    /// The same connection, or one with credentials that may call components: those of the driver may not.
    calls: async_nats::Client,
    control: Client,
}

impl LatticeClient {
    /// Connects to the NATS server at `ADDRESS:PORT`. A server that requires credentials needs those of the driver, and, to call
    /// providers, those of an edge host.
    pub async fn connect(nats: &str, credentials: Option<&Path>, calls: Option<&Path>) -> Result<Self> {
        let (address, port) = nats.rsplit_once(':').with_context(|| format!("`{nats}` is not ADDRESS:PORT"))?;
        let connect = async |credentials: Option<&Path>| {
            let credentials = credentials.map(Path::to_owned);
            let connecting = create_nats_client_from_opts(address, port, None, None, credentials, None, false);
            tokio::time::timeout(ANSWER_TIMEOUT, connecting)
                .await
                .with_context(|| format!("no NATS server answers at {nats}"))?
        };
        let client = connect(credentials).await?;
        let calls = match calls {
            Some(credentials) => connect(Some(credentials)).await?,
            None => client.clone(),
        };
        let control = ClientBuilder::new(client.clone())
            .lattice(LATTICE)
            .timeout(ANSWER_TIMEOUT)
            .auction_timeout(AUCTION_TIMEOUT)
            .build();
        Ok(Self { nats: client, calls, control })
    }

    /// The connection that may call components.
    pub(crate) fn calls(&self) -> &async_nats::Client {
        &self.calls
    }

    /// The inventories of all hosts that report one, by role, and the ids of the hosts that do not.
    pub async fn hosts(&self) -> Result<(Vec<HostInventory>, Vec<String>)> {
        let (mut inventories, mut silent) = (Vec::new(), Vec::new());
        for host in self.control.get_hosts().await.map_err(|error| anyhow!("cannot ask for the hosts: {error}"))? {
            let Some(host) = host.into_data() else { continue };
            // A host that compiles a component may answer too late.
            match self.control.get_host_inventory(host.id()).await.map(|inventory| inventory.into_data()) {
                Ok(Some(inventory)) => inventories.push(inventory),
                _ => silent.push(host.id().to_owned()),
            }
        }
        inventories.sort_by(|a, b| (a.labels().get("role"), a.host_id()).cmp(&(b.labels().get("role"), b.host_id())));
        Ok((inventories, silent))
    }

    /// How many hosts answer.
    pub async fn count_hosts(&self) -> usize {
        self.control.get_hosts().await.map_or(0, |hosts| hosts.len())
    }

    /// The links that hosts know. Any one host answers, and a host that has just started does not know all links: the query is
    /// repeated.
    pub async fn links(&self) -> Result<Vec<Link>> {
        let mut links: Vec<Link> = Vec::new();
        let mut failure = None;
        for _ in 0..LINK_QUERIES {
            match self.control.get_links().await {
                Ok(answer) => {
                    for link in answer.into_data().unwrap_or_default() {
                        if !links.contains(&link) {
                            links.push(link);
                        }
                    }
                }
                Err(error) => failure = Some(error),
            }
        }
        match failure {
            Some(error) if links.is_empty() => bail!("no host answers with its links: {error}"),
            _ => {}
        }
        links.sort_by(|a, b| (a.source_id(), a.name(), a.target()).cmp(&(b.source_id(), b.name(), b.target())));
        Ok(links)
    }

    /// Stores a manifest in wadm and deploys it. Returns the name of the application.
    pub async fn deploy(&self, manifest: &str) -> Result<String> {
        let (name, _version) = self.wadm(wash_lib::app::put_and_deploy_model(&self.nats, lattice(), manifest)).await?;
        Ok(name)
    }

    /// The status of an application in wadm.
    pub async fn status(&self, application: &str) -> Result<Status> {
        self.wadm(wash_lib::app::get_model_status(&self.nats, lattice(), application)).await
    }

    /// The manifest of an application, as wadm stores it now.
    pub async fn manifest(&self, application: &str) -> Result<Manifest> {
        let stored = wash_lib::app::get_model_details(&self.nats, lattice(), application, None);
        Manifest::from_wadm(&self.wadm(stored).await?)
    }

    /// The names of the applications that are deployed.
    pub async fn applications(&self) -> Result<Vec<String>> {
        let models = self.wadm(wash_lib::app::get_models(&self.nats, lattice())).await?;
        Ok(models.into_iter().filter(|model| model.deployed_version.is_some()).map(|model| model.name).collect())
    }

    /// Runs a request to wadm with a timeout of its own: the error of wadm-client for a late answer has no reason.
    async fn wadm<T, E: std::fmt::Display>(&self, request: impl Future<Output = Result<T, E>>) -> Result<T> {
        match tokio::time::timeout(ANSWER_TIMEOUT, request).await {
            Ok(Ok(answer)) => Ok(answer),
            Ok(Err(error)) => bail!("wadm refuses: {error}"),
            Err(_) => bail!("wadm does not answer"),
        }
    }
}

fn lattice() -> Option<String> {
    Some(LATTICE.to_owned())
}
