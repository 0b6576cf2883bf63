//! Errors of providers in words.

use crate::model::McpError;

impl McpError {
    /// The error in words, for an operator: a sentence about the provider, which is `it`.
    pub fn explanation(&self) -> String {
        match self {
            Self::NotOffered => "it does not offer that".to_owned(),
            Self::UnknownName(name) => format!("it has nothing named `{name}`"),
            Self::ResourceNotFound(uri) => format!("it has no resource `{uri}`"),
            Self::InvalidCursor => "it refused its own cursor".to_owned(),
            Self::InvalidParams(detail) => format!("invalid parameters: {}", detail.message),
            Self::InvalidSaved => "it refused the state that it had saved".to_owned(),
            Self::MissingCapabilities(_) => "it requires capabilities of the client".to_owned(),
            Self::InsufficientScope(scopes) => format!("it requires the scopes `{}`", scopes.join(" ")),
            Self::Forbidden(text) => format!("forbidden: {text}"),
            Self::DeadlineExceeded => "it did not answer in time".to_owned(),
            Self::Unavailable(_) => "it is unavailable".to_owned(),
            Self::Internal(text) => text.clone(),
            Self::Other(error) => format!("{} (code {})", error.message, error.code),
        }
    }
}

// wit-bindgen writes these two by itself; wasmtime does so only where a function of the same world returns the error.
#[cfg(feature = "host")]
impl std::fmt::Display for McpError {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str(&self.explanation())
    }
}

#[cfg(feature = "host")]
impl std::error::Error for McpError {}
