//! A lattice as the driver sees it: asks hosts and wadm, over NATS.

use std::path::Path;
use std::time::Duration;

use anyhow::{Context as _, Result, anyhow, bail};
use wadm_types::Manifest;
use wadm_types::api::Status;
use wash_lib::config::create_nats_client_from_opts;
use wasmcloud_control_interface::{Client, ClientBuilder, HostInventory, Link};

use crate::state::LATTICE;

/// How long hosts and wadm have for an answer. A host that compiles a large component takes its time.
const PATIENCE: Duration = Duration::from_secs(5);
/// How often hosts are asked for links.
const ASKED_FOR_LINKS: usize = 4;

/// A connection to a lattice.
pub struct Lattice {
    nats: async_nats::Client,
    /// The same, or one that may call components: the driver may not.
    calls: async_nats::Client,
    control: Client,
}

impl Lattice {
    /// Connects to the NATS server at an address with a port, with credentials if it wants them: those of the driver, and those of
    /// a host that may call providers.
    pub async fn connect(nats: &str, credentials: Option<&Path>, calls: Option<&Path>) -> Result<Self> {
        let (address, port) = nats.rsplit_once(':').with_context(|| format!("`{nats}` is not ADDRESS:PORT"))?;
        let connect = async |credentials: Option<&Path>| {
            let credentials = credentials.map(Path::to_owned);
            let connecting = create_nats_client_from_opts(address, port, None, None, credentials, None, false);
            tokio::time::timeout(PATIENCE, connecting)
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
            .timeout(PATIENCE)
            .auction_timeout(Duration::from_secs(1))
            .build();
        Ok(Self { nats: client, calls, control })
    }

    /// By what components are called.
    pub(crate) fn calls(&self) -> &async_nats::Client {
        &self.calls
    }

    /// The hosts: what runs on each, and the names of those that do not say it.
    pub async fn hosts(&self) -> Result<(Vec<HostInventory>, Vec<String>)> {
        let (mut inventories, mut silent) = (Vec::new(), Vec::new());
        for host in self.control.get_hosts().await.map_err(|error| anyhow!("hosts cannot be asked: {error}"))? {
            let Some(host) = host.into_data() else { continue };
            // One that compiles a component answers late.
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

    /// The links that hosts know. Any host may answer, and one that has just started does not know all of them: several are asked.
    pub async fn links(&self) -> Result<Vec<Link>> {
        let mut links: Vec<Link> = Vec::new();
        let mut failure = None;
        for _ in 0..ASKED_FOR_LINKS {
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
            Some(error) if links.is_empty() => bail!("no host tells the links: {error}"),
            _ => {}
        }
        links.sort_by(|a, b| (a.source_id(), a.name(), a.target()).cmp(&(b.source_id(), b.name(), b.target())));
        Ok(links)
    }

    /// Gives wadm a manifest and has it carried out. Returns the name of the application.
    pub async fn deploy(&self, manifest: &str) -> Result<String> {
        let (name, _version) = self.wadm(wash_lib::app::put_and_deploy_model(&self.nats, lattice(), manifest)).await?;
        Ok(name)
    }

    /// What wadm says of an application.
    pub async fn status(&self, application: &str) -> Result<Status> {
        self.wadm(wash_lib::app::get_model_status(&self.nats, lattice(), application)).await
    }

    /// The manifest of an application.
    pub async fn manifest(&self, application: &str) -> Result<Manifest> {
        self.wadm(wash_lib::app::get_model_details(&self.nats, lattice(), application, None)).await
    }

    /// The applications that are deployed.
    pub async fn applications(&self) -> Result<Vec<String>> {
        let models = self.wadm(wash_lib::app::get_models(&self.nats, lattice())).await?;
        Ok(models.into_iter().filter(|model| model.deployed_version.is_some()).map(|model| model.name).collect())
    }

    /// wadm-client says of an answer that did not come no more than that it did not.
    async fn wadm<T, E: std::fmt::Display>(&self, asking: impl Future<Output = Result<T, E>>) -> Result<T> {
        match tokio::time::timeout(PATIENCE, asking).await {
            Ok(Ok(answer)) => Ok(answer),
            Ok(Err(error)) => bail!("wadm refuses: {error}"),
            Err(_) => bail!("wadm does not answer"),
        }
    }
}

fn lattice() -> Option<String> {
    Some(LATTICE.to_owned())
}
