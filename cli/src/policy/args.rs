//! The options of `wasmcp serve` about policies, and the authorizer that they make.

use std::path::PathBuf;
use std::sync::Arc;

use anyhow::{Context as _, bail};
use policy::{Bundle, DecisionLog, PolicyAuthorizer, PolicyOptions};
use server::{Authorizer, Ports};
use settings::Policy;

use super::{Role, fingerprint, load_and_warn, reload};
use crate::log::DecisionFile;

/// The options about policies.
#[derive(clap::Args)]
pub(crate) struct PolicyArgs {
    /// A policy in Rego, a folder or a file, which decides about every call and list; it is read again when it changes
    #[arg(long, value_name = "PATH")]
    policy: Option<PathBuf>,
    /// A policy that only says in the log of decisions what it would have done; it is read again when it changes
    #[arg(long, value_name = "PATH", requires = "decision_log")]
    policy_dry_run: Option<PathBuf>,
    /// The file to which a line of JSON is added for each decision of a policy about a call
    #[arg(long, value_name = "FILE")]
    decision_log: Option<PathBuf>,
}

impl PolicyArgs {
    /// Whether there is any of them.
    pub(crate) fn is_any_given(&self) -> bool {
        self.policy.is_some() || self.policy_dry_run.is_some() || self.decision_log.is_some()
    }

    /// Where the policy comes from, if there is one.
    pub(crate) fn name(&self, settings: &Policy) -> Option<String> {
        let path = self.policy.as_ref().map(|path| path.display().to_string());
        path.or_else(|| settings.rego.is_some().then(|| "policy.rego".to_owned()))
    }

    /// The policy that the options or the settings name. One from files follows them from now on. `has_callers` is whether the server asks for
    /// tokens, and `is_tool` whether there is a tool of a name.
    pub(crate) fn authorizer(
        &self,
        settings: &Policy,
        has_callers: bool,
        is_tool: impl Fn(&str) -> bool,
        ports: &Ports,
    ) -> anyhow::Result<Option<Arc<dyn Authorizer>>> {
        if settings.log_decisions {
            bail!("`policy.log-decisions` is for composed files and lattices: name a file with `--decision-log`");
        }
        let (bundle, files) = match (&self.policy, Bundle::from_settings(settings)?) {
            (Some(_), Some(_)) => {
                bail!("there is a policy in `--policy`, and one in `policy.rego`: take one of them away")
            }
            (Some(path), None) => {
                let loaded = fingerprint(path);
                (load_and_warn(path)?, Some((path.clone(), loaded)))
            }
            (None, Some(bundle)) => {
                for finding in bundle.findings() {
                    tracing::warn!("in `policy.rego`: {finding}");
                }
                (bundle, None)
            }
            (None, None) if self.is_any_given() => {
                bail!(
                    "`--decision-log` and `--policy-dry-run` are about a policy, and there is none: name its folder with `--policy`"
                )
            }
            (None, None) if *settings != Policy::default() => {
                bail!("there are settings `policy.*`, and no policy: name its folder with `--policy`")
            }
            (None, None) => return Ok(None),
        };
        if bundle.reads_identity() && !has_callers {
            tracing::warn!(
                "the policy reads `input.identity`, which no caller has here, since this server asks for no tokens: set `auth.issuers` and \
                 `auth.resource`"
            );
        }
        for finding in bundle.unknown_tools(is_tool) {
            tracing::warn!("in the policy: {finding}");
        }
        let log = self.decision_log.as_ref().map(|file| {
            let log = DecisionFile::open(file).with_context(|| format!("cannot write `{}`", file.display()))?;
            Ok::<_, anyhow::Error>(Arc::new(log) as Arc<dyn DecisionLog>)
        });
        let options = PolicyOptions { log: log.transpose()?, ..PolicyOptions::from_settings(settings) };
        let authorizer = Arc::new(PolicyAuthorizer::new(bundle, options, ports));
        if let Some(path) = &self.policy_dry_run {
            let loaded = fingerprint(path);
            authorizer.set_dry_run(load_and_warn(path)?);
            tokio::spawn(reload(path.clone(), loaded, Arc::clone(&authorizer), Role::DryRun));
        }
        if let Some((path, loaded)) = files {
            tokio::spawn(reload(path, loaded, Arc::clone(&authorizer), Role::Decides));
        }
        Ok(Some(authorizer))
    }
}
