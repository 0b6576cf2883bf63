//! The wire of MCP: JSON text to the records of the contract and back, for each protocol version that is spoken. Pure: no I/O,
//! no runtime, no state.
//!
//! Each family of methods has a module with the parameters of its methods and their results: [`lifecycle`], [`tools`],
//! [`resources`], [`prompts`] and [`completion`]; [`notifications`] are what a server sends while a call runs. A request is read in
//! three steps:
//!
//! ```
//! use protocol::{Params, error_code, jsonrpc, tools};
//!
//! let body = br#"{"jsonrpc":"2.0","id":7,"method":"tools/call","params":{"name":"now","arguments":{"a":1}}}"#;
//! let Ok(jsonrpc::Message::Request(request)) = jsonrpc::parse(body) else { return };
//! let Ok(params) = Params::read(request.params) else { return };
//! assert!(!params.meta().claims_modern());
//! let Ok(decoded) = tools::call_params(&params) else { return };
//! assert_eq!((decoded.call.name.as_str(), decoded.call.arguments.as_str()), ("now", r#"{"a":1}"#));
//!
//! let answer = jsonrpc::reply::error(Some(&request.id), error_code::INTERNAL_ERROR, "not yet", None);
//! assert_eq!(answer, br#"{"jsonrpc":"2.0","id":7,"error":{"code":-32603,"message":"not yet"}}"#);
//! ```
//!
//! # Design
//! - A body is read strictly before anything looks into it ([`jsonrpc`]): what has two readings, such as an object with the same
//!   key twice, is refused, so that a policy and a provider can never see different values.
//! - The members of `params` are found once ([`Params`]), for the choice of the era, the headers and the decoding alike.
//! - Open JSON (arguments, schemas, `_meta`) is passed on as the text that it came as. What the protocol itself defines is read
//!   from a copy: the keys of `_meta` that it names ([`envelope`]), and the arguments that a tool wants in headers ([`mcp_param`]).
//! - A record is written member by member into one [`JsonBuffer`], which takes no more than clients are sent. Text of a provider that
//!   should be JSON is checked before it is written; what breaks the contract is an [`EncodeError`] that says where.
//! - This crate decides neither on an HTTP status nor on which error a failure becomes; the server does.

mod annotations;
pub mod capabilities;
pub mod completion;
mod content;
pub mod envelope;
pub mod error_code;
pub mod header_value;
mod icons;
mod implementation;
mod json;
pub mod jsonrpc;
pub mod lifecycle;
mod log_level;
pub mod mcp_param;
pub mod notifications;
pub mod params;
pub mod prompts;
pub mod resources;
pub mod result;
pub mod sse;
#[cfg(test)]
mod tests;
pub mod tool_search;
pub mod tools;
pub mod version;
mod web_url;

pub use json::{EncodeError, InvalidParams, JsonBuffer, StrictJsonError, check_json};
pub use params::Params;
pub use version::Version;
