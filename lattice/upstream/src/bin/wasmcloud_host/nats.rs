//! How the host reaches NATS: one connection for control, one for the calls of components, each with settings of its own or else
//! the common ones.

use std::path::PathBuf;
use std::sync::Arc;

use anyhow::{Context as _, bail};
use clap::Args;
use nkeys::KeyPair;
use url::Url;

#[derive(Args)]
pub(crate) struct Nats {
    #[arg(long, env = "WASMCLOUD_NATS_HOST", default_value = "127.0.0.1")]
    nats_host: String,
    #[arg(long, env = "WASMCLOUD_NATS_PORT", default_value = "4222")]
    nats_port: u16,
    #[arg(long, env = "WASMCLOUD_NATS_JWT")]
    nats_jwt: Option<String>,
    #[arg(long, env = "WASMCLOUD_NATS_SEED")]
    nats_seed: Option<String>,
    /// A file with both
    #[arg(long, env = "WASMCLOUD_NATS_CREDS")]
    nats_creds: Option<PathBuf>,

    #[arg(long, env = "WASMCLOUD_CTL_HOST")]
    ctl_host: Option<String>,
    #[arg(long, env = "WASMCLOUD_CTL_PORT")]
    ctl_port: Option<u16>,
    #[arg(long, env = "WASMCLOUD_CTL_JWT")]
    ctl_jwt: Option<String>,
    #[arg(long, env = "WASMCLOUD_CTL_SEED")]
    ctl_seed: Option<String>,
    #[arg(long, env = "WASMCLOUD_CTL_CREDS")]
    ctl_creds: Option<PathBuf>,
    #[arg(long, env = "WASMCLOUD_CTL_TLS")]
    ctl_tls: bool,
    #[arg(long, env = "WASMCLOUD_CTL_TOPIC_PREFIX", default_value = "wasmbus.ctl")]
    pub(crate) ctl_topic_prefix: String,

    #[arg(long, env = "WASMCLOUD_RPC_HOST")]
    rpc_host: Option<String>,
    #[arg(long, env = "WASMCLOUD_RPC_PORT")]
    rpc_port: Option<u16>,
    #[arg(long, env = "WASMCLOUD_RPC_JWT")]
    rpc_jwt: Option<String>,
    #[arg(long, env = "WASMCLOUD_RPC_SEED")]
    rpc_seed: Option<String>,
    #[arg(long, env = "WASMCLOUD_RPC_CREDS")]
    rpc_creds: Option<PathBuf>,
    #[arg(long, env = "WASMCLOUD_RPC_TLS")]
    rpc_tls: bool,
}

pub(crate) struct Connection {
    pub(crate) url: Url,
    pub(crate) jwt: Option<String>,
    pub(crate) key: Option<Arc<KeyPair>>,
    pub(crate) tls: bool,
}

type Credentials = (String, Arc<KeyPair>);

impl Nats {
    pub(crate) fn control(&self) -> anyhow::Result<Connection> {
        let own = credentials(&self.ctl_creds, &self.ctl_jwt, &self.ctl_seed).context("credentials for control")?;
        self.connection(&self.ctl_host, self.ctl_port, own, self.ctl_tls)
    }

    pub(crate) fn calls(&self) -> anyhow::Result<Connection> {
        let own = credentials(&self.rpc_creds, &self.rpc_jwt, &self.rpc_seed).context("credentials for calls")?;
        self.connection(&self.rpc_host, self.rpc_port, own, self.rpc_tls)
    }

    fn connection(
        &self,
        host: &Option<String>,
        port: Option<u16>,
        own: Option<Credentials>,
        tls: bool,
    ) -> anyhow::Result<Connection> {
        let (host, port) = (host.as_ref().unwrap_or(&self.nats_host), port.unwrap_or(self.nats_port));
        let url = Url::parse(&format!("nats://{host}:{port}"))
            .with_context(|| format!("no address of NATS: {host}:{port}"))?;
        let common = credentials(&self.nats_creds, &self.nats_jwt, &self.nats_seed).context("credentials for NATS")?;
        let (jwt, key) = own.or(common).unzip();
        Ok(Connection { url, jwt, key, tls })
    }
}

fn credentials(
    file: &Option<PathBuf>,
    jwt: &Option<String>,
    seed: &Option<String>,
) -> anyhow::Result<Option<Credentials>> {
    let (jwt, seed) = match (file, jwt, seed) {
        (None, None, None) => return Ok(None),
        (None, Some(jwt), Some(seed)) => (jwt.clone(), seed.clone()),
        (Some(file), None, None) => {
            let text = std::fs::read_to_string(file).with_context(|| format!("cannot read {}", file.display()))?;
            (after(&text, "BEGIN NATS USER JWT")?, after(&text, "BEGIN USER NKEY SEED")?)
        }
        _ => bail!("either a file, or a JWT and a seed"),
    };
    Ok(Some((jwt, Arc::new(KeyPair::from_seed(&seed)?))))
}

/// The line after the one that has the mark.
fn after(text: &str, mark: &str) -> anyhow::Result<String> {
    let mut lines = text.lines().skip_while(|line| !line.contains(mark));
    lines.nth(1).map(|line| line.trim().to_owned()).with_context(|| format!("no {mark} in the file"))
}
