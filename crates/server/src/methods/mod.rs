//! The methods of the protocol: one table of all of them, and a file for each family with what its methods do.
//!
//! A new method is a row of [`TABLE`], a variant of [`Operation`] with its item and its function, and that function in the file of its
//! family. Everything else about a request is the same for all methods and is in `pipeline`.

pub(crate) mod completion;
pub(crate) mod lifecycle;
pub(crate) mod prompts;
pub(crate) mod resources;
pub(crate) mod tool_search;
pub(crate) mod tools;

use contract::Provider;
use contract::model::{CompletionRequest, Offers, PromptGet, ResourceRead, ToolCall};
use protocol::Params;
use protocol::lifecycle::InitializeParams;
use protocol::tool_search::ToolSearch;
use protocol::version::Version;

use crate::authorization::Item;
use crate::calls::legs;
use crate::error::{MessageError, RequestError};
use crate::http::response::Response;
use crate::invocation::Invocation;

/// A row of the table.
pub(crate) struct Method {
    /// The name on the wire.
    pub(crate) name: &'static str,
    /// The eras that have the method.
    pub(crate) eras: Eras,
    /// The capability that a provider must offer for the server to have the method.
    pub(crate) capability: Option<Offers>,
    /// The member of `params` that the header `Mcp-Name` repeats (MCP 2026-07-28, transports).
    pub(crate) name_member: Option<&'static str>,
    /// Whether a call can take several legs, between which a client may be asked (MCP 2026-07-28, multi round-trip requests).
    pub(crate) legs: bool,
    /// Whether clients may cache the result (MCP 2026-07-28, caching).
    pub(crate) cacheable: bool,
    support: Support,
}

/// The eras of a method.
#[derive(Clone, Copy)]
pub(crate) enum Eras {
    Legacy,
    Modern,
    Both,
}

/// Whether the server serves a method.
#[derive(Clone, Copy)]
enum Support {
    /// The server serves the method.
    Served {
        /// Decodes the parameters.
        decode: fn(&Params<'_>) -> Result<Operation, RequestError>,
    },
    /// The server does not serve the method yet.
    Unsupported {
        /// Why not, for the client.
        reason: &'static str,
    },
}

/// A decoded request.
pub(crate) enum Operation {
    Initialize(InitializeParams),
    Ping,
    Discover,
    ListTools(Option<String>),
    CallTool(ToolCall),
    /// Lists the tools of a view whose tools are searched for.
    ListToolSearch,
    SearchTools(ToolSearch),
    /// Calls a tool by `call_tool`.
    CallFoundTool(ToolCall),
    ListResources(Option<String>),
    ListTemplates(Option<String>),
    ReadResource(ResourceRead),
    ListPrompts(Option<String>),
    GetPrompt(PromptGet),
    Complete(CompletionRequest),
}

const PLAIN: Method = Method {
    name: "",
    eras: Eras::Both,
    capability: None,
    name_member: None,
    legs: false,
    cacheable: false,
    support: Support::Unsupported { reason: "it is not in the table" },
};
const TOOLS: Method = Method { capability: Some(Offers::TOOLS), ..PLAIN };
const RESOURCES: Method = Method { capability: Some(Offers::RESOURCES), ..PLAIN };
const PROMPTS: Method = Method { capability: Some(Offers::PROMPTS), ..PLAIN };
const COMPLETION: Method = Method { capability: Some(Offers::COMPLETION), ..PLAIN };

const NO_STORE: Support = Support::Unsupported { reason: "it stores nothing between requests" };
const NO_SUBSCRIPTIONS: Support = Support::Unsupported { reason: "it cannot report changes" };

#[rustfmt::skip]
const TABLE: &[Method] = &[
    Method { name: protocol::lifecycle::INITIALIZE, eras: Eras::Legacy, support: Support::Served { decode: lifecycle::decode_initialize }, ..PLAIN },
    Method { name: protocol::lifecycle::PING, eras: Eras::Legacy, support: Support::Served { decode: |_| Ok(Operation::Ping) }, ..PLAIN },
    Method { name: protocol::lifecycle::DISCOVER, eras: Eras::Modern, cacheable: true, support: Support::Served { decode: |_| Ok(Operation::Discover) }, ..PLAIN },

    Method { name: protocol::tools::LIST, cacheable: true, support: Support::Served { decode: |params| Ok(Operation::ListTools(params.cursor()?)) }, ..TOOLS },
    Method { name: protocol::tools::CALL, name_member: Some("name"), legs: true, support: Support::Served { decode: tools::decode_call }, ..TOOLS },

    Method { name: protocol::resources::LIST, cacheable: true, support: Support::Served { decode: |params| Ok(Operation::ListResources(params.cursor()?)) }, ..RESOURCES },
    Method { name: protocol::resources::LIST_TEMPLATES, cacheable: true, support: Support::Served { decode: |params| Ok(Operation::ListTemplates(params.cursor()?)) }, ..RESOURCES },
    Method { name: protocol::resources::READ, name_member: Some("uri"), legs: true, cacheable: true, support: Support::Served { decode: resources::decode_read }, ..RESOURCES },

    Method { name: protocol::prompts::LIST, cacheable: true, support: Support::Served { decode: |params| Ok(Operation::ListPrompts(params.cursor()?)) }, ..PROMPTS },
    Method { name: protocol::prompts::GET, name_member: Some("name"), legs: true, support: Support::Served { decode: prompts::decode_get }, ..PROMPTS },

    Method { name: protocol::completion::COMPLETE, support: Support::Served { decode: completion::decode_complete }, ..COMPLETION },

    Method { name: "resources/subscribe", eras: Eras::Legacy, support: NO_SUBSCRIPTIONS, ..PLAIN },
    Method { name: "resources/unsubscribe", eras: Eras::Legacy, support: NO_SUBSCRIPTIONS, ..PLAIN },
    Method { name: "subscriptions/listen", eras: Eras::Modern, support: NO_SUBSCRIPTIONS, ..PLAIN },
    Method { name: "logging/setLevel", eras: Eras::Legacy, support: NO_STORE, ..PLAIN },
];

/// The names of the methods that the server serves in any version, for the tests.
#[doc(hidden)]
pub fn served_methods() -> impl Iterator<Item = &'static str> {
    TABLE.iter().filter(|method| method.is_served()).map(|method| method.name)
}

