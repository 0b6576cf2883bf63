use std::fmt;

use crate::Offered;

/// What a provider lists.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// A tool, by its name.
    Tool,
    /// A prompt, by its name.
    Prompt,
    /// A resource, by its URI.
    Resource,
    /// A resource template, by its text.
    Template,
}

impl Kind {
    /// Whether a prefix is put before what these are known by. A URI stays what it is.
    pub(crate) fn is_prefixed(self) -> bool {
        matches!(self, Kind::Tool | Kind::Prompt)
    }

    pub(crate) fn is_offered(self, offered: &Offered) -> bool {
        match self {
            Kind::Tool => offered.tools,
            Kind::Prompt => offered.prompts,
            Kind::Resource | Kind::Template => offered.resources,
        }
    }
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Kind::Tool => "tool",
            Kind::Prompt => "prompt",
            Kind::Resource => "resource",
            Kind::Template => "resource template",
        })
    }
}
