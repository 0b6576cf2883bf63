//! The codes of JSON-RPC errors (MCP 2026-07-28, schema; JSON-RPC 2.0 §5.1).

use crate::Version;
use crate::jsonrpc::{MalformedKind, StrictJsonError};

/// The body is not JSON.
pub const PARSE_ERROR: i32 = -32700;
/// The body is JSON, but not one JSON-RPC message that may be sent here.
pub const INVALID_REQUEST: i32 = -32600;
/// The method is unknown, or belongs to a capability that is not offered.
pub const METHOD_NOT_FOUND: i32 = -32601;
/// The parameters do not fit the method, or name what does not exist.
pub const INVALID_PARAMS: i32 = -32602;
/// The server failed.
pub const INTERNAL_ERROR: i32 = -32603;

/// A header is missing, is ill encoded or contradicts the body. Older versions have no code for a header that contradicts the body.
pub const HEADER_MISMATCH: i32 = -32020;
/// The call needs what the client did not declare, named in `data.requiredCapabilities`. Modern only.
pub const MISSING_CLIENT_CAPABILITY: i32 = -32021;
/// The server does not speak the version that the request claims; `data` has `supported` and `requested`. Modern only.
pub const UNSUPPORTED_PROTOCOL_VERSION: i32 = -32022;

/// There is no such resource, in the legacy versions. 2026-07-28 forbids this code.
const LEGACY_RESOURCE_NOT_FOUND: i32 = -32002;

/// The code of a resource that does not exist; `data` has its `uri`. 2026-07-28 has no code of its own for it (resources, error
/// handling).
#[must_use]
pub const fn resource_not_found(version: Version) -> i32 {
    if version.is_modern() { INVALID_PARAMS } else { LEGACY_RESOURCE_NOT_FOUND }
}

/// The code of a body that is not one message.
#[must_use]
pub const fn malformed(kind: &MalformedKind) -> i32 {
    match kind {
        MalformedKind::Json(StrictJsonError::NotJson { .. }) => PARSE_ERROR,
        _ => INVALID_REQUEST,
    }
}

#[cfg(test)]
mod tests {
    use super::{malformed, resource_not_found};
    use crate::Version;
    use crate::jsonrpc;

    #[test]
    fn a_resource_that_does_not_exist_has_the_code_of_the_version() {
        let cases = [(Version::V2025_06_18, -32002), (Version::V2025_11_25, -32002), (Version::V2026_07_28, -32602)];
        for (version, want) in cases {
            assert_eq!(resource_not_found(version), want, "{version}");
        }
    }

    #[test]
    fn only_a_body_that_is_not_json_is_a_parse_error() {
        let deep = "[".repeat(200);
        let cases = [("{", -32700), (&deep, -32600), (r#"{"a":1,"a":2}"#, -32600), ("[]", -32600), ("{}", -32600)];
        for (body, want) in cases {
            let refused = jsonrpc::parse(body.as_bytes()).expect_err("is refused");
            assert_eq!(malformed(&refused.kind), want, "{body}");
        }
    }
}
