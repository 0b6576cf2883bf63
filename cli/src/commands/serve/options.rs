//! The options of commands that serve: where, for whom, and what components may do.

use std::collections::BTreeMap;
use std::net::{Ipv4Addr, SocketAddr};
use std::path::PathBuf;

use anyhow::bail;
use auth::AuthConfig;
use state::Room;

use super::host::SharedLimits;
use crate::commands::egress::egress_of_server;
use crate::host::{Egress, Grant, Rule, fit_clients};
use crate::log::LogOptions;
use crate::options::{
    Bytes, ComponentArg, PerProvider, Time, check_prefixes, check_providers, for_provider, listen_address,
};
use crate::policy::PolicyArgs;

/// The name of the server itself in options for providers.
const SERVER: &str = "transport";
/// The bytes of a page of memory (WebAssembly core specification, §4.2.8): a component with less has none.
const WASM_PAGE: usize = 65_536;

/// The options of a server.
#[derive(clap::Args)]
pub(crate) struct ServerOptions {
    /// The address to listen on; port 0 is any free port [default: 127.0.0.1:8080]
    #[arg(long, value_name = "ADDRESS:PORT", value_parser = listen_address)]
    pub(in crate::commands) addr: Option<SocketAddr>,
    /// Sets a key of a provider; `transport.KEY` is a setting of the server itself
    #[arg(long, value_name = "[PROVIDER.]KEY=VALUE")]
    pub(in crate::commands) set: Vec<String>,
    /// A TOML file with a table of keys for each provider, and those of the server: `transport`, `auth` and `policy`
    #[arg(long, value_name = "FILE")]
    pub(in crate::commands) settings: Option<PathBuf>,
    /// Puts PREFIX before the names of a provider's tools and prompts
    #[arg(long, value_name = "PROVIDER=PREFIX")]
    pub(in crate::commands) prefix: Vec<PerProvider<String>>,
    /// Allows a provider HTTP requests to a place; without this, it can send none. A private address needs a rule of its own, also one of an authorization server: `transport=10.0.0.5:8443`
    #[arg(long, value_name = "[PROVIDER=]HOST[:PORT]")]
    pub(in crate::commands) egress: Vec<PerProvider<Rule>>,
    /// How long a call may take; for a composed file, how long it may compute [default: 30s]
    #[arg(long, value_name = "[PROVIDER=]TIME")]
    pub(in crate::commands) limit_time: Vec<PerProvider<Time>>,
    /// How much memory a call may use [default: 256MiB]
    #[arg(long, value_name = "[PROVIDER=]SIZE")]
    pub(in crate::commands) limit_memory: Vec<PerProvider<Bytes>>,
    /// How much a call may pass to the host at once: its result, or the requests that it sends [default: 8MiB]
    #[arg(long, value_name = "[PROVIDER=]SIZE")]
    pub(in crate::commands) limit_result: Vec<PerProvider<Bytes>>,
    /// How much a provider may keep by the service `state`, until the server stops [default: 16MiB]
    #[arg(long, value_name = "[PROVIDER=]SIZE")]
    pub(in crate::commands) limit_state: Vec<PerProvider<Bytes>>,
    /// How many calls of each provider run at once; further calls wait for up to 5 seconds
    #[arg(long, default_value_t = 256, value_name = "CALLS", value_parser = clap::value_parser!(u32).range(1..=10_000))]
    pub(in crate::commands) max_concurrent: u32,
    /// How many instances of each provider are made before a call needs them, while fewer calls run than there are cores; 0 is none
    #[arg(long, default_value_t = 1, value_name = "INSTANCES", value_parser = clap::value_parser!(u32).range(0..=16))]
    pub(in crate::commands) prepared: u32,
    /// How much memory all calls use together; a call that finds none waits for up to 5 seconds before it starts, and fails after that [default: half of the machine's]
    #[arg(long, value_name = "SIZE")]
    pub(in crate::commands) max_memory: Option<Bytes>,
    /// How many clients are connected at once; for a further client the connection that is idle for the longest time is closed
    #[arg(long, default_value_t = 1024, value_name = "CONNECTIONS", value_parser = clap::value_parser!(u32).range(1..=1_000_000))]
    pub(in crate::commands) max_connections: u32,
    /// How long a connection may be idle
    #[arg(long, default_value = "75s", value_name = "TIME")]
    pub(in crate::commands) keep_alive: Time,
    /// How long calls may continue after the signal to stop; then each is answered with an error
    #[arg(long, default_value = "30s", value_name = "TIME")]
    pub(in crate::commands) drain_timeout: Time,
    /// The directory for compiled components [default: in the user's cache]
    #[arg(long, value_name = "DIRECTORY")]
    pub(in crate::commands) cache_dir: Option<PathBuf>,
    #[command(flatten)]
    pub(in crate::commands) policy: PolicyArgs,
    #[command(flatten)]
    pub(crate) log: LogOptions,
}

