//! The engine of a server, by the server's own settings.

use std::net::SocketAddr;
use std::sync::Arc;

use auth::{AuthConfig, KeyStorage, TokenAuthenticator};
use catalog::{Catalog, ItemRef};
use server::{Authenticator as _, Authorizer, Config, Engine};

use super::options::ServerOptions;
use crate::host::Sandbox;
use crate::http::{install_signatures, system_ports};
use crate::options::Settings;

/// The settings of the server itself.
pub(crate) struct OwnSettings {
    config: Config,
    auth: Option<AuthConfig>,
    policy: settings::Policy,
}

impl OwnSettings {
    /// Reads them. Settings that the server does not know are errors.
    pub(super) fn of(settings: &Settings) -> anyhow::Result<Self> {
        let (config, auth, policy) = (settings.config()?, settings.auth(KeyStorage::Memory)?, settings.policy()?);
        Ok(Self { config, auth, policy })
    }

    /// Whether only this machine has clients. A proxy on this machine names its hosts, and may have clients elsewhere.
    pub(super) fn is_local(&self, address: SocketAddr) -> bool {
        address.ip().is_loopback() && self.config.allowed_hosts.is_empty() && self.config.allowed_origins.is_empty()
    }
}

impl ServerOptions {
    /// Who may call and what decides, in words; nothing where every client may call everything.
    pub(in crate::commands) fn protection(&self, own: &OwnSettings) -> Option<String> {
        let issuers = own.auth.as_ref().map(|auth| auth.issuers().collect::<Vec<_>>().join(" or "));
        let tokens = issuers.map(|issuers| format!("every request needs a token of {issuers}"));
        let policy =
            self.policy.name(&own.policy).map(|policy| format!("the policy `{policy}` decides about calls and lists"));
        let words: Vec<_> = tokens.into_iter().chain(policy).collect();
        (!words.is_empty()).then(|| words.join("; "))
    }

    /// Makes the engine over a catalogue.
    pub(in crate::commands) fn engine(
        &self,
        catalog: Catalog<Sandbox>,
        own: OwnSettings,
    ) -> anyhow::Result<Engine<Sandbox>> {
        let OwnSettings { config, auth, policy } = own;
        let ports = system_ports(self.egress_of_server(auth.as_ref())?);
        let engine = Engine::new(catalog, config, ports.clone());
        let is_static = engine.catalog().known_description().is_some_and(|known| known.catalogue_static);
        let has_tool =
            |name: &str| engine.catalog().facts(ItemRef::Tool(name)).is_some_and(|facts| facts.tool.is_some());
        let policy = self.policy.authorizer(&policy, auth.is_some(), |name| !is_static || has_tool(name), &ports)?;
        if auth.is_none() {
            self.warn_of_open_server(policy.is_some());
        }
        let mut authorizers: Vec<Arc<dyn Authorizer>> = policy.into_iter().collect();
        let Some(auth) = auth else {
            return Ok(engine.with_authorizers(authorizers));
        };
        install_signatures();
        authorizers.push(Arc::new(auth.scopes()));
        let authenticator = Arc::new(TokenAuthenticator::new(auth, &ports)?);
        // The keys are there when the first client comes, and the operator learns at once if they cannot be had.
        let first = Arc::clone(&authenticator);
        tokio::spawn(async move {
            if let Err(reason) = first.ready().await {
                tracing::warn!("no caller can be verified, so that the server is not ready: {reason}");
            }
        });
        Ok(engine.with_authenticator(authenticator).with_authorizers(authorizers))
    }
}
