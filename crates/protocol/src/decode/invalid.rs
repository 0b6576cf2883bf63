use thiserror::Error;

/// Parameters that are not what they must be.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("{message}")]
pub struct InvalidParams {
    /// Which one, and what it must be.
    pub message: String,
}

/// The same, while it is still known where it was met.
#[derive(Debug)]
pub(crate) struct Fault {
    path: String,
    reason: &'static str,
}

impl Fault {
    pub(crate) fn new(path: impl Into<String>, reason: &'static str) -> Self {
        Self { path: path.into(), reason }
    }

    /// The same fault, seen from the object that has it in this member.
    pub(crate) fn within(self, outer: &str) -> Self {
        let separator = if self.path.is_empty() || self.path.starts_with('[') { "" } else { "." };
        Self { path: format!("{outer}{separator}{}", self.path), reason: self.reason }
    }
}

impl From<Fault> for InvalidParams {
    fn from(Fault { path, reason }: Fault) -> Self {
        Self { message: format!("`{path}` {reason}") }
    }
}
