//! The configuration of the engine: the values of the section `transport` of the settings table, ready for use.

use std::convert::Infallible;
use std::ops::Deref;

use contract::model::Implementation;
use settings::{SettingError, Transport};

use crate::authentication::ProtectedResource;
use crate::http::origin::OriginPolicy;

/// How a server behaves, whatever its providers are. It dereferences to the values of the settings `transport.*`, so that a
/// new setting is a row of that table and the code that uses its field.
#[derive(Clone, Debug, Default)]
pub struct Config {
    pub(crate) origin_policy: OriginPolicy,
    /// The server as the authenticator describes it; none where it asks for no authorization.
    pub(crate) protected_resource: Option<ProtectedResource>,
    settings: Transport,
}

impl Config {
    /// Reads every setting of the section `transport`. `get` is asked for names without the section, as in `body-limit`; a
    /// name for which it has no value keeps its default.
    pub fn from_settings(get: impl Fn(&str) -> Option<String>) -> Result<Self, SettingError> {
        Self::read(|name| Ok::<_, Infallible>(get(name)))
    }

    /// The same where the host may fail to read a setting. Such a failure is an error: it must not count as a setting that is unset.
    pub fn read<E>(get: impl Fn(&str) -> Result<Option<String>, E>) -> Result<Self, SettingError> {
        let settings = Transport::read(get)?;
        let origin_policy =
            OriginPolicy { hosts: settings.allowed_hosts.clone(), origins: settings.allowed_origins.clone() };
        Ok(Self { origin_policy, protected_resource: None, settings })
    }

    /// Puts what the operator has set in the place of what the providers say of the server as a whole.
    pub(crate) fn apply_overrides(&self, implementation: &mut Implementation, instructions: &mut Option<String>) {
        if let Some(name) = &self.name {
            implementation.name.clone_from(name);
        }
        if let Some(version) = &self.version {
            implementation.version.clone_from(version);
        }
        if self.title.is_some() {
            implementation.title.clone_from(&self.title);
        }
        if self.instructions.is_some() {
            instructions.clone_from(&self.instructions);
        }
    }
}

impl Deref for Config {
    type Target = Transport;

    fn deref(&self) -> &Transport {
        &self.settings
    }
}
