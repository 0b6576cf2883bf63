//! The rules of a policy that are asked.

use std::fmt;

/// A rule of the package `wasmcp` that is asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum EntryPoint {
    /// Whether what the input describes may run. Without [`EntryPoint::Visible`] it is asked about lists too.
    Allow,
    /// Whether a list shows the item of the input.
    Visible,
    /// Why what the input describes must not run, whatever the others say: a set of texts. It is asked about lists too.
    Deny,
}

impl EntryPoint {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Allow, Self::Visible, Self::Deny];

    /// The path of the rule, for example `data.wasmcp.allow`.
    #[must_use]
    pub const fn rule(self) -> &'static str {
        match self {
            Self::Allow => "data.wasmcp.allow",
            Self::Visible => "data.wasmcp.visible",
            Self::Deny => "data.wasmcp.deny",
        }
    }
}

impl fmt::Display for EntryPoint {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.rule())
    }
}
