//! The notifications of a server while a call runs, each a whole JSON-RPC message.

#[cfg(test)]
mod tests;

use contract::model::{LogMessage, Progress, UnnamedRequest};
use serde_json::value::RawValue;

use crate::json::{EncodeError, EncodeResult, JsonKind, ObjectWriter, string};
use crate::log_level;

/// `notifications/progress`, under the token that the client gave.
pub fn progress(token: &RawValue, progress: &Progress) -> Result<Vec<u8>, EncodeError> {
    notification("notifications/progress", |out| {
        let mut params = ObjectWriter::open(out, progress.extra.as_deref())?;
        params.raw("progressToken", token.get().as_bytes());
        params.number("progress", progress.progress)?;
        params.optional_number("total", progress.total)?;
        params.optional_text("message", progress.message.as_deref());
        params.close();
        Ok(())
    })
}

/// `notifications/message`. The caller checks that the client wants messages of this level.
pub fn log(message: &LogMessage) -> Result<Vec<u8>, EncodeError> {
    notification("notifications/message", |out| {
        let mut params = ObjectWriter::open(out, message.extra.as_deref())?;
        params.text("level", log_level::name(message.level));
        params.optional_text("logger", message.logger.as_deref());
        params.json("data", &message.data, JsonKind::Any)?;
        params.close();
        Ok(())
    })
}

/// `notifications/elicitation/complete` (2025-11-25 only).
#[must_use]
pub fn elicitation_complete(id: &str) -> Vec<u8> {
    let mut out =
        br#"{"jsonrpc":"2.0","method":"notifications/elicitation/complete","params":{"elicitationId":"#.to_vec();
    string(&mut out, id);
    out.extend_from_slice(b"}}");
    out
}

/// The notifications that have a case, or that only the transport sends. None of them may come as `unnamed`, past the rules for it.
const NAMED: [&str; 9] = [
    "notifications/cancelled",
    "notifications/elicitation/complete",
    "notifications/message",
    "notifications/progress",
    "notifications/prompts/list_changed",
    "notifications/resources/list_changed",
    "notifications/resources/updated",
    "notifications/subscriptions/acknowledged",
    "notifications/tools/list_changed",
];

/// A notification that has no case in the contract. Its method must begin with `notifications/`.
pub fn unnamed(of: &UnnamedRequest) -> Result<Vec<u8>, EncodeError> {
    if NAMED.contains(&&*of.method) || !of.method.starts_with("notifications/") {
        return Err(EncodeError::new(
            "method",
            format!("is `{}`, which an unnamed notification must not have", of.method),
        ));
    }
    let mut out = Vec::with_capacity(128);
    let mut object = begin(&mut out, &of.method)?;
    if let Some(params) = &of.params {
        object.json("params", params, JsonKind::Object)?;
    }
    object.close();
    Ok(out)
}

fn notification(method: &str, params: impl FnOnce(&mut Vec<u8>) -> EncodeResult) -> Result<Vec<u8>, EncodeError> {
    let mut out = Vec::with_capacity(256);
    let mut object = begin(&mut out, method)?;
    object.nested("params", &(), |out, ()| params(out))?;
    object.close();
    Ok(out)
}

fn begin<'o>(out: &'o mut Vec<u8>, method: &str) -> Result<ObjectWriter<'o, 'static>, EncodeError> {
    let mut object = ObjectWriter::open(out, None)?;
    object.text("jsonrpc", "2.0");
    object.text("method", method);
    Ok(object)
}
