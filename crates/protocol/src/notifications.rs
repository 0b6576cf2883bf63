//! The notifications of a server while a call runs, each a whole JSON-RPC message, which is written into a buffer.

#[cfg(test)]
mod tests;

use contract::model::{LogMessage, Progress, UnnamedRequest};
use serde_json::value::RawValue;

use crate::json::{EncodeError, EncodeResult, JsonBuffer, JsonKind, ObjectWriter, string};
use crate::log_level;

/// `notifications/progress`, under the token that the client gave.
pub fn progress(out: &mut JsonBuffer, token: &RawValue, progress: &Progress) -> Result<(), EncodeError> {
    notification(out, "notifications/progress", |out| {
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
pub fn log(out: &mut JsonBuffer, message: &LogMessage) -> Result<(), EncodeError> {
    notification(out, "notifications/message", |out| {
        let mut params = ObjectWriter::open(out, message.extra.as_deref())?;
        params.text("level", log_level::name(message.level));
        params.optional_text("logger", message.logger.as_deref());
        params.json("data", &message.data, JsonKind::Any)?;
        params.close();
        Ok(())
    })
}

/// `notifications/elicitation/complete` (2025-11-25 only).
pub fn elicitation_complete(out: &mut JsonBuffer, id: &str) {
    out.extend_from_slice(
        br#"{"jsonrpc":"2.0","method":"notifications/elicitation/complete","params":{"elicitationId":"#,
    );
    string(out, id);
    out.extend_from_slice(b"}}");
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
pub fn unnamed(out: &mut JsonBuffer, of: &UnnamedRequest) -> Result<(), EncodeError> {
    if NAMED.contains(&&*of.method) || !of.method.starts_with("notifications/") {
        return Err(EncodeError::new(
            "method",
            format!("is `{}`, which an unnamed notification must not have", of.method),
        ));
    }
    let mut object = begin(out, &of.method)?;
    if let Some(params) = &of.params {
        object.json("params", params, JsonKind::Object)?;
    }
    object.close();
    Ok(())
}

fn notification(
    out: &mut JsonBuffer,
    method: &str,
    params: impl FnOnce(&mut JsonBuffer) -> EncodeResult,
) -> EncodeResult {
    let mut object = begin(out, method)?;
    object.nested("params", &(), |out, ()| params(out))?;
    object.close();
    Ok(())
}

fn begin<'o>(out: &'o mut JsonBuffer, method: &str) -> Result<ObjectWriter<'o, 'static>, EncodeError> {
    let mut object = ObjectWriter::open(out, None)?;
    object.text("jsonrpc", "2.0");
    object.text("method", method);
    Ok(object)
}
