//! Authorization: what a caller may do, decided before a provider learns of the request, and what it may see in lists.

use std::borrow::Cow;
use std::fmt;
use std::net::IpAddr;
use std::sync::Arc;

use catalog::{ItemFacts, ItemRef, Owned};
use contract::model::{CompletionRef, Context, Implementation, Prompt, ResourceInfo, ResourceTemplate, Tool};
use http::HeaderMap;
use settings::View;

use crate::authentication::Caller;
use crate::ports::BoxFuture;

/// Decides what callers may do and see.
pub trait Authorizer: Send + Sync + 'static {
    /// The authorizer of one request, where decisions depend on more of a request than its message, or may change while the server runs: all
    /// decisions about the request are of one authorizer.
    fn begin(&self, head: &RequestHead<'_>) -> Option<Arc<dyn Authorizer>> {
        let _ = head;
        None
    }

    /// Decides whether a request may run. It is asked with exactly what will run, before any provider is called for the request. A
    /// request whose headers or envelope break a rule is refused without asking, and so is a method that the server serves to no
    /// caller. A request that cannot be decoded names nothing, so the question is about its method.
    /// Where the owner of the item is not known
    /// then, providers are listed to find it, for the principal alone; if it has a name, the authorizer is asked once more with it, before
    /// the call.
    fn authorize<'a>(&'a self, request: &'a AccessRequest<'_>) -> BoxFuture<'a, Decision>;

    /// The engine has denied a request about which the authorizer has not decided, for an authorizer that keeps records.
    fn denied(&self, request: &AccessRequest<'_>, denial: EngineDenial) {
        let _ = (request, denial);
    }

    /// Decides which items of one page of a list the caller may see.
    fn filter<'a>(&'a self, list: &'a ListRequest<'_>) -> BoxFuture<'a, Visibility>;

    /// Whether decisions depend on who calls. Results that clients may cache are private then, since a cache that clients share
    /// would pass them to callers that may not see them.
    fn depends_on_caller(&self) -> bool {
        true
    }

    /// Whether it decides by what the operator wants now. The error says why not, for the operator.
    fn ready(&self) -> Result<(), String> {
        Ok(())
    }
}

/// What a request says beside its message.
#[derive(Clone, Copy)]
pub struct RequestHead<'a> {
    /// The path: `/mcp`, or that of a view.
    pub path: &'a str,
    /// The view that the path names.
    pub view: Option<&'a View>,
    /// The headers. No decision may show that of the token.
    pub headers: &'a HeaderMap,
    /// The address of the client, or of the proxy before it, where the shell knows it.
    pub address: Option<IpAddr>,
    /// Looks the server up.
    pub(crate) server: &'a (dyn Fn() -> Option<Arc<Implementation>> + Send + Sync),
}

impl RequestHead<'_> {
    /// The server as clients see it. None where its providers have not been asked yet.
    #[must_use]
    pub fn server(&self) -> Option<Arc<Implementation>> {
        (self.server)()
    }
}

impl fmt::Debug for RequestHead<'_> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("RequestHead").field("path", &self.path).finish_non_exhaustive()
    }
}

/// The address of a client, which a shell that knows it puts among the extensions of a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ClientAddress(pub IpAddr);

/// A request that an authorizer decides on.
#[derive(Clone, Copy)]
pub struct AccessRequest<'a> {
    /// The method of the protocol, for example `tools/call`.
    pub method: &'static str,
    /// What will run.
    pub item: Item<'a>,
    /// The verified caller; none on a server that asks for no authorization.
    pub caller: Option<&'a Caller>,
    /// The context as a provider would get it: principal, client, version and trace.
    pub context: &'a Context,
    /// The view that the request came to, which has what is asked for, as far as that is known.
    pub view: Option<&'a View>,
    /// Looks the facts up. They are read from the snapshot when they are first needed, which most requests never do.
    pub(crate) facts: &'a (dyn Fn() -> Option<ItemFacts> + Send + Sync),
}

impl AccessRequest<'_> {
    /// What is known of the item: its owner, and the annotations of a tool. None where only a list can tell, the first time that the
    /// authorizer is asked.
    #[must_use]
    pub fn facts(&self) -> Option<ItemFacts> {
        (self.facts)()
    }
}

impl fmt::Debug for AccessRequest<'_> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { method, item, context, .. } = self;
        formatter
            .debug_struct("AccessRequest")
            .field("method", method)
            .field("item", item)
            .field("context", context)
            .finish_non_exhaustive()
    }
}

/// The part of a request that decides what would run.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Item<'a> {
    /// The method itself: a list, a method about the server, or any method whose parameters cannot be decoded.
    Method,
    /// A tool.
    Tool {
        /// The name that clients use.
        name: &'a str,
        /// The arguments as the provider will get them: a JSON object.
        arguments: &'a str,
    },
    /// A resource.
    Resource {
        /// Its URI.
        uri: &'a str,
    },
    /// A prompt.
    Prompt {
        /// The name that clients use.
        name: &'a str,
        /// The arguments, names and values.
        arguments: &'a [(String, String)],
    },
    /// Values for an argument of a prompt or of a template.
    Completion {
        /// The prompt or template that has the argument.
        reference: &'a CompletionRef,
        /// The name of the argument.
        argument: &'a str,
        /// The text that the user has typed so far.
        value: &'a str,
        /// The arguments that are filled in already.
        arguments: &'a [(String, String)],
    },
}

impl<'a> Item<'a> {
    /// The item as the catalogue finds it. None for a method.
    pub(crate) fn reference(&self) -> Option<ItemRef<'a>> {
        Some(match *self {
            Self::Tool { name, .. } => ItemRef::Tool(name),
            Self::Resource { uri } => ItemRef::Resource(uri),
            Self::Prompt { name, .. } => ItemRef::Prompt(name),
            Self::Completion { reference, .. } => ItemRef::Completion(reference),
            Self::Method => return None,
        })
    }
}

