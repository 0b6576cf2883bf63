//! Loads a policy again when its files have changed.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use policy::PolicyAuthorizer;
use tokio::time::{MissedTickBehavior, interval};

use super::files::fingerprint;
use super::{PolicyError, load_and_warn};
use crate::fingerprint::Fingerprint;

/// How often the files are looked at. Files that have changed are read when they have been the same for as long.
const INTERVAL: Duration = Duration::from_secs(1);

/// Replaces the policy whenever the files at the path have changed and can be compiled. Files that cannot leave the last good policy in
/// force, and the server not ready. What was loaded so far was there when its fingerprint was taken.
pub(crate) async fn reload(path: PathBuf, mut loaded: Fingerprint, authorizer: Arc<PolicyAuthorizer>) {
    let mut ticks = interval(INTERVAL);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let mut last = loaded.clone();
    let mut told = None;
    // Whether the files could not be read when they were looked at last. They may be readable in a second without a change of theirs, or be
    // again those that are in force.
    let mut is_unread = false;
    loop {
        ticks.tick().await;
        let now = fingerprint(&path);
        let is_settled = now == last;
        last = now.clone();
        if !is_settled || (now == loaded && !is_unread) {
            continue;
        }
        let of_task = path.clone();
        let read = tokio::task::spawn_blocking(move || load_and_warn(&of_task)).await;
        is_unread = matches!(read, Ok(Err(PolicyError::Read(_))));
        if !is_unread {
            loaded = now;
        }
        let problem = match read {
            Ok(Ok(bundle)) => {
                let revision = bundle.revision().to_owned();
                authorizer.replace(bundle);
                tracing::info!("the policy in `{}` is in force, revision {revision}", path.display());
                None
            }
            Ok(Err(error)) => Some(error.to_string()),
            Err(_) => Some("it could not be compiled: the log has the reason".to_owned()),
        };
        match &problem {
            Some(error) if problem != told => {
                let revision = authorizer.revision();
                tracing::error!(
                    "the policy is still that of revision {revision}, and the server is not ready: {error}"
                );
                authorizer.keep(format!("the policy cannot be loaded: {error}"));
            }
            _ => {}
        }
        told = problem;
    }
}