impl Method {
    /// The row of a method, whatever its eras are.
    pub(crate) fn find(name: &str) -> Option<&'static Self> {
        TABLE.iter().find(|method| method.name == name)
    }

    /// Decodes the parameters.
    pub(crate) fn decode(&self, params: &Params<'_>) -> Result<Operation, RequestError> {
        match self.support {
            Support::Served { decode } => decode(params),
            Support::Unsupported { reason } => {
                Err(MessageError::UnsupportedMethod { method: self.name, reason }.into())
            }
        }
    }

    /// Whether the server serves the method.
    pub(crate) fn is_served(&self) -> bool {
        matches!(self.support, Support::Served { .. })
    }

    /// The capabilities that the methods of a version serve. A capability that is declared must work. Logging has no method in the
    /// modern era, where each request names its level; a legacy client would set it once and for all, which needs a store.
    pub(crate) fn capabilities(version: Version) -> Offers {
        let served = |method: &&Self| method.eras.have(version) && method.is_served();
        let logging = if version.is_modern() { Offers::LOGGING } else { Offers::empty() };
        TABLE.iter().filter(served).filter_map(|method| method.capability).fold(logging, |all, some| all | some)
    }
}

impl Eras {
    /// Whether a version belongs to them.
    pub(crate) fn have(self, version: Version) -> bool {
        match self {
            Self::Legacy => !version.is_modern(),
            Self::Modern => version.is_modern(),
            Self::Both => true,
        }
    }
}

impl Operation {
    /// What a policy is asked about: the method and the item. To search for tools is to list them.
    pub(crate) fn access_subject(&self, method: &'static str) -> (&'static str, Item<'_>) {
        match self {
            Self::SearchTools(_) => (protocol::tools::LIST, Item::Method),
            _ => (method, self.item()),
        }
    }

    /// The item that a policy decides about, exactly as it will run.
    pub(crate) fn item(&self) -> Item<'_> {
        match self {
            Self::Initialize(_)
            | Self::Ping
            | Self::Discover
            | Self::ListTools(_)
            | Self::ListToolSearch
            | Self::SearchTools(_)
            | Self::ListResources(_)
            | Self::ListTemplates(_)
            | Self::ListPrompts(_) => Item::Method,
            Self::CallTool(call) | Self::CallFoundTool(call) => {
                Item::Tool { name: &call.name, arguments: &call.arguments }
            }
            Self::ReadResource(read) => Item::Resource { uri: &read.uri },
            Self::GetPrompt(get) => Item::Prompt { name: &get.name, arguments: &get.arguments },
            Self::Complete(request) => completion::item(request),
        }
    }

    /// Runs the method and encodes its result. The lists are on the heap, so that the future of a call does not have room for them.
    pub(crate) async fn run<P: Provider>(self, mut invocation: Box<Invocation<P>>) -> Result<Response, RequestError> {
        match self {
            Self::Initialize(params) => lifecycle::initialize(&invocation, &params),
            Self::Ping => lifecycle::ping(&invocation),
            Self::Discover => lifecycle::discover(&invocation),
            Self::ListTools(cursor) => Box::pin(tools::list(&invocation, cursor.as_deref())).await,
            Self::ListResources(cursor) => Box::pin(resources::list(&invocation, cursor.as_deref())).await,
            Self::ListTemplates(cursor) => Box::pin(resources::list_templates(&invocation, cursor.as_deref())).await,
            Self::ListPrompts(cursor) => Box::pin(prompts::list(&invocation, cursor.as_deref())).await,
            Self::CallTool(call) | Self::CallFoundTool(call) => legs::answer(invocation, call).await,
            Self::ListToolSearch => tool_search::list(&invocation),
            Self::SearchTools(search) => Box::pin(tool_search::search(&invocation, &search)).await,
            Self::ReadResource(read) => legs::answer(invocation, read).await,
            Self::GetPrompt(get) => legs::answer(invocation, get).await,
            Self::Complete(request) => Box::pin(completion::complete(&mut invocation, &request)).await,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_method_is_in_the_table_once_and_a_method_with_legs_has_a_name_and_a_capability() {
        for (at, method) in TABLE.iter().enumerate() {
            assert!(!method.name.is_empty());
            assert!(TABLE[..at].iter().all(|other| other.name != method.name), "{} is there twice", method.name);
            assert!(!method.legs || (method.name_member.is_some() && method.capability.is_some()), "{}", method.name);
        }
    }

    #[test]
    fn only_capabilities_that_methods_serve_are_declared() {
        let served = Offers::TOOLS | Offers::RESOURCES | Offers::PROMPTS | Offers::COMPLETION;
        assert_eq!(Method::capabilities(Version::MODERN), served | Offers::LOGGING);
        for version in [Version::V2025_06_18, Version::V2025_11_25] {
            assert_eq!(Method::capabilities(version), served);
        }
    }
}