/// The decision of an authorizer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Decision {
    /// Whether the request may run.
    pub verdict: Verdict,
    /// Why, for the log alone. No client sees it.
    pub reason: Cow<'static, str>,
    /// What the request may use, where it may run.
    pub limits: Limits,
}

/// What a request may use. None is the limit of the server, which is the most in any case.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Limits {
    /// How long it may take with all legs of its call, in milliseconds.
    pub time_ms: Option<u32>,
    /// How large its result may be as the client gets it, in bytes.
    pub result_bytes: Option<usize>,
}

impl Limits {
    /// The smaller of each.
    #[must_use]
    pub fn and(self, other: Self) -> Self {
        fn least<T: Ord>(one: Option<T>, other: Option<T>) -> Option<T> {
            one.into_iter().chain(other).min()
        }
        Self { time_ms: least(self.time_ms, other.time_ms), result_bytes: least(self.result_bytes, other.result_bytes) }
    }
}

/// Whether a request may run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// The request runs.
    Allow,
    /// The client gets the bytes that it would get if the item did not exist.
    Deny,
    /// It depends on the owner of the item or on what a tool says of itself, and that is not known yet. The providers are asked for it, and
    /// then the authorizer again. Where it still is not known, the request is denied.
    NeedsFacts,
    /// The client is told that it may not. It learns that way that the item may exist.
    Forbid,
    /// The client is told to come back with a token that has all of these scopes (RFC 6750 §3.1, `insufficient_scope`). It learns
    /// that way that the item may exist.
    StepUp(Vec<String>),
}

/// Why the engine denies a request itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EngineDenial {
    /// The view that the request came to does not have the item.
    NotInView,
    /// The authorizer waits for what the providers say of the item ([`Verdict::NeedsFacts`]), and that could not be had.
    FactsUnknown,
}

impl EngineDenial {
    /// Why, for the log alone.
    #[must_use]
    pub fn reason(self) -> &'static str {
        match self {
            Self::NotInView => "the view has no such item",
            Self::FactsUnknown => "what the policy asks for could not be learned of any provider",
        }
    }
}

impl Decision {
    /// The request may run, for this reason.
    #[must_use]
    pub fn allow(reason: impl Into<Cow<'static, str>>) -> Self {
        Self { verdict: Verdict::Allow, reason: reason.into(), limits: Limits::default() }
    }

    /// The request must not run, for this reason.
    #[must_use]
    pub fn deny(reason: impl Into<Cow<'static, str>>) -> Self {
        Self { verdict: Verdict::Deny, reason: reason.into(), limits: Limits::default() }
    }

    /// The decision depends on facts that are not known yet.
    #[must_use]
    pub fn needs_facts() -> Self {
        let reason = Cow::Borrowed("it depends on what the providers say of the item");
        Self { verdict: Verdict::NeedsFacts, reason, limits: Limits::default() }
    }

    /// The request may run with a token that has these scopes.
    #[must_use]
    pub fn step_up(scopes: Vec<String>, reason: impl Into<Cow<'static, str>>) -> Self {
        Self { verdict: Verdict::StepUp(scopes), reason: reason.into(), limits: Limits::default() }
    }
}

/// One page of a list, which an authorizer filters.
#[derive(Clone, Copy, Debug)]
pub struct ListRequest<'a> {
    /// The method of the protocol, for example `tools/list`.
    pub method: &'static str,
    /// The items of the page.
    pub items: ListedItems<'a>,
    /// The verified caller; none on a server that asks for no authorization.
    pub caller: Option<&'a Caller>,
    /// The context as the providers got it.
    pub context: &'a Context,
    /// The view whose items these are.
    pub view: Option<&'a View>,
}

/// The items of a page, each with its owner, under the names that clients use.
#[derive(Clone, Copy, Debug)]
pub enum ListedItems<'a> {
    /// Of `tools/list`.
    Tools(&'a [Owned<Tool>]),
    /// Of `resources/list`.
    Resources(&'a [Owned<ResourceInfo>]),
    /// Of `resources/templates/list`.
    Templates(&'a [Owned<ResourceTemplate>]),
    /// Of `prompts/list`.
    Prompts(&'a [Owned<Prompt>]),
}

macro_rules! listed_items {
    ($($case:ident of $item:ty),*) => { $(
        impl<'a> From<&'a [Owned<$item>]> for ListedItems<'a> {
            fn from(items: &'a [Owned<$item>]) -> Self {
                Self::$case(items)
            }
        }
    )* };
}

listed_items!(Tools of Tool, Resources of ResourceInfo, Templates of ResourceTemplate, Prompts of Prompt);

/// Which items of a page a caller may see.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Visibility {
    /// Every item.
    All,
    /// Some items.
    Filtered {
        /// For each item of the page, in its order, whether the caller may see it. An item beyond the end is hidden.
        shown: Vec<bool>,
        /// How long the caller may cache the page, in milliseconds. The page is private in any case.
        ttl_ms: u32,
    },
}

/// The authorizer of a server that allows everything.
#[derive(Clone, Copy, Debug, Default)]
pub struct AllowAll;

impl Authorizer for AllowAll {
    fn authorize<'a>(&'a self, _request: &'a AccessRequest<'_>) -> BoxFuture<'a, Decision> {
        Box::pin(std::future::ready(Decision::allow("everything is allowed")))
    }

    fn filter<'a>(&'a self, _list: &'a ListRequest<'_>) -> BoxFuture<'a, Visibility> {
        Box::pin(std::future::ready(Visibility::All))
    }

    fn depends_on_caller(&self) -> bool {
        false
    }
}
