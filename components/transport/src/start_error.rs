//! Why an instance cannot serve: `/readyz` and each request say so, with what to do about it.

use catalog::SnapshotError;
use server::SettingError;

/// Why this instance cannot serve.
#[derive(Debug, thiserror::Error)]
pub(crate) enum StartError {
    #[error(transparent)]
    Settings(#[from] SettingError),
    #[error(transparent)]
    Snapshot(#[from] SnapshotError),
    #[cfg(feature = "auth")]
    #[error(transparent)]
    Authenticator(#[from] auth::AuthenticatorError),
    #[cfg(feature = "auth")]
    #[error("the server has no setting `{section}.{key}`: it is misspelt, or of another version")]
    UnknownSetting { section: &'static str, key: String },
    #[cfg(feature = "auth")]
    #[error("the policy of this file cannot be used: {0}")]
    Policy(#[from] policy::CompileError),
    #[cfg(feature = "auth")]
    #[error("this file was composed with a policy, and the setting `policy.rego` is another: take one of them away")]
    TwoPolicies,
    #[cfg(feature = "auth")]
    #[error("there are settings `policy.*`, and no policy: set `policy.rego`, or compose the file with `--policy`")]
    NoPolicy,
    /// There are settings of authorization, which this component cannot enforce.
    #[cfg(not(feature = "auth"))]
    #[error(
        "there are settings `{0}`, and this file was composed without authorization: compose it again with `--auth`"
    )]
    Open(&'static str),
}
