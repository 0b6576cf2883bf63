//! A composed file as a server: what it is granted, and whether it obeys the settings about callers.

use std::collections::BTreeMap;

use anyhow::{Context as _, bail};
use auth::{AuthConfig, KeyStorage};
use policy::Bundle;
use server::Config;

use super::host::SharedLimits;
use super::options::ServerOptions;
use crate::compose::TransportMarker;
use crate::host::Grant;
use crate::options::{ComponentArg, Settings};

impl ServerOptions {
    /// What a composed file may do, and the settings of the server in it.
    pub(super) fn grant_to_composed(
        &self,
        source: &ComponentArg,
        shared: &SharedLimits,
    ) -> anyhow::Result<(Grant, Config)> {
        if !self.prefix.is_empty() {
            bail!("`--prefix` is an option for providers: pass it to `wasmcp compose` when the file is composed");
        }
        if !self.limit_state.is_empty() {
            bail!("`--limit-state` is an option for providers: a composed file keeps no state");
        }
        let settings = Settings::read_for_composed(self.settings.as_deref(), &self.set)?;
        if self.policy.is_any_given() {
            bail!(
                "`--policy`, `--policy-dry-run` and `--decision-log` are options for providers: pass the policy to `wasmcp compose --policy`, or set `policy.rego`"
            );
        }
        // A composed file does not run before its first request, so wrong settings are reported here.
        let config = settings.config()?;
        let auth = settings.auth(KeyStorage::None)?;
        match check_composed(source, auth.as_ref(), &settings.policy()?)? {
            Some(marker) if auth.is_none() => self.warn_of_open_server(marker.has_policy),
            Some(_) => {}
            None => tracing::warn!(
                "`{}` was not made by `wasmcp compose`, and does not say whether it asks callers for tokens",
                source.path.display()
            ),
        }
        Ok((self.grant(source, BTreeMap::new(), settings.into_environment()?, shared), config))
    }
}

/// Checks that a composed file obeys the settings about callers, and gives what it says of its transport.
fn check_composed(
    source: &ComponentArg,
    auth: Option<&AuthConfig>,
    policy: &::settings::Policy,
) -> anyhow::Result<Option<TransportMarker>> {
    let file = source.path.display();
    let bytes = std::fs::read(&source.path).with_context(|| format!("cannot read `{file}`"))?;
    let (marker, from_settings) = (TransportMarker::of(&bytes), Bundle::from_settings_without_address(policy)?);
    let section = if auth.is_some() { "auth.*" } else { "policy.*" };
    match marker {
        // A file that does not say which transport it has may have one that knows nothing of authorization.
        Some(TransportMarker { asks_for_tokens: false, has_policy: false }) | None
            if auth.is_some() || *policy != ::settings::Policy::default() =>
        {
            bail!(
                "there are settings `{section}`, and `{file}` was composed without authorization, or by another program: compose it with `wasmcp compose --auth`"
            )
        }
        Some(TransportMarker { asks_for_tokens: true, .. }) if auth.is_none() => {
            bail!("`{file}` was composed with `--auth`, and no setting `auth.issuers` says whose tokens it accepts")
        }
        Some(TransportMarker { has_policy: true, .. }) if from_settings.is_some() => {
            bail!("`{file}` was composed with a policy, and `policy.rego` is another: take one of them away")
        }
        Some(TransportMarker { has_policy: false, .. })
            if from_settings.is_none() && *policy != ::settings::Policy::default() =>
        {
            bail!(
                "there are settings `policy.*`, and no policy: set `policy.rego`, or compose `{file}` with `--policy`"
            )
        }
        marker => Ok(marker),
    }
}
