//! Errors about what a request would run: it does not exist, must not run, or has failed.

use contract::model::McpError;
use http::StatusCode;
use protocol::version::Version;
use protocol::{EncodeError, completion, error_code, prompts, tools};

use super::{ErrorReply, MessageError, RequestError, authentication, provider, sanitize, to_data};
use crate::authorization::Item;
use crate::config::Config;

/// What a client is told whose call a server that stops does not wait for any longer.
pub(super) const STOPPED: &str =
    "the server stops, and the call was not done in the time that calls are given then: it may have run";
/// What a client is told that has closed its side of the connection, and whose call the server does not wait for any longer.
pub(super) const GIVEN_UP: &str = "the client has closed its side of the connection, and the server could not wait for the call any longer: it may have run";

/// Why what was requested has no result.
#[derive(Debug)]
pub(crate) enum CallError {
    /// No item has this name: it does not exist, or a policy hides it.
    UnknownName {
        /// The kind that the item would be of.
        noun: &'static str,
        /// The name that the client sent.
        name: String,
    },
    /// No resource has this URI: it does not exist, or a policy hides it.
    ResourceNotFound(String),
    /// A policy asks for a token that has these scopes.
    StepUp(Vec<String>),
    /// A provider asks the client a question.
    InputRequired,
    /// The call has had all legs that it may have.
    TooManyLegs,
    /// The result, or what a leg has to say before it, is larger than clients are sent.
    /// The limit is in bytes.
    ResultTooLarge(usize),
    /// A policy does not allow it, and says so.
    Forbidden,
    /// The call has taken all the time that it may take.
    TotalTimeout,
    /// The server stops, and the call has had the time that calls are given then.
    Stopped,
    /// The client has closed its side of the connection, and the shell does not wait for the call any longer.
    GivenUp,
    /// A provider's answer breaks the contract.
    ContractBreach(EncodeError),
    /// A provider answered with an error.
    Provider(McpError),
}

impl CallError {
    /// The error about an item that does not exist or that a policy hides: the same bytes for both. None for a method.
    fn absent(item: &Item<'_>) -> Option<Self> {
        let unknown = |noun, name: &str| Some(Self::UnknownName { noun, name: name.to_owned() });
        match *item {
            Item::Method => None,
            Item::Tool { name, .. } => unknown(tools::NOUN, name),
            Item::Prompt { name, .. } => unknown(prompts::NOUN, name),
            Item::Resource { uri } => Some(Self::ResourceNotFound(uri.to_owned())),
            Item::Completion { reference, .. } => {
                use contract::model::CompletionRef::{Prompt, ResourceTemplate, Unnamed};
                let (Prompt(name) | ResourceTemplate(name) | Unnamed(name)) = reference;
                unknown(completion::noun(reference), name)
            }
        }
    }

    pub(super) fn reply(&self, version: Version, config: &Config) -> ErrorReply {
        match self {
            Self::UnknownName { noun, name } => {
                ErrorReply::invalid_params(format!("unknown {noun}: `{}`", sanitize(name)))
            }
            Self::ResourceNotFound(uri) => resource_not_found(uri, version),
            Self::StepUp(scopes) => authentication::insufficient_scope(scopes, config),
            Self::InputRequired => ErrorReply::internal(
                "the provider has a question for the client, and this version of the server cannot ask clients questions yet: no setting \
                 changes that",
            ),
            Self::TooManyLegs => ErrorReply::internal(format!(
                "the call was not done after {} legs, the most that the setting `transport.max-legs` allows",
                config.max_legs
            )),
            Self::ResultTooLarge(limit) => ErrorReply::internal(format!(
                "the result is larger than the {limit} bytes that the setting `transport.result-limit` or a policy allows"
            )),
            Self::TotalTimeout => ErrorReply::internal(
                "the call took longer than the setting `transport.total-timeout-ms` or a policy allows",
            ),
            Self::Forbidden => {
                ErrorReply::new(StatusCode::FORBIDDEN, error_code::INVALID_REQUEST, "this caller may not do that")
            }
            Self::Stopped => ErrorReply::internal(STOPPED),
            Self::GivenUp => ErrorReply::internal(GIVEN_UP),
            Self::ContractBreach(error) => {
                ErrorReply::internal(format!("the provider answered what the contract does not allow: {error}"))
            }
            Self::Provider(error) => provider::reply(error, version, config),
        }
    }
}

impl RequestError {
    /// The error about an item that does not exist or that a policy hides. A method without an item is answered as unknown.
    pub(crate) fn absent(method: &'static str, item: &Item<'_>) -> Self {
        match CallError::absent(item) {
            Some(error) => error.into(),
            None => MessageError::UnknownMethod(method.to_owned()).into(),
        }
    }

    /// The error of a provider that was called for this item. That an item does not exist is said in the server's own words, so that
    /// a hidden item cannot be told from an absent one by what its provider says.
    pub(crate) fn of_provider(error: McpError, method: &'static str, item: &Item<'_>) -> Self {
        let says_absent = match (item, &error) {
            (_, McpError::NotOffered) => return MessageError::UnknownMethod(method.to_owned()).into(),
            (Item::Method, _) => false,
            (_, McpError::UnknownName(_)) => true,
            (Item::Resource { .. } | Item::Completion { .. }, McpError::ResourceNotFound(_)) => true,
            _ => false,
        };
        if says_absent { Self::absent(method, item) } else { CallError::Provider(error).into() }
    }
}

/// The reply about a resource that does not exist. Its URI is in the data whole, and shortened in the message.
pub(super) fn resource_not_found(uri: &str, version: Version) -> ErrorReply {
    ErrorReply::new(
        http::StatusCode::OK,
        error_code::resource_not_found(version),
        format!("resource not found: `{}`", sanitize(uri)),
    )
    .with_data(to_data(&serde_json::json!({"uri": uri})))
}
