//! The era and version of a request, and whether its headers agree with its body: the rules of precedence of a server that speaks
//! both eras on one endpoint (MCP 2026-07-28, versioning and transports). The first rule that a request breaks decides the error.

use http::HeaderMap;
use protocol::envelope::{self, ModernEnvelope};
use protocol::jsonrpc::Request;
use protocol::version::Version;
use protocol::{Params, header_value, lifecycle};

use crate::error::MessageError;
use crate::http::{MCP_METHOD, MCP_NAME, PROTOCOL_VERSION, single_header};
use crate::methods::Method;

/// A request as its era reads it.
pub(crate) struct ClassifiedRequest<'a> {
    pub(crate) version: Version,
    pub(crate) params: Params<'a>,
    /// The part of `_meta` that every modern request has. A legacy client has said the same once, with `initialize`.
    pub(crate) modern: Option<ModernEnvelope<'a>>,
    /// The method, where it is in the table, whatever its eras are.
    pub(crate) method: Option<&'static Method>,
}

/// Finds out the era and the version, and checks the headers. The error has the version in whose form it is answered.
pub(crate) fn classify<'a>(
    headers: &HeaderMap,
    request: &Request<'a>,
) -> Result<ClassifiedRequest<'a>, (MessageError, Version)> {
    let method = Method::find(&request.method);
    let params =
        Params::read(request.params).map_err(|error| (MessageError::Envelope(error.to_string()), Version::MODERN))?;
    let modern = match params.meta().claims_modern() {
        true => Some(params.meta().validate_modern()),
        false => None,
    };
    // The version is agreed on by this request, and the header belongs to those after it (2025-11-25, lifecycle and transports):
    // whatever version it names, the answer is one that the server speaks.
    if request.method == lifecycle::INITIALIZE && !matches!(modern, Some(Ok(_))) {
        check_method(headers, &request.method).map_err(|error| (error, Version::LATEST_LEGACY))?;
        return Ok(ClassifiedRequest { version: Version::LATEST_LEGACY, params, method, modern: None });
    }
    let header = version_header(headers).map_err(|error| (error, Version::MODERN))?;
    let header_is_modern = header.and_then(Version::parse).is_some_and(Version::is_modern);
    match modern {
        Some(modern) => {
            let modern = modern.map_err(|error| (MessageError::Envelope(error.to_string()), Version::MODERN))?;
            let version = check_headers(headers, header, request, method, &params, &modern)
                .map_err(|error| (error, Version::MODERN))?;
            Ok(ClassifiedRequest { version, params, method, modern: Some(modern) })
        }
        None if header_is_modern => {
            let missing = format!(
                "`params._meta` lacks `{}` and `{}`, which every request of {} has",
                envelope::PROTOCOL_VERSION,
                envelope::CLIENT_CAPABILITIES,
                Version::MODERN
            );
            Err((MessageError::Envelope(missing), Version::MODERN))
        }
        None => {
            let version = supported_version(header).map_err(|error| (error, Version::LATEST_LEGACY))?;
            check_method(headers, &request.method).map_err(|error| (error, version))?;
            if headers.contains_key(MCP_NAME) {
                check_name(headers, method, &params).map_err(|error| (error, version))?;
            }
            Ok(ClassifiedRequest { version, params, method, modern: None })
        }
    }
}

/// Checks the headers of a notification.
pub(crate) fn check_notification(headers: &HeaderMap, method: &str) -> Result<(), MessageError> {
    supported_version(version_header(headers)?)?;
    check_method(headers, method)
}

/// The version that a header names, if the server speaks it. A client without the header is older than the header, which came
/// with 2025-06-18: it is served as that version, whose additions it ignores.
fn supported_version(header: Option<&str>) -> Result<Version, MessageError> {
    let Some(header) = header else { return Ok(Version::OLDEST_LEGACY) };
    Version::parse(header).ok_or_else(|| MessageError::UnknownLegacyVersion(header.to_owned()))
}

/// The value of `MCP-Protocol-Version`, where it is there.
fn version_header(headers: &HeaderMap) -> Result<Option<&str>, MessageError> {
    match headers.contains_key(PROTOCOL_VERSION) {
        true => match single_header(headers, &PROTOCOL_VERSION) {
            Some(version) => Ok(Some(version)),
            None => Err(MessageError::HeaderMismatch("`MCP-Protocol-Version` is there twice, or is not text".into())),
        },
        false => Ok(None),
    }
}

/// Checks that every header of a modern request is there and agrees with the body.
fn check_headers(
    headers: &HeaderMap,
    version: Option<&str>,
    request: &Request<'_>,
    method: Option<&'static Method>,
    params: &Params<'_>,
    modern: &ModernEnvelope<'_>,
) -> Result<Version, MessageError> {
    if let Some(version) = version
        && version != modern.version
    {
        return Err(MessageError::HeaderMismatch(format!(
            "`MCP-Protocol-Version` is not `{}`, which the body has in `{}`",
            modern.version,
            envelope::PROTOCOL_VERSION
        )));
    }
    check_method(headers, &request.method)?;
    let claimed = Version::parse(&modern.version)
        .filter(|version| version.is_modern())
        .ok_or_else(|| MessageError::UnsupportedVersion(modern.version.clone().into_owned()))?;
    if version.is_none() {
        return Err(MessageError::HeaderMismatch(format!("the header `MCP-Protocol-Version: {claimed}` is missing")));
    }
    if !headers.contains_key(MCP_METHOD) {
        return Err(MessageError::HeaderMismatch(format!("the header `Mcp-Method: {}` is missing", request.method)));
    }
    check_name(headers, method, params)?;
    Ok(claimed)
}

/// A legacy request and a notification need not have `Mcp-Method`. Where the header is there it must be true, since a proxy may route
/// by it.
fn check_method(headers: &HeaderMap, method: &str) -> Result<(), MessageError> {
    match !headers.contains_key(MCP_METHOD) || single_header(headers, &MCP_METHOD) == Some(method) {
        true => Ok(()),
        false => Err(MessageError::HeaderMismatch("`Mcp-Method` is not the method of the body".to_owned())),
    }
}

/// The header `Mcp-Name` is there once and repeats the member that the table names for the method.
fn check_name(headers: &HeaderMap, method: Option<&'static Method>, params: &Params<'_>) -> Result<(), MessageError> {
    let Some(member) = method.and_then(|method| method.name_member) else { return Ok(()) };
    let wrong = |what: String| Err(MessageError::HeaderMismatch(what));
    let Ok(text) = params.text(member) else {
        return wrong(format!("`Mcp-Name` cannot be compared with the body: `params.{member}` is not a string"));
    };
    // Parameters without a name are refused later, as what they are.
    let Some(named) = text else { return Ok(()) };
    let mut values = headers.get_all(MCP_NAME).iter();
    let (Some(header), second) = (values.next(), values.next()) else {
        return wrong(format!("the header `Mcp-Name` is missing: it repeats `params.{member}`"));
    };
    match header_value::decode(header.as_bytes()) {
        Err(error) => wrong(format!("`Mcp-Name` cannot be read: {error}")),
        Ok(decoded) if second.is_none() && decoded == named => Ok(()),
        Ok(_) => wrong(format!("`Mcp-Name` is not `params.{member}` of the body")),
    }
}
