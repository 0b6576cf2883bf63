//! Which era a request belongs to, and whether its headers tell the truth about its body: the ladder of a server that speaks
//! both eras on one endpoint (MCP 2026-07-28, versioning and transports). What fails first decides the error.

use http::HeaderMap;
use protocol::envelope::{self, ModernEnvelope};
use protocol::jsonrpc::Request;
use protocol::version::Version;
use protocol::{Params, header_value};

use crate::admission::{MCP_METHOD, MCP_NAME, PROTOCOL_VERSION, only};
use crate::problem::Problem;

/// A request as its era reads it.
pub(crate) struct Classified<'a> {
    pub(crate) version: Version,
    pub(crate) params: Params<'a>,
    /// What a modern request says of itself; a legacy one has said it when it began.
    pub(crate) modern: Option<ModernEnvelope<'a>>,
}

/// The error carries the version whose shape the answer has.
pub(crate) fn classify<'a>(headers: &HeaderMap, request: &Request<'a>) -> Result<Classified<'a>, (Problem, Version)> {
    let params =
        Params::read(request.params).map_err(|error| (Problem::Envelope(error.to_string()), Version::MODERN))?;
    let header = version_header(headers).map_err(|problem| (problem, Version::MODERN))?;
    let header_is_modern = header.and_then(Version::parse).is_some_and(Version::is_modern);
    let modern = match params.meta().claims_modern() {
        true => Some(params.meta().validate_modern()),
        false => None,
    };
    if request.method == "initialize" && !matches!(modern, Some(Ok(_))) {
        return match header_is_modern {
            true => Err((
                Problem::HeaderMismatch(
                    "`MCP-Protocol-Version` names a version that has no `initialize`: send `server/discover`, or no header".into(),
                ),
                Version::MODERN,
            )),
            false => {
                spoken_version(header).map_err(|problem| (problem, Version::LATEST_LEGACY))?;
                Ok(Classified { version: Version::LATEST_LEGACY, params, modern: None })
            }
        };
    }
    match modern {
        Some(modern) => {
            let modern = modern.map_err(|error| (Problem::Envelope(error.to_string()), Version::MODERN))?;
            let version = check_headers(headers, header, request, &params, &modern)
                .map_err(|problem| (problem, Version::MODERN))?;
            Ok(Classified { version, params, modern: Some(modern) })
        }
        None if header_is_modern => {
            let missing = format!(
                "`params._meta` lacks `{}` and `{}`, which every request of {} has",
                envelope::PROTOCOL_VERSION,
                envelope::CLIENT_CAPABILITIES,
                Version::MODERN
            );
            Err((Problem::Envelope(missing), Version::MODERN))
        }
        None => {
            let version = spoken_version(header).map_err(|problem| (problem, Version::LATEST_LEGACY))?;
            check_method(headers, request).map_err(|problem| (problem, version))?;
            if headers.contains_key(MCP_NAME) {
                check_name(headers, request, &params).map_err(|problem| (problem, version))?;
            }
            Ok(Classified { version, params, modern: None })
        }
    }
}

/// The version that a header names, if it is one that is spoken. Without one the client is older than the header, which came with
/// 2025-06-18: it is served as that version, whose additions it ignores.
pub(crate) fn spoken_version(header: Option<&str>) -> Result<Version, Problem> {
    let Some(header) = header else { return Ok(Version::OLDEST_LEGACY) };
    Version::parse(header).ok_or_else(|| Problem::UnknownLegacyVersion(header.to_owned()))
}

pub(crate) fn version_header(headers: &HeaderMap) -> Result<Option<&str>, Problem> {
    match headers.contains_key(PROTOCOL_VERSION) {
        true => match only(headers, &PROTOCOL_VERSION) {
            Some(version) => Ok(Some(version)),
            None => Err(Problem::HeaderMismatch("`MCP-Protocol-Version` is there twice, or is not text".into())),
        },
        false => Ok(None),
    }
}

/// Every header that a modern request must have is there and says what the body says.
fn check_headers(
    headers: &HeaderMap,
    version: Option<&str>,
    request: &Request<'_>,
    params: &Params<'_>,
    modern: &ModernEnvelope<'_>,
) -> Result<Version, Problem> {
    if let Some(version) = version
        && version != modern.version
    {
        return Err(Problem::HeaderMismatch(format!(
            "`MCP-Protocol-Version` is not `{}`, which the body has in `{}`",
            modern.version,
            envelope::PROTOCOL_VERSION
        )));
    }
    check_method(headers, request)?;
    let spoken = Version::parse(&modern.version)
        .filter(|version| version.is_modern())
        .ok_or_else(|| Problem::UnsupportedVersion(modern.version.clone().into_owned()))?;
    if version.is_none() {
        return Err(Problem::HeaderMismatch(format!("the header `MCP-Protocol-Version: {spoken}` is missing")));
    }
    if !headers.contains_key(MCP_METHOD) {
        return Err(Problem::HeaderMismatch(format!("the header `Mcp-Method: {}` is missing", request.method)));
    }
    check_name(headers, request, params)?;
    Ok(spoken)
}

/// A legacy request need not have this header; but none may lie, since what stands between may route by it.
fn check_method(headers: &HeaderMap, request: &Request<'_>) -> Result<(), Problem> {
    match !headers.contains_key(MCP_METHOD) || only(headers, &MCP_METHOD) == Some(&*request.method) {
        true => Ok(()),
        false => Err(Problem::HeaderMismatch("`Mcp-Method` is not the method of the body".to_owned())),
    }
}

/// The member of `params` that `Mcp-Name` repeats, for a method that has one.
fn named_by(method: &str) -> Option<&'static str> {
    match method {
        "tools/call" | "prompts/get" => Some("name"),
        "resources/read" => Some("uri"),
        _ => None,
    }
}

fn check_name(headers: &HeaderMap, request: &Request<'_>, params: &Params<'_>) -> Result<(), Problem> {
    let Some(member) = named_by(&request.method) else { return Ok(()) };
    let wrong = |what: String| Err(Problem::HeaderMismatch(what));
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
