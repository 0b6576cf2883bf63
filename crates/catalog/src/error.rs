//! Why providers cannot be served as one, and why a snapshot cannot be used.

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
    /// MCP 2026-07-28, server/tools: tool names.
    #[error(
        "provider `{provider}` has a tool called `{name}`: such a name has 1 to 128 letters, digits, `_`, `.` and `-`"
    )]
    ToolName { provider: String, name: String },
    /// The root of an input schema must be an object.
    #[error("the input schema of the tool `{tool}` of provider `{provider}` is not {expected}")]
    InputSchema { provider: String, tool: String, expected: &'static str },
    /// No URI matches such a template.
    #[error(transparent)]
    Template(#[from] InvalidTemplate),
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
    /// The records are not as long as the index says.
    #[error("the catalogue snapshot is damaged: its records are not as long as its index says")]
    Length,
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
