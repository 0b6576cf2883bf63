use serde_json::value::RawValue;

use super::object::{Kind, checked, string};
use super::{EncodeError, Written};
use crate::jsonrpc::Id;

/// A JSON-RPC response with the result that is written into the buffer.
pub fn response(id: &Id<'_>, result: impl FnOnce(&mut Vec<u8>) -> Written) -> Result<Vec<u8>, EncodeError> {
    let mut out = Vec::with_capacity(512);
    out.extend_from_slice(br#"{"jsonrpc":"2.0","id":"#);
    out.extend_from_slice(id.as_json().as_bytes());
    out.extend_from_slice(br#","result":"#);
    result(&mut out)?;
    out.push(b'}');
    Ok(out)
}

/// A JSON-RPC error, without an id where the request's could not be read.
#[must_use]
pub fn error(id: Option<&Id<'_>>, code: i32, message: &str, data: Option<&RawValue>) -> Vec<u8> {
    let mut out = Vec::with_capacity(256);
    out.extend_from_slice(br#"{"jsonrpc":"2.0""#);
    if let Some(id) = id {
        out.extend_from_slice(br#","id":"#);
        out.extend_from_slice(id.as_json().as_bytes());
    }
    out.extend_from_slice(br#","error":{"code":"#);
    out.extend_from_slice(code.to_string().as_bytes());
    out.extend_from_slice(br#","message":"#);
    string(&mut out, message);
    if let Some(data) = data {
        out.extend_from_slice(br#","data":"#);
        out.extend_from_slice(data.get().as_bytes());
    }
    out.extend_from_slice(b"}}");
    out
}

/// The `data` of a provider's error, any JSON.
pub fn error_data(json: &str) -> Result<&RawValue, EncodeError> {
    checked(json, Kind::Any).map_err(|breach| breach.within("data"))
}
