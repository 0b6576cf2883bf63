//! `initialize` and `ping` of the legacy era, `server/discover` of the modern one.

use contract::Provider;
use protocol::Params;
use protocol::lifecycle::{self, InitializeParams};
use protocol::version::Version;

use super::{Method, Operation};
use crate::error::{MessageError, RequestError};
use crate::http::response::Response;
use crate::invocation::Invocation;

pub(super) fn decode_initialize(params: &Params<'_>) -> Result<Operation, MessageError> {
    Ok(Operation::Initialize(lifecycle::initialize_params(params)?))
}

/// A version that the server does not speak is answered with the newest legacy one (2025-11-25, lifecycle, version negotiation).
pub(super) fn initialize<P: Provider>(
    invocation: &Invocation<P>,
    params: &InitializeParams,
) -> Result<Response, RequestError> {
    let version = Version::parse(&params.protocol_version).filter(|version| !version.is_modern());
    let version = version.unwrap_or(Version::LATEST_LEGACY);
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
