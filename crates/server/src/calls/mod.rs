//! Calls that can take several legs: of a tool, a resource or a prompt alike.

pub(crate) mod events;
mod keep_alive_comments;
pub(crate) mod legs;
pub(crate) mod mcp_param_headers;
pub(crate) mod stream;

use catalog::{Catalog, Resolved};
use contract::Provider;
use contract::model::{CacheHint, Context, Event, McpError, More, Resumption};
use protocol::params::MultiLegParams;
use protocol::result::ServerInfoMeta;
use protocol::version::Version;
use protocol::{EncodeError, JsonBuffer};

use self::mcp_param_headers::McpParamHeaders;
use crate::authorization::Item;
use crate::error::{CallError, RequestError};

/// The call that a client begins. The server has never sealed anything for a client to hold, so a client that goes on with a call
/// holds nothing of this server's.
pub(crate) fn new_call<T>(params: MultiLegParams<T>) -> Result<T, RequestError> {
    match params.resumed_by_client {
        true => Err(CallError::Provider(McpError::InvalidSaved).into()),
        false => Ok(params.call),
    }
}

/// The record of a call, with what differs between the families.
pub(crate) trait MultiLegCall: catalog::Request + Send + Sync + 'static {
    /// The output of a call that is done.
    type Output: Send;

    /// The item that a policy decides about.
    fn access_item(&self) -> Item<'_>;

    /// Makes the record that of the next leg.
    fn resume(&mut self, resumption: Resumption);

    /// Checks the headers that repeat arguments, where what is called asks for some.
    fn check_headers<P: Provider>(
        &self,
        _catalog: &Catalog<P>,
        _ctx: &Context,
        _resolved: &Resolved,
        _headers: &McpParamHeaders,
    ) -> impl Future<Output = Result<(), RequestError>> + Send {
        std::future::ready(Ok(()))
    }

    /// The answer of a leg, whatever the family is.
    fn leg(answer: Self::Answer) -> Leg<Self::Output>;

    /// The cache hint of an output, where clients may cache it.
    fn cache(_output: &mut Self::Output) -> Option<&mut Option<CacheHint>> {
        None
    }

    /// Writes an output as the result of the method.
    fn write(
        out: &mut JsonBuffer,
        output: &Self::Output,
        version: Version,
        server_info: Option<&ServerInfoMeta>,
    ) -> Result<(), EncodeError>;
}

/// The answer of one leg.
pub(crate) struct Leg<T> {
    pub(crate) events: Vec<Event>,
    pub(crate) outcome: Outcome<T>,
}

/// How a leg ends.
pub(crate) enum Outcome<T> {
    /// The call is done.
    Complete(T),
    /// The provider asks the client a question.
    InputRequired,
    /// The call goes on with another leg.
    More(More),
    /// A result of a type that the contract has no case for: the whole object.
    Unnamed(String),
}
