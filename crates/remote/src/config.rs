//! The configuration of the router: the values of the section `router` of the settings table, ready for use.

use std::convert::Infallible;

use settings::{ProviderLink, Router, SettingError};

/// Which providers there are, and how patient the router is with them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Config {
    pub(crate) providers: Vec<ProviderLink>,
    pub(crate) patience: Patience,
}

/// How long, how often and how much.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Patience {
    pub(crate) list_ms: u32,
    pub(crate) take_ms: u32,
    pub(crate) retry_ms: u32,
    pub(crate) attempts: u32,
    pub(crate) answer_bytes: usize,
}

impl From<Router> for Config {
    fn from(settings: Router) -> Self {
        let patience = Patience {
            list_ms: settings.list_timeout_ms,
            take_ms: settings.take_timeout_ms,
            retry_ms: settings.retry_after_ms,
            attempts: settings.attempts,
            answer_bytes: settings.answer_limit,
        };
        Self { providers: settings.providers, patience }
    }
}

impl Config {
    /// Reads every setting of the section `router`. `get` is asked for names without the section, as in `providers`; a name
    /// for which it has no value keeps its default.
    pub fn from_settings(get: impl Fn(&str) -> Option<String>) -> Result<Self, SettingError> {
        Router::read(|name| Ok::<_, Infallible>(get(name))).map(Self::from)
    }

    /// The links to the providers and the prefixes of their tools, in their order.
    pub fn providers(&self) -> impl Iterator<Item = (&str, Option<&str>)> {
        self.providers.iter().map(|provider| (provider.link.as_str(), provider.prefix.as_deref()))
    }

    /// The links alone.
    pub fn links(&self) -> impl Iterator<Item = &str> {
        self.providers().map(|(link, _)| link)
    }
}
