use thiserror::Error;

/// A provider's answer that breaks the contract and so cannot be written.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("`{path}` {reason}")]
pub struct EncodeError {
    /// Where, by the names of the wire, for example `tools[2].inputSchema`.
    pub path: String,
    /// What is wrong there.
    pub reason: String,
}

impl EncodeError {
    pub(super) fn new(path: impl Into<String>, reason: impl Into<String>) -> Self {
        Self { path: path.into(), reason: reason.into() }
    }

    /// The same breach, seen from the object that has it in this member.
    pub(super) fn within(self, outer: &str) -> Self {
        let separator = if self.path.is_empty() || self.path.starts_with('[') { "" } else { "." };
        Self { path: format!("{outer}{separator}{}", self.path), reason: self.reason }
    }

    /// The same, seen from the array that has it in this item.
    pub(super) fn at(self, index: usize) -> Self {
        self.within(&format!("[{index}]"))
    }
}
