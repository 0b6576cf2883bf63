//! `wasmcp check`: explains settings of authorization and a token, without a server.

use std::path::PathBuf;

use anyhow::{Context as _, bail};
use auth::{KeyStorage, Outcome, TokenAuthenticator};

use super::egress::egress_of_server;
use super::read_text;
use crate::host::Rule;
use crate::http::{install_signatures, system_ports};
use crate::log::{LogOptions, report};
use crate::options::{PerProvider, Settings};
use crate::policy::load_and_warn;

/// How long a file with a token may be, in bytes: one that is too long for a request is explained too.
const MAX_TOKEN_FILE: u64 = 1 << 20;

/// Checks the settings of authorization and a policy, and says of a token which rule it obeys and which it breaks; the token is not printed
#[derive(clap::Args)]
pub(crate) struct Check {
    /// A file with a token, or `-` for the standard input
    #[arg(long, value_name = "FILE")]
    token_file: Option<PathBuf>,
    /// A policy, a folder or a file: it is compiled, and what is suspicious about it is told
    #[arg(long, value_name = "PATH")]
    policy: Option<PathBuf>,
    /// Sets a key of the server: `auth.KEY`, `policy.KEY` or `transport.KEY`
    #[arg(long, value_name = "KEY=VALUE")]
    set: Vec<String>,
    /// A TOML file with settings, as for `serve`
    #[arg(long, value_name = "FILE")]
    settings: Option<PathBuf>,
    /// Allows requests to an authorization server at a private address: `10.0.0.5:8443`
    #[arg(long, value_name = "[transport=]HOST[:PORT]")]
    egress: Vec<PerProvider<Rule>>,
    #[command(flatten)]
    pub(crate) log: LogOptions,
}

impl Check {
    /// Runs the command.
    pub(crate) fn run(self) -> anyhow::Result<()> {
        let settings = Settings::read_for_composed(self.settings.as_deref(), &self.set)?;
        settings.config()?;
        settings.policy()?;
        if let Some(path) = &self.policy {
            let bundle = load_and_warn(path)?;
            report(&format!("wasmcp: the policy can be used, revision {}", bundle.revision()));
            if let Err(error) = bundle.without_address() {
                tracing::warn!("in `{}`: {error}", path.display());
            }
        }
        let Some(auth) = settings.auth(KeyStorage::Memory)? else {
            if self.policy.is_some() && self.token_file.is_none() {
                return Ok(());
            }
            bail!("there is no setting `auth.issuers`, so that the server asks for no token and every client may call");
        };
        report("wasmcp: the settings of the server can be used");
        let Some(file) = &self.token_file else { return Ok(()) };
        let token = match file.as_os_str() == "-" {
            true => read_text(std::io::stdin(), MAX_TOKEN_FILE),
            false => std::fs::File::open(file).and_then(|file| read_text(file, MAX_TOKEN_FILE)),
        };
        let token = token.with_context(|| format!("cannot read `{}`", file.display()))?;
        let rules = self.egress.iter().map(|rule| rule.value.clone());
        let ports = system_ports(egress_of_server(&auth, rules)?);
        install_signatures();
        let authenticator = TokenAuthenticator::new(auth, &ports)?;
        let runtime =
            tokio::runtime::Builder::new_current_thread().enable_all().build().context("cannot start the runtime")?;
        let findings = runtime.block_on(authenticator.explain(token.trim()));
        for finding in &findings {
            report(&finding.to_string());
        }
        match findings.iter().any(|finding| matches!(finding.outcome, Outcome::Failed(_))) {
            true => bail!("the server would refuse this token"),
            false => Ok(()),
        }
    }
}
