//! Loads a policy again when its files have changed.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use policy::PolicyAuthorizer;
use tokio::time::{MissedTickBehavior, interval};

use super::files::Fingerprint;
use super::load;

/// How often the files are looked at. Files that have changed are read when they have been the same for as long.
const INTERVAL: Duration = Duration::from_secs(1);

/// Replaces the policy whenever the files at the path have changed and can be compiled. Files that cannot leave the last good policy in
/// force, and the server not ready. What was loaded so far was there when its fingerprint was taken.
pub(crate) async fn reload(path: PathBuf, mut loaded: Fingerprint, authorizer: Arc<PolicyAuthorizer>) {
    let mut ticks = interval(INTERVAL);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let mut last = loaded.clone();
    loop {
        ticks.tick().await;
        let now = Fingerprint::of(&path);
        let is_settled = now == last;
        last = now.clone();
        if now == loaded || !is_settled {
            continue;
        }
        loaded = now;
        let of_task = path.clone();
        let read = tokio::task::spawn_blocking(move || load(&of_task).map_err(|error| error.to_string())).await;
        match read.unwrap_or_else(|_| Err("it could not be compiled: the log has the reason".to_owned())) {
            Ok(bundle) => {
                let revision = bundle.revision().to_owned();
                authorizer.replace(bundle);
                tracing::info!("the policy in `{}` is in force, revision {revision}", path.display());
            }
            Err(error) => {
                let revision = authorizer.revision();
                tracing::error!(
                    "the policy is still that of revision {revision}, and the server is not ready: {error}"
                );
                authorizer.keep(format!("the policy cannot be loaded: {error}"));
            }
        }
    }
}
