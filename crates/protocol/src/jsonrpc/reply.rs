//! The replies of a server: JSON-RPC responses with a result or with an error.

use serde_json::value::RawValue;

use super::Id;
use crate::json::{EncodeError, JsonBuffer, JsonKind, checked, string};

/// A response with the result that `write` writes into the buffer, one JSON value. None if it has more bytes than the limit: then it is not
/// written to its end.
pub fn result(
    id: &Id<'_>,
    limit: usize,
    write: impl FnOnce(&mut JsonBuffer) -> Result<(), EncodeError>,
) -> Result<Option<Vec<u8>>, EncodeError> {
    let mut out = JsonBuffer::new(limit, 512);
    out.extend_from_slice(br#"{"jsonrpc":"2.0","id":"#);
    out.extend_from_slice(id.as_json().as_bytes());
    out.extend_from_slice(br#","result":"#);
    write(&mut out)?;
    out.push(b'}');
    Ok(out.finish())
}

/// A response with an error, without an id where that of the request could not be read.
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

/// Checks the `data` of a provider's error, which may be any JSON.
pub fn error_data(json: &str) -> Result<&RawValue, EncodeError> {
    let json = checked(json, JsonKind::Any).map_err(|error| error.within("data"))?;
    serde_json::from_str(json).map_err(|error| EncodeError::new("data", format!("is not JSON: {error}")))
}
