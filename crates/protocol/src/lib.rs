//! The wire of MCP: JSON text to the records of the contract and back, for each protocol version that is spoken. Pure: no I/O,
//! no runtime, no state.
//!
//! A request is read in three steps, each of which looks only at its own part of the text:
//!
//! ```
//! use protocol::{Version, decode, encode, envelope, jsonrpc};
//!
//! let body = br#"{"jsonrpc":"2.0","id":7,"method":"tools/call","params":{"name":"now","arguments":{"a":1}}}"#;
//! let Ok(jsonrpc::Message::Request(request)) = jsonrpc::parse(body) else { return };
//! let Ok(meta) = envelope::read(request.params) else { return };
//! assert!(!meta.claims_modern());
//! let Ok(params) = decode::tool_call(request.params) else { return };
//! assert_eq!((params.call.name.as_str(), params.call.arguments.as_deref()), ("now", Some(r#"{"a":1}"#)));
//!
//! let answer = encode::error(Some(&request.id), protocol::error_code::INTERNAL_ERROR, "not yet", None);
//! assert_eq!(answer, br#"{"jsonrpc":"2.0","id":7,"error":{"code":-32603,"message":"not yet"}}"#);
//! ```
//!
//! # Design
//! - A body is read strictly before anything looks into it ([`jsonrpc`]): what has two readings, such as an object with the same
//!   key twice, is refused, so that a policy and a provider can never see different values.
//! - Open JSON (arguments, schemas, `_meta`) is never taken apart: it is passed on as the text that it came as.
//! - Nothing here decides on an HTTP status or on which error a fault becomes; that is the server's.

pub mod decode;
pub mod encode;
pub mod envelope;
pub mod error_code;
pub mod header_value;
pub mod jsonrpc;
mod log_level;
pub mod mcp_param;
mod members;
pub mod sse;
pub mod version;

pub use version::Version;
