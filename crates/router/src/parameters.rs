//! What the router has to know of the parameters of a function, beside their bytes.

use contract::model::{CompletionRequest, PromptGet, ResourceRead, ToolCall};
use wire::Encode;

/// What a call asks for, which decides on its time and on its retries.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Purpose<'a> {
    /// A list or a description. Many providers are asked for it at once, and the answer is useful without one of them: a provider has
    /// less time for it than for a call.
    List,
    /// Something that a client reads. It may run more than once.
    Read,
    /// A tool, by its name. Only a tool can have an effect, so its annotations decide whether it may run more than once.
    Tool(&'a str),
}

/// The parameter of a function after the context: `()`, a cursor or a record ([`contract::Function::Params`]).
pub(crate) trait Parameters: Encode + Copy + Send + Sync {
    /// What the call asks for.
    fn purpose(&self) -> Purpose<'_> {
        Purpose::Read
    }
}

impl Parameters for () {
    fn purpose(&self) -> Purpose<'_> {
        Purpose::List
    }
}

impl Parameters for Option<&str> {
    fn purpose(&self) -> Purpose<'_> {
        Purpose::List
    }
}

impl Parameters for &ToolCall {
    fn purpose(&self) -> Purpose<'_> {
        Purpose::Tool(&self.name)
    }
}

impl Parameters for &ResourceRead {}
impl Parameters for &PromptGet {}
impl Parameters for &CompletionRequest {}
