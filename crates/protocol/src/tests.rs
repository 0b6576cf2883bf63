//! Tests that concern several families, and the helpers that the tests of the families share.

mod contract_errors;
mod every_field;
mod extra;
mod many_members;
mod reply;
pub(crate) mod sample;

use crate::result::ServerInfoMeta;
use crate::{EncodeError, InvalidParams, JsonBuffer, Params};

/// The text that a function writes, which must be JSON.
pub(crate) fn written(write: impl FnOnce(&mut JsonBuffer) -> Result<(), EncodeError>) -> String {
    let mut out = JsonBuffer::unbounded();
    write(&mut out).unwrap();
    text(out.finish().unwrap())
}

pub(crate) fn text(json: Vec<u8>) -> String {
    serde_json::from_slice::<serde_json::Value>(&json).unwrap();
    String::from_utf8(json).unwrap()
}

pub(crate) fn server_info() -> ServerInfoMeta {
    ServerInfoMeta::new(&sample::implementation()).unwrap()
}

/// The parameters of a request.
pub(crate) fn params(json: Option<&str>) -> Result<Params<'_>, InvalidParams> {
    Params::read(json.map(|json| serde_json::from_str(json).unwrap()))
}

/// `_meta` of a modern result to which the provider adds nothing.
pub(crate) const META: &str = r#""_meta":{"io.modelcontextprotocol/serverInfo":{"name":"calc","version":"1.0.0"}}"#;
