//! `initialize` and `ping` of the legacy era, `server/discover` of the modern one: what their results say. Their members are written by
//! `protocol::lifecycle`.

use contract::Provider;
use protocol::Params;
use protocol::lifecycle::{self, InitializeParams};
use protocol::version::Version;

use super::{Method, Operation};
use crate::error::RequestError;
use crate::http::response::Response;
use crate::invocation::Invocation;

pub(super) fn decode_initialize(params: &Params<'_>) -> Result<Operation, RequestError> {
    Ok(Operation::Initialize(lifecycle::initialize_params(params)?))
}

/// The version that the client and the server agree on: the client's, or the newest legacy one where the server does not speak that
/// (2025-11-25, lifecycle, version negotiation).
pub(crate) fn negotiated(params: &InitializeParams) -> Version {
    let version = Version::parse(&params.protocol_version).filter(|version| !version.is_modern());
    version.unwrap_or(Version::LATEST_LEGACY)
}

pub(super) fn initialize<P: Provider>(
    invocation: &Invocation<P>,
    params: &InitializeParams,
) -> Result<Response, RequestError> {
    let version = negotiated(params);
    let mut info = invocation.server()?.info.clone();
    info.offers &= Method::capabilities(version);
    invocation.respond(|out| lifecycle::initialize_result(out, &info, version))
}

pub(super) fn ping<P: Provider>(invocation: &Invocation<P>) -> Result<Response, RequestError> {
    invocation.respond(|out| lifecycle::empty_result(out, invocation.version, None))
}

pub(super) fn discover<P: Provider>(invocation: &Invocation<P>) -> Result<Response, RequestError> {
    let server = invocation.server()?;
    let mut info = server.info.clone();
    info.offers &= Method::capabilities(invocation.version);
    invocation.restrict_cache(&mut info.cache);
    invocation.respond(|out| lifecycle::discover_result(out, &info, &[Version::MODERN], &server.meta))
}
