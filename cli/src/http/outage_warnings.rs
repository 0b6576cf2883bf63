//! How often it is logged that keys of issuers cannot be had, or that a provider is missing from lists: while that lasts, each request finds it
//! anew.

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

/// How often the same is logged again: that no caller can be verified, or that a part of one provider is missing.
const UNAVAILABLE_INTERVAL: Duration = Duration::from_secs(10);

/// When what was logged last.
#[derive(Default)]
pub(super) struct OutageWarnings {
    /// That no caller can be verified.
    keys: Mutex<Option<Instant>>,
    /// That a part of a provider is missing, by its name. The operator decides how many there are.
    providers: Mutex<BTreeMap<String, Instant>>,
}

impl OutageWarnings {
    /// Whether it is time to log again that no caller can be verified.
    pub(super) fn keys_are_due(&self, now: Instant) -> bool {
        let mut logged = self.keys.lock().unwrap_or_else(PoisonError::into_inner);
        let is_due = logged.is_none_or(|logged| now.duration_since(logged) >= UNAVAILABLE_INTERVAL);
        if is_due {
            *logged = Some(now);
        }
        is_due
    }

    /// The same of a provider whose part is missing.
    pub(super) fn provider_is_due(&self, provider: &str, now: Instant) -> bool {
        let mut all = self.providers.lock().unwrap_or_else(PoisonError::into_inner);
        let is_due = all.get(provider).is_none_or(|logged| now.duration_since(*logged) >= UNAVAILABLE_INTERVAL);
        if is_due {
            all.insert(provider.to_owned(), now);
        }
        is_due
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_down_is_logged_once_in_an_interval() {
        let (warnings, start) = (OutageWarnings::default(), Instant::now());
        for (seconds, is_due) in [(0, true), (1, false), (9, false), (10, true), (15, false), (20, true)] {
            let now = start + Duration::from_secs(seconds);
            assert_eq!(warnings.keys_are_due(now), is_due, "after {seconds} s");
            assert_eq!(warnings.provider_is_due("a", now), is_due, "after {seconds} s");
        }
        assert!(warnings.provider_is_due("b", start), "of another provider");
    }
}
