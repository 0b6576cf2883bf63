//! Names, variables and defaults are those of the official program: an interface, which `wash` uses.

use std::collections::HashMap;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use anyhow::Context as _;
use clap::Parser;
use nkeys::KeyPair;
use tracing::Level;
use wasmcloud_core::OtelConfig;
use wasmcloud_host::wasmbus::Features;
use wasmcloud_host::wasmbus::host_config::PolicyService;
use wasmcloud_host::{OciConfig, WasmbusHostConfig};

use crate::nats::Nats;

/// A wasmCloud host
#[derive(Parser)]
#[command(name = "wasmcloud_host", version)]
pub(crate) struct Options {
    #[command(flatten)]
    nats: Nats,
    #[arg(long, env = "WASMCLOUD_LOG_LEVEL", default_value = "info")]
    log_level: Level,
    #[arg(long, env = "WASMCLOUD_STRUCTURED_LOGGING_ENABLED")]
    enable_structured_logging: bool,
    #[arg(short = 'x', long, env = "WASMCLOUD_LATTICE", default_value = "default")]
    lattice: String,
    #[arg(long, alias = "wasmcloud-js-domain", env = "WASMCLOUD_JS_DOMAIN")]
    js_domain: Option<String>,
    #[arg(long, env = "WASMCLOUD_HOST_SEED")]
    host_seed: Option<String>,
    /// KEY=VALUE; WASMCLOUD_LABEL_KEY=VALUE in the environment does the same
    #[arg(short, long, value_parser = label)]
    label: Vec<(String, String)>,
    #[arg(long, env = "WASMCLOUD_EXPERIMENTAL_FEATURES", value_delimiter = ',')]
    feature: Vec<Features>,
    #[arg(long, env = "WASMCLOUD_ALLOW_FILE_LOAD")]
    allow_file_load: bool,
    #[arg(long, env = "WASMCLOUD_CONFIG_SERVICE")]
    config_service_enabled: bool,
    #[arg(long, env = "WASMCLOUD_SECRETS_TOPIC")]
    secrets_topic: Option<String>,
    #[arg(long, env = "WASMCLOUD_HTTP_ADMIN")]
    http_admin: Option<SocketAddr>,
    #[arg(long, env = "WASMCLOUD_HEARTBEAT_INTERVAL")]
    heartbeat_interval_seconds: Option<u64>,
    #[arg(long, alias = "provider-shutdown-delay", env = "WASMCLOUD_PROV_SHUTDOWN_DELAY_MS", default_value = "300")]
    provider_shutdown_delay_ms: u64,
    #[arg(long, env = "WASMCLOUD_COMPONENT_AUCTION_ENABLED")]
    enable_component_auction: Option<bool>,
    #[arg(long, env = "WASMCLOUD_PROVIDER_AUCTION_ENABLED")]
    enable_provider_auction: Option<bool>,

    #[arg(long, env = "WASMCLOUD_RPC_TIMEOUT_MS", default_value = "2000")]
    rpc_timeout_ms: u64,
    #[arg(long, env = "WASMCLOUD_MAX_EXECUTION_TIME_MS", default_value = "600000")]
    max_execution_time_ms: u64,
    #[arg(long, env = "WASMCLOUD_MAX_LINEAR_MEMORY")]
    max_linear_memory_bytes: Option<u32>,
    #[arg(long, env = "WASMCLOUD_MAX_COMPONENT_SIZE")]
    max_component_size_bytes: Option<u64>,
    #[arg(long, env = "WASMCLOUD_MAX_COMPONENTS")]
    max_components: Option<u32>,
    #[arg(long, env = "WASMCLOUD_MAX_CORE_INSTANCES_PER_COMPONENT")]
    max_core_instances_per_component: Option<u32>,

    #[arg(long, env = "WASMCLOUD_OCI_ALLOW_LATEST")]
    allow_latest: bool,
    #[arg(long, env = "WASMCLOUD_OCI_ALLOWED_INSECURE", value_delimiter = ',')]
    allowed_insecure: Vec<String>,
    #[arg(long, env = "WASMCLOUD_OCI_REGISTRY", requires = "oci_user")]
    oci_registry: Option<String>,
    #[arg(long, env = "WASMCLOUD_OCI_REGISTRY_USER", requires = "oci_password")]
    oci_user: Option<String>,
    #[arg(long, env = "WASMCLOUD_OCI_REGISTRY_PASSWORD", requires = "oci_registry")]
    oci_password: Option<String>,
    #[arg(long, env = "WASMCLOUD_TLS_CA_PATH", value_delimiter = ',')]
    tls_ca_path: Vec<PathBuf>,

