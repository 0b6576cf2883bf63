//! Which era a request belongs to, and whether its headers tell the truth about its body: the ladder of a server that speaks
//! both eras on one endpoint (MCP 2026-07-28, versioning and transports). What fails first decides the error.

use http::HeaderMap;
use protocol::envelope::{self, Meta, Modern};
use protocol::header_value;
use protocol::jsonrpc::Request;
use protocol::version::Version;
use serde::Deserialize;
use serde_json::value::RawValue;

use crate::admission::{MCP_METHOD, MCP_NAME, PROTOCOL_VERSION, only};
use crate::problem::Problem;

/// A request as its era reads it.
pub(crate) struct Classified<'a> {
    pub(crate) version: Version,
    pub(crate) meta: Meta<'a>,
    /// What a modern request says of itself; a legacy one has said it when it began.
    pub(crate) modern: Option<Modern<'a>>,
}

/// The name of the request, for a header to be compared with (transports, `Mcp-Name`).
#[derive(Deserialize)]
struct Named<'a> {
    #[serde(borrow, default)]
    name: Option<std::borrow::Cow<'a, str>>,
    #[serde(borrow, default)]
    uri: Option<std::borrow::Cow<'a, str>>,
}

/// The error carries the version whose shape the answer has.
pub(crate) fn classify<'a>(headers: &HeaderMap, request: &Request<'a>) -> Result<Classified<'a>, (Problem, Version)> {
    let meta =
        envelope::read(request.params).map_err(|error| (Problem::Envelope(error.to_string()), Version::MODERN))?;
    let header = version_header(headers).map_err(|problem| (problem, Version::MODERN))?;
    let header_is_modern = header.and_then(Version::parse).is_some_and(Version::is_modern);
    let modern = match meta.claims_modern() {
        true => Some(meta.validate_modern()),
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
            false => Ok(Classified { version: Version::LATEST_LEGACY, meta, modern: None }),
        };
    }
    match modern {
        Some(modern) => {
            let modern = modern.map_err(|error| (Problem::Envelope(error.to_string()), Version::MODERN))?;
            let version =
                check_headers(headers, header, request, &modern).map_err(|problem| (problem, Version::MODERN))?;
            Ok(Classified { version, meta, modern: Some(modern) })
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
            let version = legacy_version(header).map_err(|problem| (problem, Version::LATEST_LEGACY))?;
            Ok(Classified { version, meta, modern: None })
        }
    }
}

/// The version that a legacy message's header names. Without one the client is older than the header, which came with
/// 2025-06-18: it is served as that version, whose additions it ignores.
pub(crate) fn legacy_version(header: Option<&str>) -> Result<Version, Problem> {
    let Some(header) = header else { return Ok(Version::OLDEST_LEGACY) };
    Version::parse(header).ok_or_else(|| Problem::UnknownLegacyVersion(header.chars().take(40).collect()))
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
    modern: &Modern<'_>,
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
    let method = only(headers, &MCP_METHOD);
    let method_is_there = headers.contains_key(MCP_METHOD);
    if method_is_there && method != Some(&*request.method) {
        return Err(Problem::HeaderMismatch(format!(
            "`Mcp-Method` is not `{}`, the method of the body",
            request.method
        )));
    }
    let spoken = Version::parse(&modern.version)
        .filter(|version| version.is_modern())
        .ok_or_else(|| Problem::UnsupportedVersion(modern.version.clone().into_owned()))?;
    if version.is_none() {
        return Err(Problem::HeaderMismatch(format!("the header `MCP-Protocol-Version: {spoken}` is missing")));
    }
    if !method_is_there {
        return Err(Problem::HeaderMismatch(format!("the header `Mcp-Method: {}` is missing", request.method)));
    }
    if let Some(member) = named_by(&request.method) {
        check_name(headers, member, request.params)?;
    }
    Ok(spoken)
}

/// The member of `params` that `Mcp-Name` repeats, for a method that has one.
fn named_by(method: &str) -> Option<&'static str> {
    match method {
        "tools/call" | "prompts/get" => Some("name"),
        "resources/read" => Some("uri"),
        _ => None,
    }
}

fn check_name(headers: &HeaderMap, member: &str, params: Option<&RawValue>) -> Result<(), Problem> {
    let named = params.and_then(|params| serde_json::from_str::<Named<'_>>(params.get()).ok());
    let named = named.and_then(|named| if member == "uri" { named.uri } else { named.name });
    let mut values = headers.get_all(MCP_NAME).iter();
    let (header, second) = (values.next(), values.next());
    // Parameters that have no name are refused later, as what they are.
    let Some(named) = named else { return Ok(()) };
    let Some(header) = header else {
        return Err(Problem::HeaderMismatch(format!("the header `Mcp-Name` is missing: it repeats `params.{member}`")));
    };
    let decoded = header_value::decode(header.as_bytes())
        .map_err(|error| Problem::HeaderMismatch(format!("`Mcp-Name` cannot be read: {error}")))?;
    match second.is_none() && decoded == named {
        true => Ok(()),
        false => Err(Problem::HeaderMismatch(format!("`Mcp-Name` is not `params.{member}` of the body"))),
    }
}