impl ServerOptions {
    /// The address to listen on.
    pub(super) fn address(&self) -> SocketAddr {
        self.addr.unwrap_or(SocketAddr::from((Ipv4Addr::LOCALHOST, 8080)))
    }

    /// Checks that names are unique, and that the options name providers that are served.
    pub(in crate::commands) fn check_names(&self, files: &[ComponentArg]) -> anyhow::Result<()> {
        refuse_environment(std::env::vars_os().map(|(name, _)| name))?;
        let mut names: Vec<&str> = files.iter().map(|source| source.name.as_str()).collect();
        names.sort_unstable();
        if let Some([name, _]) = names.array_windows().find(|[one, next]| one == next) {
            bail!("two components have the name `{name}`: write NAME=FILE for one of them");
        }
        let is_of_provider = |rule: &&PerProvider<Rule>| rule.provider.as_deref() != Some(SERVER);
        check_providers("--egress", self.egress.iter().filter(is_of_provider), &names)?;
        check_providers("--limit-time", &self.limit_time, &names)?;
        check_providers("--limit-memory", &self.limit_memory, &names)?;
        if let Some(Bytes(bytes)) =
            self.limit_memory.iter().map(|limit| limit.value).find(|Bytes(bytes)| *bytes < WASM_PAGE)
        {
            bail!("`--limit-memory` of {bytes} bytes is less than a page of memory: give a unit, such as `{bytes}MiB`");
        }
        check_providers("--limit-result", &self.limit_result, &names)?;
        check_providers("--limit-state", &self.limit_state, &names)?;
        check_prefixes(&self.prefix, &names)?;
        Ok(())
    }

    /// How many clients may be connected at once: no more than the process can have descriptors for.
    pub(super) fn clients(&self, components: usize, descriptors: Option<u64>) -> u32 {
        let wanted = self.max_connections;
        let clients = fit_clients(wanted, components, descriptors);
        if clients < wanted {
            let descriptors = descriptors.unwrap_or_default();
            tracing::warn!(
                "`--max-connections` is {clients} instead of {wanted}: this process may open {descriptors} files (`ulimit -n`), some for itself and for the requests of providers"
            );
        }
        clients
    }

    /// What a component may do by these options.
    pub(super) fn grant(
        &self,
        source: &ComponentArg,
        settings: BTreeMap<String, String>,
        environment: Vec<(String, String)>,
        shared: &SharedLimits,
    ) -> Grant {
        let mut grant = Grant { settings, environment, memory: shared.memory.share(), ..Grant::nothing(&source.name) };
        let name = &source.name;
        if let Some(Time(time)) = for_provider(&self.limit_time, name).last() {
            grant.limits.time = *time;
        }
        if let Some(Bytes(memory)) = for_provider(&self.limit_memory, name).last() {
            grant.limits.memory = *memory;
        }
        if let Some(Bytes(result)) = for_provider(&self.limit_result, name).last() {
            grant.limits.result = *result;
        }
        grant.egress = Egress::new(for_provider(&self.egress, name).cloned().collect());
        grant.limit_connections(shared.connections);
        grant
    }

    /// The room of a provider's state. Each has its own, so that none can take another's.
    pub(super) fn state_room(&self, provider: &str) -> Room {
        match for_provider(&self.limit_state, provider).last() {
            Some(Bytes(bytes)) => Room { bytes: *bytes, ..Room::OF_PROVIDER },
            None => Room::OF_PROVIDER,
        }
    }

