//! The configuration of the router: the values of the section `router` of the settings table, ready for use.

use std::convert::Infallible;

use settings::{ProviderLink, Router, SettingError};

/// The providers, and the timeouts and limits of calls to them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Config {
    pub(crate) providers: Vec<ProviderLink>,
    pub(crate) policy: RetryPolicy,
}

/// Timeouts in milliseconds, and limits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct RetryPolicy {
    /// How long a list may take.
    pub(crate) list_timeout_ms: u32,
    /// How long the first wait for a host to accept a call takes. Further waits take longer.
    pub(crate) accept_timeout_ms: u32,
    /// After how long without a result another attempt begins.
    pub(crate) retry_after_ms: u32,
    /// How many attempts a call has that may run more than once. Those that no host accepts do not count.
    pub(crate) max_attempts: u32,
    /// The longest result, in bytes.
    pub(crate) result_limit: usize,
}

impl From<Router> for Config {
    fn from(settings: Router) -> Self {
        let policy = RetryPolicy {
            list_timeout_ms: settings.list_timeout_ms,
            accept_timeout_ms: settings.accept_timeout_ms,
            retry_after_ms: settings.retry_after_ms,
            max_attempts: settings.attempts,
            result_limit: settings.result_limit,
        };
        Self { providers: settings.providers, policy }
    }
}

impl Config {
    /// Reads every setting of the section `router`. `get` is asked for names without the section, as in `providers`. A name for which it
    /// has no value keeps its default.
    pub fn from_settings(get: impl Fn(&str) -> Option<String>) -> Result<Self, SettingError> {
        Router::read(|name| Ok::<_, Infallible>(get(name))).map(Self::from)
    }

    /// The links to the providers and the prefixes of their tools, in their order.
    pub fn providers(&self) -> impl Iterator<Item = (&str, Option<&str>)> {
        self.providers.iter().map(|provider| (provider.link.as_str(), provider.prefix.as_deref()))
    }

    /// The names of the links, in their order.
    pub fn links(&self) -> impl Iterator<Item = &str> {
        self.providers().map(|(link, _)| link)
    }
}
