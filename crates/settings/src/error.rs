//! Why a setting cannot be used.

/// A setting that cannot be used. Its value is not repeated, since it may be a secret.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SettingError {
    /// The value is not what the setting takes.
    #[error("setting `{key}` is not {expected}")]
    Invalid {
        /// The whole key, as in `transport.body-limit`.
        key: &'static str,
        /// What the setting takes.
        expected: &'static str,
    },
    /// The setting has no default, and no value was set.
    #[error("setting `{key}` is required, and it is not set: it is {expected}")]
    Missing {
        /// The whole key.
        key: &'static str,
        /// What the setting takes.
        expected: &'static str,
    },
    /// The value is of the right kind, and cannot be used for this reason.
    #[error("setting `{key}` cannot be used: {reason}")]
    Unusable {
        /// The whole key.
        key: &'static str,
        /// Why not, without the value.
        reason: String,
    },
    /// The host could not say whether the setting is set. That does not count as unset: a restriction that an operator made
    /// must not be lost because a host fails.
    #[error("the host could not read setting `{key}`")]
    Unreadable {
        /// The whole key.
        key: &'static str,
    },
}

impl SettingError {
    /// The whole key, as in `transport.body-limit`.
    pub fn key(&self) -> &'static str {
        match self {
            Self::Invalid { key, .. }
            | Self::Missing { key, .. }
            | Self::Unusable { key, .. }
            | Self::Unreadable { key } => key,
        }
    }
}
