//! `wasmcp check`: explains settings of authorization and a token, without a server.

use std::io::Read as _;
use std::path::PathBuf;

use anyhow::{Context as _, bail};
use auth::{KeyStorage, Outcome, TokenAuthenticator};

use super::egress::egress_of_server;
use crate::host::Rule;
use crate::http::{install_signatures, system_ports};
use crate::log::{LogOptions, report};
use crate::options::{PerProvider, Settings};

/// How long a file with a token may be, in bytes: one that is too long for a request is explained too.
const MAX_TOKEN_FILE: u64 = 1 << 20;

/// Checks the settings of authorization, and says of a token which rule it obeys and which it breaks; the token is not printed
#[derive(clap::Args)]
pub(crate) struct Check {
    /// A file with a token, or `-` for the standard input
    #[arg(long, value_name = "FILE")]
    token_file: Option<PathBuf>,
    /// Sets a key of the server: `auth.KEY` or `transport.KEY`
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
        let Some(auth) = settings.auth(KeyStorage::Memory)? else {
            bail!("there is no setting `auth.issuers`, so that the server asks for no token and every client may call");
        };
        report("wasmcp: the settings of the server can be used");
        let Some(file) = &self.token_file else { return Ok(()) };
        let token = if file.as_os_str() == "-" { read(std::io::stdin()) } else { read(std::fs::File::open(file)?) };
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

fn read(source: impl std::io::Read) -> std::io::Result<String> {
    let mut token = String::new();
    source.take(MAX_TOKEN_FILE).read_to_string(&mut token)?;
    Ok(token)
}
