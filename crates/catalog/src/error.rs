use crate::{Kind, NameError, TemplateError};

/// Why providers cannot be served as one.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
#[expect(missing_docs, reason = "the messages say what the fields are")]
pub enum GatherError {
    /// There is nothing to serve.
    #[error("no provider is given")]
    Empty,
    /// Names of providers stand in settings, cursors and error messages.
    #[error(transparent)]
    Name(#[from] NameError),
    /// The provider did not say what it is.
    #[error("provider `{provider}` cannot describe itself: {reason}")]
    Describe { provider: String, reason: String },
    /// The provider did not list what it says it has.
    #[error("provider `{provider}` cannot list its {kind}s: {reason}")]
    List { provider: String, kind: Kind, reason: String },
    /// The list of the provider has no end.
    #[error("provider `{provider}` lists its {kind}s on more than {limit} pages")]
    Pages { provider: String, kind: Kind, limit: usize },
    /// The list of the provider is more than anybody could use.
    #[error("provider `{provider}` lists more than {limit} {kind}s")]
    Items { provider: String, kind: Kind, limit: usize },
    /// The list of the provider leads back to itself.
    #[error("provider `{provider}` lists its {kind}s in a circle: it gives the same cursor twice")]
    Circle { provider: String, kind: Kind },
    /// MCP 2026-07-28, server/tools: tool names.
    #[error(
        "provider `{provider}` has a tool called `{name}`: such a name has 1 to 128 letters, digits, `_`, `.` and `-`"
    )]
    ToolName { provider: String, name: String },
    /// The root of an input schema must be an object.
    #[error("the input schema of the tool `{tool}` of provider `{provider}` is not {fault}")]
    InputSchema { provider: String, tool: String, fault: &'static str },
    /// A template that nothing could match.
    #[error(transparent)]
    Template(#[from] BadTemplate),
    /// One provider lists the same twice.
    #[error("provider `{provider}` lists the {kind} `{name}` twice")]
    Twice { provider: String, kind: Kind, name: String },
    /// Two providers have a tool or a prompt of the same name.
    #[error(
        "providers `{first}` and `{second}` both have the {kind} `{name}`: give one of them a prefix of its own, such \
         as `--prefix {second}={second}.`"
    )]
    SameName { first: String, second: String, kind: Kind, name: String },
    /// Two providers list the same URI or template.
    #[error(
        "providers `{first}` and `{second}` both have the {kind} `{uri}`: no prefix changes a URI, so serve only one of them \
         or change what it lists"
    )]
    SameUri { first: String, second: String, kind: Kind, uri: String },
}

/// Why routes are not those of these providers.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
#[expect(missing_docs, reason = "the messages say what the fields are")]
pub enum RoutesError {
    /// As many providers as routes are needed, and at least one.
    #[error("there are {providers} providers and {routes} routes")]
    Count { providers: usize, routes: usize },
    /// Provider and route differ in name or prefix.
    #[error("the route in place of provider `{provider}` is that of `{route}`, or has another prefix")]
    Other { provider: String, route: String },
    /// A template that `gather` would have refused.
    #[error(transparent)]
    Template(#[from] BadTemplate),
}

/// A template that nothing could match.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
#[error("the resource template `{template}` of provider `{provider}` is not one of RFC 6570: {fault}")]
#[expect(missing_docs, reason = "the message says what the fields are")]
pub struct BadTemplate {
    pub provider: String,
    pub template: String,
    pub fault: TemplateError,
}
