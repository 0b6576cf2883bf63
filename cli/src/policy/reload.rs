//! Loads a policy again when its files have changed.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use policy::{Bundle, PolicyAuthorizer};
use tokio::time::{Instant, MissedTickBehavior, interval, timeout};

use super::files::fingerprint;
use super::{PolicyError, load_and_warn};
use crate::fingerprint::Fingerprint;

/// How often the files are looked at. Files that have changed are read when they have been the same for as long.
const INTERVAL: Duration = Duration::from_secs(1);
/// Files that change all the time are read after so long, as they are then.
const LONGEST_CHANGE: Duration = Duration::from_secs(5);
/// How long files may take to be compiled. Those that take longer count as files that cannot be.
const COMPILE_TIMEOUT: Duration = Duration::from_secs(30);

/// What a policy is for.
#[derive(Clone, Copy)]
pub(super) enum Role {
    /// It decides. While its files cannot be used the server is not ready.
    Decides,
    /// It only says what it would have done, so that no caller misses it.
    DryRun,
}

impl Role {
    /// Puts a bundle in the place of the last one.
    fn replace(self, authorizer: &PolicyAuthorizer, bundle: Bundle, path: &Path) {
        let (path, revision) = (path.display(), bundle.revision().to_owned());
        match self {
            Self::Decides => {
                authorizer.replace(bundle);
                tracing::info!("the policy in `{path}` is in force, revision {revision}");
            }
            Self::DryRun => {
                authorizer.set_dry_run(bundle);
                tracing::info!("the policy in `{path}` is the dry run, revision {revision}");
            }
        }
    }

    /// Leaves the last one where it is, as the files cannot be used for this reason.
    fn keep(self, authorizer: &PolicyAuthorizer, error: &str) {
        match self {
            Self::Decides => {
                let revision = authorizer.revision();
                tracing::error!(
                    "the policy is still that of revision {revision}, and the server is not ready: {error}"
                );
                authorizer.keep(format!("the policy cannot be loaded: {error}"));
            }
            Self::DryRun => tracing::error!("the dry run is still that of the last policy that could be used: {error}"),
        }
    }
}

/// Replaces the policy whenever the files at the path have changed and can be compiled. Files that cannot leave the last good policy in
/// its place. What was loaded so far was there when its fingerprint was taken.
pub(super) async fn reload(path: PathBuf, mut loaded: Fingerprint, authorizer: Arc<PolicyAuthorizer>, role: Role) {
    let mut ticks = interval(INTERVAL);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let mut last = loaded.clone();
    let mut changing_since = None;
    let mut told = None;
    // Whether the files could not be read when they were looked at last. They may be readable in a second without a change of theirs, or be
    // again those that are in force.
    let mut is_unread = false;
    loop {
        ticks.tick().await;
        let now = fingerprint(&path);
        let is_settled = now == last;
        last = now.clone();
        if now == loaded && !is_unread {
            changing_since = None;
            continue;
        }
        let waited = changing_since.get_or_insert_with(Instant::now).elapsed();
        if !is_settled && waited < LONGEST_CHANGE {
            continue;
        }
        changing_since = None;
        if now != loaded {
            tracing::info!("the files of `{}` have changed: compiling", path.display());
        }
        let of_task = path.clone();
        let compiled = tokio::task::spawn_blocking(move || load_and_warn(&of_task));
        let read = timeout(COMPILE_TIMEOUT, compiled).await;
        is_unread = matches!(read, Ok(Ok(Err(PolicyError::Read(_)))));
        if !is_unread {
            loaded = now;
        }
        let problem = match read {
            Ok(Ok(Ok(bundle))) => {
                role.replace(&authorizer, bundle, &path);
                None
            }
            Ok(Ok(Err(error))) => Some(error.to_string()),
            Ok(Err(_)) => Some("it could not be compiled: the log has the reason".to_owned()),
            Err(_) => Some(format!("it takes longer than {COMPILE_TIMEOUT:?} to compile: make it simpler")),
        };
        match &problem {
            Some(error) if problem != told => role.keep(&authorizer, error),
            _ => {}
        }
        told = problem;
    }
}
