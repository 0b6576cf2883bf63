//! The four kinds of items that a provider lists.

use std::fmt;

use contract::model::Offers;

/// A kind of item that a provider lists.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// A tool, identified by its name.
    Tool,
    /// A prompt, identified by its name.
    Prompt,
    /// A resource, identified by its URI.
    Resource,
    /// A resource template, identified by its text.
    Template,
}

impl Kind {
    /// Every kind.
    pub(crate) const ALL: [Self; 4] = [Self::Tool, Self::Prompt, Self::Resource, Self::Template];

    /// Whether the provider's prefix is put before the identifier. A URI never changes.
    pub(crate) fn is_prefixed(self) -> bool {
        matches!(self, Kind::Tool | Kind::Prompt)
    }

    /// Whether a provider with these offers has a list of this kind.
    pub(crate) fn is_offered(self, offers: Offers) -> bool {
        offers.contains(match self {
            Kind::Tool => Offers::TOOLS,
            Kind::Prompt => Offers::PROMPTS,
            Kind::Resource | Kind::Template => Offers::RESOURCES,
        })
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
