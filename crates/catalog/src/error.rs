//! Why providers cannot be served as one, and why a snapshot cannot be used.

use protocol::EncodeError;
use protocol::mcp_param::AnnotationFault;

use crate::provider_rules::{InfoFault, MAX_SCHEMA_BYTES};
use crate::{Kind, ListFault, NameError, TemplateError};

/// Why providers cannot be served as one. `provider` is the name of the provider at fault, `reason` its error in words.
#[derive(Debug, thiserror::Error)]
#[expect(missing_docs, reason = "the messages say what the fields are")]
pub enum BuildError {
    /// A catalogue has at least one provider.
    #[error("no provider is given")]
    Empty,
    /// Names of providers stand in settings, cursors and error messages.
    #[error(transparent)]
    Name(#[from] NameError),
    /// The provider answered `describe` with an error.
    #[error("provider `{provider}` cannot describe itself: {reason}")]
    Describe { provider: String, reason: String },
    /// The provider did not list what it offers.
    #[error("provider `{provider}` cannot list its {kind}s: {reason}")]
    List { provider: String, kind: Kind, reason: String },
    /// The end of a list of the provider cannot be reached.
    #[error("provider `{provider}` {fault}")]
    Endless { provider: String, fault: ListFault },
    /// The lists of the provider did not end in time.
    #[error("provider `{provider}` cannot list what it has: it did not answer in time")]
    TooLong { provider: String },
    /// What the provider says of itself is too much.
    #[error("provider `{provider}` {fault}")]
    Info { provider: String, fault: InfoFault },
    /// No client could call such a tool.
    #[error(
        "provider `{provider}` has a tool called `{name}`: such a name is not empty, has no control character and at most 1024 bytes"
    )]
    ToolName { provider: String, name: String },
    /// The root of an input schema must be an object.
    #[error("the input schema of the tool `{tool}` of provider `{provider}` is not {expected}")]
    InputSchema { provider: String, tool: String, expected: &'static str },
    /// A schema is read for calls, too.
    #[error("a schema of the tool `{tool}` of provider `{provider}` has more than {MAX_SCHEMA_BYTES} bytes")]
    SchemaSize { provider: String, tool: String },
    /// Clients do not use a tool whose input schema breaks these rules (MCP 2026-07-28, custom headers from tool parameters).
    #[error("the input schema of the tool `{tool}` of provider `{provider}`: {fault}; clients would not use the tool")]
    HeaderAnnotation { provider: String, tool: String, fault: AnnotationFault },
    /// No client can be sent such an item.
    #[error("provider `{provider}` has the {kind} `{name}`, which no client can be told of: {fault}")]
    Encoding { provider: String, kind: Kind, name: String, fault: EncodeError },
    /// No client can be sent a list with such members.
    #[error("provider `{provider}` lists its {kind}s with members that no client can be told: {fault}")]
    PageEncoding { provider: String, kind: Kind, fault: EncodeError },
    /// No URI matches such a template.
    #[error(transparent)]
    Template(#[from] InvalidTemplate),
    /// The name belongs to the provider whose prefix it has.
    #[error(
        "provider `{provider}` has the {kind} `{name}`, and another provider has the prefix `{prefix}`: give one of them another \
         prefix, such as `--prefix {provider}={provider}.`"
    )]
    ForeignPrefix { provider: String, kind: Kind, name: String, prefix: String },
    /// One provider lists the same item twice.
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
    /// The snapshot of the providers cannot be made.
    #[error(transparent)]
    Snapshot(#[from] SnapshotError),
}

impl BuildError {
    /// Why a provider cannot be asked, for a sentence that names the provider already.
    pub(crate) fn reason(self) -> String {
        match self {
            Self::List { kind, reason, .. } => format!("it could not list its {kind}s: {reason}"),
            Self::TooLong { .. } => "its lists did not end in time".to_owned(),
            other => other.to_string(),
        }
    }
}

/// Why a snapshot is not one of these providers, or cannot be read.
#[derive(Debug, thiserror::Error)]
#[expect(missing_docs, reason = "the messages say what the fields are")]
pub enum SnapshotError {
    /// A catalogue has at least one provider.
    #[error("no provider is given")]
    Empty,
    /// Two providers have one name, so that neither cursors nor errors could tell them apart.
    #[error("two providers are called `{0}`")]
    SameName(String),
    /// Another release of this software wrote the snapshot.
    #[error(
        "the catalogue snapshot has format {found}, and this release reads format {supported}: compose the server again"
    )]
    Format { found: u32, supported: u32 },
    /// The snapshot is not what was written.
    #[error("the catalogue snapshot is damaged: {0}")]
    Json(#[from] serde_json::Error),
    /// There are more or fewer records than the index says.
    #[error("the catalogue snapshot is damaged: it has {found} records, and its index says {expected}")]
    Records { found: usize, expected: u32 },
    /// A record cannot be read.
    #[error("the catalogue snapshot is damaged: {0}")]
    Record(String),
    /// Records are numbered by 32 bits.
    #[error("the catalogue snapshot has too many records")]
    TooLarge,
    /// The index is not in order.
    #[error("the catalogue snapshot is damaged: the names in its index are not sorted")]
    Order,
    /// `Catalog::build` would have refused the template.
    #[error(transparent)]
    Template(#[from] InvalidTemplate),
}

/// A template that no URI matches.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
#[error("the resource template `{template}` of provider `{provider}` is not one of RFC 6570: {reason}")]
#[expect(missing_docs, reason = "the message says what the fields are")]
pub struct InvalidTemplate {
    pub provider: String,
    pub template: String,
    pub reason: TemplateError,
}