    #[arg(long, env = "WASMCLOUD_POLICY_TOPIC")]
    policy_topic: Option<String>,
    #[arg(long, env = "WASMCLOUD_POLICY_CHANGES_TOPIC", requires = "policy_topic")]
    policy_changes_topic: Option<String>,
    #[arg(long, env = "WASMCLOUD_POLICY_TIMEOUT", requires = "policy_topic")]
    policy_timeout_ms: Option<u64>,

    // `wash up` sets these for hosts of older releases; this one signs no calls.
    #[arg(long, env = "WASMCLOUD_CLUSTER_SEED", hide = true)]
    cluster_seed: Option<String>,
    #[arg(long, env = "WASMCLOUD_CLUSTER_ISSUERS", hide = true)]
    cluster_issuers: Option<String>,
}

impl Options {
    pub(crate) fn start_log(&self) -> anyhow::Result<wasmcloud_tracing::FlushGuard> {
        let (dispatch, guard) = wasmcloud_tracing::configure_observability(
            "wasmcloud-host",
            &OtelConfig::default(),
            self.enable_structured_logging,
            None::<&str>,
            Some(&self.log_level.into()),
            None,
        )?;
        tracing::dispatcher::set_global_default(dispatch)?;
        Ok(guard)
    }

    pub(crate) fn into_config(self) -> anyhow::Result<WasmbusHostConfig> {
        let (control, calls) = (self.nats.control()?, self.nats.calls()?);
        let defaults = WasmbusHostConfig::default();
        Ok(WasmbusHostConfig {
            ctl_nats_url: control.url,
            ctl_jwt: control.jwt,
            ctl_key: control.key,
            ctl_tls: control.tls,
            ctl_topic_prefix: self.nats.ctl_topic_prefix,
            rpc_nats_url: calls.url,
            rpc_jwt: calls.jwt,
            rpc_key: calls.key,
            rpc_tls: calls.tls,
            rpc_timeout: Duration::from_millis(self.rpc_timeout_ms),
            lattice: self.lattice.into(),
            js_domain: self.js_domain,
            labels: labels(self.label),
            host_key: self
                .host_seed
                .map(|seed| KeyPair::from_seed(&seed))
                .transpose()
                .context("host seed")?
                .map(Arc::new),
            provider_shutdown_delay: Some(Duration::from_millis(self.provider_shutdown_delay_ms)),
            oci_opts: OciConfig {
                additional_ca_paths: self.tls_ca_path,
                allow_latest: self.allow_latest,
                allowed_insecure: self.allowed_insecure,
                oci_registry: self.oci_registry,
                oci_user: self.oci_user,
                oci_password: self.oci_password,
            },
            allow_file_load: self.allow_file_load,
            enable_structured_logging: self.enable_structured_logging,
            log_level: self.log_level.into(),
            config_service_enabled: self.config_service_enabled,
            policy_service_config: PolicyService {
                policy_topic: self.policy_topic,
                policy_changes_topic: self.policy_changes_topic,
                policy_timeout_ms: self.policy_timeout_ms.map(Duration::from_millis),
            },
            secrets_topic_prefix: self.secrets_topic,
            version: env!("CARGO_PKG_VERSION").to_owned(),
            max_execution_time: Duration::from_millis(self.max_execution_time_ms),
            max_linear_memory: self.max_linear_memory_bytes.unwrap_or(defaults.max_linear_memory),
            max_component_size: self.max_component_size_bytes.unwrap_or(defaults.max_component_size),
            max_components: self.max_components.unwrap_or(defaults.max_components),
            max_core_instances_per_component: self
                .max_core_instances_per_component
                .unwrap_or(defaults.max_core_instances_per_component),
            heartbeat_interval: self.heartbeat_interval_seconds.map(Duration::from_secs),
            experimental_features: self.feature.into_iter().sum(),
            http_admin: self.http_admin,
            enable_component_auction: self.enable_component_auction.unwrap_or(true),
            enable_provider_auction: self.enable_provider_auction.unwrap_or(true),
            ..defaults
        })
    }
}

/// The options win.
fn labels(options: Vec<(String, String)>) -> HashMap<String, String> {
    let environment =
        std::env::vars().filter_map(|(key, value)| Some((key.strip_prefix("WASMCLOUD_LABEL_")?.to_owned(), value)));
    environment.chain(options).collect()
}

fn label(text: &str) -> Result<(String, String), String> {
    match text.split_once('=') {
        Some((key, value)) if !key.is_empty() && !value.contains('=') => Ok((key.to_owned(), value.to_owned())),
        _ => Err("expected KEY=VALUE".to_owned()),
    }
}
