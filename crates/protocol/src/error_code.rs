//! The codes of JSON-RPC errors (MCP 2026-07-28, schema; JSON-RPC 2.0 §5.1).

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

/// There is no such resource. Legacy only: 2026-07-28 uses [`INVALID_PARAMS`] and forbids this one.
pub const RESOURCE_NOT_FOUND: i32 = -32002;

/// A header is missing, is ill encoded or contradicts the body. Modern only.
pub const HEADER_MISMATCH: i32 = -32020;
/// The call needs what the client did not declare, named in `data.requiredCapabilities`. Modern only.
pub const MISSING_CLIENT_CAPABILITY: i32 = -32021;
/// The version that the request claims is not spoken; `data` has `supported` and `requested`. Modern only.
pub const UNSUPPORTED_PROTOCOL_VERSION: i32 = -32022;