    /// What the server's own requests may reach.
    pub(super) fn egress_of_server(&self, auth: Option<&AuthConfig>) -> anyhow::Result<Egress> {
        let own = self.egress.iter().filter(|rule| rule.provider.as_deref() == Some(SERVER));
        let rules = own.map(|rule| rule.value.clone());
        auth.map_or_else(|| Ok(Egress::default()), |auth| egress_of_server(auth, rules))
    }

    /// Tells an operator that a server that asks for no tokens is open to more than this machine.
    pub(super) fn warn_of_open_server(&self, has_policy: bool) {
        if let Some(warning) = warning_of_open_server(self.address(), has_policy) {
            tracing::warn!("{warning}");
        }
    }
}

/// What an operator has to know of a server at this address that asks for no tokens. On a loopback address only this machine has clients.
fn warning_of_open_server(address: SocketAddr, has_policy: bool) -> Option<String> {
    if address.ip().to_canonical().is_loopback() {
        return None;
    }
    let may = match has_policy {
        true => "may call without a token what the policy allows to callers who are not known",
        false => "may call everything",
    };
    Some(format!(
        "every client that reaches {address} {may}: set `auth.issuers` to ask for tokens, or listen on a loopback address"
    ))
}

/// Refuses to start where the environment has settings of authorization or of a policy: it is read in composed files on other hosts, and a
/// server that was meant to ask for tokens, or to obey a policy, would be open here.
fn refuse_environment(mut names: impl Iterator<Item = std::ffi::OsString>) -> anyhow::Result<()> {
    let section = |name: &str| match name {
        name if name.starts_with("WASMCP__AUTH__") => Some("auth"),
        name if name.starts_with("WASMCP__POLICY__") => Some("policy"),
        _ => None,
    };
    match names.find_map(|name| Some((section(&name.to_string_lossy())?, name))) {
        None => Ok(()),
        Some((section, name)) => bail!(
            "the environment has `{}`, and `wasmcp serve` does not read settings there: give it with `--set {section}.KEY=VALUE` or `--settings FILE`",
            name.to_string_lossy()
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_operator_is_warned_of_a_server_without_tokens_that_others_than_this_machine_reach() {
        let (all, by_policy) = (Some("may call everything"), Some("may call without a token what the policy allows"));
        for (address, has_policy, expected) in [
            ("127.0.0.1:8080", false, None),
            ("127.8.9.10:0", false, None),
            ("127.0.0.1:8080", true, None),
            ("[::1]:8080", false, None),
            ("[::ffff:127.0.0.1]:8080", false, None),
            ("0.0.0.0:8080", false, all),
            ("0.0.0.0:8080", true, by_policy),
            ("[::]:8080", false, all),
            ("[::]:8080", true, by_policy),
            ("10.0.0.1:8080", false, all),
            ("192.0.2.1:8080", true, by_policy),
            ("[::ffff:192.0.2.1]:8080", false, all),
        ] {
            let parsed: SocketAddr = address.parse().expect(address);
            let warning = warning_of_open_server(parsed, has_policy);
            let is_expected = match (&warning, expected) {
                (Some(warning), Some(expected)) => {
                    warning.contains(&format!("reaches {address} {expected}")) && warning.contains("`auth.issuers`")
                }
                (warning, expected) => warning.is_none() && expected.is_none(),
            };
            assert!(is_expected, "{address}, {has_policy}: {warning:?}");
        }
    }

    #[test]
    fn a_variable_that_would_restrict_callers_ends_the_start() {
        for (name, setting) in [
            ("WASMCP__AUTH__ISSUERS", Some("`--set auth.KEY=VALUE`")),
            ("WASMCP__AUTH__RESOURCE", Some("`--set auth.KEY=VALUE`")),
            ("WASMCP__POLICY__REGO", Some("`--set policy.KEY=VALUE`")),
            ("WASMCP__TRANSPORT__NAME", None),
            ("WASMCP__WEATHER__AUTH__ISSUERS", None),
            ("WASMCP_CACHE_DIR", None),
        ] {
            let refused = refuse_environment(["PATH", name].into_iter().map(Into::into)).err();
            let said = refused.map(|error| error.to_string());
            let is_expected = match (&said, setting) {
                (Some(said), Some(setting)) => said.contains(&format!("`{name}`")) && said.contains(setting),
                (said, setting) => said.is_none() && setting.is_none(),
            };
            assert!(is_expected, "{name}: {said:?}");
        }
    }
}
