//! Errors that name the place in a JSON text: of a client's parameters, and of a provider's answer.

use thiserror::Error;

/// Parameters of a request that do not have the shape that their method asks for.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("{message}")]
pub struct InvalidParams {
    /// The member by its path, for example `params.arguments`, and what it must be. For the client.
    pub message: String,
}

/// A provider's answer that breaks the contract, so that it cannot be written.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("`{path}` {reason}")]
pub struct EncodeError {
    /// The place, by the names of the wire, for example `tools[2].inputSchema`.
    pub path: String,
    /// What is wrong there.
    pub reason: String,
}

/// Whether a record could be written.
pub(crate) type EncodeResult = Result<(), EncodeError>;

/// A member of a client's JSON that is not what it must be, while its path is still being found out.
#[derive(Debug)]
pub(crate) struct FieldError {
    path: String,
    reason: &'static str,
}

impl EncodeError {
    pub(crate) fn new(path: impl Into<String>, reason: impl Into<String>) -> Self {
        Self { path: path.into(), reason: reason.into() }
    }

    /// The same error, seen from the object that has the place in this member.
    pub(crate) fn within(self, outer: &str) -> Self {
        Self { path: join(outer, &self.path), ..self }
    }

    /// The same error, seen from the array that has the place in this item.
    pub(crate) fn at(self, index: usize) -> Self {
        self.within(&format!("[{index}]"))
    }
}

impl FieldError {
    pub(crate) fn new(path: impl Into<String>, reason: &'static str) -> Self {
        Self { path: path.into(), reason }
    }

    /// The same error, seen from the object that has the member in this one.
    pub(crate) fn within(self, outer: &str) -> Self {
        Self { path: join(outer, &self.path), ..self }
    }
}

impl From<FieldError> for InvalidParams {
    fn from(FieldError { path, reason }: FieldError) -> Self {
        Self { message: format!("`{path}` {reason}") }
    }
}

fn join(outer: &str, inner: &str) -> String {
    let separator = if inner.is_empty() || inner.starts_with('[') { "" } else { "." };
    format!("{outer}{separator}{inner}")
}
